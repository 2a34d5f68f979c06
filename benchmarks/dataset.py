"""What chunks and a training set cost: seconds, and memory at its peak, by number of READMEs.

    python benchmarks/dataset.py [--counts 1000,10000,100000]

Generated READMEs of about 4 kB, each with sections of its own words, are cut by `moxi chunk` and taught
by `moxi dataset build` with instructions from patterns, each number of them by processes of their own.
Writes benchmarks/results/dataset.json and .md.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from checkout import HERE
from collect_memory import WORDS, measured
from store import samples

from moxi_core.config import StoreSettings
from moxi_core.samples import ReadmeSample
from moxi_core.store import open_store

RESULTS = HERE / "results"
HEADINGS = ("Installation", "Usage", "Configuration", "Features", "Contributing", "License")
WORDS_A_SECTION = 90


@dataclass(frozen=True)
class Row:
    """One stage over one number of READMEs."""

    stage: str
    readmes: int
    made: int
    seconds: float
    memory_mb: float


def generated(count: int) -> Iterator[ReadmeSample]:
    """Samples whose sections are unlike each other."""
    chance = random.Random(11)  # noqa: S311
    for sample in samples(count):
        parts = [f"# {sample.repo}\n\n{' '.join(chance.choices(WORDS, k=40))}.\n"]
        parts += [
            f"## {name}\n\n{' '.join(chance.choices(WORDS, k=WORDS_A_SECTION))}.\n\n```sh\n{sample.repo} --run\n```\n"
            for name in HEADINGS
        ]
        yield replace(sample, readme="\n".join(parts), license="MIT")


def row_of(stage: str, folder: Path, count: int, *verb: str) -> Row:
    """One stage on the store of a folder."""
    told = measured(folder, *verb, "-q")
    name = "chunks/readme_chunks.jsonl" if stage == "chunk" else "sft/*.jsonl"
    made = 0
    for file in folder.glob(name):
        with file.open("rb") as lines:
            made += sum(1 for _ in lines)
    row = Row(stage, count, made, told["seconds"], told["memory_mb"])
    print(row, flush=True)
    return row


def rows_of(count: int) -> list[Row]:
    """Both stages over so many READMEs."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_store(StoreSettings(data_dir=folder)) as store:
            store.upsert(generated(count))
        return [
            row_of("chunk", folder, count, "chunk"),
            row_of("dataset", folder, count, "dataset", "build"),
        ]


def report(rows: list[Row]) -> Iterator[str]:
    """The page."""
    yield "# What chunks and a training set cost"
    yield ""
    yield f"`python benchmarks/dataset.py`, Python {platform.python_version()}: generated READMEs of about 4 kB,"
    yield "instructions from patterns; each line is a process of its own."
    yield ""
    yield "| stage | READMEs | made | s | READMEs/s | peak memory MB |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for row in rows:
        rate = row.readmes / row.seconds
        yield (
            f"| {row.stage} | {row.readmes:,} | {row.made:,} | {row.seconds:.1f} | {rate:,.0f} "
            f"| {row.memory_mb:.0f} |"
        )
    yield ""
    for stage in ("chunk", "dataset"):
        mine = {row.readmes: row.memory_mb for row in rows if row.stage == stage}
        most = max(mine)
        for count in sorted(mine):
            if count != most:
                yield f"- {stage}: {most:,} READMEs take {mine[most] / mine[count]:.2f} times the memory of {count:,}."


def main() -> int:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="1000,10000,100000")
    counts = [int(count) for count in parser.parse_args().counts.split(",")]
    rows = [row for count in counts for row in rows_of(count)]
    lines = list(report(rows))
    print("\n".join(lines))
    (RESULTS / "dataset.md").write_text("\n".join(lines) + "\n", "utf-8")
    (RESULTS / "dataset.json").write_text(
        json.dumps([asdict(row) for row in rows], indent=2) + "\n", "utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
