"""Objects of own C++ types on a page: which variables hold one, and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.uses import Fragment

_NAMES = frozenset({"identifier", "field_identifier"})
# What containers, strings and smart pointers have: a chain of calls may have come to one of them.
_STANDARD = frozenset(
    "size empty begin end data push_back emplace_back c_str str get reset find insert emplace front back at count "
    "first second clear erase swap length substr append resize reserve lock value has_value what release pop".split()
)


@dataclass(frozen=True, slots=True)
class Held:
    """Whose object a variable is: our namespace, and the class where it is written ("" if not)."""

    space: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A member that is asked of an object of ours; `first` where nothing stands between them."""

    node: Node
    held: Held
    first: bool


class Objects:
    """Variables of a page that hold objects of own namespaces, in the order they are made."""

    def __init__(self, spaces: frozenset[str], pieces: Sequence[Fragment]) -> None:
        self.spaces = spaces
        self.known: dict[str, Held] = {}
        self.made = {name for piece in pieces for name in _declares(piece)}
        # What all of the page is silent on, or declares once only, holds before its place as well.
        for piece in pieces:
            self.learn(piece)

    def learn(self, piece: Fragment) -> None:
        """Take over what a fragment declares."""
        for node in descendants(piece.root, "declaration", "parameter_declaration"):
            held = self._of_type(node.child_by_field_name("type"))
            for declared in node.children_by_field_name("declarator"):
                name = _declared(declared)
                value = declared.child_by_field_name("value")
                found = held or (self._of_value(value) if value is not None else None)
                if not name or text_of(node.child_by_field_name("type")) == "return":
                    continue
                if found is not None:
                    self.known[name] = found
                else:
                    self.known.pop(name, None)

    def asked(self, piece: Fragment) -> Iterator[Asked]:
        """Each member that the code asks of such a variable, or of what its members give."""
        for node in descendants(piece.root, "field_expression"):
            name = _plain(node.child_by_field_name("field"))
            argument = node.child_by_field_name("argument")
            if name is None:
                continue
            held = self._of_value(argument)
            if held is None and self._is_untold(argument) and text_of(name) not in _STANDARD:
                held = Held("")
            if held is None:
                continue
            first = argument is not None and argument.type == "identifier"
            # Of `std::vector<ours::sink>` it is the vector that has a size.
            if (first and held.name) or text_of(name) not in _STANDARD:
                yield Asked(name, held if first else Held(held.space), first)

    def _is_untold(self, node: Node | None) -> bool:
        """Whether an expression begins with a variable that the page never declares."""
        for _ in range(40):
            if node is None or node.type == "identifier":
                return node is not None and text_of(node) not in self.made
            node = node.child_by_field_name("function") or node.child_by_field_name("argument")
        return False

    def _of_type(self, node: Node | None) -> Held | None:
        words = re.findall(r"\w+", text_of(node))
        for place, word in enumerate(words[:-1]):
            if word in self.spaces:
                # Of `std::shared_ptr<ours::logger>` it is the logger that `->` asks.
                is_plain = place == 0 and node is not None and node.type == "qualified_identifier"
                return Held(word, words[-1] if is_plain and len(words) == 2 else "")
        return None

    def _of_value(self, node: Node | None) -> Held | None:
        """What the head of an expression is: a variable of ours, or a name of our namespace."""
        for _ in range(40):
            if node is None:
                return None
            if node.type == "identifier":
                return self.known.get(text_of(node))
            if node.type == "qualified_identifier":
                scope = text_of(node.child_by_field_name("scope"))
                return Held(scope) if scope in self.spaces else self._made(node)
            node = node.child_by_field_name("function") or node.child_by_field_name("argument")
        return None

    def _made(self, node: Node) -> Held | None:
        """`std::make_shared<ours::logger>`."""
        for inner in descendants(node, "template_argument_list"):
            return self._of_type(inner)
        return None


def _declares(piece: Fragment) -> Iterator[str]:
    for node in descendants(piece.root, "declaration", "parameter_declaration", "for_range_loop"):
        for declared in node.children_by_field_name("declarator"):
            yield _declared(declared)


def _declared(node: Node | None) -> str:
    """The name in a declarator: `app` of `&app{"x"}`; none where a function is declared."""
    for _ in range(10):
        if node is None or node.type == "function_declarator":
            return ""
        if node.type == "identifier":
            return text_of(node)
        inner = node.child_by_field_name("declarator")
        node = inner or next((c for c in node.named_children if c.type in {"identifier", "pointer_declarator"}), None)  # fmt: skip
    return ""


def _plain(node: Node | None) -> Node | None:
    """A member's name without its template arguments."""
    if node is not None and node.type in {"template_method", "template_function"}:
        node = node.child_by_field_name("name")
    return node if node is not None and node.type in _NAMES else None
