"""What each stage of the training set costs for one repository, and so, on paper, for many.

    python benchmarks/scale.py data/collection/awesome_readme_data.parquet [--texts 1000000]

Takes what `moxi collect` wrote, runs the stages of `moxi dataset shard` on it in one process, and counts
processor seconds and bytes; near-duplicates are also sought among so many generated texts as --texts says.
Collecting is taken from results/collect.json. Writes benchmarks/results/scale.json and .md.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from checkout import HERE
from pyarrow import parquet

from moxi_chunk.dataset import Recipe, requests
from moxi_chunk.held_back import read_names
from moxi_chunk.instruct_model import Estimate, estimate
from moxi_chunk.scale import Job, begin, report_of, stages
from moxi_core.config import StoreSettings
from moxi_core.likeness import PERMUTATIONS, Likeness
from moxi_core.llm import Endpoint
from moxi_core.llm_prices import DEFAULT_MODEL, LOOKED_UP, OPENAI, price_of
from moxi_core.store import open_store
from moxi_core.store_parquet import read_parquet

RESULTS = HERE / "results"
TASKS = 4
NUMBERS = (1_000, 100_000, 10_000_000)
CORES = (1, 16, 256)
MODELS = (DEFAULT_MODEL, "gpt-5-mini", "gpt-4.1")
QUERY = 50  # repositories that one question to GitHub's API asks for
POINTS = 5_000  # questions that a token allows an hour
DAY = 86_400


@dataclass(frozen=True)
class Figures:
    """Means for one repository that was collected, kept or not."""

    repositories: int
    kept: int
    wire_bytes: float
    line_s: float  # of one job on a line of 50 Mbit/s
    collect_s: float  # of one core
    sample_bytes: float  # Parquet of samples
    store_bytes: float
    seconds: dict[str, float]  # of one core, by stage
    stage_bytes: dict[str, float]  # by folder
    sections: float  # that could be taught
    samples: float
    requests: float
    prompt_tokens: float
    completion_tokens: float
    memory_mb: float


@dataclass(frozen=True)
class Alike:
    """Near-duplicates among generated texts."""

    texts: int
    found: int
    seconds: float
    disk_bytes: float  # a text
    memory_mb: float


def figures(file: Path) -> Figures:
    """Run all stages on a collection."""
    collected = json.loads((RESULTS / "collect.json").read_text())["repositories"]
    rows = parquet.read_metadata(file).num_rows
    held_back = read_names(HERE / "repos.toml")
    with tempfile.TemporaryDirectory() as place:
        job = begin([str(file)], place, TASKS, held_back=held_back)
        seconds = dict(timed(job))
        report = report_of(job)
        sizes = {name: size_of(Path(place) / name) for name in ("chunks", "candidates", "sft")}
        sections = sum(
            parquet.read_metadata(table).num_rows for table in Path(place).glob("candidates/*")
        )
    memory = peak()
    asked, store_size = asking(file, held_back)
    return Figures(
        repositories=rows,
        kept=sum(one.drop_reason is None for one in read_parquet(file)),
        wire_bytes=statistics.mean(one["ours"]["wire_bytes"] for one in collected),
        line_s=statistics.mean(one["line_s"][2] for one in collected),
        collect_s=statistics.mean(one["ours_s"] for one in collected),
        sample_bytes=file.stat().st_size / rows,
        store_bytes=store_size / rows,
        seconds={name: value / rows for name, value in seconds.items()},
        stage_bytes={name: value / rows for name, value in sizes.items()},
        sections=sections / rows,
        samples=sum(report.splits.values()) / rows,
        requests=asked.requests / rows,
        prompt_tokens=asked.prompt_tokens / rows,
        completion_tokens=asked.completion_tokens / rows,
        memory_mb=memory,
    )


def timed(job: Job) -> Iterator[tuple[str, float]]:
    """Run each stage, task by task; its name and the processor seconds of all its tasks."""
    for stage in stages(job):
        start = time.process_time()
        for rank in range(stage.tasks):
            data = None
            for step in stage.steps:
                data = step(data, rank, stage.tasks)
        yield stage.name, time.process_time() - start


def size_of(folder: Path) -> int:
    """Bytes of all files."""
    return sum(file.stat().st_size for file in folder.iterdir())


def asking(file: Path, held_back: list[str]) -> tuple[Estimate, int]:
    """What a model would be asked, and the bytes of a store that holds the samples."""
    endpoint = Endpoint(model=DEFAULT_MODEL, base_url=OPENAI, api_key="")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with open_store(StoreSettings(data_dir=folder)) as store:
            store.upsert(read_parquet(file))
            found = estimate(requests(store, folder, Recipe(), held_back), endpoint)
        return found, sum(one.stat().st_size for one in folder.glob("*.sqlite3*"))


def alike(count: int) -> Alike:
    """Seek near-duplicates among generated digests, of which one of ten is that of the one before."""
    seconds = 0.0
    with Likeness() as likeness:
        for start in range(0, count, 1_000):
            chance = random.Random(start)  # noqa: S311
            made = [chance.randbytes(4 * PERMUTATIONS) for _ in range(1_000)]
            begun = time.process_time()
            for number in range(1_000):
                text = made[number - (number % 10 == 1)]
                likeness.add_digest(f"{start + number:032x}", text)
            seconds += time.process_time() - begun
        begun = time.process_time()
        found = sum(1 for _ in likeness.near_duplicates(0.8))
        seconds += time.process_time() - begun
        size = size_of(Path(likeness._place.name))
    return Alike(count, found, seconds, size / count, peak())


def peak() -> float:
    """MB of memory that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(one: Figures, found: Alike) -> Iterator[str]:
    """The measured figures."""
    yield "## Measured, for one repository"
    yield ""
    yield f"{one.repositories:,} repositories were collected, {one.kept:,} kept. Means over all that were collected:"
    yield ""
    yield "| stage | seconds of one core | bytes | what |"
    yield "| --- | --: | --: | --- |"
    yield f"| collect | {one.collect_s:.2f} | {one.wire_bytes:,.0f} | over the wire ({one.line_s:.2f} s a job on a slow line) |"
    yield f"| | | {one.store_bytes:,.0f} | in the store (SQLite) |"
    yield f"| | | {one.sample_bytes:,.0f} | Parquet of samples |"
    yield f"| sections | {one.seconds['sections']:.4f} | {one.stage_bytes['chunks']:,.0f} | chunks |"
    yield f"| | | {one.stage_bytes['candidates']:,.0f} | {one.sections:.2f} sections that could be taught |"
    yield f"| likeness | {one.seconds['likeness']:.4f} | | near-duplicates among these |"
    yield f"| samples | {one.seconds['samples']:.4f} | {one.stage_bytes['sft']:,.0f} | {one.samples:.2f} samples |"
    yield (
        f"| a model's instructions | | | {one.requests:.2f} requests, {one.prompt_tokens:,.0f} tokens in, "
        f"{one.completion_tokens:,.0f} out |"
    )
    yield ""
    yield (
        f"A task took {one.memory_mb:,.0f} MB at most. Near-duplicates among {found.texts:,} generated texts took "
        f"{found.seconds:.0f} s, {found.disk_bytes:,.0f} bytes of disk a text and {found.memory_mb:,.0f} MB "
        f"of memory; {found.found:,} were found."
    )
    yield ""


def on_paper(one: Figures, found: Alike) -> Iterator[str]:
    """The same figures times so many repositories."""
    per_text = found.seconds / found.texts
    lines = {
        "collect: over the wire": lambda n: size(n * one.wire_bytes),
        "collect: 16 jobs, slow line": lambda n: span(n * one.line_s / 16),
        **{
            f"collect: work of {cores} core{'s' * (cores > 1)}": lambda n, c=cores: span(
                n * one.collect_s / c
            )
            for cores in CORES
        },
        f"collect: GitHub's API, {QUERY} a query": lambda n: span(n / QUERY / POINTS * 3_600),
        "store": lambda n: size(n * one.store_bytes),
        "Parquet of samples": lambda n: size(n * one.sample_bytes),
        **{
            f"sections and samples: {cores} core{'s' * (cores > 1)}": lambda n, c=cores: span(
                n * (one.seconds["sections"] + one.seconds["samples"]) / c
            )
            for cores in CORES
        },
        "chunks": lambda n: size(n * one.stage_bytes["chunks"]),
        "candidates": lambda n: size(n * one.stage_bytes["candidates"]),
        "near-duplicates: one core": lambda n: span(n * one.sections * per_text),
        "near-duplicates: scratch file": lambda n: size(n * one.sections * found.disk_bytes),
        "training set": lambda n: size(n * one.stage_bytes["sft"]),
        "samples": lambda n: f"{n * one.samples:,.0f}",
    }
    for model in MODELS:
        price = price_of(model)
        assert price
        each = price.cost(1_000_000, 0) * one.prompt_tokens / 1e6
        each += price.cost(0, 1_000_000) * one.completion_tokens / 1e6
        lines[f"instructions: {model}"] = lambda n, e=each: f"${n * e:,.2f}"
        lines[f"instructions: {model}, Batch API"] = lambda n, e=each: f"${n * e / 2:,.2f}"
    yield f"## On paper (prices of {LOOKED_UP})"
    yield ""
    yield f"| | {' | '.join(f'{n:,}' for n in NUMBERS)} |"
    yield f"| --- |{' --: |' * len(NUMBERS)}"
    for name, told in lines.items():
        yield f"| {name} | {' | '.join(told(n) for n in NUMBERS)} |"


def span(seconds: float) -> str:
    """A time as one says it."""
    for least, unit, name in ((2 * DAY, DAY, "days"), (7_200, 3_600, "h"), (120, 60, "min")):
        if seconds >= least:
            return f"{seconds / unit:,.1f} {name}"
    return f"{seconds:,.1f} s"


def size(count: float) -> str:
    """Bytes as one says them."""
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count / 1e3:,.1f} kB"


def main() -> int:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--texts", type=int, default=1_000_000)
    args = parser.parse_args()
    # Each in a process of its own: the peak of memory is that of a process.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        one = pool.submit(figures, args.file).result()
        found = pool.submit(alike, args.texts).result()
    lines = [
        "# What each stage costs",
        "",
        f"`python benchmarks/scale.py`, Python {platform.python_version()}, one core.",
        "",
        *measured(one, found),
        *on_paper(one, found),
    ]
    print("\n".join(lines))
    (RESULTS / "scale.md").write_text("\n".join(lines) + "\n", "utf-8")
    told = {"repository": asdict(one), "near-duplicates": asdict(found)}
    (RESULTS / "scale.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
