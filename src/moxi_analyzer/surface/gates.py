"""Cheap tests on a file's bytes, made before it is parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from moxi_core.patterns import lazy_pattern


class Searchable(Protocol):
    """A Gate, or a pattern that is quick without words."""

    def search(self, content: bytes, /) -> object:
        """Something true if the file may concern the framework."""
        ...


class Gate:
    """Open for a file that holds one of `words`, or a word of `patterns` and what it stands for.

    `in` finds a word many times faster than a regular expression of alternatives does, and most
    files hold none.
    """

    def __init__(
        self, *words: bytes, patterns: Mapping[bytes, bytes] | None = None, flags: int = 0
    ) -> None:
        self._words = words
        self._patterns: dict[bytes, re.Pattern[bytes]] = {
            word: lazy_pattern(pattern, flags) for word, pattern in (patterns or {}).items()
        }

    def search(self, content: bytes, /) -> bool:
        """Whether the gate is open for a file of this content."""
        for word in self._words:
            if word in content:
                return True
        for word, pattern in self._patterns.items():
            if word in content and pattern.search(content):
                return True
        return False
