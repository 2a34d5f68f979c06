"""Reads the types that Java, Kotlin and C# files declare into one shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.syntax import Source, ancestors, literal, text_of
from moxi_core.patterns import lazy_pattern

_TYPES = frozenset(
    "class_declaration interface_declaration record_declaration enum_declaration object_declaration "
    "struct_declaration".split()
)
_FIELDS = frozenset("field_declaration property_declaration constant_declaration".split())
_METHODS = frozenset("method_declaration function_declaration".split())
_PARAMETERS = frozenset("formal_parameter class_parameter parameter spread_parameter".split())
_ANNOTATIONS = frozenset("annotation marker_annotation attribute".split())
_LISTS = frozenset(
    "element_value_array_initializer array_initializer collection_literal initializer_expression "
    "array_creation_expression implicit_array_creation_expression collection_expression".split()
)
_CALLED_LISTS = lazy_pattern(r"(arrayOf|listOf|setOf|emptyArray|emptyList)\b")
_COMMENT_OR_STRING = lazy_pattern(
    rb'"""(?:[^"]|"(?!""))*(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL
)


@dataclass(frozen=True)
class Annotation:
    """`@Name(key = value)` or `[Name(value, Key = value)]`."""

    name: str
    named: dict[str, Node]
    positional: tuple[Node, ...]
    node: Node

    def get(self, *names: str) -> Node | None:
        """The first of the named arguments that is given."""
        return next((self.named[name] for name in names if name in self.named), None)


@dataclass
class Member:
    """A field, property, constructor parameter or method of a type."""

    name: str
    type: str
    value: Node | None
    annotations: dict[str, Annotation]
    node: Node
    owner: Type
    is_method: bool = False


@dataclass
class Type:
    """A class, record, interface, object or enumeration."""

    name: str
    source: Source
    node: Node
    annotations: dict[str, Annotation]
    bases: list[str]
    outer: str = ""
    members: list[Member] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)  # of an enumeration

    @property
    def key(self) -> str:
        """What tells it from all others: path and name."""
        return f"{self.source.path}:{self.name}"


def without_comments(source: Source) -> Source:
    """The same Kotlin file with blanks for comments, where those keep it from being parsed.

    The grammar stumbles over comments inside a chain of calls; all places stay as they are.
    """
    if source.grammar != "kotlin" or not source.root.has_error:
        return source
    blanked = _COMMENT_OR_STRING.sub(
        lambda m: m[0] if m[0][:1] == b'"' else re.sub(rb"[^\n]", b" ", m[0]), source.content
    )
    return Source(source.path, source.grammar, blanked)


def string_value(node: Node) -> str | None:
    """The value of a string literal; a text block loses its margin."""
    if node.type == "character_literal":
        return text_of(node).strip("'") or None
    found = literal(node)
    if found is None and node.type in {"multiline_string_literal", "text_block"}:
        found = text_of(node).strip('"')
    return found


def items_of(node: Node) -> list[Node]:
    """The items of a list literal in any of its forms; the node itself if it is none."""
    if node.type in _LISTS:
        if node.type == "collection_expression":
            return [_inside(child) for child in node.named_children]
        inner = [child for child in node.named_children if child.type in _LISTS]
        if node.type.endswith("creation_expression") and inner:
            return items_of(inner[0])
        return [c for c in node.named_children if "type" not in c.type or "literal" in c.type]
    if node.type == "call_expression" and _CALLED_LISTS.match(text_of(node)):
        arguments = next((c for c in node.named_children if c.type == "value_arguments"), None)
        return [
            a.named_children[-1]
            for a in (arguments.named_children if arguments else ())
            if a.named_children
        ]
    return [node]


def _inside(node: Node) -> Node:
    """What the wrappers of a collection's element hold."""
    while node.type in {"collection_element", "expression_element"} and node.named_children:
        node = node.named_children[0]
    return node


def class_names(node: Node | None) -> list[str]:
    """The classes that `A.class`, `A::class`, `typeof(A)` or a list of them name."""
    if node is None:
        return []
    found = (
        re.match(r"(?:typeof\()?([\w.]+?)(?:\.class|::class(?:\.java)?|\))$", text_of(i))
        for i in items_of(node)
    )
    return [match[1].rpartition(".")[2] for match in found if match]


def types_of(source: Source) -> Iterator[Type]:
    """The types that a file declares, nested ones as well."""
    for _, match in source.matches(f"declared_{source.grammar}"):
        node = match["type"][0]
        name = text_of(node.child_by_field_name("name") or _first(node, "identifier"))
        if name:
            yield _type(source, node, name)


def _first(node: Node, *kinds: str) -> Node | None:
    return next((child for child in node.named_children if child.type in kinds), None)


def _type(source: Source, node: Node, name: str) -> Type:
    around = next((a for a in ancestors(node) if a.type in _TYPES), None)
    outer = text_of(around.child_by_field_name("name")) if around else ""
    declared = Type(name, source, node, annotations_of(node), _bases(node), outer)
    body = node.child_by_field_name("body") or _first(node, "class_body", "enum_class_body")
    if body is None and node.type == "class_declaration":
        body = _first(node, "declaration_list")
    declared.members += _parameters(node, declared)
    for child in _body_members(body):
        if child.type in {"enum_constant", "enum_member_declaration", "enum_entry"}:
            declared.constants.append(
                text_of(child.child_by_field_name("name") or _first(child, "identifier"))
            )
        else:
            declared.members += _members(child, declared)
    return declared


def _body_members(body: Node | None) -> Iterator[Node]:
    for child in body.named_children if body is not None else ():
        if child.type == "enum_body_declarations":
            yield from child.named_children
        elif child.type == "companion_object":
            yield from _body_members(_first(child, "class_body"))
        else:
            yield child


def _bases(node: Node) -> list[str]:
    found: list[str] = []
    for child in node.named_children:
        if child.type in {
            "superclass",
            "super_interfaces",
            "extends_interfaces",
            "base_list",
            "delegation_specifiers",
        }:
            for part in re.split(
                r",(?![^<(]*[>)])", re.sub(r"^(?:extends|implements|:)\s*", "", text_of(child))
            ):
                name = re.match(r"\s*([\w.]+)", part)
                if name:
                    found.append(name[1].rpartition(".")[2])
    return found


def _parameters(node: Node, owner: Type) -> Iterator[Member]:
    holder = node.child_by_field_name("parameters") or _first(node, "primary_constructor")
    if holder is not None and holder.type == "primary_constructor":
        holder = _first(holder, "class_parameters")
    for child in holder.named_children if holder is not None else ():
        if child.type in _PARAMETERS:
            yield _member(child, child, owner)


def _members(node: Node, owner: Type) -> Iterator[Member]:
    if node.type in _METHODS:
        name = text_of(node.child_by_field_name("name"))
        result = text_of(node.child_by_field_name("type") or node.child_by_field_name("returns"))
        yield Member(name, result, None, annotations_of(node), node, owner, is_method=True)
    elif node.type in _FIELDS:
        holder = _first(node, "variable_declaration") if owner.source.grammar == "c_sharp" else node
        declarators = [
            c for c in (holder or node).named_children if c.type == "variable_declarator"
        ]
        for declarator in declarators or [node]:
            yield _member(node, declarator, owner)


def _member(node: Node, declarator: Node, owner: Type) -> Member:
    inner = _first(node, "variable_declaration") or node
    name = (
        declarator.child_by_field_name("name")
        or _first(inner, "identifier")
        or _first(node, "identifier")
    )
    kind = inner.child_by_field_name("type") or node.child_by_field_name("type")
    if kind is None:
        kind = _first(
            inner, "user_type", "nullable_type", "type_identifier", "generic_type", "integral_type"
        )
    value = declarator.child_by_field_name("value")
    if (
        value is None
        and declarator.type == "variable_declarator"
        and declarator.named_child_count > 1
    ):
        value = declarator.named_children[-1]
    if value is None and owner.source.grammar == "kotlin":
        value = _kotlin_value(node)
    type_ = text_of(kind) or _inferred(value)
    return Member(text_of(name), type_, value, annotations_of(node), node, owner)


def _inferred(value: Node | None) -> str:
    """The type of a Kotlin property that has none written, from what it is set to."""
    text = text_of(value)
    if text in {"true", "false"}:
        return "Boolean"
    made = re.match(
        r"(arrayOf|(?:mutable)?listOf|emptyList|emptyArray|setOf|[A-Z]\w*)\s*[<(]", text, re.I
    )
    if not made:
        return ""
    return made[1] if made[1][0].isupper() else "List"


def _kotlin_value(node: Node) -> Node | None:
    """What follows `=` or `by` in a Kotlin property or constructor parameter."""
    previous = ""
    for child in node.children:
        if child.type == "property_delegate":
            return child.named_children[-1] if child.named_children else None
        if previous == "=" and child.is_named:
            return child
        previous = child.type
    return None


def annotations_of(node: Node) -> dict[str, Annotation]:
    """The annotations or attributes on a declaration, by the last part of their names."""
    found: dict[str, Annotation] = {}
    for child in node.named_children:
        if child.type in {"modifiers", "attribute_list", "parameter_modifiers"}:
            for entry in child.named_children:
                if entry.type in _ANNOTATIONS:
                    annotation = _annotation(entry)
                    found.setdefault(annotation.name, annotation)
    return found


def _annotation(node: Node) -> Annotation:
    call = _first(node, "constructor_invocation") or node
    name = call.child_by_field_name("name") or _first(call, "user_type", "identifier")
    short = text_of(name).rpartition(".")[2]
    short = re.sub(r"<.*", "", short)
    if node.type == "attribute":
        short = short.removesuffix("Attribute")
    named: dict[str, Node] = {}
    positional: list[Node] = []
    holder = call.child_by_field_name("arguments") or _first(
        call, "value_arguments", "attribute_argument_list", "annotation_argument_list"
    )
    for argument in holder.named_children if holder is not None else ():
        key, value = _argument(argument)
        if value is not None and key:
            named[key] = value
        elif value is not None:
            positional.append(value)
    return Annotation(short, named, tuple(positional), node)


def _argument(node: Node) -> tuple[str, Node | None]:
    if node.type == "element_value_pair":
        return text_of(node.child_by_field_name("key")), node.child_by_field_name("value")
    if node.type in {"value_argument", "attribute_argument", "argument"}:
        parts = [child for child in node.named_children if child.type != "comment"]
        if not parts:
            return "", None
        is_named = len(parts) > 1 and any(c.type in {"=", ":"} for c in node.children)
        return (text_of(parts[0]), parts[-1]) if is_named else ("", parts[-1])
    return ("", None) if "comment" in node.type else ("", node)


def arguments_of(node: Node | None) -> tuple[list[Node], dict[str, Node]]:
    """(positional, named) arguments of a call's argument list."""
    positional: list[Node] = []
    named: dict[str, Node] = {}
    for child in node.named_children if node is not None else ():
        key, value = _argument(child)
        if value is not None and key:
            named[key] = value
        elif value is not None:
            positional.append(value)
    return positional, named
