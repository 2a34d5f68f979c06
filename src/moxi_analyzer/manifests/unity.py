"""Unity: the editor version and the name of a game, and packages for its package manager."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import Lines, as_dict, as_str, load_json
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_EDITOR = lazy_pattern(r"m_EditorVersion:\s*(\d[\w.]*)\s*")
_NAME = lazy_pattern(r"\s*productName:\s*([^\s#][^#\n]*?)\s*")


def read_version(repo: Repository, path: str) -> Iterator[Fact]:
    """The editor that a project is made with."""
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        found = _EDITOR.fullmatch(line)
        if found:
            yield Fact(
                kind="requirement",
                value="Unity",
                evidence=Evidence(path=path, line=number),
                scope=folder_of(folder_of(path)),
                detail={"version": found[1]},
            )


def read_settings(repo: Repository, path: str) -> Iterator[Fact]:
    """The game that a project builds."""
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        found = _NAME.fullmatch(line)
        if found:
            yield Fact(
                kind="package",
                value=found[1],
                evidence=Evidence(path=path, line=number),
                scope=folder_of(folder_of(path)),
                detail={"ecosystem": "unity", "role": "binary", "private": "true"},
            )
            return


def read_package(repo: Repository, path: str) -> Iterator[Fact]:
    """The editor that a package for Unity's package manager asks for."""
    text = repo.text(path) or ""
    if '"unity"' not in text:
        return
    version = as_str(as_dict(load_json(text)).get("unity"))
    if re.fullmatch(r"\d+(?:\.\d+)*", version):
        yield Fact(
            kind="requirement",
            value="Unity",
            evidence=Evidence(path=path, line=Lines(text).json("unity")),
            scope=folder_of(path),
            detail={"version": version},
        )


def read_dependencies(repo: Repository, path: str) -> Iterator[Fact]:
    """Packages that a project takes from Unity's registry."""
    text = repo.text(path) or ""
    lines = Lines(text)
    for name, version in as_dict(as_dict(load_json(text)).get("dependencies")).items():
        if not name.startswith("com.unity.modules.") and re.match(r"\d", as_str(version)):
            yield Fact(
                kind="dependency",
                value=name,
                evidence=Evidence(path=path, line=lines.json("dependencies", name)),
                scope=folder_of(folder_of(path)),
                detail={"ecosystem": "unity", "group": "runtime", "version": as_str(version)},
            )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"ProjectVersion\.txt", read_version, folder=r"(.*/)?ProjectSettings/"),
    manifest(r"ProjectSettings\.asset", read_settings, folder=r"(.*/)?ProjectSettings/"),
    manifest(r"package\.json", read_package),
    manifest(r"manifest\.json", read_dependencies, folder=r"(.*/)?Packages/"),
)
