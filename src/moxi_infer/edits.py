"""Edits of a text: ranges and what replaces them; all else stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """Replace the text from offset `start` to before `end`; line ends of `new` are \\n."""

    start: int
    end: int
    new: str


def plain(text: str) -> str:
    """A text with \\n for all line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def joined(text: str, edits: Iterable[Edit], newline: str) -> str:
    """A text with its edits made, in the order of their places; new lines end in `newline`."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        parts += [text[at : edit.start], edit.new.replace("\n", newline)]
        at = edit.end
    return "".join([*parts, text[at:]])


def kept_lines(text: str, edits: Iterable[Edit]) -> set[int]:
    """The lines of the edited text, from 1, that hold nothing of an edit."""
    touched: set[int] = set()
    line, at = 1, 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        line += plain(text[at : edit.start]).count("\n")
        at = edit.end
        if not edit.new:
            continue
        ends = edit.new.count("\n")
        # What begins with a line end leaves the line before as it is; what ends with one, the next.
        is_inside = edit.start > 0 and text[edit.start - 1] not in "\r\n"
        first = line + (is_inside and edit.new.startswith("\n"))
        is_whole = edit.new.endswith("\n") and text[edit.end : edit.end + 1] not in "\r\n"
        touched |= set(range(first, line + ends + (not is_whole)))
        line += ends
    line += plain(text[at:]).count("\n")
    return set(range(1, line + 1)) - touched
