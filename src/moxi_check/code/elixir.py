"""Elixir on a page: modules by their whole name, and the functions that a module of ours has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from moxi_check.claim import Claim
from moxi_check.code.resolve import missing
from moxi_check.code.uses import Fragment, Use
from moxi_check.code.worded import Worded
from moxi_check.document import Span
from moxi_check.ground import nearest, reordered
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# `Demo.Client.fetch(`, `|> Demo.write "x"`
_CALL = lazy_pattern(
    r"(?<![\w.&%])(?P<module>[A-Z]\w*(?:\.[A-Z]\w*)*)\.(?P<name>[a-z_]\w*[?!]?)(?=[ (]|$)"
)
# What gives a module functions that no line of its own defines.
_MADE = lazy_pattern(rb"\bunquote\(|@before_compile|(?m:^\s*use\s)|\bdefdelegate\(?\s*\[")
_CAMEL = lazy_pattern(r"[A-Z][a-z0-9]*")
_NEAR = 0.6


class Elixir(Worded):
    """Elixir: modules by their whole name, functions and macros."""

    fences: ClassVar[frozenset[str]] = frozenset({"elixir", "ex", "exs", "iex"})
    endings: ClassVar[tuple[str, ...]] = (".ex",)
    comment: ClassVar[str] = "# "
    types: ClassVar[re.Pattern[bytes]] = lazy_pattern(rb"(?m)^[ \t]*defmodule[ \t]+([A-Z][\w.]*)")
    members: ClassVar[re.Pattern[bytes]] = lazy_pattern(
        rb"(?m)^[ \t]*(?:def|defmacro|defguard|defdelegate)[ \t(]+([a-z_]\w*[?!]?)"
    )
    type_uses: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"(?<![\w.])([A-Z]\w*(?:\.[A-Z]\w*)+)|(?:\b(?:use|import|alias|require)\s+)([A-Z]\w*)\b(?!\.)"
    )
    member_uses: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"(?:^\s*|\|>\s*|[A-Z]\w*\.|=\s*)([a-z_]\w*[?!]?)(?=[ (]|$)|^\s*([a-z_]\w*)(?=: )"
    )
    makes: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"\b(?:defmodule|def|defp|defmacro)\s+([A-Z][\w.]*|[a-z_]\w*)"
    )

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What the words show; and of modules of ours, what they do not have."""
        fragments = list(fragments)
        yield from super().uses(fragments)
        lines = [(line, self._plain(line.text)) for piece in fragments for line in piece.lines]
        made = {name for _, text in lines for name in self.makes.findall(text)}
        for line, text in lines:
            for match in self.type_uses.finditer(text):
                name, at = match[match.lastindex or 0], match.start(match.lastindex or 0)
                if name not in made and self._sibling(name):
                    yield Use("api", Span(name, line.line, line.column + at), "", name)
            for match in _CALL.finditer(text):
                module, name = match["module"], match["name"]
                if module in self._types and name not in self._members and module not in made:
                    span = Span(name, line.line, line.column + match.start("name"))
                    yield Use("api", span, module, name)

    def judge(self, use: Use) -> Claim | None:
        """A module that is not ours, though others beside it are, means one of these."""
        if use.module:
            return self._function(use)
        claim = super().judge(use)
        best = self._sibling(use.name)
        if best and (claim is None or claim.verdict == "not_judged"):
            return _meant(use, "a module of ours", best, self._types[best])
        return claim

    def _sibling(self, name: str) -> str:
        """The module of ours that a missing one means, below the same name: nothing else has it."""
        above, _, last = name.rpartition(".")
        if name in self._types or not above or self.ground.mention(last):
            return ""
        lead = f"{above}."
        below = [
            n[len(lead) :] for n in self._types if n.startswith(lead) and "." not in n[len(lead) :]
        ]
        words = _CAMEL.findall(last)
        best = nearest(last, below) or reordered(last, below)
        best = best or next((n for n in below if _differs_in_one(words, _CAMEL.findall(n))), "")
        return lead + best if best else ""

    def _function(self, use: Use) -> Claim | None:
        """A function of a module of ours: false where the module's text defines one nearly so called."""
        place = self._types[use.module]
        if self.ground.mention(use.name) is not None:
            return None
        content = self.ground.repo.read(place.path) or b""
        own = [match[1].decode("utf-8", "replace") for match in self.members.finditer(content)]
        cutoff = 0.85 if _MADE.search(content) else _NEAR
        best = nearest(use.name, own, cutoff=cutoff)
        if not best:
            return None
        return _meant(use, f"a function of `{use.module}`", best, place)


def _meant(use: Use, what: str, best: str, place: Evidence) -> Claim:
    """The false claim that a name is something, with the one that it means."""
    claim = missing(use, use.name, what, [], place)
    return replace(claim, suggestion=best, reason=f"{claim.reason}; did you mean `{best}`?")


def _differs_in_one(words: list[str], others: list[str]) -> bool:
    """Whether two names of several words are the same but for one word."""
    if len(words) != len(others) or len(words) < 2:
        return False
    return sum(one != other for one, other in zip(words, others, strict=True)) == 1
