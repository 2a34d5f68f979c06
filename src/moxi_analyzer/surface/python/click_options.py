"""Options and arguments that click decorators add, found through whatever wraps them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.surface.python.argparse_options import keywords_of
from moxi_analyzer.surface.python.command_lines import Option
from moxi_analyzer.surface.python.names import Module, Names, Symbol
from moxi_analyzer.surface.python.values import Values, positional
from moxi_analyzer.syntax import text_of
from moxi_core.patterns import lazy_pattern

_KINDS = frozenset(
    "option argument version_option help_option password_option confirmation_option".split()
)
_PRESET = {
    "version_option": ("--version", "Show the version and exit."),
    "help_option": ("--help", "Show this message and exit."),
    "password_option": ("--password", ""),
    "confirmation_option": ("--yes", "Confirm the action without prompting."),
}
_WORTH = lazy_pattern(rb"option|argument", re.IGNORECASE)
_PACKAGE = lazy_pattern(r"click|cloup")
_MAX_DEPTH = 6


def option_kind(names: Names, module: Module, function: Node | None, depth: int = 3) -> str:
    """Which decorator of click a call's function is; "" if it is none."""
    dotted = text_of(function)
    if "(" in dotted or not dotted:
        return ""
    target = names.resolve(module, dotted)
    if isinstance(target, Symbol):
        return _wrapped_kind(names, target, depth)
    outside = getattr(target, "name", "")
    last = outside.rpartition(".")[2]
    return last if last in _KINDS and _PACKAGE.search(outside.rpartition(".")[0]) else ""


def _wrapped_kind(names: Names, symbol: Symbol, depth: int) -> str:
    """The kind behind `partial(click.option, …)`, or a function that hands its arguments on."""
    if depth <= 0 or not _WORTH.search(symbol.node.text or b""):
        return ""
    if symbol.node.type == "call":
        function = text_of(symbol.node.child_by_field_name("function"))
        first = positional(symbol.node)[:1]
        if function.rpartition(".")[2] == "partial" and first:
            return option_kind(names, symbol.module, first[0], depth - 1)
        return ""
    if symbol.node.type != "function_definition":
        return ""
    for _, match in symbol.module.source.matches("python_calls", symbol.node):
        call = match.get("call", [None])[0]
        arguments = call.child_by_field_name("arguments") if call else None
        if arguments and any(c.type == "list_splat" for c in arguments.named_children):
            kind = option_kind(names, symbol.module, match["function"][0], depth - 1)
            if kind:
                return kind
    return ""


class OptionCollector:
    """Collects the options that one command's decorators add."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._seen: set[tuple[str, int]] = set()

    def collect(self, module: Module, node: Node, depth: int = _MAX_DEPTH) -> Iterator[Option]:
        """Options in a decorator's expression, and in what its names stand for."""
        if depth <= 0 or (
            not _WORTH.search(node.text or b"")
            and node.type
            not in {
                "identifier",
                "attribute",
                "call",
            }
        ):
            return
        if node.type == "call":
            kind = option_kind(self._names, module, node.child_by_field_name("function"))
            if kind:
                option = read_option(self._names, module, node, kind)
                if option is not None:
                    yield option
                return
        if node.type in {"identifier", "attribute"}:
            yield from self._named(module, node, depth)
            return
        for child in node.named_children:
            if child.type not in {"string", "comment", "type", "decorator"}:
                yield from self.collect(module, child, depth)

    def _named(self, module: Module, node: Node, depth: int) -> Iterator[Option]:
        symbol = self._names.symbol(module, text_of(node))
        if symbol is None or symbol.key in self._seen or symbol.node == node:
            return
        self._seen.add(symbol.key)
        if not _WORTH.search(symbol.node.text or b""):
            return
        decorated = (
            symbol.node.parent is not None and symbol.node.parent.type == "decorated_definition"
        )
        if decorated and _is_command(symbol.node.parent):
            return
        body = symbol.node.child_by_field_name("body") or symbol.node
        if symbol.node.type != "class_definition":
            yield from self.collect(symbol.module, body, depth - 1)


def _is_command(node: Node | None) -> bool:
    return node is not None and any(
        re.match(r"@[\w.]*(command|group)\b", text_of(c))
        for c in node.children
        if c.type == "decorator"
    )


def read_option(names: Names, module: Module, call: Node, kind: str) -> Option | None:
    """The option or argument of one decorator call; None if its name is computed."""
    values = Values(names, module)
    keywords = keywords_of(values, call)
    given = positional(call)
    declared = [values.string(node) for node in given]
    if kind == "version_option":
        declared = declared[1:]
    preset, text = _PRESET.get(kind, ("", ""))
    known = [d for d in declared if d] or ([preset] if preset else [])
    text = values.string(keywords.get("help")) or text
    if kind == "argument":
        name = next((d for d in known if not d.startswith("-")), "")
        option = Option([name], module.source.at(call), text, positional=True) if name else None
    else:
        on, off = split_forms(known)
        option = Option(on + off, module.source.at(call), text, secondary=off) if on else None
        if option is not None:
            option.detail["takes"] = _takes(keywords, bool(off), kind)
    if option is None or (None in declared and kind in {"option", "argument"}):
        return None
    option.hidden = text_of(keywords.get("hidden")) == "True"
    _fill(option, keywords, values)
    return option


def split_forms(declared: list[str]) -> tuple[list[str], list[str]]:
    """Option strings of click's declarations; those that switch off (`--a/--no-a`) apart."""
    on: list[str] = []
    off: list[str] = []
    for item in declared:
        if not item.lstrip(" /").startswith(("-", "+")):
            continue  # the name of the parameter
        first, _, second = item.partition("/")
        on += [first.strip(" ;")] if first.strip() else []
        off += [second.strip()] if second.strip() else []
    return on, off


def _takes(keywords: dict[str, Node], paired: bool, kind: str) -> str:
    flag = text_of(keywords.get("is_flag"))
    if flag == "False":
        return "value"
    counted = text_of(keywords.get("count")) == "True"
    preset = kind in {"version_option", "help_option", "confirmation_option"}
    return (
        "flag"
        if flag == "True" or paired or counted or preset or "flag_value" in keywords
        else "value"
    )


def _fill(option: Option, keywords: dict[str, Node], values: Values) -> None:
    detail = option.detail
    default = values.enumeration_value(keywords.get("default"))
    if not (detail.get("takes") == "flag" and default in {"False", "0"}):
        detail["default"] = default
    type_node = keywords.get("type")
    if type_node is not None:
        detail["choices"] = ", ".join(choices_of(values, type_node))
    detail["metavar"] = values.string(keywords.get("metavar")) or ""
    required = text_of(keywords.get("required"))
    nargs = text_of(keywords.get("nargs"))
    if option.positional:
        optional = required == "False" or (nargs == "-1" and required != "True")
        optional = optional or "default" in keywords
        detail["required"] = "" if optional else "true"
        detail["repeatable"] = "true" if nargs == "-1" else ""
    else:
        detail["required"] = "true" if required == "True" else ""
        repeated = "True" in {text_of(keywords.get("multiple")), text_of(keywords.get("count"))}
        detail["repeatable"] = "true" if repeated else ""
    envvar = keywords.get("envvar")
    detail["env"] = values.string(envvar) or ", ".join(values.strings(envvar) or [])


def choices_of(values: Values, node: Node) -> list[str]:
    """The choices of a `click.Choice([...])`, a list, or an enumeration."""
    place = values.origin(node)
    if place is None:
        return []
    _, found = place
    if found.type == "call" and text_of(found.child_by_field_name("function")).endswith("Choice"):
        first = positional(found)[:1] or [
            k for name, k in keywords_of(values, found).items() if name == "choices"
        ]
        return values.strings(first[0]) or [] if first else []
    return values.strings(found) or [] if found.type in {"list", "tuple"} else []
