"""The sections of a page, each a heading with all below it, in the order in which they begin."""

from __future__ import annotations

from functools import cached_property

from moxi_chunk.blocks import scanner_of


class Outline:
    """Sections by number; the first is the page, of level 0, and what stands above all headings.

    What a section holds itself ends where the next one begins: `starts` ends with the page's end.
    """

    def __init__(self, text: str, *, rst: bool) -> None:
        self.scanner = scanner_of(text, rst=rst)
        headings = self.scanner.headings() if text else []
        starts, levels = zip((0, 0), *headings, strict=True)
        self.starts = [*starts, len(text)]
        self.levels = list(levels)
        self.paths: dict[int, tuple[str, ...]] = {0: ()}  # as far as they were asked for

    @cached_property
    def above(self) -> list[int]:
        """By section: the one that it is a part of. Splitting asks for none of them."""
        above, section = [0], 0
        for number, level in enumerate(self.levels[1:], 1):
            while self.levels[section] >= level:
                section = above[section]
            above.append(section)
            section = number
        return above

    def path(self, section: int) -> tuple[str, ...]:
        """The words of the headings that a section stands under, its own last."""
        if section not in self.paths:
            title = self.scanner.title(self.starts[section])
            self.paths[section] = (*self.path(self.above[section]), title)
        return self.paths[section]

    def below(self, section: int) -> int:
        """The first section after one and all within it."""
        number, levels = section + 1, self.levels
        while number < len(levels) and levels[number] > levels[section]:
            number += 1
        return number
