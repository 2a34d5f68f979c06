"""`moxi eval write`: a list of repositories in, one table of all writers out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from moxi_cli.moxi import app
from moxi_core.errors import SettingsError
from moxi_eval.metrics import WEIGHTS
from moxi_eval.writing import HUMAN, OURS, Target, Written, read_targets, write_all
from moxi_eval.written import summary, truth_table


@pytest.fixture
def rivals(tmp_path: Path) -> Path:
    """A writer that states one fact of the human README, and one thing that is false."""
    folder = tmp_path / "rivals"
    folder.mkdir()
    text = "# demo\n\n## Installation\n\n```sh\npip install demo-tool\n```\n\nSee [more](docs/more.md).\n"
    (folder / "acme+demo.md").write_text(text, "utf-8")
    return folder


@pytest.fixture
def written(repository: Path, rivals: Path) -> Written:
    (result,) = write_all([Target(str(repository), "acme/demo")], rivals={"other": rivals})
    return result


def test_writers_are_measured_alike(written: Written) -> None:
    assert list(written.readmes) == [OURS, HUMAN, "other"]
    ours, human, other = written.readmes.values()
    assert (ours.false, ours.wrong) == (0, ())
    assert ours.true > 5
    assert human.stated == human.facts == ours.facts == other.facts > 8
    assert 0 < ours.stated < human.facts
    assert (human.seconds, other.seconds) == (None, None)
    assert ours.seconds is not None


def test_a_rival_is_told_what_is_false(written: Written) -> None:
    other = written.readmes["other"]
    assert (other.true, other.false, other.stated) == (1, 1, 1)
    assert [(c.kind, c.text, c.line) for c in other.wrong] == [("link", "docs/more.md", 9)]


def test_facts_are_the_same_in_other_words(repository: Path, rivals: Path) -> None:
    (repository / "README.md").write_text("# demo\n\nRun `pip install demo-tool`.\n", "utf-8")
    said = "```sh\npip install -U   demo-tool\n```\n"
    (rivals / "acme+demo.md").write_text(said, "utf-8")
    (result,) = write_all([Target(str(repository), "acme/demo")], rivals={"other": rivals})
    assert (result.readmes["other"].stated, result.readmes["other"].facts) == (1, 1)


def test_anchors_of_a_page_are_no_facts(repository: Path) -> None:
    (repository / "README.md").write_text("# demo\n\n[down](#end)\n\n## End\n", "utf-8")
    (result,) = write_all([Target(str(repository))])
    assert (result.readmes[HUMAN].true, result.readmes[HUMAN].facts) == (1, 0)


def test_no_readme_is_read_for_ours(repository: Path) -> None:
    before = write_all([Target(str(repository))])[0].readmes[OURS]
    for place in ("README.md", "readme.zh-CN.md", "docs/README.rst", ".github/README.md"):
        file = repository / place
        file.parent.mkdir(exist_ok=True)
        file.write_text("# Another\n\nrun `make publish --fast` with `DEMO_SPEED`\n", "utf-8")
    after = write_all([Target(str(repository))])[0].readmes[OURS]
    assert (after.size, after.true) == (before.size, before.true)


def test_sections_are_those_of_the_human_one(written: Written) -> None:
    assert written.readmes[HUMAN].headed == written.readmes[HUMAN].sections == 0
    assert written.readmes["other"].headed == 0


def test_sections_by_other_names_count(repository: Path, rivals: Path) -> None:
    text = "# demo\n\n## Getting started\n\nText.\n\n## Licence\n\nText.\n"
    (repository / "README.md").write_text(text, "utf-8")
    (result,) = write_all([Target(str(repository), "acme/demo")], rivals={"other": rivals})
    other = result.readmes["other"]
    assert (other.sections, other.headed) == (1, 2)


def test_without_a_human_readme(repository: Path) -> None:
    (repository / "README.md").unlink()
    (result,) = write_all([Target(str(repository))], metrics=True)
    assert list(result.readmes) == [OURS]
    measure = result.readmes[OURS]
    assert (measure.facts, measure.headed, measure.scores) == (0, 0, {})
    _, (row,) = truth_table([result])
    assert row[5:7] == ["-", "-"]


def test_what_cannot_be_read_is_told(repository: Path, tmp_path: Path) -> None:
    results = write_all([Target(str(tmp_path / "nowhere")), Target(str(repository))])
    assert "nowhere" in results[0].problem
    assert results[1].problem == ""


def test_a_human_readme_that_nobody_can_read(repository: Path) -> None:
    (repository / "README.md").rename(repository / "README.adoc")
    (result,) = write_all([Target(str(repository))])
    assert list(result.readmes) == [OURS]
    assert "AsciiDoc" in result.problem


def test_summary_takes_each_repository_for_one(written: Written) -> None:
    measure = written.readmes["other"]
    told = summary([measure, measure])
    assert (told["readmes"], told["true"], told["false"], told["hold"]) == (2, 2, 2, 0.5)
    assert told["facts"] == measure.stated / measure.facts
    assert told["sections"] is None


def test_lists(tmp_path: Path) -> None:
    lines = tmp_path / "list.txt"
    lines.write_text("# places\n\nhttps://example.org/a/b\n  sub/c\n", "utf-8")
    assert read_targets(lines) == [
        Target("https://example.org/a/b"),
        Target(str(tmp_path / "sub/c")),
    ]
    table = tmp_path / "list.toml"
    table.write_text('[[repo]]\nname = "a/b"\nurl = "https://example.org/a/b"\n', "utf-8")
    assert read_targets(table) == [Target("https://example.org/a/b", "a/b")]
    assert read_targets(table, "x/{owner}+{name}") == [Target(str(tmp_path / "x/a+b"), "a/b")]


@pytest.mark.parametrize("text", ['[[repo]]\nname = "a/b"\n', "repo = 3\n", "[[repo]"])
def test_lists_that_are_none(text: str, tmp_path: Path) -> None:
    table = tmp_path / "list.toml"
    table.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"list\.toml"):
        read_targets(table)


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["eval", "write", *map(str, arguments)])
    return result.exit_code, result.stdout


@pytest.fixture
def listed(repository: Path, tmp_path: Path) -> Path:
    table = tmp_path / "list.toml"
    table.write_text(f'[[repo]]\nname = "acme/demo"\npath = "{repository.name}"\n', "utf-8")
    return table


def test_the_table_has_a_row_a_writer(listed: Path, rivals: Path) -> None:
    code, out = run("--repos", listed, "--rival", f"other={rivals}", "--metrics")
    assert code == 0
    truth, kinds, scores = out.split("\n\n")
    assert [line.split()[0] for line in truth.splitlines()] == ["writer", OURS, HUMAN, "other"]
    assert [line.split()[0] for line in scores.splitlines()] == ["writer", OURS, HUMAN, "other"]
    assert kinds.splitlines()[0].split() == ["kind", "of", "fact", HUMAN, OURS, "other"]
    assert ["install", "1", "0", "1"] in [line.split() for line in kinds.splitlines()]
    assert scores.split()[2 : 2 + len(WEIGHTS)] == list(WEIGHTS)
    assert len({len(line) for line in truth.splitlines()}) == 1
    assert out.endswith("\n") and not out.endswith("\n\n")


def test_json_goes_into_a_file(listed: Path, tmp_path: Path) -> None:
    place = tmp_path / "out.json"
    assert run("--repos", listed, "--json", "-o", place) == (0, "")
    told = json.loads(place.read_text("utf-8"))
    assert told["writers"][OURS]["readmes"] == 1
    assert told["repositories"][0]["readmes"][HUMAN]["scores"] == {}
    assert told["repositories"][0]["name"] == "acme/demo"


@pytest.mark.parametrize("rival", ["other", "=x", "other=nowhere"])
def test_a_rival_is_a_name_and_a_folder(rival: str, listed: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "write", "--repos", str(listed), "--rival", rival])
    assert isinstance(result.exception, SettingsError)
    assert rival in str(result.exception)
