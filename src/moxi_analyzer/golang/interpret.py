"""Follows what a Go program builds at start: literals, constants, assignments, own functions.

Conditions are not decided: every branch is walked, in order. What is computed stays unknown
(None). Function literals are walked only where they are called, so that handlers stay out.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from moxi_analyzer.golang import library
from moxi_analyzer.golang.expressions import MAX_STEPS, Expressions, first_child
from moxi_analyzer.golang.packages import Decl, GoFile, GoPackage
from moxi_analyzer.golang.values import (
    ARGUMENTS,
    Closure,
    Plain,
    Program,
    Results,
    Scope,
    Struct,
    Value,
)
from moxi_analyzer.syntax import text_of

_MAX_DEPTH = 40
_MAX_IDLE_DEPTH = 3
_BLOCKS = {
    "block",
    "statement_list",
    "expression_case",
    "default_case",
    "type_case",
    "communication_case",
}


class Interpreter(Expressions):
    """Walks one main package, and from there what it calls."""

    def run(self) -> Program:
        """Package variables and init functions of the packages reached, then main."""
        for folder in self.code.reached(self.program.folder):
            if folder not in self._gated and folder != self.program.folder:
                continue
            package = self.code.package(folder)
            if package is not None:
                self._initialise(package)
        package = self.code.package(self.program.folder)
        main = package.functions.get("main") if package else None
        if main is not None:
            self.call(Closure(main.node, main.file), [])
        return self.program

    def _initialise(self, package: GoPackage) -> None:
        for decl in package.values.values():
            if decl.file.uses_framework:
                self._global(decl)
        for init in package.inits:
            self.call(Closure(init.node, init.file), [])

    def call(self, function: Closure, arguments: Sequence[Value]) -> Value:
        """What a function of the repository's own returns; its effects on values happen."""
        node, file = function.node, function.file
        body = node.child_by_field_name("body")
        if body is None or node in self._active or len(self._active) >= _MAX_DEPTH:
            return None
        if not self._is_relevant(file, body):
            return None
        self._active.append(node)
        scope = Scope(function.scope)
        self._bind(function, arguments, scope)
        returned: list[Value] = []
        self._block(body, scope, file, returned)
        self._active.pop()
        return _best(returned, node, scope)

    def _is_relevant(self, file: GoFile, body: Node) -> bool:
        if file.package.folder.path in self._gated:
            return True
        if body.end_byte - body.start_byte < 300:
            return True
        return len(self._active) <= _MAX_IDLE_DEPTH

    def _bind(self, function: Closure, arguments: Sequence[Value], scope: Scope) -> None:
        node, file, receiver = function.node, function.file, function.receiver
        declared = node.child_by_field_name("receiver")
        if declared is not None and declared.named_children:
            name = text_of(declared.named_children[0].child_by_field_name("name"))
            of = declared.named_children[0].child_by_field_name("type")
            scope.names[name] = receiver if receiver is not None else self._own(of, file)
        parameters = node.child_by_field_name("parameters")
        position = 0
        for parameter in parameters.named_children if parameters is not None else []:
            for name_node in parameter.children_by_field_name("name"):
                name = text_of(name_node)
                if parameter.type == "variadic_parameter_declaration":
                    scope.names[name] = list(arguments[position:])
                elif name != ",":
                    value = arguments[position] if position < len(arguments) else None
                    of = parameter.child_by_field_name("type")
                    scope.names[name] = value if value is not None else self._own(of, file)
                    position += 1
        results = node.child_by_field_name("result")
        if results is not None and results.type == "parameter_list":
            for result in results.named_children:
                for name_node in result.children_by_field_name("name"):
                    scope.names[text_of(name_node)] = None

    def _own(self, of: Node | None, file: GoFile) -> Value:
        """An unknown value, with its type if that is one of our own."""
        named = self.type_of(of, file) if of is not None else None
        return self._zero(of, file) if of is not None and isinstance(named, Decl) else None

    # Statements

    def _block(self, node: Node, scope: Scope, file: GoFile, returned: list[Value]) -> None:
        for child in node.named_children:
            self._statement(child, scope, file, returned)

    def _statement(self, node: Node, scope: Scope, file: GoFile, returned: list[Value]) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return
        kind = node.type
        if kind in _BLOCKS:
            inner = scope if kind == "statement_list" else Scope(scope)
            self._block(node, inner, file, returned)
        elif kind == "expression_statement":
            self.eval(first_child(node), scope, file)
        elif kind in {"short_var_declaration", "assignment_statement"}:
            self._assign(node, scope, file)
        elif kind in {"var_declaration", "const_declaration"}:
            self._declare(node, scope, file)
        elif kind == "return_statement":
            returned.append(self._returned(node, scope, file))
        elif kind == "for_statement":
            self._loop(node, scope, file, returned)
        elif kind in {"defer_statement", "go_statement"}:
            self.eval(first_child(node), scope, file)
        elif kind.endswith("_statement"):
            inner = Scope(scope)
            if kind == "expression_switch_statement":
                self._switch(node, scope, file)
            for child in node.named_children:
                if child.type.endswith(("_expression", "identifier")):
                    self.eval(child, inner, file)
                else:
                    self._statement(child, inner, file, returned)

    def _switch(self, node: Node, scope: Scope, file: GoFile) -> None:
        """Record the words that an argument of the command line is compared with."""
        if self.eval(node.child_by_field_name("value"), scope, file) != ARGUMENTS:
            return
        for case in node.named_children:
            listed = case.child_by_field_name("value") if case.type == "expression_case" else None
            for value in listed.named_children[:1] if listed is not None else ():
                word = self.eval(value, scope, file)
                if isinstance(word, str):
                    self.program.words.setdefault(word, file.source.at(value))

    def _returned(self, node: Node, scope: Scope, file: GoFile) -> Value:
        listed = first_child(node)
        if listed is None:
            return None
        values = [self.eval(child, scope, file) for child in listed.named_children]
        return values[0] if len(values) == 1 else Results(values)

    def _assign(self, node: Node, scope: Scope, file: GoFile) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets = left.named_children if left is not None else []
        sources = right.named_children if right is not None else []
        values = [self.eval(source, scope, file) for source in sources]
        if len(values) == 1 and isinstance(values[0], Results):
            values = list(values[0])
        operator = text_of(node.child_by_field_name("operator"))
        for index, target in enumerate(targets):
            value = values[index] if index < len(values) else None
            if operator == "+=":
                value = library.binary("+", self.eval(target, scope, file), value)
            if node.type == "short_var_declaration":
                scope.names[text_of(target)] = value
            else:
                self._store(target, value, scope, file)

    def _store(self, target: Node, value: Value, scope: Scope, file: GoFile) -> None:
        if target.type == "identifier":
            name = text_of(target)
            holder = scope.holder(name)
            if holder is not None:
                holder.names[name] = value
            elif name in file.package.values:
                decl = file.package.values[name]
                if isinstance(value, Struct) and not value.symbol:
                    value.symbol = name
                self._globals[decl] = value
        elif target.type == "selector_expression":
            operand = self.eval(target.child_by_field_name("operand"), scope, file)
            name = text_of(target.child_by_field_name("field"))
            if isinstance(operand, Struct):
                operand.fields[name] = value
        elif target.type == "unary_expression":
            self._store(target.named_children[0], value, scope, file)

    def _declare(self, node: Node, scope: Scope, file: GoFile) -> None:
        for spec in node.named_children:
            if spec.type.endswith("_list"):
                self._declare(spec, scope, file)
                continue
            of, listed = spec.child_by_field_name("type"), spec.child_by_field_name("value")
            values = [self.eval(n, scope, file) for n in listed.named_children] if listed else []
            if len(values) == 1 and isinstance(values[0], Results):
                values = list(values[0])
            for index, name in enumerate(spec.children_by_field_name("name")):
                value = values[index] if index < len(values) else None
                if listed is None and of is not None:
                    value = self._zero(of, file, text_of(name))
                scope.names[text_of(name)] = value

    def _loop(self, node: Node, scope: Scope, file: GoFile, returned: list[Value]) -> None:
        clause = next((n for n in node.named_children if n.type == "range_clause"), None)
        body = node.child_by_field_name("body")
        if body is None:
            return
        left = clause.child_by_field_name("left") if clause else None
        names = [text_of(n) for n in left.named_children] if left else []
        over = self.eval(clause.child_by_field_name("right"), scope, file) if clause else None
        rounds: list[tuple[Value, Value]] = [(None, None)]
        if isinstance(over, list):
            rounds = [(Plain(str(i)), item) for i, item in enumerate(over[:200])]
        elif isinstance(over, dict):
            rounds = list(over.items())[:200]
        for item in rounds:
            inner = Scope(scope)
            inner.names.update(zip(names, item, strict=False))
            self._block(body, inner, file, returned)


def _best(returned: list[Value], node: Node, scope: Scope) -> Value:
    """Of all returns the last that tells most; early ones usually report an error."""
    for value in reversed(returned):
        head = value[0] if isinstance(value, Results) and value else value
        if head is not None:
            return value
    results = node.child_by_field_name("result")
    if results is not None and results.type == "parameter_list":
        names = [
            text_of(n) for r in results.named_children for n in r.children_by_field_name("name")
        ]
        values = [scope.names.get(name) for name in names if name != ","]
        if values:
            return values[0] if len(values) == 1 else Results(values)
    return returned[-1] if returned else None
