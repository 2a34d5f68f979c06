"""What is planted held before, does not hold after, and is the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_eval.evidence import Files, History
from moxi_eval.ground import Candidate
from moxi_eval.page import parse
from moxi_eval.plants import (
    MOST_LINKS,
    MOST_OF_A_KIND,
    Plant,
    apply,
    candidates,
    choose,
    copies,
    plant_repository,
)

ALL_KINDS = {
    "badge", "version", "link", "anchor", "clone", "package", "subcommand", "option", "bin",
    "target", "script", "service", "env", "default", "import", "symbol", "keyword", "tree", "license",
}  # fmt: skip


def found(repository: Path, history: History | None = None) -> list[Candidate]:
    files = Files(repository, name="demo", url="https://github.com/acme/demo", history=history)
    return candidates(parse((repository / "README.md").read_text()), files, "README.md")


def choices(repository: Path, kind: str, original: str, history: History | None = None) -> set[str]:
    return {
        planted
        for c in found(repository, history)
        if (c.kind, c.original) == (kind, original)
        for planted, _ in c.choices
    }


def test_every_kind_is_found(repository: Path) -> None:
    assert {c.kind for c in found(repository)} >= ALL_KINDS


def test_places_are_those_of_the_text(repository: Path) -> None:
    lines = (repository / "README.md").read_text().split("\n")
    for c in found(repository):
        line = lines[c.line - 1]
        assert line[c.column - 1 : c.column - 1 + len(c.original)] == c.original, c


def test_no_stand_in_is_what_it_stands_for(repository: Path) -> None:
    for c in found(repository):
        assert c.holds
        assert c.choices
        for planted, absent in c.choices:
            assert planted != c.original
            assert absent


def test_evidence_names_file_and_line(repository: Path) -> None:
    holds = {c.original: c.holds for c in found(repository)}
    assert holds["--color"] == "src/demo/cli.py:5"
    variable = "DEMO_TOKEN"
    assert holds[variable] == "src/demo/cli.py:11"
    assert holds["build"] == "Makefile:1"


def test_an_option_that_the_program_takes_is_no_plant(repository: Path) -> None:
    """argparse takes `--out` for `--output`, and `--colour` may be another option of it."""
    assert "--colour" in choices(repository, "option", "--color")
    assert "--out" not in choices(repository, "option", "--output")
    cli = repository / "src/demo/cli.py"
    cli.write_text(cli.read_text() + "parser.add_argument('--colour')\n")
    assert "--colour" not in choices(repository, "option", "--color")


def test_a_path_that_exists_or_may_be_made_is_no_plant(repository: Path) -> None:
    assert "docs/usage.rst" in choices(repository, "link", "docs/usage.md")
    (repository / "docs/usage.rst").write_text("")
    (repository / ".gitignore").write_text("doc/usage.md\nusage.txt\n")
    left = choices(repository, "link", "docs/usage.md")
    assert left
    assert not left & {"docs/usage.rst", "doc/usage.md", "docs/usage.txt"}


def test_a_script_or_target_that_is_declared_is_no_plant(repository: Path) -> None:
    assert "compile" in choices(repository, "target", "build")
    (repository / "Makefile").write_text("build compile:\n\ttrue\n")
    assert "compile" not in choices(repository, "target", "build")
    (repository / "Makefile").write_text("include other.mk\nbuild:\n\ttrue\n")
    assert not choices(repository, "target", "build")


def test_old_names_come_first(repository: Path) -> None:
    history = History(frozenset({"docs/usages.md"}), ["`--colors` and `--hue`"])
    paths = [c for c in found(repository, history) if c.original == "docs/usage.md"]
    options = [c for c in found(repository, history) if c.original == "--color"]
    assert paths[0].choices[0][0] == "docs/usages.md"
    assert options[0].choices[0][0] == "--colors"


def test_one_of_several_licenses_is_no_plant(repository: Path) -> None:
    assert choices(repository, "license", "MIT")
    (repository / "LICENSE-APACHE").write_text("Apache License\n Version 2.0")
    assert not choices(repository, "license", "MIT")


def test_seeded_plants_are_reproducible(repository: Path) -> None:
    first = plant_repository(repository, name="acme/demo", ecosystem="python", seed=1)
    again = plant_repository(repository, name="acme/demo", ecosystem="python", seed=1)
    other = plant_repository(repository, name="acme/demo", ecosystem="python", seed=2)
    assert first == again
    assert first != other
    assert first[0] == "README.md"


def test_a_line_has_one_plant_at_most(repository: Path) -> None:
    plants = choose(found(repository), ecosystem="python", seed="0")
    lines = [plant.line for plant in plants]
    assert len(plants) > 9
    assert len(lines) == len(set(lines))


def test_copies_hold_every_plant_once() -> None:
    plants = [Plant("link", "", n, 1, "a", "b", "x", "y") for n in range(1, 24)]
    groups = copies(plants)
    assert sorted(p.line for group in groups for p in group) == list(range(1, 24))
    assert len(groups) == 3


def test_apply_changes_the_planted_words_only() -> None:
    plant = Plant("option", "", 2, 6, "--color", "--colour", "x", "y")
    assert apply("a\ndemo --color red\nb", [plant]) == "a\ndemo --colour red\nb"


def test_apply_refuses_another_text() -> None:
    plant = Plant("option", "", 1, 6, "--color", "--colour", "x", "y")
    with pytest.raises(ValueError, match="line 1 has no '--color'"):
        apply("demo --hue", [plant])


def test_a_repository_without_readme_has_no_plants(repository: Path) -> None:
    (repository / "README.md").unlink()
    assert plant_repository(repository, name="acme/demo", ecosystem="python") == ("", [])


def test_an_empty_list_of_features_names_none(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "demo"\n[features]\nserde = []\n')
    line = '`demo = {{ version = "1", features = [{}] }}`\n'
    (tmp_path / "README.md").write_text("# demo\n\n" + line.format("") + line.format('"serde"'))
    assert [(c.line, c.original) for c in found(tmp_path) if c.kind == "feature"] == [(4, "serde")]


def test_links_do_not_outweigh_the_other_kinds() -> None:
    def many(kind: str, start: int) -> list[Candidate]:
        lines = range(start, start + 30)
        return [Candidate(kind, n, 1, f"{kind}{n}", "x", (("b", "y"),)) for n in lines]

    plants = choose([*many("link", 1), *many("option", 40)], ecosystem="", seed="0")
    kinds = [plant.kind for plant in plants]
    assert (kinds.count("link"), kinds.count("option")) == (MOST_LINKS, MOST_OF_A_KIND)
