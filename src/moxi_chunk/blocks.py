"""A README as a run of blocks that cover it to the last character.

A block is what should not be cut: a fence, a table, a list item, a run of HTML, a paragraph. Blank
lines belong to the block before them. Positions are in characters (code points).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from moxi_chunk.scan import ELEMENTS, Block, Kind, Scanner, lines_of
from moxi_chunk.scan_rst import RstScanner

__all__ = ["Block", "Kind", "blocks", "taken_apart"]

_DEEPEST = 12  # containers in one another are taken apart so far


def blocks(text: str, *, rst: bool = False) -> list[Block]:
    """The blocks of a Markdown text, or of a reStructuredText one."""
    found = (RstScanner if rst else Scanner)(*lines_of(text)).scan()
    assert not found or (found[0].start, found[-1].end) == (0, len(text))  # noqa: S101
    return found


def taken_apart(text: str, block: Block, most: int, *, rst: bool = False) -> Iterator[Block]:
    """A list item, a quote or an HTML element of more than `most` characters as the blocks within."""
    lines, places = lines_of(text[block.start : block.end], block.start)
    scanner = RstScanner if rst else Scanner
    yield from _taken_apart(block, scanner(lines, places), most, _DEEPEST)


def _taken_apart(block: Block, page: Scanner, most: int, depth: int) -> Iterator[Block]:
    inner = page.inside(block.kind) if depth and block.size > most else None
    if inner is None:
        yield block
        return
    first = inner.after_blanks(inner.run_end(0)) if block.kind in ELEMENTS else 0
    if first:
        yield Block(Kind.HTML, block.start, inner.places[first])
    for one in inner.scan(first):
        start, end = (bisect_left(inner.places, place) for place in (one.start, one.end))
        part = type(page)(inner.lines[start:end], inner.places[start : end + 1])
        yield from _taken_apart(one, part, most, depth - 1)
