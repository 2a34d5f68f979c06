"""What ECMAScript modules, classes and functions offer, and whether that is all of it."""

from __future__ import annotations

from tree_sitter import Node

from moxi_analyzer.surface.javascript.modules import Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, FUNCTIONS, plain, unwrap
from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.javascript_types import base_of, type_offers
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
_EXPORTS = lazy_pattern(rb"\bexports\s*[.\[=,)]")
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
    return _EXPORTS.search(module.source.content) is not None


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
        base = base_of(made.node)
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
    base = base_of(node)
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
