"""Java, Kotlin, C# and PHP on a page: types that are imported, and what is asked of them.

One walk serves them all: what differs are the names of nodes and how imports are written.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.own_types import OwnTypes
from moxi_check.code.resolve import Offered, judged, missing, shared
from moxi_check.code.typed_uses import UNTOLD, Value, Walker
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import InlineCode, Span
from moxi_check.ground import nearest
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_check.kinds.told import own_names
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# What every object, enumeration or class has, and what languages add to all.
_COMMON = frozenset(
    "toString equals hashCode getClass class values valueOf ordinal name entries copy let apply also run "
    "with java javaClass Equals ToString GetType GetHashCode ReferenceEquals Invoke invoke cases from "
    "tryFrom length forEach iterator spliterator to use takeIf takeUnless wait notify compareTo await Result".split()
)


_ELSEWHERE = "a variable that another block of the page makes"


_NAMED = lazy_pattern(r"\b([A-Z]\w{3,})\b")
# `Client.close()` in a sentence.
_INLINE = lazy_pattern(r"(?P<type>[A-Z]\w*)(?:\.[A-Za-z]\w*)+(?:\([^()\n]{0,80}\))?")
_CALLED = lazy_pattern(r"\.([A-Z]\w{3,})\(")


@dataclass(frozen=True)
class Import:
    """One import: the node that names it, its namespace and name ("" for all of it), its alias."""

    node: Node
    namespace: str
    name: str
    alias: str = ""
    is_static: bool = False


class Typed(Language):
    """What Java, Kotlin, C# and PHP share."""

    grammars: ClassVar[tuple[str, ...]]
    joint: ClassVar[str] = "."
    keyword: ClassVar[str] = "import"
    has_extensions: ClassVar[bool] = False  # others may add methods to objects of our types
    speaks_inline: ClassVar[bool] = False  # whether code spans of this form are its own
    fewest_words: ClassVar[int] = 2  # that a namespace of ours must have to tell whose it is

    @cached_property
    def types(self) -> OwnTypes:
        """The types of own sources."""
        return OwnTypes(self.ground, self.grammars, self.joint)

    @abstractmethod
    def imports(self, piece: Fragment) -> Iterator[Import]:
        """What a fragment imports, of whomever."""

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """A type of ours with what is asked of it."""
        found = _INLINE.fullmatch(code.text) if self.speaks_inline else None
        if found is None or code.text.rpartition(".")[2] in FILE_SUFFIXES:  # `Client.json`
            return
        if self._has_sources and found["type"] in self.types.by_name:
            span = Span(code.text + ";", code.line, code.column)
            yield Fragment((span,), self.grammar, code.section, code.before, is_inline=True)

    def speaks(self, text: str) -> bool:
        """Whether a text names types of ours as code does, or calls an extension: `.AddDemo(`."""
        if not self._has_sources or not text.rstrip().endswith((";", "}")):
            return False
        named = any(name in self.types.by_name for name in _NAMED.findall(text))
        called = _CALLED.findall(text) if self.has_extensions else []
        return named or any(name in self.types.functions for name in called)

    @cached_property
    def _has_sources(self) -> bool:
        return next(self.ground.repo.own_sources(*self.grammars), None) is not None

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What one fragment imports holds in all."""
        if not fragments or not self._has_sources:
            return
        imported: dict[str, str] = {}
        spaces: set[str] = set()
        found: list[list[Use]] = []
        for piece in fragments:
            found.append([])
            for item in self.imports(piece):
                if not item.name:
                    spaces.add(item.namespace)
                elif not item.is_static:
                    imported.setdefault(item.alias or item.name, item.namespace)
                else:
                    spaces.add(self.joint.join((item.namespace, item.name)))
                if self.is_ours(item.namespace) or not item.is_static:
                    use = Use("import", piece.span(item.node), item.namespace, item.name)
                    found[-1].append(use)
        page: dict[str, Value | None] = {}
        for piece in fragments:
            walker = self._walker(piece, imported, spaces, page)
            list(walker.uses())
            for name, value in walker.known.items():
                other = page.get(name, value)
                # Two things of one name on a page: nobody knows which a third fragment means.
                same = value and other and value.type == other.type and value.is_instance
                page[name] = (
                    replace(value, doubt=value.doubt or _ELSEWHERE) if value and same else None
                )
        for piece, uses in zip(fragments, found, strict=True):
            uses += self._walker(piece, imported, spaces, page).uses()
        everything = [use for uses in found for use in uses]
        sure = {use.module + use.name.partition(".")[0] for use in everything if self._holds(use)}
        for use in everything:
            is_sure = use.doubt == UNTOLD and use.module + use.name.partition(".")[0] in sure
            yield replace(use, doubt="") if is_sure else use

    def _walker(
        self,
        piece: Fragment,
        imported: dict[str, str],
        spaces: set[str],
        page: dict[str, Value | None],
    ) -> Walker:
        return Walker(
            self.types,
            piece,
            lambda name: self.visible(name, imported, spaces),
            has_extensions=self.has_extensions,
            page=page,
        )

    def _holds(self, use: Use) -> bool:
        """Whether a type has the member it is asked for: then it is the one that is meant."""
        owner, _, last = use.name.rpartition(".")
        item = self.types.at(use.module, owner) if owner else None
        return item is not None and last in self.types.offers(item).members

    def is_ours(self, namespace: str) -> bool:
        """Whether a namespace, or one above it, is declared in own sources."""
        words = namespace.split(self.joint)
        fewest = 1 if words[0].lower() in self._named_so else self.fewest_words
        heads = (self.joint.join(words[:n]) for n in range(fewest, len(words) + 1))
        return any(head in self.types.namespaces for head in heads)

    @cached_property
    def _named_so(self) -> frozenset[str]:
        """Names of the repository and its packages: a namespace of one word that is called so is ours."""
        packages = (fact.value.lower() for fact in self.ground.facts("package"))
        return own_names(self.ground).union(packages)

    def visible(self, name: str, imported: dict[str, str], spaces: set[str]) -> Value | None:
        """The type of ours that a name means on a page with these imports."""
        if name in imported:
            item = self.types.at(imported[name], name)
            return Value(item, False) if item else None
        if not name[:1].isupper():
            return None
        for space in spaces:
            item = self.types.at(space, name)
            if item is not None:
                return Value(item, False)
        item = self.types.only(name)
        if item is None or self.types.is_common(name):
            return None
        plain = {own.replace("-", "").replace("_", "").replace(".", "") for own in self._own}
        doubt = "" if name.lower() in plain else UNTOLD
        return Value(item, False, doubt)

    @cached_property
    def _own(self) -> frozenset[str]:
        packages = {fact.value.lower() for fact in self.ground.facts("package")}
        return own_names(self.ground) | packages | {p.rpartition("/")[2] for p in packages}

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """Imports are held against declared types, members against the type and its bases."""
        if use.kind == "import":
            if self.is_ours(use.module):
                return self._import(use)
            full = self.joint.join(part for part in (use.module, use.name) if part)
            return shared(self.ground, use, f"{self.keyword} {full}")
        if not use.module and (use.on_instance or use.argument):
            return self._by_name(use)
        owner, _, last = use.name.rpartition(".")
        if not owner:
            return self._import(use)
        item = self.types.at(use.module, owner)
        if item is None:
            return None
        offered = self.types.offers(item)
        if last in offered.members:
            return true(use.kind, use.span, offered.members[last][0])
        if last in _COMMON:
            return None
        if self.has_extensions and last in self.types.functions:
            return true(use.kind, use.span, self.types.functions[last][0].place)
        if offered.why:
            return not_judged(use.kind, use.span, offered.why)
        forms = _forms(last) if use.on_instance else (last,)
        if any(self.ground.mention(word, docs=False) for word in forms):
            return not_judged(use.kind, use.span, f"it stands elsewhere than in `{owner}`")
        return missing(use, last, f"a member of `{owner}`", offered.members, item.place)

    def _by_name(self, use: Use) -> Claim | None:
        """What is asked of an object whose type is not told, or a named argument of a call on it."""
        index = self.types.index
        if use.argument:
            known = index.parameters(use.name)
            word, what = use.argument, f"a parameter of `{use.name}`"
        else:
            known = {name: found[0].place for name, found in index.methods.items()}
            word, what = use.name, "a method of ours"
        if word in _COMMON:
            return None
        offered = Offered(known, "the type of the object is not told here")
        claim = judged(self.ground, use, word, offered, what, Evidence(path=""))
        return claim if claim.verdict != "not_judged" or claim.suggestion else None

    def _import(self, use: Use) -> Claim | None:
        namespaces = self.types.namespaces
        if not use.name:
            if use.module in namespaces:
                return true(use.kind, use.span, Evidence(path=namespaces[use.module]))
            space, _, name = use.module.rpartition(self.joint)
            item = self.types.at(space, name)
            if item is not None:
                return true(use.kind, use.span, item.place)
            # Packages of others live in namespaces below ours: only a slip of the pen is told.
            near = nearest(use.module, namespaces, cutoff=0.9)
            slip = near.count(self.joint) == use.module.count(self.joint) and near
            if not slip or self.ground.mention(name):
                return None
            return missing(
                use,
                use.module,
                "a namespace of this repository",
                [near],
                Evidence(path=namespaces[near]),
            )
        item = self.types.at(use.module, use.name)
        if item is not None:
            return true(use.kind, use.span, item.place)
        functions = self.types.functions.get(use.name, [])
        for function in functions:
            if function.namespace == use.module:
                return true(use.kind, use.span, function.place)
        member = self._static(use)
        if member is not None:
            return member
        elsewhere = [
            self.types.full(item) for item in [*self.types.by_name.get(use.name, []), *functions]
        ]
        written = use.span.text
        if use.module not in namespaces and self.ground.mention(use.module, docs=False):
            return not_judged(use.kind, use.span, f"own code uses `{use.module}` of others")
        if elsewhere:
            return missing(use, written, f"in `{use.module}`", elsewhere)
        if self.ground.mention(use.name, docs=False) or use.module not in namespaces:
            return not_judged(use.kind, use.span, f"`{use.module}` may have it from elsewhere")
        known = [
            self.types.full(item)
            for items in self.types.by_name.values()
            for item in items
            if item.namespace == use.module
        ]
        place = Evidence(path=namespaces[use.module])
        return missing(use, written, f"in `{use.module}`", known, place)

    def _static(self, use: Use) -> Claim | None:
        """A static import: the namespace is a type."""
        space, _, name = use.module.rpartition(self.joint)
        if name == "Companion":
            space, _, name = space.rpartition(self.joint)
        owner = self.types.at(space, name)
        if owner is None:
            return None
        offered = self.types.offers(owner)
        if use.name in offered.members or use.name in _COMMON:
            return true(use.kind, use.span, offered.members.get(use.name, (owner.place,))[0])
        if offered.why or self.ground.mention(use.name, docs=False):
            return not_judged(
                use.kind, use.span, offered.why or f"it stands elsewhere than in `{name}`"
            )
        known = [self.joint.join((use.module, member)) for member in offered.members]
        return missing(use, use.span.text, f"a member of `{name}`", known, owner.place)


def _forms(name: str) -> Iterator[str]:
    """A member, and the field that its accessor may be made of."""
    yield name
    for prefix in ("get", "set", "is", "with", "has"):
        rest = name.removeprefix(prefix)
        if rest != name and rest[:1].isupper():
            yield rest
            yield rest[0].lower() + rest[1:]
