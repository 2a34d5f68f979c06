"""What users see besides the result: status on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def note(message: str) -> None:
    """One line on standard error."""
    print(message, file=sys.stderr)


@contextmanager
def status(message: str, *, quiet: bool = False) -> Iterator[None]:
    """A spinner on a terminal while the block runs; nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield
