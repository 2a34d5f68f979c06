"""Declarations in ECMAScript sources: their kind, their signature on one line, their JSDoc."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.surface.javascript.modules import Module, Place
from moxi_analyzer.surface.javascript.syntax import FUNCTIONS, unwrap
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_KINDS = {
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "class": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "type",
    "function_signature": "function",
}
_STATEMENTS = frozenset(
    "export_statement lexical_declaration variable_declaration variable_declarator "
    "ambient_declaration expression_statement assignment_expression".split()
)
_LEADING = lazy_pattern(r"^(?:export\s+|default\s+|declare\s+)*")
_TAG_LINE = lazy_pattern(r"^\s*@\w+", re.MULTILINE)
_LINK = lazy_pattern(r"\{@(?:link|linkcode|linkplain)\s+([^\s|}]+)(?:[\s|]+([^}]*))?\}")
_INTERNAL = lazy_pattern(r"@(internal|private|hidden|ignore|deprecated)\b")
_COMPONENT_MAKERS = lazy_pattern(r"(?:React\.)?(?:forwardRef|memo|lazy)\b")
_COMPONENT_TYPE = lazy_pattern(r":\s*(?:React\.)?(?:FC|FunctionComponent|ComponentType|VFC)\b")
_MAX_SIGNATURE = 300
_MAX_VALUE = 100


@dataclass(frozen=True)
class Comment:
    """A documentation comment: its text without the marks, and where it stands."""

    text: str
    at: Evidence

    @property
    def prose(self) -> str:
        """The text without its tags."""
        return documentation(_TAG_LINE.sub("", self.text, count=1)) or documentation(self.text)


@dataclass(frozen=True)
class Declared:
    """One exported thing."""

    name: str
    node: Node
    source: Source
    site: Evidence  # where it is exported
    type_only: bool = False

    @cached_property
    def statement(self) -> Node:
        """The statement that declares it, `export` included."""
        node = self.node
        while node.parent is not None and node.parent.type in _STATEMENTS:
            node = node.parent
        return node

    @cached_property
    def at(self) -> Evidence:
        """The line of the declaration."""
        name = self.node.child_by_field_name("name")
        return self.source.at(name or self.node)

    @cached_property
    def doc(self) -> str:
        """Its documentation comment; "" if it has none."""
        if not self.symbol:
            return ""  # handed on from another package: the comment is on the handing on
        return _doc_before(self.statement) or _doc_before(self.node)

    @property
    def is_internal(self) -> bool:
        """Whether its comment says that it is not for users."""
        return bool(_INTERNAL.search(self.doc))

    @property
    def language(self) -> str:
        """The language of the file that declares it."""
        return "javascript" if self.source.grammar == "javascript" else "typescript"

    @cached_property
    def symbol(self) -> str:
        """function, class, component, interface, type, method or constant; "" if not known."""
        node = self.node
        if node.type in {"method_definition", "method_signature"}:
            return "method"
        kind = _KINDS.get(node.type) or ("function" if node.type in FUNCTIONS else "")
        if self._is_component(kind):
            return "component"
        if kind or self.type_only:
            return kind or "type"
        names = {"identifier", "member_expression", "call_expression", "program"}
        return "" if node.type in names and not self._is_const else "constant"

    @property
    def _is_const(self) -> bool:
        parent = self.node.parent
        return parent is not None and parent.type == "variable_declarator"

    def _is_component(self, kind: str) -> bool:
        if not self.name[:1].isupper() or kind in {"interface", "type"}:
            return False
        header = text_of(self.statement)[:400]
        if kind == "class":
            return bool(re.search(r"extends\s+(?:React\.)?(?:Pure)?Component\b", header))
        if self.source.grammar == "typescript":
            return False
        if self.node.type == "call_expression":
            return bool(_COMPONENT_MAKERS.match(text_of(self.node)))
        if kind == "function":
            return bool(_COMPONENT_TYPE.search(header)) or ("<" in text_of(self.node)[-4_000:] and (
                _has_jsx(self.node)
            ))  # fmt: skip
        return False

    @cached_property
    def signature(self) -> str:
        """The declaration on one line, without its body."""
        node = self.node
        if node.type in {"method_definition", "method_signature"}:
            return _on_one_line(_until_body(node))
        if node.type in FUNCTIONS or node.type in _KINDS:
            return _on_one_line(self._declaration())
        declarator = node.parent
        if declarator is not None and declarator.type == "variable_declarator":
            kind = declarator.child_by_field_name("type")
            annotation = text_of(kind)
            value = one_line(text_of(node), 1_000)
            if annotation:
                return one_line(f"const {self.name}{annotation}", _MAX_SIGNATURE)
            if len(value) <= _MAX_VALUE and "{" not in value:
                return f"const {self.name} = {value}"
        return ""

    def _declaration(self) -> str:
        node = self.node
        if node.type == "type_alias_declaration":
            whole = " ".join(text_of(node).split()).rstrip(";")
            return whole if len(whole) <= 160 else f"type {self.name}"
        if node.type == "enum_declaration":
            return f"enum {self.name}"
        text = _LEADING.sub("", _until_body(node))
        if node.type in {"arrow_function", "function_expression", "function"}:
            text = re.sub(r"\s*=>\s*$", "", text)
            arguments = re.sub(r"^(async\s+)?function\b\s*\*?\s*\w*", lambda m: m[1] or "", text)
            return f"const {self.name} = {arguments}" if arguments == text else (
                f"{'async ' if arguments.startswith('async') else ''}function {self.name}"
                + arguments.removeprefix("async ").lstrip()
            )  # fmt: skip
        return text.rstrip(";")

    def methods(self) -> list[Declared]:
        """Public methods of a class."""
        body = self.node.child_by_field_name("body")
        if self.symbol != "class" or body is None:
            return []
        found = []
        for child in body.named_children:
            if child.type not in {"method_definition", "method_signature"}:
                continue
            name = text_of(child.child_by_field_name("name"))
            words = {text_of(part) for part in child.children[:4]}
            if name != "constructor" and re.match(r"[A-Za-z]", name) and not words & {
                "private", "protected", "get", "set"
            }:  # fmt: skip
                found.append(Declared(name, child, self.source, self.source.at(child)))
        return found


def declared(
    name: str, place: Place | None, module: Module, *, is_default: bool = False
) -> Declared | None:
    """What an export stands for; a default export is called by the name it is declared with."""
    if place is None:
        return None
    node = unwrap(place.node)
    if is_default:
        own = text_of(node.child_by_field_name("name"))
        parent = node.parent
        if not own and parent is not None and parent.type == "variable_declarator":
            own = text_of(parent.child_by_field_name("name"))
        if node.type == "identifier":
            own = text_of(node)
        name = own or name
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", name):
        return None
    return Declared(name, node, place.module.source, module.source.at(node))


def leading_comment(module: Module) -> Comment | None:
    """The documentation comment that a file opens with."""
    for child in module.source.root.children[:3]:
        if child.type == "comment" and text_of(child).startswith("/**"):
            return Comment(_clean(text_of(child)), module.source.at(child))
        if child.type != "hash_bang_line":
            return None
    return None


def documentation(text: str) -> str:
    """The prose of a JSDoc text: what stands before its first tag."""
    tag = _TAG_LINE.search(text)
    description = re.search(r"@description\s+(.+)", text)
    prose = text[: tag.start()] if tag else text
    if not prose.strip() and description:
        prose = description[1]
    return _LINK.sub(lambda m: (m[2] or m[1]).strip(), prose).strip()


def _doc_before(node: Node) -> str:
    before = node.prev_named_sibling
    if before is None or before.type != "comment":
        return ""
    text = text_of(before)
    # With more than one empty line between, it tells of something else.
    if not text.startswith("/**") or node.start_point.row - before.end_point.row > 2:
        return ""
    return _clean(text)


def _clean(comment: str) -> str:
    lines = comment.removeprefix("/**").removesuffix("*/").split("\n")
    return "\n".join(re.sub(r"^\s*\* ?", "", line).rstrip() for line in lines).strip()


def _until_body(node: Node) -> str:
    body = node.child_by_field_name("body")
    text = text_of(node)
    if body is None or node.text is None:
        return text
    return node.text[: body.start_byte - node.start_byte].decode("utf-8", "replace").strip()


def _on_one_line(text: str) -> str:
    folded = re.sub(r"(?<=[(<]) | (?=[)>])", "", " ".join(text.split()))
    return one_line(folded.replace(",)", ")").replace(",>", ">").rstrip(";"), _MAX_SIGNATURE)


def _has_jsx(node: Node, budget: int = 3_000) -> bool:
    pending = [node]
    while pending and budget:
        budget -= 1
        current = pending.pop()
        if current.type.startswith("jsx_"):
            return True
        pending += current.named_children
    return False
