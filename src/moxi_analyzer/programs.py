"""Which executable a command line found in the code belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_core.records import Fact


def link_programs(repo: Repository, facts: Iterable[Fact]) -> Iterator[Fact]:
    """Stub."""
    yield from facts
