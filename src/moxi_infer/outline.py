"""Where the parts of a README stand, line by line: what --update may replace, and what it keeps.

Block structure only, by markdown-it-py: offsets into the text stay exact, whatever its line ends.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from markdown_it import MarkdownIt

from moxi_core.patterns import lazy_pattern
from moxi_infer.markers import Fault, Region, find_markers, pair_up

_LINE = lazy_pattern(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_FRONT_MATTER = lazy_pattern(r"---[ \t]*")
_HTML_HEADING = lazy_pattern(r"<h([1-6])\b[^<>]{0,400}>(.{0,400}?)</h\1\s{0,9}>", re.I | re.S)
_FOOTNOTE = lazy_pattern(r" {0,3}\[\^[^\]\n]{1,80}\]:")
_COMMENT = lazy_pattern(r"<!--.*?-->", re.S)
_EMPTY = lazy_pattern(r"<a\s[^<>]{0,300}>\s{0,9}</a>|<br\s{0,9}/?>", re.I)
_TO_TOP = lazy_pattern(r"back to (?:the )?(?:top|contents)|[⬆⇧↑🔝]", re.I)
_TAG = lazy_pattern(
    r"<(/?)(details|div|center|table|section|article|main|blockquote|ul|ol|dl)\b[^<>]{0,400}>", re.I
)
_CLOSING = lazy_pattern(r"\s*(?:</[a-z][a-z0-9]{0,20}\s{0,9}>\s*)+", re.I)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; lines count from 0, `end` is the line after it. `body` is where its text begins."""

    text: str
    level: int
    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the top level: from line `start` to the one before `end`."""

    type: str
    start: int
    end: int


class Outline:
    """A text's lines, headings, markers and link definitions, each by line, counted from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        base = 1 if text.startswith("\ufeff") else 0
        found = [m.span() for m in _LINE.finditer(text, base) if m.end() > m.start()]
        self.starts = [start for start, _ in found] + [len(text)]
        self.lines = [text[start:end].rstrip("\r\n") for start, end in found]
        self.code: set[int] = set()
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []
        self.html: list[Block] = []
        self.definitions: set[int] = set()
        self._read()

    @cached_property
    def _paired(self) -> tuple[list[Region], list[Fault]]:
        return pair_up(find_markers(self.lines, self.code))

    @property
    def regions(self) -> list[Region]:
        """What whole pairs of markers enclose."""
        return self._paired[0]

    @property
    def faults(self) -> list[Fault]:
        """Markers that do not pair up."""
        return self._paired[1]

    @cached_property
    def marker_lines(self) -> dict[int, bool]:
        """The lines of all markers, and whether each ends something."""
        return {m.line: m.is_end for m in find_markers(self.lines, self.code)}

    def _read(self) -> None:
        parser = MarkdownIt("commonmark").enable("table").disable("inline")
        skipped = self._front_matter()
        source = "\n" * skipped + "\n".join(self.lines[skipped:])
        env: dict[str, dict[str, dict[str, list[int]]]] = {}
        tokens = parser.parse(source, env)
        covered: set[int] = set(range(skipped))
        for index, token in enumerate(tokens):
            if token.map is None or token.nesting < 0:
                continue
            start, end = token.map[0], min(token.map[1], len(self.lines))
            if token.type in {"fence", "code_block"}:
                self.code |= set(range(start, end))
            elif token.type == "html_block":
                self.html.append(Block(token.type, start, end))
            if token.level:
                continue
            covered |= set(range(start, end))
            self.blocks.append(Block(token.type, start, end))
            if token.type == "heading_open":
                text = tokens[index + 1].content
                self.headings.append(Heading(text, int(token.tag[1]), start, end, end))
            elif token.type == "html_block":
                self._html_headings(start, end)
            elif token.type == "paragraph_open" and _FOOTNOTE.match(self.lines[start]):
                self.definitions |= set(range(start, end))
        # Definitions of links are in no block.
        self.definitions |= {
            n for n, line in enumerate(self.lines) if n not in covered and line.strip()
        }

    def _front_matter(self) -> int:
        """How many lines of settings the text begins with."""
        if not self.lines or not _FRONT_MATTER.fullmatch(self.lines[0]):
            return 0
        for number, line in enumerate(self.lines[1:200], 1):
            if line.rstrip() in {"---", "..."}:
                return number + 1
            if not line.strip():
                return 0
        return 0

    def _html_headings(self, start: int, end: int) -> None:
        source = "\n".join(self.lines[start:end])
        for found in _HTML_HEADING.finditer(source):
            first = start + source.count("\n", 0, found.start())
            last = start + source.count("\n", 0, found.end())
            rest = "\n".join(self.lines[last + 1 : end])
            body = end if _CLOSING.fullmatch(rest) else last + 1
            self.headings.append(Heading(found[2], int(found[1]), first, last + 1, body))

    def is_blank(self, line: int) -> bool:
        """Whether a line is blank, or none of this text."""
        return not 0 <= line < len(self.lines) or not self.lines[line].strip()

    def end_of(self, line: int) -> int:
        """The offset after a line's text, before its line end."""
        return self.starts[line] + len(self.lines[line])

    def between(self, start: int, end: int) -> str:
        """Whole lines, from `start` to the one before `end`."""
        return self.text[self.starts[start] : self.starts[end]]

    @cached_property
    def limits(self) -> dict[int, int]:
        """For the first line of each heading, the line of the next one of its level or above."""
        found: dict[int, int] = {}
        opened: list[Heading] = []
        for heading in self.headings:
            while opened and opened[-1].level >= heading.level:
                found[opened.pop().start] = heading.start
            opened.append(heading)
        return found | {heading.start: len(self.lines) for heading in opened}

    def section_end(self, heading: Heading, *, outside: bool = False) -> int:
        """The line after a heading's section: before the next heading of its level or above.

        HTML around it is not cut: the section ends before a `</details>` that closes what was
        opened above it, or after that with `outside`.
        """
        limit = self.limits[heading.start]
        return self.trimmed(heading.body, self._balanced(heading.body, limit, outside))

    def trimmed(self, start: int, end: int) -> int:
        """The end without what belongs to the page: rules, anchors, comments, definitions, blanks."""
        ends = {block.end: block for block in self.blocks}
        while end > start:
            if self.is_blank(end - 1) or end - 1 in self.definitions:
                end -= 1
                continue
            block = ends.get(end)
            if block is None or block.start < start or not self._is_trim(block):
                break
            end = block.start
        return end

    def _is_trim(self, block: Block) -> bool:
        if any(self.marker_lines.get(line) for line in range(block.start, block.end)):
            return False
        if block.type == "hr":
            return True
        if block.type not in {"html_block", "paragraph_open"}:
            return False
        text = self.between(block.start, block.end)
        if len(text) < 300 and _TO_TOP.search(text) and re.search(r"\]\(#|href=\S?#", text):
            return True
        return not _EMPTY.sub("", _COMMENT.sub("", text)).strip()

    def _balanced(self, start: int, end: int, outside: bool) -> int:
        """`end`, or the line before it where HTML is opened, or closed, across the border."""
        opened: list[tuple[str, int]] = []
        known: Counter[str] = Counter()
        for block in self.html:
            first, last = max(block.start, start), min(block.end, end)
            if first >= last:
                continue
            for tag in _TAG.finditer(_COMMENT.sub("", self.between(first, last))):
                name = tag[2].lower()
                if not tag[1]:
                    opened.append((name, first))
                    known[name] += 1
                elif known[name]:
                    while known[name] and opened:
                        closed, _ = opened.pop()
                        known[closed] -= 1
                        if closed == name:
                            break
                elif not outside:
                    return opened[0][1] if opened else first
        return opened[0][1] if opened else end
