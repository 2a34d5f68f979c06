"""A second process that shares the work changes nothing of what is found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from moxi_analyzer import analyze, facts
from moxi_analyzer.surface import engine
from moxi_core.beside import possible
from tests.conftest import FIXTURES, MakeRepository

pytestmark = pytest.mark.skipif(not possible(), reason="takes Linux and two cores")


@pytest.fixture(autouse=True)
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "_LARGE", 0)
    monkeypatch.setattr(engine, "_WORTH_SHARING", 0)


@pytest.mark.parametrize(
    "name", ["api_kotlin", "cobra", "commander", "npm_workspace", "python_setup", "symfony_console"]
)
def test_the_snapshot_is_the_same(name: str) -> None:
    alone, aside = (analyze(FIXTURES / name, aside=aside) for aside in (False, True))
    assert aside == alone
    assert len(alone.facts) > 3


def test_all_fixtures_in_one(tmp_path: Path) -> None:
    for folder in FIXTURES.iterdir():
        for file in folder.rglob("*"):
            if file.is_file():
                place = tmp_path / folder.name / file.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
    assert analyze(tmp_path, aside=True) == analyze(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read all")
def test_what_cannot_be_read_is_told_once_and_in_the_same_order(tmp_path: Path) -> None:
    for n in range(60):
        file = tmp_path / f"part{n:02}.py"
        file.write_text("import argparse\n")
        file.chmod(0)
    (tmp_path / "package.json").write_text("{")
    alone, aside = (analyze(tmp_path, aside=aside) for aside in (False, True))
    assert aside.problems == alone.problems
    assert len(alone.problems) == 51


def test_notes_made_apart_count_when_they_are_taken(repository: MakeRepository) -> None:
    repo = repository({"a.py": "1", "b.py": "2"})
    repo.problem("a.py", "odd")

    def work() -> str:
        repo.problem("a.py", "odd")
        repo.problem("b.py", "odd")
        return repo.text("b.py") or ""

    apart = repo.apart(work)
    assert [p.path for p in repo.problems] == ["a.py"]
    assert repo.read_paths == set()
    assert repo.take(apart) == "2"
    assert [p.path for p in repo.problems] == ["a.py", "b.py"]
    assert repo.read_paths == {"b.py"}
