"""A README is split along its own structure: whole sections where they fit, else whole blocks.

The pieces joined are the text, character for character. Nothing is cut within a fence, a table, a
list item, a run of HTML or a paragraph that fits into `max_length`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from moxi_chunk.outline import Outline
from moxi_chunk.pack import Packer

MIN_LENGTH = 1_000
MAX_LENGTH = 2_000


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
        if len(paths) < 2:
            return paths[0] if paths else ()
        alike = takewhile(lambda words: len(set(words)) == 1, zip(*paths, strict=False))
        return tuple(words[0] for words in alike) or paths[0]


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
    outline = Outline(text, rst=rst)
    return _pieces(outline, Packer(text, outline, min_length, max_length))


def sections(text: str, *, max_length: int, rst: bool = False) -> Iterator[Piece]:
    """Whole sections of at most `max_length` characters, outermost first; larger ones by their parts.

    What stands under the heading of a larger section before its first sub-heading is a piece of its
    own, which begins, and is not whole.
    """
    page = Outline(text, rst=rst)
    number, count = 0, len(page.levels)
    while number < count:
        start, own_end, after = page.starts[number], page.starts[number + 1], page.below(number)
        end = page.starts[after]
        # The page itself and a lone title over all of it are no sections that one could ask for.
        is_page = page.levels[number] == 0 or (page.levels[number] == 1 and not page.above[number])
        whole = end - start <= max_length and (not is_page or own_end == end)
        if whole or own_end > start:
            yield Piece(start, end if whole else own_end, True, whole, page, (number,))
        number = after if whole else number + 1


def _pieces(outline: Outline, packer: Packer) -> list[Piece]:
    """What lies between two cuts after one another."""
    cuts, starts, sections, fits = packer.cuts(), packer.starts, packer.sections, packer.fits
    pieces: list[Piece] = []
    start = first = after = 0
    for end in cuts[1:]:
        while starts[after] < end:
            after += 1
        begins = start == starts[first]
        # A section that does not fit is no piece; the page, which has no heading, is all there is.
        whole = begins and end == starts[first + 1 if fits[first] else -1]
        pieces.append(Piece(start, end, begins, whole, outline, sections[first:after]))
        first = after if starts[after] == end else after - 1
        start = end
    return pieces
