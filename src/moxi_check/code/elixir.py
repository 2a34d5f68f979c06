"""Elixir on a page: modules by their whole name, and the functions that a module of ours has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from moxi_check.claim import Claim
from moxi_check.code.resolve import meant, missing
from moxi_check.code.uses import Fragment, Use
from moxi_check.code.worded import Worded
from moxi_check.document import InlineCode, Span
from moxi_check.ground import nearest, reordered
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern

# `Demo.Client.fetch(`, `|> Demo.write "x"`
_CALL = lazy_pattern(
    r"(?<![\w.&%])(?P<module>[A-Z]\w*(?:\.[A-Z]\w*)*)\.(?P<name>[a-z_]\w*[?!]?)(?=[ (]|$)"
)
# `Demo.Client.fetch/2` in a sentence: a function by the number of its arguments.
_BY_ARITY = lazy_pattern(r"(?P<function>[A-Z]\w*(?:\.[A-Z]\w*)*\.[a-z]\w*[?!]?)/\d{1,2}")
_PAST = lazy_pattern(
    r"(?i)\b(?:instead of|in favou?r of|replac\w+|unlike|renamed?|removed?|formerly|deprecat\w+|no longer|add(?:s|ed)?|"
    r"there (?:is|are) no|(?:was|were) called|planned|future)\b|\[[ x]\]"
)
_CHANGES = lazy_pattern(
    r"(?i)\b(?:change\w*|releases?|history|road ?map|to-?do|planned|future|upgrad\w+|migrat\w+)\b|\d+\.\d+"
)
# What the compiler and the runtime give modules.
_GIVEN = frozenset("module_info behaviour_info child_spec start_link".split())
# What gives a module functions that no line of its own defines.
_MADE = lazy_pattern(rb"\bunquote\(|@before_compile|(?m:^\s*use\s)|\bdefdelegate\(?\s*\[")
# What makes modules whose names no line of ours has.
_MAKES_MODULES = lazy_pattern(
    rb"\bdefmodule[ \t(]+(?![A-Z])|\bModule\.(?:create|concat)\b|\bCode\.(?:eval|compile|require)_"
    rb"|\bquote\b[^\n]*\bdo\b[^\n]*\n(?:[^\n]*\n){0,60}?[ \t]+defmodule\b"
)
_HEREDOC = lazy_pattern(rb'(?s)"""[^\n]*\n.*?"""|' rb"'''[^\n]*\n.*?'''")
# A line of a module itself, at its margin: a macro of anyone may stand there, and define functions.
_STATEMENT = lazy_pattern(rb"(?m)^  ([a-z_]\w*[?!]?)(?=[ (]|$)")
_DEFINES = lazy_pattern(rb"(?m)^([ \t]*)defp?\b")
_PLAIN = frozenset(
    b"def defp defmacro defmacrop defguard defguardp defdelegate defstruct alias import require end do when and or "
    b"else rescue catch after".split()
)
# What modules of any library have, as one that runs or is made.
_USUAL = frozenset("start start_link stop init new call run child_spec".split())
_SNAKE = lazy_pattern(r"(?<=[a-z0-9])(?=[A-Z])")
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

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """A function of a module, told with the number of its arguments."""
        said = _BY_ARITY.fullmatch(code.text)
        title = code.section[-1] if code.section else ""
        is_past = _PAST.search(f"{code.before} {code.after}") or _CHANGES.search(title)
        if self._types and said and not is_past:
            span = Span(said["function"], code.line, code.column)
            yield Fragment((span,), self.grammar, code.section, code.before, is_inline=True)

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
                elif module not in made and self._beside(module, name):
                    span = Span(module, line.line, line.column + match.start("module"))
                    yield Use("api", span, module, name)

    def judge(self, use: Use) -> Claim | None:
        """A module that is not ours, though others beside it are, means one of these."""
        if use.module:
            return self._function(use) if use.module in self._types else self._module(use)
        claim = super().judge(use)
        best = self._sibling(use.name)
        if best and (claim is None or claim.verdict == "not_judged"):
            return meant(use, use.name, "a module of ours", best, self._types[best])
        return claim

    def _sibling(self, name: str) -> str:
        """The module of ours that a missing one means, below the same name: nothing else has it."""
        above, _, last = name.rpartition(".")
        root = name.partition(".")[0].lower()
        if root in self._lent and root not in self._apps:  # of the library that ours adds to
            return ""
        if name in self._types or not above or self.ground.mention(last):
            return ""
        lead = f"{above}."
        below = [
            n[len(lead) :] for n in self._types if n.startswith(lead) and "." not in n[len(lead) :]
        ]
        words = _CAMEL.findall(last)
        best = nearest(last, below) or reordered(last, below)
        best = best or next((n for n in below if is_slip(last, n)), "")
        best = best or next((n for n in below if _differs_in_one(words, _CAMEL.findall(n))), "")
        return lead + best if best else ""

    def _function(self, use: Use) -> Claim | None:
        """A function of a module of ours: false where the module's text defines one nearly so called."""
        place = self._types[use.module]
        if self.ground.mention(use.name) is not None or use.name in _GIVEN:
            return None
        content = self.ground.repo.read(place.path) or b""
        own = self._functions(use.module)
        cutoff = 0.85 if _MADE.search(content) else _NEAR
        best = nearest(use.name, own, cutoff=cutoff)
        if best.rstrip("s") == use.name.rstrip("s") and _MADE.search(content):
            return None  # what it uses may give it several
        what = f"a function of `{use.module}`"
        if not best:
            known = self._plain_module(content)
            return missing(use, use.name, what, [], place, closed=True) if known else None
        return meant(use, use.name, what, best, place)

    def _beside(self, module: str, function: str) -> list[str]:
        """The modules of ours beside one that is not there that have a function which is asked of it.

        It is below the name of an application of ours, and neither it nor a package of its own is
        spoken of.
        """
        above, _, last = module.rpartition(".")
        app = self._apps.get(above.partition(".")[0].lower(), "")
        if not app or function in _USUAL or module in self._types:
            return []
        if self._makes_modules or self.ground.mention(last):
            return []
        package = f"{app}_{_SNAKE.sub('_', last).lower()}"
        if self.ground.mention(package) is not None:
            return []
        beside = [name for name in self._types if name.rpartition(".")[0] == above]
        return [name for name in beside if function in self._functions(name)]

    def _module(self, use: Use) -> Claim | None:
        """A module that is not there, of which a function of the modules beside it is asked."""
        if self._sibling(use.module):
            return None  # it is judged as a module that means another
        beside = self._beside(use.module, use.name)
        what = f"a module of ours, as `{beside[0]}` is, which has `{use.name}`"
        claim = missing(use, use.module, what, [], self._types[beside[0]], closed=True)
        return replace(claim, suggestion=beside[0] if len(beside) == 1 else "")

    @cached_property
    def _lent(self) -> frozenset[str]:
        """What the modules of dependencies begin with, written small."""
        return frozenset(f.value.replace("_", "").lower() for f in self.ground.facts("dependency"))

    @cached_property
    def _apps(self) -> dict[str, str]:
        """The applications of ours by the names that their modules begin with, written small."""
        facts = self.ground.facts("package")
        apps = [f.value for f in facts if f.detail.get("ecosystem") == "elixir"]
        return {app.replace("_", ""): app for app in reversed(apps)}

    @cached_property
    def _makes_modules(self) -> bool:
        files = self.ground.repo.files.items()
        paths = (p for p, e in files if e.role == "source" and p.endswith(self.endings))
        return any(_MAKES_MODULES.search(self.ground.repo.read(path) or b"") for path in paths)

    def _functions(self, module: str) -> list[str]:
        """The functions and macros that the file of a module of ours defines."""
        content = self.ground.repo.read(self._types[module].path) or b""
        return [match[1].decode("utf-8", "replace") for match in self.members.finditer(content)]

    def _plain_module(self, content: bytes) -> bool:
        """Whether a module is all that its text says: nothing in it defines functions but `def`."""
        text = _HEREDOC.sub(b"", content)
        margins = set(_DEFINES.findall(text))
        if _MADE.search(text) or text.count(b"defmodule ") != 1 or margins != {b"  "}:
            return False
        return set(_STATEMENT.findall(text)) <= _PLAIN


def _differs_in_one(words: list[str], others: list[str]) -> bool:
    """Whether two names of several words are the same but for one word."""
    if len(words) != len(others) or len(words) < 2:
        return False
    return sum(one != other for one, other in zip(words, others, strict=True)) == 1
