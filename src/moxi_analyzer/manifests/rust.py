"""Cargo: packages, workspaces, targets, features, dependencies, aliases and toolchains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from moxi_analyzer.formats import as_dict, as_list, as_str, load_toml, one_line
from moxi_analyzer.manifests import manifest
from moxi_analyzer.manifests.cargo_layout import (
    Target,
    TomlLines,
    binaries,
    crate_doc,
    enabled_by_default,
    library,
)
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.prose import about
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = lazy_pattern(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_GROUPS = {
    "dependencies": "runtime",
    "dev-dependencies": "dev",
    "dev_dependencies": "dev",
    "build-dependencies": "build",
    "build_dependencies": "build",
}
_LINKS = {"homepage": "homepage", "repository": "repository", "documentation": "documentation"}
_UNPUBLISHED = {"", "0.0.0"}


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    # Members look up their workspace's manifest; it is parsed once, not once per member.
    return load_toml(text)


class _Cargo:
    """One Cargo.toml with what it inherits from its workspace."""

    def __init__(self, repo: Repository, path: str) -> None:
        self.repo, self.path, self.folder = repo, path, folder_of(path)
        text = repo.text(path) or ""
        self.data = _parsed(text)
        self.package = as_dict(self.data.get("package") or self.data.get("project"))
        self.lines = TomlLines(text)
        self.workspace = self._find_workspace()

    def _find_workspace(self) -> dict[str, Any]:
        if "workspace" in self.data:
            return as_dict(self.data["workspace"])
        places = [as_str(self.package.get("workspace"))] if "workspace" in self.package else []
        folders = [join(self.folder, place) for place in places]
        folder = self.folder
        while folder:
            folder = folder_of(folder)
            folders.append(folder)
        for folder in folders:
            text = self.repo.text(join(folder, "Cargo.toml"))
            if text and "[workspace" in text:
                return as_dict(_parsed(text).get("workspace"))
        return {}

    def value(self, key: str) -> Any:
        """A package key, taken from the workspace where the manifest says so."""
        found = self.package.get(key)
        if isinstance(found, dict) and found.get("workspace") is True:
            return as_dict(self.workspace.get("package")).get(key)
        return found

    def at(self, *keys: str) -> Evidence:
        """Where a key stands, or the nearest table around it."""
        return Evidence(path=self.path, line=self.lines.at(*keys))

    def fact(
        self, kind: Any, value: str, evidence: Evidence, text: str = "", **detail: str
    ) -> Fact:
        """A fact in this manifest's scope; empty details are left out."""
        return Fact(
            kind=kind,
            value=value,
            evidence=evidence,
            scope=self.folder,
            text=one_line(text),
            detail={key: value for key, value in detail.items() if value},
        )


def _read_cargo(repo: Repository, path: str) -> Iterator[Fact]:
    cargo = _Cargo(repo, path)
    name = as_str(cargo.package.get("name"))
    metadata = as_dict(cargo.package.get("metadata"))
    if _NAME.fullmatch(name) and not metadata.get("cargo-fuzz"):
        yield from _package(cargo, name)
        yield from _metadata(cargo, "package")
        yield from _targets(cargo, name)
        yield from _features(cargo)
        yield from _dependencies(cargo)
    elif "workspace" in cargo.data and not cargo.package:
        yield from _virtual_workspace(cargo)


def _virtual_workspace(cargo: _Cargo) -> Iterator[Fact]:
    """A workspace without a package of its own, and the values that its members share."""
    yield cargo.fact(
        "package",
        cargo.repo.name,
        cargo.at("workspace"),
        ecosystem="rust",
        manager="cargo",
        role="workspace",
        private="true",
    )
    shared = as_dict(cargo.workspace.get("package"))
    if shared:
        cargo.package = shared
        yield from _metadata(cargo, "workspace", "package")


def _package(cargo: _Cargo, name: str) -> Iterator[Fact]:
    lib = library(cargo.repo, cargo.folder, cargo.data, name)
    bins = binaries(cargo.repo, cargo.folder, cargo.data, name)
    role = "both" if lib and bins else "library" if lib else "binary" if bins else ""
    publish = cargo.value("publish")
    private = publish is False or publish == []
    elsewhere = isinstance(publish, list) and "crates-io" not in publish
    unpublished = as_str(cargo.value("version")) in _UNPUBLISHED or _needs_siblings(cargo)
    # An extension of the Zed editor is built from its repository.
    unpublished = unpublished or "zed_extension_api" in as_dict(cargo.data.get("dependencies"))
    yield cargo.fact(
        "package",
        name,
        cargo.at("package", "name"),
        as_str(cargo.value("description")),
        ecosystem="rust",
        registry="" if private or elsewhere or unpublished else "crates.io",
        manager="cargo",
        role=role,
        private="true" if private else "",
        **{"import": lib.name if lib else ""},
    )
    for target in (lib, *bins):
        found = crate_doc(cargo.repo.text(target.path) or "") if target else None
        paragraph = about(found.text) if found else None
        if target and found and paragraph:
            line = found.line_of(paragraph.offset)
            yield replace(
                cargo.fact("about", paragraph.text, Evidence(path=target.path, line=line)),
                detail={"from": "crate"},
                text="",
            )
            return


def _needs_siblings(cargo: _Cargo) -> bool:
    """Whether it depends on a path without a version, which no registry accepts."""
    for group in ("dependencies", "build-dependencies"):
        for name, spec in as_dict(cargo.data.get(group)).items():
            resolved = _dependency(cargo, name, spec)
            if "path" in resolved and "version" not in resolved:
                return True
    return False


def _metadata(cargo: _Cargo, *table: str) -> Iterator[Fact]:
    """Version, description, license, links, keywords, authors, minimum Rust version."""
    description = as_str(cargo.value("description"))
    if description:
        place = cargo.at(*table, "description")
        yield cargo.fact("description", one_line(description), place, **{"from": "manifest"})
    version = as_str(cargo.value("version"))
    if version and version != "0.0.0":
        yield cargo.fact("version", version, cargo.at(*table, "version"))
    rust = as_str(cargo.value("rust-version"))
    if rust:
        yield cargo.fact("requirement", "Rust", cargo.at(*table, "rust-version"), version=rust)
    license_ = as_str(cargo.value("license"))
    if license_:
        place = cargo.at(*table, "license")
        yield cargo.fact("license", stated(license_), place, **{"from": "manifest"})
    for key, rel in _LINKS.items():
        url = as_str(cargo.value(key))
        if url.startswith(("https://", "http://")):
            yield cargo.fact("link", url, cargo.at(*table, key), rel=rel)
    for key in ("keywords", "categories"):
        for word in map(as_str, as_list(cargo.value(key))):
            if word:
                yield cargo.fact("keyword", word, cargo.at(*table, key))
    for author in map(as_str, as_list(cargo.value("authors"))):
        person = re.sub(r"\s*[<(][^>)]*[>)]\s*", " ", author).strip()
        if person and "@" not in person:
            yield cargo.fact("person", person, cargo.at(*table, "authors"), role="author")


def _targets(cargo: _Cargo, name: str) -> Iterator[Fact]:
    default = enabled_by_default(as_dict(cargo.data.get("features")))
    for target in binaries(cargo.repo, cargo.folder, cargo.data, name):
        yield cargo.fact(
            "bin",
            target.name,
            _target_place(cargo, target),
            target=target.path.removeprefix(cargo.folder + "/"),
            ecosystem="rust",
            # What `cargo install` must be told, or it builds no such program.
            features=", ".join(f for f in target.features if f not in default),
        )


def _target_place(cargo: _Cargo, target: Target) -> Evidence:
    if target.number is not None:
        return cargo.at("bin", str(target.number), "name")
    return Evidence(path=target.path, line=1)


def _features(cargo: _Cargo) -> Iterator[Fact]:
    features = as_dict(cargo.data.get("features"))
    default = enabled_by_default(features)
    brought = {name: [as_str(v) for v in as_list(value)] for name, value in features.items()}
    named = {v.removeprefix("dep:") for values in brought.values() for v in values if "dep:" in v}
    for name, spec in as_dict(cargo.data.get("dependencies")).items():
        # An optional dependency that no feature names with `dep:` is itself a feature.
        if as_dict(spec).get("optional") is True and name not in named:
            brought.setdefault(name, [f"dep:{name}"])
    for name, values in brought.items():
        if name == "default" or name.startswith("_"):
            continue
        explicit = name in features
        place = ("features", name) if explicit else ("dependencies", name)
        yield cargo.fact(
            "extra",
            name,
            cargo.at(*place),
            cargo.lines.comment(*place) if explicit else "",
            ecosystem="rust",
            default="true" if name in default else "",
            packages=", ".join(dict.fromkeys(filter(None, values))),
        )


def _dependency(cargo: _Cargo, name: str, spec: Any) -> dict[str, Any]:
    """One dependency's table, completed from the workspace's."""
    own = {"version": spec} if isinstance(spec, str) else as_dict(spec)
    if own.get("workspace") is not True:
        return own
    shared = as_dict(cargo.workspace.get("dependencies")).get(name)
    return {**({"version": shared} if isinstance(shared, str) else as_dict(shared)), **own}


def _dependencies(cargo: _Cargo) -> Iterator[Fact]:
    tables: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), cargo.data)]
    for target, table in as_dict(cargo.data.get("target")).items():
        tables.append((("target", target), as_dict(table)))
    for prefix, table in tables:
        for key, group in _GROUPS.items():
            for name, spec in as_dict(table.get(key)).items():
                resolved = _dependency(cargo, name, spec)
                optional = group == "runtime" and resolved.get("optional") is True
                yield cargo.fact(
                    "dependency",
                    as_str(resolved.get("package")) or name,
                    cargo.at(*prefix, key, name),
                    version=as_str(resolved.get("version")),
                    group="optional" if optional else group,
                    ecosystem="rust",
                )


def _read_config(repo: Repository, path: str) -> Iterator[Fact]:
    """Aliases in .cargo/config.toml: `cargo xtask` and the like."""
    text = repo.text(path) or ""
    lines = TomlLines(text)
    for name, value in as_dict(_parsed(text).get("alias")).items():
        words = [as_str(w) for w in as_list(value)] or [as_str(value)]
        command = " ".join(filter(None, words))
        if command and re.fullmatch(r"[\w-]+", name):
            yield Fact(
                kind="script",
                value=name,
                evidence=Evidence(path=path, line=lines.at("alias", name)),
                scope=folder_of(folder_of(path)),
                text=one_line(f"cargo {command}"),
                detail={"run": f"cargo {name}"},
            )


def _read_toolchain(repo: Repository, path: str) -> Iterator[Fact]:
    """rust-toolchain(.toml): the compiler that building here uses; `stable` asks for nothing."""
    text = repo.text(path) or ""
    if "[toolchain]" in text:
        channel = as_str(as_dict(_parsed(text).get("toolchain")).get("channel"))
        line = TomlLines(text).at("toolchain", "channel")
    else:
        channel, line = text.strip(), 1
    if re.fullmatch(r"\d+\.\d+(\.\d+)?|nightly(-[\d-]+)?|beta", channel):
        yield Fact(
            kind="requirement",
            value="Rust",
            evidence=Evidence(path=path, line=line),
            scope=folder_of(path),
            detail={"version": channel, "from": "toolchain"},
        )


MANIFESTS = (
    manifest(r"Cargo\.toml", _read_cargo),
    manifest(r"\.cargo/config(\.toml)?", _read_config),
    manifest(r"rust-toolchain(\.toml)?", _read_toolchain),
)
