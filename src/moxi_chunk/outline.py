"""The sections of a page, each a heading with all below it, in the order in which they begin."""

from __future__ import annotations

from moxi_chunk.blocks import scanner_of


class Outline:
    """Sections by number; the first is the page, of level 0, and what stands above all headings.

    What a section holds itself ends where the next one begins: `starts` ends with the page's end.
    """

    __slots__ = ("above", "below", "levels", "scanner", "starts")

    def __init__(self, text: str, *, rst: bool) -> None:
        self.scanner = scanner_of(text, rst=rst)
        headings = self.scanner.headings() if text else []
        self.starts = [0, *[start for start, _ in headings], len(text)]
        self.levels = levels = [0, *[level for _, level in headings]]
        # By section: the one that it is a part of, and the first one after it and all its parts.
        self.above = above = [0] * len(levels)
        self.below = below = [len(levels)] * len(levels)
        section = 0
        for number, (_, level) in enumerate(headings, 1):
            while levels[section] >= level:
                below[section] = number
                section = above[section]
            above[number] = section
            section = number

    def end(self, section: int) -> int:
        """Where a section ends with all its parts."""
        return self.starts[self.below[section]]

    def path(self, section: int) -> tuple[str, ...]:
        """The words of the headings that a section stands under, its own last."""
        if not section:
            return ()
        title = self.scanner.title(self.starts[section])
        return (*self.path(self.above[section]), title)
