"""What chunks do to a README, by parsers that are not ours: markdown-it-py and docutils.

Positions count the characters that are no white space: a chunk is found in its README also where its
splitter stripped or joined white space, and blank lines around a block are not part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document
from markdown_it import MarkdownIt

LEAST, MOST = 1_000, 2_000
KINDS = ("fence", "table", "list item", "HTML")
UNDIVIDED = "HTML to the next blank line"
_TOKENS = {
    "fence": "fence",
    "table_open": "table",
    "list_item_open": "list item",
    "html_block": "HTML",
}
_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
_MARKDOWN.disable("inline")  # blocks are all that is asked for
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Whole:
    """What should not be cut: positions among the characters that are no white space."""

    kind: str
    start: int
    end: int
    size: int  # in characters, white space within included


@dataclass
class Tally:
    """Sums over READMEs."""

    readmes: int = 0
    without_chunk: int = 0
    lossless: int = 0
    characters: int = 0
    kept: int = 0
    unplaced: int = 0
    chunks: int = 0
    too_long: int = 0
    within: int = 0
    chunks_of_large: int = 0
    within_of_large: int = 0
    cutting: int = 0
    avoidable: int = 0
    avoidable_undivided: int = 0  # with runs of HTML as CommonMark has them
    cut: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    avoidably_cut: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))


class _Depth(HTMLParser):
    """How many elements are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass


def between_elements(text: str, places: list[int], first: int) -> list[int]:
    """The lines within a run of HTML before which no element, tag or comment is open.

    CommonMark runs to the next blank line, over the end of one <details> and the begin of another.
    """
    parser = _Depth()
    found = []
    for number, (start, end) in enumerate(pairwise(places), first):
        if number > first and not parser.open and not parser.rawdata:
            found.append(number)
        parser.feed(text[start:end])
    return found


class Page:
    """A README as the judge sees it."""

    def __init__(self, text: str, *, rst: bool) -> None:
        self.text = text
        self.squeezed = _SPACE.sub("", text)
        self.places = [place for word in _WORD.finditer(text) for place in range(*word.span())]
        self.wholes = list(self.rst_wholes() if rst else self.markdown_wholes())

    def whole(self, kind: str, start: int, end: int) -> Iterator[Whole]:
        """A block between two characters of the text, less the white space around it."""
        first, last = bisect_left(self.places, start), bisect_left(self.places, end)
        if last - first > 1:
            size = self.places[last - 1] + 1 - self.places[first]
            yield Whole(kind, first, last, size)

    def line_places(self) -> list[int]:
        return [line.start() for line in _LINE.finditer(self.text)] + [len(self.text)]

    def markdown_wholes(self) -> Iterator[Whole]:
        lines = self.line_places()
        for token in _MARKDOWN.parse(self.text):
            if (kind := _TOKENS.get(token.type)) and token.map:
                first, after = (min(number, len(lines) - 1) for number in token.map)
                borders = [first, after]
                if kind == "HTML":
                    borders[1:1] = between_elements(self.text, lines[first : after + 1], first)
                    if len(borders) > 2:
                        yield from self.whole(UNDIVIDED, lines[first], lines[after])
                for one, next_one in pairwise(borders):
                    yield from self.whole(kind, lines[one], lines[next_one])

    def rst_wholes(self) -> Iterator[Whole]:
        """Literal blocks and list items by their words, tables by the lines of what is in them."""
        settings = get_default_settings(Parser)
        settings.report_level = settings.halt_level = 5
        settings.file_insertion_enabled = settings.warning_stream = False
        settings.syntax_highlight = "none"
        document = new_document("README", settings)
        Parser().parse(self.text, document)
        lines, at = self.line_places(), 0
        for node in document.findall(nodes.Element):
            if isinstance(node, nodes.table):
                found = [one.line for one in node.findall(nodes.Element) if one.line]
                if found:
                    yield from self.whole("table", lines[min(found) - 1], lines[max(found)])
                continue
            literal = isinstance(node, nodes.literal_block | nodes.raw)
            if not literal and not isinstance(node, nodes.list_item):
                continue
            words = _SPACE.sub("", node.astext() if literal else node.rawsource)
            start = self.squeezed.find(words, at)
            if len(words) > 1 and start >= 0:
                at, end = start, start + len(words)
                size = self.places[end - 1] + 1 - self.places[start]
                yield Whole("fence" if literal else "list item", start, end, size)

    def add(self, tally: Tally, chunks: list[str]) -> Iterator[tuple[str, int]]:
        """Count these chunks; yields the kind and line of each block that was cut and need not be."""
        tally.readmes += 1
        tally.without_chunk += not chunks
        tally.lossless += "".join(chunks) == self.text
        tally.characters += len(self.squeezed)
        at, is_large = 0, len(self.text) >= LEAST
        for chunk in chunks:
            fits = LEAST <= len(chunk) <= MOST
            tally.chunks += 1
            tally.within += fits
            tally.too_long += len(chunk) > MOST
            tally.chunks_of_large += is_large
            tally.within_of_large += fits and is_large
            words = _SPACE.sub("", chunk)
            start = self.squeezed.find(words, at)
            if start < 0:
                tally.unplaced += 1
                continue
            at = start + len(words)
            tally.kept += len(words)
            for whole in self.add_cuts(tally, start, at):
                yield whole.kind, self.text.count("\n", 0, self.places[whole.start]) + 1

    def add_cuts(self, tally: Tally, start: int, end: int) -> list[Whole]:
        """The blocks that a chunk begins or ends in and that would fit into one."""
        cut = [w for w in self.wholes if w.start < start < w.end or w.start < end < w.end]
        tally.avoidable_undivided += any(whole.size <= MOST for whole in cut)
        cut = [whole for whole in cut if whole.kind != UNDIVIDED]
        avoidable = [whole for whole in cut if whole.size <= MOST]
        tally.cutting += bool(cut)
        tally.avoidable += bool(avoidable)
        for kind in KINDS:
            tally.cut[kind] += any(whole.kind == kind for whole in cut)
            tally.avoidably_cut[kind] += any(whole.kind == kind for whole in avoidable)
        return avoidable
