"""CocoaPods: podspecs, written in Ruby or in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_str, load_json, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_FIELD = lazy_pattern(
    r"^\s*\w+\.(?P<key>name|version|summary|homepage|swift_versions?|documentation_url)\s*=\s*"
    r"(?P<quote>[\"'])(?P<value>[^\"'\n]*)(?P=quote)",
    re.MULTILINE,
)
# `s.ios.deployment_target = "9.0"`, `s.platform = :ios, "9.0"`, `s.platforms = { :ios => "9.0" }`
_TARGET = lazy_pattern(
    r"^\s*\w+\.(?:(?P<key>ios|osx|macos|tvos|watchos|visionos)\.deployment_target\s*=\s*"
    r"|platforms?\s*=\s*(?P<listed>[:{][^#\n}]*))(?:[\"'](?P<version>\d[\d.]*)[\"'])?",
    re.MULTILINE,
)
_LISTED = lazy_pattern(
    r":?[\"']?(?P<key>ios|osx|macos|tvos|watchos|visionos)\b[\"']?\s*(?:,|=>|:)\s*[\"'](?P<version>\d[\d.]*)[\"']"
)
_PLATFORMS = {
    "ios": "iOS", "osx": "macOS", "macos": "macOS", "tvos": "tvOS", "watchos": "watchOS", "visionos": "visionOS",
}  # fmt: skip
_KEYS = ("name", "version", "summary", "homepage", "documentation_url", "swift_version")
_LINKS = {"homepage": "homepage", "documentation_url": "documentation"}

# key -> (value, line)
_Fields = dict[str, tuple[str, int]]


def _ruby(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    found: _Fields = {}
    for match in _FIELD.finditer(text):
        value = match["value"].strip()
        if value and "#{" not in value:
            line = text.count("\n", 0, match.start("key")) + 1
            found.setdefault(match["key"].replace("versions", "version"), (value, line))
    for match in _TARGET.finditer(text):
        line = text.count("\n", 0, match.start()) + match[0].count("\n") + 1
        one = [match] if match["key"] and match["version"] else []
        for said in one or _LISTED.finditer(match["listed"] or ""):
            found.setdefault(said["key"], (said["version"], line))
    yield from _facts(repo, path, found)


def _json(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    values, lines = as_dict(load_json(text)), Lines(text)
    if not as_str(values.get("name")):
        raise ManifestError("no podspec: it has no name")
    found = {
        key: (as_str(values[key]), lines.find(rf"\"{key}\"\s*:"))
        for key in _KEYS
        if as_str(values.get(key))
    }
    for key, value in as_dict(values.get("platforms")).items():
        if as_str(value):
            found[key] = (as_str(value), lines.find(rf"\"{key}\"\s*:"))
    yield from _facts(repo, path, found)


def _facts(repo: Repository, path: str, found: _Fields) -> Iterator[Fact]:
    def fact(kind: Any, value: str, line: int, text: str = "", **detail: str) -> Fact:
        place = Evidence(path=path, line=line)
        scope = folder_of(path)
        return Fact(kind=kind, value=value, evidence=place, scope=scope, text=text, detail=detail)

    summary, line = found.get("summary", ("", 0))
    if summary:
        yield fact("description", one_line(summary), line, **{"from": "manifest"})
    if "name" in found:
        name, at = found["name"]
        yield fact(
            "package", name, at, one_line(summary),
            ecosystem=_ecosystem(repo, path), registry="cocoapods", manager="cocoapods",
            role="library", **{"import": name.replace("-", "_")},
        )  # fmt: skip
    if "version" in found:
        yield fact("version", *found["version"])
    for key, rel in _LINKS.items():
        if key in found and found[key][0].startswith("http"):
            yield fact("link", *found[key], rel=rel)
    if "swift_version" in found:
        version, at = found["swift_version"]
        yield fact("requirement", "Swift", at, version=version)
    for key in [key for key in _PLATFORMS if key in found]:
        version, at = found[key]  # of the pod: a package beside it may ask for another one
        yield fact("requirement", _PLATFORMS[key], at, version=version, ecosystem="cocoapods")


def _ecosystem(repo: Repository, path: str) -> str:
    """Where a Swift package stands beside the pod, that speaks for the project."""
    beside = any(repo.has(join(f, "Package.swift")) for f in ("", folder_of(path)))
    return "cocoapods" if beside else "swift"


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[^/]+\.podspec", _ruby),
    manifest(r"[^/]+\.podspec\.json", _json),
)
