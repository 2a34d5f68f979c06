"""Where Ruby code reads `ENV`: found by its name, as a query for it takes longer than most parses."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.syntax import Match, Source, text_of
from moxi_core.patterns import lazy_pattern

_ENV = lazy_pattern(rb"\bENV\b")
_METHODS = frozenset({"fetch", "key?", "has_key?", "include?", "dig"})


def reads(source: Source) -> Iterator[Match]:
    """`@name`, `@default` and `@read` of `ENV["NAME"] || "default"`, `ENV.fetch("NAME", default)`."""
    for found in _ENV.finditer(source.content):
        node = source.root.named_descendant_for_byte_range(found.start(), found.end())
        around = node.parent if node is not None and node.type == "constant" else None
        if node is None or around is None or text_of(node) != "ENV":
            continue
        if around.type == "element_reference" and around.named_child(0) == node:
            names = (child for child in around.named_children[1:] if child.type == "string")
            yield from ({"name": [name], "read": [around]} for name in names)
        elif around.type == "call" and around.child_by_field_name("receiver") == node:
            yield from _asked(around)


def _asked(call: Node) -> Iterator[Match]:
    listed = call.child_by_field_name("arguments")
    given = listed.named_children if listed is not None else []
    method = text_of(call.child_by_field_name("method"))
    if method in _METHODS and given and given[0].type == "string":
        yield {"name": given[:1]} | ({"default": given[1:2]} if len(given) > 1 else {})
