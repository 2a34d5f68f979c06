"""Anchors of headings, as GitHub makes them."""

from __future__ import annotations

import unicodedata
from collections import Counter

from moxi_core.patterns import lazy_pattern

_DROPPED = lazy_pattern(r"[^\w\- ]")


def slug(heading: str, *, trim: bool = True) -> str:
    """The anchor of a heading's text: lower case, punctuation dropped, blanks as hyphens.

    GitHub does not `trim` the blanks that stand between images, which show no text.
    """
    text = (heading.strip() if trim else heading).lower()
    kept = _DROPPED.sub("", text) if text.isascii() else "".join(filter(_is_kept, text))
    return kept.replace(" ", "-")


def _is_kept(char: str) -> bool:
    """Letters, marks, digits and connectors of any script, hyphens and blanks."""
    return char in "- " or unicodedata.category(char)[0] in "LMN" or char == "_"


class Slugger:
    """Numbers anchors of headings with the same text: `usage`, `usage-1`, `usage-2`."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def anchor(self, heading: str) -> str:
        """The next free anchor for a heading."""
        base = slug(heading)
        result = base
        while result in self._seen:
            self._seen[base] += 1
            result = f"{base}-{self._seen[base]}"
        self._seen[result] = 0
        return result
