"""Options and arguments that typer makes of a function's parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.surface.python.argparse_options import keywords_of
from moxi_analyzer.surface.python.click_options import choices_of, split_forms
from moxi_analyzer.surface.python.command_lines import Option
from moxi_analyzer.surface.python.names import Module, Names, Symbol
from moxi_analyzer.surface.python.values import Values, positional
from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

_SKIPPED = lazy_pattern(r"^(typer\.|click\.)?(Context|CallbackParam)\b")
_OPTIONAL = lazy_pattern(r"^(?:typing\.|t\.)?Optional\[(.*)\]$", re.DOTALL)
_NONE = lazy_pattern(r"\s*\|\s*None\b|\bNone\s*\|\s*")
_LIST = lazy_pattern(
    r"^(?:typing\.|t\.)?(?:List|list|Sequence|Set|set|Tuple|tuple)\[(.*)\]$", re.DOTALL
)
_LITERAL = lazy_pattern(r"^(?:typing\.|t\.|typing_extensions\.)?Literal\[(.*)\]$", re.DOTALL)
_KINDS = frozenset({"Option", "Argument"})


@dataclass
class Parameter:
    """A function's parameter: what is declared, and the typer call that describes it."""

    name: str
    node: Node
    module: Module
    kind: str = ""
    type: Node | None = None
    default: Node | None = None
    call: Node | None = None
    home: Module | None = None
    annotated: bool = False


def parameter_options(names: Names, module: Module, function: Node) -> Iterator[Option]:
    """The options and arguments of one command function, in the order declared."""
    parameters = function.child_by_field_name("parameters")
    for node in parameters.named_children if parameters else []:
        parameter = _parameter(names, module, node)
        if parameter is not None:
            option = _option(names, parameter)
            if option is not None:
                yield option


def _parameter(names: Names, module: Module, node: Node) -> Parameter | None:
    if node.type not in {
        "identifier",
        "typed_parameter",
        "default_parameter",
        "typed_default_parameter",
    }:
        return None
    name = text_of(node.child_by_field_name("name"))
    if node.type in {"identifier", "typed_parameter"}:
        name = text_of(node).partition(":")[0].strip()
    if not name.isidentifier() or name == "self":
        return None
    annotation = node.child_by_field_name("type")
    annotation = annotation.named_children[0] if annotation and annotation.named_children else None
    if _SKIPPED.search(text_of(annotation)):
        return None
    found = Parameter(name, node, module, type=annotation)
    found.default = node.child_by_field_name("value")
    _unwrap_annotated(names, found)
    if not found.annotated:
        _typer_call(names, found, module, found.default)
        if found.call is not None:
            given = positional(found.call)
            keyword = keywords_of(Values(names, module), found.call).get("default")
            found.default = keyword or (given[0] if given else None)
    return found


def _unwrap_annotated(names: Names, parameter: Parameter) -> None:
    """Read `Annotated[T, typer.Option(…)]`, also behind an alias."""
    node, module = parameter.type, parameter.module
    if node is not None and node.type in {"identifier", "attribute"}:
        alias = names.symbol(module, text_of(node))
        if isinstance(alias, Symbol) and alias.node.type in {"subscript", "generic_type"}:
            node, module = alias.node, alias.module
    if node is None or not re.match(
        r"(typing\.|t\.|typing_extensions\.)?Annotated\b", text_of(node)
    ):
        return
    parts = _type_arguments(node)
    parameter.annotated = True
    parameter.type = parts[0] if parts else None
    parameter.module = module
    for part in parts[1:]:
        _typer_call(names, parameter, module, part)


def _type_arguments(node: Node) -> list[Node]:
    inner = node
    if node.type == "generic_type":
        inner = node.named_children[-1]
    parts = inner.named_children if inner is not node else node.named_children[1:]
    return [p.named_children[0] if p.type == "type" and p.named_children else p for p in parts]


def _typer_call(names: Names, parameter: Parameter, module: Module, node: Node | None) -> None:
    if node is not None and node.type in {"identifier", "attribute"}:
        symbol = names.symbol(module, text_of(node))
        if symbol is not None and symbol.node.type == "call":
            module, node = symbol.module, symbol.node
    if node is None or node.type != "call":
        return
    outside = names.outside(module, text_of(node.child_by_field_name("function")))
    kind = outside.rpartition(".")[2]
    if kind in _KINDS and "typer" in outside:
        parameter.kind, parameter.call, parameter.home = kind, node, module


def _option(names: Names, parameter: Parameter) -> Option | None:
    values = Values(names, parameter.home or parameter.module)
    call = parameter.call
    keywords = keywords_of(values, call) if call is not None else {}
    given = positional(call) if call is not None else []
    declared = given if parameter.annotated else given[1:]
    strings = [s for n in declared if (s := values.string(n))]
    here = Values(names, parameter.module)
    default = parameter.default
    required = default is None or text_of(default) == "..."
    is_argument = parameter.kind == "Argument" or (not parameter.kind and default is None)
    type_text, optional, many = _plain_type(text_of(parameter.type))
    at = parameter.home or parameter.module
    option = Option([parameter.name], at.source.at(call or parameter.node))
    if call is None or at.path != parameter.module.path:
        option.at = parameter.module.source.at(parameter.node)
    option.text = values.string(keywords.get("help")) or ""
    option.hidden = text_of(keywords.get("hidden")) == "True"
    if is_argument:
        option.positional = True
        option.detail["required"] = "true" if required and not optional else ""
    else:
        on, option.secondary, flag = _forms(parameter.name, strings, type_text, keywords)
        option.forms = on + option.secondary
        option.detail["takes"] = "flag" if flag else "value"
        option.detail["required"] = "true" if required else ""
    shown = here.enumeration_value(default) if not required else ""
    if shown != "None" and not (option.detail.get("takes") == "flag" and shown in {"False", "0"}):
        option.detail["default"] = shown
    option.detail["choices"] = ", ".join(_choices(names, parameter, values, keywords, type_text))
    option.detail["metavar"] = values.string(keywords.get("metavar")) or ""
    counted = text_of(keywords.get("count")) == "True"
    option.detail["repeatable"] = "true" if many or counted else ""
    envvar = keywords.get("envvar")
    option.detail["env"] = values.string(envvar) or ", ".join(values.strings(envvar) or [])
    return option


def _forms(
    name: str, strings: list[str], type_text: str, keywords: dict[str, Node]
) -> tuple[list[str], list[str], bool]:
    """The forms that switch on or take a value, those that switch off, and whether it is a flag."""
    on, off = split_forms(strings)
    is_bool = type_text == "bool"
    counted = text_of(keywords.get("count")) == "True"
    flag = is_bool or bool(off) or counted or text_of(keywords.get("is_flag")) == "True"
    if not on:
        long = "--" + name.replace("_", "-").strip("-").lower()
        on, off = [long], [f"--no-{long[2:]}"] if is_bool else []
    return on, off, flag


def _plain_type(text: str) -> tuple[str, bool, bool]:
    """(innermost type, whether it may be None, whether it takes many values)."""
    optional = False
    text = text.strip().strip("\"'")
    found = _OPTIONAL.match(text)
    if found:
        text, optional = found[1].strip(), True
    stripped = _NONE.sub("", text)
    optional = optional or stripped != text
    listed = _LIST.match(stripped.strip())
    if listed:
        return listed[1].strip(), optional, "..." in listed[1] or "," not in listed[1]
    return stripped.strip(), optional, False


def _choices(
    names: Names,
    parameter: Parameter,
    values: Values,
    keywords: dict[str, Node],
    type_text: str,
) -> list[str]:
    given = keywords.get("click_type")
    if given is not None:
        return choices_of(values, given)
    found = _LITERAL.match(type_text)
    if found and parameter.type is not None:
        return [s for s in map(literal, _strings_in(parameter.type)) if s]
    if re.fullmatch(r"[A-Za-z_][\w.]*", type_text):
        symbol = names.symbol(parameter.module, type_text)
        if symbol is not None and symbol.node.type == "class_definition":
            return Values(names, symbol.module).strings(symbol.node) or []
        if symbol is not None and _LITERAL.match(text_of(symbol.node)):
            return [s for s in map(literal, _strings_in(symbol.node)) if s]
    return []


def _strings_in(node: Node) -> Iterator[Node]:
    if node.type == "string":
        yield node
        return
    for child in node.named_children:
        yield from _strings_in(child)
