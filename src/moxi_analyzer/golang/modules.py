"""go.mod files, and the packages of the modules that they define."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary, proxy

from moxi_analyzer.repository import Repository, folder_of, own
from moxi_core.patterns import lazy_pattern

_DIRECTIVE = lazy_pattern(
    r"\s*(module|go|toolchain|require|replace|exclude|tool|retract|use)\b(.*)"
)
_CLAUSE = lazy_pattern(rb"^package[ \t]+(\w+)", re.MULTILINE)
_IGNORED = lazy_pattern(rb"^//(?:go:build|\s*\+build)\s+ignore\b", re.MULTILINE)
_MAJOR = lazy_pattern(r"v[2-9]\d*|v1\d+")

# Folders whose programs serve the project's own developers, and names of such programs.
_BACKSTAGE = frozenset(
    "internal tool tools hack script scripts build ci dev misc mage magefiles docs doc release "
    "testing maintenance _tools utils util contrib benchmark fuzz".split()
)
_BACKSTAGE_NAME = lazy_pattern(
    r"(?:gen|generate|mk|update)(?:[-_].*)?|gen-?docs?|docgen|.*bench(?:mark)?"
)


@dataclass(frozen=True)
class Directive:
    """One line of a go.mod: `words` are what follows the verb, `comment` what follows `//`."""

    verb: str
    words: tuple[str, ...]
    comment: str
    line: int


@dataclass(frozen=True)
class Module:
    """A parsed go.mod. `folder` is where it stands."""

    folder: str
    directives: tuple[Directive, ...]

    def of(self, verb: str) -> Iterator[Directive]:
        """The directives of one verb, in order."""
        return (d for d in self.directives if d.verb == verb)

    @cached_property
    def path(self) -> str:
        """The module path; "" when the file names none."""
        return next((d.words[0] for d in self.of("module") if d.words), "")

    @property
    def is_public(self) -> bool:
        """Whether the path can be resolved by others: its first element is a host name."""
        return "." in self.path.partition("/")[0] and "/" in self.path


def parse_mod(text: str) -> tuple[Directive, ...]:
    """The directives of a go.mod or go.work file; a block gives one per line."""
    found: list[Directive] = []
    block = ""
    for number, line in enumerate(text.splitlines(), 1):
        code, _, comment = line.partition("//")
        if block:
            if code.strip() == ")":
                block = ""
            elif code.strip():
                found.append(Directive(block, _words(code), comment.strip(), number))
            continue
        matched = _DIRECTIVE.match(code)
        if matched and matched[2].strip() == "(":
            block = matched[1]
        elif matched:
            found.append(Directive(matched[1], _words(matched[2]), comment.strip(), number))
    return tuple(found)


def _words(code: str) -> tuple[str, ...]:
    return tuple(word.strip('"`') for word in code.split())


@dataclass(frozen=True)
class Folder:
    """The Go package of one folder, judged from its package clauses."""

    path: str
    name: str
    files: tuple[str, ...]


@dataclass
class Modules:
    """The modules of a repository and their packages."""

    repo: Repository
    by_folder: dict[str, Module] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in own(self.repo.named("go.mod")):
            text = self.repo.text(path)
            if text is not None:
                folder = folder_of(path)
                self.by_folder[folder] = Module(folder, parse_mod(text))

    def module_of(self, folder: str) -> Module | None:
        """The module that a folder is part of: that of the nearest go.mod above."""
        while True:
            if folder in self.by_folder:
                return self.by_folder[folder]
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def import_path(self, folder: str) -> str:
        """How code imports the package in `folder`; "" outside all modules."""
        module = self.module_of(folder)
        if module is None or not module.path:
            return ""
        inside = folder[len(module.folder) :].strip("/")
        return f"{module.path}/{inside}" if inside else module.path

    def folder_of_import(self, path: str) -> str | None:
        """The folder of an import path of this repository's own; None for others'."""
        best: tuple[int, str] | None = None
        for module in self.by_folder.values():
            if not module.path or not (path + "/").startswith(module.path + "/"):
                continue
            inside = path[len(module.path) :].strip("/")
            folder = posixpath.join(module.folder, inside).strip("/")
            if (best is None or len(module.path) > best[0]) and folder in self.repo.folders:
                best = (len(module.path), folder)
        return best[1] if best else None

    @cached_property
    def packages(self) -> dict[str, Folder]:
        """Every package of the project's own source by folder, tests left out."""
        files: dict[str, list[str]] = {}
        for path in self.repo.own_sources("go"):
            files.setdefault(folder_of(path), []).append(path)
        packages = (self._package(folder, paths) for folder, paths in files.items())
        return {p.path: p for p in packages if p is not None}

    def _package(self, folder: str, paths: list[str]) -> Folder | None:
        kept: list[str] = []
        name = ""
        for path in paths:
            content = self.repo.read(path)
            if content is None or _IGNORED.search(content[:2000]):
                continue
            found = _CLAUSE.search(content)
            if found:
                name = name or found[1].decode()
                kept.append(path)
        return Folder(folder, name, tuple(kept)) if name else None

    def mains(self) -> Iterator[Folder]:
        """Packages that build to programs which users run, nearest to the root first."""
        for folder in sorted(self.packages, key=lambda f: (f.count("/") + bool(f), f)):
            package = self.packages[folder]
            parts = folder.lower().split("/")
            if package.name != "main" or _BACKSTAGE.intersection(parts):
                continue
            if folder and _BACKSTAGE_NAME.fullmatch(parts[-1]):
                continue
            if any(part.startswith((".", "_")) for part in parts):
                continue
            yield package

    def programs(self, module: Module) -> list[Folder]:
        """The programs of one module."""
        return [p for p in self.mains() if self.module_of(p.path) is module]

    def libraries(self, module: Module) -> list[Folder]:
        """The packages of one module that other modules can import."""
        return [
            p
            for p in self.packages.values()
            if p.name != "main"
            and not self.is_internal(p.path)
            and self.module_of(p.path) is module
        ]

    def role(self, module: Module) -> tuple[str, Folder | None]:
        """library, binary or both; and the package that others import first."""
        libraries = self.libraries(module)
        root = next((p for p in libraries if p.path == module.folder), None)
        if not self.programs(module):
            nearest = min(libraries, key=lambda p: (p.path.count("/"), p.path), default=None)
            return "library", root or nearest
        if root is not None:
            return "both", root
        # Programs keep much of their inside under pkg/; only what is named for others is for them.
        name = program_name(module.path)
        offered = {"api", "sdk", "client", "lib", name, f"{name}lib"}
        at = f"{module.folder}/pkg/".lstrip("/")
        for package in libraries:
            if package.path.startswith(at) and package.path[len(at) :] in offered:
                return "both", package
        return "binary", None

    def program_name(self, folder: str) -> str:
        """The name of the executable that `go build` makes of a main package."""
        path = self.import_path(folder) or folder or self.repo.name
        return program_name(path)

    def is_internal(self, folder: str) -> bool:
        """Whether no other module may import the package in `folder`."""
        return "internal" in folder.split("/")


def program_name(import_path: str) -> str:
    """The last element of an import path that is not a major version."""
    parts = [part for part in import_path.split("/") if part]
    if len(parts) > 1 and _MAJOR.fullmatch(parts[-1]):
        parts.pop()
    return parts[-1] if parts else ""


_KNOWN: WeakKeyDictionary[Repository, Modules] = WeakKeyDictionary()


def modules_of(repo: Repository) -> Modules:
    """The modules of a repository, read once."""
    found = _KNOWN.get(repo)
    if found is None:
        # A proxy, so that the index does not keep its own key alive.
        found = _KNOWN[repo] = Modules(proxy(repo))
    return found
