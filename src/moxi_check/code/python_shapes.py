"""What Python modules, classes and callables of a repository offer, and whether that is all of it."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.surface.python.names import (
    Module,
    Names,
    Symbol,
    decorators_of,
    definition_in,
)
from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.resolve import Offered
from moxi_core.patterns import lazy_pattern

_SCOPES = frozenset({"function_definition", "class_definition", "lambda"})
_TARGETS = frozenset(
    "pattern_list tuple_pattern list_pattern list_splat_pattern as_pattern_target "
    "parenthesized_expression tuple list".split()
)
# What gives a module names that no statement binds.
_MODULE_DYNAMIC = lazy_pattern(
    rb"\b(?:setattr\(\s*(?:sys|mod|module|this|self_module|importlib)\b|globals\(\)\s*(?:\[|\.update|\.setdefault)|exec\("
    rb"|sys\.modules\[[^\]\n]*\]\s*=|vars\(\)|locals\(\)\s*[\[.]|_LazyModule)"
)
_CLASS_DYNAMIC = lazy_pattern(
    rb"\b(?:__getattr__|__getattribute__|exec\()|\bsetattr\(\s*(?:self|cls)\b|__dict__(?:\.update|\s*=[^=]|\[)|\bvars\(self\)[.\[]"
)
PLAIN_BASES = frozenset({"object", "ABC", "Generic", "Protocol", "NamedTuple", "TypedDict"})
FIELD_MAKERS = lazy_pattern(r"(?:^|\.)(?:dataclass|define|frozen|mutable|attrs|attr\.s)$")
MAX_BASES = 12


def module_offers(names: Names, module: Module, seen: frozenset[str] = frozenset()) -> Offered:
    """The names that importing from a module can give."""
    source = module.source
    found = Offered()
    for name, node in bound(source.root.named_children):
        found.names.setdefault(name, source.at(node))
    for node in descendants(source.root, "global_statement"):
        for child in node.named_children:
            found.names.setdefault(text_of(child), source.at(child))
    if "__getattr__" in found.names:
        found.why, found.is_written = f"`{module.path}` makes names when they are asked for", True
    if _MODULE_DYNAMIC.search(source.content):
        found.why, found.is_written = f"`{module.path}` makes names as it runs", False
    if source.root.has_error:
        found.why, found.is_written = f"`{module.path}` does not parse as a whole", True
    for star in module.stars:
        other = names.module(star, module.path)
        if other is None:
            found.why = found.why or f"`{module.path}` takes all names of `{star}`"
        elif other.path not in seen and other is not module:
            found.add(module_offers(names, other, seen | {module.path}))
    return found


def bound(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """Names that statements bind where they stand, not in functions and classes within them."""
    pending = list(nodes)[::-1]
    while pending:
        node = pending.pop()
        definition = definition_in(node)
        if definition is not None:
            name = definition.child_by_field_name("name")
            yield text_of(name), definition
            continue
        if node.type in _SCOPES:
            continue
        if node.type in {"import_statement", "import_from_statement"}:
            yield from _imported(node)
            continue
        if node.type in {"assignment", "augmented_assignment", "for_statement", "named_expression"}:
            target = node.child_by_field_name("left") or node.child_by_field_name("name")
            yield from targets(target)
        elif node.type == "as_pattern_target" or node.type == "case_pattern":
            yield from targets(node)
        elif node.type == "type_alias_statement" and node.named_children:
            alias = node.named_children[0]
            yield text_of(alias).partition("[")[0], alias
        pending += node.named_children[::-1]


def _imported(statement: Node) -> Iterator[tuple[str, Node]]:
    for item in statement.children_by_field_name("name"):
        alias = item.child_by_field_name("alias")
        written = text_of(alias) or text_of(item)
        yield (written if alias else written.partition(".")[0]), item


def targets(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The plain names that an assignment target binds."""
    if node is None:
        return
    if node.type == "identifier":
        yield text_of(node), node
    elif node.type in _TARGETS or node.type.endswith("pattern"):
        for child in node.named_children:
            yield from targets(child)


def class_offers(names: Names, cls: Symbol, *, instance: bool, depth: int = 0) -> Offered:
    """The attributes of a class, or of its objects, with those of its bases."""
    source = cls.module.source
    body = cls.node.child_by_field_name("body")
    found = Offered()
    for name, node in bound(body.named_children if body else ()):
        found.names.setdefault(name, source.at(node))
    if instance or any(text_of(d).endswith("classmethod") for d in _marks(body)):
        for name, node in _set_on_self(cls.node):
            found.names.setdefault(name, source.at(node))
    if (
        _CLASS_DYNAMIC.search(cls.node.text or b"")
        or b"setattr(" + cls.name.encode() in source.content
    ):
        found.why = f"`{cls.name}` makes attributes as it runs"
    foreign = [text_of(d) for d in decorators_of(cls.node)]
    foreign = [d for d in foreign if not FIELD_MAKERS.search(d.partition("(")[0])]
    if any(
        d.rpartition(".")[2].partition("(")[0] not in {"final", "total_ordering"} for d in foreign
    ):
        found.why = found.why or f"a decorator may give `{cls.name}` more"
    for base in bases_of(cls.node):
        found.add(_base_offers(names, cls, base, instance=instance, depth=depth))
    found.add(Offered({name: source.at(cls.node) for name in dir(object)}))
    return found


def _marks(body: Node | None) -> Iterator[Node]:
    for statement in body.named_children if body else ():
        if statement.type == "decorated_definition":
            yield from (
                c.named_children[0]
                for c in statement.children
                if c.type == "decorator" and c.named_children
            )


def bases_of(definition: Node) -> list[Node]:
    """What a class is said to be made of, keywords among it."""
    bases = definition.child_by_field_name("superclasses")
    return [c for c in bases.named_children if c.type != "comment"] if bases else []


def _base_offers(names: Names, cls: Symbol, base: Node, *, instance: bool, depth: int) -> Offered:
    if base.type == "subscript":
        base = base.child_by_field_name("value") or base
    written = text_of(base)
    last = written.rpartition(".")[2]
    parent = names.symbol(cls.module, written) if base.type in {"identifier", "attribute"} else None
    if parent is not None and parent.node.type == "class_definition" and depth < MAX_BASES:
        if parent.key == cls.key:
            return Offered(why=f"`{cls.name}` is its own base")
        return class_offers(names, parent, instance=instance, depth=depth + 1)
    if base.type == "keyword_argument" and text_of(base.child_by_field_name("value")).endswith(
        "ABCMeta"
    ):
        return Offered()
    if last in PLAIN_BASES:
        return Offered()
    known = getattr(builtins, written, None)
    if isinstance(known, type):
        return Offered({name: cls.module.source.at(base) for name in dir(known)})
    return Offered(
        why=f"`{cls.name}` takes attributes of `{written}`, which is not of this repository"
    )


def settled(names: Names, symbol: Symbol, depth: int = 0) -> tuple[Symbol, bool]:
    """What a value stands for: (class, True) for an object made of one of ours, or a bound method.

    `client = Client()` is an object, `get = client.get` a method; all else stands for itself.
    """
    node = symbol.node
    if depth > MAX_BASES or "." in symbol.name:
        return symbol, False
    if node.type == "call":
        made = names.symbol(symbol.module, text_of(node.child_by_field_name("function")))
        if made is not None and made.node.type == "class_definition":
            return made, True
    if node.type == "attribute":
        owner = names.symbol(symbol.module, text_of(node.child_by_field_name("object")))
        if owner is not None and owner.key != symbol.key:
            inner, _ = settled(names, owner, depth + 1)
            name = text_of(node.child_by_field_name("attribute"))
            member = names.member(inner, name) if inner.node.type == "class_definition" else None
            if isinstance(member, Symbol):
                return member, False
    return symbol, False


def _set_on_self(definition: Node) -> Iterator[tuple[str, Node]]:
    """Attributes that methods give to `self` or `cls`."""
    for node in descendants(
        definition, "assignment", "augmented_assignment", "with_item", "for_statement"
    ):
        target = node.child_by_field_name("left") or node
        for attribute in descendants(target, "attribute"):
            owner = text_of(attribute.child_by_field_name("object"))
            name = attribute.child_by_field_name("attribute")
            if owner in {"self", "cls"} and name is not None:
                yield text_of(name), name
