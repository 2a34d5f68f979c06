"""What users see besides the result: status on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def printable(text: str) -> str:
    """The text with all that a terminal would obey, or hide, written out as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def note(message: str) -> None:
    """One line on standard error, where there is one."""
    if sys.stderr is None:
        return
    print(printable(message), file=sys.stderr)


@contextmanager
def status(message: str, *, quiet: bool = False) -> Iterator[None]:
    """A line on a terminal while the block runs; nothing in a pipe.

    It stands still: what moves takes a thread, beside which no second process may be forked.
    """
    stream = sys.stderr
    if quiet or stream is None or not stream.isatty():
        yield
        return
    print(f"{printable(message)} …", end="", file=stream, flush=True)
    try:
        yield
    finally:
        print("\r\x1b[K", end="", file=stream, flush=True)
