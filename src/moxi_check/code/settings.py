"""Settings that code blocks show: objects of options and settings modules, without the call they go to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.surface.javascript.syntax import plain, unwrap
from moxi_analyzer.syntax import Source, text_of
from moxi_check.code.javascript import JavaScript
from moxi_check.code.python import Python
from moxi_check.document import CodeBlock, Span
from moxi_core.patterns import lazy_pattern

_SCRIPT = JavaScript.fences - {"html", "vue", "svelte", "astro", "xml"}
_OBJECT = lazy_pattern(
    r"^(?:\s|//[^\n]*\n|/\*[\s\S]{0,4000}?\*/)*(?:(\{)|['\"]?[A-Za-z_$][\w$-]*['\"]?\s*:)"
)
_EXPORT = lazy_pattern(r"(?m)^\s*(?:export default|module\.exports =) ?\{")
_TYPED = lazy_pattern(r"@(?:type|satisfies)\b|\bsatisfies\b")
_NAME = lazy_pattern(r"[A-Za-z_$][\w$]{1,50}$")
_MAX_DEPTH = 4
_FEWEST = 3  # two words stand together in some source by chance


@dataclass(frozen=True)
class Shown:
    """Keys that a block shows, and the grammars of the sources that may know them."""

    keys: tuple[Span, ...]
    grammars: tuple[str, ...]


def shown(block: CodeBlock) -> Shown | None:
    """The keys of a block that is nothing but settings."""
    if block.language in _SCRIPT and not _TYPED.search(block.text):
        keys = tuple(_script_keys(block))
        return Shown(keys, ("javascript", "typescript", "tsx")) if len(keys) >= _FEWEST else None
    if block.language in Python.fences:
        keys = tuple(_assigned(block))
        return Shown(keys, ("python",)) if len(keys) >= _FEWEST else None
    return None


def _script_keys(block: CodeBlock) -> Iterator[Span]:
    found = _OBJECT.match(block.text)
    # Wrapped on its own line, so that the lines of the block stay whole.
    if found:
        text = f"(\n{block.text}\n)" if found[1] else f"({{\n{block.text}\n}})"
        root = Source("", "tsx", text.encode("utf-8", "replace")).root
        inner = root.named_children[0] if root.named_children else root
        yield from _keys_of(_object_in(inner), block, 1, 0)
    elif _EXPORT.search(block.text):
        root = Source("", "tsx", block.text.encode("utf-8", "replace")).root
        for node in root.named_children:
            yield from _keys_of(_object_in(node), block, 0, 0)


def _object_in(node: Node) -> Node | None:
    """The object that a statement is, or exports."""
    if node.type == "expression_statement" and node.named_children:
        node = unwrap(node.named_children[0])
    value = node.child_by_field_name("value") or node
    return value if value.type == "object" else None


def _keys_of(node: Node | None, block: CodeBlock, shift: int, depth: int) -> Iterator[Span]:
    for item in node.named_children if node is not None and depth < _MAX_DEPTH else ():
        key = item.child_by_field_name("key") or item.child_by_field_name("name")
        if (
            item.type in {"pair", "method_definition"}
            and key is not None
            and _NAME.match(plain(key))
        ):
            row, column = key.start_point
            line = block.lines()[row - shift]
            at = line.text.find(
                plain(key), len(line.text.encode()[:column].decode("utf-8", "replace"))
            )
            yield Span(plain(key), line.line, line.column + at)
        value = item.child_by_field_name("value") if item.type == "pair" else item
        for inner in (value, *(value.named_children if value is not None else ())):
            if inner is not None and inner.type == "object":
                yield from _keys_of(inner, block, shift, depth + 1)


def _assigned(block: CodeBlock) -> Iterator[Span]:
    """The names of a block that only gives values to names."""
    root = Source("", "python", block.text.encode("utf-8", "replace")).root
    found: list[Span] = []
    for statement in root.named_children:
        node = statement.named_children[0] if statement.named_children else statement
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if statement.type == "comment":
            continue
        is_plain = node.type == "assignment" and left is not None and left.type == "identifier"
        if not is_plain or left is None or right is None or right.type in {"call", "identifier"}:
            return
        line = block.lines()[left.start_point.row]
        found.append(Span(text_of(left), line.line, line.column + left.start_point.column))
    yield from found


def line_of(content: bytes, word: str) -> int:
    """The line of a source on which a word is a key, a name or an attribute; 0 for none."""
    found = re.search(rb"(?<![\w$-])" + re.escape(word.encode()) + rb"(?![\w$-])", content)
    return content.count(b"\n", 0, found.start()) + 1 if found else 0
