"""Where the text of a reStructuredText node stands on its page: offsets, lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from moxi_check.document import Span

AHEAD = 200_000  # how far ahead the text of a node is looked for
_TRIES = 50
_LINES = 20


def head_of(raw: str) -> str:
    """The first line of a raw text."""
    return raw.strip().split("\n")[0].strip()


class Places:
    """The lines of a text, and what is found in them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def titles(self, titles: Iterable[str]) -> list[int]:
        """The offsets of section titles in their order, -1 where no underlined line says so."""
        rows: dict[str, list[int]] = defaultdict(list)
        for row in range(len(self._starts) - 2):
            if _is_adornment(self._line(row + 1)):
                rows[self._line(row).strip()].append(row)
        found: list[int] = []
        before = -1
        for title in titles:
            known = rows.get(title.strip(), [])
            at = bisect_right(known, before)
            before = known[at] if at < len(known) else before
            found.append(self._starts[before] if at < len(known) else -1)
        return found

    def find(self, raw: str, start: int, end: int) -> int:
        """The offset at which the lines of a raw text stand, one below the other; -1 if nowhere."""
        wanted = [line.strip() for line in raw.strip().split("\n")]
        head = wanted[0]
        if not head:
            return -1
        at = first = self._text.find(head, start, end)
        for _ in range(_TRIES):
            if at < 0:
                break
            row = self.row_of(at)
            if all(
                row + n + 1 < len(self._starts) and line in self._line(row + n)
                for n, line in enumerate(wanted[:_LINES])
            ):
                return at
            at = self._text.find(head, at + 1, end)
        return first

    def end(self, raw: str, start: int) -> int:
        """The offset behind a raw text that begins at `start`."""
        rows = raw.strip("\n").count("\n")
        if not rows:
            return start + len(head_of(raw))
        row = min(self.row_of(start) + rows, len(self._starts) - 2)
        last = raw.strip().rpartition("\n")[2].strip()
        at = self._text.find(last, self._starts[row], self._starts[row + 1])
        return at + len(last) if at >= 0 else self._starts[row + 1] - 1

    def lines(self, start: int, end: int) -> list[Span]:
        """The lines between two offsets that say something."""
        found = []
        for row in range(self.row_of(start), self.row_of(end) + 1):
            begin = max(start, self._starts[row])
            text = self._text[begin : min(end, self._starts[row + 1] - 1)]
            if text.strip():
                indent = len(text) - len(text.lstrip())
                found.append(Span(text.strip(), *self.at(begin + indent)))
        return found

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset begins."""
        return self._starts[self.row_of(offset)]

    def line_end(self, offset: int) -> int:
        """The offset behind the line of an offset."""
        return self._starts[self.row_of(offset) + 1]

    def row_of(self, offset: int) -> int:
        """The line of an offset, counted from 0."""
        return min(bisect_right(self._starts, offset), len(self._starts) - 1) - 1

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, counted from 1."""
        row = self.row_of(offset)
        return row + 1, offset - self._starts[row] + 1

    def offset_of(self, span: Span) -> int:
        """The offset of a span."""
        return self._starts[span.line - 1] + span.column - 1

    def _line(self, row: int) -> str:
        return self._text[self._starts[row] : self._starts[row + 1] - 1]


def _is_adornment(line: str) -> bool:
    """Whether a line is a row of one mark."""
    line = line.strip()
    return len(line) > 1 and line == line[0] * len(line) and not line[0].isalnum()
