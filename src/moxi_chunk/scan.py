"""One pass over the lines of a Markdown text: where each block ends."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import accumulate
from typing import NamedTuple

from moxi_core.patterns import lazy_pattern


class Kind(Enum):
    """What a block is."""

    HEADING = auto()
    FENCE = auto()
    TABLE = auto()
    ITEM = auto()
    HTML = auto()
    TEXT = auto()


ELEMENTS = (Kind.HTML, Kind.HEADING)


class Block(NamedTuple):
    """The characters from `start` to `end`; of a heading also its level and words."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    title: str = ""

    @property
    def size(self) -> int:
        return self.end - self.start


_LINE = lazy_pattern(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE = lazy_pattern(r" {0,3}(?P<mark>`{3,}(?=[^`\r\n]*$)|~{3,})")
_ATX = lazy_pattern(r" {0,3}(?P<marks>#{1,6})(?P<title>[ \t].*)?$")
_UNDERLINE = lazy_pattern(r" {0,3}(?P<mark>=+|-+)[ \t]*$")
ITEM = lazy_pattern(r"(?P<indent> {0,3})(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)")
_TABLE_RULE = lazy_pattern(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_HTML = lazy_pattern(
    r" {0,3}<(?:(?P<comment>!--)|(?P<close>/)?(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|$))"
)
_HTML_HEADING = lazy_pattern(r"(?is)<h(?P<level>[1-6])\b[^>]*>(?P<title>.*?)</h(?P=level)\s*>")
_TAG = lazy_pattern(r"<[^>]*>")
_BREAK = lazy_pattern(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_QUOTE = lazy_pattern(r" {0,3}> ?")
_BLOCK_TAGS = frozenset(
    "address article aside blockquote center details dialog div dl fieldset figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr main nav ol p picture pre section script source style summary table ul "
    "iframe td tr th tbody thead li dd dt".split()
)
# Elements that are one thing from their tag to the end of it, blank lines or not.
_WHOLE = frozenset("details table pre script style ul ol dl div p center picture".split())
_FAR = 4_000  # characters of an element among which its heading stands
_LONGEST = 400  # lines of an element that is taken as one thing
# What a line that begins a block, or ends a paragraph, can begin with.
_FIRST = frozenset("#`~-*+<>0123456789")
_MARKS = frozenset("#`~=-*_+<>1")
_FENCE_MARKS = frozenset("`~")
_INTERRUPTING = frozenset(["-", "*", "+", "1.", "1)"])


def _without_margin(lines: list[str], width: int) -> list[str]:
    """The lines without so many spaces, or without a tab, before them."""
    margin = re.compile(rf"\t| {{1,{width}}}") if width else re.compile("")
    return [line[found.end() :] if (found := margin.match(line)) else line for line in lines]


def _without_close(title: str) -> str:
    """The words of a heading without the marks that may close it."""
    title = title.strip()
    words = title.rstrip("#")
    return words.rstrip() if not words or words[-1] in " \t" else title


def lines_of(text: str, offset: int = 0) -> tuple[list[str], list[int]]:
    """The lines of a text without their ends; where each begins, and where the last one ends."""
    if "\r" in text:
        lines = _LINE.findall(text)
        places = list(accumulate(map(len, lines), initial=offset))
        return [line.rstrip("\r\n") for line in lines], places
    lines = text.split("\n")
    places = list(accumulate([len(line) + 1 for line in lines], initial=offset))
    if lines[-1]:
        places[-1] -= 1
    else:
        del lines[-1], places[-1]
    return lines, places


class Scanner:
    """Walks the lines of a text."""

    def __init__(self, lines: list[str], places: list[int]) -> None:
        self.lines = lines
        self.places = places
        self.blank = [not line or line.isspace() for line in lines]
        self.missing: set[str] = set()  # marks that close something and come no more
        self.ends: dict[str, dict[int, int]] = {}

    def scan(self, at: int = 0) -> list[Block]:
        """All blocks from a line on."""
        found: list[Block] = []
        blank, places, count = self.blank, self.places, len(self.lines)
        while at < count:
            kind, end, level, title = self.block(at)
            while end < count and blank[end]:
                end += 1
            found.append(Block(kind, places[at], places[end], level, title))
            at = end
        return found

    def inside(self, kind: Kind) -> Scanner | None:
        """What stands within the one block of these lines; None for one that holds no blocks."""
        first = self.lines[0]
        lines = _without_margin(self.lines, len(first) - len(first.lstrip()))
        if kind is Kind.ITEM and (item := ITEM.match(lines[0])):
            rest = _without_margin(lines[1:], len(item[0]))
            return type(self)([lines[0][len(item[0]) :], *rest], self.places)
        if kind is Kind.TEXT and _QUOTE.match(lines[0]):
            return type(self)([_QUOTE.sub("", line, 1) for line in lines], self.places)
        has_more = self.after_blanks(self.run_end(0)) < len(lines)
        return type(self)(lines, self.places) if kind in ELEMENTS and has_more else None

    def block(self, at: int) -> tuple[Kind, int, int, str]:
        """(kind, line after, level, title) of the block that begins at a line."""
        line = self.lines[at]
        if self.blank[at]:  # only at the very beginning
            return Kind.TEXT, at + 1, 0, ""
        mark = line[0] if line[0] != " " else line.lstrip(" ")[:1]
        if mark in "-*_" and _BREAK.match(line):
            return Kind.TEXT, at + 1, 0, ""
        if mark in _FIRST:
            if mark in "-*+0123456789":
                if item := ITEM.match(line):
                    return Kind.ITEM, self.item_end(at, item), 0, ""
            elif mark == "#":
                if atx := _ATX.match(line):
                    return Kind.HEADING, at + 1, len(atx[1]), _without_close(atx[2] or "")
            elif mark == "<":
                if html := _HTML.match(line):
                    return self.html(at, html)
            elif mark == ">":
                return Kind.TEXT, self.quote_end(at + 1), 0, ""
            elif fence := _FENCE.match(line):
                return Kind.FENCE, self.fence_end(at, fence[1]), 0, ""
        if "|" in line and self.begins_table(at):
            return Kind.TABLE, self.text_end(at + 2), 0, ""
        return self.paragraph(at)

    def begins_table(self, at: int) -> bool:
        """Whether a line with bars has a rule below it."""
        return at + 1 < len(self.lines) and self.is_rule(at + 1)

    def is_rule(self, at: int) -> bool:
        line = self.lines[at]
        return ("|" in line or ":" in line) and bool(_TABLE_RULE.match(line))

    def fence_end(self, at: int, mark: str) -> int:
        """The line after a fence; one that is never closed takes all that follows."""
        return self.fence_close(at + 1, mark) or len(self.lines)

    def fence_close(self, at: int, mark: str, margin: int = 0) -> int:
        """The line after the one that closes a fence within a margin; 0 for none."""
        wanted = f"{margin}{mark}"
        if wanted not in self.missing:
            for number in range(at, len(self.lines)):
                line = self.lines[number]
                closes = mark in line and not line.strip().strip(mark[0])
                if closes and self.width(number) < margin + 4:
                    return number + 1
            self.missing.add(wanted)
        return 0

    def run_end(self, at: int) -> int:
        """The first blank line from a line on."""
        while at < len(self.lines) and not self.blank[at]:
            at += 1
        return at

    def quote_end(self, at: int) -> int:
        """The line after a quote; a paragraph at its end may go on without the mark."""
        while at < len(self.lines) and _QUOTE.match(self.lines[at]):
            at += 1
        last = self.lines[at - 1].lstrip("> \t")
        return self.text_end(at) if last and last[0] not in "#`~" else at

    def text_end(self, at: int) -> int:
        """The first line from a line on that is blank or begins another block."""
        while at < len(self.lines) and not self.blank[at] and not self.interrupts(at):
            at += 1
        return at

    def item_end(self, at: int, item: re.Match[str]) -> int:
        """The line after a list item: what is indented to its text, and lazy lines, belong to it."""
        lines, blank, count = self.lines, self.blank, len(self.lines)
        indent = item.end() if item["gap"] else item.end() + 1
        least = min(indent, 2)
        number = at + 1
        if lines[at][indent : indent + 1] in _FENCE_MARKS:
            number = self.inner_fence_end(at, lines[at][indent:], indent)
        while number < count:
            line = lines[number]
            if blank[number]:
                number = self.after_blanks(number)
                if number == count or self.width(number) < least:
                    return number
                continue
            first = line[0]
            width = self.width(number) if first in " \t" else 0
            if width < least:
                begins = (first == " " or first in _FIRST) and ITEM.match(line)
                if begins or blank[number - 1] or self.interrupts(number):
                    return number
            elif width < indent and (ITEM.match(line) or _FENCE.match(line)):
                return number
            elif (body := line.lstrip())[0] in _FENCE_MARKS:
                number = self.inner_fence_end(number, body, width)
                continue
            number += 1
        return number

    def inner_fence_end(self, at: int, line: str, margin: int) -> int:
        """The line after a fence in an item, which ends with the item where it is not closed."""
        fence = _FENCE.match(line)
        return (self.fence_close(at + 1, fence[1], margin) if fence else 0) or at + 1

    def width(self, at: int) -> int:
        line = self.lines[at]
        indent = len(line) - len(line.lstrip(" \t"))
        return indent + 3 * line.count("\t", 0, indent)

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
        heading = _HTML_HEADING.search("\n".join(self.lines[at:end])[:_FAR])
        if heading and (title := _TAG.sub("", heading["title"]).strip()):
            return Kind.HEADING, end, int(heading["level"]), title
        return Kind.HTML, end, 0, ""

    def find(self, at: int, mark: str) -> int:
        """The line after the first one with a mark; 0 for none."""
        if mark not in self.missing:
            for number in range(at, len(self.lines)):
                if mark in self.lines[number]:
                    return number + 1
            self.missing.add(mark)
        return 0

    def element_end(self, at: int, tag: str) -> int:
        """The line after the end of an element; 0 where it is never closed, or closed far below."""
        if tag not in self.ends:
            self.ends[tag] = self.element_ends(tag)
        end = self.ends[tag].get(at, 0)
        if end - at > _LONGEST:
            return 0
        is_closed = tag in {"pre", "details"} or not any(map(_ATX.match, self.lines[at + 1 : end]))
        return end if is_closed else 0

    def element_ends(self, tag: str) -> dict[int, int]:
        """For each line that begins such an element the line after its end."""
        tags = re.compile(rf"(?i)<(/?){tag}(?=[\s/>]|$)")
        ends: dict[int, int] = {}
        begun: list[int] = []
        for number, line in enumerate(self.lines):
            if "<" in line:
                for found in tags.finditer(line):
                    if not found[1]:
                        begun.append(number)
                    elif begun:
                        ends[begun.pop()] = number + 1
        return ends

    def paragraph(self, at: int) -> tuple[Kind, int, int, str]:
        """Lines of text, or a heading that is underlined."""
        number = self.text_end(at + 1)
        if number < len(self.lines) and not self.blank[number]:
            under = _UNDERLINE.match(self.lines[number])
            if under:
                title = " ".join(self.lines[at:number]).strip()
                return Kind.HEADING, number + 1, 1 if under["mark"][0] == "=" else 2, title
        return Kind.TEXT, number, 0, ""

    def interrupts(self, at: int) -> bool:
        """Whether a line ends a paragraph: by underlining it, or by beginning another block."""
        line = self.lines[at]
        mark = line[0]
        if mark == " ":
            mark = line.lstrip(" ")[:1]
        if mark not in _MARKS:
            return "|" in line and self.begins_table(at)
        if mark in "=-*_" and (_UNDERLINE.match(line) or _BREAK.match(line)):
            return True
        if mark in "#>":
            return mark == ">" or bool(_ATX.match(line))
        if mark in "`~":
            return bool(_FENCE.match(line))
        if mark == "<":
            html = _HTML.match(line)
            return bool(html and (html["comment"] or html["tag"].lower() in _BLOCK_TAGS))
        item = ITEM.match(line)
        return bool(item and item["gap"] and item["mark"] in _INTERRUPTING)
