"""Where the blocks of a reStructuredText begin and end."""

from __future__ import annotations

import re

from moxi_chunk.grammar import BLANK, BLANKS, ITEM
from moxi_chunk.scan import PLAIN, Found, Kind, Scanner
from moxi_core.patterns import lazy_pattern

_LINE = r"[^\n]*+\n"
_INDENTED = rf"(?:{BLANK}|[ \t]++\S{_LINE})*+"
_RUN = rf"{_LINE}(?:(?!{BLANK}){_LINE})*+"
_MARK = r"[=\-~^\"'`#*+.:_]"
_RULE = (
    rf"(?={_MARK}{{3}})(?:"
    + "|".join(rf"\{mark}{{3,}}+" for mark in "=-~^\"'`#*+.:_")
    + r")[ \t]*+\n"
)
# A rule of three marks is too short below a longer title.
_TITLE = (
    rf"(?=\S{_LINE}{_MARK}{{3}})(?!{_RULE})(?=[^\n]{{1,3}}[ \t]*+\n|{_LINE}{_MARK}{{4}})\S{_LINE}"
)
_BLOCK = lazy_pattern(
    rf"(?P<rule>(?={_RULE}){_MARK}++)[ \t]*+\n{_TITLE}(?P=rule)[ \t]*+\n{BLANKS}(?P<over>)"
    rf"|{_TITLE}{_RULE}{BLANKS}(?P<under>)"
    rf"|(?P<literal>)(?:\.\. |(?=[^\n]*+(?<=::)[ \t]*+\n)){_LINE}{_INDENTED}{BLANKS}"
    rf"|(?P<item>)(?:{ITEM})"
    rf"|(?P<table>)[ \t]*+(?:\+--|===){_RUN}{BLANKS}"
    rf"|(?:{BLANK}|{_RUN}(?:(?<=::\n){_INDENTED})?){BLANKS}"
)


class RstScanner(Scanner):
    """Sections by underlines (levels in the order in which they come), directives as one block."""

    pattern = _BLOCK
    plain = PLAIN | {"literal": Kind.FENCE}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.levels: dict[tuple[str, bool], int] = {}

    def special(self, at: int, found: re.Match[str]) -> Found:
        if found.lastgroup not in {"over", "under"}:
            return super().special(at, found)
        mark = found[0].rstrip()[-1]
        level = self.levels.setdefault((mark, found.lastgroup == "over"), len(self.levels) + 1)
        return Kind.HEADING, at, found.end(), min(level, 6)

    def headings(self) -> list[tuple[int, int]]:
        blocks = self.walk(0, len(self.text))
        return [(start, level) for _, start, _, level in blocks if level]

    def near(self, at: int, place: int) -> int:
        return at  # no line tells by itself

    def heading_end(self, start: int) -> int:
        return next(self.walk(start, start + 1))[2]

    def title(self, start: int) -> str:
        found = _BLOCK.match(self.text, start)
        lines = found[0].split("\n") if found else []
        return lines[found is not None and found.lastgroup == "over"].strip() if lines else ""
