"""Classes and functions of ours that a page lists: signatures and words on them, no code of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from moxi_analyzer.surface.python.names import Symbol, definition_in
from moxi_analyzer.syntax import text_of
from moxi_check.code.python_shapes import bound
from moxi_check.code.python_values import Target, Values
from moxi_check.code.uses import UseKind

_MAX_NESTED = 8


@dataclass(frozen=True)
class Said:
    """One thing that a listing says: a name, or the parameter of what has it."""

    kind: UseKind
    node: Node
    target: Target
    argument: str = ""
    only_true: bool = True


class Listings:
    """Finds what listings are of, and what they say of it."""

    def __init__(self, values: Values, own: frozenset[str]) -> None:
        self.values, self.own = values, own

    def of(self, node: Node, known: Mapping[str, Target | None]) -> Iterator[Said]:
        """What a definition says, if it is only shown and ours has its name."""
        body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
        target = self._documented(text_of(name), known) if body and _is_shown(body) else None
        symbol = target.found if target is not None else None
        if target is None or not isinstance(symbol, Symbol) or name is None:
            return
        if body is None or symbol.node.type != node.type:
            return
        yield Said("api", name, target)
        if node.type == "function_definition":
            yield from _parameters(node, target)
            return
        for word, child in bound(body.named_children):
            path, member = f"{target.name}.{word}", self.values.names.member(symbol, word)
            method = Target(target.module, path, member)
            yield Said(
                "api", child.child_by_field_name("name") or child,
                replace(method, is_instance=True), only_true=word.startswith("__"),
            )  # fmt: skip
            if child.type == "function_definition":
                yield from _parameters(child, target if word == "__init__" else method)

    def _documented(self, name: str, known: Mapping[str, Target | None]) -> Target | None:
        """The class or function of ours that has a name: imported so, or in one of our packages."""
        found = known.get(name)
        if found is not None and not found.is_instance and isinstance(found.found, Symbol):
            return found
        for root in sorted(self.own):
            module = self.values.names.module(root)
            found = self.values.of_module(root, module, name) if module is not None else None
            if found is not None and not found.is_instance and isinstance(found.found, Symbol):
                return found
        return None


def _parameters(node: Node, target: Target) -> Iterator[Said]:
    listed = node.child_by_field_name("parameters")
    for child in listed.named_children if listed is not None else ():
        inner = child.child_by_field_name("name") or (
            child.named_children[0] if child.type == "typed_parameter" else child
        )
        if inner.type == "identifier" and text_of(inner) not in {"self", "cls"}:
            yield Said("argument", inner, target, text_of(inner), only_true=False)


def _is_shown(body: Node) -> bool:
    inside = [child for child in body.named_children if child.type != "comment"]
    return all(map(_says_nothing, inside)) and any(c.type != "pass_statement" for c in inside)


def _says_nothing(node: Node, depth: int = 0) -> bool:
    """Whether a statement does nothing: words, `...`, `pass`, or a method that does not."""
    definition = definition_in(node)
    if definition is not None:
        body = definition.child_by_field_name("body")
        inside = body.named_children if body is not None and depth < _MAX_NESTED else None
        return inside is not None and all(_says_nothing(child, depth + 1) for child in inside)
    if node.type == "expression_statement" and node.named_children:
        node = node.named_children[0]
    return node.type in {"string", "ellipsis", "pass_statement", "comment"}
