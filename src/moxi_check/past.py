"""Pages and sections that tell of another time: what they name may have been, or is to come."""

from __future__ import annotations

import posixpath
from bisect import bisect_right

from moxi_check.claim import Claim, undecided
from moxi_check.document import Document
from moxi_core.patterns import lazy_pattern

# What is true of the page itself, whatever time it tells of.
_TODAY = frozenset({"link", "image", "anchor", "badge", "clone_url", "license"})
_PAGE = lazy_pattern(
    r"(?i)(?:.*[_-])?(?:change-?logs?|changes|history|news|releases?|release-?notes?|versions|upgrad\w*|migrat\w*|whats-?new|"
    r"deprecat\w*|deprecations|road-?map|plan|proposal|rfc|adr|breaking\w*)(?:[_-].*)?"
)
_SECTION = lazy_pattern(
    r"(?i)\b(?:migrat(?:e|ing|ion)|upgrad\w+|breaking changes?|what(?:'s|\u2019s|s| is) new|deprecat\w+|"
    r"road ?map|future (?:plans|work))\b|^release notes$|\bv?\d+\.\d[\w.]*\s*(?:to|->|=>|\u2192)\s*v?\d|"
    r"\((?:since |in |as of |new in )?v(?:ersion )?\d[\w.]*\)\W*$|"
    r"^\W*(?:for\s+)?(?:[\w.`-]+\s+)?v(?:ersion)?[ .]?\d+(?:\.[\dx]+)*\W*$"
)
_DONE = lazy_pattern(r"\s*[-*+]\s+\[[xX]\]\s")  # of a road map: it is there today
# An item or a paragraph of a list of versions: "- Version 1.9.4: …", "**v4.0** (2020) …".
_ITEM = lazy_pattern(
    r"(?i)\s*(?:[-*+]\s+\**|\*\*)(?:version\s+)?(?:v?\d+\.\d+[\w.]*|v\d+)\**\s*(?::|\(|[-\u2013]\s)"
)

_IN_USE = r"(?:used|implemented|supported|available|released)"
# What a sentence tells of before: `Prior versions would raise …`; what the reader has done before is another matter.
_BEFORE = lazy_pattern(
    r"(?i)\b(?:prior|previous|earlier|older) (?:versions?|releases?)\b|(?<!you )(?<!you have )(?<!you've )\bpreviously\b|\b(?:formerly|used to|no longer)\b"
    r"|\b(?:was|were|been|is|are) (?:removed|renamed|deprecated|replaced)\b|\bremoved in\b|\bhistorically\b|\bhistorical reasons\b"
)
# What is said right behind a name: `X` (not used yet).
_NOT_YET = lazy_pattern(
    rf"(?i)\W{{0,4}}(?:is\s|are\s)?not (?:(?:yet|currently) {_IN_USE}|{_IN_USE} yet)\b"
)


class Past:
    """Which lines of a page tell of another time."""

    def __init__(self, document: Document) -> None:
        stem = posixpath.basename(document.path).partition(".")[0]
        self._lines = document.source.split("\n")
        self._whole = bool(_PAGE.fullmatch(stem))
        self._starts: list[int] = [0]
        self._of_past: list[bool] = [False]
        inside = 0  # the level of the section that tells of another time; 0 outside of one
        for number, heading in enumerate(sorted(document.headings, key=lambda h: h.line)):
            if inside and heading.level <= inside:
                inside = 0
            # The page's own title names its subject: a tool that migrates is a thing of today.
            if not inside and number and _SECTION.search(heading.text):
                inside = heading.level
            self._starts.append(heading.line)
            self._of_past.append(bool(inside))

    def settled(self, claim: Claim) -> Claim:
        """The claim; where a false one may hold at another time, it is not judged."""
        if claim.verdict != "false" or claim.kind in _TODAY:
            return claim
        line = self._lines[claim.line - 1]
        is_past = self._of_past[bisect_right(self._starts, claim.line) - 1] and not _DONE.match(
            line
        )
        above = self._lines[claim.line - 2] if claim.line > 1 else ""
        told = any(_BEFORE.search(text) for text in (above, line))
        told = told or bool(_NOT_YET.match(line, claim.column - 1 + len(claim.text)))
        if self._whole or is_past or told or _ITEM.match(line):
            return undecided(claim, "the page or section tells of another time")
        return claim
