"""A README is split along its own structure: whole sections where they fit, else whole blocks.

The pieces joined are the text, character for character. Nothing is cut within a fence, a table, a
list item, a run of HTML or a paragraph that fits into `max_length`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from moxi_chunk.blocks import Block, Kind, blocks, taken_apart
from moxi_core.patterns import lazy_pattern

MIN_LENGTH = 1_000
MAX_LENGTH = 2_000

_SENTENCE = lazy_pattern(r"(?<=[.!?。！？])\s+|\n")
_SPACE = lazy_pattern(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters from `start` to `end`, and the headings above them.

    `begins` tells that it begins with a heading or at the top of the page; `whole` that it also
    ends with the section that it begins.
    """

    start: int
    end: int
    heading_path: tuple[str, ...] = ()
    begins: bool = False
    whole: bool = False


@dataclass(slots=True)
class Section:
    """A heading with all below it: its own blocks, then its sub-sections."""

    title: str
    level: int
    start: int
    end: int = 0
    own: list[Block] = field(default_factory=list)
    parts: list[Section] = field(default_factory=list)
    path: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return self.end - self.start


def outline(text: str, *, rst: bool = False) -> Section:
    """The sections of a page as a tree; the root is the page."""
    root = Section("", 0, 0, len(text))
    open_sections = [root]
    for block in blocks(text, rst=rst):
        if block.kind is Kind.HEADING:
            while open_sections[-1].level >= block.level:
                open_sections.pop().end = block.start
            above = open_sections[-1]
            section = Section(block.title, block.level, block.start, len(text))
            section.path = (*above.path, block.title)
            above.parts.append(section)
            open_sections.append(section)
        open_sections[-1].own.append(block)
    return root


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
    splitter = _Splitter(text, min_length, max_length, rst=rst)
    return list(splitter.pieces(outline(text, rst=rst)))


def sections(text: str, *, max_length: int, rst: bool = False) -> Iterator[Piece]:
    """Whole sections of at most `max_length` characters, outermost first; larger ones by their parts.

    What stands under the heading of a larger section before its first sub-heading is a piece of its
    own, which begins, and is not whole.
    """
    yield from _whole(outline(text, rst=rst), max_length)


def _whole(section: Section, max_length: int) -> Iterator[Piece]:
    # The page itself and a lone title over all of it are no sections that one could ask for.
    is_page = section.level == 0 or (section.path and len(section.path) == 1 and section.level == 1)
    if section.size <= max_length and (not is_page or not section.parts):
        if section.size:
            yield Piece(section.start, section.end, section.path, begins=True, whole=True)
        return
    if section.own:
        yield Piece(section.own[0].start, section.own[-1].end, section.path, begins=True)
    for part in section.parts:
        yield from _whole(part, max_length)


class _Unit(NamedTuple):
    """What is packed as a whole: a section that fits, or a block."""

    start: int
    end: int
    section: Section
    is_heading: bool = False
    is_section: bool = False

    @property
    def size(self) -> int:
        return self.end - self.start


def _size(units: Sequence[_Unit]) -> int:
    return units[-1].end - units[0].start if units else 0


class _Splitter:
    """Packs the sections of one text."""

    def __init__(self, text: str, min_length: int, max_length: int, *, rst: bool) -> None:
        self.text = text
        self.rst = rst
        self.least = min_length
        self.most = max_length

    def pieces(self, root: Section) -> Iterator[Piece]:
        """All pieces."""
        before: list[_Unit] = []
        for group in self.packed(self.units(root)):
            if before and _size(group) < self.least:
                before, group = self.spread(before, group)
            if before:
                yield self.piece(before)
            before = group
        if before:
            yield self.piece(before)

    def spread(self, one: list[_Unit], other: list[_Unit]) -> tuple[list[_Unit], list[_Unit]]:
        """Two neighbours, the second too small, divided anew: at a heading if that can be."""
        units = one + other
        best, place = 0, len(one)
        size, whole = 0, _size(units)
        for number, unit in enumerate(units):
            fits = self.least <= size <= self.most and self.least <= whole - size <= self.most
            stays = number and not (
                units[number - 1].is_heading and not units[number - 1].is_section
            )
            if fits and stays and (worth := 2 if unit.is_heading else 1) >= best:
                best, place = worth, number
            size += unit.size
        return units[:place], units[place:]

    def units(self, section: Section) -> list[_Unit]:
        """A section as units, none larger than allowed where that can be."""
        if section.size <= self.most and section.level:
            return [_Unit(section.start, section.end, section, True, True)]
        found: list[_Unit] = []
        for block in section.own:
            if block.end - block.start <= self.most:
                found.append(_Unit(block.start, block.end, section, block.kind is Kind.HEADING))
            else:
                found += self.parts(block, section)
        for part in section.parts:
            found += self.units(part)
        return found

    def parts(self, block: Block, section: Section) -> Iterator[_Unit]:
        """A block that is too large as the blocks within it, and these in parts where they are."""
        for one in taken_apart(self.text, block, self.most, rst=self.rst):
            for start, end in self.cut(one):
                is_heading = block.kind is Kind.HEADING and start == block.start
                yield _Unit(start, end, section, is_heading)

    def cut(self, block: Block) -> Iterator[tuple[int, int]]:
        """A block in parts: at ends of sentences or lines, else at spaces."""
        start, end = block.start, block.end
        while end - start > self.most:
            limit = start + self.most
            place = (
                (self.last(_SENTENCE, start, limit) if block.kind is Kind.TEXT else 0)
                or self.text.rfind("\n", start + self.least // 2, limit) + 1
                or self.last(_SPACE, start, limit)
                or limit
            )
            yield start, place
            start = place
        yield start, end

    def last(self, pattern: re.Pattern[str], start: int, limit: int) -> int:
        """The end of the last match in the second half of a range; 0 for none."""
        found = 0
        for match in pattern.finditer(self.text, start + self.least // 2, limit):
            found = match.end()
        return found if found > start else 0

    def packed(self, units: Sequence[_Unit]) -> Iterator[list[_Unit]]:
        """Units in groups: as full as allowed, a heading never last, small rests spread evenly."""
        group: list[_Unit] = []
        for position, unit in enumerate(units):
            if group and self.should_close(group, unit, units, position):
                held = self.trailing_headings(group)
                if len(held) < len(group):
                    yield group[: len(group) - len(held)]
                    group = held
                if group and unit.end - group[0].start > self.most:
                    yield group
                    group = []
            group.append(unit)
        if group:
            yield group

    def should_close(
        self, group: list[_Unit], unit: _Unit, units: Sequence[_Unit], position: int
    ) -> bool:
        """Whether a group is better closed than grown by the next unit."""
        start = group[0].start
        if unit.end - start > self.most:
            return True
        if not unit.is_heading or unit.start - start < self.least:
            return False
        # Large enough: a new section begins its own piece, if enough follows to fill one.
        levels = [one.section.level for one in group if one.section.level]
        is_other = not levels or unit.section.level <= min(levels)
        return is_other and units[-1].end - unit.start >= self.least

    def trailing_headings(self, group: list[_Unit]) -> list[_Unit]:
        """Headings at the end of a group, which belong to what follows."""
        count = 0
        for unit in reversed(group):
            if not unit.is_heading or unit.is_section:
                break
            count += 1
        return group[len(group) - count :]

    def piece(self, units: list[_Unit]) -> Piece:
        first, last = units[0], units[-1]
        begins = first.is_heading or first.start == 0
        whole = begins and last.end == first.section.end
        return Piece(first.start, last.end, self.path(units), begins, whole)

    def path(self, units: list[_Unit]) -> tuple[str, ...]:
        """The headings that all of a piece stands under; of several sections what they share."""
        paths = list(dict.fromkeys(unit.section.path for unit in units if unit.section.path))
        if not paths:
            return ()
        shared = paths[0]
        for path in paths[1:]:
            common = 0
            while common < min(len(shared), len(path)) and shared[common] == path[common]:
                common += 1
            shared = shared[:common]
        return shared or paths[0]
