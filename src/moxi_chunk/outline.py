"""The sections of a page, each a heading with all below it, in the order in which they begin."""

from __future__ import annotations

from moxi_chunk.blocks import scanner_of


class Outline:
    """Sections by number; the first is the page, of level 0, and what stands above all headings.

    What a section holds itself ends where the next one begins: `starts` ends with the page's end.
    """

    __slots__ = ("above", "ends", "levels", "scanner", "starts")

    def __init__(self, text: str, *, rst: bool) -> None:
        self.scanner = scanner_of(text, rst=rst)
        headings = self.scanner.headings() if text else []
        self.starts = [0, *[start for start, _ in headings], len(text)]
        self.levels = levels = [0, *[level for _, level in headings]]
        self.ends = ends = [len(text)] * len(levels)
        self.above = above = [0] * len(levels)
        section = 0
        for number, (start, level) in enumerate(headings, 1):
            while levels[section] >= level:
                ends[section] = start
                section = above[section]
            above[number] = section
            section = number

    def path(self, section: int) -> tuple[str, ...]:
        """The words of the headings that a section stands under, its own last."""
        if not section:
            return ()
        title = self.scanner.title(self.starts[section])
        return (*self.path(self.above[section]), title)

    def below(self, section: int) -> int:
        """The first section after one and all within it."""
        number, end, starts = section + 1, self.ends[section], self.starts
        while starts[number] < end:
            number += 1
        return number
