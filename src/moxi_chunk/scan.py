"""Where the blocks of a Markdown text begin and end, found by patterns that run over many lines.

Headings are looked for from one fence, element or heading to the next; what lies between is taken
apart into blocks only where that has to be known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple, cast

from moxi_chunk.grammar import ATX, BLANK, BLANKS, BLOCK, HASHED, ITEM_LINES, OPENING, UNDERLINE
from moxi_core.patterns import lazy_pattern


class Kind(Enum):
    """What a block is."""

    HEADING = auto()
    FENCE = auto()
    TABLE = auto()
    ITEM = auto()
    HTML = auto()
    TEXT = auto()


class Block(NamedTuple):
    """The characters from `start` to `end`; of a heading also its level and, if asked for, its words."""

    kind: Kind
    start: int
    end: int
    level: int = 0
    title: str = ""

    @property
    def size(self) -> int:
        return self.end - self.start


Found = tuple[Kind, int, int, int]  # what a Block holds; less work to make
# An enum takes far longer to look a member up than a module.
_HEADING, _FENCE, _HTML, _ITEM = Kind.HEADING, Kind.FENCE, Kind.HTML, Kind.ITEM
# Blocks that their pattern takes in whole, by its last group.
PLAIN: dict[str | None, Kind] = {None: Kind.TEXT, "item": Kind.ITEM, "table": Kind.TABLE}
_BLANKS = lazy_pattern(BLANKS)
_LINE = lazy_pattern(rf"[^\n]*+\n{BLANKS}")
_RUN = lazy_pattern(rf"[^\n]*\n(?:(?!{BLANK})[^\n]+\n)*+{BLANKS}")
_BEGUN = lazy_pattern(r" {0,3}<(?:!--|(?P<close>/)?(?P<tag>[A-Za-z0-9-]+))")
_HTML_HEADING = lazy_pattern(r"(?is)<h(?P<level>[1-6])\b[^>]*>(?P<title>.*?)</h(?P=level)\s*>")
_UNDER = lazy_pattern(rf"\n {{0,3}}{UNDERLINE}")
_HTML_TAG = lazy_pattern(r"<[^>]*>")
# Elements that are one thing from their tag to the end of it, blank lines or not.
_WHOLE = frozenset("details table pre script style ul ol dl div p center picture".split())
_HEADED = frozenset({"pre", "details"})  # of these, what may hold a line like a heading of Markdown
_FAR = 4_000  # characters of an element among which its heading stands
_LONGEST = 400  # lines of an element that is taken as one thing


def with_line_feeds(text: str) -> str:
    """The text, character for character, with line feeds at all ends of lines."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    return text if text.endswith("\n") else text + "\n"


@lru_cache(64)
def _closing(mark: str, margin: int) -> re.Pattern[str]:
    """A line of nothing but such a mark, or a longer one, indented by up to three more than a margin.

    Without a margin, which is what a fence within an item has, also the blank lines below it.
    """
    space, below = (f"[ \\t]{{0,{margin + 3}}}", "") if margin else (" {0,3}", BLANKS)
    return re.compile(rf"\n{space}{mark[0]}{{{len(mark)},}}+[ \t]*+\n{below}")


@lru_cache(64)
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)<(/?){name}(?=[\s/>])")


class Elements:
    """Which end belongs to which begin of the elements of one name."""

    def __init__(self, text: str, tag: str) -> None:
        self.tags = _tags(tag).finditer(text)
        self.begun: list[int] = []
        self.ends: dict[int, int] = {}

    def end(self, at: int) -> int:
        """Where the element ends that begins at a place; 0 for nowhere."""
        while at not in self.ends and (tag := next(self.tags, None)):
            if not tag[1]:
                self.begun.append(tag.start())
            elif self.begun:
                self.ends[self.begun.pop()] = tag.end()
        return self.ends.get(at, 0)


class Scanner:
    """Walks over a text, each line of which ends with a line feed."""

    pattern = BLOCK
    plain = PLAIN

    def __init__(self, text: str) -> None:
        self.text = text
        # From where on something that closes comes no more.
        self.missing: dict[tuple[str, int], int] = {}
        self.elements: dict[str, Elements] = {}
        self.known: list[tuple[int, int, Kind]] = []  # (start, end, kind), in order

    def walk(self, at: int, stop: int) -> Iterator[Found]:
        """The blocks from the begin of one on that begin before a place."""
        text, match, plain = self.text, self.pattern.match, self.plain
        while at < stop and (found := match(text, at)):  # any line begins some block
            if (name := found.lastgroup) in plain:
                end = found.end()
                yield plain[name], at, end, 0
            else:
                block = self.special(at, found)
                end = block[2]
                yield block
            at = end

    def special(self, at: int, found: re.Match[str]) -> Found:
        """A heading, or a block that is no more than begun by its pattern."""
        name = str(found.lastgroup)
        if name == "heading":
            return _HEADING, at, found.end(), found.end(name) - found.start(name)
        if name in {"under", "under_2"}:
            return _HEADING, at, found.end(), 1 if found[name][0] == "=" else 2
        if name == "fence":
            return _FENCE, at, self.fence_end(found.end(), found[name]), 0
        return self.html(at) if name == "html" else (_ITEM, at, self.item_end(found), 0)

    def headings(self) -> list[tuple[int, int]]:
        """(start, level) of each heading; `known` then has the other blocks that were looked at."""
        text, known = self.text, self.known
        kind, _, at, level = next(self.walk(0, 1))
        known.append((0, at, kind))
        found = [(0, level)] if level else []
        while True:
            for opening in OPENING.finditer(text, at - 1):  # from the end of the line above
                name = opening.lastgroup
                if not name:
                    start, at = opening.span()
                    found.append((start + 1, at - start - 1))
                elif name == "closed":
                    start, at = opening.span()
                    known.append((start + 1, at + 1, _FENCE))
                elif name != "line" or not self.is_nothing(opening):
                    at = self.opened(opening, at, found)
                    break
            else:
                return found

    def opened(self, opening: re.Match[str], at: int, found: list[tuple[int, int]]) -> int:
        """The end of what begins at an opening, or goes on there; `at` is the end of what is above."""
        start, end = opening.start() + 1, opening.end()
        if opening.lastgroup in {"inner", "line"}:
            above = list(self.walk(self.near(at, start), start + 1))
            found += [(start, level) for _, start, _, level in above if level]
            kind, start, end, _ = above[-1]
        elif opening.lastgroup == "html":
            kind, _, end, level = self.html(start)
            if level:
                found.append((start, level))
        else:
            kind, end = _FENCE, self.fence_end(end, self.text[start:end])
        self.known.append((start, end, kind))
        return end

    def is_nothing(self, opening: re.Match[str]) -> bool:
        """Whether a line that may be an underline has nothing above it, or is blank."""
        return self.text[opening.start() - 1] == "\n" or opening[0].isspace()

    def around(self, at: int, place: int) -> tuple[Kind, int, int]:
        """(kind, start, end) of the block of a place, from the begin of one above it in its section."""
        number = bisect_right(self.known, (place, len(self.text))) - 1
        if number >= 0 and self.known[number][0] >= at:
            start, at, kind = self.known[number]
            at = self.below(at)
            if at > place:
                return kind, start, at
        *_, (kind, start, end, _) = self.walk(self.near(at, place), place + 1)
        return kind, start, end

    def near(self, at: int, place: int) -> int:
        """A line near before a place in which a block begins for sure; none is open at `at`."""
        text = self.text
        item = text.rfind("\n- ", at, place) + 1
        item = (text.rfind("\n* ", item or at, place) + 1) or item
        if item and text[item + 2].isspace():
            item = 0
        begin = text.rfind("\n\n", item or at, place) + 2
        while begin > 1 and text[begin].isspace():  # what is indented may go on
            begin = text.rfind("\n\n", item or at, begin - 1) + 2
        if begin > 1:
            return begin
        return item or (text.find("\n", at - 1) + 1 if at else 0)

    def heading_end(self, start: int) -> int:
        """Where a heading ends, and the blank lines below it."""
        found = HASHED.match(self.text, start)
        return found.end() if found else next(self.walk(start, start + 1))[2]

    def below(self, at: int) -> int:
        """Where the block below begins, from the begin of a line that may be blank."""
        found = _BLANKS.match(self.text, at)
        return found.end() if found else at

    def line_below(self, at: int) -> int:
        """Where the block below the line of a place begins."""
        found = _LINE.match(self.text, at)
        return found.end() if found else len(self.text)

    def run_end(self, at: int) -> int:
        """Where the block below the next blank lines begins."""
        found = _RUN.match(self.text, at)
        return found.end() if found else len(self.text)

    def line_end(self, at: int) -> int:
        return self.text.find("\n", at) + 1

    def fence_end(self, at: int, mark: str) -> int:
        """The end of a fence; one that is never closed takes all that follows."""
        found = _closing(mark, 0).search(self.text, at)
        return found.end() if found else len(self.text)

    def fence_close(self, at: int, mark: str, margin: int) -> int:
        """The end of the line that closes a fence within an item; 0 for none."""
        if at < self.missing.get((mark, margin), len(self.text)):
            if found := _closing(mark, margin).search(self.text, at):
                return found.end()
            self.missing[mark, margin] = at
        return 0

    def item_end(self, found: re.Match[str]) -> int:
        """The end of an item with fences, each of which ends with the item if it is not closed."""
        while name := found.lastgroup:
            start, at = found.span(name)
            margin = _width(self.text[self.text.rfind("\n", 0, start) + 1 : start])
            end = self.fence_close(at, found[name], margin) or self.line_end(at)
            lines = ITEM_LINES[name.removeprefix("first_")].match(self.text, end)
            found = cast("re.Match[str]", lines)
        return found.end()

    def html(self, at: int) -> Found:
        """A run of HTML: to the end of its first element, else to a blank line."""
        begun = cast("re.Match[str]", _BEGUN.match(self.text, at))
        closes, tag = begun.groups()
        if not tag:
            end = self.comment_end(at)
        elif closes or (tag := tag.lower()) not in _WHOLE:
            end = 0
        else:
            end = self.element_end(begun.start("tag") - 1, tag)
        end = end or self.run_end(at)
        heading = _HTML_HEADING.search(self.text, at, min(end, at + _FAR))
        if heading and _HTML_TAG.sub("", heading["title"]).strip():
            return _HEADING, at, end, int(heading["level"])
        return _HTML, at, end, 0

    def comment_end(self, at: int) -> int:
        """The end of the line that ends a comment; 0 for none."""
        if at < self.missing.get(("-->", 0), len(self.text)):
            end = self.text.find("-->", at)
            if end >= 0:
                return self.line_below(end)
            self.missing["-->", 0] = at
        return 0

    def element_end(self, at: int, tag: str) -> int:
        """The end of the line that ends an element; 0 where it is never closed, or far below."""
        text, end = self.text, self.tag_end(at, tag)
        if not end or (end - at > _LONGEST and text.count("\n", at, end) >= _LONGEST):
            return 0
        # Most hold no mark of a heading at all, which is sooner seen.
        if tag not in _HEADED and text.find("#", at, end) >= 0 and ATX.search(text, at, end):
            return 0
        return self.line_below(end)

    def tag_end(self, at: int, tag: str) -> int:
        """Where an element ends, line or not; 0 for nowhere."""
        following = _tags(tag).search(self.text, at + 1)
        if not following or following[1]:  # most hold none of their own name
            return following.end() if following else 0
        elements = self.elements.get(tag)
        if not elements:
            elements = self.elements[tag] = Elements(self.text, tag)
        return elements.end(at)

    def title(self, start: int) -> str:
        """The words of the heading that begins at a place."""
        text = self.text
        line = text[start : text.find("\n", start)].strip()
        if line.startswith("#"):
            words = line.lstrip("#").strip()
            plain = words.rstrip("#")
            return plain.rstrip() if not plain or plain[-1] in " \t" else words
        if line.startswith("<") and (found := _HTML_HEADING.search(text, start, start + _FAR)):
            return _HTML_TAG.sub("", found["title"]).strip()
        under = _UNDER.search(text, start)
        return " ".join(text[start : under.start() if under else start].split("\n")).strip()


def _width(margin: str) -> int:
    return len(margin) + 3 * margin.count("\t")
