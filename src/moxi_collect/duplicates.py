"""Near-duplicates among READMEs, by MinHash: of each group one stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
