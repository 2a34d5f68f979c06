"""Values in Ruby syntax trees: strings however written, arrays, and the arguments of a call."""

from __future__ import annotations

import textwrap

from tree_sitter import Node

from moxi_analyzer.syntax import ancestors, literal, text_of

# Methods that leave a string what it is, for a reader.
_TRANSPARENT = frozenset("freeze dup strip chomp squish lstrip rstrip to_s to_sym tr gsub".split())
_STRING_LISTS = frozenset({"array", "string_array", "symbol_array"})


def string(node: Node | None) -> str | None:
    """The string (or symbol) that an expression is; None when it is computed."""
    if node is None:
        return None
    if node.type == "chained_string":
        parts = [string(child) for child in node.named_children]
        return None if None in parts else "".join(part or "" for part in parts)
    if node.type == "heredoc_beginning":
        return _heredoc(node)
    if node.type == "call" and text_of(node.child_by_field_name("method")) in _TRANSPARENT:
        return string(node.child_by_field_name("receiver"))
    if node.type in {"bare_string", "bare_symbol"}:
        return text_of(node)
    if node.type == "string" and text_of(node).startswith("%"):
        inner = [c for c in node.named_children if c.type != "string_content"]
        return None if inner else "".join(text_of(c) for c in node.named_children)
    if node.type == "delimited_symbol":
        return text_of(node).lstrip(":").strip("\"'")
    return literal(node)


def _heredoc(node: Node) -> str | None:
    bodies = (
        child
        for parent in ancestors(node)
        for child in parent.children
        if child.type == "heredoc_body" and child.start_byte >= node.end_byte
    )
    body = next(bodies, None)
    if body is None or any(c.type == "interpolation" for c in body.children):
        return None
    text = "".join(text_of(c) for c in body.children if c.type == "heredoc_content")
    return textwrap.dedent(text).strip("\n") if "~" in text_of(node) else text.strip("\n")


def strings(node: Node | None) -> list[str]:
    """The strings of an array, or the one string; what is computed is left out."""
    if node is None:
        return []
    if node.type == "call" and text_of(node.child_by_field_name("method")) in _TRANSPARENT:
        return strings(node.child_by_field_name("receiver"))
    items = node.named_children if node.type in _STRING_LISTS else [node]
    return [value for value in map(string, items) if value is not None]


def arguments(call: Node) -> tuple[list[Node], dict[str, Node]]:
    """Positional and keyword argument nodes of a call; a last hash counts as keywords."""
    positional: list[Node] = []
    keywords: dict[str, Node] = {}
    listed = call.child_by_field_name("arguments")
    for node in listed.named_children if listed is not None else []:
        if node.type == "pair":
            _add_pair(keywords, node)
        elif node.type == "hash":
            for pair in node.named_children:
                _add_pair(keywords, pair)
        elif node.type != "comment":
            positional.append(node)
    return positional, keywords


def _add_pair(keywords: dict[str, Node], pair: Node) -> None:
    key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
    name = string(key)
    if name is not None and value is not None:
        keywords[name] = value


def comment_above(node: Node) -> list[str]:
    """The lines of the comment block that ends on the line before a node, marks stripped."""
    lines: list[str] = []
    row, sibling = node.start_point.row, node.prev_sibling
    if sibling is None and node.parent is not None and node.parent.type == "body_statement":
        sibling = node.parent.prev_sibling
    while sibling is not None and sibling.type == "comment" and sibling.end_point.row == row - 1:
        lines.append(text_of(sibling).lstrip("#").removeprefix(" "))
        row, sibling = sibling.start_point.row, sibling.prev_sibling
    return lines[::-1]
