"""Manifests: one module per ecosystem, each a table of file patterns and readers.

A reader takes the repository and a path and yields facts whose scope is the manifest's folder.
It may raise ManifestError: the problem is recorded and the rest goes on.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from moxi_analyzer.guard import guarded
from moxi_analyzer.repository import Repository
from moxi_analyzer.roles import is_own
from moxi_core.records import Fact

# Module -> lower-case names or endings of the files that could concern it ("*": any). A module is
# imported only where there is such a file: most of a small run would be imports otherwise.
MODULES = {
    "python": "pyproject.toml setup.cfg setup.py pipfile environment.yml environment.yaml ~requirement .ipynb",
    "javascript": "package.json .nvmrc .node-version",
    "deno": "deno.json deno.jsonc jsr.json jsr.jsonc",
    "rust": "cargo.toml rust-toolchain rust-toolchain.toml",
    "go": "go.mod go.work",
    "maven": "pom.xml",
    "gradle": ".gradle .kts",
    "sbt": "build.sbt",
    "spring": ".properties .yml .yaml",
    "ant": ".xml manifest.mf",
    "dotnet": ".csproj .fsproj .vbproj .nuspec .sln .slnx global.json packages.config launchsettings.json",
    "unity": "projectversion.txt projectsettings.asset package.json manifest.json",
    "ruby": ".gemspec gemfile gems.rb",
    "rake": "rakefile rakefile.rb .rake",
    "php": "composer.json",
    "phpunit": "phpunit.xml phpunit.xml.dist phpunit.dist.xml",
    "cmake": "cmakelists.txt",
    "meson": "meson.build",
    "autotools": "configure.ac configure.in",
    "c_cpp": "cmakepresets.json vcpkg.json conanfile.py conanfile.txt library.properties platformio.ini makefile gnumakefile",
    "swift": "package.swift project.pbxproj",
    "podspec": "~.podspec",
    "storefront": "~description.txt subtitle.txt summary.txt",
    "dart": "pubspec.yaml melos.yaml",
    "elixir": "mix.exs",
    "haskell": ".cabal package.yaml cabal.project stack.yaml",
    "clojure": "project.clj deps.edn build.clj bb.edn shadow-cljs.edn",
    "docker": "*",
    "compose": ".yml .yaml",
    "infrastructure": "chart.yaml chart.yml .tf",
    "envfile": "*",
    "github": ".yml .yaml",
    "makefile": "makefile gnumakefile",
    "justfile": "justfile .justfile",
    "tasks": ".yml .yaml mise.toml .mise.toml config.toml ~magefile",
    "python_tasks": "tox.ini setup.cfg tox.toml pyproject.toml noxfile.py tasks.py",
    "shell": "*",
    "vim": "init.lua",
    "toolversions": ".tool-versions mise.toml .mise.toml config.toml .ruby-version .php-version",
}


@dataclass(frozen=True)
class Manifest:
    """A kind of manifest file: `folder` and `name` match the two parts of its posix path."""

    folder: str
    name: str
    read: Callable[[Repository, str], Iterator[Fact]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the whole path."""
        return re.compile(f"{self.folder}(?:{self.name})")

    def could_be(self, name: str) -> bool:
        """Whether some file called `name`, in a folder that fits, is one of these."""
        return "/" in self.name or re.fullmatch(self.name, name) is not None


def manifest(
    name: str, read: Callable[[Repository, str], Iterator[Fact]], *, folder: str = r"(.*/)?"
) -> Manifest:
    """A Manifest for files whose name matches the regular expression `name`, in any folder."""
    return Manifest(folder, name, read)


@dataclass(frozen=True)
class Reading:
    """What one reader told of one manifest, and the files that it asked for to tell it."""

    path: str
    facts: tuple[Fact, ...]
    asked: frozenset[str]


def read_manifests(repo: Repository) -> Iterator[Fact]:
    """Facts of every manifest that speaks for the project, nearest to the root first."""
    return (fact for reading in readings(repo) for fact in reading.facts)


def readings(repo: Repository) -> Iterator[Reading]:
    """Each reading of a manifest that speaks for the project, nearest to the root first."""
    table = _table(repo)
    named: dict[str, list[Manifest]] = {}
    for path in manifest_paths(repo, table):
        # Modules have files of the same few names: which entries one could be of is asked once.
        name = path[path.rfind("/") + 1 :]
        if name not in named:
            named[name] = [entry for entry in table if entry.could_be(name)]
        for entry in named[name]:
            if entry.pattern.fullmatch(path):
                repo.asked = set()
                reader = f"{entry.read.__module__}.{entry.read.__name__}"
                facts = tuple(guarded(repo, reader, path, entry.read(repo, path)))
                yield Reading(path, facts, frozenset(repo.asked))


def manifest_paths(repo: Repository, table: list[Manifest] | None = None) -> Iterator[str]:
    """Paths of the manifests that speak for the project, nearest to the root first."""
    any_manifest = _union(_table(repo) if table is None else table)
    paths = sorted((p for p in repo.files if is_own(p)), key=lambda p: (p.count("/"), p))
    return (path for path in paths if any_manifest.fullmatch(path))


def _table(repo: Repository) -> list[Manifest]:
    return [
        entry
        for module, files in MODULES.items()
        if repo.has_any(files)
        for entry in importlib.import_module(f"{__name__}.{module}").MANIFESTS
    ]


def _union(table: list[Manifest]) -> re.Pattern[str]:
    """Matches what any entry of the table does: one look a path, not one an entry."""
    names: dict[str, list[str]] = {}
    for entry in table:
        names.setdefault(entry.folder, []).append(entry.name)
    return re.compile("|".join(f"{folder}(?:{'|'.join(found)})" for folder, found in names.items()))
