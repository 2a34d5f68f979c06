"""Chunks of all samples: into the store, and as files that others read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moxi_chunk.chunk import Bounds, chunks
from moxi_core.errors import OutputError
from moxi_core.files import write_whole
from moxi_core.records import to_json
from moxi_core.samples import ReadmeChunk, ReadmeSample
from moxi_core.store import Store

NAME = "readme_chunks"
Samples = Callable[[], Iterable[ReadmeSample]]
Tell = Callable[[int], None]


@dataclass(slots=True)
class ChunkReport:
    """How many READMEs and chunks there are, chunks by section kind, and how many fit the bounds."""

    readmes: int = 0
    chunks: int = 0
    within: int = 0
    sections: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)


def publish_chunks(
    samples: Samples,
    folder: Path,
    bounds: Bounds | None = None,
    *,
    store: Store | None = None,
    flat: bool = False,
    tell: Tell = lambda _: None,
) -> ChunkReport:
    """Cut READMEs into chunks; they go into a store, if there is one, and into files of a folder.

    `samples` is asked once a file. With `flat`, one JSON array has the file tree in every item.
    """
    bounds = bounds or Bounds()
    report = ChunkReport()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make {str(folder)!r}: {error.strerror}.") from error
    lines = folder / f"{NAME}.jsonl"
    write_whole(lines, _lines(samples(), bounds, store, report, tell))
    report.files.append(lines)
    if flat:
        array = folder / f"{NAME}.json"
        write_whole(array, _array(samples(), bounds))
        report.files.append(array)
    return report


def _lines(
    samples: Iterable[ReadmeSample],
    bounds: Bounds,
    store: Store | None,
    report: ChunkReport,
    tell: Tell,
) -> Iterator[bytes]:
    for sample in samples:
        made = list(chunks(sample, bounds))
        if store is not None:
            store.remove(ReadmeChunk, sample.repo_url)
            store.upsert(made)
        report.readmes += 1
        report.chunks += len(made)
        report.within += sum(bounds.min_length <= len(c.text) <= bounds.max_length for c in made)
        report.sections.update(chunk.section for chunk in made)
        tell(report.readmes)
        yield from (to_json(chunk).encode() + b"\n" for chunk in made)


def _array(samples: Iterable[ReadmeSample], bounds: Bounds) -> Iterator[bytes]:
    """The parts of a JSON array, a chunk a line: its text and heading, and the repository's tree."""
    before = b"[\n"
    for sample in samples:
        for chunk in chunks(sample, bounds):
            item = {
                "repo_url": sample.repo_url,
                "section": chunk.section,
                "heading_path": chunk.heading_path,
                "chunk": chunk.text,
                "start": chunk.start,
                "end": chunk.end,
                "file_tree": sample.file_tree,
            }
            yield before + json.dumps(item, ensure_ascii=False).encode()
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"
