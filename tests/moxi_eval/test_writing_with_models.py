"""`moxi eval write --model`: models in the same table, what they wrote kept, a judge, a report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from moxi_cli.moxi import app
from moxi_core.errors import LlmError, SettingsError
from moxi_eval.drafted import ModelWriter, distinct
from moxi_eval.judged import CRITERIA
from moxi_eval.writing import HUMAN, OURS, Target, write_all
from moxi_eval.written import model_table
from moxi_infer.models import ModelSettings
from tests.moxi_core.model_server import ModelServer, Reply, failed, said, serving

TRUE, FALSE = "The option `--color` is there.", "It keeps its results in PostgreSQL."
SCORES = dict.fromkeys(CRITERIA, 4)


def is_judging(request: dict[str, Any]) -> bool:
    return "You judge the README" in request["messages"][0]["content"]


def writes(request: dict[str, Any]) -> Reply:
    """Of two models one tells lies too; a third one judges."""
    if is_judging(request):
        return said(f"```json\n{json.dumps(SCORES)}\n```")
    is_usage = "Write the usage section" in request["messages"][1]["content"]
    lies = f" {FALSE}" if request["model"] == "base" else ""
    return said(f"{TRUE}{lies}" if is_usage else "")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(writes) as made:
        yield made


@pytest.fixture
def listed(repository: Path, tmp_path: Path) -> Path:
    table = tmp_path / "list.toml"
    table.write_text(f'[[repo]]\nname = "acme/demo"\npath = "{repository.name}"\n', "utf-8")
    return table


@pytest.fixture
def run(listed: Path, tmp_path: Path, server: ModelServer) -> Callable[..., str]:
    def told(*arguments: object) -> str:
        given = ["--repos", listed, "--base-url", server.url, "--folder", tmp_path / "kept"]
        call = ["eval", "write", *map(str, [*given, *arguments])]
        result = CliRunner().invoke(app, call, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    return told


def writer(server: ModelServer, folder: Path | None, name: str = "tuned") -> ModelWriter:
    return ModelWriter(name, ModelSettings(model=name, base_url=server.url, retries=0), folder)


def test_all_writers_stand_in_one_table(run: Callable[..., str]) -> None:
    told = json.loads(run("--model", "tuned", "--baseline-model", "base", "--json"))
    assert list(told["writers"]) == [OURS, HUMAN, "base", "tuned"]
    assert [told["writers"][name]["false"] for name in (OURS, "base", "tuned")] == [0, 0, 0]
    made = told["repositories"][0]["readmes"]
    assert made["tuned"]["true"] >= made[OURS]["true"]
    assert made["tuned"]["seconds"] > 0
    assert (made["base"]["usage"]["cut"], made["tuned"]["usage"]["cut"]) == (1, 0)
    assert made["base"]["usage"]["repaired"] == 1
    assert made["tuned"]["usage"]["kept"] == made["base"]["usage"]["kept"] == 1
    assert made["tuned"]["usage"]["prompt_tokens"] > 0
    assert made[OURS]["usage"] is made[HUMAN]["usage"] is None


def test_the_table_tells_what_became_of_drafts(run: Callable[..., str]) -> None:
    out = run("--model", "tuned", "--baseline-model", "base")
    _, models, *_ = out.split("\n\n")
    head, base, tuned = models.splitlines()
    assert re.split(r"\s{2,}", head)[:3] == ["model", "READMEs", "sections"]
    assert (base.split()[0], tuned.split()[0]) == ("base", "tuned")


def test_the_model_sees_no_readme(run: Callable[..., str], server: ModelServer) -> None:
    run("--model", "tuned")
    assert server.requests
    for request in server.requests:
        assert "Released under the MIT License" not in json.dumps(request)


def test_a_second_run_asks_for_nothing(run: Callable[..., str], server: ModelServer) -> None:
    first = json.loads(run("--model", "tuned", "--json"))
    asked = len(server.requests)
    second = json.loads(run("--model", "tuned", "--json"))
    assert len(server.requests) == asked
    old, new = (one["repositories"][0]["readmes"]["tuned"] for one in (first, second))
    assert (old["usage"], old["true"], old["size"]) == (new["usage"], new["true"], new["size"])


def test_what_was_stopped_goes_on(repository: Path, server: ModelServer, tmp_path: Path) -> None:
    one, two = Target(str(repository), "a/one"), Target(str(repository), "a/two")
    with writer(server, tmp_path / "kept") as model:
        write_all([one], models=[model])
    asked = len(server.requests)
    with writer(server, tmp_path / "kept") as model:
        results = write_all([one, two], models=[model])
    assert len(server.requests) == 2 * asked
    assert ["tuned" in result.readmes for result in results] == [True, True]


@pytest.mark.parametrize("change", ["code", "model"])
def test_what_is_kept_is_never_stale(
    change: str, repository: Path, server: ModelServer, tmp_path: Path
) -> None:
    target = Target(str(repository), "acme/demo")
    with writer(server, tmp_path / "kept") as model:
        write_all([target], models=[model])
    asked = len(server.requests)
    settings = ModelSettings(model="tuned", base_url=server.url)
    if change == "code":
        code = repository / "src/demo/cli.py"
        code.write_text(code.read_text("utf-8") + "parser.add_argument('--added')\n", "utf-8")
    else:
        settings = ModelSettings(model="tuned", base_url=server.url, new_tokens=77)
    with ModelWriter("tuned", settings, tmp_path / "kept") as model:
        write_all([target], models=[model])
    assert len(server.requests) > asked


def test_a_torn_file_is_written_anew(run: Callable[..., str], tmp_path: Path) -> None:
    run("--model", "tuned")
    (place,) = (tmp_path / "kept" / "tuned").iterdir()
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    run("--model", "tuned")
    assert json.loads(place.read_text("utf-8"))["usage"] == json.loads(whole)["usage"]


def test_a_model_that_fails_is_told_and_tried_again(repository: Path, tmp_path: Path) -> None:
    target = Target(str(repository), "acme/demo")
    with serving(lambda _: failed(500)) as server, writer(server, tmp_path / "kept") as model:
        (result,) = write_all([target], models=[model])
    assert result.problem.startswith("tuned: ")
    assert result.readmes["tuned"].false == 0
    assert list((tmp_path / "kept").rglob("*.json")) == []


def test_where_no_server_is_nothing_is_measured(repository: Path) -> None:
    settings = ModelSettings(model="x", base_url="http://127.0.0.1:9/v1", retries=0)
    with ModelWriter("x", settings) as model, pytest.raises(LlmError):
        write_all([Target(str(repository))], models=[model])


def test_the_judge_scores_every_readme_once(run: Callable[..., str], server: ModelServer) -> None:
    arguments = ("--model", "tuned", "--judge-model", "wise", "--json")
    told = json.loads(run(*arguments))
    made = told["repositories"][0]["readmes"]
    assert {name: one["judged"] for name, one in made.items()} == dict.fromkeys(made, SCORES)
    asked = [request for request in server.requests if is_judging(request)]
    assert len(asked) == len(made)
    assert {request["model"] for request in asked} == {"wise"}
    run(*arguments)
    assert len([request for request in server.requests if is_judging(request)]) == len(asked)


@pytest.mark.parametrize(
    "answer", ["Very good.", '{"clarity": 9}', json.dumps({**SCORES, "clarity": 9})]
)
def test_a_judge_that_gives_no_scores_is_told(
    answer: str, run: Callable[..., str], server: ModelServer
) -> None:
    server.answer = lambda _: said(answer)
    told = json.loads(run("--judge-model", "wise", "--json"))["repositories"][0]
    assert "scores" in told["problem"]
    assert told["readmes"][OURS]["judged"] == {}


def test_the_report_has_tables_and_pictures(run: Callable[..., str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    run("--model", "tuned", "--judge-model", "wise", "--report", tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "| writer | READMEs |" in text
    assert "| model | READMEs |" in text
    assert "| judged | READMEs |" in text
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) == 2
    for picture in pictures:
        assert (tmp_path / "report" / picture).read_bytes().startswith(b"\x89PNG")


def test_no_model_no_table(repository: Path) -> None:
    assert model_table(write_all([Target(str(repository))])) is None


def test_names_of_rows_are_told_apart() -> None:
    assert distinct(["models/a/merged", "org/tiny"], []) == ["merged", "tiny"]
    assert distinct(["x/merged", "y/merged"], []) == ["x/merged", "y/merged"]
    assert distinct(["x/human"], ["human"]) == ["x/human"]


def test_a_model_is_named_once(listed: Path) -> None:
    call = ["eval", "write", "--repos", str(listed), "--model", "a", "--baseline-model", "a"]
    result = CliRunner().invoke(app, call)
    assert isinstance(result.exception, SettingsError)
