"""The expressions and types that ECMAScript values may be, and how type checkers load them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.repository import folder_of
from moxi_analyzer.surface.javascript.modules import Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import FUNCTIONS
from moxi_analyzer.syntax import ancestors, descendants, text_of

_TYPED = frozenset(
    "variable_declarator property_signature required_parameter optional_parameter "
    "public_field_definition".split()
)


class Typings(Modules):
    """Modules as type checkers load them: of declarations, those beside are taken first."""

    def resolve(self, importer: str, spec: str) -> Module | None:
        """The module that a spec means."""
        if importer.endswith((".d.ts", ".d.mts", ".d.cts")) and spec.startswith("."):
            target = posixpath.normpath(posixpath.join(folder_of(importer), spec))
            stem = target.removesuffix(".js").removesuffix(".mjs").removesuffix(".cjs")
            for path in (stem + ".d.ts", stem + ".d.mts", target + "/index.d.ts", stem + ".ts"):
                if self.repo.has(path):
                    return self.get(path)
        return super().resolve(importer, spec)


@dataclass(frozen=True)
class Thing:
    """An expression or a type at its place; of a class, itself or an object of it."""

    place: Place
    is_instance: bool = False

    @property
    def node(self) -> Node:
        return self.place.node


def ambient(module: Module, name: str) -> Place | None:
    """A variable that is declared without a value: `declare const demo: Demo`."""
    for node in descendants(module.source.root, "variable_declarator"):
        if text_of(node.child_by_field_name("name")) == name:
            return Place(module, node)
    return None


def annotation(node: Node) -> Node | None:
    """The type that a declaration is given."""
    if node.type in _TYPED:
        return node.child_by_field_name("type")
    parent = node.parent
    is_value = parent is not None and parent.type == "variable_declarator"
    return parent.child_by_field_name("type") if parent is not None and is_value else None


def returns(body: Node) -> Iterator[Node]:
    for node in descendants(body, "return_statement"):
        inside = next((a for a in ancestors(node) if a.type in FUNCTIONS), None)
        if (
            node.named_children
            and inside is not None
            and inside.child_by_field_name("body") == body
        ):
            yield node.named_children[0]
