"""clap's builder calls: `Command::new("demo").arg(Arg::new("x").long("x"))`, evaluated as written.

Functions that return or extend a command are followed, also across files; both branches of a
condition count. Whatever is computed otherwise stays unknown.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.surface.rust.clap_methods import (
    ArgumentInProgress,
    Path,
    Value,
    apply_to_argument,
    apply_to_command,
)
from moxi_analyzer.surface.rust.clap_model import Argument, Command
from moxi_analyzer.surface.rust.clap_usage import from_usage
from moxi_analyzer.surface.rust.syntax import descendants, imports, in_tests, nearest, plain_value
from moxi_analyzer.syntax import Source, literal, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_CALLS = 8
_MAX_STEPS = 150_000
_MAKES = lazy_pattern(rb"(?:Command|App)::new\(|\bSubCommand::with_name\(")
_RETURNS = lazy_pattern(r"(Command|App|Arg|Args|Self)\b")
_CLAP = lazy_pattern(
    r"(?m)^\s*clap\s*=\s*(?:\{[^}\n]*?version\s*=\s*)?\"[^\d\"]*(\d+)"
    r"|dependencies\.clap\]\s*\n(?:[^\n\[]*\n){0,4}?\s*version\s*=\s*\"[^\d\"]*(\d+)"
)
Scope = dict[str, Value]


@dataclass
class _Function:
    """A function of the repository."""

    node: Node
    source: Source


@dataclass
class _Made:
    """A command under construction, and the place of the call that began it."""

    command: Command
    site: tuple[str, int]


@dataclass
class _State:
    """What evaluating the repository's functions brought so far."""

    made: dict[tuple[str, int], list[Command]] = field(default_factory=dict)
    attached: set[tuple[str, int]] = field(default_factory=set)
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    steps: int = 0


class Builders:
    """Evaluates every function of the files that makes a command."""

    def __init__(self, repo: Repository, sources: Iterable[Source]) -> None:
        self.repo = repo
        self.state = _State()
        self.constants: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self.functions: dict[str, list[_Function]] = {}
        self.augmented: dict[str, list[_Function]] = {}
        self.imports: dict[str, dict[str, tuple[str, ...]]] = {}
        self._majors: dict[str, int] = {}
        self._meant: dict[tuple[str, tuple[str, ...]], _Function | None] = {}
        for source in sources:
            self.imports[source.path] = imports(source)
            for _, match in source.matches("clap_builder"):
                if "item" in match:
                    function = _Function(match["item"][0], source)
                    self.functions.setdefault(text_of(match["function"][0]), []).append(function)
                else:
                    for item in descendants(match["impl"][0], "function_item"):
                        if text_of(item.child_by_field_name("name")) == "augment_args":
                            found = self.augmented.setdefault(text_of(match["augmented"][0]), [])
                            found.append(_Function(item, source))

    def known(self, constants: dict[str, str], choices: dict[str, list[str]]) -> None:
        """Tell constants and value enums found by others."""
        self.constants, self.choices = constants, choices

    def augment(self, name: str) -> list[Argument]:
        """The arguments that a hand-written `impl Args for <name>` adds."""
        found = self.augmented.get(name, [])
        if len(found) != 1:
            return []
        function = found[0]
        command = Command("", function.source.at(function.node))
        self._call(function, [_Made(command, ("", 0))], 0)
        return command.arguments

    def facts(self) -> Iterator[Fact]:
        """Facts of each command line that is no sub-command of another."""
        for functions in self.functions.values():
            for function in functions:
                if _MAKES.search(function.node.text or b"") and not in_tests(function.node):
                    self.state.names.setdefault(
                        (function.source.path, function.node.start_byte),
                        text_of(function.node.child_by_field_name("name")),
                    )
                    self._try(function)
        for site, commands in self.state.made.items():
            fullest = max(commands, key=_weight)
            if site not in self.state.attached and _weight(fullest):
                yield from fullest.facts(f"{site[0]}:{self._function_at(site)}", "clap")

    def _try(self, function: _Function) -> None:
        """Evaluate a function for the commands that it makes; one too deep costs no other."""
        try:
            self._call(function, [], 0)
        except RecursionError:
            self.repo.problem(function.source.path, "nested too deeply to read")

    def _function_at(self, site: tuple[str, int]) -> str:
        """The function around a place."""
        before = [(s, n) for (p, s), n in self.state.names.items() if p == site[0] and s <= site[1]]
        return max(before)[1] if before else ""

    # Evaluation: every method returns what an expression is worth, or None.

    def _call(self, function: _Function, arguments: list[Value], depth: int) -> Value:
        body = function.node.child_by_field_name("body")
        parameters = function.node.child_by_field_name("parameters")
        if body is None or depth > _MAX_CALLS:
            return None
        names = []
        for parameter in parameters.named_children if parameters is not None else ():
            pattern = parameter.child_by_field_name("pattern")
            if parameter.type == "self_parameter":
                names.append("self")
            elif pattern is not None:
                names.append(text_of(pattern).removeprefix("mut ").strip())
        scope: Scope = dict(zip(names, arguments, strict=False))
        return _Evaluator(self, function.source, depth).block(body, scope)

    def find(self, path: tuple[str, ...], source: Source) -> _Function | None:
        """The function that a path means in a file, if it may return a command or arguments."""
        key = (source.path, path)
        if key not in self._meant:
            self._meant[key] = self._find(path, source)
        return self._meant[key]

    def _find(self, path: tuple[str, ...], source: Source) -> _Function | None:
        full = self.imports.get(source.path, {}).get(path[0], path[:1]) + path[1:]
        if "Self" in full:
            full = full[-1:]
        candidates = [
            f
            for f in self.functions.get(full[-1], ())
            if _RETURNS.search(text_of(f.node.child_by_field_name("return_type")))
        ]
        return nearest(candidates, full, source)

    def maker(self, path: tuple[str, ...], source: Source) -> str:
        """Which of clap's types `Command::new` and the like make; "" for others, such as std's."""
        known = self.imports.get(source.path, {})
        full = known.get(path[0], path[:1]) + path[1:-1]
        kind = full[-1]
        if path[-1] not in _MAKERS.get(kind, ()):
            return ""
        if len(full) > 1:
            return "" if full[0] in _NOT_CLAP else kind
        # `Command` unexplained is clap's where a prelude of the project's own brings it.
        preludes = (n for n in known if n.endswith("*") and not n.startswith("std"))
        return kind if kind != "Command" or any(preludes) else ""

    def major(self, path: str) -> int:
        """The major version of clap that the package around a file asks for; 4 if not told."""
        folder = folder_of(path)
        if folder not in self._majors:
            place = folder
            self._majors[folder] = 4
            while True:
                found = _CLAP.search(self.repo.text(join(place, "Cargo.toml")) or "")
                if found:
                    self._majors[folder] = int(found[1] or found[2])
                if found or not place:
                    break
                place = folder_of(place)
        return self._majors[folder]


def _weight(command: Command) -> int:
    return len(command.arguments) + sum(1 + _weight(c) for c in command.subcommands)


class _Evaluator:
    """Evaluates expressions of one function body."""

    def __init__(self, builders: Builders, source: Source, depth: int) -> None:
        self.builders, self.source, self.depth = builders, source, depth

    def block(self, node: Node, scope: Scope) -> Value:
        """Run the statements of a block; the value of its last expression."""
        value: Value = None
        for child in node.named_children:
            if child.type in {"attribute_item", "line_comment", "block_comment"}:
                continue
            if child.type == "let_declaration":
                pattern = text_of(child.child_by_field_name("pattern")).removeprefix("mut ").strip()
                scope[pattern] = self.value(child.child_by_field_name("value"), scope)
                value = None
            elif child.type == "expression_statement":
                inner = child.named_children[0] if child.named_children else None
                result = self.value(inner, scope)
                returns = inner is not None and inner.type == "return_expression"
                is_tail = inner is not None and inner.end_byte == child.end_byte
                value = result if returns or is_tail else None
                if returns and result is not None:
                    return result
            else:
                value = self.value(child, scope)
        return value

    def value(self, node: Node | None, scope: Scope) -> Value:
        """What an expression is worth."""
        state = self.builders.state
        state.steps += 1
        if node is None or state.steps > _MAX_STEPS:
            return None
        match node.type:
            case "string_literal" | "raw_string_literal" | "char_literal":
                return literal(node)
            case "boolean_literal" | "integer_literal" | "float_literal":
                return plain_value(text_of(node))
            case "identifier" | "self":
                name = text_of(node)
                return scope.get(name, self.builders.constants.get(name))
            case "scoped_identifier":
                name = text_of(node).rpartition("::")[2]
                return self.builders.constants.get(name) or Path(name)
            case "call_expression":
                return self._chain(node, scope)
            case "array_expression" | "tuple_expression":
                return [self.value(c, scope) for c in node.named_children]
            case "block" | "unsafe_block" | "const_block":
                return self.block(node, scope)
            case "assignment_expression":
                name = text_of(node.child_by_field_name("left"))
                scope[name] = self.value(node.child_by_field_name("right"), scope)
                return None
            case "if_expression" | "match_expression" | "for_expression" | "loop_expression":
                return self._branches(node, scope)
            case "macro_invocation":
                return self._macro(node, scope)
            case _ if node.type in _TRANSPARENT and node.named_children:
                return self.value(node.named_children[0], scope)
        return None

    def _branches(self, node: Node, scope: Scope) -> Value:
        """Every branch counts: what may be added is part of the command line."""
        found: Value = None
        for child in node.named_children:
            if child.type in {"block", "else_clause", "if_expression", "match_block", "match_arm"}:
                inner = child.child_by_field_name("value") if child.type == "match_arm" else child
                value = (
                    self._branches(child, scope)
                    if child.type in {"else_clause", "match_block"}
                    else self.value(inner, scope)
                )
                found = found if found is not None else value
        return found

    def _chain(self, node: Node, scope: Scope) -> Value:
        """`base.method(…).method(…)`: evaluated from the base on, without recursion."""
        calls: list[tuple[str, Node]] = []
        base: Node | None = node
        while base is not None and base.type == "call_expression":
            function = base.child_by_field_name("function")
            if function is not None and function.type == "generic_function":
                function = function.child_by_field_name("function")
            if function is None or function.type != "field_expression":
                break
            calls.append((text_of(function.child_by_field_name("field")), base))
            base = function.child_by_field_name("value")
        is_call = base is not None and base.type == "call_expression"
        value = self._function(base, scope) if base and is_call else self.value(base, scope)
        for method, call in reversed(calls):
            arguments = call.child_by_field_name("arguments")
            nodes = arguments.named_children if arguments is not None else []
            nodes = [n for n in nodes if "comment" not in n.type and n.type != "attribute_item"]
            if isinstance(value, _Made):
                value = self._on_command(value, method, nodes, scope)
            elif isinstance(value, ArgumentInProgress):
                first = self.value(nodes[0], scope) if nodes else None
                apply_to_argument(value, method, first, self.builders.choices)
            elif method not in _SAME:
                # `parser.run(Command::new(…))`: what is passed may be a command line.
                for argument in nodes:
                    self.value(argument, scope)
                value = None
        return value

    def _function(self, node: Node, scope: Scope) -> Value:
        """A call of a function by its name or path."""
        function = node.child_by_field_name("function")
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        path = tuple(part.strip() for part in re.sub(r"<.*>", "", text_of(function)).split("::"))
        arguments = node.child_by_field_name("arguments")
        given = [self.value(n, scope) for n in (arguments.named_children if arguments else [])]
        first = given[0] if given else None
        owner, name = path[:-1], path[-1]
        kind = self.builders.maker(path, self.source)
        if kind:
            return self._make(kind, name, first, node)
        if (owner and owner[-1] == "PossibleValuesParser") or path[-2:] == ("PossibleValue", "new"):
            return first
        if path[-2:] in {("String", "from"), ("Some",), ("Box", "new")}:
            return first
        found = self.builders.find(path, self.source)
        if found is None:
            return None
        result = self.builders._call(found, given, self.depth + 1)
        # `flag("quiet", "…")` stands for what it makes: that line is the one to show.
        made: Command | Argument | None = None
        if isinstance(result, _Made | ArgumentInProgress):
            made = result.command if isinstance(result, _Made) else result.argument
        if made is not None and made.name in [v for v in given if v]:
            made.evidence = self.source.at(node)
        return result

    def _make(self, kind: str, name: str, first: Value, node: Node) -> Value:
        word = first if isinstance(first, str) else ""
        place = self.source.at(node)
        if kind in {"Command", "App", "SubCommand"}:
            made = _Made(Command(word, place), (self.source.path, node.start_byte))
            self.builders.state.made.setdefault(made.site, []).append(made.command)
            return made
        if name in {"from_usage", "from"} and word:
            argument = from_usage(word, place)
            return ArgumentInProgress(argument, argument.takes_value) if argument else None
        return ArgumentInProgress(Argument(word, place), None)

    def _macro(self, node: Node, scope: Scope) -> Value:
        name = text_of(node.child_by_field_name("macro")).rpartition("::")[2]
        tree = next((c for c in node.named_children if c.type == "token_tree"), None)
        if tree is None:
            return None
        if name == "arg":
            argument = from_usage(text_of(tree)[1:-1], self.source.at(node))
            return ArgumentInProgress(argument, argument.takes_value) if argument else None
        if name == "value_parser":
            inside = text_of(tree)[1:-1].strip()
            if inside.startswith("["):
                return [literal(n) for n in descendants(tree, "string_literal")]
            return Path(inside.rpartition("::")[2])
        if name == "vec":
            # A macro's tokens are no expressions yet: parse them again, on the same lines.
            text = b"\n" * node.start_point.row + b"fn f(){[" + (tree.text or b"")[1:-1] + b"]}"
            again = Source(self.source.path, "rust", text)
            array = next(descendants(again.root, "array_expression"), None)
            return _Evaluator(self.builders, again, self.depth).value(array, scope)
        return None

    def _on_command(self, made: _Made, method: str, nodes: list[Node], scope: Scope) -> Value:
        """A method of Command; it changes the command in place and returns it."""
        command = made.command
        if method == "clone":
            return _Made(copy.deepcopy(command), made.site)
        own = None if method in _COMMAND_METHODS else self.builders.find((method,), self.source)
        values = [self.value(n, scope) for n in nodes if n.type != "closure_expression"]
        if own is not None:
            return self.builders._call(own, [made, *values], self.depth + 1) or made
        first = values[0] if values else None
        match method:
            case "arg" | "args":
                for value in first if isinstance(first, list) else [first]:
                    self._add(command, value)
            case "subcommand" | "subcommands":
                for value in first if isinstance(first, list) else [first]:
                    if isinstance(value, _Made):
                        self.builders.state.attached.add(value.site)
                        command.subcommands.append(value.command)
            case "arg_from_usage" | "args_from_usage":
                for line in first.splitlines() if isinstance(first, str) else ():
                    argument = from_usage(line, self.source.at(nodes[0]))
                    if argument:
                        command.arguments.append(argument)
            case _:
                apply_to_command(command, method, first)
        return made

    def _add(self, command: Command, value: Value) -> None:
        if not isinstance(value, ArgumentInProgress):
            return
        argument = copy.copy(value.argument)
        if value.takes is not None:
            argument.takes_value = value.takes
        elif not argument.positional and self.builders.major(self.source.path) < 4:
            argument.takes_value = value.implied
        if argument.name or not argument.positional:
            if not argument.takes_value:
                argument.default = ""
            command.arguments.append(argument)


_NOT_CLAP = {"std", "process", "tokio", "async_process", "async_std", "assert_cmd", "duct"}
_MAKERS = {
    "Command": {"new"},
    "App": {"new"},
    "SubCommand": {"with_name"},
    "Arg": {"new", "with_name", "from_usage", "from"},
}
_SAME = {"to_string", "to_owned", "into", "as_str", "as_ref", "clone", "unwrap"}
_COMMAND_METHODS = {
    "arg", "args", "subcommand", "subcommands", "about", "long_about", "name", "bin_name",
    "visible_alias", "visible_aliases", "alias", "aliases", "hide", "setting", "arg_from_usage", "args_from_usage",
    "version", "author", "get_matches", "after_help", "group",
}  # fmt: skip
_TRANSPARENT = {
    "reference_expression", "parenthesized_expression", "try_expression", "return_expression",
    "await_expression", "expression_statement", "type_cast_expression",
}  # fmt: skip
