"""The public API of Rust libraries: what can be named from outside, followed from lib.rs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_str, load_toml, one_line
from moxi_analyzer.prose import first_sentence
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.rust.modules import KINDS, Crate, Found, Item, is_hidden, is_public
from moxi_analyzer.surface.rust.syntax import describe
from moxi_analyzer.syntax import Source, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_SYMBOLS = 150
_MAX_METHODS = 25
_MANY_METHODS = 5
_OWNERS = {"class", "interface"}
_ROOT = lazy_pattern(r"(.*/)?src/lib\.rs")


def _signature(node: Node) -> str:
    """The declaration up to its body, on one line."""
    if node.type == "macro_definition":
        return f"macro_rules! {text_of(node.child_by_field_name('name'))}"
    body = node.child_by_field_name("body")
    whole = node.text or b""
    # Private fields of a tuple are nobody's business.
    if body is not None and (
        body.type != "ordered_field_declaration_list" or b"pub" not in (body.text or b"")
    ):
        whole = whole[: body.start_byte - node.start_byte]
    if node.type in {"const_item", "static_item"}:
        value = node.child_by_field_name("value")
        if value is not None and value.end_byte - value.start_byte > 60:
            whole = whole[: value.start_byte - node.start_byte].rstrip().removesuffix(b"=")
    text = one_line(whole.decode("utf-8", "replace").rstrip().rstrip(";,").rstrip(), 220)
    return re.sub(r"\(\s+", "(", re.sub(r",\s*\)", ")", text))


class _Library:
    """Turns what a crate shows into ranked facts."""

    def __init__(self, crate: Crate, name: str, scope: str) -> None:
        self.crate, self.name, self.scope = crate, name, scope
        self.taken: set[str] = set()

    def facts(self) -> list[Fact]:
        """At most _MAX_SYMBOLS facts, the central ones first."""
        seen: set[tuple[str, int]] = set()
        ranked: list[tuple[int, Fact]] = []
        for found in self.crate.public():
            key = (found.item.source.path, found.item.node.start_byte)
            if key not in seen:
                seen.add(key)
                ranked += self._symbol(found)
        ranked += [
            (0 if item.about.doc else 1, self._fact((), f"{item.name}!", item, "macro", item.name))
            for item in self.crate.macros
        ]
        ranked.sort(key=lambda pair: pair[0])
        return [
            replace(fact, detail=fact.detail | {"rank": str(rank)})
            for rank, fact in ranked[:_MAX_SYMBOLS]
        ]

    def _symbol(self, found: Found) -> Iterator[tuple[int, Fact]]:
        item = found.item
        macro = _procedural(item)
        if macro is not None:
            name, shown = macro
            yield 0, self._fact((), shown, item, "macro", name)
            return
        methods = list(self._methods(item)) if KINDS[item.node.type] in _OWNERS else []
        central = bool(item.about.doc) or len(methods) >= _MANY_METHODS
        rank = 2 * len(found.modules) + (0 if central else 1)
        name = found.name
        if name in self.taken and found.modules:
            name = f"{found.modules[-1]}::{name}"
        if name in self.taken:
            return
        self.taken.add(name)
        kind = KINDS[item.node.type]
        yield rank, self._fact(found.modules, name, item, kind, found.name)
        for method in methods:
            fact = self._fact(found.modules, f"{name}::{method.name}", method, "method", "")
            detail = fact.detail | {"parent": name, "import": self._import(found)}
            yield rank + 1, replace(fact, detail=detail)

    def _methods(self, item: Item) -> list[Item]:
        places: list[tuple[Node, Source]]
        if item.node.type == "trait_item":
            places = [(item.node, item.source)]
        else:
            places = self.crate.impls.get(item.name, [])
            if self.crate.types[item.name] > 1:
                places = [p for p in places if p[1].path == item.source.path]
        methods: dict[str, Item] = {}
        for place, source in places:
            body = place.child_by_field_name("body")
            for child in body.named_children if body is not None else ():
                if not child.type.startswith("function_") or not (
                    place.type == "trait_item" or is_public(child)
                ):
                    continue
                about = describe(child)
                name = text_of(child.child_by_field_name("name"))
                if not is_hidden(about):
                    methods.setdefault(name, Item(name, child, source, about))
        documented = sorted(methods.values(), key=lambda m: not m.about.doc)
        return documented[:_MAX_METHODS]

    def _import(self, found: Found) -> str:
        return f"use {'::'.join((self.name, *found.modules, found.name))};"

    def _fact(
        self, modules: tuple[str, ...], shown: str, item: Item, kind: str, imported: str
    ) -> Fact:
        path = "::".join((self.name, *modules, imported))
        detail = {
            "signature": _signature(item.node),
            "symbol": kind,
            "import": f"use {path};" if imported else "",
            "language": "rust",
        }
        name = item.node.child_by_field_name("name")
        return Fact(
            kind="api_symbol",
            value=shown,
            evidence=item.source.at(name or item.node),
            scope=self.scope,
            text=one_line(first_sentence(item.about.doc)),
            detail={key: value for key, value in detail.items() if value},
        )


def _procedural(item: Item) -> tuple[str, str] | None:
    """(name, how it is written) of a procedural macro; None for other functions."""
    attributes = item.about.attributes
    derive = attributes.get("proc_macro_derive")
    if derive:
        return derive[0].key, f"#[derive({derive[0].key})]"
    if "proc_macro_attribute" in attributes:
        return item.name, f"#[{item.name}]"
    if "proc_macro" in attributes:
        return item.name, f"{item.name}!"
    return None


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return (path for path in repo.files if _ROOT.fullmatch(path) and is_own(path))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        scope = folder_of(folder_of(source.path))
        name = _crate_name(repo, scope)
        if name:
            yield from _Library(Crate(repo, source.path), name, scope).facts()


def _crate_name(repo: Repository, scope: str) -> str:
    """The name by which code uses a library; "" when it is nobody else's to use."""
    try:
        data = load_toml(repo.text(join(scope, "Cargo.toml")) or "")
    except ManifestError:
        return ""
    package = as_dict(data.get("package"))
    name = as_str(as_dict(data.get("lib")).get("name")) or as_str(package.get("name"))
    return "" if package.get("publish") is False else name.replace("-", "_")


FRAMEWORKS = (
    Framework("api_rust", ("rust",), re.compile(rb"\bpub\b|macro_rules!|\bmod\b"), _facts, _select),
)
