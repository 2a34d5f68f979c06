"""What a run remembers of the code that made it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from moxi_core import __version__
from moxi_train.versions import code

UNKNOWN = {"version": __version__, "commit": None, "dirty": None}


def git(folder: Path, *line: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", *who, "-C", str(folder), *line], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository of the shape of Moxi's own, with one commit."""
    root = tmp_path / "clone"
    (root / "src" / "moxi_train").mkdir(parents=True)
    for name in ("pyproject.toml", "src/moxi_train/train.py"):
        (root / name).write_text("")
    git(tmp_path, "init", "-q", str(root))
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one")
    return root


def test_a_clone_tells_its_commit_and_whether_its_source_differs(clone: Path) -> None:
    commit = git(clone, "rev-parse", "HEAD")
    (clone / "notes.txt").write_text("no source")
    assert code(clone) == {"version": __version__, "commit": commit, "dirty": False}
    (clone / "src" / "moxi_train" / "train.py").write_text("changed = True\n")
    assert code(clone) == {"version": __version__, "commit": commit, "dirty": True}


def test_what_is_in_no_commit_of_its_own_has_none(clone: Path, tmp_path: Path) -> None:
    installed = clone / "lib"  # below somebody's repository
    (installed / "src" / "moxi_train").mkdir(parents=True)
    assert code(installed) == UNKNOWN
    (installed / "pyproject.toml").write_text("")
    assert code(installed) == UNKNOWN
    assert code(tmp_path) == UNKNOWN
