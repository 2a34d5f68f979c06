"""Which sections of a README are taught, and as what text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from moxi_chunk.candidates import MAX_PARTS, Candidate, Dropped, candidates
from moxi_core.samples import Contradiction, ReadmeSample
from tests.moxi_chunk.samples import sample


def taught(given: ReadmeSample) -> dict[str, str]:
    return {c.section: c.content for c in candidates(given) if isinstance(c, Candidate)}


def dropped(given: ReadmeSample) -> Counter[str]:
    return Counter(c.reason for c in candidates(given) if isinstance(c, Dropped))


def page(*sections: str) -> ReadmeSample:
    return replace(sample("a"), readme="# wordy\n\n" + "\n".join(sections))


LONG = "This says enough of it, in more than a dozen words that everyone can read and learn from.\n"


def test_sections_come_as_they_are_to_be_written() -> None:
    found = taught(sample("a"))
    assert list(found) == ["about", "install", "usage", "license"]
    assert found["about"].startswith("# wordy\n\nwordy counts")
    assert found["install"].startswith("## Installation\n\n```sh\npip install wordy\n```")
    assert "read [the guide](https://wordy.example/guide)" in found["usage"]
    assert dropped(sample("a")) == {"not to be known from code": 1}


def test_ids_follow_the_place_and_the_commit() -> None:
    one, again = ([c.id for c in candidates(sample("a")) if isinstance(c, Candidate)] for _ in "12")
    assert one == again
    assert len(set(one)) == len(one)
    other = [c.id for c in candidates(sample("a", commit="2")) if isinstance(c, Candidate)]
    assert not set(one) & set(other)


def test_what_the_code_contradicts_is_cut_or_dropped() -> None:
    items = "".join(f"- `--flag{n}` does a thing of its own that is told here\n" for n in range(5))
    given = page(f"## Usage\n\n{items}")
    line = (
        given.readme.split("\n").index("- `--flag2` does a thing of its own that is told here") + 1
    )
    cut = replace(given, contradicted=(Contradiction(line=line, kind="option", text="--flag2"),))
    assert "--flag2" not in taught(cut)["usage"]
    assert "--flag1" in taught(cut)["usage"]
    prose = page(f"## Usage\n\n{LONG}")
    wrong = replace(prose, contradicted=(Contradiction(line=5, kind="option", text="--x"),))
    assert dropped(wrong)["contradicted by the code: option"] == 1


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ("## Usage\n\nSoon.\n", "too short"),
        ("## Usage\n\nTODO: write down all of the many things that one can do with it here.\n", "a text to come"),
        ("## Zebra crossing\n\n" + LONG, "a section of no known kind"),
        ("## Examples\n\n" + "![a](a.png)\n\nOne of them\n\n" * 4, "mostly pictures"),
        ("## Usage\n\n" + "x" * 5_000 + "\n", "too long"),
        (
            "## Usage\n\nCall `alpha_one`, `beta_two`, `gamma_three`, `delta_four`, `epsilon_five` or `zeta_six`,"
            " whatever it is that you want to do with it.\n",
            "names what is not in the code shown",
        ),
    ],
)  # fmt: skip
def test_what_is_not_worth_learning_is_named(section: str, reason: str) -> None:
    assert dropped(page(section))[reason] >= 1


def test_names_that_the_code_has_are_taught() -> None:
    text = "## Usage\n\nCall `alpha_one`, `beta_two`, `gamma_three`, `delta_four`, `epsilon_five` or `--top`.\n"
    given = replace(page(text), file_tree=("alpha_one.py", "beta_two.py", "gamma_three.py"))
    assert "usage" in taught(given)


def test_no_repository_teaches_one_kind_too_often() -> None:
    parts = "".join(f"### Part {n}\n\n{LONG * 6}\n" for n in range(MAX_PARTS + 3))
    given = page(f"## Configuration\n\n{parts}")
    kinds = [c.section for c in candidates(given) if isinstance(c, Candidate)]
    assert kinds.count("configuration") == MAX_PARTS
    assert dropped(given)["more parts of one kind than one repository may teach"] == 3


@pytest.mark.parametrize(
    "text",
    ["", "x", "\0", "```\nnever closed", "a\r\nb\rc\u2028d", "<p>only html</p>\n" * 50, "![i](i.png)\n" * 50,
     "# 标题\n\n这是一个项目。\n", "# عنوان\n\nهذا مشروع\n", "#" * 7, "| a |\n" * 9, "\x00" * 99 + "# x"],
)  # fmt: skip
def test_any_readme_is_read(text: str) -> None:
    for one in candidates(replace(sample("a"), readme=text)):
        assert isinstance(one, Dropped) or one.content.strip()


def test_restructuredtext_is_not_taught() -> None:
    assert list(candidates(sample("a", readme_path="README.rst"))) == [
        Dropped("other", "reStructuredText: a model is asked for Markdown")
    ]
