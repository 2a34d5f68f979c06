"""Commands that a program looks up by their name in a dictionary of classes, each with its parser.

COMMANDS = {"start": Start(), "stop": Stop()}
COMMANDS[sys.argv[1]].execute()
"""

from __future__ import annotations

import re

from moxi_analyzer.surface.python.argparse_options import pairs_of
from moxi_analyzer.surface.python.command_lines import Command
from moxi_analyzer.surface.python.names import Module, assigned_once
from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

_DESCRIBES = lazy_pattern(rb"description=(?:getattr\(self, [\"']description|self\.description)")
# A command line, the module it is made in, and the name of what makes it.
Found = tuple[Command, Module, str]


def tabled(found: list[Found]) -> list[Found]:
    """The same command lines, those that one dictionary names put below one program."""
    kept: list[Found] = []
    tables: dict[tuple[str, str], Command] = {}
    for command, module, symbol in found:
        place = _place(module, symbol)
        if place is None:
            kept.append((command, module, symbol))
            continue
        table, name, start = place
        key = (module.path, table)
        if key not in tables:
            at = module.source.at(module.values[table])
            tables[key] = Command("", at, help_forms=[])
            kept.append((tables[key], module, start))
        command.name, command.at = name, module.source.at(module.definitions[symbol])
        command.text = command.text or _description(module, symbol)
        tables[key].child(command)
    for (path, table), command in tables.items():
        module = next(m for _, m, _ in kept if m.path == path)
        names = pairs_of(module.values[table])
        command.children = [c for name in names for c in command.children if c.name == name]
    return kept


def _description(module: Module, symbol: str) -> str:
    """The class's `description`, where a parser is given it."""
    if not _DESCRIBES.search(module.source.content):
        return ""
    body = module.definitions[symbol].child_by_field_name("body")
    given = assigned_once(body.named_children) if body is not None else {}
    return literal(given["description"]) or "" if "description" in given else ""


def _place(module: Module, symbol: str) -> tuple[str, str, str] | None:
    """The dictionary that has class `symbol`, its key there, and the function that looks it up."""
    node = module.definitions.get(symbol)
    if node is None or node.type != "class_definition" or b"sys.argv" not in module.source.content:
        return None
    for table, value in module.values.items():
        for key, item in pairs_of(value).items():
            made = item.child_by_field_name("function") if item.type == "call" else item
            if text_of(made) != symbol or key.startswith("-"):
                continue
            start = _looks_up(module, table)
            if start:
                return table, key, start
    return None


def _looks_up(module: Module, table: str) -> str:
    pattern = re.compile(rf"\b{re.escape(table)}(?:\[|\.get\()")
    for name, node in module.definitions.items():
        text = text_of(node)
        if node.type == "function_definition" and "sys.argv" in text and pattern.search(text):
            return name
    return ""
