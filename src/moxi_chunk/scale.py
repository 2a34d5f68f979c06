"""The training set of more READMEs than one process should do: stages of tasks over Parquet shards.

The functions are those of chunk.py, plan.py and dataset.py. Each stage is a list of steps, of which
datatrove's executors run one task a share: on this machine, on Slurm or on Ray. A task that is done has
a mark in logs/; a run that was killed does only the others again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from moxi_chunk.candidates import Candidate
from moxi_chunk.card import card
from moxi_chunk.chunk import Bounds, chunks
from moxi_chunk.dataset import Recipe, by_repository, made
from moxi_chunk.held_back import HeldBack
from moxi_chunk.instruct import template
from moxi_chunk.plan import LIKE_ANOTHER, worth_teaching
from moxi_chunk.report import Report
from moxi_chunk.sft_files import sft_schema
from moxi_chunk.shards import Input, Part, Shards, look_at, samples_of, shares
from moxi_core import __version__
from moxi_core.errors import SettingsError
from moxi_core.likeness import Likeness, digest
from moxi_core.records import to_json
from moxi_core.samples import ReadmeSample
from moxi_core.sft_set import SPLITS

if TYPE_CHECKING:
    import pyarrow

Samples = Iterator[ReadmeSample]
Make = Callable[..., Any]  # one of datatrove's executors
_JOB, _HELD_BACK, _ALIKE = "job.json", "held_back.parquet", "alike.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a run makes of which shares, and the folder in which it does so."""

    folder: str
    parts: tuple[tuple[Part, ...], ...] = field(repr=False)
    sizes: tuple[int, ...] = field(default=(), repr=False)  # of the files, in bytes
    recipe: Recipe = field(default_factory=Recipe)
    bounds: Bounds = field(default_factory=Bounds)
    held_back: tuple[str, ...] = field(default=(), repr=False)
    version: str = __version__

    @property
    def tasks(self) -> int:
        """How many shares there are."""
        return len(self.parts)


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that run one after another in each task. A stage begins when the one before is done."""

    name: str
    steps: tuple[Callable[..., Any], ...]
    tasks: int


def begin(
    files: Sequence[str],
    folder: str,
    tasks: int,
    recipe: Recipe | None = None,
    held_back: Sequence[str] = (),
    bounds: Bounds | None = None,
) -> Job:
    """Share out files of samples, or take up what was begun in a folder.

    Raises StoreError where a file holds no samples, SettingsError where a repository comes twice or the
    folder has other work.
    """
    shards, kept = Shards(folder), HeldBack(held_back)
    inputs: list[Input] = []
    found: list[str] = []  # READMEs kept for measuring
    seen: set[int] = set()  # hashes: there may be millions of addresses
    for file in files:
        looked_at, groups = look_at(file)
        inputs.append(looked_at)
        for number, urls in groups:
            before = len(seen)
            seen.update(map(hash, urls))
            if len(seen) - before != len(urls):
                raise SettingsError(
                    f"Row group {number} of {file!r} has a repository that came before; "
                    "name each file of samples once."
                )
            if any(map(kept.is_held_back, urls)):
                group = samples_of([Part(file, number, number + 1)])
                found += (one.readme for one in group if kept.is_held_back(one.repo_url))
    job = Job(
        folder=folder,
        parts=shares(inputs, tasks),
        sizes=tuple(one.size for one in inputs),
        recipe=recipe or Recipe(),
        bounds=bounds or Bounds(),
        held_back=tuple(held_back),
    )
    told, text = shards.read(_JOB), json.dumps(asdict(job), indent=1)
    if told and told != text:
        raise SettingsError(
            f"{folder!r} has work that was begun with other files or options; name another folder."
        )
    if not told:
        with shards.table(_HELD_BACK, _strings("readme")) as add:
            for readme in found:
                add({"readme": readme})
        shards.write(_JOB, text)
    return job


def stages(job: Job) -> list[Stage]:
    """The whole pipeline."""
    read = ReadSamples(job)
    return [
        Stage("sections", (read, WriteChunks(job), WriteCandidates(job)), job.tasks),
        Stage("likeness", (FindAlike(job),), 1),
        Stage("samples", (read, WriteSamples(job)), job.tasks),
        Stage("card", (WriteCard(job),), 1),
    ]


def chained(job: Job, make: Make) -> Any:
    """The executor of the last stage, which runs those before it first.

    `make` is an executor of datatrove, with its own arguments bound.
    """
    before, shards = None, Shards(job.folder)
    for stage in stages(job):
        before = make(
            pipeline=list(stage.steps),
            tasks=stage.tasks,
            logging_dir=shards.place(f"logs/{stage.name}"),
            depends=before,
        )
    return before


def run_here(job: Job, workers: int) -> Report:
    """Run all stages on this machine, so many tasks at a time; what came of it."""
    from datatrove.executor import LocalPipelineExecutor

    chained(job, partial(LocalPipelineExecutor, workers=workers)).run()
    return report_of(job)


def report_of(job: Job) -> Report:
    """What came of all tasks that are done."""
    names = [f"sections-{rank:05d}" for rank in range(job.tasks)] + ["likeness-00000"]
    names += [f"samples-{rank:05d}" for rank in range(job.tasks)]
    report, shards = Report(), Shards(job.folder)
    for name in names:
        for key, value in json.loads(shards.read(f"reports/{name}.json") or "{}").items():
            one = getattr(report, key)
            if isinstance(one, Counter):
                one.update(value)
            elif isinstance(one, int):
                setattr(report, key, one + value)
    return report


@dataclass(frozen=True, slots=True)
class ReadSamples:
    """Yields the samples of a share, those apart that a filter dropped."""

    job: Job = field(repr=False)

    def __call__(self, data: None, rank: int = 0, world_size: int = 1) -> Samples:
        """Read one share."""
        return (one for one in samples_of(self.job.parts[rank]) if one.drop_reason is None)


@dataclass(frozen=True, slots=True)
class WriteChunks:
    """Writes the chunks of each README, and passes the samples on."""

    job: Job = field(repr=False)

    def __call__(self, data: Samples, rank: int = 0, world_size: int = 1) -> Samples:
        """Write chunks/RANK.parquet."""
        shards = Shards(self.job.folder)
        with shards.table(f"chunks/{rank:05d}.parquet", _chunk_schema()) as add:
            for sample in data:
                for chunk in chunks(sample, self.job.bounds):
                    add(asdict(chunk))
                yield sample


@dataclass(frozen=True, slots=True)
class WriteCandidates:
    """Writes the sections that could be taught, each with what near-duplicates are found by."""

    job: Job = field(repr=False)

    def __call__(self, data: Samples, rank: int = 0, world_size: int = 1) -> None:
        """Write candidates/RANK.parquet."""
        shards, report = Shards(self.job.folder), Report()
        kept = HeldBack(self.job.held_back)
        for row in shards.rows(_HELD_BACK):
            kept.add(row["readme"])
        with shards.table(f"candidates/{rank:05d}.parquet", _candidate_schema()) as add:
            for sample in data:
                for one in worth_teaching(
                    sample, kept, self.job.recipe.limits, report.looked_at, report.dropped
                ):
                    made_of = digest(one.content).tobytes()
                    add(asdict(one) | {"priority": sample.stars or 0, "digest": made_of})
        _tell(shards, f"sections-{rank:05d}", report)


@dataclass(frozen=True, slots=True)
class FindAlike:
    """Finds near-duplicates among the sections of all shares, as `moxi dataset build` does.

    Not by datatrove's own MinHash: it would keep others, namely one of each chain of likeness whatever
    the stars, and compares no more than hashes; its words come from a tokenizer that must be fetched.
    """

    job: Job = field(repr=False)

    def __call__(self, data: None, rank: int = 0, world_size: int = 1) -> None:
        """Write alike.parquet: what is not to be taught, and what stays in its place."""
        shards, report = Shards(self.job.folder), Report()
        with Likeness() as likeness, shards.table(_ALIKE, _strings("name", "kept")) as add:
            for other in range(self.job.tasks):
                name = f"candidates/{other:05d}.parquet"
                for row in shards.rows(name, ["id", "priority", "digest"]):
                    likeness.add_digest(row["id"], row["digest"], row["priority"])
            for one in likeness.near_duplicates(self.job.recipe.limits.similarity):
                report.dropped[LIKE_ANOTHER] += 1
                add({"name": one.name, "kept": one.kept})
        _tell(shards, f"likeness-{rank:05d}", report)


@dataclass(frozen=True, slots=True)
class WriteSamples:
    """Writes the sections that are left with instructions from patterns, by split."""

    job: Job = field(repr=False)

    def __call__(self, data: Samples, rank: int = 0, world_size: int = 1) -> None:
        """Write sft/SPLIT-RANK-of-TASKS.parquet."""
        shards, report = Shards(self.job.folder), Report()
        found = self._taught(shards, data, rank)
        with ExitStack() as tables:
            add = {
                split: tables.enter_context(
                    shards.table(
                        f"sft/{split}-{rank:05d}-of-{world_size:05d}.parquet", sft_schema()
                    )
                )
                for split in SPLITS
            }
            made_of = made(found, partial(map, template), self.job.recipe, report)
            for _, samples in by_repository(made_of):
                report.repositories += 1
                for sample in samples:
                    add[sample.split](json.loads(to_json(sample)))
        _tell(shards, f"samples-{rank:05d}", report)

    def _taught(
        self, shards: Shards, data: Samples, rank: int
    ) -> Iterator[tuple[ReadmeSample, list[Candidate]]]:
        """Samples with what is taught of them: both stand in the order of the share."""
        name = f"candidates/{rank:05d}.parquet"
        mine = {row["id"] for row in shards.rows(name, ["id"])}
        gone = {row["name"] for row in shards.rows(_ALIKE, ["name"]) if row["name"] in mine}
        wanted = [one.name for one in fields(Candidate)]
        left = (row for row in shards.rows(name, wanted) if row["id"] not in gone)
        for url, rows in groupby(left, key=lambda row: row["repo_url"]):
            sample = next(one for one in data if one.repo_url == url)
            yield (
                sample,
                [Candidate(**row | {"heading_path": tuple(row["heading_path"])}) for row in rows],
            )


@dataclass(frozen=True, slots=True)
class WriteCard:
    """Writes the card of the set, by which `load_dataset` finds its shards: the last file of all."""

    job: Job = field(repr=False)

    def __call__(self, data: None, rank: int = 0, world_size: int = 1) -> None:
        """Write sft/README.md."""
        Shards(self.job.folder).write("sft/README.md", card(report_of(self.job), shards=True))


def _tell(shards: Shards, name: str, report: Report) -> None:
    counts = {one.name: getattr(report, one.name) for one in fields(report)}
    kept = {name: value for name, value in counts.items() if isinstance(value, (Counter, int))}
    shards.write(f"reports/{name}.json", json.dumps(kept))


def _strings(*names: str) -> pyarrow.Schema:
    from pyarrow import schema, string

    return schema([(name, string()) for name in names])


def _chunk_schema() -> pyarrow.Schema:
    from pyarrow import int64, list_, schema, string

    return schema(
        [(name, string()) for name in "id repo_url section text".split()]
        + [("heading_path", list_(string()))]
        + [(name, int64()) for name in "start end schema_version".split()]
    )


def _candidate_schema() -> pyarrow.Schema:
    from pyarrow import binary, bool_, int64, list_, schema, string

    return schema(
        [(name, string()) for name in "id repo_url section content".split()]
        + [("heading_path", list_(string())), ("whole", bool_())]
        + [(name, int64()) for name in "start end priority".split()]
        + [("digest", binary())]
    )
