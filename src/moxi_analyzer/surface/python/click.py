"""click: commands and groups from decorators, tied together across files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.python.argparse_options import keywords_of, pairs_of
from moxi_analyzer.surface.python.click_options import OptionCollector
from moxi_analyzer.surface.python.command_lines import Command, Option, command_facts, startable
from moxi_analyzer.surface.python.entries import is_entry
from moxi_analyzer.surface.python.names import Module, Names, Symbol, decorators_of, names_of
from moxi_analyzer.surface.python.values import Values, docstring_of, first_paragraph, positional
from moxi_analyzer.syntax import Match, Source, ancestors, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_PACKAGE = lazy_pattern(r"click|cloup")
_SUFFIX = lazy_pattern(r"_(command|cmd|group|grp)$")
_Key = tuple[str, int]


@dataclass(eq=False)
class _Found:
    """One command or group found, and the groups it was put into (with the name given there)."""

    symbol: Symbol
    command: Command
    is_group: bool
    parents: list[tuple[_Key, str]] = field(default_factory=list)


class _Reader:
    def __init__(self, repo: Repository) -> None:
        self._names: Names = names_of(repo)
        self.found: dict[_Key, _Found] = {}
        self._pending: list[tuple[_Key, Module, Node, str]] = []

    def read(self, source: Source) -> None:
        """Take in the commands that one file defines, and what it adds to which group."""
        module = self._names.at(source.path)
        if module is None:
            return
        for _, match in module.source.matches("click"):
            if "command" in match:
                self._decorated(module, match)
            elif "group" in match:
                self._constructed(module, match)
            else:
                self._added(module, match)

    def _decorated(self, module: Module, match: Match) -> None:
        definition, call = match["command"][0], match["call"][0]
        function = call.child_by_field_name("function") if call.type == "call" else call
        kind = text_of(match["kind"][0])
        owner = function.child_by_field_name("object") if function else None
        parent = self._owner(module, owner) if owner else None
        outside = self._names.outside(module, text_of(function))
        if parent is None and not _PACKAGE.search(outside.rpartition(".")[0]):
            return
        name = text_of(definition.child_by_field_name("name"))
        key = (module.path, definition.start_byte)
        if key not in self.found:
            command = self._command(module, definition, call, name)
            self.found[key] = _Found(Symbol(module, name, definition), command, kind == "group")
            self._commands_given(key, module, call)
        if parent is not None:
            self.found[key].parents.append((parent.key, ""))

    def _owner(self, module: Module, owner: Node) -> Symbol | None:
        """The group that a decorator hangs on; None for the framework's own module."""
        symbol = self._names.symbol(module, text_of(owner))
        if symbol is None or symbol.node.type not in {"function_definition", "call"}:
            return None
        return symbol

    def _command(self, module: Module, definition: Node, call: Node, function: str) -> Command:
        values = Values(self._names, module)
        keywords = keywords_of(values, call)
        first = positional(call)[:1] if call.type == "call" else []
        name = values.string(keywords.get("name") or (first[0] if first else None))
        text = values.string(keywords.get("help") or keywords.get("short_help"))
        if text is None:
            text = first_paragraph(docstring_of(definition).partition("\f")[0])
        default = _SUFFIX.sub("", function).replace("_", "-").lower()
        command = Command(name or default, module.source.at(definition), first_paragraph(text))
        command.hidden = text_of(keywords.get("hidden")) == "True"
        _help_names(self._names, module, command, keywords)
        collector = OptionCollector(self._names)
        for decorator in decorators_of(definition):
            for option in collector.collect(module, decorator):
                command.add(option)
        return command

    def _constructed(self, module: Module, match: Match) -> None:
        call, name = match["group"][0], text_of(match["name"][0])
        function = call.child_by_field_name("function")
        if not _PACKAGE.search(self._names.outside(module, text_of(function))):
            return
        key = (module.path, call.start_byte)
        values = Values(self._names, module)
        keywords = keywords_of(values, call)
        text = first_paragraph(values.string(keywords.get("help")) or "")
        first = positional(call)[:1]
        given = values.string(keywords.get("name") or (first[0] if first else None))
        command = Command(given or name, module.source.at(call), text)
        _help_names(self._names, module, command, keywords)
        self.found[key] = _Found(Symbol(module, name, call), command, is_group=True)
        self._commands_given(key, module, call)

    def _commands_given(self, key: _Key, module: Module, call: Node) -> None:
        """Commands given to a group as `commands={…}` or `lazy_subcommands={…}`."""
        values = Values(self._names, module)
        keywords = keywords_of(values, call)
        for name in ("commands", "lazy_subcommands"):
            place = values.origin(keywords.get(name))
            for item in place[1].named_children if place else []:
                given = values.string(item.child_by_field_name("key")) or ""
                node = item.child_by_field_name("value") if item.type == "pair" else item
                if node is not None:
                    self._pending.append((key, module, node, given))

    def _added(self, module: Module, match: Match) -> None:
        call = match["added"][0]
        group = self._names.symbol(module, text_of(match["owner"][0]))
        arguments = positional(call)
        if group is None or not arguments:
            return
        values = Values(self._names, module)
        second = arguments[1] if len(arguments) > 1 else None
        name_node = keywords_of(values, call).get("name") or second
        for node in _each(arguments[0]):
            self._pending.append((group.key, module, node, values.string(name_node) or ""))

    def tie(self) -> None:
        """Put every command below its groups."""
        for group, module, node, name in self._pending:
            lazy = Values(self._names, module).string(node) if node.type == "string" else None
            if lazy:
                home, _, attribute = lazy.replace(":", ".").rpartition(".")
                other = self._names.module(home)
                symbol = self._names.symbol(other, attribute) if other else None
            else:
                symbol = self._names.symbol(module, text_of(node))
            if symbol is not None and symbol.key in self.found:
                self.found[symbol.key].parents.append((group, name))
        for found in self.found.values():
            for parent, name in found.parents:
                above = self.found.get(parent)
                if above is not None and above is not found:
                    above.command.child(_named(found.command, name))


def _help_names(names_: Names, module: Module, command: Command, keywords: dict[str, Node]) -> None:
    """The options that show the help, where they are not click's own."""
    if text_of(keywords.get("add_help_option")) == "False":
        command.help_forms = []
    place = Values(names_, module).origin(keywords.get("context_settings"))
    if place is None or command.help_forms is not None:
        return
    module, node = place
    here = Values(names_, module)
    given = keywords_of(here, node) if node.type == "call" else pairs_of(node)
    names = here.strings(given.get("help_option_names"))
    if names is None:
        return
    command.help_forms = names
    if names:
        at = module.source.at(given["help_option_names"])
        shown = Option(names, at, "Show this message and exit.", detail={"takes": "flag"})
        command.add(shown)


def _named(command: Command, name: str) -> Command:
    if not name or name == command.name:
        return command
    return Command(
        name,
        command.at,
        command.text,
        hidden=command.hidden,
        options=command.options,
        children=command.children,
        help_forms=command.help_forms,
    )


def _each(node: Node) -> list[Node]:
    """The node itself; for a loop's variable, the items of the list looped over."""
    for around in ancestors(node):
        if around.type == "for_statement":
            left, right = around.child_by_field_name("left"), around.child_by_field_name("right")
            listed = right is not None and right.type in {"list", "tuple"}
            if right is not None and listed and text_of(left) == text_of(node):
                return right.named_children
    return [node]


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader(repo)
    for source in sources:
        reader.read(source)
    reader.tie()
    orphans = [f.symbol for f in reader.found.values() if not f.parents]
    installed = [f.symbol for f in reader.found.values() if f.parents and is_entry(repo, f.symbol)]
    for symbol in [*startable(repo, orphans), *installed]:
        command = reader.found[symbol.key].command
        yield from command_facts(repo, command, "click", symbol.module, symbol.name)


FRAMEWORKS = (Framework("click", ("python",), Gate(b"click", b"cloup", b"add_command"), _facts),)
