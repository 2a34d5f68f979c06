"""The text that C and C++ programs print, put together from their string literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.surface.helptext import NumberedLine
from moxi_analyzer.syntax import text_of
from moxi_core.patterns import lazy_pattern

_STRINGS = frozenset({"string_literal", "raw_string_literal", "concatenated_string"})
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'", "a": "", "r": "", "v": "\n"}
_COLOR = lazy_pattern(r"(?:\x1b|\\033|\\x1[bB]|\\e)\[[0-9;]*m")
_MAX_LINES = 20_000


def string(node: Node | None) -> str | None:
    """The value of a string literal or of adjacent ones; None if it is something else."""
    while node is not None and node.type in {"parenthesized_expression", "cast_expression"}:
        node = node.named_children[-1] if node.named_children else None
    if node is not None and node.type == "call_expression":
        # gettext and its kin: _("text"), N_("text"), i18n("text").
        listed = node.child_by_field_name("arguments")
        name = text_of(node.child_by_field_name("function"))
        if listed is None or len(listed.named_children) != 1 or not re.fullmatch(r"N?_|gettext|i18n|tr", name):  # fmt: skip
            return None
        return string(listed.named_children[0])
    if node is None or node.type not in _STRINGS:
        return None
    lines = _Lines()
    lines.literal(node)
    return lines.text()


class _Lines:
    """Text under construction, with the source row on which each of its lines starts."""

    def __init__(self) -> None:
        self.done: list[NumberedLine] = []
        self.current: list[str] = []
        self.row = 0

    def add(self, text: str, row: int) -> None:
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.newline()
            if piece:
                if not self.current:
                    self.row = row
                self.current.append(piece)

    def newline(self) -> None:
        self.done.append((_COLOR.sub("", "".join(self.current)), self.row + 1))
        self.current = []

    def literal(self, node: Node) -> None:
        """Add a literal, escapes resolved; what is no literal in between becomes `%s`."""
        if node.type == "concatenated_string":
            for part in node.named_children:
                if part.type in _STRINGS:
                    self.literal(part)
                elif part.type == "identifier" and not text_of(part).startswith("PRI"):
                    self.add("%s", part.start_point.row)
            return
        for part in node.named_children:
            row, text = part.start_point.row, text_of(part)
            if part.type == "escape_sequence":
                if text[1:2] == "\n":
                    continue
                self.add(_ESCAPES.get(text[1:2], text if text[1:2] in "x0123456789e" else ""), row)
            elif part.type in {"string_content", "raw_string_content"}:
                for offset, line in enumerate(text.replace("\\\n", "\n\0").split("\n")):
                    if offset and not line.startswith("\0"):
                        self.newline()
                    self.add(line.removeprefix("\0"), row + offset)

    def text(self) -> str:
        return "\n".join([*(line for line, _ in self.done), "".join(self.current)])


def printed_lines(root: Node) -> list[NumberedLine]:
    """All text of a file's literals that reads like output: one line an entry, in order.

    Literals of one `<<` chain run on; between any others a line ends.
    """
    lines = _Lines()
    chain: Node | None = None
    for node, here in _pieces(root):
        if node.type == "identifier":
            if here is not None and here == chain and text_of(node) == "endl":
                lines.newline()
            elif here is not None and here == chain:
                lines.add("%s", node.start_point.row)
            continue
        if (here is None or here != chain) and lines.current:
            lines.newline()
        chain = here
        lines.literal(node)
        if len(lines.done) > _MAX_LINES:
            break
    if lines.current:
        lines.newline()
    return lines.done


def _pieces(root: Node) -> Iterator[tuple[Node, Node | None]]:
    """Literals and names, each with the outermost `a << b << c` that it is a direct part of."""
    pending: list[tuple[Node, Node | None, bool]] = [(root, None, False)]
    while pending:
        node, chain, is_broken = pending.pop()
        here = None if is_broken else chain
        if node.type in _STRINGS:
            if here is not None or any(c in text_of(node) for c in " \t\n"):
                yield node, here
        elif node.type == "identifier":
            yield node, here
        elif node.type != "preproc_include":
            # Known on the way down: asking a node for its parent is slow in a deep tree.
            if node.type == "binary_expression":
                operator = node.child_by_field_name("operator")
                is_broken = is_broken or operator is None or operator.type != "<<"
                chain = chain or node
            elif node.type not in {"qualified_identifier", "subscript_expression"}:
                chain, is_broken = None, False
            pending.extend((child, chain, is_broken) for child in reversed(node.named_children))
