"""What Python values of an example are: objects of our classes, followed through calls and attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tree_sitter import Node

from moxi_analyzer.surface.python.names import External, Module, Names, Symbol, decorators_of
from moxi_analyzer.syntax import text_of
from moxi_check.code.python_shapes import settled
from moxi_core.patterns import lazy_pattern

_TYPE = lazy_pattern(r"^[A-Za-z_][\w.]*$")
_GENERIC = lazy_pattern(r"^([A-Za-z_][\w.]*)\[(.+)\]$")
_MAYBE = frozenset({"Optional", "Annotated", "Awaitable", "Coroutine", "Final"})
_MANY = frozenset(
    "list List set Set frozenset tuple Tuple Iterator Iterable Generator Sequence Collection "
    "AsyncIterator AsyncIterable AsyncGenerator".split()
)
_KEEPS_RESULT = frozenset(
    "classmethod staticmethod property cached_property abstractmethod".split()
)
_CONTEXTS = frozenset({"contextmanager", "asynccontextmanager"})
# An instance is handed on by its `__enter__` where that gives back the object itself.
_RETURNS_SELF = lazy_pattern(r"return self(?![\w.\[(])")
# What is declared to be of such a class is of another one, which may have more.
_IS_ABSTRACT = lazy_pattern(
    r"abstractmethod|\((?:[\w.]+, )?(?:[\w.]*ABC|[\w.]*Protocol|metaclass=[\w.]*ABCMeta)\b"
)


_MAX_NESTED = 8


@dataclass(frozen=True)
class Target:
    """What a name of the example stands for: `name` of `module`, or an object of that class."""

    module: str
    name: str
    found: Module | Symbol | External | None
    is_instance: bool = False
    doubt: str = ""
    is_import: bool = False  # the name was imported: it is ours wherever it stands
    own: frozenset[str] | None = None  # what a subclass of it that the example writes defines
    element: Target | None = None  # what it gives when it is gone through or asked for an item
    is_context: bool = False  # `with` gives its element


class Values:
    """Follows what is declared in our own sources; never guesses."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def module(self, dotted: str) -> Target | None:
        """A module of ours by its name."""
        found = self.names.module(dotted)
        return Target(dotted, "", found) if found is not None else None

    def of_module(self, module: str, inner: Module | None, name: str, doubt: str = "") -> Target:
        """A name of a module: another module, a definition, or an object that is made there."""
        found = self.names.member(inner, name) if inner is not None else None
        if isinstance(found, Module):
            return Target(found.name, "", found, doubt=doubt)
        if isinstance(found, Symbol):
            found, is_instance = settled(self.names, found)
            return Target(module, name, found, is_instance, doubt)
        return Target(module, name, found, doubt=doubt)

    def object_of(self, target: Target | None) -> Target | None:
        """An object of the class that a target is."""
        if target is None or not isinstance(target.found, Symbol) or target.is_instance:
            return None
        if target.found.node.type != "class_definition":
            return None
        return replace(target, is_instance=True, is_import=False)

    def of_member(self, member: Target) -> Target | None:
        """What an attribute stands for: a method to call, or the object that a property gives."""
        if not isinstance(member.found, Symbol) or member.found.node.type != "function_definition":
            return member if isinstance(member.found, Symbol) else None
        if any(text_of(mark).endswith("property") for mark in decorators_of(member.found.node)):
            return self.result(member)
        return member

    def called(self, callee: Target) -> Target | None:
        """What a call runs: of an object of ours, its `__call__`."""
        if not isinstance(callee.found, Symbol):
            return None
        return self._method(callee, "__call__") if callee.is_instance else callee

    def _method(self, owner: Target, name: str) -> Target | None:
        if not owner.is_instance or not isinstance(owner.found, Symbol):
            return None
        if owner.own is not None and name in owner.own:
            return None
        found = self.names.member(owner.found, name)
        if not isinstance(found, Symbol) or found.node.type != "function_definition":
            return None
        return Target(owner.module, f"{owner.name}.{name}", found, doubt=owner.doubt)

    def item(self, owner: Target) -> Target | None:
        """What `owner[key]` gives."""
        if owner.element is not None:
            return owner.element
        asked = self._method(owner, "__getitem__")
        return self.result(asked) if asked is not None else None

    def entered(self, value: Target) -> Target | None:
        """What `with value as name` gives the name."""
        if value.element is not None and not value.is_instance:
            return value.element if value.is_context else None
        for name in ("__enter__", "__aenter__"):
            enter = self._method(value, name)
            if enter is None or not isinstance(enter.found, Symbol):
                continue
            if _RETURNS_SELF.search(text_of(enter.found.node)):
                return value
            return self.result(enter)
        return None

    def result(self, callee: Target) -> Target | None:
        """What calling something gives: an object of ours, if its declaration says so."""
        symbol = callee.found
        if not isinstance(symbol, Symbol):
            return None
        if symbol.node.type == "class_definition":
            if isinstance(self.names.member(symbol, "__new__"), Symbol):
                return None
            return self.object_of(callee)
        if symbol.node.type != "function_definition":
            return None
        marks = {
            text_of(m).partition("(")[0].rpartition(".")[2] for m in decorators_of(symbol.node)
        }
        said = text_of(symbol.node.child_by_field_name("return_type"))
        made = self._declared(symbol, said) if said else self._returned(symbol)
        if made is None or marks - _KEEPS_RESULT - _CONTEXTS:
            return None
        if marks & _CONTEXTS:
            return replace(made, is_context=True)
        doubt = ""
        if isinstance(made.found, Symbol) and _IS_ABSTRACT.search(text_of(made.found.node)):
            doubt = "it may be of a subclass"
        return replace(made, doubt=callee.doubt or made.doubt or doubt)

    def _declared(self, symbol: Symbol, said: str, depth: int = 0) -> Target | None:
        """The object that a written type means; of several of a kind, what an element is."""
        said = said.strip().strip("\"'").strip()
        generic = _GENERIC.match(said)
        name = generic[1].rpartition(".")[2] if generic else ""
        if generic and name in _MAYBE | _MANY:
            inside = [part.strip() for part in generic[2].split(",")]
            if name in {"tuple", "Tuple"} and inside[1:] not in ([], ["..."]):
                return None  # each place of it is of another type
            inner = inside[-1 if name == "Coroutine" else 0]
            made = self._declared(symbol, inner, depth + 1) if depth < _MAX_NESTED else None
            if made is None or name in _MAYBE:
                return made
            return Target(made.module, made.name, None, element=made)
        if name == "Union" or ("|" in said and "[" not in said):
            return self._any_of(symbol, re.split(r"[|,]", generic[2] if generic else said))
        written = generic[1] if generic else said
        if not _TYPE.match(written):
            return None
        if written.rpartition(".")[2] == "Self":
            return self._owner(symbol)
        made_of = self.names.symbol(symbol.module, written)
        return _object(made_of)

    def _any_of(self, symbol: Symbol, types: list[str]) -> Target | None:
        """One of several types: of the first of ours, what holds may be said, and no more."""
        several = [part.strip() for part in types if part.strip() != "None"]
        found = next(filter(None, (self._declared(symbol, part) for part in several)), None)
        if found is None or len(several) == 1:
            return found
        return replace(found, own=frozenset()) if found.is_instance else None

    def _owner(self, symbol: Symbol) -> Target | None:
        owner = symbol.name.rpartition(".")[0]
        return _object(self.names.symbol(symbol.module, owner)) if owner else None

    def _returned(self, symbol: Symbol) -> Target | None:
        """What all `return` of a function give, where each makes it on the spot."""
        body = symbol.node.child_by_field_name("body")
        found: set[Target | None] = set()
        for node in _returns(body) if body is not None else ():
            value = node.named_children[0] if node.named_children else None
            if value is not None and value.type == "call":
                function = text_of(value.child_by_field_name("function"))
                made = self.names.symbol(symbol.module, function) if _TYPE.match(function) else None
                found.add(_object(made))
            else:
                is_self = value is not None and text_of(value) == "self"
                found.add(self._owner(symbol) if is_self else None)
        return found.pop() if len(found) == 1 else None


def _object(symbol: Symbol | None) -> Target | None:
    if symbol is None or symbol.node.type != "class_definition":
        return None
    return Target(symbol.module.name, symbol.name, symbol, True)


def _returns(body: Node) -> list[Node]:
    """The `return` statements of a function itself."""
    found: list[Node] = []
    pending = list(body.named_children)
    while pending:
        node = pending.pop()
        if node.type == "return_statement":
            found.append(node)
        elif node.type not in {"function_definition", "class_definition", "lambda"}:
            pending += node.named_children
    return found
