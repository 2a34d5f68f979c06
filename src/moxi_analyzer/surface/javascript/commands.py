"""The command lines that chained calls build up, common to commander, yargs, cac and sade.

Calls are read in the order they are written. A framework says what a root is, and what each
method does to the command that it is called on; this module finds out which command that is,
through variables, parameters, callbacks and other files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from moxi_analyzer.formats import as_str
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.javascript.modules import Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import FUNCTIONS, unwrap
from moxi_analyzer.surface.javascript.values import Table, Values
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Evidence, Fact

_MAX_CHAIN = 1_000
_MAX_DEPTH = 12
_MAX_LINES = 2_000


@dataclass(eq=False)
class Line:
    """A command: a program or one of its sub-commands, as far as it has been read."""

    at: Evidence
    name: str = ""
    help: str = ""
    prog: str = ""
    aliases: list[str] = field(default_factory=list)
    hidden: bool = False
    is_global: bool = False  # its options belong to all sub-commands
    is_default: bool = False  # what runs when no sub-command is named
    parent: Line | None = None
    children: list[Line] = field(default_factory=list)
    options: dict[str, tuple[Option, Evidence]] = field(default_factory=dict)
    current: Line | None = None  # for frameworks whose chain stays on the program

    def add(self, option: Option | None, at: Evidence) -> None:
        """Add an option; a later one of the same name replaces an earlier."""
        if option is not None and option.forms:
            self.options[option.name] = (option, at)

    def adopt(self, child: Line) -> None:
        """Make `child` a sub-command, unless that would close a circle."""
        above: Line | None = self
        while above is not None:
            if above is child:
                return
            above = above.parent
        if child.parent is None and len(self.children) < _MAX_LINES:
            child.parent = self
            self.children.append(child)


class Call(NamedTuple):
    """One call in a module. `method` is "" for a plain function."""

    module: Module
    node: Node
    method: str
    arguments: list[Place]

    @property
    def at(self) -> Evidence:
        """The line of the method's name: in a long chain, not where the chain begins."""
        function = self.node.child_by_field_name("function")
        name = function.child_by_field_name("property") if function is not None else None
        return self.module.source.at(name or self.node)


class Reader:
    """Reads the command lines of one framework in one repository."""

    framework = ""

    def __init__(self, repo: Repository, sources: Iterable[Source]) -> None:
        self.repo = repo
        known = {source.path: source for source in sources}
        self.modules = Modules(repo, known)
        self.values = Values(self.modules)
        self.roots: list[Line] = []
        self._paths = list(known)
        self._made: dict[tuple[object, ...], Line] = {}
        self._bound: dict[tuple[str, int, int], list[Line]] = {}
        self._memo: dict[tuple[str, int], list[Line]] = {}
        self._applied: set[tuple[str, int, int]] = set()
        self._calls: dict[str, list[Call]] = {}

    # What a framework says -----------------------------------------------------------------

    def root_of(self, place: Place) -> Line | None:
        """The program that an expression makes or imports, if it does."""
        raise NotImplementedError

    def child_of(self, line: Line, call: Call) -> Line | None:
        """The sub-command that a call on `line` returns; None if it returns `line` itself."""
        return None

    def apply(self, line: Line, call: Call) -> None:
        """What a call on `line` adds to it."""
        raise NotImplementedError

    # Facts ---------------------------------------------------------------------------------

    def facts(self) -> Iterator[Fact]:
        """Facts of all programs."""
        for path in self._paths:
            module = self.modules.get(path)
            if module is not None:
                self.read(module)
        tops = [r for r in self.roots if r.parent is None and (r.children or r.options)]
        for line in tops:
            same = [r for r in tops if r.at.path == line.at.path]
            root = line.at.path if len(same) == 1 else f"{line.at.path}:{line.at.line}"
            yield from _facts_of(line, Program(root, self.framework, line.prog))

    def read(self, module: Module, within: Node | None = None, depth: int = 0) -> None:
        """Apply the calls of a module, or of one function in it."""
        if depth > _MAX_DEPTH:
            return
        for call in self._calls_of(module):
            if within is not None and not _inside(call.node, within):
                continue
            if call.method:
                self._apply(call)
            self._pass_on(call, depth)

    def _calls_of(self, module: Module) -> list[Call]:
        if module.path not in self._calls:
            found: list[tuple[int, Call]] = []
            for _, match in module.source.matches("es_calls"):
                name = (match.get("method") or match["function"])[0]
                method = text_of(name) if "method" in match else ""
                node = match["call"][0]
                call = Call(module, node, method, _arguments(module, node))
                found.append((name.start_byte, call))
            self._calls[module.path] = [call for _, call in sorted(found, key=lambda p: p[0])]
        return self._calls[module.path]

    def _apply(self, call: Call) -> None:
        owner = _owner(call.node)
        for line in self.lines(Place(call.module, owner)) if owner is not None else ():
            key = (call.module.path, call.node.id, id(line))
            if key not in self._applied:
                self._applied.add(key)
                self.apply(line, call)

    def _pass_on(self, call: Call, depth: int) -> None:
        """A program handed to a function: what that function does to it."""
        for index, argument in enumerate(call.arguments[:6]):
            if unwrap(argument.node).type in FUNCTIONS | {"string", "object", "number", "array"}:
                continue
            lines = self.lines(argument)
            function = call.node.child_by_field_name("function")
            if lines and function is not None:
                target = self.modules.definition(Place(call.module, function))
                if target is not None and target.node.type in FUNCTIONS:
                    for line in lines:
                        self.bind(target, index, line, depth)

    def bind(self, function: Place, index: int, line: Line, depth: int = 0) -> None:
        """Read a function with `line` as its parameter number `index`."""
        bound = self._bound.setdefault((function.module.path, function.node.id, index), [])
        if line not in bound and len(bound) < 100:
            bound.append(line)
            self._memo.clear()
            self.read(function.module, function.node, depth + 1)

    # Which command an expression is --------------------------------------------------------

    def lines(self, place: Place, depth: int = 0) -> list[Line]:
        """The commands that an expression stands for; mostly one, none if it is something else."""
        module, node = place.module, unwrap(place.node)
        chain: list[Node] = []
        while node.type == "call_expression" and len(chain) < _MAX_CHAIN:
            known = self._memo.get((module.path, node.id))
            owner = _owner(node)
            if known is not None or owner is None or self.root_of(Place(module, node)):
                break
            chain.append(node)
            node = unwrap(owner)
        found = self._memo.get((module.path, node.id))
        if found is None:
            found = self._base(Place(module, node), depth)
            self._memo[module.path, node.id] = found
        for node in reversed(chain):
            found = self._after(module, node, found) if found else self._returned(
                Place(module, node), depth
            )  # fmt: skip
            self._memo[module.path, node.id] = found
        return found

    def _after(self, module: Module, node: Node, lines: list[Line]) -> list[Line]:
        function = node.child_by_field_name("function")
        method = text_of(function.child_by_field_name("property")) if function else ""
        call = Call(module, node, method, _arguments(module, node))
        return [self.child_of(line, call) or line for line in lines]

    def _base(self, place: Place, depth: int) -> list[Line]:
        root = self.root_of(place)
        if root is not None:
            return [root]
        module, node = place
        if depth > _MAX_DEPTH:
            return []
        if node.type == "call_expression":
            return self._returned(place, depth)
        if node.type == "ternary_expression":
            branches = (node.child_by_field_name(f) for f in ("consequence", "alternative"))
            return [ln for b in branches if b for ln in self.lines(Place(module, b), depth + 1)]
        if node.type in {"identifier", "shorthand_property_identifier"}:
            name = module.name_at(node)
            if name is not None and name.kind == "parameter":
                bound = self._bound.get((module.path, name.scope.id, name.index), [])
                return list(bound) or self._elements_of_callback(module, name.scope, depth)
            if name is not None and name.kind == "element":
                return self._elements(Place(module, name.node), depth)
            if name is not None and not name.keys:
                return self.lines(Place(module, name.node), depth + 1)
        target = self.modules.definition(place)
        if target is None or target == place:
            return []
        return self.lines(target, depth + 1)

    def _elements_of_callback(self, module: Module, function: Node, depth: int) -> list[Line]:
        """`list.forEach((command) => …)`: the parameter is each of the list."""
        arguments = function.parent
        call = arguments.parent if arguments is not None else None
        if call is None or call.type != "call_expression":
            return []
        owner, called = _owner(call), call.child_by_field_name("function")
        method = text_of(called.child_by_field_name("property")) if called is not None else ""
        if owner is None or method not in {"forEach", "map"}:
            return []
        return self._elements(Place(module, owner), depth)

    def _elements(self, place: Place, depth: int) -> list[Line]:
        target = self.modules.definition(place)
        if target is None or target.node.type != "array":
            return []
        items = [c for c in target.node.named_children if c.type != "comment"]
        return [ln for c in items for ln in self.lines(Place(target.module, c), depth + 1)]

    def _returned(self, call: Place, depth: int) -> list[Line]:
        """The command that a function of the project's own makes and returns."""
        function = call.node.child_by_field_name("function")
        target = self.modules.definition(Place(call.module, function)) if function else None
        if target is None or target.node.type not in FUNCTIONS or depth > _MAX_DEPTH:
            return []
        body = target.node.child_by_field_name("body")
        if body is None:
            return []
        if body.type != "statement_block":
            return self.lines(Place(target.module, body), depth + 1)
        for statement in reversed(body.named_children):
            if statement.type == "return_statement" and statement.named_children:
                inner = Place(target.module, statement.named_children[0])
                found = self.lines(inner, depth + 1)
                if found:
                    self.read(target.module, target.node, depth + 1)
                return found
        return []

    # For frameworks ------------------------------------------------------------------------

    def made(self, key: tuple[object, ...], make: Callable[[], Line]) -> Line:
        """The command known by `key`, made on first sight."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def root(self, key: tuple[object, ...], at: Evidence, prog: str = "") -> Line:
        """The program known by `key`."""

        def make() -> Line:
            line = Line(at, prog=prog)
            self.roots.append(line)
            return line

        return self.made(("root", *key), make)

    def text(self, call: Call, index: int) -> str:
        """The text given as argument number `index`; "" if it is none, or not known."""
        return self.values.text(call.arguments[index]) if index < len(call.arguments) else ""

    def table(self, call: Call, index: int) -> Table:
        """The object given as argument number `index`."""
        given = call.arguments
        return self.values.table(given[index]) if index < len(given) else Table()

    def package_of(self, path: str) -> str:
        """The folder of the nearest package.json."""
        folder = folder_of(path)
        while folder and not as_str(package_json(self.repo, folder).get("name")):
            folder = folder.rpartition("/")[0]
        return folder


def _arguments(module: Module, call: Node) -> list[Place]:
    arguments = call.child_by_field_name("arguments")
    children = arguments.named_children if arguments is not None else ()
    return [Place(module, child) for child in children if child.type != "comment"]


def _owner(call: Node) -> Node | None:
    function = call.child_by_field_name("function")
    if function is None or function.type != "member_expression":
        return None
    return function.child_by_field_name("object")


def _inside(node: Node, outer: Node) -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def _facts_of(line: Line, program: Program, path: str = "") -> Iterator[Fact]:
    if line.hidden:
        return
    yield program.command(path, line.at, line.help, line.aliases)
    for option, at in line.options.values():
        if line.children and line.is_global and not option.positional:
            option = Option(**{**option.__dict__, "detail": {**option.detail, "global": "true"}})
        yield program.option(option, at, path)
    for child in line.children:
        if child.name:  # a name that is computed is not guessed
            yield from _facts_of(child, program, f"{path} {child.name}".strip())
        elif child.is_default:
            yield from _default_facts(child, program, path)


def _default_facts(line: Line, program: Program, path: str) -> Iterator[Fact]:
    """What runs when no sub-command is named: its options are those of the command above."""
    if line.hidden:
        return
    for option, at in line.options.values():
        yield program.option(option, at, path)
    if line.aliases:
        name = f"{path} {line.aliases[0]}".strip()
        yield program.command(name, line.at, line.help, line.aliases[1:])
