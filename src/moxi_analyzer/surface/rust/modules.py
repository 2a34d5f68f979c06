"""The modules of a Rust library as they are declared, and what can be named from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.surface.rust.syntax import Described, describe, in_tests, use_paths
from moxi_analyzer.syntax import Source, source_of, text_of

_MAX_FILES = 400
_MAX_DEPTH = 12
_MAX_LOOKUPS = 20_000
# node type -> kind of symbol
KINDS = {
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


class Item(NamedTuple):
    """A definition, and the file it stands in."""

    name: str
    node: Node
    source: Source
    about: Described


@dataclass
class Module:
    """A module: what it defines, its sub-modules, and what it re-exports."""

    path: str
    source: Source
    items: dict[str, Item] = field(default_factory=dict)
    modules: dict[str, tuple[Module, bool, Described]] = field(default_factory=dict)
    exports: list[tuple[str, tuple[str, ...], Described]] = field(default_factory=list)
    parent: Module | None = None


class Found(NamedTuple):
    """An item as users reach it: the modules below the crate and its name there."""

    modules: tuple[str, ...]
    name: str
    item: Item


class Crate:
    """All modules of one library, read as they are declared."""

    def __init__(self, repo: Repository, root: str) -> None:
        self.repo = repo
        self.files = self.lookups = 0
        self.impls: dict[str, list[tuple[Node, Source]]] = {}
        self.types: Counter[str] = Counter()
        self.macros: list[Item] = []
        self.root = self._file(root, folder_of(root), None)

    def _file(self, path: str, folder: str, parent: Module | None) -> Module | None:
        content = self.repo.read(path)
        if content is None or self.files >= _MAX_FILES:
            return None
        self.files += 1
        source = source_of(path, "rust", content)
        module = Module(path, source, parent=parent)
        self._read(module, source.root, source, folder, 0)
        return module

    def _read(self, module: Module, node: Node, source: Source, folder: str, depth: int) -> None:
        for child in node.named_children:
            if child.type == "mod_item":
                self._submodule(module, child, source, folder, depth)
            elif child.type == "use_declaration" and is_public(child):
                argument = child.child_by_field_name("argument")
                about = describe(child)
                for name, path in use_paths(argument) if argument is not None else ():
                    module.exports.append((name, path, about))
            elif child.type == "extern_crate_declaration" and is_public(child):
                name = text_of(child.child_by_field_name("name"))
                alias = text_of(child.child_by_field_name("alias")) or name
                module.exports.append((alias, (name,), describe(child)))
            elif child.type == "impl_item":
                if child.child_by_field_name("trait") is None:
                    name = _base_name(child.child_by_field_name("type"))
                    self.impls.setdefault(name, []).append((child, source))
            elif child.type == "macro_definition":
                self._macro(child, source)
            elif child.type in KINDS:
                name = text_of(child.child_by_field_name("name"))
                self.types[name] += 1
                if not is_public(child):
                    continue
                item = Item(name, child, source, describe(child))
                module.items.setdefault(name, item)
            elif child.type in {"macro_invocation", "expression_statement"} and depth < 3:
                inside = _gated_items(child, source)
                if inside is not None:
                    self._read(module, inside.root, inside, folder, depth + 1)

    def _macro(self, node: Node, source: Source) -> None:
        about = describe(node)
        if "macro_export" in about.attributes and not is_hidden(about):
            name = text_of(node.child_by_field_name("name"))
            self.macros.append(Item(name, node, source, about))

    def _submodule(
        self, module: Module, node: Node, source: Source, folder: str, depth: int
    ) -> None:
        name = text_of(node.child_by_field_name("name"))
        about = describe(node)
        body = node.child_by_field_name("body")
        below: Module | None
        if in_tests(node) or depth > _MAX_DEPTH or folder.count("/") > 24:
            return
        if body is not None:
            below = Module(source.path, source, parent=module)
            self._read(below, body, source, join(folder, name), depth + 1)
        else:
            path = self._place(about, source.path, folder, name)
            inner = folder_of(path) if path.endswith("/mod.rs") else join(folder, name)
            below = self._file(path, inner, module) if path else None
        if below is not None:
            module.modules.setdefault(name, (below, is_public(node), about))

    def _place(self, about: Described, origin: str, folder: str, name: str) -> str:
        """The file of `mod name;`."""
        given = next((m.key for m in about.attributes.get("path", ())), "")
        candidates = [join(folder_of(origin), given)] if given else []
        candidates += [join(folder, f"{name}.rs"), join(folder, f"{name}/mod.rs")]
        return next((path for path in candidates if self.repo.has(path)), "")

    def public(self) -> Iterator[Found]:
        """Everything that can be named from outside, nearest to the root first."""
        if self.root is None:
            return
        level: list[tuple[tuple[str, ...], Module]] = [((), self.root)]
        done: set[int] = set()
        for _ in range(_MAX_DEPTH):
            below: list[tuple[tuple[str, ...], Module]] = []
            for modules, module in level:
                if id(module) not in done:
                    done.add(id(module))
                    yield from self._exported(module, modules, below, set())
            level = below
            if not level:
                return

    def _exported(
        self,
        module: Module,
        modules: tuple[str, ...],
        below: list[tuple[tuple[str, ...], Module]],
        through: set[int],
    ) -> Iterator[Found]:
        """What one module shows under its path; its public sub-modules are put into `below`."""
        if id(module) in through:
            return
        through.add(id(module))
        for name, item in module.items.items():
            if not is_hidden(item.about):
                yield Found(modules, name, item)
        for name, (inner, public, about) in module.modules.items():
            if public and not is_hidden(about):
                below.append(((*modules, name), inner))
        for name, path, about in module.exports:
            if is_hidden(about):
                continue
            target = self._resolve(module, path[:-1] if name == "*" else path, 0)
            if isinstance(target, Module) and name == "*":
                yield from self._exported(target, modules, below, through)
            elif isinstance(target, Module):
                below.append(((*modules, name), target))
            elif isinstance(target, Item) and not is_hidden(target.about):
                yield Found(modules, name, target)

    @property
    def is_cut(self) -> bool:
        """Whether the crate has more files than are read."""
        return self.files >= _MAX_FILES

    def lookup(self, path: tuple[str, ...], start: Module | None = None) -> Module | Item | None:
        """What a path means in a module, the root unless told; None if it leads elsewhere."""
        self.lookups = 0
        module = start or self.root
        return self._resolve(module, path, 0) if module is not None else None

    def _resolve(self, module: Module, path: tuple[str, ...], depth: int) -> Module | Item | None:
        """What a path of the crate's own means inside a module; None if it leads elsewhere."""
        current: Module | None = module
        self.lookups += 1
        if depth > _MAX_DEPTH or self.lookups > _MAX_LOOKUPS:
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

    def _through(self, module: Module, path: tuple[str, ...], depth: int) -> Module | Item | None:
        """A name that a module has only by re-exporting it."""
        for name, target, _ in module.exports:
            if name == path[0]:
                return self._resolve(module, target + path[1:], depth + 1)
            if name == "*" and target[:1] != path[:1]:
                found = self._resolve(module, target[:-1], depth + 1)
                if isinstance(found, Module) and found is not module:
                    inner = self._resolve(found, path, depth + 1)
                    if inner is not None:
                        return inner
        return None


def is_public(node: Node) -> bool:
    return any(c.type == "visibility_modifier" and text_of(c) == "pub" for c in node.children[:3])


def is_hidden(about: Described) -> bool:
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
