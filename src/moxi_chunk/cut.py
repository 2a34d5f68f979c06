"""What of a section is worth teaching: no badges, no lines that the code contradicts.

A section is text of the page with its lines counted from 1, as the checker counts them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from moxi_core.patterns import lazy_pattern

_TAG = r"<(?!!--)/?[a-zA-Z][^<>\n]*>"
_IMAGE = r"!\[[^\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"
_LINKED = (
    rf"\[\s*(?:{_IMAGE}|<img\b[^<>\n]*>)\s*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"
)
# A line of pictures, and of the HTML that places them.
_SHOWS = lazy_pattern(rf"\s*(?:(?:{_LINKED}|{_IMAGE}|{_TAG}|&nbsp;|[|\u00b7\u2022])\s*)+")
_BADGE = lazy_pattern(rf"\s*(?:<sup>\s*)?{_LINKED}(?:\s*</sup>)?")
_PLEA = lazy_pattern(
    r"(?i)\b(?:star (?:me|us|this|the (?:repo|project))|give (?:it |us |this (?:repo\w*|project) )?a (?:star|\u2b50)|buy me a coffee)\b"
)
_COMMENT = lazy_pattern(r"<!--.*?-->", re.DOTALL)
_FENCE = lazy_pattern(r"\s*(?P<mark>`{3,}|~{3,})")
# One line that can go while the rest stands: an item of a list, a row of a table.
_ITEM = lazy_pattern(r"\s*(?:[-*+]|\d+[.)])\s|\s*\|.*\|\s*$")
_GOES_ON = lazy_pattern(r"\s{2,}\S")
_BLANKS = lazy_pattern(r"\n{3,}")
MIN_ITEMS = 3  # of which some may go


def without_pictures(text: str) -> tuple[str, int]:
    """The text without comments, badges, pictures and pleas; and how many lines went.

    Code is left alone.
    """
    kept: list[str] = []
    fence = ""
    gone = 0
    for line in _outside_fences(text).split("\n"):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark["mark"].startswith(fence) else fence or mark["mark"]
        if not fence and line.strip() and (_SHOWS.fullmatch(line) or _PLEA.search(line)):
            gone += 1
            continue
        kept.append(line if fence else _BADGE.sub("", line))
    return _BLANKS.sub("\n\n", "\n".join(kept)).strip("\n") + "\n", gone


def _outside_fences(text: str) -> str:
    """The text without comments, where no fence could hold one."""
    return text if "```" in text or "~~~" in text else _COMMENT.sub("", text)


def without_lines(lines: list[str], wrong: Collection[int]) -> list[str] | None:
    """The lines without items of lists and rows of tables that are wrong; None if more must go.

    `wrong` counts from 0. Of a list of few items none may go: what is left would be no list.
    """
    gone: set[int] = set()
    items = [number for number, line in enumerate(lines) if _ITEM.match(line)]
    for number in wrong:
        is_item = 0 <= number < len(lines) and _ITEM.match(lines[number])
        follows = number + 1 < len(lines) and _GOES_ON.match(lines[number + 1])
        if not is_item or follows:
            return None
        gone.add(number)
    if len(items) - len(gone) < MIN_ITEMS:
        return None
    return [line for number, line in enumerate(lines) if number not in gone]
