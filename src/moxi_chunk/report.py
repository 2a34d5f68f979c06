"""What came of making a training set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

MAX_NAMED = 1_000  # failures that a report names; all are counted


@dataclass(slots=True)
class Report:
    """What came of a run: samples by split and by kind, drops by reason, failures by section."""

    splits: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str, str]] = field(default_factory=list)  # repository, section, why
    looked_at: Counter[str] = field(default_factory=Counter)
    repositories: int = 0
    shortened: int = 0  # samples whose code was more than fits a prompt
    files: list[Path] = field(default_factory=list)
