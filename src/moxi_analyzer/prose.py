"""Prose inside documentation comments: the paragraph that says what a thing is, and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from moxi_core.patterns import lazy_pattern

ABOUT_MIN, ABOUT_MAX = 40, 700

_FENCE = lazy_pattern(r"\s*(```|~~~)")
# Headings, lists, tables, quotes, HTML, badges, directives and metadata are no prose.
_NOT_PROSE = lazy_pattern(
    r"(\s*([#>|<@]|[-*+]\s|\d+[.)]\s|\[!\[|!\[|\.\.\s|:\w+|\[[^\]]+\]:\s)|\s{4,}|\t)"
)
_UNDERLINE = lazy_pattern(r"\s*(=+|-+|~+|\^+|\*+)\s*$")
_LEGAL = lazy_pattern(r"(?i)copyright|licen[sc]ed? under|all rights reserved|spdx-")
# What directs a reader of documentation elsewhere says nothing of the project.
_DIRECTION = lazy_pattern(
    r"(?i)(this is the |.{0,20}\b)documentation (for|of)\b|to get started|see |for (more|further|details)"
    r"|module (containing|with|for)|this (module|file)|while |as opposed|the public api|this .{1,20}maintained"
    r"|please |note:|note that|warning|if you |you can |read |refer |check out|welcome"
)
_IMAGE = lazy_pattern(r"!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])?")
_LINK = lazy_pattern(r"\[([^\[\]]+)\](\([^()\s]*(?:\s\"[^\"]*\")?\)|\[[^\]]*\])")
_REFERENCE = lazy_pattern(r"\[(`[^`\]]+`|\w+(?:::\w+)+)\]")
_TAG = lazy_pattern(r"</?[A-Za-z][^<>:]*(?:\s[^<>]*)?>")
_AUTOLINK = lazy_pattern(r"<(https?://[^\s<>]+)>")
_SENTENCE_END = lazy_pattern(r"[.!?][)\"'`*_]*(?=\s|$)")
_ABBREVIATION = lazy_pattern(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|incl|resp|no|St|Dr|Mr|[A-Z])\.$"
)


class Paragraph(NamedTuple):
    """A paragraph folded to one line, and how many lines stand before it."""

    text: str
    offset: int


def plain(markdown: str) -> str:
    """Markdown on one line, links and images reduced to their words; code marks stay."""
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", _IMAGE.sub("", markdown)))
    return " ".join(_REFERENCE.sub(r"\1", _LINK.sub(r"\1", text)).split())


def paragraphs(doc: str) -> Iterator[Paragraph]:
    """The prose paragraphs of a documentation text, in order."""
    lines, block, fenced = doc.splitlines(), list[str](), False
    for number, line in enumerate([*lines, ""]):
        if _FENCE.match(line):
            fenced = not fenced
            block = []
        elif fenced:
            continue
        elif line.strip() and not (block and _UNDERLINE.match(line)):
            block.append(line)
        else:
            if block and not line.strip() and not _is_list(block):
                yield Paragraph(plain(" ".join(block)), number - len(block))
            block = []


def _is_list(block: list[str]) -> bool:
    """Whether a block is no prose, or leads into a list."""
    leads = len(block) > 1 and block[0].rstrip().endswith(":")
    return bool(_NOT_PROSE.match(block[0])) or (leads and bool(_NOT_PROSE.match(block[1])))


def about(doc: str) -> Paragraph | None:
    """The first paragraph of plain sentences that is long enough to say what a project is."""
    for text, offset in paragraphs(_opening(doc)):
        if (
            _LEGAL.search(text)
            or _DIRECTION.match(text)
            or (not text[:1].isalnum() and text[:1] not in "`\"'*_")
        ):
            continue
        cut = _whole_sentences(text)
        if len(cut) >= ABOUT_MIN:
            return Paragraph(cut, offset)
    return None


def _opening(doc: str) -> str:
    """What comes before the first section or example; a title opens no section."""
    lines = doc.splitlines()
    title = True
    for number, line in enumerate(lines):
        if _FENCE.match(line) or re.match(r"##", line) or (line.startswith("# ") and not title):
            return "\n".join(lines[:number])
        title = title and not line[:1].isalnum()
    return doc


def _whole_sentences(text: str) -> str:
    """As many whole sentences from the start as fit; "" if there is none."""
    end = 0
    for stop in _SENTENCE_END.finditer(text):
        if stop.end() > ABOUT_MAX:
            break
        if not _ABBREVIATION.search(text[: stop.start() + 1]):
            end = stop.end()
    return text[:end]


def first_sentence(doc: str) -> str:
    """The first sentence of a documentation text, on one line; "" if it opens with no prose."""
    first = next(paragraphs(doc), None)
    if first is None:
        return ""
    for stop in _SENTENCE_END.finditer(first.text):
        if not _ABBREVIATION.search(first.text[max(0, stop.start() - 12) : stop.start() + 1]):
            return first.text[: stop.end()]
    return first.text.removesuffix(":")
