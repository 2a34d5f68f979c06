"""What a person sees of long work: a bar on a terminal, a line a stage in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moxi_core.console import note

Tell = Callable[[str, int, int], None]


@contextmanager
def stages(*, quiet: bool = False) -> Iterator[Tell]:
    """Tell a stage by its name, how much of it is done, and of how much."""
    if quiet:
        yield lambda *_: None
        return
    if not sys.stderr.isatty():
        yield _line
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
        TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield tell


def _line(stage: str, done: int, total: int) -> None:
    if done >= total:
        note(f"{stage}: {done}/{total}")
