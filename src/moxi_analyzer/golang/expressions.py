"""What Go expressions are worth: literals, names, selectors, composite literals, calls."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from moxi_analyzer.golang import library
from moxi_analyzer.golang.packages import Decl, GoCode, GoFile, GoPackage, framework_of
from moxi_analyzer.golang.values import (
    ARGUMENTS,
    Bound,
    Closure,
    External,
    FlagSet,
    Plain,
    Program,
    Scope,
    Struct,
    Value,
)
from moxi_analyzer.syntax import text_of, unquote
from moxi_core.records import Evidence

MAX_STEPS = 150_000
_NUMBER = {"int_literal", "float_literal", "true", "false", "rune_literal"}


class Expressions:
    """Evaluates expressions of one program; `call` walks function bodies."""

    def __init__(self, code: GoCode, folder: str, model: library.Models, gated: set[str]) -> None:
        self.code = code
        self.program = Program(folder)
        self._model = model
        self._gated = gated
        self._globals: dict[Decl, Value] = {}
        self._active: list[Node] = []
        self._sites: list[Evidence | None] = []
        self.steps = 0

    def eval(self, node: Node | None, scope: Scope, file: GoFile) -> Value:
        """The value of an expression; None when it is not known."""
        self.steps += 1
        if node is None or self.steps > MAX_STEPS:
            return None
        kind = node.type
        if kind in {"interpreted_string_literal", "raw_string_literal"}:
            return unquote(text_of(node))
        if kind in _NUMBER:
            return Plain(text_of(node))
        if kind == "identifier":
            return self._name(text_of(node), scope, file)
        if kind in {
            "parenthesized_expression",
            "variadic_argument",
            "literal_element",
            "expression_list",
        }:
            return self.eval(first_child(node), scope, file)
        if kind == "unary_expression":
            return self._unary(node, scope, file)
        if kind == "selector_expression":
            return self._selector(node, scope, file)
        if kind == "binary_expression":
            return self._binary(node, scope, file)
        if kind == "composite_literal":
            return self._composite(node, scope, file)
        if kind == "call_expression":
            return self._call(node, scope, file)
        if kind == "func_literal":
            return Closure(node, file, scope)
        if kind == "index_expression":
            return self._index(node, scope, file)
        if kind in {"type_conversion_expression", "slice_expression"}:
            return self.eval(node.child_by_field_name("operand"), scope, file)
        return None

    def _unary(self, node: Node, scope: Scope, file: GoFile) -> Value:
        value = self.eval(node.child_by_field_name("operand"), scope, file)
        if text_of(node).startswith("-") and isinstance(value, Plain):
            return Plain("-" + value.text)
        return value if text_of(node)[:1] in "&*" else None

    def _name(self, name: str, scope: Scope, file: GoFile) -> Value:
        holder = scope.holder(name)
        if holder is not None:
            return holder.names[name]
        return self._member(file.package, name)

    def _member(self, package: GoPackage, name: str) -> Value:
        if name in package.values:
            return self._global(package.values[name])
        if name in package.functions:
            decl = package.functions[name]
            return Closure(decl.node, decl.file)
        return None

    def _global(self, decl: Decl) -> Value:
        if decl not in self._globals:
            self._globals[decl] = None  # a variable that needs itself stays unknown
            value = self.eval(decl.value, Scope(), decl.file)
            if value is None and decl.type is not None and decl.value is None:
                value = self._zero(decl.type, decl.file, decl.name)
            if isinstance(value, Struct) and not value.symbol:
                value.symbol = decl.name
            self._globals[decl] = value
        return self._globals[decl]

    def _selector(self, node: Node, scope: Scope, file: GoFile) -> Value:
        operand, name = (
            node.child_by_field_name("operand"),
            text_of(node.child_by_field_name("field")),
        )
        if operand is not None and operand.type == "identifier":
            alias = text_of(operand)
            if alias in file.imports and scope.holder(alias) is None:
                path = file.imports[alias]
                package = self.code.imported(path)
                if package is not None:
                    return self._member(package, name)
                return library.constant(framework_of(path), name) or External(
                    framework_of(path), name
                )
        value = self.eval(operand, scope, file)
        if isinstance(value, Struct) and name in value.fields:
            return value.fields[name]
        return Bound(value, name)

    def _binary(self, node: Node, scope: Scope, file: GoFile) -> Value:
        left = self.eval(node.child_by_field_name("left"), scope, file)
        right = self.eval(node.child_by_field_name("right"), scope, file)
        operator = text_of(node.child_by_field_name("operator"))
        return library.binary(operator, left, right)

    def _index(self, node: Node, scope: Scope, file: GoFile) -> Value:
        value = self.eval(node.child_by_field_name("operand"), scope, file)
        key = self.eval(node.child_by_field_name("index"), scope, file)
        if isinstance(value, dict) and isinstance(key, str):
            return value.get(key)
        if value == ARGUMENTS:
            return value if key in {Plain("0"), Plain("1")} else None
        return value if isinstance(value, Closure) else None

    # Literals of structs, slices and maps

    def type_of(self, node: Node | None, file: GoFile) -> External | Decl | None:
        """What a type expression names: another module's type, or a declaration of our own."""
        while node is not None and node.type in {"pointer_type", "parenthesized_type"}:
            node = first_child(node)
        if node is None:
            return None
        if node.type == "qualified_type":
            alias = text_of(node.child_by_field_name("package"))
            name = text_of(node.child_by_field_name("name"))
            path = file.imports.get(alias, alias)
            package = self.code.imported(path)
            return package.types.get(name) if package else External(framework_of(path), name)
        if node.type == "generic_type":
            return self.type_of(node.child_by_field_name("type"), file)
        if node.type == "type_identifier":
            decl = file.package.types.get(text_of(node))
            if decl is not None and decl.type is not None and decl.type.type == "qualified_type":
                return self.type_of(decl.type, decl.file)
            return decl
        return None

    def _zero(self, node: Node, file: GoFile, symbol: str = "") -> Value:
        named = self.type_of(node, file)
        at = file.source.at(node)
        if isinstance(named, External):
            if named.name == "FlagSet":
                return FlagSet(named.package)
            return self._built(Struct(at, external=named, file=file, symbol=symbol))
        if named is not None or node.type == "struct_type":
            return Struct(at, decl=named, literal=node, file=file, symbol=symbol)
        return None

    def _built(self, value: Struct) -> Struct:
        self.program.built.append(value)
        return value

    def _composite(self, node: Node, scope: Scope, file: GoFile) -> Value:
        return self._literal(
            node.child_by_field_name("type"), node.child_by_field_name("body"), node, scope, file
        )

    def _literal(
        self, of: Node | None, body: Node | None, node: Node, scope: Scope, file: GoFile
    ) -> Value:
        elements = [n for n in body.named_children if n.type != "comment"] if body else []
        if of is not None and of.type in {"slice_type", "array_type", "implicit_length_array_type"}:
            inner = of.child_by_field_name("element")
            return [self._element(inner, element, scope, file) for element in elements]
        if of is not None and of.type == "map_type":
            return self._map(of, elements, scope, file)
        named = self.type_of(of, file)
        declared = named.type if isinstance(named, Decl) else None
        if declared is not None and declared.type in {"slice_type", "map_type"}:
            return self._literal(declared, body, node, scope, file)
        external = named if isinstance(named, External) else None
        if external is not None and not elements and external.name == "FlagSet":
            return FlagSet(external.package)
        value = Struct(
            file.source.at(node),
            external=external,
            decl=named if isinstance(named, Decl) else None,
            literal=of,
            file=file,
        )
        if external is not None:
            self._built(value)
        ordered = field_names(declared)
        for index, element in enumerate(elements):
            if element.type == "keyed_element":
                key, content = element.named_children[0], element.named_children[-1]
                value.fields[text_of(key)] = self._element(None, content, scope, file)
            elif index < len(ordered):
                value.fields[ordered[index]] = self._element(None, element, scope, file)
        return value

    def _map(self, of: Node, elements: Sequence[Node], scope: Scope, file: GoFile) -> Value:
        found: dict[str, Value] = {}
        inner = of.child_by_field_name("value")
        for element in elements:
            if element.type == "keyed_element":
                key = self._element(None, element.named_children[0], scope, file)
                value = self._element(inner, element.named_children[-1], scope, file)
                found[key if isinstance(key, str) else text_of(element.named_children[0])] = value
        return found

    def _element(self, of: Node | None, node: Node, scope: Scope, file: GoFile) -> Value:
        inner = first_child(node) if node.type == "literal_element" else node
        if inner is not None and inner.type == "literal_value":
            # `{Name: "x"}` inside a slice or map takes the element type.
            return self._literal(of, inner, inner, scope, file)
        return self.eval(inner, scope, file)

    # Calls

    def _call(self, node: Node, scope: Scope, file: GoFile) -> Value:
        target = node.child_by_field_name("function")
        listed = node.child_by_field_name("arguments")
        nodes = [n for n in listed.named_children if n.type != "comment"] if listed else []
        if (
            target is not None
            and target.type == "identifier"
            and scope.holder(text_of(target)) is None
        ):
            name = text_of(target)
            if name in {"append", "new", "make"} and nodes:
                return self._builtin(name, nodes, scope, file)
            if name in file.package.types or name == "string":
                return self.eval(nodes[0], scope, file) if len(nodes) == 1 else None
        function = self.eval(target, scope, file)
        arguments: list[Value] = []
        for argument in nodes:
            value = self.eval(argument, scope, file)
            if argument.type == "variadic_argument" and isinstance(value, list):
                arguments.extend(value[: library.MAX_ITEMS])
            else:
                arguments.append(value)
        call = library.Call(
            self.program, arguments, nodes, file, file.source.at(node), (self._sites or [None])[-1]
        )
        if isinstance(function, Closure):
            self._sites.append(call.at)
            result = self.call(function, arguments)
            self._sites.pop()
            return result
        if isinstance(function, External):
            return self._model.function(function, call)
        if isinstance(function, Bound):
            return self._method(function, call)
        return None

    def _builtin(self, name: str, nodes: list[Node], scope: Scope, file: GoFile) -> Value:
        if name == "append":
            values = [self.eval(n, scope, file) for n in nodes]
            grown = list(values[0]) if isinstance(values[0], list) else []
            last = values[-1]
            if nodes[-1].type == "variadic_argument" and isinstance(last, list):
                return [*grown, *last][: library.MAX_ITEMS]
            return [*grown, *values[1:]][: library.MAX_ITEMS]
        if name == "new":
            return self._zero(nodes[0], file)
        return {} if nodes[0].type == "map_type" else []

    def _method(self, bound: Bound, call: library.Call) -> Value:
        receiver = bound.receiver
        if isinstance(receiver, Struct) and receiver.external is None and receiver.file is not None:
            decl = receiver.decl
            package = decl.file.package if decl is not None else receiver.file.package
            method = package.method(bound.name, decl.name if decl is not None else "")
            if method is not None:
                return self.call(
                    Closure(method.node, method.file, receiver=receiver), call.arguments
                )
            promoted = self._promoted(receiver, bound.name, call)
            if promoted is not None:
                return promoted
        handled, value = self._model.method(receiver, bound.name, call)
        if handled or receiver is not None:
            return value
        method = call.file.package.method(bound.name)
        if method is not None:
            return self.call(Closure(method.node, method.file), call.arguments)
        return None

    def _promoted(self, receiver: Struct, name: str, call: library.Call) -> Value:
        for key, value in receiver.fields.items():
            if isinstance(value, Struct | FlagSet) and key.rpartition(".")[2][:1].isupper():
                handled, result = self._model.method(value, name, call)
                if handled:
                    return result
        return None

    def call(self, function: Closure, arguments: Sequence[Value]) -> Value:
        """What a function of the repository's own returns; its effects on values happen."""
        raise NotImplementedError


def first_child(node: Node) -> Node | None:
    """The first named child that is not a comment."""
    return next((n for n in node.named_children if n.type != "comment"), None)


def field_names(struct: Node | None) -> list[str]:
    """The field names of a struct type in order; an embedded field is called as its type."""
    listed = struct.named_children if struct is not None and struct.type == "struct_type" else []
    found: list[str] = []
    for field in (f for group in listed for f in group.named_children):
        names = [text_of(n) for n in field.children_by_field_name("name") if text_of(n) != ","]
        of = text_of(field.child_by_field_name("type"))
        if field.type == "field_declaration":
            found.extend(names or [of.lstrip("*").rpartition(".")[2]])
    return found
