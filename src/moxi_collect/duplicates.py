"""Near-duplicates among READMEs, by MinHash: of each group one stays.

Signatures and their index take some kB a README, so they are made only for those that share a band
with another one; `Bands` finds these in 128 bytes a README.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from moxi_core.samples import ReadmeSample

if TYPE_CHECKING:
    from rensa import RMinHash

PERMUTATIONS = 128
BANDS = 16
SHINGLE = 5  # words
SEED = 7

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A README as far as likeness goes; `rank` tells which of two like ones stays: the lower one."""

    url: str
    rank: tuple[int, str]
    signature: RMinHash

    @classmethod
    def of(cls, sample: ReadmeSample) -> Candidate:
        """The candidate of a sample: more stars stay, then the address that comes first."""
        return cls(
            sample.repo_url, (-(sample.stars or 0), sample.repo_url), signature(sample.readme)
        )


def signature(text: str) -> RMinHash:
    """The MinHash of the runs of five words of a text."""
    from rensa import RMinHash  # late: it is in the extra `collect`

    words = _WORD.findall(text.lower())
    runs = {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}
    made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    made.update(sorted(runs))
    return made


class Bands:
    """Which of many READMEs may be like another: their signatures agree in all rows of some band."""

    def __init__(self) -> None:
        self._bands = tuple(array("q") for _ in range(BANDS))

    def add(self, text: str) -> None:
        """Take in a README; it is known by how many there were before."""
        digest = signature(text).digest()
        rows = PERMUTATIONS // BANDS
        for number, band in enumerate(self._bands):
            band.append(hash(tuple(digest[number * rows : (number + 1) * rows])))

    def shared(self) -> set[int]:
        """The numbers of those that share a band with another one."""
        found: set[int] = set()
        for band in self._bands:
            twice = {one for one, following in pairwise(sorted(band)) if one == following}
            found.update(number for number, one in enumerate(band) if one in twice)
        return found


def near_duplicates(candidates: Sequence[Candidate], similarity: float) -> Iterator[str]:
    """The addresses of those that are like one that stays, at least by so much (Jaccard)."""
    from rensa import RMinHashLSH

    index = RMinHashLSH(threshold=similarity, num_perm=PERMUTATIONS, num_bands=BANDS)
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: c.rank):
        like = index.query(candidate.signature)
        if any(kept[i].signature.jaccard(candidate.signature) >= similarity for i in like):
            yield candidate.url
            continue
        index.insert(len(kept), candidate.signature)
        kept.append(candidate)
