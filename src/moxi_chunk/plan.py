"""Candidates on a scratch file: what is known of all of them together decides which are taught.

Memory does not grow with their number, and nothing of it stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from moxi_chunk.candidates import Candidate, Dropped, candidates
from moxi_chunk.held_back import HeldBack
from moxi_core.likeness import Likeness
from moxi_core.samples import ReadmeSample
from moxi_core.scratch import ScratchTables

LIKE_ANOTHER = "nearly the same as another one"
_BATCH = 500
_TABLE = """
CREATE TABLE planned (
  number INTEGER PRIMARY KEY, id TEXT UNIQUE, repo_url TEXT, section TEXT, heading_path TEXT,
  whole INTEGER, start INTEGER, end INTEGER, content TEXT, gone INTEGER DEFAULT 0
)
;
CREATE INDEX by_repository ON planned (repo_url)
"""
_ADD = """
INSERT OR IGNORE INTO planned (id, repo_url, section, heading_path, whole, start, end, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken: at most so many characters a section, and texts less alike than this."""

    max_length: int = 4_000
    similarity: float = 0.8


def worth_teaching(
    sample: ReadmeSample,
    held_back: HeldBack,
    limits: Limits,
    sections: Counter[str],
    dropped: Counter[str],
) -> Iterator[Candidate]:
    """What one README could teach; the sections looked at and the drops, by reason, are counted."""
    if held_back.is_held_back(sample.repo_url):
        dropped["kept for measuring"] += 1
        return
    for one in candidates(sample, max_length=limits.max_length):
        sections[one.section] += 1
        if isinstance(one, Dropped):
            dropped[one.reason] += 1
        elif held_back.overlaps(one.content):
            dropped["shares words with what is kept for measuring"] += 1
        else:
            yield one


class Plan:
    """Which sections of many READMEs are taught. A context manager: its scratch file ends with it."""

    def __init__(self, held_back: HeldBack, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._held_back = held_back
        self._tables = ScratchTables(_TABLE)
        self._likeness = Likeness()
        self._rows: list[tuple[object, ...]] = []
        self.dropped: Counter[str] = Counter()
        self.sections: Counter[str] = Counter()  # of all that was looked at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._likeness.__exit__()
        self._tables.close()

    def add(self, sample: ReadmeSample) -> None:
        """Look at the sections of one README."""
        for one in worth_teaching(
            sample, self._held_back, self._limits, self.sections, self.dropped
        ):
            self._likeness.add(one.id, one.content, sample.stars or 0)
            self._take(one)

    def settle(self) -> int:
        """Drop what is nearly another one; how many are left."""
        self._write()
        alike = self._likeness.near_duplicates(self._limits.similarity)
        self._tables.add("UPDATE planned SET gone = 1 WHERE id = ?", ((one.name,) for one in alike))
        [(total, left)] = self._tables.db.execute(
            "SELECT COUNT(*), COUNT(*) - SUM(gone) FROM planned"
        )
        if total - (left or 0):
            self.dropped[LIKE_ANOTHER] += total - left
        return left or 0

    def taught(self) -> Iterator[tuple[str, list[Candidate]]]:
        """What is left, repository by repository, in the order in which they were added."""
        rows = self._tables.db.execute("SELECT * FROM planned WHERE gone = 0 ORDER BY number")
        for url, group in groupby(map(_candidate, rows), key=lambda one: one.repo_url):
            yield url, list(group)

    def teaches(self, url: str) -> bool:
        """Whether anything of a repository is left."""
        found = self._tables.db.execute(
            "SELECT 1 FROM planned WHERE repo_url = ? AND gone = 0 LIMIT 1", (url,)
        )
        return found.fetchone() is not None

    def _take(self, one: Candidate) -> None:
        path = _BETWEEN.join(one.heading_path)
        self._rows.append(
            (one.id, one.repo_url, one.section, path, one.whole, one.start, one.end, one.content)
        )
        if len(self._rows) >= _BATCH:
            self._write()

    def _write(self) -> None:
        self._tables.add(_ADD, self._rows)
        self._rows.clear()


def _candidate(row: tuple[object, ...]) -> Candidate:
    _, name, url, section, path, whole, start, end, content, _ = row
    return Candidate(
        id=str(name),
        repo_url=str(url),
        section=str(section),
        heading_path=tuple(filter(None, str(path).split(_BETWEEN))),
        whole=bool(whole),
        start=int(str(start)),
        end=int(str(end)),
        content=str(content),
    )
