"""What Python code on a page uses of our packages: names followed through imports and variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.surface.python.names import External, Module, Names, Symbol, decorators_of
from moxi_analyzer.syntax import text_of
from moxi_check.code.python_shapes import module_offers, settled, targets
from moxi_check.code.uses import Fragment, Use
from moxi_check.document import Span
from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 150
_BINDS = frozenset({"for_statement", "for_in_clause", "named_expression"})
_PLAIN_TYPE = lazy_pattern(r"^[\"']?([A-Za-z_][\w.]*)[\"']?$")
# An instance is handed on by its `__enter__` where that gives back the object itself.
_RETURNS_SELF = lazy_pattern(r"return self(?![\w.\[(])")
# What is declared to be of such a class is of another one, which may have more.
_IS_ABSTRACT = lazy_pattern(
    r"abstractmethod|\((?:[\w.]+, )?(?:[\w.]*ABC|[\w.]*Protocol|metaclass=[\w.]*ABCMeta)\b"
)


@dataclass(frozen=True)
class Target:
    """What a name of the example stands for: `name` of `module`, or an object of that class."""

    module: str
    name: str
    found: Module | Symbol | External | None
    is_instance: bool = False
    doubt: str = ""


class Walker:
    """Walks the fragments of a page in order; `known` are the names that the example has so far."""

    def __init__(self, names: Names, own: frozenset[str]) -> None:
        self.names = names
        self.own = own
        self.known: dict[str, Target | None] = {}
        self._fragment: Fragment | None = None
        self._found: list[Use] = []
        self.foreign: list[Span] = []

    def is_ours(self, module: str) -> bool:
        """Whether a module is in one of our packages."""
        return any(module == root or module.startswith(root + ".") for root in self.own)

    def uses(self, fragment: Fragment) -> Iterator[Use]:
        """The uses of one fragment."""
        self._fragment, self._found = fragment, []
        for node in fragment.root.children:
            self._visit(node, 0)
        yield from self._found

    def _say(self, kind: str, node: Node, target: Target, argument: str = "") -> None:
        if self._fragment is not None:
            self._found.append(
                Use(
                    "argument" if kind == "argument" else "import" if kind == "import" else "api",
                    self._fragment.span(node), target.module, target.name, argument,
                    target.is_instance, doubt=target.doubt,
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
            return self.known.get(text_of(node))
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
            self.known[text_of(alias) or first] = self._module(bound)

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
                self.known[name] = self._of_module(module, inner, name)
        for item in node.children_by_field_name("name"):
            named = item.child_by_field_name("name") or item
            local = text_of(item.child_by_field_name("alias")) or text_of(named)
            self.known[local] = None
            if ours:
                target = self._of_module(module, self.names.module(module), text_of(named))
                self._say("import", named, Target(module, text_of(named), None))
                self.known[local] = target

    def _visit_function_definition(self, node: Node, depth: int) -> None:
        self.known[text_of(node.child_by_field_name("name"))] = None
        parameters = node.child_by_field_name("parameters")
        for child in parameters.named_children if parameters else ():
            self._parameter(child, depth)
        body = node.child_by_field_name("body")
        if body is not None:
            self._visit(body, depth)

    def _parameter(self, node: Node, depth: int) -> None:
        kind, default = node.child_by_field_name("type"), node.child_by_field_name("value")
        given = self._visit(kind, depth) if kind is not None else None
        if default is not None:
            self._visit(default, depth)
        name = node.child_by_field_name("name")
        if name is None and node.type == "typed_parameter" and node.named_children:
            name = node.named_children[0]
        for written, _ in targets(name or node):
            self.known[written] = self._object(given) if node.type == "typed_parameter" else None

    def _visit_type(self, node: Node, depth: int) -> Target | None:
        inner = node.named_children
        return self._visit(inner[0], depth) if len(inner) == 1 else None

    def _visit_class_definition(self, node: Node, depth: int) -> None:
        for field in ("superclasses", "body"):
            child = node.child_by_field_name(field)
            if child is not None:
                self._visit(child, depth)
        self.known[text_of(node.child_by_field_name("name"))] = None

    def _visit_lambda(self, node: Node, depth: int) -> None:
        parameters = node.child_by_field_name("parameters")
        for child in parameters.named_children if parameters else ():
            self._parameter(child, depth)
        body = node.child_by_field_name("body")
        if body is not None:
            self._visit(body, depth)

    def _visit_assignment(self, node: Node, depth: int) -> Target | None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        kind = node.child_by_field_name("type")
        value = self._visit(right, depth) if right is not None else None
        if kind is not None:
            value = value or self._object(self._visit(kind, depth))
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
        for child in node.named_children:
            if left is None or child.id != left.id:
                if child.type == "block":
                    self._forget(left)
                self._visit(child, depth)
        self._forget(left)

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
        if len(names) == 1 and value is not None and self._enters_itself(value):
            self.known[names[0]] = value

    def _enters_itself(self, value: Target) -> bool:
        if not value.is_instance or not isinstance(value.found, Symbol):
            return False
        for name in ("__enter__", "__aenter__"):
            enter = self.names.member(value.found, name)
            if isinstance(enter, Symbol) and _RETURNS_SELF.search(text_of(enter.node)):
                return True
        return False

    def _forget(self, node: Node | None) -> None:
        for name, _ in targets(node):
            self.known[name] = None

    # Expressions

    def _visit_attribute(self, node: Node, depth: int) -> Target | None:
        inner, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        owner = self._visit(inner, depth) if inner is not None else None
        if owner is None or name is None:
            return None
        written = text_of(name)
        if isinstance(owner.found, Module):
            target = self._of_module(owner.module, owner.found, written, owner.doubt)
            self._say("api", name, Target(owner.module, written, None, doubt=owner.doubt))
            return target
        if isinstance(owner.found, Symbol) and owner.found.node.type == "class_definition":
            member = self.names.member(owner.found, written)
            path = f"{owner.name}.{written}"
            self._say("api", name, Target(owner.module, path, None, owner.is_instance, owner.doubt))
            return self._value(Target(owner.module, path, member, False, owner.doubt))
        return None

    def _visit_call(self, node: Node, depth: int) -> Target | None:
        function, arguments = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        callee = self._visit(function, depth) if function is not None else None
        callable_ = (
            callee is not None and isinstance(callee.found, Symbol) and not callee.is_instance
        )
        for child in arguments.named_children if arguments else ():
            if child.type != "keyword_argument":
                self._visit(child, depth)
                continue
            key, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if callable_ and callee is not None and key is not None:
                self._say("argument", key, callee, text_of(key))
            if value is not None:
                self._visit(value, depth)
        return self._result(callee) if callable_ and callee is not None else None

    def _visit_keyword_argument(self, node: Node, depth: int) -> None:
        value = node.child_by_field_name("value")
        if value is not None:
            self._visit(value, depth)

    # What names stand for

    def _module(self, dotted: str) -> Target | None:
        found = self.names.module(dotted)
        return Target(dotted, "", found) if found is not None else None

    def _of_module(self, module: str, inner: Module | None, name: str, doubt: str = "") -> Target:
        found = self.names.member(inner, name) if inner is not None else None
        if isinstance(found, Module):
            return Target(found.name, "", found, doubt=doubt)
        if isinstance(found, Symbol):
            found, is_instance = settled(self.names, found)
            return Target(module, name, found, is_instance, doubt)
        return Target(module, name, found, doubt=doubt)

    def _object(self, target: Target | None) -> Target | None:
        """An object of the class that a target is."""
        if target is None or not isinstance(target.found, Symbol) or target.is_instance:
            return None
        if target.found.node.type != "class_definition":
            return None
        return Target(target.module, target.name, target.found, True, target.doubt)

    def _value(self, member: Target) -> Target | None:
        """What an attribute stands for: a method to call, or the object that a property gives."""
        if not isinstance(member.found, Symbol) or member.found.node.type != "function_definition":
            return member if isinstance(member.found, Symbol) else None
        if any(text_of(mark).endswith("property") for mark in decorators_of(member.found.node)):
            return self._result(member)
        return member

    def _result(self, callee: Target) -> Target | None:
        """What calling something gives: an object of ours, if its declaration says so."""
        symbol = callee.found
        if not isinstance(symbol, Symbol):
            return None
        if symbol.node.type == "class_definition":
            if isinstance(self.names.member(symbol, "__new__"), Symbol):
                return None
            return self._object(callee)
        if symbol.node.type != "function_definition":
            return None
        marks = [text_of(m) for m in decorators_of(symbol.node)]
        if any(not m.endswith(("classmethod", "staticmethod", "property")) for m in marks):
            return None
        said = _PLAIN_TYPE.match(text_of(symbol.node.child_by_field_name("return_type")))
        if not said:
            return None
        if said[1] == "Self":
            owner = symbol.name.rpartition(".")[0]
            made = self.names.symbol(symbol.module, owner) if owner else None
        else:
            made = self.names.symbol(symbol.module, said[1])
        if made is None or made.node.type != "class_definition":
            return None
        doubt = "it may be of a subclass" if _IS_ABSTRACT.search(text_of(made.node)) else ""
        return Target(made.module.name, made.name, made, True, callee.doubt or doubt)
