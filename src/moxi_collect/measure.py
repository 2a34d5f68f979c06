"""The scores of a README, by which the filters decide: sizes, shares, and how much of it is false."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from moxi_analyzer.repository import Repository
from moxi_check.check import check_text, parse
from moxi_check.claim import Claim
from moxi_check.document import Document
from moxi_core.errors import SourceError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import RepoSnapshot
from moxi_core.samples import Contradiction

_WORD = lazy_pattern(r"[^\W\d_]+")
_ADDRESS = lazy_pattern(r"https?://\S+|!?\[[^\]]*\]\([^)]*\)|<[^>]+>|!\[[^\]]*\]\[[^\]]*\]")
# Words that any English text of some length has; no other language has many of them.
_ENGLISH = frozenset(
    "the of and to in is for with that you this be on it are as or an can from by not your if will "
    "at we have which when all use into but has its".split()
)
_MAX_CHECKED_CHARS = 300_000


@dataclass(frozen=True, slots=True)
class Measured:
    """A README's scores, whose keys are those that the filters ask for, and what is false in it."""

    scores: dict[str, float] = field(default_factory=dict)
    contradicted: tuple[Contradiction, ...] = ()


def measured(text: str, path: str, repo: Repository, snapshot: RepoSnapshot) -> Measured:
    """What there is to know of a README that stands at `path`."""
    try:
        document = parse(text, path)
    except SourceError:  # a format that nobody reads here
        return Measured({"chars": float(len(text)), "readable": 0.0})
    found = {
        "chars": float(len(text)),
        "readable": 1.0,
        "replaced_chars": float(text.count("\ufffd")),
        "headings": float(len(document.headings)),
        "code_blocks": float(len(document.blocks)),
        "images": float(sum(link.image for link in document.links)),
        "links": float(sum(not link.image for link in document.links)),
    }
    claims = _judged(text, path, repo, snapshot)
    false = [claim for claim in claims if claim.verdict == "false"]
    truth = {
        "judged_claims": float(len(claims)),
        "false_share": _share(len(false), len(claims)),
    }
    return Measured(
        found | _words(document) | truth,
        tuple(Contradiction(line=c.line, kind=c.kind, text=c.text) for c in false),
    )


def _words(document: Document) -> dict[str, float]:
    """How much of a page is prose, and in what language."""
    prose = "\n".join(span.text for span in document.prose)
    words = _WORD.findall(_ADDRESS.sub(" ", prose))
    latin = sum(word.isascii() for word in words)
    english = sum(word.lower() in _ENGLISH for word in words)
    kept = len(re.sub(r"\s+", "", _ADDRESS.sub("", document.source)))
    whole = len(re.sub(r"\s+", "", document.source))
    return {
        "words": float(len(words)),
        "latin_share": _share(latin, len(words)),
        "english_share": _share(english, len(words)),
        "link_share": 1.0 - _share(kept, whole),
    }


def _judged(text: str, path: str, repo: Repository, snapshot: RepoSnapshot) -> list[Claim]:
    """The claims that the code confirms or contradicts."""
    if len(text) > _MAX_CHECKED_CHARS:
        return []
    claims = check_text(text, repo, snapshot, path=path, strict=True).claims
    return [claim for claim in claims if claim.verdict != "not_judged"]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
