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
from moxi_analyzer.syntax import descendants, literal, text_of
from moxi_check.code.resolve import Offered
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

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
_PLAIN_BASES = frozenset({"object", "ABC", "Generic", "Protocol", "NamedTuple", "TypedDict"})
# Decorators that leave a function's parameters as they are.
_KEEPS_PARAMETERS = frozenset(
    "staticmethod classmethod cache lru_cache cached wraps contextmanager asynccontextmanager "
    "abstractmethod override final overload no_type_check deprecated".split()
)
_FIELD_MAKERS = lazy_pattern(r"(?:^|\.)(?:dataclass|define|frozen|mutable|attrs|attr\.s)$")
_FIELD_BASES = lazy_pattern(r"(?:^|\.)(?:BaseModel|NamedTuple|TypedDict|Struct)$")
_ONLY_ASKED = frozenset(
    {"if_statement", "not_operator", "boolean_operator", "conditional_expression"}
)
_MAX_BASES = 12


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
    foreign = [d for d in foreign if not _FIELD_MAKERS.search(d.partition("(")[0])]
    if any(
        d.rpartition(".")[2].partition("(")[0] not in {"final", "total_ordering"} for d in foreign
    ):
        found.why = found.why or f"a decorator may give `{cls.name}` more"
    for base in _bases(cls.node):
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


def _bases(definition: Node) -> list[Node]:
    bases = definition.child_by_field_name("superclasses")
    return [c for c in bases.named_children if c.type != "comment"] if bases else []


def _base_offers(names: Names, cls: Symbol, base: Node, *, instance: bool, depth: int) -> Offered:
    if base.type == "subscript":
        base = base.child_by_field_name("value") or base
    written = text_of(base)
    last = written.rpartition(".")[2]
    parent = names.symbol(cls.module, written) if base.type in {"identifier", "attribute"} else None
    if parent is not None and parent.node.type == "class_definition" and depth < _MAX_BASES:
        if parent.key == cls.key:
            return Offered(why=f"`{cls.name}` is its own base")
        return class_offers(names, parent, instance=instance, depth=depth + 1)
    if base.type == "keyword_argument" and text_of(base.child_by_field_name("value")).endswith(
        "ABCMeta"
    ):
        return Offered()
    if last in _PLAIN_BASES:
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
    if depth > _MAX_BASES or "." in symbol.name:
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


def parameters(names: Names, target: Symbol, depth: int = 0) -> Offered | None:
    """The keywords that a function or class takes; None for what is neither."""
    if target.node.type == "function_definition":
        found = Offered()
        for node in _variants(target):
            found.add(_function_parameters(names, target, node, depth))
        return found
    if target.node.type != "class_definition":
        return None
    init = names.member(target, "__init__")
    if isinstance(init, Symbol) and init.node.type == "function_definition":
        found = parameters(names, init, depth) or Offered()
        found.why = found.why or _made_otherwise(names, target)
        return found
    return _fields(names, target)


def positions(names: Names, target: Symbol) -> list[Evidence] | None:
    """The parameters that a function or class takes without a keyword; None for any number.

    Where it is not certain whether the first is `self`, it counts too.
    """
    if target.node.type == "class_definition":
        init = names.member(target, "__init__")
        if not isinstance(init, Symbol) or init.node.type != "function_definition":
            fields = _fields(names, target)
            return list(fields.names.values()) if fields is not None and not fields.why else None
        found = positions(names, init)
        return found[1:] if found is not None else None
    longest: list[Evidence] = []
    for node in _variants(target):
        at = target.module.source.at
        taken: list[Evidence] = []
        listed = node.child_by_field_name("parameters")
        for child in listed.named_children if listed else ():
            written = text_of(child)
            if child.type == "keyword_separator" or written.startswith("**"):
                break
            if written.startswith("*"):
                return None
            if child.type not in {"comment", "positional_separator"}:
                taken.append(at(child))
        longest = max(longest, taken, key=len)
    return longest


def _variants(target: Symbol) -> Iterator[Node]:
    """All definitions of a name beside each other: overloads, `if` and `else`."""
    name = text_of(target.node.child_by_field_name("name"))
    parent = target.node.parent
    if parent is not None and parent.type == "decorated_definition":
        parent = parent.parent
    around = target.module.source.root if parent is None or "." not in target.name else parent
    for known, node in bound(around.named_children):
        if known == name and node.type == "function_definition":
            yield node


def _function_parameters(names: Names, target: Symbol, definition: Node, depth: int) -> Offered:
    found = Offered()
    at = target.module.source.at
    listed = definition.child_by_field_name("parameters")
    for child in listed.named_children if listed else ():
        inner = child
        if child.type in {"typed_parameter", "default_parameter", "typed_default_parameter"}:
            inner = child.child_by_field_name("name") or child.named_children[0]
        if inner.type == "dictionary_splat_pattern":
            found.add(_handed_on(names, target, definition, text_of(inner).lstrip("*"), depth))
        elif inner.type == "identifier":
            found.names.setdefault(text_of(inner), at(inner))
    for mark in decorators_of(definition):
        if text_of(mark).partition("(")[0].rpartition(".")[2] not in _KEEPS_PARAMETERS:
            found.why = found.why or "a decorator may change what it takes"
    return found


def _handed_on(names: Names, target: Symbol, definition: Node, rest: str, depth: int) -> Offered:
    """The keywords that `**kwargs` stands for: all, where it is only handed on to what is ours."""
    name = text_of(definition.child_by_field_name("name"))
    found = Offered()
    body = definition.child_by_field_name("body")
    uses = [n for n in descendants(body, "identifier") if text_of(n) == rest] if body else []
    for node in uses:
        parent = node.parent
        call = parent.parent.parent if parent is not None and parent.parent is not None else None
        if parent is None or parent.type != "dictionary_splat" or call is None or depth > 4:
            keys = dict(_asked_for(target, parent))
            found.names.update(keys)
            if not keys and (parent is None or parent.type not in _ONLY_ASKED):
                found.why = f"`{name}` takes any keyword"
            continue
        function = call.child_by_field_name("function") if call.type == "call" else None
        callee = _callee(names, target, function)
        taken = parameters(names, callee, depth + 1) if callee is not None else None
        found.add(taken or Offered(why=f"`{name}` hands keywords on"))
    return found if uses else Offered(why=f"`{name}` takes any keyword")


def _asked_for(target: Symbol, parent: Node | None) -> Iterator[tuple[str, Evidence]]:
    """Keys in `kwargs["x"]`, `kwargs.get("x")` and `"x" in kwargs`."""
    if parent is None:
        return
    nodes: list[Node] = []
    if parent.type in {"subscript", "comparison_operator"}:
        nodes = parent.named_children
    elif parent.type == "attribute" and parent.parent is not None:
        arguments = parent.parent.child_by_field_name("arguments")
        nodes = arguments.named_children[:1] if arguments else []
    for node in nodes:
        key = literal(node) if node.type == "string" else None
        if key:
            yield key, target.module.source.at(node)


def _callee(names: Names, target: Symbol, function: Node | None) -> Symbol | None:
    """What is called within a function of ours: a name of its module, or its base's method."""
    if function is None:
        return None
    written = text_of(function)
    if not written.startswith("super()."):
        return names.symbol(target.module, written) if "(" not in written else None
    owner = names.symbol(target.module, target.name.rpartition(".")[0])
    for base in _bases(owner.node) if owner is not None else ():
        parent = names.symbol(target.module, text_of(base).partition("[")[0])
        if parent is None or parent.node.type != "class_definition":
            return None
        member = names.member(parent, written.removeprefix("super()."))
        if isinstance(member, Symbol):
            return member
    return None


def _made_otherwise(names: Names, cls: Symbol) -> str:
    marks = decorators_of(cls.node)
    if marks and not all(text_of(m).endswith("final") for m in marks):
        return f"a decorator may change what `{cls.name}` takes"
    if isinstance(names.member(cls, "__new__"), Symbol):
        return f"`{cls.name}` is made by `__new__`"
    if any(base.type == "keyword_argument" for base in _bases(cls.node)):
        return f"`{cls.name}` has a metaclass"
    return ""


def _fields(names: Names, cls: Symbol, depth: int = 0) -> Offered | None:
    """The fields of a dataclass and of its like, with those of its bases."""
    marks = [text_of(d).partition("(")[0] for d in decorators_of(cls.node)]
    bases = [base for base in _bases(cls.node) if base.type != "keyword_argument"]
    made = any(_FIELD_MAKERS.search(mark) for mark in marks) or any(
        _FIELD_BASES.search(text_of(base)) for base in bases
    )
    found = Offered()
    body = cls.node.child_by_field_name("body")
    for name, node in bound(body.named_children if body else ()):
        if node.type not in {"function_definition", "class_definition"}:
            found.names.setdefault(name, cls.module.source.at(node))
    text = text_of(cls.node)
    if "alias" in text or "extra" in text or "validator" in text:
        found.why = f"`{cls.name}` may take fields by other names"
    for base in bases:
        parent = names.symbol(cls.module, text_of(base).partition("[")[0])
        if parent is not None and parent.node.type == "class_definition" and depth < _MAX_BASES:
            inherited = _fields(names, parent, depth + 1)
            made = made or inherited is not None
            found.add(inherited or Offered(why=f"`{text_of(base)}` takes what it likes"))
        elif not (
            _FIELD_BASES.search(text_of(base)) or text_of(base).partition("[")[0] in _PLAIN_BASES
        ):
            found.why = found.why or f"`{text_of(base)}` is not of this repository"
    return found if made else None
