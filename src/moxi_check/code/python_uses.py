"""What Python code on a page uses of our packages: names followed through imports and variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.surface.python.names import Module, Names, Symbol
from moxi_analyzer.syntax import text_of
from moxi_check.code.python_listings import Listings
from moxi_check.code.python_shapes import bound, module_offers, targets
from moxi_check.code.python_values import Target, Values
from moxi_check.code.uses import Fragment, Use, UseKind, is_on_own_line
from moxi_check.document import Span

_MAX_DEPTH = 150
_BINDS = frozenset({"for_statement", "for_in_clause", "named_expression"})


class Walker:
    """Walks the fragments of a page in order; `known` are the names that the example has so far."""

    def __init__(self, names: Names, own: frozenset[str]) -> None:
        self.names = names
        self.own = own
        self.values = Values(names)
        self.listings = Listings(self.values, own)
        self.known: dict[str, Target | None] = {}
        self._fragment: Fragment | None = None
        self._found: list[Use] = []
        self.foreign: list[Span] = []
        self._self: Target | None = None

    def is_ours(self, module: str) -> bool:
        """Whether a module is in one of our packages."""
        return any(module == root or module.startswith(root + ".") for root in self.own)

    def uses(self, fragment: Fragment) -> Iterator[Use]:
        """The uses of one fragment."""
        self._fragment, self._found = fragment, []
        for node in fragment.root.children:
            self._visit(node, 0)
        yield from self._found

    def _say(
        self, kind: UseKind, node: Node, target: Target, argument: str = "", position: int = -1,
        *, only_true: bool = False,
    ) -> None:  # fmt: skip
        if self._fragment is not None:
            self._found.append(
                Use(
                    kind, self._fragment.span(node), target.module, target.name, argument,
                    target.is_instance, position, target.doubt,
                    only_true or target.own is not None,
                )
            )  # fmt: skip

    def _outside(self, node: Node) -> None:
        if self._fragment is not None and node.type == "dotted_name":
            self.foreign.append(self._fragment.span(node.named_children[0]))

    # Statements

    def _visit(self, node: Node, depth: int) -> Target | None:
        """Look for uses in a node; what its value stands for, if that is known."""
        if depth > _MAX_DEPTH or node.type in {"comment", "ERROR"}:
            return None
        if node.type == "identifier":
            return self._name(node)
        method = getattr(self, f"_visit_{node.type}", None)
        if method is not None:
            result: Target | None = method(node, depth + 1)
            return result
        if node.type in _BINDS:
            self._visit_binding(node, depth + 1)
            return None
        only: Target | None = None
        for child in node.named_children:
            only = self._visit(child, depth + 1)
        return (
            only
            if node.type in {"parenthesized_expression", "await", "expression_statement"}
            else None
        )

    def _name(self, node: Node) -> Target | None:
        """A name that stands alone: what is imported is used here."""
        target = self.known.get(text_of(node))
        if target is None or not target.is_import:
            return target
        self._say("api", node, target, only_true=True)
        return replace(target, is_import=False)

    def _visit_import_statement(self, node: Node, _: int) -> None:
        for item in node.children_by_field_name("name"):
            alias = item.child_by_field_name("alias")
            named = item.child_by_field_name("name") or item
            module = text_of(named)
            first = module.partition(".")[0]
            if not self.is_ours(module):
                self._outside(named)
                self.known[text_of(alias) or first] = None
                continue
            self._say("import", named, Target(module, "", None))
            bound = module if alias else first
            self.known[text_of(alias) or first] = _imported(self.values.module(bound))

    def _visit_import_from_statement(self, node: Node, _: int) -> None:
        place = node.child_by_field_name("module_name")
        module = text_of(place)
        ours = place is not None and self.is_ours(module)
        if place is not None and not ours:
            self._outside(place)
        if ours and place is not None:
            self._say("import", place, Target(module, "", None))
        if ours and any(child.type == "wildcard_import" for child in node.children):
            inner = self.names.module(module)
            for name in module_offers(self.names, inner).names if inner else ():
                self.known[name] = _imported(self.values.of_module(module, inner, name))
        for item in node.children_by_field_name("name"):
            named = item.child_by_field_name("name") or item
            local = text_of(item.child_by_field_name("alias")) or text_of(named)
            self.known[local] = None
            if ours:
                target = self.values.of_module(module, self.names.module(module), text_of(named))
                self._say("import", named, Target(module, text_of(named), None))
                self.known[local] = _imported(target)

    def _listed(self, node: Node) -> bool:
        """Whether a page lists a class or function of ours here; says what it says of it."""
        is_broken = self._fragment is None or self._fragment.root.has_error
        said = list(self.listings.of(node, self.known))
        for one in said:
            only_true = one.only_true or is_broken
            self._say(one.kind, one.node, one.target, one.argument, only_true=only_true)
        return bool(said)

    def _visit_function_definition(self, node: Node, depth: int) -> None:
        if self._listed(node):
            return
        self.known[text_of(node.child_by_field_name("name"))] = None
        outside = dict(self.known)
        parameters = node.child_by_field_name("parameters")
        for child in parameters.named_children if parameters else ():
            self._parameter(child, depth)
        for field in ("return_type", "body"):
            inner = node.child_by_field_name(field)
            if inner is not None:
                self._visit(inner, depth)
        self.known = outside

    def _parameter(self, node: Node, depth: int) -> None:
        kind, default = node.child_by_field_name("type"), node.child_by_field_name("value")
        given = self._visit(kind, depth) if kind is not None else None
        if default is not None:
            self._visit(default, depth)
        name = node.child_by_field_name("name")
        if name is None and node.type == "typed_parameter" and node.named_children:
            name = node.named_children[0]
        for written, _ in targets(name or node):
            is_own = node.type == "identifier" and written in {"self", "cls"}
            is_typed = kind is not None
            self.known[written] = (
                self._self if is_own else self.values.object_of(given) if is_typed else None
            )

    def _visit_type(self, node: Node, depth: int) -> Target | None:
        inner = node.named_children
        return self._visit(inner[0], depth) if len(inner) == 1 else None

    def _visit_class_definition(self, node: Node, depth: int) -> None:
        if self._listed(node):
            return
        bases, body = node.child_by_field_name("superclasses"), node.child_by_field_name("body")
        found = [self._visit(base, depth) for base in (bases.named_children if bases else ())]
        made = next((object_ for t in found if (object_ := self.values.object_of(t))), None)
        outer, self._self = self._self, None
        if made is not None and body is not None:
            own = dict(bound(body.named_children))
            self._self = replace(made, own=frozenset(own) | (made.own or frozenset()))
            for name, child in own.items():
                named = child.child_by_field_name("name") or child
                member = replace(made, name=f"{made.name}.{name}")
                self._say("api", named, member, only_true=True)
        outside = dict(self.known)
        if body is not None:
            self._visit(body, depth)
        self.known = outside
        sub = replace(self._self, is_instance=False) if self._self is not None else None
        self.known[text_of(node.child_by_field_name("name"))] = sub
        self._self = outer

    def _visit_lambda(self, node: Node, depth: int) -> None:
        outside = dict(self.known)
        parameters = node.child_by_field_name("parameters")
        for child in parameters.named_children if parameters else ():
            self._parameter(child, depth)
        body = node.child_by_field_name("body")
        if body is not None:
            self._visit(body, depth)
        self.known = outside

    def _visit_assignment(self, node: Node, depth: int) -> Target | None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        kind = node.child_by_field_name("type")
        value = self._visit(right, depth) if right is not None else None
        if kind is not None:
            value = value or self.values.object_of(self._visit(kind, depth))
        if left is not None and left.type == "identifier":
            self.known[text_of(left)] = value
        elif left is not None and left.type == "attribute":
            owner = left.child_by_field_name("object")  # what the example sets is its own affair
            if owner is not None:
                self._visit(owner, depth)
        elif left is not None and left.type == "subscript":
            self._visit(left, depth)
        else:
            self._forget(left)
        return value

    def _visit_binding(self, node: Node, depth: int) -> None:
        left = node.child_by_field_name("left") or node.child_by_field_name("name")
        right = node.child_by_field_name("right")
        value: Target | None = None
        for child in node.named_children:
            if left is None or child.id != left.id:
                if child.type == "block":
                    self._bind_item(left, value)
                given = self._visit(child, depth)
                value = given if right is not None and child.id == right.id else value
        self._bind_item(left, value)

    def _bind_item(self, left: Node | None, value: Target | None) -> None:
        """What a loop gives its name: an item of what is gone through."""
        self._forget(left)
        if left is not None and left.type == "identifier" and value is not None:
            self.known[text_of(left)] = value.element

    def _visit_list_comprehension(self, node: Node, depth: int) -> None:
        for child in (*node.named_children[1:], *node.named_children[:1]):
            self._visit(child, depth)

    _visit_generator_expression = _visit_list_comprehension
    _visit_set_comprehension = _visit_list_comprehension
    _visit_dictionary_comprehension = _visit_list_comprehension

    def _visit_as_pattern(self, node: Node, depth: int) -> None:
        value = self._visit(node.named_children[0], depth) if node.named_children else None
        alias = node.child_by_field_name("alias")
        names = [name for name, _ in targets(alias)]
        self._forget(alias)
        if len(names) == 1 and value is not None:
            self.known[names[0]] = self.values.entered(value)

    def _forget(self, node: Node | None) -> None:
        for name, _ in targets(node):
            self.known[name] = None

    # Expressions

    def _visit_attribute(self, node: Node, depth: int) -> Target | None:
        inner, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        if inner is not None and inner.type == "identifier":
            owner = self._owner(text_of(inner), text_of(name))
        else:
            owner = self._visit(inner, depth) if inner is not None else None
        if owner is None or name is None:
            return None
        written = text_of(name)
        if isinstance(owner.found, Module):
            target = self.values.of_module(owner.module, owner.found, written, owner.doubt)
            self._say("api", name, Target(owner.module, written, None, doubt=owner.doubt))
            return target
        if isinstance(owner.found, Symbol) and owner.found.node.type == "class_definition":
            if owner.own is not None and written in owner.own:
                return None
            member = self.names.member(owner.found, written)
            path = f"{owner.name}.{written}"
            self._say("api", name, replace(owner, name=path, found=None))
            return self.values.of_member(Target(owner.module, path, member, False, owner.doubt))
        return None

    def _owner(self, name: str, member: str) -> Target | None:
        """What a name stands for of which a member is asked: that tells of the name, too.

        `demo` may have been imported from `demo`, and mean the package again elsewhere on the page.
        """
        owner = self.known.get(name)
        if owner is None or name not in self.own or not isinstance(owner.found, Symbol):
            return owner
        package = self.values.module(name)
        if self.names.member(owner.found, member) is not None or package is None:
            return owner
        found = package.found
        is_module = isinstance(found, Module) and self.names.member(found, member) is not None
        return package if is_module else owner

    def _visit_subscript(self, node: Node, depth: int) -> Target | None:
        owner: Target | None = None
        value = node.child_by_field_name("value")
        for child in node.named_children:
            given = self._visit(child, depth)
            owner = given if value is not None and child.id == value.id else owner
        return self.values.item(owner) if owner is not None else None

    def _visit_call(self, node: Node, depth: int) -> Target | None:
        function, arguments = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        if function is not None and text_of(function) == "super" and self._self is not None:
            return replace(self._self, own=frozenset())
        callee = self._visit(function, depth) if function is not None else None
        if callee is not None:
            callee = self.values.called(callee)
        self._arguments(callee, arguments, depth)
        return self.values.result(callee) if callee is not None else None

    def _arguments(self, callee: Target | None, arguments: Node | None, depth: int) -> None:
        position = 0
        if arguments is not None and arguments.has_error:
            callee = None  # a signature with types, `run(depth: int = 3)`, is no call
        for child in arguments.named_children if arguments else ():
            if child.type == "comment":
                continue
            if child.type != "keyword_argument":
                self._visit(child, depth)
                is_alone = arguments is not None and is_on_own_line(child, arguments)
                if position >= 0 and callee is not None and is_alone:
                    self._say("argument", child, callee, position=position)
                position = -1 if position < 0 or child.type == "list_splat" else position + 1
                continue
            key, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if callee is not None and key is not None:
                self._say("argument", key, callee, text_of(key))
            if value is not None:
                self._visit(value, depth)

    def _visit_keyword_argument(self, node: Node, depth: int) -> None:
        value = node.child_by_field_name("value")
        if value is not None:
            self._visit(value, depth)


def _imported(target: Target | None) -> Target | None:
    return replace(target, is_import=True) if target is not None else None
