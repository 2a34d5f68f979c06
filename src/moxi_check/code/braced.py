"""Swift and Dart on a page: types of ours, members of their objects, and what is asked of a type by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from moxi_check.claim import Claim, true
from moxi_check.code.braced_types import DartTypes, OwnType, OwnTypes, SwiftTypes
from moxi_check.code.resolve import judged, missing
from moxi_check.code.uses import Fragment, Use
from moxi_check.code.worded import Worded
from moxi_check.document import InlineCode, Span
from moxi_check.kinds.told import own_programs
from moxi_core.patterns import lazy_pattern

# `Client.shared`, `Box<int>.of(`; not `x.Client.shared`, which may be another's, and no path of keys.
_ASKED = lazy_pattern(r"(?<![\w.$\\@#])([A-Z]\w*)(?:<[\w<>?, ]*>)?\.([A-Za-z]\w*)\b")
_SPAN = lazy_pattern(r"([A-Z]\w*)\.([a-zA-Z]\w*)(?:\([^()]*\))?")
_SUFFIXES = frozenset(
    "dart swift java kt js ts h m mm cpp md json yaml xml plist framework".split()
)


def _plain(name: str) -> str:
    """A name of a package or its module without what differs between the two."""
    return re.sub(r"[^a-z0-9]", "", name.lower().removesuffix(".swift").removeprefix("swift-"))


class Braced(Worded):
    """What they share: a type is asked by its name for what its own declarations say, and no more."""

    own_types: ClassVar[type[OwnTypes]]
    adds: ClassVar[re.Pattern[str]]  # the types that a page adds to, and what it adds
    imports: ClassVar[re.Pattern[str]]  # the packages that code imports

    @cached_property
    def _own(self) -> OwnTypes:
        return self.own_types(self.ground)

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """`Client.connect()` in a sentence: of a type that takes nothing from others, whose objects are meant too."""
        found = _SPAN.fullmatch(code.text)
        if found and found[2] not in _SUFFIXES and found[1] in self._types:
            own = self._own.find(found[1])
            if own is not None and own.lone:
                yield Fragment(
                    (Span(code.text, code.line, code.column),), "", code.section, "", True
                )

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What the words show; and of types of ours, what is asked of them by their name."""
        fragments = list(fragments)
        lines = [(line, self._plain(line.text)) for piece in fragments for line in piece.lines]
        made = {name for _, text in lines for name in self.makes.findall(text)}
        made |= {name for _, text in lines for name in self.adds.findall(text)}
        lent = {line.line for piece in fragments if self._is_foreign(piece) for line in piece.lines}
        asked = [use for line, text in lines for use in self._asked(line, text, made)]
        doubt = "the code imports other packages, and none of ours"
        yield from (replace(use, doubt=doubt) if use.span.line in lent else use for use in asked)
        places = {(use.span.line, use.span.column) for use in asked}
        shown = [piece for piece in fragments if not piece.is_inline]
        for use in super().uses(shown):
            if (use.span.line, use.span.column) not in places:
                yield use

    def _is_foreign(self, piece: Fragment) -> bool:
        """Whether a block imports packages, none of which is ours: its types are of these."""
        named = {name for line in piece.lines for name in self.imports.findall(line.text)}
        return bool(named) and self._names.isdisjoint(map(_plain, named))

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of our packages, plain."""
        return frozenset(map(_plain, own_programs(self.ground)))

    def _asked(self, line: Span, text: str, made: set[str]) -> Iterator[Use]:
        for match in _ASKED.finditer(text):
            owner, name = match[1], match[2]
            if owner not in self._types or {owner, name} & made or name in self._own.always:
                continue
            if self._own.find(owner) is not None:
                yield Use("api", Span(name, line.line, line.column + match.start(2)), owner, name)

    def judge(self, use: Use) -> Claim | None:
        """A name that a type of ours has not is false where nothing else may give it one."""
        own = self._own.find(use.module) if use.module else None
        return super().judge(use) if own is None else self._member(use, own)

    def _member(self, use: Use, own: OwnType) -> Claim | None:
        if use.name in own.asked.names:
            return true(use.kind, use.span, own.asked.names[use.name])
        if use.name in self._members:
            return true(use.kind, use.span, self._members[use.name])
        if self.ground.mention(use.name) is not None:
            return None
        what = f"in `{use.module}`"
        if own.asked.why:
            claim = judged(self.ground, use, use.name, own.asked, what, own.place)
            return claim if claim.suggestion else None
        return missing(use, use.name, what, own.asked.names, own.place, closed=True)


class Swift(Braced):
    """Swift: public types and functions, property wrappers and macros among them."""

    fences: ClassVar[frozenset[str]] = frozenset({"swift"})
    own_types: ClassVar[type[OwnTypes]] = SwiftTypes
    adds: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"\b(?:extension|case|static\s+(?:let|var|func))\s+`?(\w+)"
    )
    imports: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"^\s*(?:@\w+\s+)?import\s+(?:(?:struct|class|enum|func|protocol)\s+)?(\w+)"
    )
    endings: ClassVar[tuple[str, ...]] = (".swift",)
    types: ClassVar[re.Pattern[bytes]] = lazy_pattern(
        rb"(?m)^[ \t]*(?:@\w+[ \t]+)*(?:public|open)[ \t]+(?:final[ \t]+|indirect[ \t]+)?"
        rb"(?:class|struct|enum|protocol|actor|typealias|macro)[ \t]+(\w+)"
    )
    members: ClassVar[re.Pattern[bytes]] = lazy_pattern(
        rb"\b(?:public|open)[ \t]+(?:@\w+[ \t]+|static[ \t]+|class[ \t]+|mutating[ \t]+|override[ \t]+)*func[ \t]+(\w+)"
    )
    type_uses: ClassVar[re.Pattern[str]] = lazy_pattern(r"\b([A-Z]\w{3,})\b")
    member_uses: ClassVar[re.Pattern[str]] = lazy_pattern(r"\.(\w+)(?=\s*[({])")
    makes: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"\b(?:class|struct|enum|protocol|actor|func)\s+(\w+)"
    )


class Dart(Braced):
    """Dart: types and methods under lib/."""

    fences: ClassVar[frozenset[str]] = frozenset({"dart"})
    own_types: ClassVar[type[OwnTypes]] = DartTypes
    adds: ClassVar[re.Pattern[str]] = lazy_pattern(r"\bstatic\b[^;{}=(]*?\b(\w+)\s*(?=[(=;{])")
    imports: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"^\s*import\s+['\"](?!dart:)(?:package:)?([\w.]+)"
    )
    endings: ClassVar[tuple[str, ...]] = (".dart",)
    types: ClassVar[re.Pattern[bytes]] = lazy_pattern(
        rb"(?m)^(?:abstract[ \t]+|sealed[ \t]+|base[ \t]+|final[ \t]+|interface[ \t]+)*"
        rb"(?:class|mixin|enum|extension|typedef)[ \t]+([A-Z]\w*)"
    )
    members: ClassVar[re.Pattern[bytes]] = lazy_pattern(
        rb"(?m)^[ \t]+(?:static[ \t]+)?[A-Z][\w<>?, ]*[ \t]+([a-z]\w*)\("
    )
    type_uses: ClassVar[re.Pattern[str]] = lazy_pattern(r"\b([A-Z]\w{3,})\b")
    member_uses: ClassVar[re.Pattern[str]] = lazy_pattern(r"\.([a-z]\w*)(?=\()")
    makes: ClassVar[re.Pattern[str]] = lazy_pattern(r"\b(?:class|mixin|enum|extension)\s+(\w+)")
