"""A README as a run of blocks that cover it to the last character.

A block is what should not be cut: a fence, a table, a list item, a run of HTML, a paragraph. Blank
lines belong to the block before them. Positions are in characters (code points).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import cast

from moxi_chunk.scan import Block, Kind, Scanner, with_line_feeds
from moxi_chunk.scan_rst import RstScanner
from moxi_core.patterns import lazy_pattern

__all__ = ["Block", "Kind", "blocks", "scanner_of", "taken_apart"]

_DEEPEST = 12  # containers in one another are taken apart so far
_RUNS, _FLAT = (Kind.HTML, Kind.HEADING), (Kind.FENCE, Kind.TABLE)
_MARGIN = lazy_pattern(r"[^\S\n]*")
_ITEM = lazy_pattern(r"(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$)")
_QUOTE = lazy_pattern(r" {0,3}> ?")
_Place = Callable[[int], int]


def scanner_of(text: str, *, rst: bool) -> Scanner:
    """What finds the blocks of a Markdown text, or of a reStructuredText one."""
    return (RstScanner if rst else Scanner)(with_line_feeds(text))


def blocks(text: str, *, rst: bool = False) -> list[Block]:
    """The blocks of a text, headings with their words."""
    scanner = scanner_of(text, rst=rst)
    return [
        Block(kind, start, min(end, len(text)), level, scanner.title(start) if level else "")
        for kind, start, end, level in scanner.walk(0, len(text))
    ]


def taken_apart(scanner: Scanner, block: Block, most: int) -> Iterator[Block]:
    """A list item, a quote or an HTML element of more than `most` characters as the blocks within."""
    return _taken_apart(scanner, block, most, _DEEPEST, lambda at: min(at, block.end))


def _taken_apart(
    scanner: Scanner, block: Block, most: int, depth: int, place: _Place
) -> Iterator[Block]:
    """A block of what a scanner scans; `place` tells where on the page that is."""
    whole = Block(block.kind, place(block.start), place(block.end), block.level)
    start, page = block.start, None
    if whole.size > most and depth:
        if block.kind in _RUNS:
            start = scanner.run_end(start)
        page = _page(scanner, block, start, place)
    if page is None:
        yield whole
        return
    if start > block.start:
        yield Block(Kind.HTML, whole.start, place(start))
    inner, at, stop, place = page
    start = place(at)
    for kind, begin, end, level in inner.walk(at, stop):
        end = min(end, stop)
        after = place(end)
        if after - start <= most:
            yield Block(kind, start, after, level)
        else:
            yield from _taken_apart(inner, Block(kind, begin, end, level), most, depth - 1, place)
        start = after


def _page(
    scanner: Scanner, block: Block, start: int, place: _Place
) -> tuple[Scanner, int, int, _Place] | None:
    """What scans the lines of a block from a place on, less what marks them as its own.

    None for a block that holds none.
    """
    text, kind = scanner.text, block.kind
    if kind in _FLAT:
        return None
    margin = len(cast("re.Match[str]", _MARGIN.match(text, block.start))[0])
    if kind in _RUNS:
        if start >= block.end:
            return None
        if not margin:
            return scanner, start, block.end, place
        mark = None
    elif not (mark := (_QUOTE if kind is Kind.TEXT else _ITEM).match(text, block.start + margin)):
        return None
    lines = with_line_feeds(text[start : block.end]).split("\n")[:-1]
    places = list(accumulate((len(line) + 1 for line in lines), initial=start))
    lines = _without_margin(lines, margin)
    if kind is Kind.TEXT:
        lines = [_QUOTE.sub("", line, count=1) for line in lines]
    elif mark:
        width = len(mark[0])
        lines = [lines[0][width:], *_without_margin(lines[1:], width)]
    begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
    inner = type(scanner)("\n".join([*lines, ""]))
    return inner, 0, begins[-1], lambda at: place(places[bisect_left(begins, at)])


def _without_margin(lines: list[str], width: int) -> list[str]:
    """The lines without so many spaces, or without a tab, before them."""
    if not width:
        return lines
    margin = re.compile(rf"\t| {{1,{width}}}")
    return [line[found.end() :] if (found := margin.match(line)) else line for line in lines]
