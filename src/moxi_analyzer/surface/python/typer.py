"""typer: apps, the commands hung on them, and apps put into apps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.python.argparse_options import keywords_of
from moxi_analyzer.surface.python.command_lines import (
    Command,
    command_facts,
    enclosing_function,
    startable,
)
from moxi_analyzer.surface.python.names import Module, Names, Symbol, names_of
from moxi_analyzer.surface.python.typer_options import parameter_options
from moxi_analyzer.surface.python.values import Values, docstring_of, first_paragraph, positional
from moxi_analyzer.syntax import Match, Source, text_of
from moxi_core.records import Fact

_Key = tuple[str, int]


@dataclass(eq=False)
class _App:
    """A Typer object: its own options stand in `command`, its commands below it."""

    symbol: Symbol
    command: Command
    named: bool = False
    has_callback: bool = False
    parents: list[tuple[_Key, str, str, bool]] = field(default_factory=list)


class _Reader:
    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._names: Names = names_of(repo)
        self.apps: dict[_Key, _App] = {}
        self._pending: list[tuple[Module, Match]] = []

    def read(self, source: Source) -> Iterator[Fact]:
        """Take in the apps of one file; what hangs on them is kept for later."""
        module = self._names.at(source.path)
        for _, match in module.source.matches("typer") if module else ():
            if module is None:
                return
            if "app" in match:
                self._app(module, match)
            elif "run" in match:
                yield from self._run(module, match)
            else:
                self._pending.append((module, match))

    def _app(self, module: Module, match: Match) -> None:
        call = match["app"][0]
        function = text_of(call.child_by_field_name("function"))
        target = self._names.resolve(module, function)
        if "typer" not in getattr(target, "name", "").lower():
            return
        values = Values(self._names, module)
        keywords = keywords_of(values, call)
        name = values.string(keywords.get("name")) or ""
        text = first_paragraph(values.string(keywords.get("help")) or "")
        command = Command(name, module.source.at(call), text)
        symbol = Symbol(module, text_of(match["name"][0]), call)
        self.apps[symbol.key] = _App(symbol, command, named=bool(name))

    def _run(self, module: Module, match: Match) -> Iterator[Fact]:
        """A single function made a program with `typer.run`."""
        runner = self._names.outside(module, text_of(match["runner"][0]))
        symbol = self._names.symbol(module, text_of(match["function"][0]))
        if not runner.startswith("typer.") or symbol is None:
            return
        command = self._command(symbol.module, symbol.node, None, "")
        started = enclosing_function(match["runner"][0]) or symbol.name
        yield from command_facts(self._repo, command, "typer", module, started)

    def tie(self) -> None:
        """Hang commands, callbacks and apps where they belong."""
        for module, match in self._pending:
            owner = self._names.symbol(module, text_of(match["owner"][0]))
            app = self.apps.get(owner.key) if owner else None
            if app is None:
                continue
            if "added" in match:
                self._add_typer(app, module, match["added"][0])
            else:
                self._add_function(app, module, match)
        for found in self.apps.values():
            for key, name, text, hidden in found.parents:
                above = self.apps.get(key)
                if above is None or above is found:
                    continue
                if name:
                    command = found.command
                    below = Command(
                        name, command.at, text or command.text, hidden=hidden or command.hidden
                    )
                    below.options, below.children = command.options, command.children
                    above.command.child(below)
                else:
                    for child in found.command.children:
                        above.command.child(child)

    def _add_typer(self, app: _App, module: Module, call: Node) -> None:
        first = positional(call)[:1]
        values = Values(self._names, module)
        keywords = keywords_of(values, call)
        node = keywords.get("typer_instance") or (first[0] if first else None)
        other = self._names.symbol(module, text_of(node)) if node else None
        below = self.apps.get(other.key) if other else None
        if below is None:
            return
        name = values.string(keywords.get("name")) or below.command.name
        text = first_paragraph(values.string(keywords.get("help")) or "")
        hidden = text_of(keywords.get("hidden")) == "True"
        below.parents.append((app.symbol.key, name, text, hidden))

    def _add_function(self, app: _App, module: Module, match: Match) -> None:
        home = module
        if "command" in match:
            node = match["command"][0]
        else:
            symbol = self._names.symbol(module, text_of(match["function"][0]))
            if symbol is None or symbol.node.type != "function_definition":
                return
            node, home = symbol.node, symbol.module
        name = text_of(node.child_by_field_name("name"))
        command = self._command(home, node, match["call"][0], name.replace("_", "-").lower())
        if text_of(match["kind"][0]) == "command":
            app.command.child(command)
            return
        app.has_callback = True
        app.command.text = app.command.text or command.text
        app.command.name = app.command.name if app.named else ""
        for option in command.options:
            app.command.add(option)

    def _command(self, module: Module, node: Node, call: Node | None, name: str) -> Command:
        values = Values(self._names, module)
        keywords = keywords_of(values, call) if call else {}
        first = positional(call)[:1] if call else []
        given = values.string(keywords.get("name") or (first[0] if first else None))
        text = values.string(keywords.get("help")) or docstring_of(node).partition("\f")[0]
        command = Command(given or name, module.source.at(node), first_paragraph(text))
        command.hidden = "True" in {
            text_of(keywords.get("hidden")),
            text_of(keywords.get("deprecated")),
        }
        for option in parameter_options(self._names, module, node):
            command.add(option)
        return command


def _program(app: _App) -> Command:
    """What an app is as a program: one command without a callback is the program itself."""
    command = app.command
    if len(command.children) == 1 and not app.has_callback and not command.options:
        only = command.children[0]
        if not only.children:
            text = only.text or command.text
            return Command("", only.at, text, options=only.options)
    return command


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    found = list(sources)
    if not any(b"yper" in source.content for source in found):
        return  # `.command(` alone is click's more often, and the query takes long to compile
    reader = _Reader(repo)
    for source in found:
        yield from reader.read(source)
    reader.tie()
    roots = [app.symbol for app in reader.apps.values() if not app.parents]
    for symbol in startable(repo, roots):
        app = reader.apps[symbol.key]
        if app.command.children or app.command.options:
            yield from command_facts(repo, _program(app), "typer", symbol.module, symbol.name)


FRAMEWORKS = (Framework("typer", ("python",), Gate(b"yper", b".command("), _facts),)
