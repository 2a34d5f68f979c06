"""Struct types and their field tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.golang.packages import Decl, GoFile
from moxi_analyzer.golang.values import Struct, Value
from moxi_analyzer.syntax import text_of, unquote
from moxi_core.patterns import lazy_pattern

_PAIR = lazy_pattern(r'([A-Za-z_][\w.-]*):"((?:[^"\\]|\\.)*)"')
_WORD = lazy_pattern(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
_BASIC = lazy_pattern(r"\*?(?:\[\])?\*?(bool)")


@dataclass(frozen=True)
class StructType:
    """The fields of a struct, and the file whose imports its types are named by."""

    node: Node
    file: GoFile


@dataclass(frozen=True)
class Field:
    """One field: `type` as written; `struct` where that is a struct we can look into."""

    name: str
    type: str
    embedded: bool
    tags: tuple[tuple[str, str], ...]
    node: Node
    file: GoFile
    struct: StructType | None

    def tag(self, key: str) -> str | None:
        """The value of a tag; None if the field has no such tag."""
        return next((value for name, value in self.tags if name == key), None)

    def has(self, key: str) -> bool:
        """Whether the field has a tag, even an empty one."""
        return self.tag(key) is not None

    @property
    def is_bool(self) -> bool:
        """Whether the field holds a truth value; a type of our own is looked up."""
        if _BASIC.fullmatch(self.type):
            return True
        decl = self.file.package.types.get(self.type.lstrip("*[]"))
        return decl is not None and text_of(decl.type) == "bool"

    @property
    def is_list(self) -> bool:
        """Whether the field takes several values."""
        return self.type.startswith(("[]", "map["))


def struct_of(value: Value) -> StructType | None:
    """The struct type of a value that the interpreter met."""
    if not isinstance(value, Struct):
        return None
    if value.decl is not None:
        return _declared(value.decl)
    if value.literal is not None and value.file is not None and value.literal.type == "struct_type":
        return StructType(value.literal, value.file)
    return None


def _declared(decl: Decl) -> StructType | None:
    if decl.type is not None and decl.type.type == "struct_type":
        return StructType(decl.type, decl.file)
    return None


def fields(struct: StructType) -> Iterator[Field]:
    """The fields of a struct in order; each name of a shared declaration is one."""
    listed = next(
        (n for n in struct.node.named_children if n.type == "field_declaration_list"), None
    )
    for node in listed.named_children if listed is not None else []:
        if node.type != "field_declaration":
            continue
        of = node.child_by_field_name("type")
        tags = parse_tags(unquote(text_of(node.child_by_field_name("tag"))) or "")
        inner = _struct_of_type(of, struct.file)
        names = [text_of(n) for n in node.children_by_field_name("name")]
        names = [name for name in names if name != ","]
        written = text_of(of)
        embedded = not names
        for name in names or [written.lstrip("*").rpartition(".")[2]]:
            yield Field(name, written, embedded, tags, node, struct.file, inner)


def _struct_of_type(node: Node | None, file: GoFile) -> StructType | None:
    while node is not None and node.type in {"pointer_type", "parenthesized_type"}:
        node = node.named_children[0] if node.named_children else None
    if node is None:
        return None
    if node.type == "struct_type":
        return StructType(node, file)
    if node.type == "type_identifier":
        decl = file.package.types.get(text_of(node))
        return _declared(decl) if decl is not None else None
    if node.type == "qualified_type":
        path = file.imports.get(text_of(node.child_by_field_name("package")), "")
        package = file.package.code.imported(path)
        decl = package.types.get(text_of(node.child_by_field_name("name"))) if package else None
        return _declared(decl) if decl is not None else None
    return None


def parse_tags(text: str) -> tuple[tuple[str, str], ...]:
    """(key, value) pairs of a struct tag; a key may stand more than once."""
    return tuple((key, unquote(f'"{value}"') or "") for key, value in _PAIR.findall(text))


def kebab(name: str) -> str:
    """`NoColor` as `no-color`."""
    return "-".join(_WORD.findall(name)).lower()
