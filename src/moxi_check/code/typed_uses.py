"""What code in Java, Kotlin, C# or PHP asks of types of ours: one walk, types followed by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.own_types import OwnType, OwnTypes, plain_type
from moxi_check.code.uses import Fragment, Use

_MAX_DEPTH = 150
UNTOLD = "the page never imports it"
_EXTENDED = "others may add methods to it"
_NAMES = frozenset({"identifier", "type_identifier", "name", "variable_name"})
_QUALIFIED = frozenset({"scoped_type_identifier", "qualified_name", "scoped_identifier"})
_GENERIC = frozenset({"generic_type", "generic_name", "user_type", "nullable_type", "named_type"})
_WRAPS = frozenset(
    "parenthesized_expression await_expression postfix_unary_expression optional_type".split()
)
# node type -> fields of the object and of the name; a number is the place among the children.
_MEMBERS: dict[str, tuple[str | int, str | int]] = {
    "method_invocation": ("object", "name"),
    "field_access": ("object", "field"),
    "member_access_expression": ("expression", "name"),
    "navigation_expression": (0, 1),
    "member_call_expression": ("object", "name"),
    "nullsafe_member_call_expression": ("object", "name"),
    "scoped_call_expression": ("scope", "name"),
    "class_constant_access_expression": (0, 1),
}
_CALLS = frozenset({"call_expression", "invocation_expression"})
_DECLARES = frozenset(
    "class_declaration interface_declaration record_declaration enum_declaration object_declaration "
    "struct_declaration trait_declaration type_alias".split()
)


@dataclass(frozen=True)
class Value:
    """What an expression is: an object of a type of ours, or that type itself."""

    type: OwnType
    is_instance: bool
    doubt: str = ""


class Walker:
    """Finds what one fragment asks of types of ours, following what variables are made of."""

    def __init__(
        self,
        types: OwnTypes,
        piece: Fragment,
        visible: Callable[[str], Value | None],
        *,
        has_extensions: bool,
    ) -> None:
        self.types, self.piece, self.visible = types, piece, visible
        self.has_extensions = has_extensions
        self.known: dict[str, Value | None] = {
            text_of(node.child_by_field_name("name")): None
            for node in descendants(piece.root, *_DECLARES)
        }
        self.found: list[Use] = []

    def uses(self) -> Iterator[Use]:
        """All uses, in the order of the text."""
        self._visit(self.piece.root, 0)
        yield from self.found

    def _named(self, name: str) -> Value | None:
        if name in self.known:
            return self.known[name]
        return self.visible(name)

    def _name(self, node: Node) -> Value | None:
        """A name that stands alone: a variable, or a type that is surely ours."""
        found = self._named(text_of(node))
        if found is not None and not found.is_instance and not found.doubt:
            item = found.type
            self.found.append(Use("api", self.piece.span(node), item.namespace, item.name))
        return found

    def _visit(self, node: Node, depth: int) -> Value | None:
        """Look for uses in a node; what its value is, if that is known."""
        kind = node.type
        if depth > _MAX_DEPTH or kind in {"import", "import_declaration", "using_directive", "package_header", "namespace_use_declaration", "ERROR"}:  # fmt: skip
            return None
        if kind in _NAMES:
            return self._name(node)
        if kind in _GENERIC:
            parts = [self._visit(child, depth + 1) for child in node.named_children]
            return parts[0] if parts else None
        if kind in _QUALIFIED:
            return self._qualified(node)
        if kind in _MEMBERS:
            return self._member(node, depth + 1)
        if kind in {"object_creation_expression", "instance_expression"}:
            return self._created(node, depth + 1)
        if kind in _CALLS:
            return self._called(node, depth + 1)
        if kind in {"variable_declarator", "property_declaration", "assignment_expression"}:
            return self._bound(node, depth + 1)
        if kind in {"formal_parameter", "parameter", "class_parameter", "simple_parameter"}:
            return self._parameter(node, depth + 1)
        values = [self._visit(child, depth + 1) for child in node.named_children]
        return values[0] if kind in _WRAPS and values else None

    def _say(self, node: Node, owner: Value, *, argument: bool = False) -> Value | None:
        name = text_of(node).lstrip("$")
        item = owner.type
        doubt = owner.doubt
        if self.has_extensions and owner.is_instance and not argument:
            doubt = doubt or (_EXTENDED if self._may_extend(node) else "")
        self.found.append(
            Use(
                "argument" if argument else "api", self.piece.span(node), item.namespace,
                f"{item.name}.{name}", on_instance=owner.is_instance, doubt=doubt,
            )
        )  # fmt: skip
        types = self.types
        member = types.offers(item).members.get(name)
        if member is None:
            return None
        given = types.at(item.namespace, member[1]) or types.only(member[1])
        if given is None:
            return None
        return Value(given, member[1] != name, owner.doubt)

    def _may_extend(self, name: Node) -> bool:
        """Whether a name is asked for as extensions are: in C#, only methods are."""
        around = name.parent.parent if name.parent is not None else None
        return self.piece.grammar != "c_sharp" or (around is not None and around.type in _CALLS)

    def _qualified(self, node: Node) -> Value | None:
        """`Moshi.Builder`, or a name with its namespace."""
        joint, types = self.types.joint, self.types
        space, _, name = text_of(node).lstrip("\\").rpartition(joint)
        item = types.at(space, name)
        if space and (item is not None or (joint != "." and space in types.namespaces)):
            self.found.append(Use("api", self.piece.span(node), space, name))
            return Value(item, False) if item is not None else None
        parts = node.named_children
        if len(parts) < 2:
            return None
        owner = self._visit(parts[0], 0)
        return self._say(parts[-1], owner) if owner is not None and joint == "." else None

    def _member(self, node: Node, depth: int) -> Value | None:
        held, called = (
            node.child_by_field_name(place)
            if isinstance(place, str)
            else (node.named_children[place] if place < node.named_child_count else None)
            for place in _MEMBERS[node.type]
        )
        owner = self._visit(held, depth) if held is not None else None
        result = None
        if called is not None and called.type in {"generic_name"} and called.named_children:
            called = called.named_children[0]
        if owner is not None and called is not None and called.type in _NAMES:
            result = self._say(called, owner)
        for child in node.named_children:
            if "arguments" in child.type or "argument_list" in child.type:
                self._visit(child, depth)
        return result

    def _created(self, node: Node, depth: int) -> Value | None:
        values = [self._visit(child, depth) for child in node.named_children if child.type != "initializer_expression"]  # fmt: skip
        made = values[0] if values else None
        if made is None or made.is_instance:
            return None
        made = Value(made.type, True, made.doubt)
        for child in node.named_children:
            if child.type == "initializer_expression":
                for setting in child.named_children:
                    left = setting.child_by_field_name("left")
                    if setting.type == "assignment_expression" and left is not None and left.type == "identifier":  # fmt: skip
                        self._say(left, made, argument=True)
        # A class without a name that extends it has what its body gives it.
        return None if any(child.type == "class_body" for child in node.named_children) else made

    def _called(self, node: Node, depth: int) -> Value | None:
        values = [self._visit(child, depth) for child in node.named_children]
        made = values[0] if values else None
        if made is not None and not made.is_instance and self.piece.grammar == "kotlin":
            for argument in descendants(node.named_children[-1], "value_argument"):
                if argument.parent == node.named_children[-1] and argument.named_child_count == 2:
                    self._say(argument.named_children[0], made, argument=True)
            return Value(made.type, True, made.doubt)
        return made if made is not None and made.is_instance else None

    def _bound(self, node: Node, depth: int) -> Value | None:
        """A variable that is declared, or set for the first time where that declares it."""
        children = node.named_children
        name = node.child_by_field_name("name") or node.child_by_field_name("left")
        if name is None and children and children[0].type == "variable_declaration":
            inner = children[0].named_children
            name = inner[0] if inner else None
        value = self._visit(children[-1], depth) if len(children) > 1 else None
        if name is None or name.type not in _NAMES:
            for child in children[:-1]:
                self._visit(child, depth)
            return value
        declared = self._declared_type(node, children, depth)
        if node.type != "assignment_expression" or text_of(name).startswith("$"):
            value = value if value is not None and value.is_instance else declared
            self.known[text_of(name)] = value
        return value

    def _declared_type(self, node: Node, children: list[Node], depth: int) -> Value | None:
        """The type that is written before or after the name."""
        written = None
        if node.type == "property_declaration" and children:
            inner = children[0].named_children
            written = inner[1] if len(inner) > 1 else None
        elif node.type == "variable_declarator" and node.parent is not None:
            written = node.parent.child_by_field_name("type")
        return self._type(written)

    def _type(self, written: Node | None) -> Value | None:
        name = plain_type(text_of(written)) if written is not None else ""
        made = self._named(name) if name else None
        return Value(made.type, True, made.doubt) if made is not None else None

    def _parameter(self, node: Node, depth: int) -> Value | None:
        name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name is None and node.named_children:
            name, written = node.named_children[0], node.named_children[-1]
        self.known[text_of(name)] = self._type(written)
        return None
