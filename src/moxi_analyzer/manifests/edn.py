"""EDN and Clojure data read as plain values, with lines: maps, vectors, keywords, strings.

Reader macros that would compute something give a Symbol of their text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 60
_TOKEN = lazy_pattern(
    r"""(?P<skip>[\s,]+|;[^\n]*|\#![^\n]*)
      |(?P<regex>\#"(?:[^"\\]|\\.)*")
      |(?P<string>"(?:[^"\\]|\\.)*")
      |(?P<discard>\#_)
      |(?P<open>\#\{|\#\(|\#\?@?\(|[\[({])
      |(?P<close>[\])}])
      |(?P<char>\\(?:[a-z]{2,}|.))
      |(?P<prefix>\#'|~@|['`~^@])
      |(?P<tag>\#[A-Za-z][\w./-]*)
      |(?P<keyword>::?[^\s,;"()\[\]{}@^`~\\]+)
      |(?P<atom>[^\s,;"()\[\]{}@^`~\\]+)
      |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Keyword(str):
    """A keyword, without its colon."""


class Symbol(str):
    """A symbol, number or other bare word, as written."""


@dataclass(frozen=True)
class Form:
    """A list, vector, set or map: its bracket, what is in it, and its lines."""

    bracket: str
    items: tuple[Edn, ...]
    lines: tuple[int, ...]
    line: int

    def pairs(self) -> Iterator[tuple[Edn, Edn, int]]:
        """Key, value and line of a map's entries, or of what follows a form's head as such."""
        for position in range(0, len(self.items) - 1, 2):
            yield self.items[position], self.items[position + 1], self.lines[position]

    def get(self, key: str) -> Edn | None:
        """The value of a keyword in a map."""
        return next((v for k, v, _ in self.pairs() if isinstance(k, Keyword) and k == key), None)

    def line_of(self, key: str) -> int:
        """The line of a keyword in a map; the map's own without it."""
        return next(
            (n for k, _, n in self.pairs() if isinstance(k, Keyword) and k == key), self.line
        )


Edn = str | Keyword | Symbol | Form


class _Reader:
    def __init__(self, text: str, start: int, line: int) -> None:
        self.tokens = self._scan(text, start, line)

    @staticmethod
    def _scan(text: str, start: int, line: int) -> Iterator[tuple[str, str, int]]:
        last = start
        for found in _TOKEN.finditer(text, start):
            line += text.count("\n", last, found.start())
            last = found.start()
            kind = found.lastgroup or "other"
            if kind != "skip":
                yield kind, found[0], line

    def forms(self, close: bool, depth: int) -> Iterator[tuple[Edn, int]]:
        """The forms up to a closing bracket, or to the end of the text."""
        skip = 0
        for kind, text, line in self.tokens:
            if kind == "close":
                if close:
                    return
                continue
            if kind == "discard":
                skip += 1
                continue
            if kind in {"prefix", "tag", "other"}:
                continue
            value = self._form(kind, text, line, depth)
            if skip:
                skip -= 1
                continue
            yield value, line

    def _form(self, kind: str, text: str, line: int, depth: int) -> Edn:
        if kind == "open":
            # Too deep to matter: read over it without keeping anything.
            inside = list(self.forms(True, depth + 1)) if depth < _MAX_DEPTH else self._skip()
            items, lines = [i for i, _ in inside], [n for _, n in inside]
            return Form(text, tuple(items), tuple(lines), line)
        if kind == "string":
            return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1], flags=re.S)
        if kind == "keyword":
            return Keyword(text.lstrip(":"))
        return Symbol(text)

    def _skip(self) -> list[tuple[Edn, int]]:
        open_brackets = 1
        for kind, _, _ in self.tokens:
            open_brackets += (kind == "open") - (kind == "close")
            if not open_brackets:
                break
        return []


def read_forms(text: str) -> Iterator[Edn]:
    """All top-level forms of a text."""
    return (value for value, _ in _Reader(text, 0, 1).forms(False, 0))


def read_form(text: str, start: int) -> Edn | None:
    """The one form that begins at a place in the text."""
    line = text.count("\n", 0, start) + 1
    return next((value for value, _ in _Reader(text, start, line).forms(False, 0)), None)


def as_form(value: Edn | None, *brackets: str) -> Form | None:
    """A value if it is a collection in one of the brackets."""
    return value if isinstance(value, Form) and value.bracket in brackets else None


def as_text(value: Edn | None) -> str:
    """A value if it is a string; else ""."""
    return value if isinstance(value, str) and not isinstance(value, Keyword | Symbol) else ""
