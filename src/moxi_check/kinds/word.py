"""What else code spans show: plain words, endings, settings with a value, pieces of code.

Only what the code has to the letter is a claim here: a word that is declared or quoted, a piece
that stands so in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, true
from moxi_check.document import Document, InlineCode, Span
from moxi_check.ground import Ground
from moxi_check.literal import declared, quoted_text
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, FactKind

KINDS = {"word": "a word, ending, setting or piece of code in a code span stands so in the code"}

_FACTS: tuple[FactKind, ...] = (
    "package", "dependency", "bin", "extra", "input", "output", "env_var", "script", "task", "make_target", "service",
)  # fmt: skip
_SEPARATOR = r"(?:\.|::|#|->|/|-)"
# `fetch`, `->take_all(n)`, `@Json`, `List<T>`, `PlugInstall[!]`, `Get*`, `workers :auto`, `name=value`.
_THING = lazy_pattern(
    rf"(?:->|::|[@$:.&*#!<\"'])?(?P<name>[A-Za-z_]\w*(?:{_SEPARATOR}[A-Za-z_]\w*){{0,5}})"
    r"(?:[?!*\"']|<[^<>]{0,60}>)?(?:\(.{0,120}\)|\[.{0,60}\])?(?:[>;]|\s?(?:=|:)\s?\S.{0,80}|\s:\S{1,40}|=|:)?"
)
_PARTS = lazy_pattern(r"\.|::|#|->|/")
_ENDING = lazy_pattern(r"\*?\.(?P<ending>[A-Za-z][\w-]{0,11})")
_CODE_LIKE = lazy_pattern(r"[a-z0-9][A-Z]|[a-zA-Z]_[a-zA-Z]")
# Words of every language: that one of them stands in the code says nothing.
_CONSTANTS = frozenset(
    "true false null none nil undefined nan yes no on off void int string bool boolean number object "
    "array function self this super if else for while do return".split()
)
# What is written like a command or a phrase may be one of any program.
_PHRASE = lazy_pattern(r"[a-z][\w.-]*(?:\s|$)")
_LETTERS = lazy_pattern(r"[^\W\d_]{2}|\w\s\W|\W\s\w")
_LEAST, _MOST = 5, 160


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Code spans whose word or text the code has."""
    judge = _Judge(ground)
    for code in document.codes:
        text = code.text.strip()
        if "\n" in text or "://" in text or not text:
            continue
        claim = judge.thing(code, text) or judge.piece(code, text)
        if claim is not None:
            yield claim


class _Judge:
    """Looks words up, each once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known: dict[str, Evidence | None] = {}

    def thing(self, code: InlineCode, text: str) -> Claim | None:
        """A name, with what may stand around it; an ending of files."""
        ending = _ENDING.fullmatch(text)
        if ending:
            place = self._find(f".{ending['ending']}", quoted_text(f".{ending['ending']}"))
            return true("word", Span(text, code.line, code.column), place) if place else None
        found = _THING.fullmatch(text)
        if not found or found["name"].lower() in _CONSTANTS or is_placeholder(found["name"]):
            return None
        name = found["name"]
        place = self.named(name)
        if place is None:
            parts = [part for part in _PARTS.split(name) if part]
            places = [self.named(part) for part in parts] if len(parts) > 1 else [None]
            place = places[-1] if all(places) else None
        at = code.column + code.text.index(text) + found.start("name")
        return true("word", Span(name, code.line, at), place) if place else None

    def named(self, word: str) -> Evidence | None:
        """Where a word is a name of ours: a fact has it, code declares or quotes it."""
        for kind in _FACTS:
            for fact in self._ground.named(kind, word):
                return fact.evidence
        if len(word) < 2:
            return None
        if _CODE_LIKE.search(word):
            return self._ground.mention(word, docs=False)
        return self._find(word, declared(word))

    def piece(self, code: InlineCode, text: str) -> Claim | None:
        """A text that stands so in a file; where it may be a command of any program, in quotes."""
        if not _LEAST <= len(text) <= _MOST or not _LETTERS.search(text) or text.isalnum():
            return None
        if is_placeholder(text):
            return None
        is_phrase = _PHRASE.match(text)
        place = self._find(text, quoted_text(text)) if is_phrase else self._stands(text)
        return true("word", Span(text, code.line, code.column), place) if place else None

    def _stands(self, text: str) -> Evidence | None:
        needle = text.encode()
        for path, content in self._ground.shown():
            at = content.find(needle)
            if at >= 0:
                return Evidence(path=path, line=content.count(b"\n", 0, at) + 1)
        return None

    def _find(self, key: str, pattern: re.Pattern[bytes]) -> Evidence | None:
        if key not in self._known:
            self._known[key] = self._ground.find(key, pattern)
        return self._known[key]
