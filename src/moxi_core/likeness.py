"""Near-duplicates among texts, by MinHash on a scratch file: of each group one stays.

What is kept of a text is on disk, so that memory does not grow with their number: only those that share
a band with another one are looked at again, group by group.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import eq
from typing import Self

from moxi_core.errors import StoreError
from moxi_core.scratch import ScratchTables

PERMUTATIONS = 128
BANDS = 16
ROWS = PERMUTATIONS // BANDS
SHINGLE = 5  # words
SEED = 7

_WORD = re.compile(r"\w+")
_BATCH = 500
_TABLES = """
CREATE TABLE texts (number INTEGER PRIMARY KEY, name TEXT, priority INTEGER, digest BLOB);
CREATE TABLE bands (band INTEGER, hash INTEGER, number INTEGER);
"""
# Pairs of neighbours in a bucket link the whole bucket.
_LINKS = """
SELECT before, number FROM (
  SELECT number, LAG(number) OVER (PARTITION BY band, hash ORDER BY number) AS before FROM bands
) WHERE before IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A text by its name, and the one that stays in its place."""

    name: str
    kept: str


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    digest: array[int]


class Likeness:
    """Texts among which near-duplicates are found. A context manager: its scratch file ends with it."""

    def __init__(self) -> None:
        self._tables = ScratchTables(_TABLES)
        self._count = 0
        self._texts: list[tuple[int, str, int, bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.close()

    def add(self, name: str, text: str, priority: int = 0) -> None:
        """Take in a text. Of like ones the highest priority stays, then the name that comes first."""
        self.add_digest(name, digest(text).tobytes(), priority)

    def add_digest(self, name: str, made: bytes, priority: int = 0) -> None:
        """Take in a text of which only the digest is at hand."""
        self._texts.append((self._count, name, priority, made))
        self._count += 1
        if len(self._texts) >= _BATCH:
            self._write()

    def near_duplicates(self, similarity: float) -> Iterator[NearDuplicate]:
        """Those that are like one that stays, at least by so much (Jaccard of runs of five words)."""
        self._write()
        for group in self._groups():
            yield from _like_one_before(self._ordered(group), similarity)

    def _write(self) -> None:
        self._tables.add("INSERT INTO texts VALUES (?, ?, ?, ?)", self._texts)
        self._tables.add(
            "INSERT INTO bands VALUES (?, ?, ?)",
            (
                (band, hash(kept), number)
                for number, _, _, made in self._texts
                for band, kept in enumerate(_bands(made))
            ),
        )
        self._texts.clear()

    def _groups(self) -> Iterator[list[int]]:
        """The numbers of those that share bands, directly or through others."""
        above: dict[int, int] = {}

        def root(number: int) -> int:
            while (parent := above.setdefault(number, number)) != number:
                above[number] = above[parent]
                number = above[number]
            return number

        for one, other in self._tables.db.execute(_LINKS):
            above[root(other)] = root(one)
        groups: dict[int, list[int]] = {}
        for number in sorted(above):
            groups.setdefault(root(number), []).append(number)
        above.clear()
        yield from groups.values()

    def _ordered(self, numbers: Sequence[int]) -> Iterator[_Text]:
        order = [
            (-priority, name, number)
            for number in numbers
            for name, priority in self._tables.db.execute(
                "SELECT name, priority FROM texts WHERE number = ?", (number,)
            )
        ]
        for _, name, number in sorted(order):
            row = self._tables.db.execute("SELECT digest FROM texts WHERE number = ?", (number,))
            yield _Text(name, array("I", row.fetchone()[0]))


def digest(text: str) -> array[int]:
    """The MinHash of the runs of five words of a text, 128 numbers of 32 bits."""
    try:
        from rensa import RMinHash
    except ImportError as error:
        raise StoreError(
            "Finding near-duplicates needs rensa; run: pip install 'moxi-readme[collect]'"
        ) from error
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    made.update(sorted(runs))
    return array("I", made.digest())


def _bands(made: bytes) -> list[bytes]:
    size = len(made) // BANDS
    return [made[number * size : (number + 1) * size] for number in range(BANDS)]


def _like_one_before(texts: Iterator[_Text], similarity: float) -> Iterator[NearDuplicate]:
    """Each text is held against those that stay and share a band with it."""
    kept: list[_Text] = []
    buckets: dict[tuple[int, bytes], list[int]] = {}
    for text in texts:
        bands = list(enumerate(_bands(text.digest.tobytes())))
        near = sorted({number for band in bands for number in buckets.get(band, ())})
        twin = next((n for n in near if _jaccard(kept[n], text) >= similarity), None)
        if twin is not None:
            yield NearDuplicate(text.name, kept[twin].name)
            continue
        for band in bands:
            buckets.setdefault(band, []).append(len(kept))
        kept.append(text)


def _jaccard(one: _Text, other: _Text) -> float:
    equal: int = sum(map(eq, one.digest, other.digest))
    return equal / PERMUTATIONS
