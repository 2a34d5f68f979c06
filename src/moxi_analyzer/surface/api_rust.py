"""The public API of Rust libraries: what can be named from outside, followed from lib.rs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_str, load_toml, one_line
from moxi_analyzer.prose import first_sentence
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.rust_syntax import Described, describe, in_tests, use_paths
from moxi_analyzer.syntax import Source, text_of
from moxi_core.errors import ManifestError
from moxi_core.records import Fact

_MAX_SYMBOLS = 150
_MAX_METHODS = 25
_MAX_FILES = 400
_MAX_DEPTH = 12
_MANY_METHODS = 5
_KINDS = {
    "function_item": "function",
    "function_signature_item": "function",
    "struct_item": "class",
    "enum_item": "class",
    "union_item": "class",
    "trait_item": "interface",
    "type_item": "type",
    "const_item": "constant",
    "static_item": "constant",
    "macro_definition": "macro",
}
_OWNERS = {"class", "interface"}
_ROOT = re.compile(r"(.*/)?src/lib\.rs")


class _Item(NamedTuple):
    """A definition, and the file it stands in."""

    name: str
    node: Node
    source: Source
    about: Described


@dataclass
class _Module:
    """A module: what it defines, its sub-modules, and what it re-exports."""

    path: str
    source: Source
    items: dict[str, _Item] = field(default_factory=dict)
    modules: dict[str, tuple[_Module, bool, Described]] = field(default_factory=dict)
    exports: list[tuple[str, tuple[str, ...], Described]] = field(default_factory=list)
    parent: _Module | None = None


class _Found(NamedTuple):
    """An item as users reach it: the modules below the crate and its name there."""

    modules: tuple[str, ...]
    name: str
    item: _Item


class _Crate:
    """All modules of one library, read as they are declared."""

    def __init__(self, repo: Repository, root: str) -> None:
        self.repo = repo
        self.files = 0
        self.impls: dict[str, list[tuple[Node, Source]]] = {}
        self.types: Counter[str] = Counter()
        self.macros: list[_Item] = []
        self.root = self._file(root, folder_of(root), None)

    def _file(self, path: str, folder: str, parent: _Module | None) -> _Module | None:
        content = self.repo.read(path)
        if content is None or self.files >= _MAX_FILES:
            return None
        self.files += 1
        source = Source(path, "rust", content)
        module = _Module(path, source, parent=parent)
        self._read(module, source.root, source, folder, 0)
        return module

    def _read(self, module: _Module, node: Node, source: Source, folder: str, depth: int) -> None:
        for child in node.named_children:
            if child.type == "mod_item":
                self._submodule(module, child, source, folder, depth)
            elif child.type == "use_declaration" and _is_public(child):
                argument = child.child_by_field_name("argument")
                about = describe(child)
                for name, path in use_paths(argument) if argument is not None else ():
                    module.exports.append((name, path, about))
            elif child.type == "impl_item":
                if child.child_by_field_name("trait") is None:
                    name = _base_name(child.child_by_field_name("type"))
                    self.impls.setdefault(name, []).append((child, source))
            elif child.type == "macro_definition":
                self._macro(child, source)
            elif child.type in _KINDS:
                name = text_of(child.child_by_field_name("name"))
                self.types[name] += 1
                if not _is_public(child):
                    continue
                item = _Item(name, child, source, describe(child))
                module.items.setdefault(name, item)
            elif child.type in {"macro_invocation", "expression_statement"} and depth < 3:
                inside = _gated_items(child, source)
                if inside is not None:
                    self._read(module, inside.root, inside, folder, depth + 1)

    def _macro(self, node: Node, source: Source) -> None:
        about = describe(node)
        if "macro_export" in about.attributes and not _is_hidden(about):
            name = text_of(node.child_by_field_name("name"))
            self.macros.append(_Item(name, node, source, about))

    def _submodule(
        self, module: _Module, node: Node, source: Source, folder: str, depth: int
    ) -> None:
        name = text_of(node.child_by_field_name("name"))
        about = describe(node)
        body = node.child_by_field_name("body")
        below: _Module | None
        if in_tests(node) or depth > _MAX_DEPTH or folder.count("/") > 24:
            return
        if body is not None:
            below = _Module(source.path, source, parent=module)
            self._read(below, body, source, join(folder, name), depth + 1)
        else:
            path = self._place(about, source.path, folder, name)
            inner = folder_of(path) if path.endswith("/mod.rs") else join(folder, name)
            below = self._file(path, inner, module) if path else None
        if below is not None:
            module.modules.setdefault(name, (below, _is_public(node), about))

    def _place(self, about: Described, origin: str, folder: str, name: str) -> str:
        """The file of `mod name;`."""
        given = next((m.key for m in about.attributes.get("path", ())), "")
        candidates = [join(folder_of(origin), given)] if given else []
        candidates += [join(folder, f"{name}.rs"), join(folder, f"{name}/mod.rs")]
        return next((path for path in candidates if self.repo.has(path)), "")

    def public(self) -> Iterator[_Found]:
        """Everything that can be named from outside, nearest to the root first."""
        if self.root is None:
            return
        level: list[tuple[tuple[str, ...], _Module]] = [((), self.root)]
        done: set[int] = set()
        for _ in range(_MAX_DEPTH):
            below: list[tuple[tuple[str, ...], _Module]] = []
            for modules, module in level:
                if id(module) not in done:
                    done.add(id(module))
                    yield from self._exported(module, modules, below, frozenset())
            level = below
            if not level:
                return

    def _exported(
        self,
        module: _Module,
        modules: tuple[str, ...],
        below: list[tuple[tuple[str, ...], _Module]],
        through: frozenset[int],
    ) -> Iterator[_Found]:
        """What one module shows under its path; its public sub-modules are put into `below`."""
        if id(module) in through or len(through) > _MAX_DEPTH:
            return
        through |= {id(module)}
        for name, item in module.items.items():
            if not _is_hidden(item.about):
                yield _Found(modules, name, item)
        for name, (inner, public, about) in module.modules.items():
            if public and not _is_hidden(about):
                below.append(((*modules, name), inner))
        for name, path, about in module.exports:
            if _is_hidden(about):
                continue
            target = self._resolve(module, path[:-1] if name == "*" else path, 0)
            if isinstance(target, _Module) and name == "*":
                yield from self._exported(target, modules, below, through)
            elif isinstance(target, _Module):
                below.append(((*modules, name), target))
            elif isinstance(target, _Item) and not _is_hidden(target.about):
                yield _Found(modules, name, target)

    def _resolve(
        self, module: _Module, path: tuple[str, ...], depth: int
    ) -> _Module | _Item | None:
        """What a path of the crate's own means inside a module; None if it leads elsewhere."""
        current: _Module | None = module
        if depth > _MAX_DEPTH:
            return None
        for position, word in enumerate(path):
            if current is None:
                return None
            if word == "crate":
                current = self.root
            elif word == "super":
                current = current.parent
            elif word in current.modules:
                current = current.modules[word][0]
            elif position == len(path) - 1 and word in current.items:
                return current.items[word]
            elif word != "self":
                return self._through(current, path[position:], depth)
        return current

    def _through(
        self, module: _Module, path: tuple[str, ...], depth: int
    ) -> _Module | _Item | None:
        """A name that a module has only by re-exporting it."""
        for name, target, _ in module.exports:
            if name == path[0]:
                return self._resolve(module, target + path[1:], depth + 1)
            if name == "*" and target[:1] != path[:1]:
                found = self._resolve(module, target[:-1], depth + 1)
                if isinstance(found, _Module) and found is not module:
                    inner = self._resolve(found, path, depth + 1)
                    if inner is not None:
                        return inner
        return None


def _is_public(node: Node) -> bool:
    return any(c.type == "visibility_modifier" and text_of(c) == "pub" for c in node.children[:3])


def _is_hidden(about: Described) -> bool:
    """Whether it is kept out of the documentation, or deprecated."""
    words = {meta.key for meta in about.attributes.get("doc", ())}
    return "hidden" in words or "deprecated" in about.attributes


def _base_name(node: Node | None) -> str:
    if node is not None and node.type == "generic_type":
        node = node.child_by_field_name("type")
    return text_of(node).rpartition("::")[2]


def _gated_items(node: Node, source: Source) -> Source | None:
    """Items inside `cfg_net! { … }`: parsed again, since a macro's tokens are no items yet.

    None where the tokens are a language of their own, such as that of `cfg_if!`.
    """
    call = node.named_children[0] if node.type == "expression_statement" else node
    name = text_of(call.child_by_field_name("macro")) if call.type == "macro_invocation" else ""
    tree = next((c for c in call.named_children if c.type == "token_tree"), None)
    whole = tree.text or b"" if tree is not None else b""
    if tree is None or name == "thread_local" or not whole.startswith(b"{"):
        return None
    inside = Source(source.path, "rust", b"\n" * tree.start_point.row + whole[1:-1])
    return None if inside.root.has_error else inside


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

    def __init__(self, crate: _Crate, name: str, scope: str) -> None:
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
            fact.model_copy(update={"detail": fact.detail | {"rank": str(rank)}})
            for rank, fact in ranked[:_MAX_SYMBOLS]
        ]

    def _symbol(self, found: _Found) -> Iterator[tuple[int, Fact]]:
        item = found.item
        macro = _procedural(item)
        if macro is not None:
            name, shown = macro
            yield 0, self._fact((), shown, item, "macro", name)
            return
        methods = list(self._methods(item)) if _KINDS[item.node.type] in _OWNERS else []
        central = bool(item.about.doc) or len(methods) >= _MANY_METHODS
        rank = 2 * len(found.modules) + (0 if central else 1)
        name = found.name
        if name in self.taken and found.modules:
            name = f"{found.modules[-1]}::{name}"
        if name in self.taken:
            return
        self.taken.add(name)
        kind = _KINDS[item.node.type]
        yield rank, self._fact(found.modules, name, item, kind, found.name)
        for method in methods:
            fact = self._fact(found.modules, f"{name}::{method.name}", method, "method", "")
            detail = fact.detail | {"parent": name, "import": self._import(found)}
            yield rank + 1, fact.model_copy(update={"detail": detail})

    def _methods(self, item: _Item) -> list[_Item]:
        places: list[tuple[Node, Source]]
        if item.node.type == "trait_item":
            places = [(item.node, item.source)]
        else:
            places = self.crate.impls.get(item.name, [])
            if self.crate.types[item.name] > 1:
                places = [p for p in places if p[1].path == item.source.path]
        methods: dict[str, _Item] = {}
        for place, source in places:
            body = place.child_by_field_name("body")
            for child in body.named_children if body is not None else ():
                if not child.type.startswith("function_") or not (
                    place.type == "trait_item" or _is_public(child)
                ):
                    continue
                about = describe(child)
                name = text_of(child.child_by_field_name("name"))
                if not _is_hidden(about):
                    methods.setdefault(name, _Item(name, child, source, about))
        documented = sorted(methods.values(), key=lambda m: not m.about.doc)
        return documented[:_MAX_METHODS]

    def _import(self, found: _Found) -> str:
        return f"use {'::'.join((self.name, *found.modules, found.name))};"

    def _fact(
        self, modules: tuple[str, ...], shown: str, item: _Item, kind: str, imported: str
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


def _procedural(item: _Item) -> tuple[str, str] | None:
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
            yield from _Library(_Crate(repo, source.path), name, scope).facts()


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
