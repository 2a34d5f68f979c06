"""What the packages of a repository declare: functions, methods, types, constants, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary, proxy

from tree_sitter import Node

from moxi_analyzer.golang.modules import Folder, Modules, modules_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import Source, source_of, text_of, unquote
from moxi_core.patterns import lazy_pattern

_MAJOR = lazy_pattern(r"v\d+")
_GOPKG = lazy_pattern(r"(.+)\.v\d+")
_FRAMEWORKS = (
    (re.compile(r"github\.com/spf13/cobra"), "cobra"),
    (re.compile(r"(github\.com/(spf13|ogier)/pflag|gopkg\.in/ogier/pflag.*)"), "pflag"),
    (re.compile(r"flag"), "flag"),
    (re.compile(r"(github\.com/(urfave|codegangsta)/cli(/v\d)?|gopkg\.in/urfave/cli\.v\d)"), "cli"),
    (re.compile(r"github\.com/urfave/cli(-altsrc)?(/v\d)?(/altsrc)?(/v\d)?"), "altsrc"),
    (re.compile(r"github\.com/alecthomas/kong"), "kong"),
    (re.compile(r"github\.com/jessevdk/go-flags"), "flags"),
    (re.compile(r"github\.com/alexflint/go-arg"), "arg"),
    (re.compile(r"github\.com/charmbracelet/fang(/v\d)?"), "fang"),
)


def framework_of(path: str) -> str:
    """The short name of a known framework's import path; else the path itself."""
    return next((name for pattern, name in _FRAMEWORKS if pattern.fullmatch(path)), path)


@dataclass(frozen=True, eq=False)
class GoFile:
    """A parsed file and what its imports are called in it."""

    source: Source
    package: GoPackage

    @cached_property
    def imports(self) -> dict[str, str]:
        """Import path by the name that the file gives it."""
        found: dict[str, str] = {}
        for node in self.source.root.named_children:
            if node.type == "import_declaration":
                for spec in _specs(node, "import_spec"):
                    path = unquote(text_of(spec.child_by_field_name("path"))) or ""
                    alias = text_of(spec.child_by_field_name("name"))
                    found[alias or self.package.code.default_alias(path)] = path
        return found

    @property
    def uses_framework(self) -> bool:
        """Whether the file imports a package that command lines are made with."""
        return any(path == "flag" or framework_of(path) != path for path in self.imports.values())


@dataclass(frozen=True, eq=False)
class Decl:
    """A declaration: `node` declares `name`; `value` and `type` are there where they are written."""

    name: str
    node: Node
    file: GoFile
    value: Node | None = None
    type: Node | None = None


@dataclass(eq=False)
class GoPackage:
    """The declarations of one folder's package, parsed on first use."""

    code: GoCode
    folder: Folder
    functions: dict[str, Decl] = field(default_factory=dict)
    methods: dict[str, dict[str, Decl]] = field(default_factory=dict)
    types: dict[str, Decl] = field(default_factory=dict)
    values: dict[str, Decl] = field(default_factory=dict)
    inits: list[Decl] = field(default_factory=list)
    files: list[GoFile] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in self.folder.files:
            content = self.code.repo.read(path)
            if content is not None:
                file = GoFile(source_of(path, "go", content), self)
                self.files.append(file)
                self._index(file)

    def _index(self, file: GoFile) -> None:
        for node in file.source.root.named_children:
            name = text_of(node.child_by_field_name("name"))
            if node.type == "function_declaration":
                if name == "init":
                    self.inits.append(Decl(name, node, file))
                else:
                    self.functions.setdefault(name, Decl(name, node, file))
            elif node.type == "method_declaration":
                self.methods.setdefault(receiver_of(node), {})[name] = Decl(name, node, file)
            elif node.type == "type_declaration":
                for spec in _specs(node, "type_spec", "type_alias"):
                    name = text_of(spec.child_by_field_name("name"))
                    of = spec.child_by_field_name("type")
                    self.types.setdefault(name, Decl(name, spec, file, type=of))
            elif node.type in {"const_declaration", "var_declaration"}:
                self._index_values(node, file)

    def _index_values(self, node: Node, file: GoFile) -> None:
        for spec in _specs(node, "const_spec", "var_spec"):
            of = spec.child_by_field_name("type")
            listed = spec.child_by_field_name("value")
            values = listed.named_children if listed is not None else []
            for index, name_node in enumerate(spec.children_by_field_name("name")):
                name = text_of(name_node)
                if name in {"_", ","}:
                    continue
                value = values[index] if index < len(values) else None
                self.values.setdefault(name, Decl(name, spec, file, value, of))

    def method(self, name: str, of: str = "") -> Decl | None:
        """A method by name: of the type `of`, or the only one of that name in the package."""
        if of:
            return self.methods.get(of, {}).get(name)
        found = [methods[name] for methods in self.methods.values() if name in methods]
        return found[0] if len(found) == 1 else None


class GoCode:
    """The Go packages of one repository."""

    def __init__(self, repo: Repository) -> None:
        self.repo = proxy(repo)  # the index must not keep its own key alive
        self.modules: Modules = modules_of(repo)
        self._packages: dict[str, GoPackage | None] = {}
        self._imported: dict[str, tuple[str, ...]] = {}

    def package(self, folder: str) -> GoPackage | None:
        """The package in `folder`, parsed once; None where there is none of the project's own."""
        if folder not in self._packages:
            found = self.modules.packages.get(folder)
            self._packages[folder] = GoPackage(self, found) if found else None
        return self._packages[folder]

    def imported(self, path: str) -> GoPackage | None:
        """The package of an import path, if it is of this repository."""
        folder = self.modules.folder_of_import(path)
        return self.package(folder) if folder is not None else None

    def default_alias(self, path: str) -> str:
        """What a package is called in a file that imports it without a name."""
        folder = self.modules.folder_of_import(path)
        if folder is not None and folder in self.modules.packages:
            return self.modules.packages[folder].name
        parts = path.split("/")
        if len(parts) > 1 and _MAJOR.fullmatch(parts[-1]):
            parts.pop()
        versioned = _GOPKG.fullmatch(parts[-1])
        return (versioned[1] if versioned else parts[-1]).removeprefix("go-")

    def reached(self, folder: str) -> list[str]:
        """Folders of the own packages that the one in `folder` imports, imported ones first."""
        order: list[str] = []
        seen: set[str] = set()
        stack: list[tuple[str, bool]] = [(folder, False)]
        while stack:
            at, done = stack.pop()
            if done:
                order.append(at)
            elif at not in seen and at in self.modules.packages:
                seen.add(at)
                stack.append((at, True))
                stack.extend((f, False) for f in self._imports(at))
        return order

    def _imports(self, folder: str) -> tuple[str, ...]:
        """Own folders that the package in `folder` imports; most programs ask for the same."""
        if folder not in self._imported:
            module = self.modules.module_of(folder)
            known = module is not None and bool(module.path)
            self._imported[folder] = tuple(self._import_folders(folder)) if known else ()
        return self._imported[folder]

    @cached_property
    def _own_import(self) -> re.Pattern[bytes]:
        paths = [m.path.encode() for m in self.modules.by_folder.values() if m.path]
        return re.compile(b'"((?:' + b"|".join(map(re.escape, paths)) + rb')[^"\s]*)"')

    def _import_folders(self, folder: str) -> Iterator[str]:
        found: dict[str, None] = {}
        for path in self.modules.packages[folder].files:
            content = self.repo.read(path) or b""
            found.update(
                (text.decode("utf-8", "replace"), None)
                for text in self._own_import.findall(content)
            )
        for name in found:
            target = self.modules.folder_of_import(name)
            if target is not None:
                yield target


def receiver_of(method: Node) -> str:
    """The type name that a method is declared on."""
    receiver = method.child_by_field_name("receiver")
    if receiver is None or not receiver.named_children:
        return ""
    declared = receiver.named_children[0].child_by_field_name("type")
    return text_of(declared).lstrip("*").partition("[")[0]


def _specs(node: Node, *types: str) -> Iterator[Node]:
    for child in node.named_children:
        if child.type in types:
            yield child
        elif child.type.endswith("_list"):
            yield from _specs(child, *types)


_KNOWN: WeakKeyDictionary[Repository, GoCode] = WeakKeyDictionary()


def go_code(repo: Repository) -> GoCode:
    """The Go packages of a repository, parsed once."""
    found = _KNOWN.get(repo)
    if found is None:
        found = _KNOWN[repo] = GoCode(repo)
    return found
