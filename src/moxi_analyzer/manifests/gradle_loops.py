"""Loops over lists of words in Gradle settings, written out: `names.forEach { include(":$it") }`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_core.patterns import lazy_pattern

_WORDS = r"(?:(?:listOf|setOf|arrayOf)\(|\[)((?:\s*(?:\"[\w.:/-]*\"|'[\w.:/-]*')\s*,?)*)\s*[)\]]"
_LIST = lazy_pattern(rf"\b(?:val|var|def)\s+(\w+)(?:\s*:\s*[\w<>]+)?\s*=\s*{_WORDS}")
_LOOP = lazy_pattern(
    rf"(?:\b(\w+)|{_WORDS})\s*\.\s*(?:forEach|each)\s*\{{(?:\s*(?:String\s+)?(\w+)\s*->)?"
    r"((?:[^{}]|\$\{\w+\}){0,2000})\}"
)
_WORD = lazy_pattern(r"[\"']([\w.:/-]+)[\"']")
_MAX_WORDS = 300


def unrolled(text: str) -> str:
    """The text with the loops' bodies, once for each word, below it: lines above stay where they are."""
    if ".forEach" not in text and ".each" not in text:
        return text
    return "\n".join([text, *_bodies(text)])


def _bodies(text: str) -> Iterator[str]:
    lists = {found[1]: _WORD.findall(found[2]) for found in _LIST.finditer(text)}
    for loop in _LOOP.finditer(text):
        words = lists.get(loop[1], []) if loop[1] else _WORD.findall(loop[2])
        name = loop[3] or "it"
        for word in words[:_MAX_WORDS]:
            body = re.sub(rf"\$\{{{name}\}}|\${name}\b", word, loop[4])
            yield re.sub(rf"(?<=\(){name}(?=\))", f'"{word}"', body)
