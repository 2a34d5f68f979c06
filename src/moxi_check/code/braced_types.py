"""Types of Swift and Dart by their own sources: what is asked of one by its name, and whether that is all."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from moxi_analyzer.braces import MAX_BYTES, Code
from moxi_check.code.resolve import Offered
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_GENERATED = lazy_pattern(r"\.(?:gen|generated|gr|mocks|pb\w*)\.\w+$")
_WORD = lazy_pattern(r"\w+")


@dataclass(frozen=True)
class Declared:
    """One declaration of a type, or an extension of it; `head` is what stands before its body."""

    path: str
    line: int
    kind: str
    is_inner: bool
    marks: str
    head: str
    body: str  # what stands in braces or brackets inside it is blanked
    start: int  # of the body, in the file
    words: frozenset[str]


@dataclass(frozen=True)
class OwnType:
    """A type of ours; `lone` where it takes nothing from another type."""

    place: Evidence
    asked: Offered
    lone: bool


class OwnTypes(ABC):
    """The types of one language, each read when it is asked for."""

    ending: ClassVar[str]
    single_quotes: ClassVar[bool]
    always: ClassVar[frozenset[str]]  # what the language gives each type
    declaration: ClassVar[re.Pattern[str]]

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._known: dict[str, OwnType | None] = {}
        self._codes: dict[str, Code] = {}

    def find(self, name: str) -> OwnType | None:
        """The type of ours that has this name; None where there is none, or several."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    @abstractmethod
    def _read(self, name: str) -> OwnType | None: ...

    @cached_property
    def _files(self) -> dict[str, bytes]:
        """All that the repository has in the language, tests and examples among them."""
        repo = self.ground.repo
        return {
            path: repo.read(path) or b""
            for path, entry in repo.files.items()
            if path.endswith(self.ending) and entry.role != "vendored"
        }

    def _asked(self, name: str) -> set[str]:
        """What the repository's own code asks of a name."""
        asked = re.compile(rf"(?<![\w.$\\]){name}(?:<[\w<>?, ]*>)?\.(\w+)")
        needle = f"{name}.".encode()
        paths = [path for path, content in self._files.items() if needle in content]
        return {word for path in paths for word in asked.findall(self._code(path).mask)}

    def declared(self, name: str) -> list[Declared]:
        """The declarations that have a name, those inside other types among them."""
        found: list[Declared] = []
        for path, content in self._files.items():
            if name.encode() in content and self.ground.repo.files[path].role == "source":
                found.extend(self._in_file(path, name))
        return found

    def _in_file(self, path: str, name: str) -> Iterator[Declared]:
        code = self._code(path)
        for match in self.declaration.finditer(code.mask):
            if match["name"] == name:
                opening = match.end() - 1
                close = code.close(opening)
                yield Declared(
                    path=path,
                    line=code.line(match.start("name")),
                    kind=match["kind"],
                    is_inner=bool(match["indent"]),
                    marks=match["marks"],
                    head=match["head"],
                    body=code.flat(opening + 1, close),
                    start=opening + 1,
                    words=frozenset(_WORD.findall(code.mask, opening, close)),
                )

    def _code(self, path: str) -> Code:
        if path not in self._codes:
            text = self.ground.repo.text(path) or ""
            self._codes[path] = Code(text, single_quotes=self.single_quotes)
        return self._codes[path]

    def places(self, found: Declared, pattern: re.Pattern[str]) -> Iterator[tuple[str, Evidence]]:
        """The names that a pattern finds in the body of a declaration, where they stand."""
        code = self._codes[found.path]
        for match in pattern.finditer(found.body):
            at = found.start + match.start(1)
            yield match[1], Evidence(path=found.path, line=code.line(at))

    def gap(self, name: str, parts: list[Declared]) -> str:
        """Why the declarations of a type are not all there is to it; "" where nothing tells so."""
        if any(len(self._codes[part.path].text) >= MAX_BYTES for part in parts):
            return "a source that is not read to its end has it"
        if any(_GENERATED.search(part.path) for part in parts):
            return "a generator writes it"
        words = frozenset[str]().union(*(part.words for part in parts))
        more = self._asked(name) - words - self.always
        if more:
            return f"own code asks `{min(more)}` of it too"
        return ""


class DartTypes(OwnTypes):
    """Dart: static members and named constructors are those of the one declaration, and of no other."""

    ending: ClassVar[str] = ".dart"
    single_quotes: ClassVar[bool] = True
    declaration: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"(?m)^(?P<indent>)(?P<marks>(?:@[\w.]+(?:\([^()]*\))?\s+)*(?:(?:augment|abstract|base|final|sealed|interface|mixin)\s+)*)"
        r"(?P<kind>class|mixin|enum|extension(?:\s+type)?)\s+(?:const\s+)?(?P<name>[A-Z]\w*)(?P<head>[^{};=]*)\{"
    )
    always: ClassVar[frozenset[str]] = frozenset({"new", "values", "dart"})

    def _read(self, name: str) -> OwnType | None:
        parts = self.declared(name)
        if len(parts) != 1:
            return None
        only = parts[0]
        asked = Offered(why=self.gap(name, parts))
        if re.search(r"augment|@freezed|@unfreezed|@Freezed", only.marks) or "_$" in only.head:
            asked.why = "a generator adds to it"
        for member, place in self.places(only, _DART_STATIC):
            asked.names[member] = place
        named = re.compile(rf"\b{name}\.(\w+)[ \t]*\(")
        for member, place in self.places(only, named):
            asked.names[member] = place
        place = Evidence(path=only.path, line=only.line)
        if only.kind == "enum":
            asked.names["values"] = place
            for member, at in self._constants(only):
                asked.names[member] = at
        return OwnType(place, asked, lone=not only.head.strip())

    def _constants(self, only: Declared) -> Iterator[tuple[str, Evidence]]:
        code = self._codes[only.path]
        listed = only.body.partition(";")[0]
        for match in _CONSTANT.finditer(listed):
            yield match[1], Evidence(path=only.path, line=code.line(only.start + match.start(1)))


_DART_STATIC = lazy_pattern(
    r"\bstatic\b[^;{}=(]*?\b(?!Function\b)([A-Za-z]\w*)[ \t]*(?=[(;{]|=|<[^<>;]*>[ \t]*\()"
)
_CONSTANT = lazy_pattern(r"(?:^|,)\s*(?:@[\w.]+(?:\(\s*\))?\s*)*([a-zA-Z]\w*)")

# Protocols that give a type no name to be asked by, and what enums have their values in.
_PLAIN = frozenset(
    "Codable Encodable Decodable Equatable Hashable Comparable Sendable Error Identifiable Copyable BitwiseCopyable "
    "CustomStringConvertible CustomDebugStringConvertible CaseIterable AnyObject Any "
    "String Int Int8 Int16 Int32 Int64 UInt UInt8 UInt16 UInt32 UInt64 Double Float Character".split()
)
_PLAIN_MARKS = frozenset(
    "available objc objcMembers MainActor frozen usableFromInline inlinable IBDesignable propertyWrapper resultBuilder "
    "main discardableResult unchecked preconcurrency".split()
)
_GENERIC = lazy_pattern(r"<[^<>]*>")
_SWIFT_STATIC = lazy_pattern(r"\b(?:static|class)\b[\w()\s]*?\b(?:let|var|func)\s+`?(\w+)")
_SWIFT_INNER = lazy_pattern(r"\b(?:struct|class|enum|actor|typealias)\s+([A-Z]\w*)")
_SWIFT_CASES = lazy_pattern(r"\bcase\b[ \t]+([^\n]*)")
_SWIFT_CASE = lazy_pattern(r"(?:^|,)\s*`?(\w+)")


class SwiftTypes(OwnTypes):
    """Swift: what the declaration and the extensions of a type say, if no other type may add to it."""

    ending: ClassVar[str] = ".swift"
    single_quotes: ClassVar[bool] = False
    declaration: ClassVar[re.Pattern[str]] = lazy_pattern(
        r"(?m)^(?P<indent>[ \t]*)(?P<marks>(?:@[\w.]+(?:\((?:[^()]|\([^()]*\))*\))?\s+)*"
        r"(?:(?:public|open|internal|package|private|fileprivate|final|indirect|nonisolated)\s+)*)"
        r"(?P<kind>class|struct|enum|actor|protocol|extension)\s+(?P<name>[A-Z]\w*)(?P<head>(?![\w.])[^{}]*)\{"
    )
    always: ClassVar[frozenset[str]] = frozenset(
        "self init Type Protocol Self allCases AllCases RawValue".split()
    )

    def _read(self, name: str) -> OwnType | None:
        parts = self.declared(name)
        own = [part for part in parts if part.kind != "extension"]
        if len(own) != 1 or own[0].is_inner or own[0].kind == "protocol":
            return None
        above = frozenset[str]().union(*(_above(part.head) for part in parts))
        asked = Offered(why=self.gap(name, parts) or self._open(name, parts, set()))
        place = Evidence(path=own[0].path, line=own[0].line)
        for part in parts:
            for pattern in (_SWIFT_STATIC, _SWIFT_INNER):
                for member, at in self.places(part, pattern):
                    asked.names.setdefault(member, at)
            if own[0].kind == "enum":
                for cases, at in self.places(part, _SWIFT_CASES):
                    for case in _SWIFT_CASE.findall(cases):
                        asked.names.setdefault(case, at)
        return OwnType(place, asked, lone=not above)

    def _open(self, name: str, parts: list[Declared], seen: set[str]) -> str:
        """What may add to a type: a macro, a type above it that is not ours; "" where nothing may."""
        seen.add(name)
        marks = {mark for part in parts for mark in re.findall(r"@(\w+)", part.marks)}
        if marks - _PLAIN_MARKS:
            return f"`@{min(marks - _PLAIN_MARKS)}` may add to it"
        for other in sorted(frozenset[str]().union(*(_above(part.head) for part in parts))):
            if other in _PLAIN or other in seen:
                continue
            theirs = self.declared(other)
            if sum(part.kind != "extension" for part in theirs) != 1:
                return f"it takes from `{other}`, which is not ours"
            if why := self._open(other, theirs, seen):
                return why
        return ""


def _above(head: str) -> frozenset[str]:
    """The types after the colon of a declaration."""
    while (shorter := _GENERIC.sub("", head)) != head:
        head = shorter
    listed = re.split(r"\bwhere\b", head)[0].strip().removeprefix(":")
    names = (re.sub(r"@\w+\s+", "", part).strip() for part in re.split(r"[,&]", listed))
    return frozenset(name.lstrip("~").removeprefix("Swift.") for name in names if name)
