"""The public Python API: what a package's root module offers to importers, and its classes' methods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests.python import entry_points, own_facts
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.python.names import (
    Module,
    Names,
    Symbol,
    bases_of,
    decorators_of,
    members_of,
    names_of,
)
from moxi_analyzer.surface.python.values import Values, docstring_of, first_sentence
from moxi_analyzer.syntax import Source, literal, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_SYMBOLS = 150
_MAX_EXPORTS = 300
_MIN_METHODS = 6
_MAX_MODULES = 40
_MAX_HOPS = 4
_FIELDS = lazy_pattern(r"(^|\.)(dataclass|define|frozen|mutable|s|attrs)\b")
_FIELD_BASES = lazy_pattern(r"(^|\.)(BaseModel|NamedTuple|TypedDict|Struct)$")
_NOT_API = lazy_pattern(
    r"(^|\.)(_.*|tests?|testing|conftest|cli|main|compat|setup|version|vendor|migrations|"
    r"commands?|scripts?)(\.|$)"
)


@dataclass(frozen=True)
class _Export:
    name: str
    symbol: Symbol
    home: str
    listed: bool


def _packages(repo: Repository) -> dict[str, Fact]:
    """Root module path -> the package fact of each library that a manifest declares."""
    names = names_of(repo)
    found: dict[str, Fact] = {}
    for fact in own_facts(repo):
        dotted = fact.detail.get("import", "")
        module = names.module(dotted) if fact.kind == "package" and dotted else None
        if module is not None:
            found.setdefault(module.path, fact)
    return found


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return list(_packages(repo))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names, packages = names_of(repo), _packages(repo)
    for source in sources:
        module, package = names.at(source.path), packages.get(source.path)
        if module is None or package is None or _is_script(repo, names, module):
            continue
        exports = _exports(names, module, _MAX_HOPS)
        if not exports and package.detail.get("role") == "library":
            exports = _submodule_exports(repo, names, module)
        yield from _ranked(names, package.scope, exports)


def _is_script(repo: Repository, names: Names, module: Module) -> bool:
    """Whether a lone module is a program: an entry point starts it, and it lists no names."""
    alone = not module.path.endswith("__init__.py")
    starts = {target.partition(":")[0] for target in entry_points(repo)} if alone else set()
    return module.name in starts and _all(names, module) is None


def _ranked(names: Names, scope: str, exports: list[_Export]) -> Iterator[Fact]:
    facts: list[tuple[int, Fact]] = []
    classes = sum(e.symbol.node.type == "class_definition" for e in exports)
    share = max(_MIN_METHODS, (_MAX_SYMBOLS - len(exports)) // max(classes, 1))
    for export in exports:
        fact = _symbol_fact(names, scope, export)
        if fact is None:
            continue
        facts.append((int(fact.detail["rank"]), fact))
        if export.symbol.node.type == "class_definition" and len(exports) < _MAX_SYMBOLS:
            facts += ((3, method) for method in _methods(names, scope, export, share))
    facts.sort(key=lambda item: item[0])
    yield from (fact for _, fact in facts[:_MAX_SYMBOLS])


def _exports(names: Names, module: Module, hops: int) -> list[_Export]:
    """What `from module import name` gives, in the order that the module lists it."""
    listed = _all(names, module)
    wanted = listed if listed is not None else _implicit(names, module, hops)
    found: list[_Export] = []
    for name in [n for n in dict.fromkeys(wanted) if not n.startswith("_")][:_MAX_EXPORTS]:
        target = names.resolve(module, name)
        if isinstance(target, Symbol):
            found.append(_Export(name, target, module.name, listed is not None))
    return found


def _all(names: Names, module: Module) -> list[str] | None:
    """The names in `__all__`; None if there is none, or it is not a plain list."""
    node = module.values.get("__all__")
    if node is not None:
        return Values(names, module).strings(node) or None  # empty: nobody filled it in
    parts: list[str] = []
    for statement in module.statements:
        inner = statement.named_children[0] if statement.named_children else None
        if inner is None or text_of(inner.child_by_field_name("left")) != "__all__":
            continue
        items = inner.child_by_field_name("right")
        strings = [literal(c) for c in items.named_children] if items else []
        parts += [s for s in strings if s]
    return parts or None


def _implicit(names: Names, module: Module, hops: int) -> list[str]:
    """Public definitions of a root module without `__all__`, and what it takes from its own."""
    top = module.name.partition(".")[0]
    own = [
        alias
        for alias, (source, name) in module.imports.items()
        if name and source.partition(".")[0] == top and alias != "annotations"
    ]
    starred: list[str] = []
    for star in module.stars if hops > 0 else []:
        other = names.module(star, module.path)
        if other is not None and other is not module and star.partition(".")[0] == top:
            starred += [export.name for export in _exports(names, other, hops - 1)]
    return [*own, *starred, *module.definitions]


def _submodule_exports(repo: Repository, names: Names, module: Module) -> list[_Export]:
    """For a package whose root is empty: what its public modules define."""
    folder = module.path.rpartition("/")[0]
    if not module.path.endswith("__init__.py"):
        return []
    found: list[_Export] = []
    for path in repo.inside(folder)[:_MAX_MODULES]:
        name = path.rpartition("/")[2].removesuffix(".py")
        if not path.endswith(".py") or name == "__init__" or _NOT_API.search(name):
            continue
        inner = names.at(path)
        listed = _all(names, inner) if inner else None
        for attribute, node in inner.definitions.items() if inner else ():
            public = attribute in listed if listed else not attribute.startswith("_")
            if inner is not None and public and (listed or docstring_of(node)):
                symbol = Symbol(inner, attribute, node)
                found.append(_Export(attribute, symbol, inner.name, bool(listed)))
    return found


def _symbol_fact(names: Names, scope: str, export: _Export) -> Fact | None:
    node = export.symbol.node
    if node.type == "class_definition":
        kind, signature = "class", class_signature(names, export.symbol, export.name)
    elif node.type == "function_definition":
        kind, signature = "function", function_signature(node, export.name)
    elif export.listed and not export.name.startswith("_"):
        kind, signature = "constant", ""
    else:
        return None
    text = first_sentence(docstring_of(node)) if kind != "constant" else ""
    deep = "." in export.home
    rank = (0 if text else 1) + (1 if kind == "constant" or _is_error(node) else 0) + 2 * deep
    detail = {
        "symbol": kind,
        "language": "python",
        "import": f"from {export.home} import {export.name}",
        "rank": str(rank),
    }
    if signature:
        detail["signature"] = signature
    return Fact(
        kind="api_symbol",
        value=f"{export.home}.{export.name}",
        evidence=export.symbol.module.source.at(node),
        scope=scope,
        text=text,
        detail=detail,
    )


def _is_error(node: Node) -> bool:
    bases = text_of(node.child_by_field_name("superclasses")) if node.type[:5] == "class" else ""
    return bool(re.search(r"(Error|Exception|Warning)\b", bases))


def _methods(names: Names, scope: str, export: _Export, most: int) -> Iterator[Fact]:
    count = 0
    for name, symbol in _members(names, export.symbol, _MAX_HOPS).items():
        node = symbol.node
        marks = [text_of(d) for d in decorators_of(node)]
        text = first_sentence(docstring_of(node))
        if node.type != "function_definition" or name.startswith("_") or not text:
            continue
        if any(m.endswith(("property", ".setter", ".deleter", "overload")) for m in marks):
            continue
        count += 1
        if count > most:
            return
        static = any(m.endswith("staticmethod") for m in marks)
        yield Fact(
            kind="api_symbol",
            value=f"{export.name}.{name}",
            evidence=symbol.module.source.at(node),
            scope=scope,
            text=text,
            detail={
                "symbol": "method",
                "language": "python",
                "import": f"from {export.home} import {export.name}",
                "parent": f"{export.home}.{export.name}",
                "rank": "3",
                "signature": function_signature(node, name, method=not static),
            },
        )


def _members(names: Names, symbol: Symbol, hops: int) -> dict[str, Symbol]:
    """Members of a class, and after them those of its bases that the repository defines."""
    found = {
        name: Symbol(symbol.module, name, node) for name, node in members_of(symbol.node).items()
    }
    for base in bases_of(symbol.node) if hops > 0 else []:
        parent = names.symbol(symbol.module, text_of(base))
        if parent is not None and parent.key != symbol.key:
            for name, inherited in _members(names, parent, hops - 1).items():
                found.setdefault(name, inherited)
    return found


def function_signature(node: Node, name: str, *, method: bool = False) -> str:
    """`name(a: int, *, b: str = "x") -> bool` as declared, on one line, without `self`."""
    parameters = node.child_by_field_name("parameters")
    children = [c for c in parameters.named_children if c.type != "comment"] if parameters else []
    parts = [_one_line(text_of(child)) for child in children]
    if method and parts and re.match(r"(self|cls|mcs|_)\b", parts[0]):
        parts = parts[1:]
        parts = parts[1:] if parts and parts[0] == "/" else parts
    returned = node.child_by_field_name("return_type")
    arrow = f" -> {_one_line(text_of(returned))}" if returned else ""
    prefix = "async " if node.children and node.children[0].type == "async" else ""
    return f"{prefix}{name}({', '.join(parts)}){arrow}"


def class_signature(names: Names, symbol: Symbol, name: str) -> str:
    """How an object of a class is made, from `__init__` or declared fields."""
    init = names.member(symbol, "__init__")
    if isinstance(init, Symbol) and init.node.type == "function_definition":
        made = function_signature(init.node, name, method=True)
        return made.removesuffix(" -> None")
    marks = [text_of(d) for d in decorators_of(symbol.node)]
    bases = [text_of(b) for b in bases_of(symbol.node)]
    has_fields = any(_FIELDS.search(m.partition("(")[0]) for m in marks)
    if has_fields or any(_FIELD_BASES.search(base) for base in bases):
        return f"{name}({', '.join(_fields(symbol.node))})"
    return f"class {name}({', '.join(bases)})" if bases else f"class {name}"


def _fields(node: Node) -> Iterator[str]:
    body = node.child_by_field_name("body")
    for statement in body.named_children if body else []:
        inner = statement.named_children[0] if statement.named_children else None
        kind = inner.child_by_field_name("type") if inner else None
        if inner is None or inner.type != "assignment" or kind is None:
            continue
        name = text_of(inner.child_by_field_name("left"))
        if name.startswith("_") or text_of(kind).startswith("ClassVar"):
            continue
        default = inner.child_by_field_name("right")
        shown = "" if default is None else f" = {_one_line(text_of(default))}"
        shown = " = ..." if re.search(r"\b([fF]ield|attrib)\(", shown) else shown
        yield f"{name}: {_one_line(text_of(kind))}{shown}"


def _one_line(text: str) -> str:
    folded = one_line(re.sub(r"\s*#.*", "", text) if "\n" in text else text, 160)
    return re.sub(r",?\s*([)\]}])", r"\1", re.sub(r"([(\[{])\s+", r"\1", folded))


FRAMEWORKS = (Framework("api_python", ("python",), re.compile(rb"\S"), _facts, _select),)
