"""Manifests: one module per ecosystem, each a table of file patterns and readers.

A reader takes the repository and a path and yields facts whose scope is the manifest's folder.
It may raise ManifestError: the problem is recorded and the rest goes on.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from moxi_analyzer.guard import guarded
from moxi_analyzer.repository import Repository
from moxi_analyzer.roles import is_own
from moxi_core.records import Fact

MODULES = (
    "python",
    "javascript",
    "deno",
    "rust",
    "go",
    "maven",
    "gradle",
    "spring",
    "ant",
    "dotnet",
    "unity",
    "ruby",
    "rake",
    "php",
    "cmake",
    "meson",
    "autotools",
    "c_cpp",
    "swift",
    "dart",
    "elixir",
    "haskell",
    "clojure",
    "docker",
    "compose",
    "infrastructure",
    "envfile",
    "github",
    "makefile",
    "justfile",
    "tasks",
    "python_tasks",
    "shell",
    "toolversions",
)


@dataclass(frozen=True)
class Manifest:
    """A kind of manifest file. `pattern` is matched against the whole posix path."""

    pattern: re.Pattern[str]
    read: Callable[[Repository, str], Iterator[Fact]]


def manifest(
    name: str, read: Callable[[Repository, str], Iterator[Fact]], *, folder: str = r"(.*/)?"
) -> Manifest:
    """A Manifest for files whose name matches the regular expression `name`, in any folder."""
    return Manifest(re.compile(f"{folder}(?:{name})"), read)


def read_manifests(repo: Repository) -> Iterator[Fact]:
    """Facts of every manifest that speaks for the project, nearest to the root first."""
    table = [
        entry
        for module in MODULES
        for entry in importlib.import_module(f"{__name__}.{module}").MANIFESTS
    ]
    paths = sorted((p for p in repo.files if is_own(p)), key=lambda p: (p.count("/"), p))
    for path in paths:
        for entry in table:
            if entry.pattern.fullmatch(path):
                reader = f"{entry.read.__module__}.{entry.read.__name__}"
                yield from guarded(repo, reader, path, entry.read(repo, path))
