"""READMEs become a training set: sections, each with an instruction and the code that it describes.

What a run has got of a model stays with it, so that the next run goes on where one was stopped; files
are written all at once, at the end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moxi_chunk.candidates import Candidate
from moxi_chunk.held_back import HeldBack
from moxi_chunk.instruct import (
    Failure,
    Instruction,
    Request,
    is_worded,
    may_be_worded,
    worded,
)
from moxi_chunk.plan import Limits, Plan
from moxi_chunk.report import MAX_NAMED, Report
from moxi_chunk.sft_files import SftFiles
from moxi_chunk.splits import split_of
from moxi_core.prompt import PromptStyle, estimated_tokens, fitted
from moxi_core.samples import ReadmeSample, SftInput, SftSample
from moxi_core.scratch import scratch, sweep
from moxi_core.store import Store

Instruct = Callable[[Iterable[Request]], Iterator[Instruction | Failure]]
Taught = Iterator[tuple[ReadmeSample, list[Candidate]]]  # each with those of its sections
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a set is made. A share of the samples has the wording that use has."""

    style: PromptStyle = field(default_factory=PromptStyle)
    limits: Limits = field(default_factory=Limits)
    worded_share: float = 0.25
    as_array: bool = False  # also one JSON array of all


def build(
    store: Store,
    data_dir: Path,
    instruct: Instruct,
    recipe: Recipe,
    held_back: Iterable[str] = (),
    progress: Progress = lambda *_: None,
) -> Report:
    """Make the training set of all samples in a store; files go into `data_dir`/sft.

    `instruct` is asked once for each section, except for the share that has the wording of use;
    `progress` is told a stage, how much of it is done, and of how much.
    """
    report = Report()
    sweep(data_dir)
    with scratch(data_dir), _planned(store, recipe, held_back, progress) as plan:
        left = plan.settle()
        report.dropped.update(plan.dropped)
        report.looked_at = plan.sections
        with SftFiles(data_dir / "sft", as_array=recipe.as_array) as files:
            for url, samples in by_repository(made(_taught(store, plan), instruct, recipe, report)):
                store.remove(SftSample, url)
                store.upsert(samples)
                files.write(samples)
                report.repositories += 1
                done = sum(report.splits.values()) + sum(report.failed.values())
                progress("instructions", done, left)
            _forget(store, plan)
            report.files = files.publish(report)
    return report


def requests(
    store: Store,
    data_dir: Path,
    recipe: Recipe,
    held_back: Iterable[str] = (),
    progress: Progress = lambda *_: None,
) -> Iterator[Request]:
    """What a model would be asked for, without asking it."""
    with scratch(data_dir), _planned(store, recipe, held_back, progress) as plan:
        plan.settle()
        for asked in _asked(_taught(store, plan), recipe, Report()):
            if not _is_worded(asked.request, recipe):
                yield asked.request


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, and what the sample that comes of it needs beside the instruction."""

    request: Request
    sample: ReadmeSample
    shortened: bool


def _planned(
    store: Store,
    recipe: Recipe,
    held_back: Iterable[str],
    progress: Progress,
) -> Plan:
    names = tuple(held_back)
    kept = HeldBack(names)
    for sample in store.stream(ReadmeSample, with_dropped=True) if names else ():
        if kept.is_held_back(sample.repo_url):
            kept.add(sample.readme)
    total = store.count(ReadmeSample)
    plan = Plan(kept, recipe.limits)
    for number, sample in enumerate(store.stream(ReadmeSample), 1):
        plan.add(sample)
        progress("sections", number, total)
    return plan


def _taught(store: Store, plan: Plan) -> Taught:
    for url, found in plan.taught():
        sample = store.get(ReadmeSample, url)
        if sample is not None:  # else someone has removed it in the meantime
            yield sample, found


def _asked(taught: Taught, recipe: Recipe, report: Report) -> Iterator[_Asked]:
    for sample, found in taught:
        whole = SftInput(
            file_tree=sample.file_tree,
            project_type=sample.project_type,
            description=sample.description,
            key_files=sample.key_files,
        )
        given = fitted(whole, recipe.style)
        for one in found:
            if estimated_tokens(one.content) > recipe.style.answer_tokens:
                report.dropped["longer than an answer may be"] += 1
                continue
            yield _Asked(_request(one, sample, given), sample, given != whole)


def _request(one: Candidate, sample: ReadmeSample, given: SftInput) -> Request:
    return Request(
        id=one.id,
        section=one.section,
        heading_path=one.heading_path,
        whole=one.whole,
        text=one.content,
        project=sample.repo,
        input=given,
    )


def _is_worded(request: Request, recipe: Recipe) -> bool:
    return may_be_worded(request) and is_worded(request.id, recipe.worded_share)


def made(taught: Taught, instruct: Instruct, recipe: Recipe, report: Report) -> Iterator[SftSample]:
    """The samples of sections, in their order; what got no instruction is told in the report."""
    waiting: deque[_Asked] = (
        deque()
    )  # asked for, or before one that is: a window of the instructor's

    def wanted() -> Iterator[Request]:
        for asked in _asked(taught, recipe, report):
            waiting.append(asked)
            if not _is_worded(asked.request, recipe):
                yield asked.request

    def settled(asked: _Asked, got: Instruction | Failure) -> Iterator[SftSample]:
        if isinstance(got, Failure):
            report.failed[got.reason] += 1
            if len(report.failures) < MAX_NAMED:
                request = asked.request
                report.failures.append((asked.sample.repo_url, request.section, got.reason))
            return
        yield _sample(asked, got, recipe, report)

    def before(name: str) -> Iterator[SftSample]:
        while waiting and waiting[0].request.id != name:
            asked = waiting.popleft()
            yield from settled(asked, worded(asked.request))

    for got in instruct(wanted()):
        yield from before(got.id)
        yield from settled(waiting.popleft(), got)
    yield from before("")


def _sample(asked: _Asked, got: Instruction, recipe: Recipe, report: Report) -> SftSample:
    request, source = asked.request, asked.sample
    split = split_of(source.owner)
    report.splits[split] += 1
    report.sections[request.section] += 1
    report.types[source.project_type] += 1
    report.licenses[source.license or "unknown"] += 1
    report.sources[got.source] += 1
    report.shortened += asked.shortened
    return SftSample(
        id=request.id,
        instruction=got.text,
        input=request.input,
        content=request.text,
        repo_url=source.repo_url,
        section=request.section,
        split=split,
        prompt_version=recipe.style.version,
        instruction_source=got.source,
    )


def by_repository(samples: Iterable[SftSample]) -> Iterator[tuple[str, list[SftSample]]]:
    """Samples that stand together; a repository whose sections all failed is not among them."""
    held: list[SftSample] = []
    for sample in samples:
        if held and held[-1].repo_url != sample.repo_url:
            yield held[-1].repo_url, held
            held = []
        held.append(sample)
    if held:
        yield held[-1].repo_url, held


def _forget(store: Store, plan: Plan) -> None:
    """Remove samples of repositories of which nothing is taught any more."""
    for sample in store.stream(ReadmeSample, with_dropped=True):
        if not plan.teaches(sample.repo_url):
            store.remove(SftSample, sample.repo_url)
