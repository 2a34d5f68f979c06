"""ECMAScript syntax trees: the small questions that every reader of them asks."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import literal, text_of

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
FUNCTIONS = frozenset(
    "function_declaration function_expression function arrow_function method_definition "
    "generator_function_declaration generator_function".split()
)
_WRAPPERS = frozenset(
    "parenthesized_expression as_expression satisfies_expression non_null_expression "
    "await_expression".split()
)
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
_LAST = frozenset({"type_assertion", "assignment_expression"})


def unwrap(node: Node) -> Node:
    """The expression inside parentheses, type assertions, `await` and `a = b = …`."""
    while node.named_children:
        if node.type in _LAST:
            node = node.named_children[-1]
        elif node.type in _WRAPPERS:
            node = node.named_children[0]
        else:
            break
    return node


def plain(name: Node) -> str:
    return literal(name) or text_of(name)


def ambient(node: Node) -> Node:
    """What `declare …` declares."""
    if node.type == "ambient_declaration" and node.named_children:
        return node.named_children[0]
    return node


def declared_names(declaration: Node) -> Iterator[tuple[str, Node]]:
    declaration = ambient(declaration)
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield text_of(name), declaration
    for child in declaration.named_children:
        if child.type == "variable_declarator":
            target = child.child_by_field_name("name")
            value = child.child_by_field_name("value")
            if target is not None and target.type == "identifier":
                yield text_of(target), value or child
            elif target is not None and target.type == "object_pattern":
                for item in target.named_children:
                    if item.type == "shorthand_property_identifier_pattern":
                        yield text_of(item), item


def required(call: Node) -> str | None:
    """`spec` of `require("spec")` or `import("spec")`."""
    function = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    if function is None or arguments is None or function.type not in {"identifier", "import"}:
        return None  # asked first: the text of a long chain is long
    if text_of(function) not in {"require", "import"}:
        return None
    return literal(arguments.named_children[0]) if arguments.named_children else None


def required_folder(node: Node) -> str:
    """`folder` of `requireDir("folder")`, whose members are the modules in it."""
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or function.type != "identifier" or arguments is None:
        return ""
    if text_of(function) != "requireDir" or not arguments.named_children:
        return ""
    return literal(arguments.named_children[0]) or ""


def properties(node: Node) -> dict[str, Node]:
    """The values of an object literal by key; methods stand for themselves."""
    found: dict[str, Node] = {}
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and key.type != "computed_property_name":
                found[plain(key)] = value
        elif child.type == "shorthand_property_identifier":
            found[text_of(child)] = child
        elif child.type == "method_definition":
            found[text_of(child.child_by_field_name("name"))] = child
    return found


def class_members(node: Node) -> dict[str, Node]:
    """The values of a class's static fields by name."""
    body = node.child_by_field_name("body")
    found: dict[str, Node] = {}
    for child in body.named_children if body is not None else ():
        if child.type in {"field_definition", "public_field_definition"}:
            key = child.child_by_field_name("property") or child.child_by_field_name("name")
            value = child.child_by_field_name("value")
            is_static = any(part.type == "static" for part in child.children)
            if key is not None and value is not None and is_static:
                found[text_of(key)] = value
    return found


def method_of(node: Node, name: str) -> Node | None:
    """A method of a class by name."""
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        if child.type == "method_definition" and text_of(child.child_by_field_name("name")) == name:
            return child
    return None


def find_source(repo: Repository, target: str) -> str:
    """The file that an import of `target` (no leading `./`) loads, as its author wrote it."""
    stem, suffix = posixpath.splitext(target)
    for written in _WRITTEN_AS.get(suffix, ()):
        if repo.has(stem + written):
            return stem + written
    if repo.has(target):
        return target
    for candidate in _SUFFIXES:
        if repo.has(target + candidate):
            return target + candidate
    for candidate in _SUFFIXES:
        path = posixpath.join(target, "index" + candidate)
        if repo.has(path):
            return path
    return ""
