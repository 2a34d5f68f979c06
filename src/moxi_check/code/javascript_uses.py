"""What ECMAScript code on a page uses of our packages: names followed through imports and variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.surface.javascript.syntax import FUNCTIONS, plain, required, unwrap
from moxi_analyzer.syntax import descendants, literal, text_of
from moxi_check.code.javascript_bound import (
    Bound,
    awaited,
    first_parameter,
    is_required,
    served,
    told_type,
)
from moxi_check.code.javascript_types import names_in
from moxi_check.code.javascript_values import CALL, PROMISED
from moxi_check.code.uses import Fragment, Use, UseKind, is_on_own_line
from moxi_check.document import Span
from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 150
_MAX_NESTED = 6
_PACKAGE = lazy_pattern(r"^((?:@[\w.-]+/)?[\w-][\w.-]*)(?:/|$)")
# In a comment, where JSDoc names a type.
_OF_TYPE = lazy_pattern(r"\bimport\((['\"])([^'\"\n]{1,200})\1\)")


class Walker:
    """Walks the fragments of a page in order; `known` are the names that the example has so far."""

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self.is_ours = is_ours
        self.known: dict[str, Bound | None] = {}
        self._fragment: Fragment | None = None
        self._found: list[Use] = []
        self.foreign: list[Span] = []
        self._objects: dict[str, tuple[Fragment, Node]] = {}

    def uses(self, fragment: Fragment) -> Iterator[Use]:
        """The uses of one fragment."""
        self._fragment, self._found = fragment, []
        for node in fragment.root.children:
            self._visit(node, 0)
        yield from self._found

    def _say(
        self, kind: UseKind, node: Node, bound: Bound, argument: str = "", position: int = -1,
        *, only_true: bool = False, fragment: Fragment | None = None,
    ) -> None:  # fmt: skip
        fragment = fragment or self._fragment
        if fragment is not None:
            name = "" if bound.name == "*" else bound.name
            self._found.append(
                Use(
                    kind, fragment.span(node), bound.spec, name, argument,
                    bound.is_instance, position, only_true=only_true,
                )
            )  # fmt: skip

    def _spec(self, node: Node | None) -> str:
        """A module of ours that a string names; says that it is used."""
        spec = served((literal(node) or "").removeprefix("npm:").removeprefix("jsr:"))
        inner = (
            next((c for c in node.named_children if c.type == "string_fragment"), None)
            if node
            else None
        )
        if node is None or not spec or not self.is_ours(spec):
            if inner is not None and self._fragment is not None:
                self._not_ours(spec, self._fragment.span(inner))
            return ""
        if inner is not None:
            self._say("import", inner, Bound(spec, "*"))
        return spec

    def _not_ours(self, spec: str, span: Span) -> None:
        """The package of a module that is of no package of ours."""
        found = _PACKAGE.match(spec)
        at = span.text.find(found[1]) if found else -1
        if found and at >= 0:
            self.foreign.append(Span(found[1], span.line, span.column + at))

    def _comment(self, node: Node) -> None:
        """Modules whose types a comment names."""
        if self._fragment is None:
            return
        rows = range(node.start_point.row, node.end_point.row + 1)
        for line in self._fragment.lines[rows.start : rows.stop]:
            for found in _OF_TYPE.finditer(line.text):
                span = Span(found[2], line.line, line.column + found.start(2))
                if self.is_ours(found[2]):
                    self._found.append(Use("import", span, found[2]))
                else:
                    self._not_ours(found[2], span)

    def _visit(self, node: Node, depth: int) -> Bound | None:
        """Look for uses in a node; what its value stands for, if that is known."""
        if node.type == "comment":
            self._comment(node)
        if depth > _MAX_DEPTH or node.type in {"comment", "ERROR"}:
            return None
        if node.type in {"identifier", "jsx_identifier", "type_identifier"}:
            return self._name(node)
        if node.type in FUNCTIONS:
            self._function(node, depth + 1)
            return None
        method = getattr(self, f"_visit_{node.type}", None)
        if method is not None:
            result: Bound | None = method(node, depth + 1)
            return result
        inner = unwrap(node)
        if inner.id != node.id:
            return self._visit(inner, depth + 1)
        for child in node.named_children:
            self._visit(child, depth + 1)
        return None

    def _name(self, node: Node) -> Bound | None:
        """A name that stands alone: what is imported is used here."""
        bound = self.known.get(text_of(node))
        if bound is None or not bound.is_import:
            return bound
        self._say("api", node, bound, only_true=True)
        return replace(bound, is_import=False)

    # Imports

    def _visit_import_statement(self, node: Node, _: int) -> None:
        spec = self._spec(node.child_by_field_name("source"))
        for clause in node.named_children:
            for part in clause.named_children if clause.type == "import_clause" else ():
                self._import_part(part, spec)

    def _import_part(self, part: Node, spec: str) -> None:
        if part.type == "identifier":
            self.known[text_of(part)] = Bound(spec, "default", is_import=True) if spec else None
            if spec:
                self._say("import", part, Bound(spec, "default"))
        elif part.type == "namespace_import" and part.named_children:
            self.known[text_of(part.named_children[-1])] = (
                Bound(spec, "*", is_import=True) if spec else None
            )
        for item in part.named_children if part.type == "named_imports" else ():
            name = item.child_by_field_name("name")
            local = item.child_by_field_name("alias") or name
            if name is None:
                continue
            self.known[text_of(local)] = Bound(spec, plain(name), is_import=True) if spec else None
            if spec:
                self._say("import", name, Bound(spec, plain(name)))

    def _visit_export_statement(self, node: Node, depth: int) -> None:
        value = node.child_by_field_name("value")
        if value is not None and value.type == "object":
            self._typed_object(self._told_type(node), value)
        spec = self._spec(node.child_by_field_name("source"))
        for child in node.named_children:
            if child.type != "export_clause":
                self._visit(child, depth)
            for item in child.named_children if spec and child.type == "export_clause" else ():
                name = item.child_by_field_name("name")
                if name is not None:
                    self._say("import", name, Bound(spec, plain(name)))

    # Declarations

    def _visit_variable_declarator(self, node: Node, depth: int) -> None:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        kind = node.child_by_field_name("type")
        said = self._visit(kind, depth) if kind is not None else None
        given = self._visit(value, depth) if value is not None else None
        inner = unwrap(value) if value is not None else None
        if inner is not None and inner.type == "object":
            self._typed_object(said or self._told_type(node), inner)
            if target is not None and target.type == "identifier" and self._fragment is not None:
                self._objects[text_of(target)] = (self._fragment, inner)
                self.known[text_of(target)] = None
                return
        self._bind(target, given, value is not None and is_required(value))

    def _visit_type_annotation(self, node: Node, depth: int) -> Bound | None:
        found = [self._visit(child, depth) for child in node.named_children]
        return found[0] if len(found) == 1 else None

    def _visit_satisfies_expression(self, node: Node, depth: int) -> Bound | None:
        value, *kinds = node.named_children
        found = [self._visit(child, depth) for child in kinds]
        if found and value.type == "object":
            self._typed_object(found[0], value)
        return self._visit(value, depth)

    def _told_type(self, node: Node) -> Bound | None:
        """The type of ours that a JSDoc comment before a statement gives it."""
        spec, name = told_type(node)
        if spec:
            return Bound(spec, name) if self.is_ours(spec) else None
        return self.known.get(name)

    def _typed_object(self, kind: Bound | None, node: Node) -> None:
        """The keys of an object that is said to be of a type of ours."""
        if kind is not None:
            self._keys(replace(kind, is_import=False), node, -1)

    def _bind(self, target: Node | None, given: Bound | None, is_import: bool) -> None:
        if target is not None and target.type == "identifier":
            self._objects.pop(text_of(target), None)
            is_whole = given is not None and is_import
            self.known[text_of(target)] = (
                replace(given, is_import=True) if is_whole and given else given
            )
            return
        for local, key in names_in(target):
            self.known[local] = None
            self._objects.pop(local, None)
            if given is not None and key:
                self.known[local] = replace(given.path.member(key), is_import=is_import)
        if given is None or target is None or target.type != "object_pattern":
            return
        for child in target.named_children:
            key_node = (
                child.child_by_field_name("key") or child.child_by_field_name("left") or child
            )
            if child.type != "rest_pattern" and key_node.type != "computed_property_name":
                member = replace(given.member(plain(key_node)), is_instance=given.is_instance)
                self._say("import" if is_import else "api", key_node, member)

    def _visit_assignment_expression(self, node: Node, depth: int) -> Bound | None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        given = self._visit(right, depth) if right is not None else None
        if left is not None and left.type in {"member_expression", "subscript_expression"}:
            owner = left.child_by_field_name("object")  # what the example sets is its own affair
            if owner is not None:
                self._visit(owner, depth)
            if text_of(left) == "module.exports" and right is not None and right.type == "object":
                self._typed_object(self._told_type(node), right)
        else:
            self._bind(left, given, right is not None and is_required(right))
        return given

    def _function(self, node: Node, depth: int, given: Bound | None = None) -> None:
        name = node.child_by_field_name("name")
        if name is not None and node.type.endswith("declaration"):
            self.known[text_of(name)] = None
        outside = dict(self.known)
        for field in ("parameters", "parameter"):
            listed = node.child_by_field_name(field)
            for kind in descendants(listed, "type_annotation") if listed is not None else ():
                self._visit(kind, depth)
            for local, _ in names_in(listed):
                self.known[local] = None
        if given is not None:
            self._bind(first_parameter(node), given, is_import=False)
        for field in ("return_type", "body"):
            inner = node.child_by_field_name(field)
            if inner is not None:
                self._visit(inner, depth)
        self.known = outside

    def _visit_required_parameter(self, node: Node, _: int) -> None:
        for local, __ in names_in(node.child_by_field_name("pattern")):
            self.known[local] = None

    def _visit_class_declaration(self, node: Node, depth: int) -> None:
        for child in node.named_children:
            if child.type in {"class_heritage", "class_body", "decorator"}:
                self._visit(child, depth)
        self.known[text_of(node.child_by_field_name("name"))] = None

    def _visit_catch_clause(self, node: Node, depth: int) -> None:
        for local, _ in names_in(node.child_by_field_name("parameter")):
            self.known[local] = None
        body = node.child_by_field_name("body")
        if body is not None:
            self._visit(body, depth)

    def _visit_for_in_statement(self, node: Node, depth: int) -> None:
        right, body = node.child_by_field_name("right"), node.child_by_field_name("body")
        if right is not None:
            self._visit(right, depth)
        for local, _ in names_in(node.child_by_field_name("left")):
            self.known[local] = None
        if body is not None:
            self._visit(body, depth)

    def _visit_labeled_statement(self, node: Node, depth: int) -> None:
        return None  # `{ key: value }` on its own is an object that lost its context

    # Expressions

    def _visit_member_expression(self, node: Node, depth: int) -> Bound | None:
        inner, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if inner is not None and inner.type in {"identifier", "jsx_identifier"}:
            owner = self.known.get(text_of(inner))  # what is asked of it tells of it, too
        else:
            owner = self._visit(inner, depth) if inner is not None else None
        if owner is None or name is None or not owner.spec:
            return None
        if owner.name == "*" and text_of(name) in PROMISED:  # `import("x").then(…)`
            return None
        member = owner.member(text_of(name))
        self._say("api", name, Bound(member.spec, member.name, owner.is_instance))
        return owner.path.member(text_of(name))

    _visit_nested_identifier = _visit_member_expression

    def _visit_call_expression(self, node: Node, depth: int) -> Bound | None:
        function, arguments = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        if required(node) is not None and arguments is not None and arguments.named_children:
            spec = self._spec(arguments.named_children[0])
            return Bound(spec, "*") if spec else None
        callee = self._visit(function, depth) if function is not None else None
        given = awaited(callee)
        if given is not None:
            self._then(given, callee, arguments, depth)
            return callee.member(CALL) if callee is not None else None
        is_name = function is not None and function.type == "identifier"
        if is_name and function is not None and callee is not None and callee.name.endswith(CALL):
            self._say("api", function, callee, only_true=True)  # what a call gave is itself called
        self._arguments(callee, arguments, depth)
        return callee.value.path.member(CALL) if callee is not None else None

    def _then(self, given: Bound, callee: Bound | None, arguments: Node | None, depth: int) -> None:
        """`.then(result => …)`: the function is given what the call before gives."""
        for child in arguments.named_children if arguments is not None else ():
            if child.type in FUNCTIONS and callee is not None and callee.name.endswith(".then"):
                self._function(child, depth + 1, given)
            else:
                self._visit(child, depth)

    def _visit_new_expression(self, node: Node, depth: int) -> Bound | None:
        maker = node.child_by_field_name("constructor")
        made = self._visit(maker, depth) if maker is not None else None
        self._arguments(made, node.child_by_field_name("arguments"), depth)
        if made is None or made.is_instance:
            return None
        return Bound(made.spec, made.value.name, True)

    def _arguments(self, callee: Bound | None, arguments: Node | None, depth: int) -> None:
        children = [c for c in arguments.named_children if c.type != "comment"] if arguments else []
        is_list = arguments is not None and arguments.type == "arguments"
        for position, child in enumerate(children):
            self._visit(child, depth)
            if callee is None or not is_list:
                continue
            made = replace(callee.value, is_instance=False) if not callee.is_instance else callee
            if child.type == "object":
                self._keys(made, child, position)
            elif child.type == "identifier" and text_of(child) in self._objects:
                fragment, node = self._objects[text_of(child)]
                self._keys(made, node, position, fragment=fragment)
            if child.type != "object" and arguments and is_on_own_line(child, arguments):
                self._say("argument", child, made, "", position, only_true=True)

    def _keys(
        self, owner: Bound, node: Node, position: int,
        above: str = "", fragment: Fragment | None = None,
    ) -> None:  # fmt: skip
        """The keys of an object that something of ours is given, and those within them."""
        for item in node.named_children:
            key = item.child_by_field_name("key") or item.child_by_field_name("name") or item
            if key.type not in {"property_identifier", "string", "shorthand_property_identifier"}:
                continue
            word = above + plain(key)
            deep = bool(above) or fragment is not None or position < 0 or owner.is_result
            self._say(
                "argument", key, owner, word, position,
                only_true=deep or owner.is_instance, fragment=fragment,
            )  # fmt: skip
            value = item.child_by_field_name("value")
            is_inner = "." not in plain(key) and word.count(".") < _MAX_NESTED
            if value is not None and value.type == "object" and is_inner:
                self._keys(owner, value, position, word + ".", fragment)

    # JSX

    def _visit_jsx_self_closing_element(self, node: Node, depth: int) -> None:
        name = node.child_by_field_name("name")
        component = self._visit(name, depth) if name is not None else None
        for child in node.named_children:
            if child.type == "jsx_attribute" and child.named_children:
                key = child.named_children[0]
                if component is not None and not component.is_instance and "-" not in text_of(key):
                    self._say("argument", key, component.value, text_of(key), 0)
                for value in child.named_children[1:]:
                    self._visit(value, depth)
            elif child.type == "jsx_expression":
                self._visit(child, depth)

    _visit_jsx_opening_element = _visit_jsx_self_closing_element

    def _visit_jsx_closing_element(self, node: Node, depth: int) -> None:
        for name in node.named_children:
            self._visit(name, depth)
