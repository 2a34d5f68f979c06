"""`moxi collect validate` over generated samples: seconds, and memory at its peak, by their number."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from store import samples

from moxi_core.config import StoreSettings
from moxi_core.samples import ReadmeSample
from moxi_core.store import open_store

OUTPUT = "output"
MEASURE = Path(__file__).with_name("measure.py")
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "ry", "st", "le")]
README_WORDS = 450
EVERY = 20  # one of so many is like the one before
SCORES = {"chars": 3000.0, "words": float(README_WORDS), "readable": 1.0, "link_share": 0.0}


@dataclass(frozen=True)
class Published:
    """One number of samples, filtered and written as JSONL and Parquet."""

    count: int
    kept: int
    near_duplicates: int
    seconds: float
    memory_mb: float
    written_mb: float


def generated(count: int) -> Iterator[ReadmeSample]:
    """Samples of about 9 kB that pass the filters; one of EVERY is nearly the one before."""
    chance = random.Random(5)  # noqa: S311
    text = ""
    for number, sample in enumerate(samples(count)):
        if number % EVERY != 1:
            text = " ".join(chance.choices(WORDS, k=README_WORDS))
        readme = f"# {sample.repo}\n\n{text}\n"
        yield replace(sample, readme=readme, quality=SCORES, license="MIT")


def measured(folder: Path, *verb: str) -> dict[str, Any]:
    """Run a verb of `moxi` on the store of a folder: its seconds and memory; what it says is in OUTPUT."""
    moxi = Path(sys.executable).parent / "moxi"
    files = [str(folder / OUTPUT), str(folder / "log")]
    done = subprocess.run(
        [sys.executable, "-I", "-S", MEASURE, "7200", *files, moxi, *verb],
        env=os.environ | {"MOXI_DATA_DIR": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if told["exit_code"]:
        raise SystemExit((folder / "log").read_text())
    return told


def publishing(count: int) -> Published:
    """Fill a store with samples, and let `moxi collect validate` work on it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_store(StoreSettings(data_dir=folder)) as store:
            store.upsert(generated(count))
        told = measured(folder, "collect", "validate", "--json")
        report = json.loads((folder / OUTPUT).read_text())
        size = sum(Path(file).stat().st_size for file in report["files"])
    found = Published(
        count=count,
        kept=report["kept"],
        near_duplicates=report["dropped"].get("near-duplicate", 0),
        seconds=told["seconds"],
        memory_mb=told["memory_mb"],
        written_mb=round(size / 1e6, 1),
    )
    print(found, flush=True)
    return found


def publishing_report(published: list[Published]) -> Iterator[str]:
    """The table by number of samples."""
    yield ""
    yield "## Filtering and publishing in flat memory"
    yield ""
    yield "`moxi collect validate` over generated samples of about 9 kB in the embedded store, one of 20 a"
    yield "near-duplicate: all filters, near-duplicates, JSONL and Parquet."
    yield ""
    yield "| samples | kept | near-duplicates | s | samples/s | MB written | peak memory MB | bytes of memory a sample more |"
    yield f"|{' --: |' * 8}"
    before: Published | None = None
    for one in published:
        more = (
            f"{(one.memory_mb - before.memory_mb) * 1e6 / (one.count - before.count):,.0f}"
            if before
            else "-"
        )
        yield (
            f"| {one.count:,} | {one.kept:,} | {one.near_duplicates:,} | {one.seconds:.1f} "
            f"| {one.count / one.seconds:,.0f} | {one.written_mb:,.0f} | {one.memory_mb:.0f} | {more} |"
        )
        before = one
