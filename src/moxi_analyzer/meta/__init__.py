"""What a repository says of itself outside manifests and code: license, docs, examples, CI."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from moxi_analyzer.guard import guarded
from moxi_analyzer.repository import Repository
from moxi_core.records import Fact

MODULES: tuple[str, ...] = ("license", "docs", "people", "ci", "examples")


def read_meta(repo: Repository) -> Iterator[Fact]:
    """Facts of every module here; each has `read(repo) -> Iterator[Fact]`."""
    for module in MODULES:
        facts = importlib.import_module(f"{__name__}.{module}").read(repo)
        yield from guarded(repo, module, f"({module})", facts)
