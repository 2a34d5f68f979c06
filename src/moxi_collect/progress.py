"""What a person sees while repositories are collected: a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from moxi_collect.worker import Event
from moxi_core.console import note, printable

if TYPE_CHECKING:
    from rich.progress import Progress


class Watcher(Protocol):
    """Hears how much work there is, and what became of each repository."""

    def begin(self, count: int) -> None: ...

    def tell(self, event: Event) -> None: ...


class Silent:
    """Says nothing."""

    def begin(self, count: int) -> None:
        return

    def tell(self, event: Event) -> None:
        return


class Lines(Silent):
    """A line a repository."""

    def __init__(self) -> None:
        self._count = self._done = 0

    def begin(self, count: int) -> None:
        self._count = count

    def tell(self, event: Event) -> None:
        self._done += event.outcome not in {"again", "lost"}
        note(f"{self._done}/{self._count} {line_of(event)}")


class Bar(Silent):
    """A bar with rate, bytes, failures and the time that is left; failures stay as lines above."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("collect", total=None, told="")
        self._bytes = self._failed = 0

    def begin(self, count: int) -> None:
        self._progress.update(self._task, total=count)

    def tell(self, event: Event) -> None:
        self._bytes += event.received_bytes
        self._failed += event.outcome == "failed"
        if event.outcome in {"failed", "again"}:
            self._progress.console.print(printable(line_of(event)), markup=False, highlight=False)
        told = f"{sized(self._bytes)}  {self._failed} failed  {event.url.partition('://')[2]}"
        self._progress.update(
            self._task, advance=int(event.outcome not in {"again", "lost"}), told=printable(told)
        )


@contextmanager
def watcher(*, quiet: bool = False) -> Iterator[Watcher]:
    """A bar on a terminal, lines in a pipe, nothing if `quiet`."""
    if quiet or sys.stderr is None:
        yield Silent()
        return
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress)


def line_of(event: Event) -> str:
    """What became of a repository, in a line."""
    name = event.url.partition("://")[2]
    if event.outcome == "collected":
        return f"{name}  {sized(event.received_bytes)}  {event.seconds:.1f} s"
    return f"{name}  {event.outcome}" + (f": {event.told}" if event.told else "")


def sized(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{count / 1e3:.0f} kB"
