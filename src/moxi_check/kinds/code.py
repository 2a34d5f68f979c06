"""Claims of code: that what a page imports, calls and passes of our own package is there."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged
from moxi_check.code import LANGUAGES
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import is_elsewhere
from moxi_core.patterns import lazy_pattern

KINDS = {
    "import": "a module, package or name is imported from our own package",
    "api": "code uses a function, class, method, constant or component of ours",
    "argument": "a keyword argument, named parameter or option key is passed to something of ours",
}
# What a page shows as it was, or as it should not be written.
_UNDONE = lazy_pattern(
    r"(?i)(?:\b(?:deprecated|no longer|removed|planned|upcoming|not yet|proposed|legacy)\b|❌|🚫|👎"
    r"|^\W*(?:before|old|wrong|bad|don'?t|do not|previously|incorrect|instead of)\b.{0,40}$)"
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Judge what the code blocks and code spans of a page use of our own packages."""
    for kind in LANGUAGES:
        language = kind(ground)
        fragments = list(_fragments(document, language))
        if not fragments:
            continue
        places = {(line.line, line.column): piece for piece in fragments for line in piece.lines}
        for use in language.uses(fragments):
            claim = language.judge(use)
            if claim is None:
                continue
            claim = _settled(claim, use, ground)
            reason = use.doubt or _doubt(_at(places, claim.line, claim.column))
            if claim.verdict == "false" and reason:
                claim = not_judged(use.kind, use.span, reason)
            yield claim
        yield from _slips(language, places, ground)


def _settled(claim: Claim, use: Use, ground: Ground) -> Claim:
    """A word that nobody could judge is false where it is a slip of a true one and stands nowhere."""
    best = claim.suggestion
    if claim.verdict != "not_judged" or not best:
        return claim
    word = (use.argument or use.name).rpartition(".")[2]
    is_plural = word.rstrip("s") == best.rstrip(
        "s"
    )  # `names` may well be another thing than `name`
    if is_plural or not is_slip(word, best) or ground.mention(word) is not None:
        return not_judged(use.kind, use.span, claim.reason)
    return false(
        use.kind, use.span, f"`{word}` stands nowhere in the repository; did you mean `{best}`?",
        suggestion=best, evidence=claim.evidence,
    )  # fmt: skip


def _slips(
    language: Language, places: dict[tuple[int, int], Fragment], ground: Ground
) -> Iterator[Claim]:
    """Imports of a package that is nearly ours, and of which nothing in the repository knows."""
    for span in language.foreign:
        for root, evidence in language.roots.items():
            if not is_slip(span.text, root) or ground.mention(span.text, docs=False):
                continue
            piece = _at(places, span.line, span.column)
            if not _doubt(piece):
                yield false(
                    "import", span, f"no package here is `{span.text}`; did you mean `{root}`?",
                    suggestion=root, evidence=evidence,
                )  # fmt: skip
                break


def _fragments(document: Document, language: Language) -> Iterator[Fragment]:
    """The code of a language in the order it stands on the page."""
    found = [piece for block in document.blocks for piece in language.fragments(block)]
    found += [piece for code in document.codes for piece in language.inline(code)]
    yield from sorted(found, key=lambda piece: (piece.lines[0].line, piece.lines[0].column))


def _at(places: dict[tuple[int, int], Fragment], line: int, column: int) -> Fragment | None:
    """The fragment that stands at a place."""
    before = [place for place in places if place[0] == line and place[1] <= column]
    return places[max(before)] if before else None


def _doubt(piece: Fragment | None) -> str:
    """Why code that is not true may not be meant to be."""
    if piece is None:
        return ""
    if is_elsewhere(piece.section):
        return "the section is on other projects or times"
    if _UNDONE.search(piece.lead):
        return "the code may show what is not to be written"
    return ""
