"""Sentences of Markdown prose: code spans, links, numbers and abbreviations do not end one."""

from __future__ import annotations

import re
from collections.abc import Collection

from moxi_core.patterns import lazy_pattern

_KEPT_WHOLE = lazy_pattern(r"(`+)(?!`).+?(?<!`)\1(?!`)|\]\([^)]*\)|https?://[^\s<>]*[^\s<>.,;:!?)]")
_END = lazy_pattern(r"[.!?…]+[\"'”’)\]*_]*(?=\s+(?P<next>[^\s]+))|:(?=\s*$)")
_ABBREVIATION = lazy_pattern(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|approx|no|fig|dr|mr|mrs|st|inc|ltd|v)|\b[A-Z])\.$", re.I
)
_MASK = "\ue000"


def split_sentences(text: str, names: Collection[str] = ()) -> list[str]:
    """The sentences of a paragraph, each as it stands there; joined by blanks they are the text.

    They begin with a capital, or with one of `names`, which are written small.
    """
    flat = " ".join(text.split())
    masked = _KEPT_WHOLE.sub(lambda m: _MASK * len(m[0]), flat)
    found: list[str] = []
    start = 0
    for end in _END.finditer(masked):
        after = end["next"] or ""
        if (
            after[:1].islower()
            and after.rstrip(".,:;'’s") not in names
            and after.rstrip(".,:;") not in names
        ):
            continue
        if _ABBREVIATION.search(masked[start : end.end()]):
            continue
        found.append(flat[start : end.end()].strip())
        start = end.end()
    found.append(flat[start:].strip())
    return [sentence for sentence in found if sentence]
