"""Rewrites what has one certain mend, and leaves every other byte of a page as it is."""

from __future__ import annotations

from collections.abc import Iterable

from moxi_check.claim import Claim
from moxi_core.patterns import lazy_pattern

_LINE = lazy_pattern(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_BOM = "\ufeff"


def fixed(content: bytes, claims: Iterable[Claim]) -> tuple[bytes, list[Claim]]:
    """The bytes of a page with each certain mend made, and the claims that were mended.

    A claim whose text does not stand at its place is left alone, as is one that overlaps another:
    the next run sees to it.
    """
    text = content.decode("utf-8", "surrogateescape")
    starts = [found.start() for found in _LINE.finditer(text)]
    edits: list[tuple[int, int, Claim]] = []
    for claim in claims:
        if claim.verdict != "false" or not claim.certain or not claim.suggestion:
            continue
        if not 0 < claim.line <= len(starts) or "\n" in claim.text + claim.suggestion:
            continue
        bom = 1 if claim.line == 1 and text.startswith(_BOM) else 0
        start = starts[claim.line - 1] + claim.column - 1 + bom
        if text.startswith(claim.text, start):
            edits.append((start, start + len(claim.text), claim))
    parts: list[str] = []
    mended: list[Claim] = []
    end = 0
    for first, last, claim in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if first < end:
            continue
        parts += [text[end:first], claim.suggestion]
        end = last
        mended.append(claim)
    parts.append(text[end:])
    return "".join(parts).encode("utf-8", "surrogateescape"), mended
