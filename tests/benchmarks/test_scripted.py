"""The scripted writer: what it says is in the tree or is not, and a README is asked fairly for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from scripted.author import Author  # type: ignore[import-not-found]
from scripted.known import Known  # type: ignore[import-not-found]
from scripted.outcome import fates  # type: ignore[import-not-found]
from scripted.saying import Page, Saying  # type: ignore[import-not-found]
from scripted.server import Talk, section_of, serving  # type: ignore[import-not-found]
from scripted.truths import SECTIONS  # type: ignore[import-not-found]

from moxi_core.prompt import PromptStyle, instruction_for, render
from moxi_core.samples import SftInput

FILES = {
    "pyproject.toml": (
        '[project]\nname = "tidy"\nversion = "1.2"\ndescription = "Sorts photos by the day they were taken"\n'
        'requires-python = ">=3.11"\nlicense = "MIT"\ndependencies = ["click", "pillow"]\n'
        '[project.scripts]\ntidy = "tidy.cli:main"\n'
    ),
    "tidy/cli.py": (
        "import os\nimport click\n\n\n@click.command()\n"
        '@click.option("--output-dir", "-o", default="sorted", help="Write the photos into this folder")\n'
        '@click.option("--copy", is_flag=True, help="Copy files instead of moving them")\n'
        '@click.option("--tolerance", default=3, help="The number of hours that a day may be longer")\n'
        "def main(output_dir, copy, tolerance):\n"
        '    """Sort photos into folders."""\n    os.environ.get("TIDY_LOCALE")\n'
    ),
    "tidy/__init__.py": "",
    "tidy/dates.py": "def day_of(photo):\n    return photo.day\n",
    "Makefile": "test: ## Run all tests\n\tpytest\n",
    "docs/guide.md": "# The guide to tidy\n\nHow photos are sorted.\n",
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy",
}
OFFLINE = "# tidy\n\nTidy speaks of Redis here.\n"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    root = tmp_path_factory.mktemp("tidy")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Known(root, "someone/tidy")


def sayings(author: Author, truth: str) -> list[Saying]:
    drafts = map(author.draft, SECTIONS)
    return [said for draft in drafts for said in draft.sayings if said.truth == truth]


def test_lies_name_what_no_file_and_no_offline_readme_holds(known: Known) -> None:
    texts = "\n".join([*FILES, *FILES.values(), OFFLINE]).lower()
    for seed in range(5):
        lies = sayings(Author(known, OFFLINE, seed=seed), "lie")
        assert len(lies) > 15
        for lie in lies:
            assert lie.needle.lower() not in texts
            assert lie.needle in lie.text


def test_true_sentences_are_made_of_facts(known: Known) -> None:
    found = {
        s.text.replace("`", "")
        for n in range(9)
        for s in sayings(Author(known, "", seed=n), "true")
    }
    assert any("Python 3.11" in text for text in found)
    assert any("--copy" in text and "copy files instead of moving them" in text for text in found)
    assert any("TIDY_LOCALE" in text for text in found)
    assert any("click and pillow" in text for text in found)
    assert not any("GPL" in text for text in found)


def test_a_fact_is_told_once(known: Known) -> None:
    author = Author(known, "")
    facts = [s.fact for name in SECTIONS for s in author.draft(name).sayings if s.truth == "true"]
    assert len(facts) == len(set(facts))


def test_a_faithful_author_tells_no_lies(known: Known) -> None:
    author = Author(known, "", faithful=True)
    assert {s.truth for s in author.draft("usage").sayings} == {"true"}
    assert author.repair("usage").text == author.draft("usage").text


def test_the_same_seed_writes_the_same(known: Known) -> None:
    first, second = Author(known, "", seed=3), Author(known, "", seed=3)
    assert first.draft("usage").text == second.draft("usage").text
    assert first.draft("usage").text != Author(known, "", seed=4).draft("usage").text


def test_half_of_the_repairs_lie_again(known: Known) -> None:
    author, names = Author(known, ""), list(SECTIONS)[:12]
    repaired = [any(s.truth == "lie" for s in author.repair(name).sayings) for name in names]
    assert sum(repaired) == len(names) / 2


@pytest.mark.parametrize(
    ("page", "is_repeated"),
    [
        ("Use `--copy` to copy\nfiles.", True),
        ("- Use **--copy** to copy files", True),
        ("Use --copy to move files.", False),
        ("Use --copy.", False),
    ],
)
def test_a_sentence_is_kept_by_its_words(page: str, is_repeated: bool) -> None:
    assert Page(page).repeats(Saying("Use --copy to copy files.", "option")) is is_repeated


def test_an_item_is_kept_where_one_line_has_all_of_it() -> None:
    item = Saying("`--copy`: Copy files", "option", place="list", parts=("--copy", "Copy files"))
    assert Page("| `--copy` | Copy files instead |").repeats(item)
    assert not Page("| `--copy` | Moves them |\n| `-m` | Copy files |").repeats(item)
    assert not Page("| `--copy-all` | Copy files |").repeats(item)


@pytest.mark.parametrize(
    ("page", "is_told"),
    [
        ("It is stored in `Redis`.", True),
        ("Needs **redis**, version 7.", True),
        ("It stores Redistribution rules.", False),
        ("Nothing of it.", False),
    ],
)
def test_a_lie_is_told_in_whatever_words(page: str, is_told: bool) -> None:
    lie = Saying("Results are stored in Redis.", "service", "lie", needle="Redis")
    assert Page(page).tells(lie) is is_told


def test_lies_of_every_answer_count_and_true_sentences_of_the_last(known: Known) -> None:
    author = Author(known, "")
    section = next(
        name for name in ("about", "install", "usage", "configuration")
        if {s.text for s in author.repair(name).sayings if s.truth == "lie"} - {s.text for s in author.draft(name).sayings}
    )  # fmt: skip
    answers = [author.draft(section), author.repair(section)]
    found = fates({section: answers}, answers[1].text, {})
    lies = [fate for fate in found if fate.saying.truth == "lie"]
    assert {fate.answer for fate in lies} == {"draft", "new"}
    assert all(fate.stands is (fate.answer == "new") for fate in lies)
    true = [fate for fate in found if fate.saying.truth == "true"]
    assert all(fate.stands for fate in true)
    assert len(true) == sum(s.truth == "true" for s in answers[1].sayings)


def post(url: str, body: dict[str, Any]) -> str:
    with httpx.Client() as client:
        return client.post(url, json=body).text


@pytest.mark.parametrize("style", ["chat", "alpaca"])
def test_the_server_answers_what_the_prompt_asks_for(known: Known, style: Any) -> None:
    asked = instruction_for("install", "tidy", "cli")
    prompt = render(
        SftInput(file_tree=("a.py",), project_type="cli"), asked, PromptStyle(style=style)
    )
    body = {"messages": list(prompt.messages)} if prompt.messages else {"prompt": prompt.text}
    path = "/chat/completions" if prompt.messages else "/completions"
    author = Author(known, "")
    with serving() as server:
        server.talk = Talk(author)
        choice = json.loads(post(server.url + path, body))["choices"][0]
        parts = post(server.url + path, body | {"stream": True}).split("\n\n")
    assert (choice["message"]["content"] if prompt.messages else choice["text"]) == author.draft(
        "install"
    ).text
    pieces = [json.loads(p.removeprefix("data: ")) for p in parts if p and "[DONE]" not in p]
    choices = [c for p in pieces for c in p["choices"]]
    streamed = "".join(
        (c["delta"].get("content", "") if prompt.messages else c["text"]) for c in choices
    )
    assert streamed == author.repair("install").text
    assert choices[-1]["finish_reason"] == "stop"


def test_the_section_is_that_of_the_last_instruction() -> None:
    text = "Write the fake section of the README.\n" + instruction_for("built_with", "x")
    assert section_of(text) == "built with"
    assert section_of("Say something.") == ""
