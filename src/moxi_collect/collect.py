"""From sources to samples: gather, ask the API, share out the work, filter, publish.

A run that is killed goes on where it was: its list is in the store, and so is what is done. A run
after a finished one takes only what has changed since.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from moxi_collect.crew import run_crew
from moxi_collect.filters import Rules, validate
from moxi_collect.github import GitHub, Metadata
from moxi_collect.publish import publish
from moxi_collect.sample import Origin, list_text, stub
from moxi_collect.sources import (
    HOSTS,
    Gathered,
    Listed,
    in_markdown,
    list_address,
    names_of,
    opted_out,
    read_local,
)
from moxi_collect.worker import QUEUE, Event, Manner
from moxi_core import __version__
from moxi_core.config import StoreSettings
from moxi_core.errors import CollectError
from moxi_core.samples import ReadmeChunk, ReadmeSample, RunMeta, SftSample
from moxi_core.scratch import scratch
from moxi_core.store import Store, open_store

DEFAULT_LIST = "matiassingers/awesome-readme"
STAGE = "collect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of `moxi collect`."""

    sources: tuple[str, ...] = (DEFAULT_LIST,)
    excluded: tuple[str, ...] = ()
    hosts: tuple[str, ...] = HOSTS
    manner: Manner = field(default_factory=Manner)
    rules: Rules = field(default_factory=Rules)
    jobs: int = 4
    workers_only: bool = False


@dataclass(slots=True)
class Report:
    """What a run did, and what the store holds after it."""

    listed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    received_bytes: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    samples: Mapping[str, int] = field(default_factory=dict)  # by drop reason, "" for those kept
    files: list[Path] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, event: Event) -> None:
        """Count what became of a repository."""
        self.outcomes[event.outcome] += 1
        self.received_bytes += event.received_bytes
        if event.outcome == "failed":
            self.failures.append((event.url, event.told))

    def as_dict(self) -> dict[str, object]:
        """The report as JSON values."""
        return {
            "listed": self.listed,
            "refused": dict(self.refused),
            "moved": self.moved,
            "outcomes": dict(self.outcomes),
            "received_bytes": self.received_bytes,
            "failures": [{"repo_url": url, "reason": told} for url, told in self.failures],
            "kept": self.samples.get("", 0),
            "dropped": {reason: n for reason, n in self.samples.items() if reason},
            "files": [str(file) for file in self.files],
            "seconds": round(self.seconds, 2),
        }


def gather(sources: Iterable[str], origin: Origin, hosts: Iterable[str] = HOSTS) -> Gathered:
    """The repositories that sources name: files, folders, or lists at an address or `owner/name`.

    Raises SourceError or CollectError for a source that cannot be read.
    """
    found = Gathered()
    for source in sources:
        local = read_local(source, hosts)
        if local is None:
            local = _remote_list(source, origin, tuple(hosts))
        found.add(local)
    return found


def _remote_list(source: str, origin: Origin, hosts: tuple[str, ...]) -> Iterator[Listed | str]:
    address = list_address(source, hosts)
    if address is None:
        raise CollectError(
            f"There is no source {source!r}: give a file, a folder, owner/name or an https address."
        )
    text, path = list_text(address.url, origin)
    return in_markdown(text, path, source, address, hosts)


def collect(
    request: Request,
    settings: StoreSettings,
    *,
    github: GitHub | None = None,
    begin: Callable[[int], None] = lambda count: None,
    tell: Callable[[Event], None] = lambda event: None,
) -> Report:
    """Collect what the sources of a request name into the store, filter it, and write the files.

    `begin` hears how much work there is, `tell` what became of each repository.
    """
    started = time.monotonic()
    report = Report()

    def heard(event: Event) -> None:
        report.take(event)
        tell(event)

    with open_store(settings) as store:
        manner = replace(request.manner, excluded=opted_out(request.excluded))
        if not request.workers_only:
            listed = prepare(store, request, report, github)
            places = {one.url: one.place for one in listed if one.place}
            manner = replace(manner, origin=replace(manner.origin, places=places))
        counts = store.work_of(QUEUE)
        begin(counts.waiting + counts.leased)
    run_crew(request.jobs, settings, manner, heard)
    if not request.workers_only:
        with open_store(settings) as store, scratch(settings.data_dir):
            finish(store, request, settings.data_dir / "collection", report)
    report.seconds = time.monotonic() - started
    return report


def prepare(
    store: Store, request: Request, report: Report, github: GitHub | None = None
) -> list[Listed]:
    """Put what the sources name into the store and its queue, with what the API knows of it."""
    gathered = gather(request.sources, request.manner.origin, request.hosts)
    gathered.leave_out(request.excluded)
    _forget(store, request.excluded)
    known = _asked(gathered.listed, github) if github else {}
    listed = _moved(gathered, known)
    report.listed, report.refused = len(listed), gathered.refused
    report.moved = sum(one.url not in {old.url for old in gathered.listed} for one in listed)
    if not listed:
        raise CollectError(
            f"No repository is named by {', '.join(request.sources)}; give another list."
        )
    store.upsert(_news(store, listed, {data.url: data for data in known.values()}))
    run = _open_run(store)
    if run is None:
        run = RunMeta(
            id=f"{STAGE}-{time.time_ns()}",
            stage=STAGE,
            started_at=_now(),
            moxi_version=__version__,
            settings={"sources": ", ".join(request.sources), "base": request.manner.origin.base},
        )
        store.enqueue(QUEUE, (one.url for one in listed), again=True)
        store.upsert([run])
    else:
        store.enqueue(QUEUE, (one.url for one in listed))
    return listed


def _forget(store: Store, excluded: Iterable[str]) -> None:
    """Remove what is stored of those who opted out since."""
    words = opted_out(excluded)
    if not words:
        return
    stored = (sample.repo_url for sample in store.stream(ReadmeSample, with_dropped=True))
    for url in [url for url in stored if not words.isdisjoint(names_of(url))]:
        for kind in (ReadmeSample, ReadmeChunk, SftSample):
            store.remove(kind, url)


def _open_run(store: Store) -> RunMeta | None:
    """The run that has not been finished, if there is one."""
    runs = (run for run in store.stream(RunMeta) if run.stage == STAGE)
    return next((run for run in runs if run.finished_at is None), None)


def finish(store: Store, request: Request, folder: Path, report: Report) -> None:
    """Filter all that is stored, write the files, and mark the run as finished."""
    report.samples = validate(store, request.rules)
    report.files = publish(store, folder)
    counts = {reason or "kept": count for reason, count in report.samples.items()}
    for run in [run for run in store.stream(RunMeta) if run.stage == STAGE]:
        if run.finished_at is None:
            store.upsert([replace(run, finished_at=_now(), counts=counts)])


def _asked(listed: Iterable[Listed], github: GitHub) -> dict[str, Metadata]:
    """What the API knows, by the address as it was listed."""
    slugs = [urlsplit(one.url).path.strip("/") for one in listed if _is_github(one.url)]
    answers = github.metadata(slugs)
    return {f"https://github.com/{slug}": data for slug, data in answers if data and data.found}


def _is_github(url: str) -> bool:
    return urlsplit(url).hostname == "github.com"


def _moved(gathered: Gathered, known: Mapping[str, Metadata]) -> list[Listed]:
    """The repositories by the addresses that they have today, each once."""
    today = Gathered(refused=gathered.refused)
    today.add(
        replace(one, url=known[one.url].url) if one.url in known else one for one in gathered.listed
    )
    return today.listed


def _news(
    store: Store, listed: Iterable[Listed], known: Mapping[str, Metadata]
) -> Iterator[ReadmeSample]:
    """Samples that are new to the store, or of which the API tells something new."""
    for one in listed:
        stored = store.get(ReadmeSample, one.url)
        sample = stored or stub(one)
        if one.url in known:
            sample = with_metadata(sample, known[one.url])
        if sample != stored:
            yield sample


def with_metadata(sample: ReadmeSample, data: Metadata) -> ReadmeSample:
    """The sample with what the API tells; what it left out stays."""
    return replace(
        sample,
        stars=sample.stars if data.stars is None else data.stars,
        topics=data.topics or sample.topics,
        license=sample.license or data.license,
        language=data.language or sample.language,
        languages=data.languages or sample.languages,
        archived=data.archived,
        fork=data.fork,
        default_branch=data.default_branch or sample.default_branch,
        pushed_at=sample.pushed_at if data.pushed_at is None else data.pushed_at,
        description=data.description or sample.description,
    )


def _now() -> int:
    return round(time.time() * 1000)
