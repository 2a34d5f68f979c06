"""A repository of which only a listing and a few texts are at hand."""

from __future__ import annotations

from moxi_analyzer.shown import open_shown

MANIFEST = '[project]\nname = "demo"\nversion = "1.0"\n[project.scripts]\ndemo = "demo:main"\n'


def test_facts_come_from_what_is_shown_and_all_else_is_not_read() -> None:
    repo, snapshot = open_shown("demo", ["pyproject.toml", "demo.py"], {"pyproject.toml": MANIFEST})
    assert [fact.value for fact in snapshot.of("bin")] == ["demo"]
    assert repo.has("demo.py")
    assert repo.unread == {"demo.py"}
    assert repo.text("demo.py") is None


def test_a_file_that_was_cut_is_read_and_still_counts_as_not_read() -> None:
    repo, _ = open_shown("demo", [], {"demo.py": "x = 1"}, cut={"demo.py"})
    assert repo.unread == {"demo.py"}
    assert repo.text("demo.py") == "x = 1"


def test_a_listing_alone_is_a_repository() -> None:
    repo, snapshot = open_shown("demo", ["src/a.rs", "Cargo.toml"], {})
    assert sorted(repo.files) == ["Cargo.toml", "src/a.rs"]
    assert not list(snapshot.of("package"))
