"""A long file in little room: its first lines, then the lines that declare what it offers.

Secrets are taken out.
"""

from __future__ import annotations

import re

from moxi_analyzer.languages import Language
from moxi_analyzer.redact import redact
from moxi_core.patterns import lazy_pattern

GAP = "..."
_SIGNATURES_SHARE = 0.4  # of the room, where there are so many
_MAX_LINE = 200
_LONGEST_SECRET = 1_000  # of those that stand in one line

_C_LIKE = lazy_pattern(
    r"\s*(?:(?:public|protected|internal|open|abstract|static|final|sealed|partial|override|data"
    r"|inline|suspend|async|export|template|virtual|extern|const)\s[^=;]*[({:]"
    r"|(?:class|struct|enum|interface|record|trait|object|namespace|protocol|extension|typedef|union"
    r"|fun|func|init)\b)"
)
_C = lazy_pattern(
    r"(?!(?:if|for|while|switch|return|else|do|case)\b)[A-Za-z_][\w *&:<>,~]*\([^;]*$"
    r"|(?:typedef|struct|enum|union|class|namespace|template|#define)\b"
)
_BY_LANGUAGE = {
    "C": _C,
    "C++": _C,
    "Python": lazy_pattern(r"\s*(?:async\s+def|def|class)\s+(?!_[^_])\w"),
    "JavaScript": lazy_pattern(
        r"export\b|(?:async\s+)?function\b|class\b|(?:module\.)?exports\b|\s*static\b"
    ),
    "Go": lazy_pattern(r"func\s+(?:\([^)]*\)\s*)?(?:[A-Z]|main\b)|type\s+[A-Z]"),
    "Rust": lazy_pattern(r"\s*pub\s+(?!\()|impl\b|#\[macro_export\]|macro_rules!"),
    "Ruby": lazy_pattern(r"\s*(?:def|class|module)\s+(?:self\.)?[A-Za-z]"),
    "PHP": lazy_pattern(
        r"\s*(?:(?:abstract|final)\s+)?(?:public|class|interface|trait|enum|function|namespace)\b"
    ),
    "Elixir": lazy_pattern(r"\s*(?:def|defmodule|defmacro|defprotocol|@spec|@callback)\s"),
    "Haskell": lazy_pattern(r"module\b|data\b|newtype\b|type\b|class\b|[a-z]\w*'*\s+::"),
    "Clojure": lazy_pattern(r"\((?:ns|def|defn|defmacro|defmulti|defprotocol|defrecord)\s"),
    "Shell": lazy_pattern(r"\s*(?:function\s+)?[A-Za-z]\w*\s*\(\)"),
    "Lua": lazy_pattern(r"function\b|return\s+M\b"),
    "Dart": lazy_pattern(
        r"(?:abstract\s+|sealed\s+)?(?:class|mixin|enum|extension|typedef)\b"
        r"|\s{0,2}(?!_|return\b|if\b|for\b|while\b)[A-Z]\w*[\w<>?, ]*\s[a-z]\w*\("
    ),
    "Swift": lazy_pattern(r"\s*(?:public|open|@\w+\s+public)\b|(?:class|struct|enum|protocol|func)\b"),
}  # fmt: skip
_SAME = {
    "TypeScript": "JavaScript",
    "Vue": "JavaScript",
    "Svelte": "JavaScript",
}


def outline(text: str, language: Language | None, room: int) -> tuple[str, bool]:
    """(as much of a text as fits into `room` characters, whether it was cut); secrets are redacted.

    They are taken out before anything is cut: half a key would no longer be known as one.
    """
    text = _redacted(text, room)
    if len(text) <= room:
        return text, False
    pattern = _pattern(language)
    usual = _head(text, room - int(room * _SIGNATURES_SHARE))
    found = _signatures(text[len(usual) :], pattern, int(room * _SIGNATURES_SHARE) - 2 * len(GAP))
    head = _head(text, room - sum(len(line) + 1 for line in found) - len(GAP) - 1)
    # A longer head may have reached the first of them.
    rest = _signatures(text[len(head) :], pattern, room - len(head) - len(GAP) - 1)
    if not rest:
        return _head(text, room), True
    return "".join([head, GAP, "\n", *(f"{line}\n" for line in rest)]), True


def _redacted(text: str, room: int) -> str:
    """The text, redacted as far as its head can reach: all of it takes long, and is not shown."""
    edge = room + 2 * _LONGEST_SECRET
    known = redact(text[:edge])
    if (
        len(text) > edge and edge - len(known) > _LONGEST_SECRET
    ):  # so much went: what is next came near
        return redact(text)
    return known + text[edge:]


def _pattern(language: Language | None) -> re.Pattern[str] | None:
    if language is None:
        return None
    name = _SAME.get(language.name, language.name)
    return _BY_LANGUAGE.get(name, _C_LIKE)


def _head(text: str, room: int) -> str:
    """The first lines, or what fits of the first line if that is longer than all room."""
    if len(text) <= room:
        return text
    end = text.rfind("\n", 0, room)
    return text[: end + 1] if end >= room // 2 else text[:room]


def _signatures(text: str, pattern: re.Pattern[str] | None, room: int) -> list[str]:
    """Lines that declare something, in order, as long as there is room."""
    found: list[str] = []
    if pattern is None:
        return found
    for line in text.split("\n"):
        if pattern.match(line[:_MAX_LINE]):
            shown = redact(line[: _MAX_LINE + _LONGEST_SECRET])[:_MAX_LINE].rstrip()
            room -= len(shown) + 1
            if room < 0:
                break
            found.append(shown)
    return found
