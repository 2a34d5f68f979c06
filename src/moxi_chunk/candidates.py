"""One README becomes sections that a model could learn to write from the code it is shown.

What is not worth learning is left out, each for a reason that has a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_chunk.chunk import chunk_id
from moxi_chunk.cut import without_lines, without_pictures
from moxi_chunk.grounded import Shown
from moxi_chunk.kinds import OTHER, section_kind
from moxi_chunk.normal import definitions, normal, without_emoji
from moxi_chunk.split import Piece, sections
from moxi_core.patterns import lazy_pattern
from moxi_core.samples import ReadmeSample
from moxi_core.section_names import shown

MAX_LENGTH = 4_000  # characters: what fits into the answer of a model
_MANY_PICTURES, _WORDS_A_PICTURE = 3, 12
MIN_WORDS = 12  # beside the heading; a license is told in fewer
_SHORT_KINDS = frozenset({"license", "requirements", "documentation"})
_MIN_WORDS_SHORT = 1
MAX_PARTS = 6  # sub-headed parts of one kind: one long reference is not to outweigh all others
# Sections that nobody could write from code.
UNTAUGHT = frozenset(
    "contents sponsors acknowledgements changelog roadmap faq authors contact".split()
)
_WORD = lazy_pattern(r"[^\W\d_]{2,}")
_URL = lazy_pattern(r"https?://\S+")
_EMPTY = lazy_pattern(
    r"(?i)\b(?:to-?do|tbd|coming soon|work in progress|lorem ipsum|under construction|to be (?:written|added|done))\b"
)
_MAX_EMPTY = 400  # characters of a section in which such words stand for a text to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A section, or a sub-headed part of one, that may be taught.

    `whole` tells that it ends with the section that it begins; `start` and `end` are its place in
    the README, of which `content` may be less.
    """

    id: str
    repo_url: str
    section: str
    heading_path: tuple[str, ...]
    whole: bool
    start: int
    end: int
    content: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A section that is not taught, and why."""

    section: str
    reason: str


def candidates(
    sample: ReadmeSample, *, max_length: int = MAX_LENGTH
) -> Iterator[Candidate | Dropped]:
    """The sections of one README, in order, each taught or dropped."""
    if sample.readme_path.lower().endswith((".rst", ".rest")):
        yield Dropped("other", "reStructuredText: a model is asked for Markdown")
        return
    known = definitions(sample.readme)
    parts: Counter[str] = Counter()
    wrong: dict[int, str] = {}
    for one in sample.contradicted:
        wrong.setdefault(one.line, one.kind)
    code = Shown(sample)
    for piece in sections(sample.readme, max_length=max_length):
        path = tuple(filter(None, (without_emoji(shown(h)) for h in piece.heading_path)))
        is_first = not sample.readme[: piece.start].strip()
        kind = section_kind(path, sample.repo, is_first=is_first)
        made = _content(sample, piece, kind, wrong, max_length)
        if isinstance(made, str):
            level = 1 if kind == "about" and is_first else 2 if len(path) <= 2 else 3
            made = normal(made, known, level)
        if isinstance(made, Dropped):
            yield made
        elif not code.holds(made):
            yield Dropped(kind, "names what is not in the code shown")
        elif len(path) > 2 and parts[kind] >= MAX_PARTS:
            yield Dropped(kind, "more parts of one kind than one repository may teach")
        else:
            parts[kind] += len(path) > 2
            yield Candidate(
                id=chunk_id(sample, piece.start),
                repo_url=sample.repo_url,
                section=kind,
                heading_path=path,
                whole=piece.whole,
                start=piece.start,
                end=piece.end,
                content=made,
            )


def _content(
    sample: ReadmeSample, piece: Piece, kind: str, wrong: dict[int, str], max_length: int
) -> str | Dropped:
    if not piece.begins:
        return Dropped(kind, "begins in the middle of a section")
    if kind == OTHER:
        return Dropped(kind, "a section of no known kind")
    if kind in UNTAUGHT:
        return Dropped(kind, "not to be known from code")
    text = sample.readme[piece.start : piece.end]
    if len(text) > max_length:
        return Dropped(kind, "too long")
    first = sample.readme.count("\n", 0, piece.start) + 1
    lines = text.split("\n")
    false = {line - first: name for line, name in wrong.items() if 0 <= line - first < len(lines)}
    if false:
        kept = without_lines(lines, false)
        if kept is None:
            return Dropped(kind, f"contradicted by the code: {next(iter(false.values()))}")
        text = "\n".join(kept)
    text, pictures = without_pictures(text)
    # A page begins with badges; elsewhere pictures are what the words are about.
    if (
        kind not in {"about", "license"}
        and pictures >= _MANY_PICTURES
        and len(_WORD.findall(text)) < _WORDS_A_PICTURE * pictures
    ):
        return Dropped(kind, "mostly pictures")
    return _worth(text, kind)


def _worth(text: str, kind: str) -> str | Dropped:
    """The text, where it says enough."""
    if len(text) < _MAX_EMPTY and _EMPTY.search(text):
        return Dropped(kind, "a text to come")
    body = _URL.sub(" ", "\n".join(text.split("\n")[1:]) if _has_heading(text) else text)
    has_code = "```" in body or "~~~" in body  # a command says more than many words
    least = _MIN_WORDS_SHORT if kind in _SHORT_KINDS or has_code else MIN_WORDS
    if len(_WORD.findall(body)) < least:
        return Dropped(kind, "too short")
    return text


def _has_heading(text: str) -> bool:
    return bool(re.match(r"#{1,6}\s|[^\n]+\n[=\-~^]{3,}\s*(?:\n|$)", text))
