"""Claims of code: that what a page imports, calls and passes of our own package is there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from moxi_check.claim import Claim, false, not_judged
from moxi_check.code import LANGUAGES
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Document, Span
from moxi_check.ground import Ground, nearest, reordered
from moxi_check.kinds.elsewhere import links_to_others
from moxi_check.kinds.mentioned import used
from moxi_check.kinds.names import is_part, is_slip, is_variant
from moxi_check.kinds.told import is_elsewhere, own_names
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
_MADE_UP = lazy_pattern(r"(?:[Yy]our|My|Some)_?[A-Z]|(?:your|my)_")
# A name that code gives as a string, a symbol or a key of an object.
_GIVEN = lazy_pattern(
    r"(?P<quote>[\"'`])(?P<string>[A-Za-z_$][\w$]{2,60})(?P=quote)|(?<![\w:]):(?P<symbol>[a-z_]\w{2,60})\b"
    r"|(?:[{,(]|^)\s*(?P<key>[A-Za-z_$][\w$]{2,60})\s*:(?!:)",
    re.M,
)
# What hardly two packages have: `createServer`, `make_server`.
_HUMPED = lazy_pattern(r"[a-z\d][A-Z]|\w_\w")
# What stands in for another package has the same names.
_STANDS_IN = lazy_pattern(
    r"(?i)\bdrop[- ]in\b|\bfork(?:ed)?\b|\breplacement\b|\bsuccessor\b|\brenamed\b"
)
_MIN_ALIKE, _ALIKE = 6, 0.8
# In a sentence, a file, a key or an action of a program as well as a name of ours.
_DOTTED = lazy_pattern(r"^\s*[a-z_]\w*(?:\.\w+)+\s*$")


class Places:
    """Which fragment stands at a place of the page."""

    def __init__(self, fragments: list[Fragment]) -> None:
        self._by_line: dict[int, list[tuple[int, Fragment]]] = defaultdict(list)
        for piece in fragments:
            for line in piece.lines:
                self._by_line[line.line].append((line.column, piece))

    def at(self, span: Span) -> Fragment:
        """The fragment that a part of it stands in."""
        before = [found for found in self._by_line[span.line] if found[0] <= span.column]
        return max(before, key=lambda found: found[0])[1]


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Judge what the code blocks and code spans of a page use of our own packages."""
    for kind in LANGUAGES:
        language = kind(ground)
        fragments = list(_fragments(document, language))
        if not fragments:
            continue
        places = Places(fragments)
        uses = list(language.uses(fragments))
        is_shown = any(not places.at(use.span).is_inline for use in uses)
        known: dict[Use, Claim | None] = {}
        for use in uses:
            claim = _judged(language, use, known)
            if claim is None or (use.only_true and claim.verdict != "true"):
                continue
            claim = _settled(claim, use, ground)
            piece = places.at(use.span)
            if piece.is_inline and claim.verdict == "false":
                claim = _of_objects(language, use, known) or claim
            reason = use.doubt or _doubt(piece, ground)
            if _MADE_UP.match(claim.text):
                reason = reason or "a name for the reader to replace"
            if not is_shown and piece.is_inline and _DOTTED.match(piece.lines[0].text):
                reason = reason or "the page shows no code that uses it"
            if claim.verdict == "false" and use.kind == "api" and _is_made(claim.text, document):
                reason = reason or "the page gives something this name"
            if claim.verdict == "false" and ground.in_long(claim.text) is not None:
                reason = reason or "a source that is not parsed to its end has it"
            if claim.verdict == "false" and reason:
                claim = not_judged(use.kind, use.span, reason)
            yield claim
        yield from _slips(language, places, document, ground)


def _judged(language: Language, use: Use, known: dict[Use, Claim | None]) -> Claim | None:
    """The verdict on a use, found once for all places that say the same."""
    same = replace(use, span=Span(use.span.text, 0, 0))
    if same not in known:
        known[same] = language.judge(use)
    claim = known[same]
    return replace(claim, line=use.span.line, column=use.span.column) if claim else None


def _of_objects(language: Language, use: Use, known: dict[Use, Claim | None]) -> Claim | None:
    """In a sentence, `Client.close()` is a method of the objects of a class: the claim, where it is one."""
    if use.kind != "api" or use.on_instance or "." not in use.name:
        return None
    claim = _judged(language, replace(use, on_instance=True), known)
    return claim if claim is not None and claim.verdict == "true" else None


def _is_made(name: str, document: Document) -> bool:
    """Whether code of the page gives something a name: `alias("primary", …)`, `theme({ danger: … })`.

    Of `define("echo")`, `echoBuffer` may be made as well.
    """
    for block in document.blocks:
        for found in _GIVEN.finditer(block.text):
            text = found[str(found.lastgroup)]
            rest = name[len(text) :] if name.startswith(text) else "-"
            if not rest or (found["string"] and (rest[0] == "_" or rest[0].isupper())):
                return True
    return False


def _settled(claim: Claim, use: Use, ground: Ground) -> Claim:
    """A word that nobody could judge is false where it is a slip of a true one and stands nowhere."""
    best = claim.suggestion
    if claim.verdict != "not_judged" or not best:
        return claim
    word = (use.argument or use.name).rpartition(".")[2]
    # As a key or of an object, `names` may well be another thing than `name`.
    is_plural = word.rstrip("s") == best.rstrip("s") and bool(use.argument or use.on_instance)
    # Of an object that nobody knows, `Names` is a member of the reader's own type.
    is_plural = is_plural or (use.on_instance and not use.module and word.lower() == best.lower())
    is_meant = is_slip(word, best) or bool(reordered(word, [best]))
    if is_plural or not is_meant or ground.mention(word) is not None:
        return not_judged(use.kind, use.span, claim.reason)
    return false(
        use.kind, use.span, f"`{word}` stands nowhere in the repository; did you mean `{best}`?",
        suggestion=best, evidence=claim.evidence,
    )  # fmt: skip


def _slips(
    language: Language,
    places: Places,
    document: Document,
    ground: Ground,
) -> Iterator[Claim]:
    """Imports of a package that is nearly ours, and of which nothing in the repository knows."""
    for span in language.foreign:
        root = next((root for root in language.roots if _is_meant(span.text, root, document)), "")
        doubt = _doubt(places.at(span), ground)
        if root and not doubt and not language.knows(span.text):
            yield false(
                "import", span, f"no package here is `{span.text}`; did you mean `{root}`?",
                suggestion=root, evidence=language.roots[root], closed=True,
            )  # fmt: skip
        elif not doubt and (root := _source(language, places.at(span), span, document)):
            yield false(
                "import", span, f"what is imported is of `{root}`, and no package here is `{span.text}`",
                suggestion=root, evidence=language.roots[root], whole=True,
            )  # fmt: skip


def _source(language: Language, piece: Fragment, span: Span, document: Document) -> str:
    """The package of ours that has what is taken from one that nobody knows, and is named like it; or ""."""
    name, names = span.text, language.taken(piece, span.text)
    if not names or piece.is_inline or _STANDS_IN.search(document.source):
        return ""
    if _is_named(language, name, document):
        return ""
    is_plain = len(names) == 1 and not _HUMPED.search(names[0])
    # Short names are alike by chance, and of what is compared with ours a page says more.
    may_be_like = (
        not is_plain and len(name) >= _MIN_ALIKE and _is_only_imported(language, name, document)
    )
    for root in language.roots:
        is_alike = is_part(name, root) or (may_be_like and nearest(name, [root], cutoff=_ALIKE))
        if not (is_alike and _is_shown(root, document, in_code=is_plain)):
            continue
        # Without its scope a name may be any word of the code.
        if root.startswith("@") is name.startswith("@") and language.knows(name):
            continue
        if all(language.gives(root, taken) for taken in names):
            return root if used(name, language.ground) is None else ""
    return ""


def _is_named(language: Language, name: str, document: Document) -> bool:
    """Whether a page names a package elsewhere than in imports: as code, as an alias, by its address."""
    word = re.escape(name)
    quoted = len(re.findall(rf"[\"'`]{word}[\"'`]", document.source))
    imported = _imported(language, name)
    address = re.compile(rf"\b(?:packages?|crates|project|gems)/{word}/?$")
    links = [link for link in document.links if address.search(link.text)]
    links += [
        link
        for link in links_to_others(document, language.ground)
        if link.text.rstrip("/").endswith(f"/{name}")
    ]
    installed = re.compile(
        rf"\b(?:install|add|i|require|get|npx)\s[^\n]*(?<![\w@/-]){word}(?![\w/-])"
    )
    return (
        quoted > imported
        or bool(links)
        or any(installed.search(block.text) for block in document.blocks)
    )


def _imported(language: Language, name: str) -> int:
    """How often a page imports a package."""
    return sum(span.text == name for span in language.foreign)


def _is_only_imported(language: Language, name: str, document: Document) -> bool:
    """Whether a name stands on the page only where it is imported."""
    return _times(name, document.source) <= _imported(language, name)


def _is_shown(name: str, document: Document, *, in_code: bool) -> bool:
    """Whether a page names a package of ours, in its code where that is asked for."""
    texts = [block.text for block in document.blocks] if in_code else [document.source]
    return any(_times(name, text) for text in texts)


def _times(name: str, text: str) -> int:
    """How often a name stands in a text, not as part of a longer one."""
    return len(re.findall(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text))


def _is_meant(name: str, root: str, document: Document) -> bool:
    """Whether a name is a slip of ours, or ours with a usual word more that stands only once.

    Of `demo-client`, if it is another package, a page says more: how it is installed, where it is.
    What has a scope before our name is of others: `@other/demo`.
    """
    if is_slip(name, root):
        return True
    if not is_variant(name, root) or (name.startswith("@") and not root.startswith("@")):
        return False
    return _times(name, document.source) == 1


def _fragments(document: Document, language: Language) -> Iterator[Fragment]:
    """The code of a language in the order it stands on the page."""
    found = [piece for block in document.blocks for piece in language.fragments(block)]
    found += [piece for code in document.codes for piece in language.inline(code)]
    yield from sorted(found, key=lambda piece: (piece.lines[0].line, piece.lines[0].column))


def _doubt(piece: Fragment, ground: Ground) -> str:
    """Why code that is not true may not be meant to be."""
    if is_elsewhere(piece.section, own_names(ground)):
        return "the section is on other projects or times"
    if _UNDONE.search(piece.lead):
        return "the code may show what is not to be written"
    return ""
