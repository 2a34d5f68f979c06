"""What names of an ECMAScript example stand for, and the small questions on its syntax."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.surface.javascript.syntax import required, unwrap
from moxi_analyzer.syntax import text_of
from moxi_check.code.javascript_values import CALL, NEW, PROMISED
from moxi_core.patterns import lazy_pattern

_SERVED = lazy_pattern(
    r"https://(?:cdn\.jsdelivr\.net/npm|unpkg\.com|esm\.(?:sh|run)|cdn\.skypack\.dev)/"
    r"((?:@[\w.-]+/)?[\w.-]+)(?:[@/?].*)?$"
)
_TOLD_TYPE = lazy_pattern(
    r"@(?:type|satisfies)\s*\{\s*(?:import\((['\"])([^'\"\n]{1,200})\1\)\.)?([A-Za-z_$][\w$]*)\s*\}"
)


@dataclass(frozen=True)
class Bound:
    """What a name of the example stands for: `name` of the module `spec`; "*" is all of it.

    In a name, `()` is what a call gives and `new` what is made: `open.().close`.
    """

    spec: str
    name: str
    is_instance: bool = False
    is_import: bool = False  # the name was imported: it is ours wherever it stands

    def member(self, name: str) -> Bound:
        """What a name asked of this stands for."""
        return Bound(self.spec, name if self.name == "*" else f"{self.name}.{name}")

    @property
    def value(self) -> Bound:
        """What is called or made: of a whole module, its default export."""
        return Bound(self.spec, "default" if self.name == "*" else self.name, self.is_instance)

    @property
    def path(self) -> Bound:
        """The same, the making of an object written out."""
        return Bound(self.spec, f"{self.name}.{NEW}") if self.is_instance else self

    @property
    def is_result(self) -> bool:
        """Whether it is followed through calls: of that, we only confirm what is declared."""
        return CALL in self.name or NEW in self.name.split(".")


def told_type(node: Node) -> tuple[str, str]:
    """The module and name of the type that a JSDoc comment gives the statement of a node, or ""."""
    while node.parent is not None and node.parent.type != "program":
        node = node.parent
    comment = node.prev_named_sibling
    if comment is None or comment.type != "comment":
        return "", ""
    found = _TOLD_TYPE.search(text_of(comment))
    return (found[2] or "", found[3]) if found else ("", "")


def served(spec: str) -> str:
    """The package that a network serves its files of."""
    found = _SERVED.match(spec)
    return found[1] if found else spec


def is_required(value: Node) -> bool:
    inner = unwrap(value)
    return inner.type == "call_expression" and required(inner) is not None


def awaited(callee: Bound | None) -> Bound | None:
    """What the call gives of which `then`, `catch` or `finally` is called."""
    if callee is None:
        return None
    before, _, last = callee.name.rpartition(".")
    is_promise = last in PROMISED and before.endswith(CALL)
    return Bound(callee.spec, before) if is_promise else None


def first_parameter(function: Node) -> Node | None:
    listed = function.child_by_field_name("parameters")
    first = next(iter(listed.named_children), None) if listed is not None else None
    first = first or function.child_by_field_name("parameter")
    return (first.child_by_field_name("pattern") or first) if first is not None else None
