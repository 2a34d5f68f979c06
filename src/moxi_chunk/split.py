"""A README is split along its own structure: whole sections where they fit, else whole blocks.

The pieces joined are the text, character for character. Nothing is cut within a fence, a table, a
list item, a run of HTML or a paragraph that fits into `max_length`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from moxi_chunk.blocks import Block, Kind, taken_apart
from moxi_chunk.outline import Outline
from moxi_core.patterns import lazy_pattern

MIN_LENGTH = 1_000
MAX_LENGTH = 2_000

_SENTENCE = lazy_pattern(r"[.!?。！？\n](?:(?<=\n)|\s+)")
_SPACE = lazy_pattern(r"\s+")


class Piece(NamedTuple):
    """The characters from `start` to `end`; they hold something of these sections of an outline.

    `begins` tells that it begins with a heading or at the top of the page; `whole` that it also
    ends with the section that it begins.
    """

    start: int
    end: int
    begins: bool
    whole: bool
    outline: Outline
    sections: Sequence[int]

    @property
    def heading_path(self) -> tuple[str, ...]:
        """The headings that all of it stands under; of several sections what they share."""
        paths = [self.outline.path(section) for section in self.sections if section]
        shared = [
            words[0]
            for words in takewhile(lambda words: len(set(words)) == 1, zip(*paths, strict=False))
        ]
        return tuple(shared) or (paths[0] if paths else ())


def split(
    text: str,
    *,
    min_length: int = MIN_LENGTH,
    max_length: int = MAX_LENGTH,
    rst: bool = False,
) -> list[Piece]:
    """The pieces of a text, in order, of `min_length` to `max_length` characters where that can be.

    Small neighbours under one heading stay together. Raises ValueError for bounds that are none.
    """
    if not 0 < min_length <= max_length:
        raise ValueError(f"{min_length} to {max_length} is no range of lengths")
    if not text:
        return []
    return _Splitter(text, Outline(text, rst=rst), min_length, max_length).pieces()


def sections(text: str, *, max_length: int, rst: bool = False) -> Iterator[Piece]:
    """Whole sections of at most `max_length` characters, outermost first; larger ones by their parts.

    What stands under the heading of a larger section before its first sub-heading is a piece of its
    own, which begins, and is not whole.
    """
    page = Outline(text, rst=rst)
    number, count = 0, len(page.levels)
    while number < count:
        start, own_end, end = page.starts[number], page.starts[number + 1], page.end(number)
        # The page itself and a lone title over all of it are no sections that one could ask for.
        is_page = page.levels[number] == 0 or (page.levels[number] == 1 and not page.above[number])
        whole = end - start <= max_length and (not is_page or own_end == end)
        if whole or own_end > start:
            yield Piece(start, end if whole else own_end, True, whole, page, (number,))
        number = page.below[number] if whole else number + 1


# A section that fits, or the own blocks of one that does not: where it begins, which, and its number.
_TEXT, _HEADED, _SECTION = range(3)
_NO_LEVEL = 99


class _Splitter:
    """Packs the sections of one text: looks for ends of blocks only where a piece is full."""

    def __init__(self, text: str, outline: Outline, least: int, most: int) -> None:
        self.text = text
        self.outline = outline
        self.least = least
        self.most = most
        self.scanner = outline.scanner
        self.cut_apart: dict[int, list[int]] = {}
        self.within_of: dict[int, int] = {}  # the block that was cut at a place
        self.starts: list[int] = []
        self.sorts: list[int] = []
        self.sections: list[int] = []
        self.levels: list[int] = []
        self.add_parts()

    def add_parts(self) -> None:
        """Sections that fit, and of others what stands in each before its first sub-section."""
        page, most = self.outline, self.most
        starts, levels, below = page.starts, page.levels, page.below
        number = 0 if starts[1] else 1
        while number < len(levels):
            start, after = starts[number], below[number]
            self.starts.append(start)
            self.sections.append(number)
            self.levels.append(levels[number])
            if number and starts[after] - start <= most:
                self.sorts.append(_SECTION)
                number = after
            else:
                self.sorts.append(_HEADED if number else _TEXT)
                number += 1
        self.starts.append(len(self.text))

    def pieces(self) -> list[Piece]:
        """All pieces."""
        cuts = self.packed()
        for number in range(1, len(cuts) - 1):
            if cuts[number + 1] - cuts[number] < self.least:
                cuts[number] = self.spread(*cuts[number - 1 : number + 2])
        return self.between(cuts)

    def between(self, cuts: list[int]) -> list[Piece]:
        """What lies between two cuts after one another."""
        page, starts, sections = self.outline, self.starts, self.sections
        pieces: list[Piece] = []
        start = first = 0
        for end in cuts[1:]:
            after = bisect_left(starts, end, first)
            begins = start == starts[first]
            whole = begins and end == page.end(sections[first])
            pieces.append(Piece(start, end, begins, whole, page, sections[first:after]))
            first = after if starts[after] == end else after - 1
            start = end
        return pieces

    def spread(self, start: int, cut: int, end: int) -> int:
        """Where to cut two neighbours, the second too small, anew: at a heading if that can be."""
        least, most, starts = self.least, self.most, self.starts
        lowest, highest = max(start + least, end - most), min(start + most, end - least)
        if lowest > highest:
            return cut
        first, last = bisect_left(starts, lowest), bisect_right(starts, highest) - 1
        for number in range(last, first - 1, -1):
            if not self.is_mere_heading(number - 1):
                return starts[number]
        base = self.within_of.get(start, start)
        for number in range(last, first - 2, -1):
            if self.sorts[number] == _SECTION:
                continue
            place = self.last_place(number, base, min(highest, starts[number + 1] - 1))
            if place < lowest:
                break
            if not self.is_below_heading(number, place):
                return place
        return cut

    def last_place(self, number: int, base: int, highest: int) -> int:
        """The last place in a part where it may be cut; `base` is the begin of a block."""
        kind, start, end = self.scanner.around(max(self.starts[number], base), highest)
        places = self.within(kind, start, end)
        return places[bisect_right(places, highest) - 1]

    def within(self, kind: Kind, start: int, end: int) -> list[int]:
        """Where a block may be cut: where it begins, and one that is too large between those within."""
        end = min(end, len(self.text))
        if end - start <= self.most:
            return [start]
        if start not in self.cut_apart:
            places: list[int] = []
            for one in taken_apart(self.scanner, Block(kind, start, end), self.most):
                places += self.cut(one) if one.size > self.most else (one.start,)
            self.cut_apart[start] = places
        return self.cut_apart[start]

    def cut(self, block: Block) -> Iterator[int]:
        """Where the parts of a block begin: at ends of sentences or lines, else at spaces."""
        start, end = block.start, block.end
        while end - start > self.most:
            yield start
            limit = start + self.most
            start = (
                (self.last(_SENTENCE, start, limit) if block.kind is Kind.TEXT else 0)
                or self.text.rfind("\n", start + self.least // 2, limit) + 1
                or self.last(_SPACE, start, limit)
                or limit
            )
        yield start

    def last(self, pattern: re.Pattern[str], start: int, limit: int) -> int:
        """The end of the last match in the second half of a range; 0 for none."""
        found = 0
        for match in pattern.finditer(self.text, start + self.least // 2, limit):
            found = match.end()
        return found if found > start else 0

    def packed(self) -> list[int]:
        """Where to cut: pieces as full as allowed, a heading never last in one."""
        least, most, starts, levels = self.least, self.most, self.starts, self.levels
        cuts = [0]
        origin, outermost, last = 0, _NO_LEVEL, len(self.text) - least
        start = 0
        parts = zip(islice(starts, 1, None), self.sorts, levels, strict=True)
        for number, (end, sort, level) in enumerate(parts):
            # Large enough: a new section begins its own piece, if enough follows to fill one.
            begins = start - origin >= least and level <= outermost and start <= last and sort
            if begins or end - origin > most:
                if sort == _SECTION:
                    origin = self.close_before(cuts, number)
                else:
                    origin = self.close(cuts, number, begins=bool(begins))
                held = bisect_left(starts, origin, 0, number)
                outermost = min(levels[held:number], default=_NO_LEVEL)
            if 0 < level < outermost:
                outermost = level
            start = end
        return [*cuts, len(self.text)]

    def close_before(self, cuts: list[int], number: int) -> int:
        """Cut before a section that fits, and the mere headings above it; the last cut."""
        origin, start = cuts[-1], self.starts[number]
        held = self.starts[self.held(number, origin)]
        if held > origin:
            cuts.append(held)
            origin = held
        if start > origin and self.starts[number + 1] - origin > self.most:
            cuts.append(start)
            origin = start
        return origin

    def close(self, cuts: list[int], number: int, *, begins: bool) -> int:
        """Cut before a part, if it `begins` a piece, and within it where it is too much; the last cut."""
        origin, most = cuts[-1], self.most
        start, end = self.starts[number], self.starts[number + 1]
        base, block_end, places = start, start, [start]
        while begins or end - origin > most:
            place, after = start, end
            if not begins:
                if origin + most >= block_end:
                    kind, base, block_end = self.scanner.around(base, origin + most)
                    block_end = min(block_end, end)  # the last line may have no end of its own
                    places = [*self.within(kind, base, block_end), block_end]
                which = bisect_right(places, origin + most)
                place, after = places[which - 1 : which + 1]
                if place != base:
                    self.within_of[place] = base
            held = place
            if start >= origin and self.is_below_heading(number, place):
                held = self.starts[self.held(number, origin)]
            if held > origin:
                cuts.append(held)
                origin = held
            if place > origin:
                if begins:
                    after = self.heading_end(number)
                if after - origin > most:
                    cuts.append(place)
                    origin = place
            begins = False
        return origin

    def is_below_heading(self, number: int, place: int) -> bool:
        """Whether nothing of a part but its heading stands above a place in it."""
        if place == self.starts[number]:
            return True
        return self.sorts[number] == _HEADED and place == self.heading_end(number)

    def held(self, number: int, origin: int) -> int:
        """The first of the mere headings right above a part, which stay with it."""
        while number and self.starts[number - 1] >= origin and self.is_mere_heading(number - 1):
            number -= 1
        return number

    def is_mere_heading(self, number: int) -> bool:
        """Whether a part holds nothing but its heading."""
        return self.sorts[number] == _HEADED and self.heading_end(number) >= self.starts[number + 1]

    def heading_end(self, number: int) -> int:
        """Where the heading of a part ends."""
        start = self.starts[number]
        end = self.scanner.heading_end(start)
        if min(end, len(self.text)) - start <= self.most:
            return end
        return (*self.within(Kind.HEADING, start, end), end)[1]
