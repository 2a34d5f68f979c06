"""What Python functions and classes of a repository take: keywords, and values by their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.surface.python.names import Names, Symbol, decorators_of
from moxi_analyzer.syntax import descendants, literal, text_of
from moxi_check.code.python_shapes import FIELD_MAKERS, MAX_BASES, PLAIN_BASES, bases_of, bound
from moxi_check.code.resolve import Offered
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# Decorators that leave a function's parameters as they are.
_KEEPS_PARAMETERS = frozenset(
    "staticmethod classmethod cache lru_cache cached wraps contextmanager asynccontextmanager "
    "abstractmethod override final overload no_type_check deprecated".split()
)
_FIELD_BASES = lazy_pattern(r"(?:^|\.)(?:BaseModel|NamedTuple|TypedDict|Struct)$")
_ONLY_ASKED = frozenset(
    {"if_statement", "not_operator", "boolean_operator", "conditional_expression"}
)


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
        found = names.symbol(target.module, written) if "(" not in written else None
        return found or _of_local(names, target, written)
    owner = names.symbol(target.module, target.name.rpartition(".")[0])
    for base in bases_of(owner.node) if owner is not None else ():
        parent = names.symbol(target.module, text_of(base).partition("[")[0])
        if parent is None or parent.node.type != "class_definition":
            return None
        member = names.member(parent, written.removeprefix("super()."))
        if isinstance(member, Symbol):
            return member
    return None


def _of_local(names: Names, target: Symbol, written: str) -> Symbol | None:
    """The method of an object that a function makes for itself: `with Session() as s: s.send()`."""
    name, _, method = written.partition(".")
    made: set[str] = set()
    for node in descendants(target.node, "assignment", "as_pattern", "parameters"):
        left = node.child_by_field_name("left") or node.child_by_field_name("alias")
        value = node.child_by_field_name("right") or next(iter(node.named_children), None)
        if node.type == "parameters" and re.search(rf"\b{re.escape(name)}\b", text_of(node)):
            return None
        if text_of(left) == name:
            made.add(text_of(value.child_by_field_name("function")) if value is not None else "")
    cls = names.symbol(target.module, made.pop()) if len(made) == 1 else None
    if cls is None or cls.node.type != "class_definition" or not method.isidentifier():
        return None
    found = names.member(cls, method)
    return found if isinstance(found, Symbol) else None


def _made_otherwise(names: Names, cls: Symbol) -> str:
    marks = decorators_of(cls.node)
    if marks and not all(text_of(m).endswith("final") for m in marks):
        return f"a decorator may change what `{cls.name}` takes"
    if isinstance(names.member(cls, "__new__"), Symbol):
        return f"`{cls.name}` is made by `__new__`"
    if any(base.type == "keyword_argument" for base in bases_of(cls.node)):
        return f"`{cls.name}` has a metaclass"
    return ""


def _fields(names: Names, cls: Symbol, depth: int = 0) -> Offered | None:
    """The fields of a dataclass and of its like, with those of its bases."""
    marks = [text_of(d).partition("(")[0] for d in decorators_of(cls.node)]
    bases = [base for base in bases_of(cls.node) if base.type != "keyword_argument"]
    made = any(FIELD_MAKERS.search(mark) for mark in marks) or any(
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
        if parent is not None and parent.node.type == "class_definition" and depth < MAX_BASES:
            inherited = _fields(names, parent, depth + 1)
            made = made or inherited is not None
            found.add(inherited or Offered(why=f"`{text_of(base)}` takes what it likes"))
        elif not (
            _FIELD_BASES.search(text_of(base)) or text_of(base).partition("[")[0] in PLAIN_BASES
        ):
            found.why = found.why or f"`{text_of(base)}` is not of this repository"
    return found if made else None
