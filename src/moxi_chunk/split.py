"""A README is split along its own structure: whole sections where they fit, else whole blocks.

The pieces joined are the text, character for character. Nothing is cut within a fence, a table, a
list item, a run of HTML or a paragraph that fits into `max_length`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
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
        start, own_end, end = page.starts[number], page.starts[number + 1], page.ends[number]
        # The page itself and a lone title over all of it are no sections that one could ask for.
        is_page = page.levels[number] == 0 or (page.levels[number] == 1 and not page.above[number])
        whole = end - start <= max_length and (not is_page or own_end == end)
        if whole or own_end > start:
            yield Piece(start, end if whole else own_end, True, whole, page, (number,))
        number = page.below(number) if whole else number + 1


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
        self.add_parts()

    def add_parts(self) -> None:
        """Sections that fit, and of others what stands in each before its first sub-section."""
        page, most = self.outline, self.most
        starts, levels, ends = page.starts, page.levels, page.ends
        number = 0 if starts[1] else 1
        while number < len(levels):
            self.starts.append(starts[number])
            self.sections.append(number)
            if number and ends[number] - starts[number] <= most:
                self.sorts.append(_SECTION)
                number = page.below(number)
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
        return [self.piece(start, end) for start, end in pairwise(cuts)]

    def piece(self, start: int, end: int) -> Piece:
        first, after = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)
        begins = start == 0 or (start == self.starts[first] and self.sorts[first] != _TEXT)
        sections = self.sections[first:after]
        whole = begins and end == self.outline.ends[sections[0]]
        return Piece(start, end, begins, whole, self.outline, sections)

    def spread(self, start: int, cut: int, end: int) -> int:
        """Where to cut two neighbours, the second too small, anew: at a heading if that can be."""
        least, most = self.least, self.most
        lowest, highest = max(start + least, end - most), min(start + most, end - least)
        if lowest > highest:
            return cut
        best, place, is_below = 0, cut, True
        base = self.within_of.get(start, start)
        for at, is_lone, worth in self.units(base, lowest - 1, highest):
            if at >= lowest and not is_below and worth >= best:
                best, place = worth, at
            is_below = is_lone
        return place

    def units(self, base: int, first: int, last: int) -> Iterator[tuple[int, bool, int]]:
        """What is not cut from one place to another: (start, is it a mere heading, worth of a cut)."""
        for number in range(bisect_right(self.starts, first) - 1, bisect_right(self.starts, last)):
            begin = self.starts[number]
            if self.sorts[number] == _SECTION:
                yield begin, False, 2
                continue
            begin = max(begin, base)
            if begin < first:
                _, begin, _ = self.scanner.around(begin, first)
            stop = min(last + 1, self.starts[number + 1])
            for kind, at, after, _ in self.scanner.walk(begin, stop):
                for one in self.within(kind, at, after):
                    is_heading = kind is Kind.HEADING and one == at
                    if one <= last:
                        yield one, is_heading, 2 if is_heading else 1

    def within(self, kind: Kind, start: int, end: int) -> list[int]:
        """Where a block may be cut: where it begins, and one that is too large between those within."""
        end = min(end, len(self.text))
        if end - start <= self.most:
            return [start]
        if start not in self.cut_apart:
            inner = taken_apart(self.scanner, Block(kind, start, end), self.most)
            self.cut_apart[start] = [place for one in inner for place in self.cut(one)]
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
        least, most, levels = self.least, self.most, self.outline.levels
        cuts = [0]
        origin, outermost, last = 0, _NO_LEVEL, len(self.text) - least
        parts = zip(pairwise(self.starts), self.sorts, self.sections, strict=True)
        for number, ((start, end), sort, section) in enumerate(parts):
            level = levels[section]
            # Large enough: a new section begins its own piece, if enough follows to fill one.
            begins = level <= outermost and sort and origin + least <= start <= last
            if begins or end - origin > most:
                origin = self.close(cuts, number, begins=bool(begins))
                held = bisect_left(self.starts, origin, 0, number)
                above = [levels[one] for one in self.sections[held:number]]
                outermost = min(above, default=_NO_LEVEL)
            if 0 < level < outermost:
                outermost = level
        return [*cuts, len(self.text)]

    def close(self, cuts: list[int], number: int, *, begins: bool) -> int:
        """Cut before a part, if it `begins` a piece, and within it where it is too much; the last cut."""
        origin, sort, most = cuts[-1], self.sorts[number], self.most
        start, end = self.starts[number], self.starts[number + 1]
        base, block_end, places = start, start, [start]
        while begins or end - origin > most:
            place, after = start, end
            if not begins and sort != _SECTION:
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
                if begins and sort == _HEADED:
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
        while number and self.starts[number - 1] >= origin and self.sorts[number - 1] == _HEADED:
            if self.heading_end(number - 1) < self.starts[number]:
                break
            number -= 1
        return number

    def heading_end(self, number: int) -> int:
        """Where the heading of a part ends."""
        start = self.starts[number]
        kind, _, end, _ = next(self.scanner.walk(start, start + 1))
        return (*self.within(kind, start, end), end)[1]
