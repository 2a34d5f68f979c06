"""Versions of all that decides what weights come out: of the libraries, and of Moxi's own code."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from moxi_analyzer import git
from moxi_core import __version__
from moxi_core.errors import SourceError

_ROOT = Path(__file__).parents[2]
_LIBRARIES = (
    "torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate", "datasets", "unsloth",
    "tokenizers",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Library versions, those that are installed, and Python's."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def code(root: Path = _ROOT) -> dict[str, Any]:
    """Moxi's version; of a clone also its commit, and whether its source differs from it.

    Installed as a package it has no commit, even below a repository of somebody else.
    """
    found: dict[str, Any] = {"version": __version__, "commit": None, "dirty": None}
    is_ours = (root / "pyproject.toml").is_file() and (root / "src" / "moxi_train").is_dir()
    questions = (
        ("rev-parse", "--verify", "-q", "HEAD"),
        ("rev-parse", "--show-prefix"),
        ("status", "--porcelain", "--", "src"),
    )
    with suppress(SourceError):  # git does not answer: no reason not to train
        commit, above, changed = git.ask_all(root, *questions) if is_ours else ("", "", "")
        if commit and not above:
            found |= {"commit": commit, "dirty": bool(changed)}
    return found
