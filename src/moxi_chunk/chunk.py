"""Samples of the store become chunks: each README whole, in pieces that know where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from moxi_chunk.kinds import section_kind
from moxi_chunk.split import MAX_LENGTH, MIN_LENGTH, split
from moxi_core.samples import ReadmeChunk, ReadmeSample
from moxi_core.section_names import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Lengths of chunks, in characters."""

    min_length: int = MIN_LENGTH
    max_length: int = MAX_LENGTH


def chunks(sample: ReadmeSample, bounds: Bounds | None = None) -> Iterator[ReadmeChunk]:
    """The chunks of one README; joined in order they are its text."""
    bounds = bounds or Bounds()
    text = sample.readme
    rst = sample.readme_path.lower().endswith((".rst", ".rest"))
    pieces = split(text, min_length=bounds.min_length, max_length=bounds.max_length, rst=rst)
    for piece in pieces:
        path = tuple(filter(None, map(shown, piece.heading_path)))
        yield ReadmeChunk(
            id=chunk_id(sample, piece.start),
            repo_url=sample.repo_url,
            section=section_kind(path, sample.repo, is_first=not text[: piece.start].strip()),
            text=text[piece.start : piece.end],
            heading_path=path,
            start=piece.start,
            end=piece.end,
        )


def all_chunks(
    samples: Iterable[ReadmeSample], bounds: Bounds | None = None
) -> Iterator[ReadmeChunk]:
    """The chunks of many READMEs, one README in memory at a time."""
    for sample in samples:
        yield from chunks(sample, bounds)


def chunk_id(sample: ReadmeSample, start: int) -> str:
    """A hash of repository, commit and position: the same chunk has the same id in every run."""
    name = f"{sample.repo_url}\0{sample.commit}\0{start}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]
