"""Objects of own Rust types on a page: which variables hold one, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.uses import Fragment
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_DECLARES = lazy_pattern(
    rb"\bfn[ \t]+(?P<fn>\w+)|\bpub[ \t]+(?P<field>[a-z]\w*)[ \t]*:(?!:)|\bmacro_rules![ \t]*(?P<macro>\w+)"
    rb"|#\[proc_macro_derive\([ \t]*(?P<derive>\w+)"
)
_ATTRIBUTE = lazy_pattern(
    rb"#\[proc_macro_attribute\]\s*(?:#\[[^\n]*\]\s*)*pub[ \t]+fn[ \t]+(\w+)|#\[proc_macro_derive\([^\n]*attributes\(([^)\n]*)\)"
)
# They give the same object, or what is in it.
_THROUGH = frozenset("unwrap expect clone unwrap_or_default as_ref as_mut borrow to_owned".split())
# What values of the language have.
_STANDARD = frozenset(
    "len is_empty iter iter_mut into_iter map filter collect push pop get get_mut insert remove contains contains_key "
    "as_str as_bytes to_string to_owned to_vec into from unwrap expect unwrap_or unwrap_or_else unwrap_or_default ok "
    "ok_or err is_some is_none is_ok is_err and_then or_else clone as_ref as_mut borrow borrow_mut lock read write next "
    "for_each fold sum count min max join split trim lines chars bytes parse first last extend concat enumerate zip "
    "take skip rev any all find position cmp eq ne hash fmt deref drop try_into try_from await context".split()
)
_WRAPS = frozenset(
    "try_expression reference_expression parenthesized_expression await_expression unary_expression".split()
)


@dataclass(frozen=True, slots=True)
class Held:
    """An object of ours: its crate and type, "" where only that much is known."""

    crate: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A member that is asked of an object of ours."""

    node: Node
    held: Held


class Declared:
    """Functions, public fields and macros of own sources, by name."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    @cached_property
    def functions(self) -> dict[str, Evidence]:
        """Functions and public fields."""
        return self._found[0]

    @cached_property
    def macros(self) -> dict[str, Evidence]:
        """Macros that are called, derived or written as attributes."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[str, Evidence], dict[str, Evidence]]:
        functions: dict[str, Evidence] = {}
        macros: dict[str, Evidence] = {}
        for path in self.ground.repo.own_sources("rust"):
            content = self.ground.repo.read(path) or b""
            line, last = 1, 0
            for match in _DECLARES.finditer(content):
                line += content.count(b"\n", last, match.start())
                last = match.start()
                name = match[match.lastgroup or 0].decode()
                table = functions if match.lastgroup in {"fn", "field"} else macros
                table.setdefault(name, Evidence(path=path, line=line))
            for match in _ATTRIBUTE.finditer(content):
                place = Evidence(path=path, line=content.count(b"\n", 0, match.start()) + 1)
                for name in (match[1] or match[2]).decode().split(","):
                    macros.setdefault(name.strip(), place)
        return functions, macros


class Objects:
    """Follows the variables of a page; `made` tells what a path of ours gives."""

    def __init__(self, made: Callable[[Node], Held | None], gives: Callable[[Held, str], Held | None]) -> None:  # fmt: skip
        self.made, self.gives = made, gives
        self.known: dict[str, Held | None] = {}

    def asked(self, piece: Fragment) -> Iterator[Asked]:
        """Each member that code asks of an object of ours, in the order of the text."""
        for node in descendants(piece.root, "let_declaration", "parameter", "field_expression"):
            if node.type == "field_expression":
                asked = self._asked(node)
                if asked is not None:
                    yield asked
                continue
            pattern = node.child_by_field_name("pattern")
            if pattern is not None and pattern.type == "mut_pattern" and pattern.named_children:
                pattern = pattern.named_children[-1]
            if pattern is None or pattern.type != "identifier":
                continue
            held = self._typed(node.child_by_field_name("type"))
            self.known[text_of(pattern)] = held or self._value(node.child_by_field_name("value"))

    def _asked(self, node: Node) -> Asked | None:
        held = self._value(node.child_by_field_name("value"))
        name = node.child_by_field_name("field")
        if held is None or name is None or name.type != "field_identifier":
            return None
        is_telling = held.type or text_of(name) not in _STANDARD
        return Asked(name, held) if is_telling else None

    def _typed(self, node: Node | None) -> Held | None:
        while node is not None and node.type in {"reference_type", "generic_type"}:
            node = node.child_by_field_name("type")
        return self.made(node) if node is not None and "type_identifier" in node.type else None

    def _value(self, node: Node | None, depth: int = 0) -> Held | None:
        """What an expression gives, if that is ours."""
        while node is not None and node.type in _WRAPS:
            inner = node.child_by_field_name("value")
            node = inner or (node.named_children[-1] if node.named_children else None)
        if node is None or depth > 60:
            return None
        if node.type == "identifier":
            return self.known.get(text_of(node))
        if node.type == "struct_expression":
            kind = node.child_by_field_name("name")
            return self.made(kind) if kind is not None else None
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        if function is None:
            return None
        if function.type == "generic_function":
            function = function.child_by_field_name("function") or function
        if function.type == "field_expression":
            held = self._value(function.child_by_field_name("value"), depth + 1)
            name = text_of(function.child_by_field_name("field"))
            if held is None or name in _THROUGH:
                return held
            return self.gives(held, name)
        return self.made(function) if function.type == "scoped_identifier" else None


def macros_of(piece: Fragment) -> Iterator[Node]:
    """The names of macros that code calls, derives or writes as attributes."""
    for node in descendants(piece.root, "macro_invocation"):
        name = node.child_by_field_name("macro")
        if name is not None and name.type == "identifier":
            yield name
    for node in descendants(piece.root, "attribute"):
        name = node.named_children[0] if node.named_children else None
        if name is not None and name.type == "identifier":
            yield name
        if text_of(name) == "derive":
            for inner in descendants(node, "identifier"):
                if inner != name:
                    yield inner
