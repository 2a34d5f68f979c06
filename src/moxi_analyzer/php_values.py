"""Values in PHP syntax trees: strings however written, arrays, and the arguments of a call."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from tree_sitter import Node

from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

Constants = Mapping[str, Node]
_NONE: Constants = {}
_PLAIN = frozenset({"integer", "float", "boolean"})
_DOC_TAG = lazy_pattern(r"^@\w")
_MAX_DEPTH = 6


def string(node: Node | None, constants: Constants = _NONE, depth: int = 0) -> str | None:
    """The string that an expression is, looked up through class constants; None if computed."""
    if node is None or depth > _MAX_DEPTH:
        return None
    if node.type in {"argument", "array_element_initializer", "parenthesized_expression"}:
        return (
            string(node.named_children[-1], constants, depth + 1) if node.named_children else None
        )
    if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) == ".":
        parts = [string(node.child_by_field_name(side), constants, depth + 1) for side in ("left", "right")]  # fmt: skip
        return None if None in parts else "".join(part or "" for part in parts)
    if node.type in {"heredoc", "nowdoc"}:
        return _heredoc(node)
    if node.type == "class_constant_access_expression":
        name = text_of(node.named_children[-1])
        return string(constants.get(name), constants, depth + 1)
    if node.type in {"encapsed_string", "string"}:
        if any(c.type not in {"string_content", "escape_sequence"} for c in node.named_children):
            return None
        return literal(node)
    return None


def _heredoc(node: Node) -> str | None:
    body = node.child_by_field_name("value") or next(
        (c for c in node.named_children if c.type.endswith("body")), None
    )
    if body is None:
        return ""
    kinds = {"string_content", "nowdoc_string", "escape_sequence"}
    if any(child.type not in kinds for child in body.named_children):
        return None
    return textwrap.dedent(text_of(body)).strip("\n")


def scalar(node: Node | None, constants: Constants = _NONE) -> str | None:
    """A string, number or boolean as text; None for null and what is computed."""
    if node is not None and node.type == "class_constant_access_expression":
        node = constants.get(text_of(node.named_children[-1]), node)
    if node is not None and node.type in _PLAIN:
        return text_of(node)
    return string(node, constants)


def strings(node: Node | None, constants: Constants = _NONE) -> list[str]:
    """The strings of an array, or the one string; what is computed is left out."""
    if node is None:
        return []
    if node.type == "class_constant_access_expression":
        node = constants.get(text_of(node.named_children[-1]), node)
    if node.type != "array_creation_expression":
        value = string(node, constants)
        return [value] if value is not None else []
    found = (string(child, constants) for child in node.named_children)
    return [value for value in found if value is not None]


def arguments(call: Node, *names: str) -> dict[str, Node]:
    """Arguments of a call, `new` or attribute by parameter name; `names` are the positions."""
    listed = call.child_by_field_name("arguments") or call.child_by_field_name("parameters")
    if listed is None:
        listed = next((c for c in call.named_children if c.type == "arguments"), None)
    found: dict[str, Node] = {}
    position = 0
    for argument in listed.named_children if listed is not None else []:
        if argument.type != "argument" or not argument.named_children:
            continue
        name = argument.child_by_field_name("name")
        value = argument.named_children[-1]
        if name is not None:
            found[text_of(name)] = value
        elif position < len(names):
            found[names[position]] = value
            position += 1
    return found


def docblock(node: Node) -> list[str]:
    """Lines of the `/** … */` above a declaration, its stars stripped; [] without one."""
    above = node.prev_named_sibling
    if above is None or above.type != "comment" or not text_of(above).startswith("/**"):
        return []
    lines = text_of(above).removeprefix("/**").removesuffix("*/").splitlines()
    return [line.strip().removeprefix("*").strip() for line in lines]


def summary(lines: list[str]) -> str:
    """The first paragraph of a docblock; "" if it starts with a tag."""
    words: list[str] = []
    for line in lines:
        if _DOC_TAG.match(line) or line.startswith("{@"):
            break
        if line:
            words.append(line)
        elif words:
            break
    return " ".join(words)
