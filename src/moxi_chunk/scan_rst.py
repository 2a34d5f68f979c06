"""One pass over the lines of a reStructuredText: where each block ends."""

from __future__ import annotations

from moxi_chunk.scan import ITEM, Kind, Scanner
from moxi_core.patterns import lazy_pattern

_RST_INDENT = lazy_pattern(r"[ \t]+\S")
_RST_UNDERLINE = lazy_pattern(r"(?P<mark>[=\-~^\"'`#*+.:_])(?P=mark){2,}[ \t]*$")


class RstScanner(Scanner):
    """Sections by underlines (levels in the order in which they come), directives as one block."""

    def __init__(self, lines: list[str], places: list[int]) -> None:
        super().__init__(lines, places)
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
        if item := ITEM.match(line):
            return Kind.ITEM, self.item_end(at, item), 0, ""
        if line.lstrip().startswith(("+--", "===")):
            return Kind.TABLE, self.run_end(at + 1), 0, ""
        return Kind.TEXT, self.paragraph_end(at + 1), 0, ""

    def paragraph_end(self, at: int) -> int:
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
