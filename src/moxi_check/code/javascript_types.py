"""What declared types, parameters and patterns of ECMAScript sources name."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.surface.javascript.modules import Import, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, FUNCTIONS, plain, unwrap
from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.resolve import Offered

_MAX_DEPTH = 12


def base_of(node: Node) -> Node | None:
    """The expression that a class extends."""
    for child in node.named_children:
        if child.type == "class_heritage":
            clause = next((c for c in child.named_children if c.type == "extends_clause"), None)
            if clause is None and child.named_children[:1]:
                first = child.named_children[0]
                return None if first.type == "implements_clause" else first
            return clause.child_by_field_name("value") if clause else None
    return None


def type_offers(modules: Modules, module: Module, node: Node, depth: int = 0) -> Offered:
    """The properties of an interface, or of a type written out."""
    if depth > _MAX_DEPTH:
        return Offered(why="the type is made of too many others")
    found = Offered()
    if node.type == "type_annotation":
        return (
            type_offers(modules, module, node.named_children[0], depth)
            if node.named_children
            else found
        )
    if node.type == "interface_declaration":
        body = node.child_by_field_name("body")
        found = _properties(module, body)
        for clause in node.named_children:
            if clause.type == "extends_type_clause":
                for base in clause.named_children:
                    found.add(type_offers(modules, module, base, depth + 1))
        return found
    if node.type == "type_alias_declaration":
        value = node.child_by_field_name("value")
        if value is not None and node.child_by_field_name("type_parameters") is None:
            return type_offers(modules, module, value, depth + 1)
    if node.type in {"object_type", "interface_body"}:
        return _properties(module, node)
    if node.type in {"intersection_type", "union_type", "parenthesized_type"}:
        for part in node.named_children:
            found.add(type_offers(modules, module, part, depth + 1))
        return found
    if node.type == "generic_type":
        name = text_of(node.child_by_field_name("name"))
        inner = node.child_by_field_name("type_arguments")
        if (
            name in {"Partial", "Readonly", "Required"}
            and inner is not None
            and inner.named_children
        ):
            return type_offers(modules, module, inner.named_children[0], depth + 1)
    if node.type in {"literal_type", "predefined_type"} and text_of(node) in {
        "undefined", "null", "string", "number", "boolean", "void", "true", "false",
    }:  # fmt: skip
        return found
    if node.type == "type_identifier":
        place = _type_named(modules, module, text_of(node))
        if place is not None:
            return type_offers(modules, place.module, place.node, depth + 1)
    return Offered(why=f"the type `{text_of(node)[:60]}` is not followed")


def _properties(module: Module, body: Node | None) -> Offered:
    found = Offered()
    for child in body.named_children if body is not None else ():
        name = child.child_by_field_name("name")
        if child.type in {"property_signature", "method_signature"} and name is not None:
            if name.type == "computed_property_name":
                found.why = "its properties are computed"
            else:
                found.names.setdefault(plain(name), module.source.at(child))
        elif child.type != "comment":
            found.why = "it takes other properties too"
    return found


def _type_named(modules: Modules, module: Module, name: str, depth: int = 0) -> Place | None:
    """The declaration of a type, in this module or where it is imported from."""
    for known in module.names.get(name, ()):
        if known.kind == "type" and known.node.type in {
            "interface_declaration",
            "type_alias_declaration",
        }:
            several = [n for n in module.names[name] if n.node.type == "interface_declaration"]
            return Place(module, known.node) if len(several) < 2 else None
    imported = module.exports.get(name) if depth else None
    imported = imported if isinstance(imported, Import) else module.imports.get(name)
    if imported is None or depth > _MAX_DEPTH:
        return None
    target = modules.resolve(module.path, imported.spec)
    return _type_named(modules, target, imported.name, depth + 1) if target else None


def callable_of(modules: Modules, place: Place, depth: int = 0) -> Place | None:
    """The function that a call or `new` of a place runs."""
    node = unwrap(place.node)
    if node.type in FUNCTIONS or node.type == "function_signature":
        return Place(place.module, node)
    if node.type not in CLASSES or depth > _MAX_DEPTH:
        return None
    body = node.child_by_field_name("body")
    for child in body.named_children if body else ():
        if (
            child.type == "method_definition"
            and text_of(child.child_by_field_name("name")) == "constructor"
        ):
            return Place(place.module, child)
    base = base_of(node)
    parent = modules.definition(Place(place.module, base)) if base is not None else None
    return callable_of(modules, parent, depth + 1) if parent is not None else None


def keys_of(modules: Modules, function: Place, index: int) -> Offered | None:
    """The keys that a function takes in the object at a position; None where it has no such place."""
    listed = function.node.child_by_field_name("parameters")
    children = [c for c in listed.named_children if c.type != "comment"] if listed else []
    if listed is None:
        single = function.node.child_by_field_name("parameter")
        children = [single] if single is not None else []
    if index >= len(children):
        return None
    parameter = children[index]
    kind = parameter.child_by_field_name("type")
    pattern = parameter.child_by_field_name("pattern") or parameter
    if pattern.type == "assignment_pattern":
        pattern = pattern.child_by_field_name("left") or pattern
    found = Offered()
    if pattern.type == "object_pattern":
        found = _pattern_keys(function.module, pattern)
    elif pattern.type == "identifier":
        found = _used_keys(function, text_of(pattern))
    else:
        found.why = "it takes any number of values"
    if kind is not None:
        typed = type_offers(modules, function.module, kind)
        typed.names.update({k: v for k, v in found.names.items() if k not in typed.names})
        return typed
    return found


def _pattern_keys(module: Module, pattern: Node) -> Offered:
    found = Offered()
    for child in pattern.named_children:
        key = child.child_by_field_name("key") or child.child_by_field_name("left") or child
        if child.type == "rest_pattern":
            found.why = "what it takes besides is handed on"
        elif child.type != "comment":
            found.names.setdefault(plain(key), module.source.at(child))
    return found


def _used_keys(function: Place, name: str) -> Offered:
    """The properties that a function reads from a parameter; whole if it does nothing else with it."""
    found = Offered()
    body = function.node.child_by_field_name("body")
    for node in descendants(body, "identifier", "shorthand_property_identifier") if body else ():
        parent = node.parent
        if text_of(node) != name or parent is None:
            continue
        if parent.type == "member_expression":
            prop = parent.child_by_field_name("property")
            if prop is not None and prop.id != node.id:
                found.names.setdefault(text_of(prop), function.module.source.at(prop))
        elif parent.type == "variable_declarator" and (
            target := parent.child_by_field_name("name")
        ):
            if target.type == "object_pattern":
                found.add(_pattern_keys(function.module, target))
            elif target.id != node.id:
                found.why = f"`{name}` is handed on"
        else:
            found.why = f"`{name}` is handed on"
    if not found.names:
        found.why = found.why or f"`{name}` is not taken apart where it comes in"
    return found


def names_in(pattern: Node | None) -> Iterator[tuple[str, str]]:
    """(local name, key) of all names that a pattern binds; the key is "" for nested ones."""
    if pattern is None:
        return
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        yield text_of(pattern), text_of(pattern)
        return
    if pattern.type in {"object_assignment_pattern", "assignment_pattern"}:
        yield from names_in(pattern.child_by_field_name("left"))
        return
    if pattern.type == "pair_pattern":
        key, value = pattern.child_by_field_name("key"), pattern.child_by_field_name("value")
        nested = value is not None and value.type not in {"identifier", "assignment_pattern"}
        for local, _ in names_in(value):
            yield local, "" if nested or key is None else plain(key)
        return
    for child in pattern.named_children:
        if child.type == "type_annotation":
            continue
        for local, inner in names_in(child):
            nested = pattern.type != "object_pattern" or child.type == "rest_pattern"
            yield local, "" if nested else inner
