"""What the manifests of a repository say, read with standard parsers only."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import yaml

from .tree import TEST, Tree

MAKE_TARGET = re.compile(r"^([A-Za-z0-9_./%$(){} -]+?)\s*::?(?!=)(?:[^=]|$)", re.MULTILINE)
JUST_RECIPE = re.compile(r"^@?([A-Za-z_][\w-]*)(?:\s[^:=]*)?:(?!=)", re.MULTILINE)
BIN_FILE = r"(?:^|/)(?:(?:bin|exe|sbin|src/bin)/([\w-]+)(?:\.\w+)?|cmd/([\w-]+)/main\.go)$"
QUOTED = r"[\"']([^\"']+)[\"']"


def plain(name: str) -> str:
    """Package names are compared as PyPI compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class Project:
    """Names, scripts, targets and services that the manifests define."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def _json(self, path: str) -> dict[str, Any]:
        try:
            return as_dict(json.loads(self.tree.read(path)))
        except ValueError:
            return {}

    def _toml(self, path: str) -> dict[str, Any]:
        try:
            return tomllib.loads(self.tree.read(path))
        except tomllib.TOMLDecodeError:
            return {}

    def _yaml(self, path: str) -> dict[str, Any]:
        try:
            return as_dict(yaml.safe_load(self.tree.read(path)))
        except (yaml.YAMLError, ValueError, RecursionError):
            return {}

    @cached_property
    def npm(self) -> dict[str, dict[str, Any]]:
        """Every package.json by its folder ("" is the root)."""
        found = {p.rpartition("/")[0]: self._json(p) for p in self.tree.named("package.json")}
        return {folder: data for folder, data in found.items() if data}

    @cached_property
    def pyproject(self) -> dict[str, dict[str, Any]]:
        found = self.tree.named("pyproject.toml")
        return {p.rpartition("/")[0]: self._toml(p) for p in found}

    @cached_property
    def cargo(self) -> dict[str, dict[str, Any]]:
        return {p.rpartition("/")[0]: self._toml(p) for p in self.tree.named("Cargo.toml")}

    @cached_property
    def go_modules(self) -> dict[str, str]:
        """Module path by folder."""
        found = {}
        for path in self.tree.named("go.mod"):
            match = re.search(r"^module\s+\"?([^\s\"]+)", self.tree.read(path), re.MULTILINE)
            if match:
                found[path.rpartition("/")[0]] = match[1]
        return found

    @cached_property
    def scripts(self) -> dict[str, set[str]]:
        """package.json scripts by folder."""
        return {f: set(as_dict(d.get("scripts"))) for f, d in self.npm.items()}

    @cached_property
    def composer_scripts(self) -> set[str]:
        found: set[str] = set()
        for path in self.tree.named("composer.json"):
            found |= set(as_dict(self._json(path).get("scripts")))
        return found

    @cached_property
    def npm_dependencies(self) -> set[str]:
        found: set[str] = set()
        for data in self.npm.values():
            for key in ("dependencies", "devDependencies", "peerDependencies"):
                found |= set(as_dict(data.get(key)))
        return found

    @cached_property
    def makefiles(self) -> dict[str, set[str]]:
        """Targets of every makefile, by folder."""
        found: dict[str, set[str]] = {}
        names = self.tree.named("Makefile", "makefile", "GNUmakefile", "Makefile.am", "Makefile.in")
        for path in [*names, *self.tree.suffixed(".mk", ".mak")]:
            targets = found.setdefault(path.rpartition("/")[0], set())
            text = self.tree.read(path).replace("\\\n", " ")
            for match in MAKE_TARGET.finditer(text):
                targets.update(match[1].split())
            for match in re.finditer(r"^\s*\.PHONY\s*:(.*)$", text, re.MULTILINE):
                targets.update(match[1].split())
        return found

    @cached_property
    def just_recipes(self) -> set[str]:
        found: set[str] = set()
        names = self.tree.named("justfile", "Justfile", ".justfile")
        for path in [*names, *self.tree.suffixed(".just")]:
            if TEST.search(path):
                continue
            text = self.tree.read(path)
            found.update(JUST_RECIPE.findall(text))
            found.update(re.findall(r"^alias\s+([\w-]+)", text, re.MULTILINE))
        return found

    @cached_property
    def task_names(self) -> set[str]:
        found: set[str] = set()
        for path in self.tree.named("Taskfile.yml", "Taskfile.yaml", "taskfile.yml"):
            found |= {str(name) for name in as_dict(self._yaml(path).get("tasks"))}
        return found

    @cached_property
    def compose_services(self) -> set[str]:
        found: set[str] = set()
        for path in self.compose_files:
            found |= {str(name) for name in as_dict(self._yaml(path).get("services"))}
        return found

    @cached_property
    def compose_files(self) -> list[str]:
        name = re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*\.ya?ml$")
        return [path for path in self.tree.files if name.search(path)]

    @cached_property
    def docker_files(self) -> list[str]:
        name = re.compile(r"(?:^|/)(?:Dockerfile|Containerfile)[\w.-]*$|\.Dockerfile$")
        return [path for path in self.tree.files if name.search(path)]

    def _manifest_texts(self, *suffixes: str) -> Iterator[tuple[str, str]]:
        for path in self.tree.suffixed(*suffixes):
            if not TEST.search(path):
                yield path, self.tree.read(path)

    def _matches(self, pattern: str, *suffixes: str) -> set[str]:
        expression = re.compile(pattern, re.MULTILINE)
        return {
            match
            for _, text in self._manifest_texts(*suffixes)
            for match in expression.findall(text)
        }

    @cached_property
    def packages(self) -> dict[str, set[str]]:
        """Published names by registry."""
        npm = {str(d["name"]) for d in self.npm.values() if d.get("name") and not d.get("private")}
        crates = [as_dict(d.get("package")) for d in self.cargo.values()]
        composer = [self._json(p).get("name") for p in self.tree.named("composer.json")]
        assembly = r"<(?:PackageId|AssemblyName)>\s*([\w.-]+)"
        projects = self.tree.suffixed(".csproj", ".fsproj", ".nuspec")
        return {
            "PyPI": self._python_names(),
            "npm": npm,
            "crates.io": {
                str(c["name"]) for c in crates if c.get("publish") is not False and "name" in c
            },
            "Go modules": set(self.go_modules.values()),
            "RubyGems": self._matches(rf"\.name\s*=\s*{QUOTED}", ".gemspec")
            | {
                p.rsplit("/", 1)[-1].removesuffix(".gemspec")
                for p in self.tree.suffixed(".gemspec")
            },
            "Packagist": {str(name) for name in composer if name},
            "NuGet": self._matches(assembly, ".csproj", ".fsproj", ".props", ".nuspec")
            | {p.rsplit("/", 1)[-1].rsplit(".", 1)[0] for p in projects},
            "pub.dev": self._matches(r"^name:\s*[\"']?([\w-]+)", "pubspec.yaml"),
            "Hex": self._matches(r"\bapp:\s*:(\w+)", "mix.exs"),
            "Hackage": self._matches(r"(?i)^name:\s*(\S+)", ".cabal")
            | self._matches(r"^name:\s*[\"']?([\w-]+)", "package.yaml"),
            "Clojars": self._matches(r"\(defproject\s+([^\s\")]+)", "project.clj")
            | {f"{g}/{a}" for g, a in self._coordinates()},
            "Maven Central": {f"{g}:{a}" for g, a in self._coordinates()},
        }

    def _python_names(self) -> set[str]:
        found = set()
        for data in self.pyproject.values():
            poetry = as_dict(as_dict(data.get("tool")).get("poetry"))
            for table in (as_dict(data.get("project")), poetry):
                if table.get("name"):
                    found.add(plain(str(table["name"])))
        names = self._matches(r"^name\s*=\s*([\w.-]+)\s*$", "setup.cfg")
        names |= self._matches(rf"\bname\s*=\s*{QUOTED}", "setup.py")
        names |= self._matches(rf"^\s*(?:NAME|PROJECT|name)\s*=\s*{QUOTED}", "setup.py")
        return found | {plain(name) for name in names}

    def _coordinates(self) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for _, text in self._manifest_texts("pom.xml"):
            head = re.sub(r"<(dependenc|build|plugin|profile)\w*>.*", "", text, flags=re.DOTALL)
            group = re.findall(r"<groupId>\s*([^<\s]+)", head)
            parent = re.sub(r"<parent>.*?</parent>", "", head, flags=re.DOTALL)
            own = re.findall(r"<groupId>\s*([^<\s]+)", parent)
            artifact = re.findall(r"<artifactId>\s*([^<\s]+)", parent)
            if artifact and (own or group):
                found.add(((own or group)[0], artifact[0]))
        return found

    @cached_property
    def names(self) -> set[str]:
        """Every published name, normalised."""
        return {plain(name) for names in self.packages.values() for name in names}

    @cached_property
    def bins(self) -> set[str]:
        """Commands that the project installs or ships."""
        found: set[str] = set()
        for data in self.npm.values():
            entry = data.get("bin")
            name = str(data.get("name", ""))
            found |= (
                set(entry)
                if isinstance(entry, dict)
                else {name.rsplit("/", 1)[-1]}
                if entry
                else set()
            )
        found |= self._python_bins() | self._cargo_bins() | self._file_bins()
        for folder, module in self.go_modules.items():
            here = [p for p in self.tree.suffixed(".go") if p.rpartition("/")[0] == folder]
            if any(self.tree.read(p).lstrip().startswith("package main") for p in here):
                found.add(re.sub(r"/v\d+$", "", module).rsplit("/", 1)[-1])
        if any(":main" in text for _, text in self._manifest_texts("project.clj")):
            found |= {name.rsplit("/", 1)[-1] for name in self.packages["Clojars"]}
        found |= self._matches(r"(?i)^\s*executable\s+([\w.-]+)", ".cabal")
        found |= self._matches(rf"executable(?:Target)?\s*\(\s*name:\s*{QUOTED}", "Package.swift")
        found |= self._matches(r"<ToolCommandName>\s*([\w.-]+)", ".csproj", ".props")
        found |= self._matches(r"(?i)add_executable\s*\(\s*([\w.-]+)", "CMakeLists.txt")
        found |= self._matches(r"^bin_PROGRAMS\s*=\s*([\w.-]+)", "Makefile.am")
        found |= self._matches(r"\bescript:\s*\[.*?name:\s*[:\"](\w+)", "mix.exs")
        found |= self._matches(r"<finalName>\s*([\w.-]+)", "pom.xml")
        for _, text in self._manifest_texts("pubspec.yaml"):
            block = re.search(r"^executables:\n((?:[ \t]+.*\n?)+)", text, re.MULTILINE)
            found |= set(re.findall(r"^\s+([\w-]+):", block[1], re.MULTILINE)) if block else set()
        examples = re.compile(r"(?:^|/)examples?/([\w-]+)/", re.IGNORECASE)
        shown = {match[1] for path in self.tree.files if (match := examples.search(path))}
        return {name for name in found if name and name not in shown}

    def _python_bins(self) -> set[str]:
        found: set[str] = set()
        for data in self.pyproject.values():
            poetry = as_dict(as_dict(data.get("tool")).get("poetry"))
            for table in (as_dict(data.get("project")), poetry):
                found |= set(as_dict(table.get("scripts"))) | set(as_dict(table.get("gui-scripts")))
        for _, text in self._manifest_texts("setup.cfg", "setup.py"):
            _, _, rest = text.partition("console_scripts")
            block = re.split(r"\]|\n\S|\n\s*\n", rest)[0] if rest else ""
            found |= set(re.findall(r"([\w.-]+)\s*=\s*[\w.]+\s*:\s*\w+", block))
        return found

    def _cargo_bins(self) -> set[str]:
        found: set[str] = set()
        for folder, data in self.cargo.items():
            bins = data.get("bin")
            found |= (
                {str(b["name"]) for b in bins if "name" in b} if isinstance(bins, list) else set()
            )
            if self.tree.exists(f"{folder}/src/main.rs"):
                found.add(str(as_dict(data.get("package")).get("name", "")))
        return found

    def _file_bins(self) -> set[str]:
        """bin/x, exe/x, cmd/x and src/bin/x.rs."""
        found = set()
        for path in self.tree.files:
            match = re.search(BIN_FILE, path)
            if match and not TEST.search(path):
                found.add(match[1] or match[2])
        return found

    @cached_property
    def crate_features(self) -> set[str]:
        return {str(f) for d in self.cargo.values() for f in as_dict(d.get("features"))}

    @cached_property
    def remote(self) -> str:
        """owner/name of the origin remote, where the tree is a clone."""
        config = self.tree.root / ".git" / "config"
        text = config.read_text("utf-8", "replace") if config.is_file() else ""
        match = re.search(
            r"url\s*=\s*\S+?[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", text, re.MULTILINE
        )
        return match[1].lower() if match else ""
