"""Where a block may be cut: not at all if it fits, else between the blocks, sentences or words in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_chunk.blocks import Block, Kind, taken_apart
from moxi_chunk.scan import Scanner
from moxi_core.patterns import lazy_pattern

_SENTENCE = lazy_pattern(r"[.!?。！？\n](?:(?<=\n)|\s+)")
_SPACE = lazy_pattern(r"\s+")


class Places:
    """Places for cuts in the blocks of one text; each large block is taken apart once."""

    def __init__(self, text: str, scanner: Scanner, least: int, most: int) -> None:
        self.text = text
        self.scanner = scanner
        self.least = least
        self.most = most
        self.known: dict[int, list[int]] = {}

    def within(self, kind: Kind, start: int, end: int) -> list[int]:
        """Where a block begins, and where the parts do of one that is too large."""
        end = min(end, len(self.text))
        if end - start <= self.most:
            return [start]
        if start not in self.known:
            places: list[int] = []
            for one in taken_apart(self.scanner, Block(kind, start, end), self.most):
                places += self.cut(one) if one.size > self.most else (one.start,)
            self.known[start] = places
        return self.known[start]

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
