"""ECMAScript modules: which expression a name stands for, across the files of a repository.

Follows declarations, imports, re-exports, `require` and `module.exports`; never guesses.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from tree_sitter import Node

from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.javascript.syntax import (
    CLASSES,
    FUNCTIONS,
    ambient,
    class_members,
    declared_names,
    find_source,
    method_of,
    plain,
    properties,
    required,
    required_folder,
    unwrap,
)
from moxi_analyzer.syntax import Source, ancestors, literal, source_of, text_of

GRAMMARS = ("javascript", "typescript", "tsx")
MAX_DEPTH = 24
_MAX_NESTING = 400  # scopes further out are not asked for: no real code is nested so deeply
_TYPE_DECLARATIONS = frozenset(
    "interface_declaration type_alias_declaration enum_declaration abstract_class_declaration "
    "function_signature class_declaration".split()
)
_SCOPES = FUNCTIONS | {"program", "statement_block", "for_in_statement", "class_body"}


class Place(NamedTuple):
    """An expression in a module; a module's root node stands for all that it exports."""

    module: Module
    node: Node


@dataclass(frozen=True)
class Name:
    """One declaration of a name: what it stands for, and the scope that it is visible in."""

    kind: str  # value, function, class, parameter, element (of an iterable), import
    node: Node
    scope: Node
    keys: tuple[str, ...] = ()  # the way into the value, for destructured names
    index: int = 0  # of a parameter


class Import(NamedTuple):
    """`name` of the module `spec`: "default", "*" for the whole, or an exported name."""

    spec: str
    name: str


class Module:
    """One parsed file and its names."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.path
        self.names: dict[str, list[Name]] = {}
        self.imports: dict[str, Import] = {}
        self.exports: dict[str, Node | Import] = {}
        self.export_all: list[str] = []
        self.type_exports: set[str] = set()
        self._collect()

    def _collect(self) -> None:
        for _, match in self.source.matches("es_names"):
            if "import" in match:
                self._import(match["import"][0])
            elif "export" in match:
                self._export(match["export"][0])
            elif "parameters" in match:
                self._parameters(match["parameters"][0])
            elif "parameter" in match:
                node = match["parameter"][0]
                if node.parent is not None:
                    self._declare(text_of(node), Name("parameter", node, node.parent))
            elif "target" in match:
                self._assigned(match["target"][0], match["value"][0])
            elif "each" in match:
                self._add(match["name"][0], "element", match["each"][0])
            elif "value" in match:
                self._pattern(match["name"][0], match["value"][0], ())
            else:
                kind = "class" if "class" in match else "function"
                name = match["name"][0]
                self._add(name, kind, match[kind][0])
        for child in self.source.root.named_children:
            inner = ambient(child)
            if inner.type in _TYPE_DECLARATIONS:
                named = inner.child_by_field_name("name")
                self._declare(text_of(named), Name("type", inner, self.source.root))

    def _declare(self, name: str, declared: Name) -> None:
        self.names.setdefault(name, []).append(declared)

    def _add(self, name: Node, kind: str, node: Node, keys: tuple[str, ...] = ()) -> None:
        outer = name.parent if kind in {"function", "class"} else name
        scopes = (above for above in ancestors(outer or name) if above.type in _SCOPES)
        self._declare(text_of(name), Name(kind, node, next(scopes, self.source.root), keys))

    def _pattern(self, target: Node, value: Node, keys: tuple[str, ...]) -> None:
        if target.type == "identifier":
            self._add(target, "value", value, keys)
        if target.type != "object_pattern":
            return
        for child in target.named_children:
            if child.type == "shorthand_property_identifier_pattern":
                self._add(child, "value", value, (*keys, text_of(child)))
            elif child.type == "pair_pattern":
                key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and inner is not None:
                    self._pattern(inner, value, (*keys, literal(key) or text_of(key)))

    def _parameters(self, parameters: Node) -> None:
        function = parameters.parent
        for index, child in enumerate(c for c in parameters.named_children if c.type != "comment"):
            inner = child.child_by_field_name("pattern") or child
            if inner.type == "assignment_pattern":
                inner = inner.child_by_field_name("left") or inner
            if inner.type == "identifier" and function is not None:
                self._declare(text_of(inner), Name("parameter", inner, function, (), index))

    def _assigned(self, target: Node, value: Node) -> None:
        written = text_of(target)
        if target.type == "identifier":
            # Where it was declared does not matter: what is not shadowed is visible everywhere.
            self._declare(written, Name("value", value, self.source.root))
        elif written in {"module.exports", "exports"}:
            self.exports["module.exports"] = value
        elif written.startswith(("module.exports.", "exports.")):
            name = written.removeprefix("module.").removeprefix("exports.")
            if "." not in name:
                self.exports.setdefault(name, value)

    def _import(self, statement: Node) -> None:
        spec = literal(statement.child_by_field_name("source"))
        for clause in statement.named_children:
            if clause.type == "import_require_clause":  # import x = require("y")
                required = literal(clause.child_by_field_name("source"))
                names = [c for c in clause.named_children if c.type == "identifier"]
                if required and names:
                    self.imports[text_of(names[0])] = Import(required, "*")
            if clause.type != "import_clause" or not spec:
                continue
            for part in clause.named_children:
                if part.type == "identifier":
                    self.imports[text_of(part)] = Import(spec, "default")
                elif part.type == "namespace_import":
                    self.imports[text_of(part.named_children[-1])] = Import(spec, "*")
                else:
                    for item in part.named_children:
                        name = item.child_by_field_name("name")
                        local = item.child_by_field_name("alias") or name
                        if name is not None:
                            self.imports[text_of(local)] = Import(spec, plain(name))

    def _export(self, statement: Node) -> None:
        spec = literal(statement.child_by_field_name("source"))
        value = statement.child_by_field_name("value")
        declared = statement.child_by_field_name("declaration")
        keywords = {text_of(child) for child in statement.children if not child.is_named}
        if "default" in keywords:
            self._set_default(value or declared)
        elif declared is not None:
            for name, node in declared_names(declared):
                known = self.exports.get(name)
                # Of an overloaded function, the first signature is what callers see.
                if not isinstance(known, Node) or known.type != "function_signature":
                    self.exports[name] = node
        elif "=" in keywords and statement.named_children:  # export = x
            self.exports["module.exports"] = statement.named_children[-1]
        for child in statement.named_children:
            if child.type == "export_clause":
                for item in child.named_children:
                    self._export_item(item, spec, type_only="type" in keywords)
            elif child.type == "namespace_export" and spec:
                self.exports[plain(child.children[-1])] = Import(spec, "*")  # `default` is no name
        if "*" in keywords and spec and spec not in self.export_all:
            self.export_all.append(spec)

    def _set_default(self, node: Node | None) -> None:
        if node is not None:
            self.exports["default"] = node

    def _export_item(self, item: Node, spec: str | None, *, type_only: bool) -> None:
        name, alias = item.child_by_field_name("name"), item.child_by_field_name("alias")
        if name is not None:
            exported = plain(alias or name)
            self.exports[exported] = Import(spec, plain(name)) if spec else name
            if type_only or any(text_of(child) == "type" for child in item.children[:-1]):
                self.type_exports.add(exported)

    def specs(self) -> list[str]:
        """What the module loads, as it is written: imports, re-exports and `require`."""
        found = [imported.spec for imported in self.imports.values()]
        for _, match in self.source.matches("es_specs"):
            found += filter(None, map(literal, match["spec"]))
        return list(dict.fromkeys(found))

    def name_at(self, identifier: Node) -> Name | None:
        """The declaration that an identifier refers to: the one of the nearest scope around it."""
        candidates = self.names.get(text_of(identifier))
        if not candidates:
            return None
        first = {c.scope.id: c for c in reversed(candidates[:_MAX_NESTING])}
        above = islice(ancestors(identifier), _MAX_NESTING)
        return next((first[node.id] for node in above if node.id in first), None)

    @cached_property
    def commonjs(self) -> Node | None:
        """What `module.exports` is set to, if it is."""
        found = self.exports.get("module.exports")
        return found if isinstance(found, Node) else None


class Modules:
    """The modules of a repository, parsed when they are first asked for.

    `package` finds the module that the name of a package of the repository leads to.
    """

    def __init__(
        self,
        repo: Repository,
        known: dict[str, Source] | None = None,
        package: Callable[[str], Module | None] | None = None,
    ) -> None:
        self.repo = repo
        self._known = known or {}
        self._package = package
        self._modules: dict[str, Module | None] = {}
        self._searching: set[tuple[str, str]] = set()

    def get(self, path: str) -> Module | None:
        """The module at `path`; None if it is no ECMAScript file that can be read."""
        if path not in self._modules:
            source = self._known.get(path) or self._open(path)
            self._modules[path] = Module(source) if source is not None else None
        return self._modules[path]

    def _open(self, path: str) -> Source | None:
        language = language_of(path)
        grammar = language.grammar if language else None
        content = self.repo.read(path)
        if content is None:
            return None
        if grammar is None and content.startswith(b"#!") and b"node" in content[:60]:
            grammar = "javascript"
        return source_of(path, grammar, content) if grammar in GRAMMARS and grammar else None

    def resolve(self, importer: str, spec: str) -> Module | None:
        """The module that `spec` means inside the file `importer`; None if it is not one of ours."""
        if not spec.startswith("."):
            return self._package(spec) if self._package else None
        target = posixpath.normpath(posixpath.join(folder_of(importer), spec))
        path = find_source(self.repo, "" if target == "." else target)
        return self.get(path) if path else None

    def exported(self, module: Module, name: str, depth: int = 0) -> Place | None:
        """What `module` exports as `name`, followed to where it is made."""
        if depth > MAX_DEPTH:
            return None
        if name == "*":
            whole = module.commonjs
            return self.definition(Place(module, whole), depth + 1) if whole else Place(
                module, module.source.root
            )  # fmt: skip
        found = module.exports.get(name)
        if isinstance(found, Import):
            return self._imported(module, found, depth + 1)
        if found is not None:
            return self.definition(Place(module, found), depth + 1)
        if module.commonjs is not None:
            whole_place = self.definition(Place(module, module.commonjs), depth + 1)
            if name == "default" or whole_place is None:
                return whole_place
            return self.member(whole_place, name, depth + 1)
        if name == "default":
            # CommonJS with `exports.x = …` only: the default import is the whole of it.
            has_default = any(isinstance(v, Import) for v in module.exports.values())
            return None if has_default else Place(module, module.source.root)
        return self._re_exported(module, name, depth)

    def _re_exported(self, module: Module, name: str, depth: int) -> Place | None:
        if (module.path, name) in self._searching:
            return None  # modules that re-export each other
        self._searching.add((module.path, name))
        try:
            for spec in module.export_all[:_MAX_NESTING]:
                inner = self.resolve(module.path, spec)
                place = self.exported(inner, name, depth + 1) if inner is not None else None
                if place is not None:
                    return place
            return None
        finally:
            self._searching.discard((module.path, name))

    def _imported(self, module: Module, imported: Import, depth: int) -> Place | None:
        target = self.resolve(module.path, imported.spec)
        return self.exported(target, imported.name, depth) if target is not None else None

    def definition(self, place: Place, depth: int = 0) -> Place | None:
        """The expression that `place` stands for: names and members followed; None if unknown.

        What is no name (a call, an object, a function, a class …) stands for itself; a parameter
        gives its own identifier.
        """
        if depth > MAX_DEPTH:
            return None
        module, node = place.module, unwrap(place.node)
        if node.type in {"identifier", "shorthand_property_identifier", "type_identifier"}:
            return self._identifier(module, node, depth + 1)
        if node.type == "this":
            around = (above for above in ancestors(node) if above.type in CLASSES)
            found = next(around, None)
            return Place(module, found) if found is not None else None
        if node.type == "member_expression":
            target = node.child_by_field_name("object")
            name = text_of(node.child_by_field_name("property"))
            owner = self.definition(Place(module, target), depth + 1) if target else None
            return self.member(owner, name, depth + 1) if owner is not None else None
        if node.type == "call_expression":
            spec = required(node)
            if spec is not None:
                target_module = self.resolve(module.path, spec)
                return self.exported(target_module, "*", depth + 1) if target_module else None
        return Place(module, node)

    def _identifier(self, module: Module, node: Node, depth: int) -> Place | None:
        name = module.name_at(node)
        if name is None:
            imported = module.imports.get(text_of(node))
            return self._imported(module, imported, depth) if imported else None
        if name.kind == "parameter":
            return Place(module, name.node)
        if name.kind == "element":
            return None
        if name.node == node:
            return None
        place: Place | None = self.definition(Place(module, name.node), depth + 1)
        for key in name.keys:
            place = self.member(place, key, depth + 1) if place is not None else None
        return place

    def member(self, owner: Place, name: str, depth: int = 0) -> Place | None:
        """What a name within a module, object or class stands for."""
        module, node = owner
        if node.type == "program":
            if name == "default" and "default" not in module.exports:
                return self.exported(module, "*", depth + 1)
            return self.exported(module, name, depth + 1)
        if name == "default" and module.commonjs is not None:
            return owner
        if node.type == "object":
            found = properties(node).get(name)
            return self.definition(Place(module, found), depth + 1) if found else None
        if node.type in CLASSES:
            found = class_members(node).get(name) or method_of(node, name)
            return self.definition(Place(module, found), depth + 1) if found else None
        if node.type == "new_expression":  # a method of what is made here
            maker = node.child_by_field_name("constructor")
            made = self.definition(Place(module, maker), depth + 1) if maker else None
            found = method_of(made.node, name) if made is not None else None
            return Place(made.module, found) if made is not None and found is not None else None
        if module.commonjs is not None and unwrap(module.commonjs) == node:
            extra = module.exports.get(name)  # `module.exports = f; module.exports.name = …`
            if isinstance(extra, Node):
                return self.definition(Place(module, extra), depth + 1)
        folder = required_folder(node)
        if folder:
            file = self.resolve(module.path, f"{folder}/{name}")
            return self.exported(file, "*", depth + 1) if file is not None else None
        return None
