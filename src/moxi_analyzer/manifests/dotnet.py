""".NET: projects that make packages, tools and programs, with what their properties say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.dotnet_files import (
    read_global_json,
    read_launch_settings,
    read_nuspec,
    read_packages_config,
    read_solution,
)
from moxi_analyzer.manifests.msbuild import Project, load_project
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_TEST_PACKAGES = frozenset(
    "microsoft.net.test.sdk xunit xunit.v3 nunit mstest mstest.testframework tunit benchmarkdotnet".split()
)
_NO_PRODUCT = lazy_pattern(
    r"(?:.*[._-])?(?:(?:Unit|Integration|Functional|Performance|Stress|Acceptance)?Tests?|Benchmarks?|Specs?"
    r"|Samples?|Examples?|Demos?|Playground|TestHelpers?|TestUtilit\w+|Testing\.Internal)(?:[._-].*)?",
    re.IGNORECASE,
)
_BUILD_PROJECT = lazy_pattern(
    r"_?build|.*\.(?:SourceGenerators?|Generators?|Analyzers?(?:\.Internal)?)", re.I
)
_BUILD_FOLDER = lazy_pattern(
    r"(?:build|eng|scripts?|docfx|\.github|\.config|tools/build)/", re.IGNORECASE
)
_FRAMEWORK = lazy_pattern(
    r"(?:(?P<standard>netstandard)|(?P<core>netcoreapp)|net)(?P<version>\d+(?:\.\d+)*)(?:-(?P<platform>\w+?)[\d.]*)?"
)
_OLD_FRAMEWORK = lazy_pattern(r"v(\d+(?:\.\d+)*)")
_SERVER_SDK = lazy_pattern(r"Microsoft\.NET\.Sdk\.(?:Web|Worker|BlazorWebAssembly)|Aspire\.AppHost")
_PUSHES = lazy_pattern(
    r"dotnet\s+(?:pack|nuget\s+push)|nuget(?:\.exe)?\s+push|DotNetPack|NuGetPush", re.I
)
_PACKAGING_PLACE = lazy_pattern(
    r"\.github/workflows/[^/]+\.ya?ml|[^/]*\.(?:cake|ps1|sh|cmd)|(?:build|eng|scripts)/[^/]+\.(?:cs|cake|ps1|sh)"
    r"|azure-pipelines\.ya?ml|appveyor\.ya?ml|\.gitlab-ci\.yml|build\.cs"
)
# 0.0.0, 999.9.9 and suffixes such as -dev stand for a version that the build puts in.
_VERSION = lazy_pattern(r"(?!0\.0\.0|99)\d+(?:\.\d+){1,3}(?:-(?!dev|local|noversion)[\w.]+)?")
_TEST_FOLDER = lazy_pattern(r"(?:.*/)?(?:[tT]ests?[-_.][^/]*|Test(?:[A-Z]\w*)?(?:\.[^/]*)?)/.*")
_NAMED = lazy_pattern(r"<PackageId\b")
_URL = lazy_pattern(r"https?://[^\s<>\"]+")


def read_project(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of one .csproj, .fsproj or .vbproj."""
    project = load_project(repo, path)
    if _is_for_developers(project):
        return
    yield from _package(repo, project)
    yield from _requirements(project)
    yield from _dependencies(project)
    yield from _about(project)


def _is_for_developers(project: Project) -> bool:
    """Tests, benchmarks, samples and build helpers, which nobody installs."""
    if project.says("IsTestProject") or _TEST_FOLDER.fullmatch(project.path):
        return True
    if _NO_PRODUCT.fullmatch(project.stem) or re.search(r"(?:^|\.)Test[A-Z]", project.stem):
        return True
    is_helper = _BUILD_PROJECT.fullmatch(project.stem) or _BUILD_FOLDER.match(project.path)
    if is_helper and not project.value("PackageTags", "PackAsTool", "GeneratePackageOnBuild"):
        return True
    return any(p.certain and p.name.lower() in _TEST_PACKAGES for p in project.packages)


def is_program(project: Project) -> bool:
    """Whether building the project gives something that runs."""
    sdk = project.document.root.get("Sdk", "")
    kind = project.value("OutputType").lower()
    return kind in {"exe", "winexe"} or (not kind and bool(_SERVER_SDK.search(sdk)))


def _is_packable(repo: Repository, project: Project) -> bool:
    """Whether the project is made to be had from NuGet."""
    names = {package.name.lower() for package in project.packages}
    if project.says("IsPackable") is False or "microsoft.vssdk.buildtools" in names:
        return False
    if project.says("PackAsTool"):
        return True
    if not project.value("PackageId", "AssemblyName") and _NAMED.search(project.document.text):
        return False  # a name that is set only under conditions is not known
    own_id = project.properties.get("packageid")
    stated = project.says("GeneratePackageOnBuild") or project.says("IsPackable")
    if is_program(project):
        return bool(own_id)
    if stated or (own_id and own_id[1].path == project.path):
        return True
    nuspec = f"{folder_of(project.path)}/{project.stem}.nuspec".lstrip("/")
    described = bool(project.value("Description", "PackageTags", "PackageLicenseExpression"))
    return repo.has(nuspec) or (described and _packs(repo))


def _packs(repo: Repository) -> bool:
    """Whether a workflow or build script of the repository packs or pushes NuGet packages."""
    return any(
        _PUSHES.search(repo.text(path) or "") for path in repo.find(_PACKAGING_PLACE.pattern)
    )


def _package(repo: Repository, project: Project) -> Iterator[Fact]:
    scope = folder_of(project.path)
    assembly = project.value("AssemblyName") or project.stem
    packable, program = _is_packable(repo, project), is_program(project)
    tool = bool(packable and project.says("PackAsTool"))
    name = (project.value("PackageId") if packable else "") or assembly
    words = one_line(
        project.value("Description", "PackageDescription") if packable or program else ""
    )
    root = project.value("RootNamespace") or assembly
    detail = {
        "ecosystem": "nuget",
        "registry": "nuget" if packable else "",
        "manager": "dotnet",
        "role": "binary" if program else "library",
        "private": "true" if project.says("IsPackable") is False else "",
        "import": "" if program else root,
        "tool": "true" if tool else "",
        "project": project.path,
    }
    yield Fact(
        kind="package",
        value=name,
        evidence=project.at("PackageId", "AssemblyName")
        if packable
        else project.at("AssemblyName"),
        scope=scope,
        text=words,
        detail={key: value for key, value in detail.items() if value},
    )
    version = project.value("Version", "PackageVersion", "VersionPrefix")
    if _VERSION.fullmatch(version):
        where = project.at("Version", "PackageVersion", "VersionPrefix")
        yield Fact(kind="version", value=version, evidence=where, scope=scope)
    if program:
        command = project.value("ToolCommandName") if tool else ""
        is_sdk_style = bool(project.document.root.get("Sdk"))
        place = f" --project {scope}" if scope else ""
        run = f"dotnet run{place}" if is_sdk_style and not tool else ""
        detail = {"target": project.path, "ecosystem": "nuget", "run": run}
        yield Fact(
            kind="bin",
            value=command or assembly,
            evidence=project.at("ToolCommandName", "AssemblyName", "OutputType"),
            scope=scope,
            detail={key: value for key, value in detail.items() if value},
        )


def _requirements(project: Project) -> Iterator[Fact]:
    """One requirement for each family of frameworks: the lowest version that is built for."""
    names: tuple[str, ...] = ("TargetFrameworks", "TargetFramework")
    families: dict[str, list[str]] = {}
    for written in re.split(r"[;\s]+", project.value(*names))[:20]:
        found = _FRAMEWORK.fullmatch(written.strip())
        if not found:
            continue
        version = found["version"]
        if found["standard"]:
            family = ".NET Standard"
        elif "." not in version and not found["core"]:
            family, version = ".NET Framework", ".".join(version)
        else:
            family = ".NET"
        families.setdefault(family, []).append(version)
    old = _OLD_FRAMEWORK.fullmatch(project.value("TargetFrameworkVersion"))
    if old and not families:
        families, names = {".NET Framework": [old[1]]}, ("TargetFrameworkVersion",)
    for family, versions in families.items():
        ordered = sorted(set(versions), key=lambda v: [int(part) for part in v.split(".")])
        detail = {"version": ordered[0]} | ({"versions": ", ".join(ordered)} if ordered[1:] else {})
        yield Fact(
            kind="requirement",
            value=family,
            evidence=project.at(*names),
            scope=folder_of(project.path),
            detail=detail,
        )


def _dependencies(project: Project) -> Iterator[Fact]:
    for package in project.packages:
        detail = {"ecosystem": "nuget", "group": "build" if package.private else "runtime"}
        if package.version:
            detail["version"] = package.version
        yield Fact(
            kind="dependency",
            value=package.name,
            evidence=package.place,
            scope=folder_of(project.path),
            detail=detail,
        )


def _about(project: Project) -> Iterator[Fact]:
    """Description, licence, people, links and tags, each of the folder of the file that says it."""

    def fact(kind: FactKind, value: str, place: Evidence, **detail: str) -> Fact:
        scope = folder_of(place.path)
        return Fact(kind=kind, value=value, evidence=place, scope=scope, detail=detail)

    words = one_line(project.value("Description", "PackageDescription"))
    if words:
        yield fact(
            "description",
            words,
            project.at("Description", "PackageDescription"),
            **{"from": "manifest"},
        )
    licence = project.value("PackageLicenseExpression")
    if re.fullmatch(r"[\w.+() -]{2,80}", licence):
        yield fact(
            "license",
            stated(licence),
            project.at("PackageLicenseExpression"),
            **{"from": "manifest"},
        )
    for author in split_list(re.sub(r"\([^)]*\)", "", project.value("Authors"))):
        if "@" not in author and author != project.value("PackageId", "AssemblyName"):
            yield fact("person", author, project.at("Authors"), role="author")
    for name, rel in (("PackageProjectUrl", "homepage"), ("RepositoryUrl", "repository")):
        url = project.value(name).removesuffix(".git")
        if _URL.fullmatch(url):
            yield fact("link", url, project.at(name), rel=rel)
    for tag in split_list(project.value("PackageTags"), spaces=True):
        yield fact("keyword", tag, project.at("PackageTags"))


def split_list(text: str, *, spaces: bool = False) -> list[str]:
    """The entries of a NuGet list: between semicolons or commas, else (with `spaces`) spaces."""
    parts = re.split(r"[;,]", text) if re.search(r"[;,]", text) or not spaces else text.split()
    return [" ".join(part.split()) for part in parts if part.strip() and len(part) < 80][:20]


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[^/]+\.(?:cs|fs|vb)proj", read_project),
    manifest(r"[^/]+\.nuspec", read_nuspec),
    manifest(r"[^/]+\.slnx?", read_solution),
    manifest(r"global\.json", read_global_json),
    manifest(r"packages\.config", read_packages_config),
    manifest(r"launchSettings\.json", read_launch_settings, folder=r"(.*/)?Properties/"),
)


def is_library(repo: Repository, path: str) -> bool:
    """Whether the project at `path` is a library made for others."""
    try:
        project = load_project(repo, path)
    except ManifestError:
        return False
    return (
        not _is_for_developers(project) and not is_program(project) and _is_packable(repo, project)
    )
