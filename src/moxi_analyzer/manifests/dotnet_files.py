""".NET files beside the projects: solutions, nuspecs, global.json, launchSettings.json."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import Lines, as_dict, as_str, load_json, one_line
from moxi_analyzer.manifests.xml_document import XmlDocument, text_at
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_PROJECT = lazy_pattern(r'["\']([^"\'\n]+\.(?:cs|fs|vb)proj)["\']')
_TEST_NAME = lazy_pattern(r"(?:.*[._-])?\w*(?:Tests?|Specs?)(?:[._-].*)?", re.IGNORECASE)
_PORT = lazy_pattern(r"https?://[^:/\s;]+:(\d{2,5})")
_TOKEN = lazy_pattern(r"\$\w+\$")


def read_solution(repo: Repository, path: str) -> Iterator[Fact]:
    """How the solution nearest to the root is built and tested."""
    scope = folder_of(path)
    if path != _main_solution(repo):
        return
    projects = _PROJECT.findall(repo.text(path) or "")
    names = [re.split(r"[/\\]", project)[-1].rpartition(".")[0] for project in projects]
    # In the root with one solution and no project beside it, dotnet finds it by itself.
    alone = not scope and sum(p.endswith((".sln", ".slnx", "proj")) for p in repo.inside("")) == 1
    target = "" if alone else f" {path}"
    has_tests = any(map(_TEST_NAME.fullmatch, names))
    for purpose, wanted in (("build", bool(projects)), ("test", has_tests)):
        if wanted:
            yield Fact(
                kind="test_command",
                value=f"dotnet {purpose}{target}",
                evidence=Evidence(path=path),
                detail={"purpose": purpose, "from": "convention"},
            )


def _main_solution(repo: Repository) -> str:
    """The one solution at the shallowest place; "" when several stand there."""
    found = sorted(
        (path.count("/"), path)
        for path, entry in repo.files.items()
        if path.endswith((".sln", ".slnx")) and entry.role in {"source", "config"}
    )
    nearest = [path for depth, path in found if depth == found[0][0]]
    return nearest[0] if len(nearest) == 1 else ""


def read_nuspec(repo: Repository, path: str) -> Iterator[Fact]:
    """The package that a .nuspec describes."""
    document = XmlDocument(path, repo.text(path) or "")
    metadata = document.root.find("metadata")
    name = text_at(metadata, "id")
    if metadata is None or not name or _TOKEN.search(name) or "choco" in path.lower():
        return  # Chocolatey has the same files for another registry
    scope = folder_of(path)
    words = text_at(metadata, "description") or text_at(metadata, "summary")
    words = "" if _TOKEN.search(words) else one_line(words)
    yield Fact(
        kind="package",
        value=name,
        evidence=document.at(metadata.find("id")),
        scope=scope,
        text=words,
        detail={"ecosystem": "nuget", "registry": "nuget", "manager": "dotnet", "role": "library"},
    )
    if words:
        place = document.at(metadata.find("description"))
        yield Fact(
            kind="description",
            value=words,
            evidence=place,
            scope=scope,
            detail={"from": "manifest"},
        )
    version = text_at(metadata, "version")
    if re.fullmatch(r"\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?", version) and not version.startswith("0.0.0"):
        yield Fact(
            kind="version",
            value=version,
            evidence=document.at(metadata.find("version")),
            scope=scope,
        )
    url = text_at(metadata, "projectUrl")
    if re.fullmatch(r"https?://\S+", url):
        place = document.at(metadata.find("projectUrl"))
        yield Fact(kind="link", value=url, evidence=place, scope=scope, detail={"rel": "homepage"})


def read_global_json(repo: Repository, path: str) -> Iterator[Fact]:
    """The SDK that the build asks for."""
    text = repo.text(path) or ""
    sdk = as_dict(as_dict(load_json(text)).get("sdk"))
    version = as_str(sdk.get("version"))
    if re.match(r"\d+\.\d", version):
        yield Fact(
            kind="requirement",
            value=".NET SDK",
            evidence=Evidence(path=path, line=Lines(text).json("sdk", "version")),
            scope=folder_of(path),
            detail={"version": version},
        )


def read_packages_config(repo: Repository, path: str) -> Iterator[Fact]:
    """Dependencies of a project of the old style."""
    document = XmlDocument(path, repo.text(path) or "")
    for entry in document.root.iter("package"):
        name = entry.get("id", "")
        if re.fullmatch(r"[\w.-]+", name):
            group = "build" if entry.get("developmentDependency") == "true" else "runtime"
            yield Fact(
                kind="dependency",
                value=name,
                evidence=document.at(entry),
                scope=folder_of(path),
                detail={"ecosystem": "nuget", "group": group, "version": entry.get("version", "")},
            )


def read_launch_settings(repo: Repository, path: str) -> Iterator[Fact]:
    """Ports on which `dotnet run` serves."""
    text = repo.text(path) or ""
    profiles = as_dict(as_dict(load_json(text)).get("profiles"))
    lines = Lines(text)
    for profile in map(as_dict, profiles.values()):
        if as_str(profile.get("commandName")) != "Project":
            continue
        for port in _PORT.findall(as_str(profile.get("applicationUrl"))):
            yield Fact(
                kind="port",
                value=port,
                evidence=Evidence(path=path, line=lines.find(rf"applicationUrl.*:{port}\b")),
                scope=folder_of(folder_of(path)),
                detail={"from": "code"},
            )
