"""The training set as it lies on disk: a JSONL file a split, written by one stage, read by the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from moxi_core.errors import OutputError
from moxi_core.records import from_json
from moxi_core.samples import SftSample, Split

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def read_samples(file: Path) -> Iterator[SftSample]:
    """The samples of a JSONL file. Raises OutputError where it is none."""
    try:
        with file.open("rb") as lines:
            for line in lines:
                yield from_json(SftSample, line)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{str(file)!r} is no split of a training set; make one with `moxi dataset build`."
        ) from error
