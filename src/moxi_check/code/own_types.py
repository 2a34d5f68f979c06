"""The types that own sources of Java, Kotlin, C# and PHP declare, found by one pass over the text.

Only the files of types that a page names are parsed, to know their members.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from moxi_analyzer.languages import language_of
from moxi_analyzer.surface.typed.declared_types import Member, Type, types_of, without_comments
from moxi_analyzer.syntax import source_of, text_of
from moxi_check.code.typed_index import Index
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MAX_BASES = 12
_PACKAGE = lazy_pattern(rb"(?m)^[ \t]*(?:package|namespace)[ \t]+([\w.\\]+)")
_TYPE = lazy_pattern(
    rb"(?m)^[^\n/*'\"]{0,160}?\b(?:class|interface|enum|record|struct|object|trait|typealias)[ \t]+"
    rb"(?:class[ \t]+|struct[ \t]+)?([A-Za-z_]\w*)"
)
_TOP_LEVEL = lazy_pattern(
    rb"(?m)^[ \t]{0,8}(?:[a-z@]\w* ){0,5}?(?:fun|val|var|function)[ \t]+(?:<[^>\n]{0,80}>[ \t]*)?"
    rb"(?:[\w<>?*, ]{1,60}\.)?&?([A-Za-z_]\w*)"
)
_DELEGATE = lazy_pattern(rb"(?m)\bdelegate[ \t]+[\w<>?\[\], ]{1,80}?[ \t](\w+)[ \t]*[<(]")
_EXTENSION = lazy_pattern(rb"\b(\w+)[ \t]*(?:<[^>\n]{0,80}>)?\(\s{0,40}this[ \t]")
_MAKES_MEMBERS = lazy_pattern(
    r"Data|Value|Builder|SuperBuilder|Getter|Setter|With|Wither|Accessors|Immutable|AutoValue|"
    r"RecordBuilder|FieldDefaults|Delegate|Generated\w*|.*Generator"
)
_PLAIN_BASES = frozenset(
    "Object Any object Enum Record Comparable Serializable Cloneable Closeable AutoCloseable IDisposable "
    "IEquatable IComparable ICloneable JsonSerializable Countable Stringable Throwable Exception "
    "RuntimeException IAsyncDisposable Runnable Iterable byte int uint long short sbyte ulong ushort".split()
)
_INTERFACE = lazy_pattern(r"Interface$|^I[A-Z][a-z]")
_PHP_MEMBER = lazy_pattern(
    r"(?m)\bfunction[ \t]+&?(?P<function>\w+)[ \t]*\((?:[^()]|\([^()]*\))*\)(?:[ \t]*:[ \t]*\??(?P<type>[\w\\]+))?"
    r"|\bconst[ \t]+(?:\w+[ \t]+)?(?P<const>\w+)[ \t]*=|^[ \t]*case[ \t]+(?P<case>\w+)[ \t]*[=;]"
    r"|^[ \t]*(?:(?:public|protected|private|static|readonly)[ \t]+)+[^\n$;(]{0,80}\$(?P<field>\w+)"
    r"|@return[ \t]+(?P<returns>[\w\\$]+)"
    r"|@method[ \t]+(?:static[ \t]+)?(?:[\w|\\<>\[\], $]+?[ \t]+)?(?P<told>\w+)\("
)
_PHP_BASES = lazy_pattern(r"(?m)^[ \t]*(?:(?:abstract|final|readonly)[ \t]+)*(?:class|interface|trait|enum)[ \t]+\w+[^{\n]*?(?:extends|implements)[ \t]+([\w\\, \t\n]+)|^[ \t]+use[ \t]+([\w\\, ]+)[;{]")  # fmt: skip


@dataclass(frozen=True)
class OwnType:
    """A type (or top-level function) at its place."""

    name: str
    namespace: str
    path: str
    line: int

    @property
    def place(self) -> Evidence:
        """Where it is declared."""
        return Evidence(path=self.path, line=self.line)


@dataclass
class Offered:
    """Members of a type: (place, name of its type); `why` tells why there may be more."""

    members: dict[str, tuple[Evidence, str]] = field(default_factory=dict)
    why: str = ""


class OwnTypes:
    """The types of the own sources that some grammars parse; `joint` stands in qualified names."""

    def __init__(self, ground: Ground, grammars: tuple[str, ...], joint: str) -> None:
        self.ground, self.grammars, self.joint = ground, grammars, joint
        self.index = Index(ground, grammars)
        self._offered: dict[str, Offered] = {}

    @property
    def by_name(self) -> dict[str, list[OwnType]]:
        """All types, by their plain name."""
        return self._found[0]

    @property
    def functions(self) -> dict[str, list[OwnType]]:
        """Functions outside of types, and those that extend others' types, by their name."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[str, list[OwnType]], dict[str, list[OwnType]]]:
        types: dict[str, list[OwnType]] = defaultdict(list)
        functions: dict[str, list[OwnType]] = defaultdict(list)
        for path in self.ground.repo.own_sources(*self.grammars):
            content = self.ground.repo.read(path)
            if not content:
                continue
            package = _PACKAGE.search(content)
            namespace = package[1].decode("utf-8", "replace") if package else ""
            for pattern in (_TYPE, _DELEGATE) if path.endswith(".cs") else (_TYPE,):
                for name, line in _places(pattern, content):
                    types[name].append(OwnType(name, namespace, path, line))
            function = _EXTENSION if path.endswith(".cs") else _TOP_LEVEL
            for name, line in _places(function, content) if not path.endswith(".java") else ():
                functions[name].append(OwnType(name, namespace, path, line))
        return dict(types), dict(functions)

    @cached_property
    def namespaces(self) -> dict[str, str]:
        """The namespaces of own sources, each with a file of it."""
        found: dict[str, str] = {}
        for items in self.by_name.values():
            for item in items:
                found.setdefault(item.namespace, item.path)
        found.pop("", None)
        return found

    def full(self, item: OwnType) -> str:
        """The qualified name."""
        return self.joint.join(part for part in (item.namespace, item.name) if part)

    def at(self, namespace: str, name: str) -> OwnType | None:
        """The type of a qualified name, also one within another type."""
        items = self.by_name.get(name, [])
        outer_space, _, outer = namespace.rpartition(self.joint)
        outers = {o.path for o in self.by_name.get(outer, []) if o.namespace == outer_space}
        for item in items:
            if item.namespace == namespace or item.path in outers:
                return item
        return None

    def only(self, name: str) -> OwnType | None:
        """The type of a plain name, if no other is called so, or none so near to the root."""
        items = self.by_name.get(name, [])
        files = {(item.namespace, _stem(item.path)) for item in items}
        if len(files) == 1:
            return items[0]
        named = [item for item in items if _stem(item.path) == name]
        least = min((item.namespace.count(self.joint) for item in named), default=0)
        nearest = {i.namespace: i for i in named if i.namespace.count(self.joint) == least}
        return next(iter(nearest.values())) if len(nearest) == 1 else None

    def is_common(self, name: str) -> bool:
        """Whether own code takes a type of this name from others: then it may be that one."""
        spaces = self.index.imported_names.get(name, set())
        ours = {item.namespace.replace("\\", ".") for item in self.by_name.get(name, [])}
        nested = {space.rpartition(".")[2] in self.by_name for space in spaces - ours}
        return bool(spaces - ours) and not all(nested)

    def top_level(self, name: str) -> OwnType | None:
        """A function that stands outside of all types, as its indent shows."""
        for item in self.functions.get(name, []):
            lines = (self.ground.repo.text(item.path) or "").split("\n")
            if item.line <= len(lines) and lines[item.line - 1][:1].strip():
                return item
        return None

    # Members

    def offers(self, item: OwnType, depth: int = 0) -> Offered:
        """What a type offers, with what it inherits."""
        key = self.full(item)
        if key not in self._offered:
            found = self._offered[key] = Offered()
            for part in self.by_name.get(item.name, []):
                if part.namespace == item.namespace:
                    self._read(part, found, depth)
        return self._offered[key]

    def _read(self, item: OwnType, found: Offered, depth: int) -> None:
        if item.path.endswith(".php"):
            bases = self._read_php(item, found)
        else:
            bases = self._read_typed(item, found)
        for base in bases:
            plain = re.split(r"[.\\]", base.strip())[-1]
            if not plain or plain in _PLAIN_BASES or plain == item.name:
                continue
            parent = self.at(item.namespace, plain) or self.only(plain)
            # What a class owes to an interface of others, it defines itself.
            if parent is None and _INTERFACE.search(plain) and item.path.endswith((".php", ".cs")):
                continue
            if parent is None or depth > _MAX_BASES:
                found.why = found.why or f"`{item.name}` has all of `{plain}`"
                continue
            inherited = self.offers(parent, depth + 1)
            for name, member in inherited.members.items():
                found.members.setdefault(name, member)
            found.why = found.why or inherited.why

    def _read_typed(self, item: OwnType, found: Offered) -> list[str]:
        content, language = self.ground.repo.read(item.path), language_of(item.path)
        if content is None or language is None or not language.grammar:
            found.why = f"`{item.path}` was not read"
            return []
        source = without_comments(source_of(item.path, language.grammar, content))
        why = f"`{item.name}` was not found in `{item.path}`"
        bases: list[str] = []
        for declared in types_of(source):
            if declared.outer == item.name:
                place = source.at(declared.node)
                found.members.setdefault(declared.name, (place, declared.name))
            if declared.name == item.name:
                why = f"`{item.name}` does not parse as a whole" if declared.node.has_error else ""
                bases += declared.bases
                self._take(declared, found)
        found.why = found.why or why
        return bases

    def _take(self, declared: Type, found: Offered) -> None:
        source = declared.source
        taken: dict[str, str] = {}
        for member in declared.members:
            place = source.at(member.node)
            kind = re.match(r"[\w.\\]+", member.type or _kotlin_result(member))
            given = kind[0].rpartition(".")[2] if kind else ""
            if member.name in taken and taken[member.name] != given:
                given = ""  # a field and a method, or two methods, that give different things
            taken[member.name] = given
            found.members[member.name] = (place, given)
        for constant in declared.constants:
            found.members.setdefault(constant, (source.at(declared.node), declared.name))
        if any(_MAKES_MEMBERS.fullmatch(name.rpartition(".")[2]) for name in declared.annotations):
            found.why = found.why or f"annotations give `{declared.name}` more"

    def _read_php(self, item: OwnType, found: Offered) -> list[str]:
        text = self.ground.repo.text(item.path) or ""
        told = ""
        for match in _PHP_MEMBER.finditer(text):
            if match["returns"]:
                told = match["returns"]
                continue
            name = next(v for k, v in match.groupdict().items() if v and k != "type")
            kind = (match["type"] or told).rpartition("\\")[2]
            told = ""
            given = item.name if kind in {"self", "static", "$this"} else kind
            place = Evidence(path=item.path, line=text.count("\n", 0, match.start()) + 1)
            found.members.setdefault(name, (place, given))
        if re.search(r"function &?__(?:call|callStatic|get)\b|@mixin", text):
            found.why = found.why or f"`{item.name}` answers any name"
        return [
            base
            for match in _PHP_BASES.finditer(text)
            for base in (match[1] or match[2]).replace("implements", ",").split(",")
        ]


def _places(pattern: re.Pattern[bytes], content: bytes) -> Iterator[tuple[str, int]]:
    """What the pattern's group finds, each with its line."""
    line, last = 1, 0
    for match in pattern.finditer(content):
        line += content.count(b"\n", last, match.start(1))
        last = match.start(1)
        yield match[1].decode("utf-8", "replace"), line


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _kotlin_result(member: Member) -> str:
    """The type that follows the parameters of a Kotlin function."""
    if not member.is_method or member.owner.source.grammar != "kotlin":
        return ""
    children = member.node.named_children
    after = [n for n, c in enumerate(children) if c.type == "function_value_parameters"]
    result = children[after[0] + 1] if after and after[0] + 1 < len(children) else None
    return text_of(result) if result is not None and result.type.endswith("type") else ""


def plain_type(text: str) -> str:
    """The last word of a written type: `Builder` of `Moshi.Builder<T>`."""
    return re.split(r"[.\\]", text.partition("<")[0].strip("?* "))[-1]
