"""Rust source as the readers of Rust surfaces need it: attributes, docs, types, imports, casing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from tree_sitter import Node

from moxi_analyzer.syntax import Source, ancestors, literal, text_of
from moxi_core.patterns import lazy_pattern

_WORDS = lazy_pattern(r"[^_\-\s]+")
# A word ends before an upper-case letter that follows a lower-case one or starts a new word.
_BOUNDARY = lazy_pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TEST_ATTRIBUTE = lazy_pattern(r"#\[\s*(\w+::)?test\b|cfg\(\s*(all\(\s*)?test\b")
_MAX_PATH = 40
_WRAPPERS = {"Option", "Vec", "Box", "Arc", "Rc"}
_NUMBER = lazy_pattern(r"(-?\d[\d_]*(?:\.\d[\d_]*)?)(?:_?[iuf](?:8|16|32|64|128|size))?")
_OWNING = lazy_pattern(r"(?:String::from\(\s*)?&?(\"(?:[^\"\\]|\\.)*\")(?:\.\w+\(\)|\s*\))?")


@dataclass(frozen=True)
class Meta:
    """One entry of an attribute: `short`, `long = "name"` or `value_parser(["a", "b"])`."""

    key: str
    node: Node
    tokens: tuple[Node, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether it is a word without a value."""
        return not self.tokens

    @cached_property
    def raw(self) -> str:
        """The value as written; "" for a bare word."""
        return source_between(self.tokens)

    @property
    def text(self) -> str | None:
        """The value if it is one literal, of a string or a character."""
        tokens = self.tokens
        return literal(tokens[0]) if len(tokens) == 1 else None

    def strings(self) -> list[str]:
        """Every string literal inside the value, in order."""
        found = [literal(n) for token in self.tokens for n in descendants(token, "string_literal")]
        return [s for s in found if s is not None]

    @property
    def false(self) -> bool:
        """Whether the value switches the setting off."""
        return self.raw == "false"


def source_between(nodes: Iterable[Node]) -> str:
    """The source text from the first node to the last; "" for none."""
    nodes = list(nodes)
    if not nodes:
        return ""
    parent = nodes[0].parent
    whole = parent.text if parent is not None else None
    if parent is None or whole is None:
        return text_of(nodes[0])
    start, end = nodes[0].start_byte - parent.start_byte, nodes[-1].end_byte - parent.start_byte
    return whole[start:end].decode("utf-8", "replace")


def descendants(node: Node, kind: str) -> Iterator[Node]:
    """A node, if of a kind, or the nodes of that kind below it, in order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current.type == kind:
            yield current
        else:
            waiting.extend(reversed(current.children))


def metas(tree: Node) -> Iterator[Meta]:
    """The comma-separated entries of an attribute's token tree."""
    segment: list[Node] = []
    for child in [*tree.children[1:-1], None]:
        if child is not None and child.type != ",":
            segment.append(child)
            continue
        if segment and "comment" not in segment[0].type:
            yield from _meta(segment)
        segment = []


def _meta(segment: list[Node]) -> Iterator[Meta]:
    key, rest = text_of(segment[0]), segment[1:]
    if rest and rest[0].type == "=":
        yield Meta(key, segment[0], tuple(rest[1:]))
    elif rest and rest[0].type == "token_tree":
        yield Meta(key, segment[0], tuple(rest[0].children[1:-1]))
    elif rest:
        # A path such as `clap::Parser`: what counts is its last word.
        yield Meta(text_of(segment[-1]), segment[-1])
    else:
        yield Meta(key, segment[0])


@dataclass(frozen=True)
class Described:
    """The attributes and the doc comment that stand before an item."""

    attributes: dict[str, tuple[Meta, ...]]
    doc: str

    def all(self, *names: str) -> Iterator[Meta]:
        """Entries of the attributes with these names, in order."""
        for name in names:
            yield from self.attributes.get(name, ())

    @property
    def derives(self) -> frozenset[str]:
        """The names of derived traits."""
        return frozenset(meta.key for meta in self.all("derive"))


def describe(node: Node) -> Described:
    """What stands before an item, field or variant: attributes (also within cfg_attr) and docs."""
    attributes: dict[str, tuple[Meta, ...]] = {}
    docs: list[str] = []
    before = node.prev_sibling
    while before is not None:
        if before.type == "attribute_item":
            _attribute(before, attributes, docs)
        elif "comment" in before.type:
            docs.append(_doc_comment(before))
        else:
            break
        before = before.prev_sibling
    return Described(attributes, "".join(reversed(docs)))


def _attribute(item: Node, attributes: dict[str, tuple[Meta, ...]], docs: list[str]) -> None:
    attribute = next((c for c in item.named_children if c.type == "attribute"), None)
    if attribute is None or not attribute.named_children:
        return
    name = text_of(attribute.named_children[0]).rpartition("::")[2]
    tree, value = (attribute.child_by_field_name(f) for f in ("arguments", "value"))
    if name == "doc" and value is not None:
        docs.append((literal(value) or "") + "\n")
        return
    found = tuple(metas(tree)) if tree is not None else ()
    attributes[name] = found + attributes.get(name, ())
    if name == "cfg_attr":
        # The first entry is the condition; those after it are attributes like any other.
        for segment in found[1:]:
            inner = segment.tokens[0].parent if segment.tokens else None
            if inner is not None and inner.type == "token_tree":
                attributes[segment.key] = tuple(metas(inner)) + attributes.get(segment.key, ())


def _doc_comment(node: Node) -> str:
    if node.child_by_field_name("outer") is None:
        return ""
    text = text_of(node.child_by_field_name("doc"))
    if node.type == "line_comment":
        return text.removesuffix("\n").removeprefix(" ") + "\n"
    lines = (line.strip().lstrip("*").removeprefix(" ") for line in text.splitlines())
    return "\n".join(lines) + "\n"


def first_paragraph(doc: str) -> str:
    """The lines of a doc comment up to the first empty one, folded."""
    return " ".join(re.split(r"\n\s*\n", doc.strip(), maxsplit=1)[0].split())


@dataclass(frozen=True)
class TypeRef:
    """A type: its wrappers (`Option`, `Vec`), and the path of what they hold."""

    wrappers: tuple[str, ...]
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The type's own name."""
        return self.path[-1] if self.path else ""


def type_of(node: Node | None) -> TypeRef:
    """A type without its wrappers."""
    wrappers: list[str] = []
    while node is not None:
        if node.type == "reference_type":
            node = node.child_by_field_name("type")
            continue
        if node.type != "generic_type":
            break
        name = text_of(node.child_by_field_name("type")).rpartition("::")[2]
        arguments = node.child_by_field_name("type_arguments")
        if name not in _WRAPPERS or arguments is None or not arguments.named_children:
            node = node.child_by_field_name("type")
            break
        wrappers.append(name)
        node = arguments.named_children[0]
    return TypeRef(tuple(wrappers), tuple(p.strip() for p in text_of(node).split("::")))


def imports(source: Source) -> dict[str, tuple[str, ...]]:
    """Names that a file's `use` declarations bring in, with their full paths.

    A glob is kept under its whole path, which ends in `*`.
    """
    found: dict[str, tuple[str, ...]] = {}
    for _, match in source.matches("rust_use"):
        for name, path in use_paths(match["use"][0]):
            found.setdefault(name if name != "*" else "::".join(path), path)
    return found


def use_paths(node: Node, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, path) of each name in the tree of a `use`; the name of a glob is `*`."""
    if len(prefix) > _MAX_PATH:
        return
    if node.type in {"scoped_use_list", "use_list"}:
        path = node.child_by_field_name("path")
        inner = prefix + _segments(path)
        items = node.child_by_field_name("list") if node.type == "scoped_use_list" else node
        for child in items.named_children if items is not None else ():
            yield from use_paths(child, inner)
    elif node.type == "use_as_clause":
        aliased = prefix + _segments(node.child_by_field_name("path"))
        yield text_of(node.child_by_field_name("alias")), aliased
    elif node.type == "use_wildcard":
        inside = node.named_children[0] if node.named_children else None
        yield "*", (*prefix, *_segments(inside), "*")
    elif node.type == "self":
        if prefix:
            yield prefix[-1], prefix
    elif node.type in {"identifier", "scoped_identifier", "crate", "super"}:
        whole = prefix + _segments(node)
        if whole:
            yield whole[-1], whole


def _segments(node: Node | None) -> tuple[str, ...]:
    text = text_of(node)
    return tuple(part.strip() for part in text.split("::") if part.strip()) if text else ()


def module_words(path: str) -> tuple[str, ...]:
    """The modules that a file's place names: `src/db/mod.rs` gives `db`."""
    words = path.removesuffix(".rs").split("/")
    return tuple(w for w in words if w not in {"src", "mod", "lib", "main", "crates"})


def in_tests(node: Node) -> bool:
    """Whether an item is a test, or lies in a module that only tests see."""
    return any(
        item.type in {"mod_item", "function_item"} and _is_test_item(item)
        for item in (node, *ancestors(node))
    )


def _is_test_item(item: Node) -> bool:
    before = item.prev_named_sibling
    while before is not None and before.type == "attribute_item":
        if _TEST_ATTRIBUTE.search(text_of(before)):
            return True
        before = before.prev_named_sibling
    return False


class Placed(Protocol):
    """Something that a file defines."""

    @property
    def source(self) -> Source:
        """The file."""
        ...


P = TypeVar("P", bound=Placed)


def nearest(candidates: list[P], path: tuple[str, ...], origin: Source) -> P | None:
    """The definition that a path used in `origin` means; None when unknown or ambiguous.

    `path` is complete as far as imports tell: the definition whose file lies in its modules wins,
    then the one that shares most folders with the file where it is used.
    """
    if len(path) == 1:
        candidates = [c for c in candidates if c.source.path == origin.path] or candidates
    words = [word for word in path[:-1] if word not in {"crate", "self", "super"}]
    ranked = sorted(
        ((_fit(candidate.source.path, origin.path, words), candidate) for candidate in candidates),
        key=lambda pair: pair[0],
        reverse=True,
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _fit(path: str, origin: str, words: list[str]) -> tuple[int, int]:
    modules = module_words(path)
    shared = 0
    for ours, theirs in zip(path.split("/"), origin.split("/"), strict=False):
        if ours != theirs:
            break
        shared += 1
    return sum(word in modules for word in words), shared


def _split(name: str) -> list[str]:
    return [
        w for part in _WORDS.findall(name.removeprefix("r#")) for w in _BOUNDARY.split(part) if w
    ]


def cased(name: str, style: str) -> str:
    """A name in one of the styles that `rename_all` knows; kebab-case by default."""
    words = _split(name)
    match re.sub(r"[-_\s]", "", style).lower():
        case "snake" | "snakecase":
            return "_".join(w.lower() for w in words)
        case "screamingsnake" | "screamingsnakecase":
            return "_".join(w.upper() for w in words)
        case "camel" | "camelcase":
            first, rest = words[:1], words[1:]
            return "".join([w.lower() for w in first] + [w.capitalize() for w in rest])
        case "pascal" | "pascalcase":
            return "".join(w.capitalize() for w in words)
        case "lower" | "lowercase":
            return "".join(words).lower()
        case "upper" | "uppercase":
            return "".join(words).upper()
        case "verbatim" | "verbatimcase":
            return name.removeprefix("r#")
        case _:
            return "-".join(w.lower() for w in words)


def plain_value(raw: str) -> str | None:
    """The value of a simple expression: a number, boolean or string, however it is made owned."""
    raw = raw.strip()
    number = _NUMBER.fullmatch(raw)
    if number:
        return number[1].replace("_", "")
    if raw in {"true", "false"}:
        return raw
    found = _OWNING.fullmatch(raw)
    if found:
        body = found[1][1:-1]
        return body.replace('\\"', '"').replace("\\\\", "\\")
    if len(raw) >= 3 and raw[0] == raw[-1] == "'":
        return raw[1:-1]
    return None
