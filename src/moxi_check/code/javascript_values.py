"""What ECMAScript values are: what calls give and take, by declared types and what is returned.

A value may be one of several things; what any of them has, it may have. So this only ever confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.surface.javascript.modules import Import, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, FUNCTIONS, plain, properties, unwrap
from moxi_analyzer.syntax import ancestors, text_of
from moxi_check.code.javascript_things import Thing, ambient, annotation, returns
from moxi_check.code.javascript_types import base_of

CALL, NEW = "()", "new"
_MAX_DEPTH = 16
_MAX_THINGS = 40
_DECLARATIONS = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration"})
_SIGNATURES = frozenset(
    "function_signature method_signature function_type call_signature abstract_method_signature".split()
)
_PARTS = frozenset(
    "intersection_type union_type parenthesized_type type_annotation readonly_type".split()
)
# Types of the language that stand for the type inside of them.
_WRAPS = frozenset(
    "Promise PromiseLike Awaited Readonly Partial Required NonNullable Omit Pick Exclude Extract".split()
)
PROMISED = frozenset({"then", "catch", "finally"})


class Values:
    """Follows paths like `open`, `()`, `send` from an exported name."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._found: dict[tuple[str, str], list[Thing]] = {}
        # Of what is asked for while it is being found, nothing is known: types may mean themselves.
        self._aliases: dict[tuple[str, int], list[Thing]] = {}
        self._results: dict[tuple[str, int, bool], list[Thing]] = {}

    def at(self, module: Module, path: str) -> list[Thing]:
        """What a path of names, calls and `new` leads to, from all that a module exports."""
        key = (module.path, path)
        if key not in self._found:
            place = self.modules.exported(module, "*")
            things = [Thing(place)] if place is not None else []
            if path and place is not None and place.node.type == "program":
                first, _, path = path.partition(".")
                things = self._exported(module, first)
            for part in path.split(".") if path else ():
                things = self.step(things, part)
            self._found[key] = things
        return self._found[key]

    def _exported(self, module: Module, name: str) -> list[Thing]:
        place = self.modules.exported(module, name)
        found = module.exports.get(name) or (module.commonjs if name == "default" else None)
        if place is None and isinstance(found, Node) and found.type == "identifier":
            place = ambient(module, text_of(found))
        return self._settled(place) if place is not None else []

    def step(self, things: Iterable[Thing], part: str) -> list[Thing]:
        """What a member, a call or `new` of each gives."""
        found: list[Thing] = []
        for thing in things:
            if part == CALL:
                found += self._called(thing)
            elif part == NEW:
                found += self._made(thing)
            else:
                for member in self.members(thing, part):
                    found += self._settled(member)
        return list(dict.fromkeys(found))[:_MAX_THINGS]

    def _settled(self, place: Place, depth: int = 0) -> list[Thing]:
        """What a declaration or expression stands for."""
        node = unwrap(place.node)
        declared = annotation(node)
        if declared is not None:
            return self.of_type(place.module, declared)
        if node.type == "method_definition" and any(c.type == "get" for c in node.children):
            return self._called(Thing(place), depth + 1)
        if node.type == "type_alias_declaration":
            return self._alias(place, 0)
        if node.type == "call_expression" and depth < _MAX_DEPTH:
            function = node.child_by_field_name("function")
            made = self.modules.definition(Place(place.module, function)) if function else None
            return self._called(Thing(made), depth + 1) if made is not None else []
        if node.type == "new_expression":
            maker = node.child_by_field_name("constructor")
            made = self.modules.definition(Place(place.module, maker)) if maker else None
            return [Thing(made, True)] if made is not None and made.node.type in CLASSES else []
        if node.type in {"getter", "public_field_definition", "field_definition"}:
            value = node.child_by_field_name("value")
            made = self.modules.definition(Place(place.module, value)) if value else None
            return self._settled(made, depth + 1) if made is not None and depth < _MAX_DEPTH else []
        return [Thing(Place(place.module, node), node.type == "interface_declaration")]

    # Types

    def of_type(self, module: Module, node: Node, depth: int = 0) -> list[Thing]:
        """The things that a written type may mean, names followed, `Promise` and its like taken off."""
        if depth > _MAX_DEPTH:
            return []
        if node.type in _PARTS:
            return self._all(module, node.named_children, depth)
        if node.type == "conditional_type":
            fields = (node.child_by_field_name(f) for f in ("consequence", "alternative"))
            return self._all(module, [part for part in fields if part is not None], depth)
        if node.type == "generic_type":
            name, inner = (
                node.child_by_field_name("name"),
                node.child_by_field_name("type_arguments"),
            )
            if inner is not None and text_of(name) in _WRAPS | {"InstanceType", "ReturnType"}:
                found = self._all(module, inner.named_children[:1], depth)
                part = {"InstanceType": NEW, "ReturnType": CALL}.get(text_of(name), "")
                return self.step(found, part) if part else found
            return self.of_type(module, name, depth + 1) if name is not None else []
        if node.type == "type_identifier":
            return self._named(module, node, depth)
        if node.type == "type_query" and node.named_children:
            asked = node.named_children[0]
            asked = asked.child_by_field_name("function") or asked  # `typeof Demo<string>`
            made = self.modules.definition(Place(module, asked))
            places = [made] if made is not None else self._declared(module, text_of(asked))
            return [Thing(place) for place in places]
        if node.type in {"object_type", "function_type"}:
            return [Thing(Place(module, node), True)]
        return []

    def _all(self, module: Module, nodes: Iterable[Node], depth: int) -> list[Thing]:
        found: list[Thing] = []
        for node in nodes:
            found += self.of_type(module, node, depth + 1)
        return list(dict.fromkeys(found))[:_MAX_THINGS]

    def _named(self, module: Module, node: Node, depth: int) -> list[Thing]:
        name = text_of(node)
        for above in ancestors(node):
            listed = above.child_by_field_name("type_parameters")
            for parameter in listed.named_children if listed is not None else ():
                if text_of(parameter.child_by_field_name("name")) == name:
                    kinds = [
                        c
                        for c in parameter.named_children
                        if c.type in {"default_type", "constraint"}
                    ]
                    return self._all(module, [k.named_children[0] for k in kinds[-1:]], depth)
        found: list[Thing] = []
        for place in self._declared(module, name):
            if place.node.type == "type_alias_declaration":
                found += self._alias(place, depth)
            else:
                found.append(Thing(place, True))
        return found

    def _alias(self, place: Place, depth: int) -> list[Thing]:
        key = (place.module.path, place.node.start_byte)
        if key not in self._aliases:
            self._aliases[key] = []
            value = place.node.child_by_field_name("value")
            if value is not None:
                self._aliases[key] = self.of_type(place.module, value, depth + 1)
        return self._aliases[key]

    def _declared(self, module: Module, name: str, depth: int = 0) -> list[Place]:
        """The declarations of a type, in this module or where it is imported from."""
        kinds = _DECLARATIONS | CLASSES
        exported = module.exports.get(name)
        here = [n.node for n in module.names.get(name, ()) if n.node.type in kinds]
        here += [exported] if isinstance(exported, Node) and exported.type in kinds else []
        if here:
            return [Place(module, node) for node in dict.fromkeys(here)]
        exported = exported if depth else None
        alias = text_of(exported) if isinstance(exported, Node) else name
        if alias != name and alias in module.names and depth < _MAX_DEPTH:
            return self._declared(module, alias, depth + 1)
        imported = exported if isinstance(exported, Import) else module.imports.get(name)
        if imported is not None and depth < _MAX_DEPTH:
            target = self.modules.resolve(module.path, imported.spec)
            wanted = imported.name if imported.name != "default" else ""
            return self._declared(target, wanted, depth + 1) if target and wanted else []
        for spec in module.export_all if depth < _MAX_DEPTH and depth else ():
            target = self.modules.resolve(module.path, spec)
            found = self._declared(target, name, depth + 1) if target is not None else []
            if found:
                return found
        return []

    # Members

    def members(self, thing: Thing, name: str) -> list[Place]:
        """Where a member of this name is declared."""
        return list(self._members(thing, name, set()))

    def _members(self, thing: Thing, name: str, seen: set[Thing]) -> Iterator[Place]:
        module, node = thing.place
        if thing in seen:
            return
        seen.add(thing)
        if node.type == "interface_declaration" or node.type in CLASSES:
            body = node.child_by_field_name("body")
            for child in body.named_children if body is not None else ():
                key = child.child_by_field_name("name") or child.child_by_field_name("property")
                is_static = any(part.type == "static" for part in child.children)
                if key is not None and plain(key) == name and is_static != thing.is_instance:
                    yield Place(module, child)
            for parent in self._bases(thing):
                yield from self._members(parent, name, seen)
        elif node.type == "object_type":
            for child in node.named_children:
                key = child.child_by_field_name("name")
                if key is not None and plain(key) == name:
                    yield Place(module, child)
        elif node.type == "object":
            value = properties(node).get(name)
            if value is not None:
                yield self.modules.definition(Place(module, value)) or Place(module, value)
        elif not thing.is_instance:
            place = self.modules.member(thing.place, name)
            if place is not None:
                yield place

    def _bases(self, thing: Thing) -> Iterator[Thing]:
        module, node = thing.place
        for clause in node.named_children:
            if clause.type == "extends_type_clause":
                for base in clause.named_children:
                    yield from self.of_type(module, base)
        extended = base_of(node) if node.type in CLASSES else None
        parent = self.modules.definition(Place(module, extended)) if extended is not None else None
        if parent is not None and parent.node.type in CLASSES:
            yield Thing(parent, thing.is_instance)

    # Calls

    def signatures(self, thing: Thing) -> Iterator[Place]:
        """The functions and signatures that a call or `new` of a thing runs."""
        yield from self._signatures(thing, set())

    def _signatures(self, thing: Thing, seen: set[Thing]) -> Iterator[Place]:
        module, node = thing.place
        if thing in seen:
            return
        seen.add(thing)
        if node.type in FUNCTIONS or node.type in _SIGNATURES:
            yield Place(module, node)
        elif node.type in {"interface_declaration", "object_type"}:
            body = node.child_by_field_name("body") or node
            for child in body.named_children:
                if child.type in {"call_signature", "construct_signature"}:
                    yield Place(module, child)
            for parent in self._bases(thing):
                yield from self._signatures(parent, seen)
        elif node.type in CLASSES and not thing.is_instance:
            for place in self._members(Thing(thing.place, True), "constructor", set()):
                yield place
                return

    def _called(self, thing: Thing, depth: int = 0) -> list[Thing]:
        key = (thing.place.module.path, thing.node.start_byte, thing.is_instance)
        if key in self._results:
            return self._results[key]
        found = self._results[key] = []
        for module, node in self.signatures(thing):
            kind = node.child_by_field_name("return_type")
            if node.type == "construct_signature":
                continue
            if kind is not None:
                found += self.of_type(module, kind)
            elif node.type in FUNCTIONS and depth < _MAX_DEPTH:
                found += self._returned(Place(module, node), depth)
        return found

    def _made(self, thing: Thing) -> list[Thing]:
        if thing.node.type in CLASSES:
            return [Thing(thing.place, True)]
        found: list[Thing] = []
        for module, node in self.signatures(thing):
            kind = node.child_by_field_name("type")
            if node.type == "construct_signature" and kind is not None:
                found += self.of_type(module, kind)
        return found

    def _returned(self, function: Place, depth: int) -> list[Thing]:
        """What a function returns: objects written out, and what names and calls of it mean."""
        body = function.node.child_by_field_name("body")
        if body is None:
            return []
        values = [body] if body.type != "statement_block" else list(returns(body))
        found: list[Thing] = []
        for value in values:
            made = self.modules.definition(Place(function.module, value))
            if made is not None and made.node.type != "identifier":
                found += self._settled(made, depth + 1)
        return found

    def takes(self, things: Iterable[Thing], index: int) -> Place | None:
        """The parameter for a value at a position."""
        for thing in things:
            for signature in self.signatures(thing):
                parameter = self.parameter(signature, index)
                if parameter is not None:
                    return Place(signature.module, parameter)
        return None

    def member_at(self, module: Module, path: str, *, is_instance: bool) -> Place | None:
        """Where the last name of a path is declared."""
        owner, _, last = path.rpartition(".")
        if is_instance:
            owner = f"{owner}.{NEW}"
        if last in PROMISED and owner.endswith(CALL):
            while owner.rpartition(".")[0].rpartition(".")[2] in PROMISED:
                owner = owner.rpartition(".")[0].rpartition(".")[0]
            made = map(self.is_promise, self.at(module, owner.removesuffix(f".{CALL}")))
            return next(filter(None, made), None)
        found = (place for thing in self.at(module, owner) for place in self.members(thing, last))
        return next(found, None) if owner else None

    def parameter(self, signature: Place, index: int) -> Node | None:
        """The parameter at a position; the last one if it takes all that is left."""
        listed = signature.node.child_by_field_name("parameters")
        children = [c for c in listed.named_children if c.type != "comment"] if listed else []
        single = signature.node.child_by_field_name("parameter")
        children = children or ([single] if single is not None else [])
        if children and text_of(children[0]).startswith("this:"):
            children = children[1:]
        if index < len(children):
            return children[index]
        return children[-1] if children and text_of(children[-1]).startswith("...") else None

    def keys(self, things: Iterable[Thing], index: int, path: list[str]) -> Iterator[Place]:
        """Where a key (within keys) is declared of the object that a call takes at a position."""
        for thing in things:
            for signature in self.signatures(thing):
                parameter = self.parameter(signature, index)
                kind = parameter.child_by_field_name("type") if parameter is not None else None
                if kind is not None:
                    yield from self.nested(self.of_type(signature.module, kind), path)

    def nested(self, things: list[Thing], path: list[str]) -> Iterator[Place]:
        """Where the last of some keys within each other is declared."""
        for part in path[:-1]:
            things = self.step(things, part)
        for thing in things:
            yield from self.members(thing, path[-1])

    def is_promise(self, thing: Thing) -> Place | None:
        """Where what a function gives is said to be a promise."""
        for module, node in self.signatures(thing):
            kind = node.child_by_field_name("return_type")
            if "Promise" in text_of(kind) or any(c.type == "async" for c in node.children):
                return Place(module, kind or node)
        return None
