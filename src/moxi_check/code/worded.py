"""Languages of which no grammar is carried (Swift and Dart: braced.py, Elixir: elixir.py): names as words show them.

A name is true where own sources declare it so; it is false only as a slip of one of ours that
stands nowhere in the repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from moxi_check.claim import Claim
from moxi_check.code.resolve import Offered, judged, missing
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Span
from moxi_check.ground import nearest
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_STRING = lazy_pattern(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
_ASKED = lazy_pattern(r"(?<![\w./])([A-Z]\w{3,}(?:\.[A-Z]\w*)*)(?=\(|\.[a-z]\w*\()")
_NEAR = 0.85
# What objects of the languages have, whatever own code adds besides.
_COMMON = frozenset(
    "init self super map filter reduce append insert remove first last count sorted contains joined split print "
    "main then catch await listen where toList forEach toString hashCode length isEmpty text value name data "
    "description index element update start stop open close read write load save send show hide add get set "
    "def defp defmodule defmacro end case cond fn for with unless import alias require use raise test describe "
    "assert config deps app else when receive after rescue quote unquote".split()
)


class Worded(Language):
    """What they share: patterns of declarations, and of what a page uses."""

    grammar: ClassVar[str] = ""
    endings: ClassVar[tuple[str, ...]]
    comment: ClassVar[str] = "//"
    types: ClassVar[re.Pattern[bytes]]
    members: ClassVar[re.Pattern[bytes]]
    type_uses: ClassVar[re.Pattern[str]]
    member_uses: ClassVar[re.Pattern[str]]
    makes: ClassVar[re.Pattern[str]]

    @cached_property
    def _types(self) -> dict[str, Evidence]:
        return self._declared(self.types)

    @cached_property
    def _members(self) -> dict[str, Evidence]:
        found = self._declared(self.members)
        return {n: place for n, place in found.items() if n not in _COMMON and len(n) > 3}

    def _declared(self, pattern: re.Pattern[bytes]) -> dict[str, Evidence]:
        found: dict[str, Evidence] = {}
        for path, entry in self.ground.repo.files.items():
            if entry.role != "source" or not path.endswith(self.endings):
                continue
            content = self.ground.repo.read(path) or b""
            for match in pattern.finditer(content):
                name = match[1].decode("utf-8", "replace")
                if name not in found:
                    line = content.count(b"\n", 0, match.start(1)) + 1
                    found[name] = Evidence(path=path, line=line)
        return found

    def speaks(self, text: str) -> bool:
        """Whether a text asks a type of ours by its name, as code does."""
        return any(name in self._types for name in _ASKED.findall(text))

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """Types of ours, and members where the page names such a type or imports us."""
        made = {
            name
            for piece in fragments
            for line in piece.lines
            for name in self.makes.findall(line.text)
        }
        lines = [(line, self._plain(line.text)) for piece in fragments for line in piece.lines]
        types = [use for line, text in lines for use in self._of_types(line, text, made)]
        yield from types
        if any(use.name in self._types for use in types):
            for line, text in lines:
                yield from self._of_members(line, text, made)

    def _plain(self, text: str) -> str:
        """A line without its strings and comment, every word at its place."""
        text = _STRING.sub(lambda match: " " * len(match[0]), text)
        return text.partition(self.comment)[0]

    def _of_types(self, line: Span, text: str, made: set[str]) -> Iterator[Use]:
        for match in self.type_uses.finditer(text):
            name = match[match.lastindex or 0]
            if name in made or name.partition(".")[0] in made:
                continue
            # `open(CLIENT)`: in capitals, a name stands for what the reader has.
            if name.isupper() and name not in self._types:
                continue
            if name in self._types or nearest(name, self._types, cutoff=_NEAR):
                yield Use(
                    "api",
                    Span(name, line.line, line.column + match.start(match.lastindex or 0)),
                    "",
                    name,
                )

    def _of_members(self, line: Span, text: str, made: set[str]) -> Iterator[Use]:
        for match in self.member_uses.finditer(text):
            name = match[match.lastindex or 0]
            if name in self._members and name not in made:
                at = line.column + match.start(match.lastindex or 0)
                yield Use("api", Span(name, line.line, at), "", name, on_instance=True)

    def judge(self, use: Use) -> Claim | None:
        """True by its declaration; a slip of one of ours comes back with its mend."""
        table = self._members if use.on_instance else self._types
        offered = Offered(table, "it may be another's")
        claim = judged(self.ground, use, use.name, offered, "a name of ours", Evidence(path=""))
        best = claim.suggestion
        if "." in best and is_slip(use.name, best) and not self.ground.mention(use.name):
            return missing(use, use.name, "a module of ours", [best], table[best])
        return claim if claim.verdict != "not_judged" or claim.suggestion else None
