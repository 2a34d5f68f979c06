"""The files worth showing to a reader or a model, picked by path, size and manifests only."""

from __future__ import annotations

from moxi_analyzer.repository import Repository
from moxi_core.records import Fact, KeyFile


def pick_key_files(repo: Repository, facts: tuple[Fact, ...]) -> tuple[KeyFile, ...]:
    """Stub."""
    return ()
