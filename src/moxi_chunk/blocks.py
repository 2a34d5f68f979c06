"""A README as a run of blocks that cover it to the last character, by one pass over its lines.

A block is what should not be cut: a fence, a table, a list item, a run of HTML, a paragraph. Blank
lines belong to the block before them. Positions are in characters (code points).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from moxi_core.patterns import lazy_pattern


class Kind(Enum):
    """What a block is."""

    HEADING = auto()
    FENCE = auto()
    TABLE = auto()
    ITEM = auto()
    HTML = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """The characters from `start` to `end`; of a heading also its level and words."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    title: str = ""

    @property
    def size(self) -> int:
        return self.end - self.start


_LINE = lazy_pattern(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE = lazy_pattern(r" {0,3}(?P<mark>`{3,}(?=[^`\r\n]*$)|~{3,})")
_ATX = lazy_pattern(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = lazy_pattern(r" {0,3}(?P<mark>=+|-+)[ \t]*$")
_RST_UNDERLINE = lazy_pattern(r"(?P<mark>[=\-~^\"'`#*+.:_])(?P=mark){2,}[ \t]*$")
_ITEM = lazy_pattern(r"(?P<indent> {0,3})(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)")
_TABLE_RULE = lazy_pattern(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_HTML = lazy_pattern(
    r" {0,3}<(?:(?P<comment>!--)|(?P<close>/)?(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|$))"
)
_HTML_HEADING = lazy_pattern(r"(?is)<h(?P<level>[1-6])\b[^>]*>(?P<title>.*?)</h(?P=level)\s*>")
_TAG = lazy_pattern(r"<[^>]*>")
_BLANK = lazy_pattern(r"\s*\Z")
_RST_INDENT = lazy_pattern(r"[ \t]+\S")
_BLOCK_TAGS = frozenset(
    "address article aside blockquote center details dialog div dl fieldset figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr main nav ol p picture pre section script style summary table ul a img br "
    "sub sup kbd b i em strong span font video source iframe svg td tr th tbody thead li dd dt".split()
)
# Elements that are one thing from their tag to the end of it, blank lines or not.
_WHOLE = frozenset("details table pre script style ul ol dl div p center picture".split())


def blocks(text: str, *, rst: bool = False) -> list[Block]:
    """The blocks of a Markdown text, or of a reStructuredText one."""
    found = (_RstScanner if rst else _Scanner)(text).scan()
    assert not found or (found[0].start, found[-1].end) == (0, len(text))  # noqa: S101
    return found


class _Scanner:
    """Walks the lines of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = [m.start() for m in _LINE.finditer(text) if m.end() > m.start()]
        self.places.append(len(text))
        self.lines = [
            text[a:b].rstrip("\r\n") for a, b in zip(self.places, self.places[1:], strict=False)
        ]
        self.blank = [not line.strip() for line in self.lines]
        self.found: list[Block] = []

    def scan(self) -> list[Block]:
        """All blocks."""
        at = 0
        while at < len(self.lines):
            kind, end, level, title = self.block(at)
            end = max(end, at + 1)
            while end < len(self.lines) and self.blank[end]:
                end += 1
            self.found.append(Block(kind, self.places[at], self.places[end], level, title))
            at = end
        return self.found

    def block(self, at: int) -> tuple[Kind, int, int, str]:
        """(kind, line after, level, title) of the block that begins at a line."""
        line = self.lines[at]
        if self.blank[at]:  # only at the very beginning
            return Kind.TEXT, at + 1, 0, ""
        if fence := _FENCE.match(line):
            return Kind.FENCE, self.fence_end(at, fence["mark"]), 0, ""
        if atx := _ATX.match(line):
            return Kind.HEADING, at + 1, len(atx["marks"]), (atx["title"] or "").strip()
        if html := _HTML.match(line):
            return self.html(at, html)
        if item := _ITEM.match(line):
            return (
                Kind.ITEM,
                self.item_end(at, len(item[0]) if item["gap"] else len(item[0]) + 1),
                0,
                "",
            )
        if "|" in line and at + 1 < len(self.lines) and self.is_rule(at + 1):
            return Kind.TABLE, self.run_end(at + 2), 0, ""
        return self.paragraph(at)

    def is_rule(self, at: int) -> bool:
        line = self.lines[at]
        return ("|" in line or ":" in line) and bool(_TABLE_RULE.match(line))

    def fence_end(self, at: int, mark: str) -> int:
        """The line after a fence; one that is never closed ends at the next heading, if any."""
        close = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
        for number in range(at + 1, len(self.lines)):
            if close.match(self.lines[number]):
                return number + 1
        return len(self.lines)

    def run_end(self, at: int) -> int:
        """The first blank line from a line on."""
        while at < len(self.lines) and not self.blank[at]:
            at += 1
        return at

    def item_end(self, at: int, indent: int) -> int:
        """The line after a list item: what is indented to its text, and lazy lines, belong to it."""
        number, fence = at + 1, _FENCE.match(self.lines[at][indent:])
        if fence:
            number = self.inner_fence_end(number, fence["mark"])
        while number < len(self.lines):
            line = self.lines[number]
            if self.blank[number]:
                after = self.after_blanks(number)
                if after == len(self.lines) or self.width(after) < min(indent, 2):
                    return number
                number = after
                continue
            inner = self.width(number) >= min(indent, 2)
            if not inner and (
                self.blank[number - 1]
                or _ITEM.match(line)
                or _ATX.match(line)
                or _FENCE.match(line)
            ):
                return number
            if inner and _ITEM.match(line) and self.width(number) < indent:
                return number
            opened = _FENCE.match(line.strip()) if inner else None
            number = self.inner_fence_end(number + 1, opened["mark"]) if opened else number + 1
        return number

    def inner_fence_end(self, at: int, mark: str) -> int:
        for number in range(at, len(self.lines)):
            stripped = self.lines[number].strip()
            if stripped.startswith(mark) and not stripped.strip(mark[0]):
                return number + 1
        return at

    def width(self, at: int) -> int:
        line = self.lines[at]
        return (
            len(line)
            - len(line.lstrip(" \t"))
            + 3 * line[: len(line) - len(line.lstrip())].count("\t")
        )

    def after_blanks(self, at: int) -> int:
        while at < len(self.lines) and self.blank[at]:
            at += 1
        return at

    def html(self, at: int, match: re.Match[str]) -> tuple[Kind, int, int, str]:
        """A run of HTML: to the end of its first element, else to a blank line."""
        if match["comment"]:
            end = self.find(at, "-->")
            return Kind.HTML, end or self.run_end(at + 1), 0, ""
        tag = match["tag"].lower()
        if tag not in _BLOCK_TAGS:
            return self.paragraph(at)
        end = self.element_end(at, tag) if tag in _WHOLE and not match["close"] else 0
        end = end or self.run_end(at + 1)
        heading = _HTML_HEADING.search("\n".join(self.lines[at:end]))
        if heading and (title := _TAG.sub("", heading["title"]).strip()):
            return Kind.HEADING, end, int(heading["level"]), title
        return Kind.HTML, end, 0, ""

    def find(self, at: int, mark: str) -> int:
        """The line after the first one with a mark; 0 for none."""
        for number in range(at, len(self.lines)):
            if mark in self.lines[number]:
                return number + 1
        return 0

    def element_end(self, at: int, tag: str) -> int:
        """The line after the end of an element; 0 where it is never closed, or closed far below."""
        depth, tags = 0, re.compile(rf"(?i)<(/?){tag}(?=[\s/>]|$)")
        for number in range(at, min(at + 400, len(self.lines))):
            for found in tags.finditer(self.lines[number]):
                depth += -1 if found[1] else 1
                if depth == 0:
                    return number + 1
            if tag != "pre" and number > at and _ATX.match(self.lines[number]) and tag != "details":
                return 0
        return 0

    def paragraph(self, at: int) -> tuple[Kind, int, int, str]:
        """Lines of text, or a heading that is underlined."""
        number = at + 1
        while number < len(self.lines) and not self.blank[number]:
            line = self.lines[number]
            under = _UNDERLINE.match(line)
            if under:
                title = " ".join(self.lines[at:number]).strip()
                return Kind.HEADING, number + 1, 1 if under["mark"][0] == "=" else 2, title
            if _ATX.match(line) or _FENCE.match(line) or self.begins_item(line):
                break
            number += 1
        return Kind.TEXT, number, 0, ""

    def begins_item(self, line: str) -> bool:
        """Whether a line ends a paragraph by beginning a list."""
        item = _ITEM.match(line)
        return bool(
            item and item["gap"] and (not item["mark"][0].isdigit() or item["mark"][:-1] == "1")
        )


class _RstScanner(_Scanner):
    """Sections by underlines (levels in the order in which they come), directives as one block."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.levels: dict[tuple[str, bool], int] = {}

    def block(self, at: int) -> tuple[Kind, int, int, str]:
        line = self.lines[at]
        if self.blank[at]:
            return Kind.TEXT, at + 1, 0, ""
        over = bool(_RST_UNDERLINE.match(line)) and at + 2 < len(self.lines)
        title_at = at + 1 if over else at
        if (
            title_at + 1 < len(self.lines)
            and self.is_title(title_at)
            and (not over or self.lines[title_at + 1].strip() == line.strip())
        ):
            mark = self.lines[title_at + 1].strip()[0]
            level = self.levels.setdefault((mark, over), len(self.levels) + 1)
            return Kind.HEADING, title_at + 2, min(level, 6), self.lines[title_at].strip()
        if line.startswith(".. ") or line.rstrip().endswith("::"):
            return Kind.FENCE, self.indented_end(at + 1), 0, ""
        if item := _ITEM.match(line):
            return Kind.ITEM, self.item_end(at, len(item[0])), 0, ""
        if line.lstrip().startswith(("+--", "===")):
            return Kind.TABLE, self.run_end(at + 1), 0, ""
        return Kind.TEXT, self.text_end(at + 1), 0, ""

    def text_end(self, at: int) -> int:
        """The line after a paragraph; one that ends in `::` has its block with it."""
        end = self.run_end(at)
        if self.lines[end - 1].rstrip().endswith("::"):
            return self.indented_end(end)
        return end

    def is_title(self, at: int) -> bool:
        title, under = self.lines[at].strip(), self.lines[at + 1]
        return bool(
            title
            and _RST_UNDERLINE.match(under)
            and len(under.strip()) >= min(len(title), 4)
            and not _RST_UNDERLINE.match(self.lines[at])
            and not self.lines[at].startswith((" ", "\t"))
        )

    def indented_end(self, at: int) -> int:
        """The line after what is indented under a directive."""
        last = at
        while at < len(self.lines) and (self.blank[at] or _RST_INDENT.match(self.lines[at])):
            at += 1
            last = at if not self.blank[at - 1] else last
        return last
