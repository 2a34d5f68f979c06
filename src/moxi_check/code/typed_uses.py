"""What code in Java, Kotlin, C# or PHP asks of types of ours: one walk, types followed by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.own_types import OwnType, OwnTypes, plain_type
from moxi_check.code.uses import Fragment, Use

_MAX_DEPTH = 150
UNTOLD = "the page never imports it"
_GAPS = "the code does not parse as a whole"
_EXTENDED = "others may add methods to it"
_LOST = "an object whose type is not told here"
_NAMES = frozenset({"identifier", "type_identifier", "name", "variable_name"})
_QUALIFIED = frozenset({"scoped_type_identifier", "qualified_name", "scoped_identifier"})
_SKIPPED = frozenset(
    "import import_declaration using_directive package_header namespace_use_declaration".split()
)
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

    @property
    def is_lost(self) -> bool:
        """Whether all that is known is that something of ours gave it."""
        return not self.type.name


LOST = Value(OwnType("", "", "", 0), True, _LOST)


class Walker:
    """Finds what one fragment asks of types of ours, following what variables are made of."""

    def __init__(
        self,
        types: OwnTypes,
        piece: Fragment,
        visible: Callable[[str], Value | None],
        *,
        has_extensions: bool,
        page: Mapping[str, Value | None] | None = None,
    ) -> None:
        self.types, self.piece, self.visible = types, piece, visible
        self.has_extensions = has_extensions
        self.page = page or {}  # variables that other fragments make
        self.inside = 0  # calls of ours that the code stands in
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
        found = self.visible(name)
        return found if found is not None else self.page.get(name)

    def _name(self, node: Node) -> Value | None:
        """A name that stands alone: a variable, or a type that is surely ours."""
        found = self._named(text_of(node))
        if found is not None and not found.is_instance:
            item = found.type
            use = Use("api", self.piece.span(node), item.namespace, item.name, doubt=found.doubt)
            self.found.append(use)
        return found

    def _visit(self, node: Node, depth: int) -> Value | None:
        """Look for uses in a node; what its value is, if that is known."""
        kind = node.type
        if depth > _MAX_DEPTH or kind in _SKIPPED:
            return None
        if kind == "ERROR":
            self._unparsed(node, depth + 1)
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
        if kind == "attribute":
            return self._attribute(node, depth + 1)
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

    def _unparsed(self, node: Node, depth: int) -> None:
        """What is recognised in code with gaps, as `val x = ...`, may be true, never false."""
        before = len(self.found)
        for child in node.named_children:
            self._visit(child, depth)
        self.found[before:] = [replace(u, doubt=u.doubt or _GAPS) for u in self.found[before:]]

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
        if (
            member is None or len(member[1]) < 2
        ):  # a method of others, or a type that callers choose
            return LOST
        given = types.at(item.namespace, member[1]) or types.only(member[1])
        if given is None:
            return None
        return Value(given, member[1] != name, owner.doubt)

    def _say_lost(self, node: Node) -> Value | None:
        """A name that is asked of we know not what: ours, if anything of ours is called so."""
        name = text_of(node)
        self.found.append(Use("api", self.piece.span(node), "", name, on_instance=True))
        given = self.types.only(plain_type(self.types.index.gives(name)))
        return Value(given, True, _LOST) if given is not None else LOST

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
        if called is not None and called.type in _NAMES:
            if owner is not None:
                result = self._say_lost(called) if owner.is_lost else self._say(called, owner)
            elif self.piece.grammar == "c_sharp" and text_of(called) in self.types.functions:
                result = self._say_lost(called)
            elif held is not None:
                result = self._spaced(node, text_of(held), text_of(called))
        for child in node.named_children:
            if "arguments" in child.type or "argument_list" in child.type:
                self._arguments(
                    child, called if result is not None or owner is not None else None, depth
                )
        return result

    def _spaced(self, node: Node, space: str, name: str) -> Value | None:
        """A type by its full name, as `Demo.Io.Reader`: what it is, if its namespace is one of ours."""
        below = f"{space}{self.types.joint}{name}"
        spaces = self.types.namespaces
        if space not in spaces or not name[:1].isupper() or name in self.known:
            return None
        if any(known == below or known.startswith(below + self.types.joint) for known in spaces):
            return None
        self.found.append(Use("api", self.piece.span(node), space, name))
        item = self.types.at(space, name)
        return Value(item, False) if item is not None else None

    def _arguments(self, node: Node, called: Node | None, depth: int) -> None:
        """The arguments of a call; of one of ours, named ones and what it hands to functions."""
        if called is None:
            self._visit(node, depth)
            return
        name = text_of(called)
        for argument in node.named_children:
            key = argument.child_by_field_name("name") if argument.type == "argument" else None
            if key is not None:
                use = Use("argument", self.piece.span(key), "", name, text_of(key))
                self.found.append(use)
        for function in _functions(node):
            handed = self.types.only(plain_type(self.types.index.handed(name)))
            for parameter in _parameters(function):
                self.known[parameter] = Value(handed, True, _LOST) if handed is not None else LOST
        self.inside += 1
        self._visit(node, depth)
        self.inside -= 1

    def _created(self, node: Node, depth: int) -> Value | None:
        values = [self._visit(child, depth) for child in node.named_children if child.type != "initializer_expression"]  # fmt: skip
        made = values[0] if values else None
        if made is None or made.is_instance:
            for child in node.named_children:
                if child.type == "initializer_expression":
                    self._visit(child, depth)
            return None
        made = Value(made.type, True, made.doubt)
        for child in node.named_children:
            for setting in child.named_children if child.type == "initializer_expression" else ():
                self._setting(setting, made, depth)
        # A class without a name that extends it has what its body gives it.
        return None if any(child.type == "class_body" for child in node.named_children) else made

    def _setting(self, setting: Node, made: Value, depth: int) -> None:
        """`Name = value` where an object is made; a function there is handed something of ours."""
        left, right = setting.child_by_field_name("left"), setting.child_by_field_name("right")
        if setting.type != "assignment_expression" or left is None or left.type != "identifier":
            self._visit(setting, depth)
            return
        self._say(left, made, argument=True)
        if right is not None and right.type == "lambda_expression":
            self.known.update(dict.fromkeys(_parameters(right), LOST))
        if right is not None:
            self._visit(right, depth)

    def _called(self, node: Node, depth: int) -> Value | None:
        head = node.named_children[0] if node.named_children else None
        before = len(self.found)
        made = self._visit(head, depth) if head is not None else None
        if made is None and head is not None and head.type == "identifier":
            made = self._function(head)
        is_ours = len(self.found) > before and made is not None
        is_type = made is not None and not made.is_instance
        name = _last_name(head) if is_ours and not is_type else None
        for child in node.named_children[1:]:
            self._arguments(child, name, depth)
        if made is not None and is_type and self.piece.grammar == "kotlin":
            for argument in descendants(node.named_children[-1], "value_argument"):
                if argument.parent == node.named_children[-1] and argument.named_child_count == 2:
                    self._say(argument.named_children[0], made, argument=True)
            return Value(made.type, True, made.doubt)
        return made if made is not None and made.is_instance else None

    def _function(self, node: Node) -> Value | None:
        """A function outside of types, or what a block of ours may call by its bare name."""
        name = text_of(node)
        if self.piece.grammar != "kotlin" or name in self.known:
            return None
        if self.types.top_level(name) is None and not (
            self.inside and name in self.types.index.methods
        ):
            return None
        return self._say_lost(node)

    def _attribute(self, node: Node, depth: int) -> Value | None:
        """`[Name(value)]` of C#, whose class may be called `NameAttribute`."""
        name = node.child_by_field_name("name")
        found = self._named(text_of(name)) or self._named(text_of(name) + "Attribute")
        if found is not None and name is not None and not found.is_instance:
            item = found.type
            use = Use("api", self.piece.span(name), item.namespace, item.name, doubt=found.doubt)
            self.found.append(use)
        for child in node.named_children[1:]:
            self._visit(child, depth)
        return None

    def _bound(self, node: Node, depth: int) -> Value | None:
        """A variable that is declared, or set for the first time where that declares it."""
        children = node.named_children
        name = node.child_by_field_name("name") or node.child_by_field_name("left")
        if name is None and children and children[0].type == "variable_declaration":
            inner = children[0].named_children
            name = inner[0] if inner else None
        value = self._visit(children[-1], depth) if len(children) > 1 else None
        value = value if children and name != children[-1] else None
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


def _last_name(node: Node | None) -> Node | None:
    """What is called: the last name of `a.b.c`."""
    while node is not None and node.type not in _NAMES:
        node = node.named_children[-1] if node.type in _MEMBERS and node.named_children else None
    return node


def _functions(arguments: Node) -> Iterator[Node]:
    """The functions without a name among the arguments of a call."""
    for argument in arguments.named_children:
        inner = (
            argument.named_children[-1]
            if argument.type == "argument" and argument.named_children
            else argument
        )
        if inner.type == "lambda_expression":
            yield inner


def _parameters(function: Node) -> Iterator[str]:
    """The parameters of a function without a name that are written without a type."""
    given = function.child_by_field_name("parameters")
    if given is None:
        return
    if not given.named_children:
        yield text_of(given)
    for child in given.named_children:
        if child.type == "identifier":
            yield text_of(child)
        elif child.child_by_field_name("type") is None:
            yield text_of(child.child_by_field_name("name"))
