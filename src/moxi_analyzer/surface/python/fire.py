"""fire: functions, classes and dictionaries made a command line by `fire.Fire(…)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.python.argparse_options import keywords_of
from moxi_analyzer.surface.python.command_lines import (
    Command,
    Option,
    command_facts,
    enclosing_function,
)
from moxi_analyzer.surface.python.names import (
    Module,
    Names,
    Symbol,
    decorators_of,
    members_of,
    names_of,
)
from moxi_analyzer.surface.python.values import (
    Values,
    docstring_of,
    first_paragraph,
    parameter_docs,
    positional,
)
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Fact

_PARAMETERS = frozenset(
    "identifier typed_parameter default_parameter typed_default_parameter".split()
)


class _Reader:
    def __init__(self, names: Names, module: Module) -> None:
        self._names = names
        self._module = module

    def program(self, node: Node | None, call: Node) -> Command | None:
        """The command line of what `Fire` is given; None if that is computed."""
        at = self._module.source.at(call)
        if node is None:
            root = Command("", at)
            for name, definition in self._module.definitions.items():
                if definition.type == "function_definition" and not name.startswith("_"):
                    root.child(self._function(Symbol(self._module, name, definition), name))
            return root
        if node.type == "dictionary":
            return self._dictionary(node, Command("", at))
        if node.type == "call":
            node = node.child_by_field_name("function")
        symbol = self._names.symbol(self._module, text_of(node))
        if symbol is None:
            return None
        if symbol.node.type == "dictionary":
            return self._dictionary(symbol.node, Command("", at))
        return self._component(symbol, "")

    def _component(self, symbol: Symbol, name: str) -> Command | None:
        if symbol.node.type == "function_definition":
            return self._function(symbol, name)
        return self._class(symbol, name) if symbol.node.type == "class_definition" else None

    def _dictionary(self, node: Node, root: Command) -> Command:
        values = Values(self._names, self._module)
        for pair in node.named_children:
            name = values.string(pair.child_by_field_name("key"))
            value = pair.child_by_field_name("value")
            symbol = self._names.symbol(self._module, text_of(value)) if value else None
            command = self._component(symbol, name) if symbol and name else None
            if command is not None:
                root.child(command)
        return root

    def _class(self, symbol: Symbol, name: str) -> Command:
        text = first_paragraph(docstring_of(symbol.node))
        command = Command(name, symbol.module.source.at(symbol.node), text)
        for member, node in members_of(symbol.node).items():
            inner = Symbol(symbol.module, member, node)
            if node.type != "function_definition":
                continue
            if member == "__init__":
                command.options = self._function(inner, "", method=True).options
            elif not member.startswith("_") and not _is_property(node):
                static = any("staticmethod" in text_of(d) for d in decorators_of(node))
                command.child(self._function(inner, member, method=not static))
        return command

    def _function(self, symbol: Symbol, name: str, *, method: bool = False) -> Command:
        doc = docstring_of(symbol.node)
        command = Command(name, symbol.module.source.at(symbol.node), first_paragraph(doc))
        parameters = symbol.node.child_by_field_name("parameters")
        values = Values(self._names, symbol.module)
        texts = parameter_docs(doc)
        nodes = [c for c in parameters.named_children if c.type != "comment"] if parameters else []
        for node in nodes[1:] if method else nodes:
            if node.type not in _PARAMETERS:
                continue
            plain = node.type in {"identifier", "typed_parameter"}
            given = text_of(node) if plain else text_of(node.child_by_field_name("name"))
            parameter = given.partition(":")[0].strip()
            if not parameter.isidentifier():
                continue
            at, text = symbol.module.source.at(node), texts.get(parameter, "")
            if plain:
                detail = {"required": "true"}
                command.add(Option([parameter], at, text, positional=True, detail=detail))
                continue
            default = values.shown(node.child_by_field_name("value"))
            flag = default in {"True", "False"}
            detail = {
                "takes": "flag" if flag else "value",
                "default": "" if default == "False" else default,
            }
            command.add(Option([f"--{parameter}"], at, text, detail=detail))
        return command


def _is_property(node: Node) -> bool:
    return any(text_of(d).endswith("property") for d in decorators_of(node))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names = names_of(repo)
    for source in sources:
        module = names.at(source.path)
        for _, match in module.source.matches("fire") if module else ():
            if module is None or names.outside(module, text_of(match["runner"][0])) != "fire.Fire":
                continue
            call = match["call"][0]
            values = Values(names, module)
            keywords = keywords_of(values, call)
            given = positional(call)[:1]
            node = given[0] if given else keywords.get("component")
            command = _Reader(names, module).program(node, call)
            if command is None or not (command.options or command.children):
                continue
            command.prog = values.string(keywords.get("name")) or ""
            symbol = enclosing_function(call) or (text_of(node) if node else "")
            yield from command_facts(repo, command, "fire", module, symbol)


FRAMEWORKS = (Framework("fire", ("python",), Gate(patterns={b"Fire(": rb"\bFire\("}), _facts),)
