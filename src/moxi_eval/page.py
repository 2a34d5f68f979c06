"""A README as spans with places: what the planting and the denominator look at.

Made apart from the checker on purpose: a README that both read wrongly would go unnoticed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

SpanKind = Literal["prose", "inline", "code", "link", "image", "tree"]

_FENCE = re.compile(
    r"^[ \t]{0,12}(?:[>*+-][ \t]+|\d{1,3}\.[ \t]+)?(`{3,20}|~{3,20})[ \t]*\{?\.?([\w+#.-]*)"
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$")
_INLINE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,300}|[^\n]{1,300}?[^`])\1(?!`)")
_HTML_CODE = re.compile(r"<code>([^<\n]{1,300})</code>", re.IGNORECASE)
_LINK = re.compile(
    r"\]\([ ]?<?([^\s()<>]{1,500}(?:\([^\s()]{0,100}\)[^\s()]{0,200})?)>?[^)\n]{0,200}\)"
)
_REFERENCE = re.compile(r"^ {0,3}\[[^\]^\n]{1,200}\]:[ \t]*<?([^\s>]{1,500})>?")
_HTML_LINK = re.compile(r"\b(href|src)[ ]?=[ ]?[\"']([^\"'\n]{1,500})[\"']", re.IGNORECASE)
_HTML_ID = re.compile(r"<\w[^>\n]{0,300}?\b(?:id|name)=[\"']?([^\"'\s>]{1,200})", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h[1-6][^>\n]{0,200}>([^\n]{1,300}?)</h[1-6]>", re.IGNORECASE)
_BRANCH = re.compile(
    r"^(?P<indent>[│|┃ \t\u00a0]{0,80})(?:[├└┣┗|+`]|\\)[─━-]{1,4}[ \u00a0]*(?P<name>\S[^\n]*)$"
)
_RST_LITERAL = re.compile(r"``([^`\n]{1,300})``")
_RST_LINK = re.compile(r"<((?:https?://|[\w./#-])[^>\s]{0,500})>`__?")
_RST_TARGET = re.compile(
    r"^[ ]{0,12}\.\. (?:_[^:\n]{1,200}:|(image|figure)::)[ ]*(\S{1,500})|^[ ]+:target:[ ]*(\S{1,500})"
)
_RST_DIRECTIVE = re.compile(r"^[ ]{0,12}\.\. (?:code-block|code|sourcecode)::[ ]*([\w+-]*)")


@dataclass(frozen=True)
class Span:
    """A piece of a README: its kind, text, and the place of its first character, from 1."""

    kind: SpanKind
    text: str
    line: int
    column: int
    language: str = ""
    block: int = 0
    path: str = ""


@dataclass
class Page:
    """A README, its spans and its anchors."""

    lines: list[str]
    spans: list[Span] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def of(self, *kinds: SpanKind) -> Iterator[Span]:
        """The spans of these kinds, in order."""
        return (span for span in self.spans if span.kind in kinds)


def slug(heading: str) -> str:
    """GitHub's anchor of a heading."""
    text = re.sub(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)", "", heading)
    text = re.sub(r"\[([^\]\n]{0,300})\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,300}\])", r"\1", text)
    text = html.unescape(re.sub(r"<[^>\n]{1,300}>", "", text)).replace("`", "")
    text = re.sub(r"\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", text)
    kept = (c for c in text.strip().lower() if c in "- _" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).replace(" ", "-")


def parse(text: str, *, rst: bool = False) -> Page:
    """Split a README into spans; `rst` reads reStructuredText instead of Markdown."""
    page = Page(text.replace("\r\n", "\n").split("\n"))
    reader = _Reader(page, rst)
    for number, line in enumerate(page.lines, 1):
        reader.read(number, line)
    reader.close_block()
    _name_anchors(page)
    return page


class _Reader:
    """Goes through the lines and knows whether it stands in a code block or a comment."""

    def __init__(self, page: Page, rst: bool) -> None:
        self._page, self._rst = page, rst
        self._fence = self._language = self._previous = ""
        self._comment = self._indented = self._listed = False
        self._awaits_body = False
        self._block: list[tuple[int, str]] = []
        self._blocks = 0

    def read(self, number: int, line: str) -> None:
        if self._comment or (not self._fence and "<!--" in line and "-->" not in line):
            self._comment = "-->" not in line
            return
        if self._fence:
            self._in_fence(number, line)
        elif self._is_indented(line):
            if line.strip():
                self._block.append((number, line))
        else:
            self.close_block()
            self._outside(number, line)
        if line.strip():
            self._listed = bool(re.match(r"[ \t]{0,12}(?:[*+-]|\d{1,3}[.)])[ \t]", line)) or (
                self._listed and line.startswith((" ", "\t"))
            )
        self._previous = line

    def _in_fence(self, number: int, line: str) -> None:
        match = _FENCE.match(line)
        if match and match[1].startswith(self._fence) and not match[2]:
            self.close_block()
            self._fence = ""
        elif line.strip():
            self._block.append((number, line))

    def _is_indented(self, line: str) -> bool:
        """Whether a line belongs to an indented code block (of Markdown, or of a directive)."""
        deep = line.startswith(("   " if self._rst else "    ", "\t"))
        if self._rst:
            starts = self._awaits_body and deep
            if starts and re.match(r"\s+:\w+:", line):
                return True
        else:
            starts = deep and not self._previous.strip() and not self._listed and bool(line.strip())
        if self._indented or starts:
            self._indented = deep or not line.strip()
            self._awaits_body = self._awaits_body and not self._indented
            return self._indented
        if line.strip():
            self._awaits_body = False
        return False

    def _outside(self, number: int, line: str) -> None:
        self._language = ""
        if self._rst:
            self._outside_rst(number, line)
            return
        match = _FENCE.match(line)
        if match and "`" not in line[match.end(1) :]:
            self._fence, self._language = match[1], match[2].lower()
            return
        heading = _HEADING.match(line)
        if heading:
            self._page.headings.append(heading[1].rstrip("# \t"))
        elif re.fullmatch(r" {0,3}(?:=+|-{3,})[ \t]*", line) and self._previous.strip():
            self._page.headings.append(self._previous.strip())
        self._page.headings += _HTML_HEADING.findall(line)
        self._page.anchors.update(_HTML_ID.findall(line))
        self._prose(number, line)

    def _outside_rst(self, number: int, line: str) -> None:
        if re.fullmatch(r"([=~^\"'*#+-])\1{2,}[ ]*", line) and self._previous.strip():
            self._page.headings.append(self._previous.strip())
        directive = _RST_DIRECTIVE.match(line)
        if directive or (line.rstrip().endswith("::") and not line.lstrip().startswith("..")):
            self._language, self._awaits_body = (directive[1].lower() if directive else ""), True
        target = _RST_TARGET.match(line)
        if target:
            group = 2 if target[2] else 3
            self._add("image" if target[1] else "link", target[group], number, target.start(group))
        for match in _RST_LITERAL.finditer(line):
            self._add("inline", match[1], number, match.start(1))
        for match in _RST_LINK.finditer(line):
            self._add("link", match[1], number, match.start(1))
        self._add("prose", line, number, 0)

    def _prose(self, number: int, line: str) -> None:
        for pattern, group in ((_INLINE, 2), (_HTML_CODE, 1)):
            for match in pattern.finditer(line):
                inner = match[group].strip()
                if inner:
                    start = match.start(group) + match[group].index(inner)
                    self._add("inline", inner, number, start)
        bare = _INLINE.sub(lambda m: "x" * len(m[0]), line)
        for match in _LINK.finditer(bare):
            self._add(
                "image" if _is_image(bare, match.start()) else "link",
                match[1],
                number,
                match.start(1),
            )
        reference = _REFERENCE.match(bare)
        if reference:
            image = reference[1].split("?")[0].endswith((".svg", ".png"))
            self._add("image" if image else "link", reference[1], number, reference.start(1))
        for match in _HTML_LINK.finditer(bare):
            self._add(
                "image" if match[1].lower() == "src" else "link", match[2], number, match.start(2)
            )
        self._add("prose", line, number, 0)

    def _add(self, kind: SpanKind, text: str, line: int, start: int, path: str = "") -> None:
        self._page.spans.append(
            Span(kind, text, line, start + 1, self._language, self._blocks, path)
        )

    def close_block(self) -> None:
        """Give out the lines of the code block just read: of a tree diagram, or of code."""
        if self._block:
            self._blocks += 1
            entries = _tree_entries(self._block)
            for number, line in self._block:
                if entries and number in entries:
                    path, name, start = entries[number]
                    self._add("tree", name, number, start, path)
                else:
                    text = line.strip()
                    self._add("code", text, number, line.index(text))
        self._block, self._indented = [], False


def _is_image(line: str, closing: int) -> bool:
    """Whether the bracket that closes at this place was opened by `![`."""
    depth = 0
    for place in range(closing, -1, -1):
        depth += {"]": 1, "[": -1}.get(line[place], 0)
        if depth == 0:
            return place > 0 and line[place - 1] == "!"
    return False


def _tree_entries(block: list[tuple[int, str]]) -> dict[int, tuple[str, str, int]]:
    """Line -> (path, name, start) of a tree diagram; nothing where the block is none."""
    if sum(bool(_BRANCH.match(line)) for _, line in block) < 2:
        return {}
    found: dict[int, tuple[str, str, int]] = {}
    stack: list[tuple[int, str]] = []
    for number, line in block:
        match = _BRANCH.match(line)
        if not match:
            continue
        depth = match.start("name")
        name = re.split(r"\s+(?:#|//|<-|←|→|--|—|–|-|\*|\(|:)|\s{2,}", match["name"])[0].rstrip()
        while stack and stack[-1][0] >= depth:
            stack.pop()
        stack.append((depth, name.strip("/")))
        found[number] = ("/".join(part for _, part in stack), name.rstrip("/"), depth)
    return found


def _name_anchors(page: Page) -> None:
    seen: dict[str, int] = {}
    for heading in page.headings:
        name = slug(heading)
        count = seen.get(name, 0)
        seen[name] = count + 1
        page.anchors.add(f"{name}-{count}" if count else name)
