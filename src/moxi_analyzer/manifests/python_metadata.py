"""What Python manifests say, whatever their format: one record, made into facts in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from moxi_analyzer.formats import as_str, one_line
from moxi_analyzer.manifests.python_layout import (
    about_of,
    has_public_names,
    import_name,
    manager_of,
    published,
)
from moxi_analyzer.meta.spdx import expression
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = lazy_pattern(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = lazy_pattern(r"[<>=!~][^()]*")
# What nearly all requirements are; the library that reads the others takes long to import.
PLAIN_REQUIREMENT = lazy_pattern(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
    r"(?P<versions> ?(?:[<>=!]=|[<>]) ?[0-9]{1,9}(?:\.[0-9]{1,9}){0,4}"
    r"(?:, ?(?:[<>=!]=|[<>]) ?[0-9]{1,9}(?:\.[0-9]{1,9}){0,4}){0,4})?"
)
_TARGET = lazy_pattern(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?")
_URL = lazy_pattern(r"https?://[^\s<>\"']+")
_PERSON = lazy_pattern(r"[^<>@{}\[\]|=]{2,80}")
_PLACEHOLDER = lazy_pattern(r"your[ _-]?name|john doe|jane doe|todo|example|author", re.IGNORECASE)
_DEV_GROUP = lazy_pattern(
    r"dev|test|lint|doc|typing|types|mypy|check|style|format|build|release|ci$|bench|coverage|quality"
)
_RELS = (
    ("issues", r"issue|bug|tracker|report"),
    ("changelog", r"change|release|history|news|what'?s.?new"),
    ("documentation", r"doc|read.?the|manual|guide|tutorial"),
    ("repository", r"source|repo|code|git|develop"),
    ("funding", r"fund|sponsor|donat"),
    ("chat", r"chat|discord|slack|gitter|matrix|community"),
    ("demo", r"demo|playground"),
    ("homepage", r"home|web|site|url|landing|project"),
)
_SPDX_BY_CLASSIFIER = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
}


@dataclass
class Metadata:
    """The fields of one manifest; `line` tells where a field, or an item of it, stands."""

    path: str
    line: Callable[[str, str], int]
    name: str = ""
    version: str = ""
    version_at: Evidence | None = None
    description: str = ""
    requires_python: str = ""
    license: str = ""
    readme: bool = False
    builds: bool = True
    private: bool = False
    people: list[tuple[str, str]] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    classifiers: list[str] = field(default_factory=list)
    urls: list[tuple[str, str]] = field(default_factory=list)
    scripts: dict[str, str] = field(default_factory=dict)
    programs: dict[str, str] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    dependencies: list[str] = field(default_factory=list)
    extras: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def metadata_facts(repo: Repository, data: Metadata) -> Iterator[Fact]:
    """All facts that a manifest's metadata states."""
    scope = folder_of(data.path)

    def fact(kind: Any, value: str, field_name: str, text: str = "", **detail: str) -> Fact:
        return Fact(
            kind=kind,
            value=value,
            evidence=Evidence(path=data.path, line=data.line(field_name, value)),
            scope=scope,
            text=text,
            detail={key: one_line(item) for key, item in detail.items() if item},
        )

    yield from _package(repo, data, fact)
    for name, target in data.scripts.items():
        if _NAME.fullmatch(name):
            yield fact("bin", name, "scripts", ecosystem="python", target=target)
    for name, path in data.programs.items():
        if _NAME.fullmatch(name):
            target = join(scope, path)
            yield fact("bin", name, "programs", ecosystem="python", target=target)
    if data.requires_python:
        yield fact("requirement", "Python", "requires-python", version=data.requires_python)
    yield from _dependencies(data, fact)
    license_ = expression(data.license) or _classified_license(data.classifiers)
    if license_:
        yield fact("license", license_, "license", **{"from": "manifest"})
    for name, role in data.people:
        if _PERSON.fullmatch(name) and not _PLACEHOLDER.fullmatch(name):
            yield fact("person", name, f"{role}s", role=role)
    for label, url in data.urls:
        if _URL.fullmatch(url):
            yield fact("link", url, "urls", one_line(label), rel=rel_of(label, url))
    for word in data.keywords:
        if 1 < len(word) <= 40:
            yield fact("keyword", word, "keywords")


def _package(repo: Repository, data: Metadata, fact: Callable[..., Fact]) -> Iterator[Fact]:
    scope = folder_of(data.path)
    description = one_line(data.description)
    module = import_name(repo, scope, data.name, data.packages) if data.name else None
    if _NAME.fullmatch(data.name):
        private = data.private or any("Do Not Upload" in c for c in data.classifiers)
        evident = published(repo, data.name, bool(data.classifiers or data.urls or data.readme))
        role = "library"
        if data.scripts or data.programs:
            role = "both" if module and has_public_names(repo, module[1]) else "binary"
        yield fact(
            "package",
            data.name,
            "name",
            description,
            ecosystem="python",
            registry="pypi" if data.builds and evident and not private else "",
            manager=manager_of(repo, scope),
            role=role,
            private="true" if private else "",
            **{"import": module[0] if module else ""},
        )
    if description:
        yield fact("description", description, "description", **{"from": "manifest"})
    if data.version:
        found = fact("version", data.version, "version")
        yield replace(found, evidence=data.version_at or found.evidence)
    if module:
        yield from about_of(repo, module[1], scope)


def _dependencies(data: Metadata, fact: Callable[..., Fact]) -> Iterator[Fact]:
    def dependency(name: str, version: str, table: str, group: str) -> Iterator[Fact]:
        version = version or data.versions.get(name, "")
        if name != data.name:  # `demo[all]` among demo's own extras
            yield fact("dependency", name, table, version=version, group=group, ecosystem="python")

    for name, version in requirements(data.dependencies):
        yield from dependency(name, version, "dependencies", "runtime")
    for extra, items in data.extras.items():
        found = list(requirements(items))
        if _NAME.fullmatch(extra):
            packages = ", ".join(name for name, _ in found)
            yield fact("extra", extra, "extras", ecosystem="python", packages=packages)
        group = "dev" if _DEV_GROUP.match(extra) else "optional"
        for name, version in found:
            yield from dependency(name, version, "extras", group)
    for items in data.groups.values():
        for name, version in requirements(items):
            yield from dependency(name, version, "groups", "dev")


def requirements(items: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, version as written) of each requirement that names a package."""
    for item in items:
        text = item.split(" #")[0].strip()
        plain = PLAIN_REQUIREMENT.fullmatch(text)
        found = (plain["name"], bool(plain["versions"])) if plain else _requirement(text)
        if found is None:
            continue
        name, is_versioned = found
        written = _VERSION.search(text.partition(";")[0]) if is_versioned else None
        yield name, re.sub(r"\s+", "", written[0]) if written else ""


def _requirement(text: str) -> tuple[str, bool] | None:
    """The name of a requirement of any form, and whether it asks for a version."""
    from packaging.requirements import InvalidRequirement, Requirement  # late: slow to import

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    return requirement.name, bool(requirement.specifier)


def split_entry(line: str) -> tuple[str, str] | None:
    """(name, target) of a `name = module:function` entry point; None if it is none."""
    name, equals, target = line.partition("=")
    target = target.partition("[")[0].strip()
    return (name.strip(), target) if equals and _TARGET.fullmatch(target) else None


def entry_table(table: dict[str, Any]) -> dict[str, str]:
    """The entries of a scripts table whose targets are plain entry points."""
    entries = ((name, as_str(target).partition("[")[0].strip()) for name, target in table.items())
    return {name: target for name, target in entries if _TARGET.fullmatch(target)}


def rel_of(label: str, url: str) -> str:
    """What a link of a manifest leads to, by its label."""
    lower = label.lower()
    for rel, pattern in _RELS:
        if re.search(pattern, lower):
            return rel
    return "repository" if re.search(r"//(github|gitlab)\.com/[^/]+/[^/]+/?$", url) else ""


def _classified_license(classifiers: list[str]) -> str:
    found = {
        spdx_id
        for classifier in classifiers
        if classifier.startswith("License ::")
        and (spdx_id := _SPDX_BY_CLASSIFIER.get(classifier.rpartition("::")[2].strip()))
    }
    return found.pop() if len(found) == 1 else ""
