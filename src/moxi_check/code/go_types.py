"""What packages and types of a Go module offer, followed through embedding and aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from moxi_analyzer.golang.packages import Decl, GoCode, GoFile, GoPackage
from moxi_analyzer.syntax import text_of
from moxi_check.code.uses import Use
from moxi_core.records import Evidence

_MAX_DEPTH = 8
_WRAPPERS = frozenset({"pointer_type", "parenthesized_type", "generic_type"})

# What types of the standard library give to those that embed them.
_STANDARD = {
    "http.Handler": "ServeHTTP",
    "io.Reader": "Read",
    "io.Writer": "Write",
    "io.Closer": "Close",
    "fmt.Stringer": "String",
    "error": "Error",
    "sync.Mutex": "Lock Unlock TryLock",
    "sync.RWMutex": "Lock Unlock TryLock RLock RUnlock TryRLock RLocker",
    "context.Context": "Deadline Done Err Value",
}


@dataclass(frozen=True)
class GoType:
    """A named type of one of our packages."""

    package: GoPackage
    name: str


@dataclass(frozen=True)
class Member:
    """A name that a package or type offers; `type` is what it is, or gives when called."""

    place: Evidence
    type: GoType | None = None
    gives_function: bool = False


@dataclass
class Offered:
    """The members of a type; `why` tells why there may be more, "" if these are all."""

    members: dict[str, Member] = field(default_factory=dict)
    why: str = ""


class GoNames:
    """Looks names up in the packages of one repository."""

    def __init__(self, code: GoCode) -> None:
        self.code = code

    def in_package(self, package: GoPackage, name: str) -> Member | None:
        """A function, type, constant or variable of a package."""
        for table in (package.functions, package.types, package.values):
            decl = table.get(name)
            if decl is not None:
                place = decl.file.source.at(decl.node)
                return Member(place, self._given(decl, table), _gives_function(decl.node))
        return None

    def _given(self, decl: Decl, table: dict[str, Decl]) -> GoType | None:
        package = decl.file.package
        if table is package.types:
            return GoType(package, decl.name)
        if table is package.functions:
            return self._result(decl.node, decl.file)
        if decl.type is not None:
            return self.type_of(decl.type, decl.file)
        return self._made(decl.value, decl.file)

    def _made(self, value: Node | None, file: GoFile) -> GoType | None:
        """The type of what a package variable is set to."""
        if value is not None and value.type == "unary_expression":
            value = value.child_by_field_name("operand")
        if value is None:
            return None
        if value.type == "composite_literal":
            return self.type_of(value.child_by_field_name("type"), file)
        if value.type == "call_expression":
            called = text_of(value.child_by_field_name("function"))
            decl = file.package.functions.get(called)
            return self._result(decl.node, decl.file) if decl is not None else None
        return None

    def _result(self, function: Node, file: GoFile) -> GoType | None:
        result = function.child_by_field_name("result")
        if result is not None and result.type == "parameter_list":
            first = next((c for c in result.named_children if c.type != "comment"), None)
            result = first.child_by_field_name("type") if first is not None else None
        return self.type_of(result, file)

    def type_of(self, node: Node | None, file: GoFile) -> GoType | None:
        """The named type of ours that a type expression in a file means."""
        for _ in range(_MAX_DEPTH):
            if node is None or node.type not in _WRAPPERS:
                break
            node = node.child_by_field_name("type") or (
                node.named_children[0] if node.named_children else None
            )
        if node is None:
            return None
        if node.type == "type_identifier" and text_of(node) in file.package.types:
            return GoType(file.package, text_of(node))
        if node.type == "qualified_type":
            path = file.imports.get(text_of(node.child_by_field_name("package")), "")
            package = self.code.imported(path) if path else None
            name = text_of(node.child_by_field_name("name"))
            if package is not None and name in package.types:
                return GoType(package, name)
        return None

    def loose(self, use: Use) -> Use:
        """A use in a sentence, where `demo.Resize` may be a method of what `demo` has."""
        package = self.code.imported(use.module) if use.kind == "api" else None
        methods = package.methods.values() if package is not None else ()
        if not any(use.name in declared for declared in methods):
            return use
        return replace(use, doubt="a type of the package has a method of this name")

    def offers(self, of: GoType, *, fields_only: bool = False) -> Offered:
        """The methods and fields of a type; with `fields_only`, what a literal of it may name."""
        found = Offered()
        self._collect(of, found, fields_only, 0)
        return found

    def _collect(self, of: GoType, found: Offered, fields_only: bool, depth: int) -> None:
        decl = of.package.types.get(of.name)
        if decl is None or decl.type is None or depth > _MAX_DEPTH:
            found.why = found.why or f"`{of.name}` was not found"
            return
        if not fields_only:
            for name, method in of.package.methods.get(of.name, {}).items():
                place = method.file.source.at(method.node)
                given = self._result(method.node, method.file)
                member = Member(place, given, _gives_function(method.node))
                found.members.setdefault(name, member)
        if decl.type.type == "struct_type":
            self._fields(decl, found, fields_only, depth)
        elif decl.type.type == "interface_type" and not fields_only:
            self._interface(decl, found, depth)
        else:
            self._underlying(decl, found, fields_only, depth)

    def _underlying(self, decl: Decl, found: Offered, fields_only: bool, depth: int) -> None:
        """`type A = B` has all of B, `type A B` the fields of B."""
        other = self.type_of(decl.type, decl.file)
        is_alias = decl.node.type == "type_alias"
        if other is not None:
            self._collect(other, found, fields_only or not is_alias, depth + 1)
        elif is_alias or (decl.type is not None and decl.type.type == "qualified_type"):
            found.why = found.why or f"`{decl.name}` is another's type"

    def _fields(self, decl: Decl, found: Offered, fields_only: bool, depth: int) -> None:
        for node in _field_declarations(decl.type):
            kind = node.child_by_field_name("type")
            names = node.children_by_field_name("name")
            place = decl.file.source.at(node)
            given = self.type_of(kind, decl.file)
            for name in names:
                found.members.setdefault(text_of(name), Member(place, given))
            if not names:
                short = text_of(kind).lstrip("*").partition("[")[0].rpartition(".")[2]
                found.members.setdefault(short, Member(place, given))
                if not fields_only:
                    self._embed(given, text_of(kind), place, found, depth)

    def _embed(
        self, given: GoType | None, written: str, place: Evidence, found: Offered, depth: int
    ) -> None:
        if given is not None:
            self._collect(given, found, False, depth + 1)
        elif written.lstrip("*") in _STANDARD:
            for name in _STANDARD[written.lstrip("*")].split():
                found.members.setdefault(name, Member(place))
        else:
            found.why = found.why or f"it has all of `{written}`, which is not of this repository"

    def _interface(self, decl: Decl, found: Offered, depth: int) -> None:
        for node in decl.type.named_children if decl.type is not None else ():
            if node.type in {"method_elem", "method_spec"}:
                name = text_of(node.child_by_field_name("name"))
                place = decl.file.source.at(node)
                found.members.setdefault(name, Member(place, self._result(node, decl.file)))
            elif node.type in {"type_elem", "constraint_elem", "type_identifier", "qualified_type"}:
                inner = node.named_children[0] if node.named_children else node
                named = node if node.type in {"type_identifier", "qualified_type"} else inner
                place = decl.file.source.at(node)
                of = self.type_of(named, decl.file)
                self._embed(of, text_of(named), place, found, depth)


def _gives_function(node: Node) -> bool:
    """Whether what a function gives can be called in its turn."""
    result = node.child_by_field_name("result")
    return result is not None and result.type == "function_type"


def _field_declarations(struct: Node | None) -> Iterator[Node]:
    for listed in struct.named_children if struct is not None else ():
        for node in listed.named_children:
            if node.type == "field_declaration":
                yield node
