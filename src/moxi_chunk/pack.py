"""Where a text is cut: pieces are filled with whole sections where they fit, else with whole blocks.

Ends of blocks are looked for only where a piece is full.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice

from moxi_chunk.blocks import Kind
from moxi_chunk.outline import Outline
from moxi_chunk.places import Places

_NO_LEVEL = 99


class Packer:
    """The parts of one text, and the cuts between and within them.

    A part is a section that fits, or of one that does not what stands above its first sub-section.
    By part: `starts` (the end of the text is the last), `sections`, `levels`, `fits`, and `bodies`,
    where what stands below the heading of one that does not fit begins.
    """

    def __init__(self, text: str, outline: Outline, least: int, most: int) -> None:
        self.length = len(text)
        self.least = least
        self.most = most
        self.scanner = outline.scanner
        self.places = Places(text, outline.scanner, least, most)
        self.blocks: dict[int, int] = {}  # where the block begins that was cut at a place
        starts, self.sections, self.levels, self.fits, self.bodies = zip(
            *self.parts(outline.starts, [*outline.levels, 0]), strict=True
        )
        self.starts: list[int] = [*starts, self.length]

    def parts(
        self, starts: list[int], levels: list[int]
    ) -> Iterator[tuple[int, int, int, bool, int]]:
        """Of each part its start, section, level, whether it fits, and its body."""
        number, most = 0 if starts[1] else 1, self.most
        while number < len(levels) - 1:
            start, level, after = starts[number], levels[number], number + 1
            while levels[after] > level and starts[after] - start <= most:
                after += 1
            if number and starts[after] - start <= most:
                yield start, number, level, True, start
                number = after
            else:
                yield start, number, level, False, self.heading_end(start) if number else start
                number += 1

    def heading_end(self, start: int) -> int:
        """Where a heading ends, or the first part of it that can be cut off."""
        end = self.scanner.heading_end(start)
        if min(end, self.length) - start <= self.most:
            return end
        return (*self.places.within(Kind.HEADING, start, end), end)[1]

    def cuts(self) -> list[int]:
        """Where pieces begin, and the end of the text: none is too small that need not be."""
        cuts = self.packed()
        for number in range(1, len(cuts) - 1):
            if cuts[number + 1] - cuts[number] < self.least:
                cuts[number] = self.spread(*cuts[number - 1 : number + 2])
        return cuts

    def packed(self) -> list[int]:
        """Where to cut: pieces as full as allowed, a heading never last in one."""
        least, most, starts, levels = self.least, self.most, self.starts, self.levels
        cuts = [0]
        origin, outermost, last = 0, _NO_LEVEL, self.length - least
        start = 0
        parts = zip(islice(starts, 1, None), self.fits, levels, strict=True)
        for number, (end, fits, level) in enumerate(parts):
            # Large enough: a new section begins its own piece, if enough follows to fill one.
            begins = start - origin >= least and level <= outermost and start <= last
            if begins or end - origin > most:
                if not fits:
                    origin = self.close_within(cuts, number, begins=begins)
                elif self.bodies[number - 1] >= start:
                    origin = self.close_before(cuts, number)
                else:
                    origin = start
                    cuts.append(start)
                outermost = _NO_LEVEL
                if origin < start:
                    outermost = min(levels[bisect_left(starts, origin, 0, number) : number])
            if 0 < level < outermost:
                outermost = level
            start = end
        return [*cuts, self.length]

    def close_before(self, cuts: list[int], number: int) -> int:
        """Cut before a part that fits and the mere headings above it; the last cut."""
        origin, start = cuts[-1], self.starts[number]
        held = self.starts[self.held(number, origin)]
        if held > origin:
            cuts.append(held)
            origin = held
        if start > origin and self.starts[number + 1] - origin > self.most:
            cuts.append(start)
            origin = start
        return origin

    def close_within(self, cuts: list[int], number: int, *, begins: bool) -> int:
        """Cut before a part, if it `begins` a piece, and within it where it is too much; the last cut."""
        origin, most = cuts[-1], self.most
        start, end = self.starts[number], self.starts[number + 1]
        base, block_end, places = start, start, [start]
        while begins or end - origin > most:
            if begins:
                place, after = start, self.bodies[number]
                begins = False
            else:
                limit = origin + most
                if limit >= block_end:
                    kind, base, block_end = self.scanner.around(base, limit)
                    block_end = min(block_end, end)  # the last line may have no end of its own
                    places = [*self.places.within(kind, base, block_end), block_end]
                which = bisect_right(places, limit)
                place, after = places[which - 1 : which + 1]
                if place != base:
                    self.blocks[place] = base
            held = place
            if start >= origin and self.is_below_heading(number, place):
                held = self.starts[self.held(number, origin)]
            if held > origin:
                cuts.append(held)
                origin = held
            if place > origin and after - origin > most:
                cuts.append(place)
                origin = place
        return origin

    def is_below_heading(self, number: int, place: int) -> bool:
        """Whether nothing of a part but its heading stands above a place in it."""
        return place in (self.starts[number], self.bodies[number])

    def held(self, number: int, origin: int) -> int:
        """The first of the mere headings right above a part, which stay with it."""
        starts, bodies = self.starts, self.bodies
        while number and starts[number - 1] >= origin and bodies[number - 1] >= starts[number]:
            number -= 1
        return number

    def spread(self, start: int, cut: int, end: int) -> int:
        """Where to cut two neighbours, the second too small, anew: at a heading if that can be."""
        least, most, starts = self.least, self.most, self.starts
        lowest, highest = max(start + least, end - most), min(start + most, end - least)
        if lowest > highest:
            return cut
        first, last = bisect_left(starts, lowest), bisect_right(starts, highest) - 1
        for number in range(last, first - 1, -1):
            if self.bodies[number - 1] < starts[number]:
                return starts[number]
        base = self.blocks.get(start, start)
        for number in range(last, first - 2, -1):
            if not self.fits[number]:
                place = self.last_place(number, base, min(highest, starts[number + 1] - 1))
                if place < lowest:
                    break
                if not self.is_below_heading(number, place):
                    return place
        return cut

    def last_place(self, number: int, base: int, highest: int) -> int:
        """The last place in a part where it may be cut; `base` is the begin of a block."""
        kind, start, end = self.scanner.around(max(self.starts[number], base), highest)
        places = self.places.within(kind, start, end)
        return places[bisect_right(places, highest) - 1]
