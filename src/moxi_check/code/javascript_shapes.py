"""What ECMAScript modules, classes and functions offer, and whether that is all of it."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.surface.javascript.modules import Import, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, FUNCTIONS, plain, unwrap
from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.resolve import Offered
from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 12
# Members of classes that the language and Node.js bring.
_BUILT_IN = {
    "Error": "message name stack cause",
    "EventEmitter": (
        "addListener emit eventNames getMaxListeners listenerCount listeners off on once prependListener "
        "prependOnceListener rawListeners removeAllListeners removeListener setMaxListeners"
    ),
}
# What gives exports, functions or prototypes names that no declaration has.
_DYNAMIC = lazy_pattern(
    rb"Object\.(?:assign|define\w+|setPrototypeOf|entries|keys|fromEntries)\(|__export|exports\[|\bnew Proxy\b"
    rb"|\bimport\.meta\.glob|\brequire\([^'\"`)]|\bforEach\("
)
_MIXED = lazy_pattern(
    rb"Object\.(?:assign|define\w+|setPrototypeOf)\(\s*(?:this|module|exports|[\w$.]*prototype|[A-Z_$]\w*)\b"
    rb"|\bnew Proxy\b|prototype\["
)
_ERRORS = frozenset({"TypeError", "RangeError", "SyntaxError", "ReferenceError", "URIError"})
_EXPORT_LINE = lazy_pattern(rb"(?m)^[ \t]*export\b.*$")
_WORD = lazy_pattern(rb"[A-Za-z_$][A-Za-z0-9_$]*")
_MAX_ERROR = 2_000
_STAR = lazy_pattern(rb"(?m)^export +(?:type +)?\* +from +['\"]([^'\"\n]+)['\"]")
_ASSIGNED = lazy_pattern(rb"\b([A-Za-z_$][\w$]*)(?:\.prototype)?\.([A-Za-z_$][\w$]*)\s*=(?!=)")
_OBJECT_NAMES = frozenset(
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf "
    "prototype name length apply bind call __proto__ then catch finally".split()
)


def module_offers(modules: Modules, module: Module, seen: frozenset[str] = frozenset()) -> Offered:
    """The names that importing from a module can give, `default` among them."""
    found = Offered()
    source = module.source
    for name, value in module.exports.items():
        if name != "module.exports":
            node = value if isinstance(value, Node) else source.root
            found.names.setdefault(name, source.at(node))
    stars = list(module.export_all)
    if source.root.has_error:  # grammars lag behind the language: `export type * from` is one
        for line in _EXPORT_LINE.findall(source.content):
            for word in _WORD.findall(line):
                found.names.setdefault(word.decode(), source.at(source.root))
        for node in descendants(source.root, "ERROR"):
            if len(node.text or b"") > _MAX_ERROR:
                found.why = f"`{module.path}` does not parse as a whole"
            for word in _WORD.findall((node.text or b"")[:_MAX_ERROR]):
                found.names.setdefault(word.decode(), source.at(node))
        stars += [spec.decode("utf-8", "replace") for spec in _STAR.findall(source.content)]
    for spec in dict.fromkeys(stars):
        inner = modules.resolve(module.path, spec)
        if inner is None:
            found.why = found.why or f"`{module.path}` hands on all of `{spec}`"
        elif inner.path not in seen and inner is not module:
            more = module_offers(modules, inner, seen | {module.path})
            more.names.pop("default", None)
            found.add(more)
    if module.commonjs is not None:
        found.names.setdefault("default", source.at(module.commonjs))
        place = modules.definition(Place(module, module.commonjs))
        found.add(
            value_offers(modules, place)
            if place
            else Offered(why=f"`{module.path}` exports what it computes")
        )
    if not stars and not module.exports and _is_script(module):
        found.why = found.why or f"`{module.path}` exports nothing that can be read"
    if _is_commonjs(module) and _DYNAMIC.search(source.content):
        found.why = found.why or f"`{module.path}` makes exports as it runs"
    return found


def _is_script(module: Module) -> bool:
    return b"export" not in module.source.content


def _is_commonjs(module: Module) -> bool:
    return b"exports" in module.source.content


def value_offers(
    modules: Modules, place: Place, *, instance: bool = False, depth: int = 0
) -> Offered:
    """The members of what an expression stands for: an object, class, function or module."""
    module, node = place.module, unwrap(place.node)
    if depth > _MAX_DEPTH:
        return Offered(why="it is made of too many parts")
    if node.type == "program":
        return module_offers(modules, module)
    if node.type == "object":
        found = _object_offers(module, node)
    elif node.type in CLASSES:
        found = _class_offers(modules, module, node, instance=instance, depth=depth)
    elif node.type in FUNCTIONS:
        found = Offered()
    elif node.type == "enum_declaration":
        body = node.child_by_field_name("body")
        return Offered(
            {
                text_of(c).partition("=")[0].strip(): module.source.at(c)
                for c in (body.named_children if body else ())
            }
        )
    elif node.type == "new_expression" and (maker := node.child_by_field_name("constructor")):
        made = modules.definition(Place(module, maker))
        if made is None or made.node.type not in CLASSES:
            return Offered(why="what it is made of is not of this repository")
        return value_offers(modules, made, instance=True, depth=depth + 1)
    elif node.type == "call_expression":
        return _result_offers(modules, place)
    else:
        return Offered(why="what it is, is computed")
    for owner, name in _ASSIGNED.findall(module.source.content):
        if owner != b"this":
            found.names.setdefault(name.decode("utf-8", "replace"), module.source.at(node))
    own = text_of(node.child_by_field_name("name")).encode()
    content = module.source.content
    if _MIXED.search(content) or (own and b"Object.assign(" + own in content):
        found.why = found.why or f"`{module.path}` adds members as it runs"
    for name in _OBJECT_NAMES:
        found.names.setdefault(name, module.source.at(node))
    return found


def _result_offers(modules: Modules, place: Place) -> Offered:
    """The members of what a call gives, where a type is declared for it."""
    node = unwrap(place.node)
    parent = node.parent
    if parent is not None and parent.type == "variable_declarator":
        kind = parent.child_by_field_name("type")
        if kind is not None:
            return type_offers(modules, place.module, kind)
    function = node.child_by_field_name("function")
    made = modules.definition(Place(place.module, function)) if function is not None else None
    kind = (
        made.node.child_by_field_name("return_type")
        if made and made.node.type in FUNCTIONS
        else None
    )
    if made is None or kind is None:
        return Offered(why="what it is, is computed")
    return type_offers(modules, made.module, kind)


def member_of(modules: Modules, place: Place, name: str) -> Place | None:
    """What a member stands for; of an object that is made, also its fields."""
    found = modules.member(place, name)
    made = place if found is None else None
    node = unwrap(place.node)
    if made is not None and node.type == "new_expression":
        maker = node.child_by_field_name("constructor")
        made = modules.definition(Place(place.module, maker)) if maker is not None else None
    for _ in range(_MAX_DEPTH):
        if made is None or made.node.type not in CLASSES:
            return found
        body = made.node.child_by_field_name("body")
        for child in body.named_children if body else ():
            if text_of(child.child_by_field_name("name")) == name:
                value = child.child_by_field_name("value")
                return (
                    modules.definition(Place(made.module, value))
                    if value
                    else Place(made.module, child)
                )
        base = _base(made.node)
        made = modules.definition(Place(made.module, base)) if base is not None else None
    return found


def _object_offers(module: Module, node: Node) -> Offered:
    found = Offered()
    for child in node.named_children:
        key = child.child_by_field_name("key") or child.child_by_field_name("name") or child
        if child.type == "spread_element" or key.type == "computed_property_name":
            found.why = f"an object in `{module.path}` is made of others"
        elif child.type != "comment":
            found.names.setdefault(plain(key), module.source.at(child))
    return found


def _class_offers(
    modules: Modules, module: Module, node: Node, *, instance: bool, depth: int
) -> Offered:
    found = Offered()
    source = module.source
    body = node.child_by_field_name("body")
    for child in body.named_children if body else ():
        name = child.child_by_field_name("name") or child.child_by_field_name("property")
        if child.type == "index_signature" or (name and name.type == "computed_property_name"):
            found.why = "its members are computed"
        elif name is not None:
            is_static = any(part.type == "static" for part in child.children)
            if is_static != instance:
                found.names.setdefault(text_of(name), source.at(child))
    if instance:
        for assigned in descendants(node, "assignment_expression"):
            left = assigned.child_by_field_name("left")
            if left is not None and text_of(left).startswith("this."):
                found.names.setdefault(text_of(left)[5:].partition(".")[0], source.at(assigned))
        for parameter in descendants(node, "accessibility_modifier"):
            outer = parameter.parent
            pattern = outer.child_by_field_name("pattern") if outer else None
            if pattern is not None:
                found.names.setdefault(text_of(pattern), source.at(pattern))
        for merged in module.names.get(text_of(node.child_by_field_name("name")), ()):
            if merged.node.type == "interface_declaration":
                found.add(type_offers(modules, module, merged.node))
    if any(child.type == "decorator" for child in node.children):
        found.why = found.why or "a decorator may give it more"
    base = _base(node)
    if base is None:
        return found
    parent = (
        modules.definition(Place(module, base))
        if base.type in {"identifier", "member_expression"}
        else None
    )
    last = text_of(base).rpartition(".")[2]
    known = _BUILT_IN.get("Error" if last.endswith("Error") and parent is None else last)
    if parent is None and known is not None and (last in _BUILT_IN or last in _ERRORS):
        found.add(Offered({name: source.at(base) for name in known.split()} if instance else {}))
    elif parent is None or parent.node.type not in CLASSES:
        found.why = found.why or f"it takes members of `{text_of(base)}`"
    else:
        found.add(value_offers(modules, parent, instance=instance, depth=depth + 1))
    return found


def _base(node: Node) -> Node | None:
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
    base = _base(node)
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
