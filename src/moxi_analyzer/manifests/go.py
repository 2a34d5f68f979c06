"""Go: go.mod, go.work and GoReleaser files, and the packages that a module holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import as_dict, as_list, as_str, load_yaml, one_line
from moxi_analyzer.golang.comments import package_comment, prose
from moxi_analyzer.golang.modules import (
    Folder,
    Module,
    Modules,
    modules_of,
    parse_mod,
    program_name,
)
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_PROGRAMS = 40
_RELEASER = r"\.?goreleaser\.ya?ml"
_VERSION = lazy_pattern(
    r"^[ \t]*(?:const\s+|var\s+)?(?P<name>[A-Za-z]*[vV]ersion|VERSION)\s*(?:string\s*)?=\s*"
    r"\"v?(?P<version>\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?)\"\s*(?://.*)?$",
    re.MULTILINE,
)
_ABOUT_A_FILE = lazy_pattern(r"Package main\b|(?:Package \w+ )?\S+\.go\b")
_VERSION_NAMES = lazy_pattern(r"(?i)(app|current|cli|program|this)?version")
_VERSION_FOLDERS = lazy_pattern(r"(?:.*/)?(?:version|build|buildinfo|meta|info|constants?)")


def _module(repo: Repository, path: str) -> Iterator[Fact]:
    modules = modules_of(repo)
    module = modules.by_folder.get(folder_of(path))
    if module is None:
        raise ManifestError("not readable as text")
    for directive in module.of("go"):
        if directive.words:
            yield Fact(
                kind="requirement",
                value="Go",
                evidence=Evidence(path=path, line=directive.line),
                scope=module.folder,
                detail={"version": directive.words[0]},
            )
    if module.path:
        yield from _package(repo, modules, module, path)
    yield from _dependencies(module, path)


def _package(repo: Repository, modules: Modules, module: Module, path: str) -> Iterator[Fact]:
    own = [p for f, p in modules.packages.items() if modules.module_of(f) is module]
    mains, libraries = modules.programs(module), modules.libraries(module)
    role, imported = modules.role(module)
    at = Evidence(path=path, line=next(d.line for d in module.of("module")))
    detail = {"ecosystem": "go", "manager": "go", "role": role}
    if module.is_public:
        detail["registry"] = "go"
    else:
        detail["private"] = "true"
    if imported and role != "binary":
        detail["import"] = modules.import_path(imported.path)
    detail.update(_homebrew(repo, module.folder))
    yield Fact(kind="package", value=module.path, evidence=at, scope=module.folder, detail=detail)
    yield from _bins(repo, modules, module, mains)
    yield from _about(repo, module, mains, libraries)
    yield from _version(repo, module, mains, own)


def _bins(
    repo: Repository, modules: Modules, module: Module, mains: list[Folder]
) -> Iterator[Fact]:
    changed = next(iter([*module.of("replace"), *module.of("exclude")]), None)
    for package in mains[:_MAX_PROGRAMS]:
        inside = package.path[len(module.folder) :].strip("/")
        detail = {"target": f"./{inside}" if inside else ".", "ecosystem": "go"}
        if module.is_public:
            detail["install"] = modules.import_path(package.path)
            if changed is not None:
                # `go install path@latest` refuses modules whose go.mod changes other modules.
                detail["installable"] = "false"
        yield Fact(
            kind="bin",
            value=modules.program_name(package.path),
            evidence=_main_place(repo, package),
            scope=module.folder,
            detail=detail,
        )


def _main_place(repo: Repository, package: Folder) -> Evidence:
    for path in package.files:
        found = repo.evidence(path, r"^func main\(\)")
        if found.line:
            return found
    return Evidence(path=package.files[0])


def _about(
    repo: Repository, module: Module, mains: list[Folder], libraries: list[Folder]
) -> Iterator[Fact]:
    """Prose from the comment of the root package, or of the program that the module is named for."""
    name = program_name(module.path)
    root = [p for p in libraries if p.path == module.folder]
    programs = [p for p in mains if p.path in {module.folder} or p.path.rpartition("/")[2] == name]
    for package in [*root, *programs]:
        comment = package_comment(repo, package)
        text = prose(comment[0]) if comment else ""
        if comment and text and not _ABOUT_A_FILE.match(text):
            yield Fact(
                kind="about",
                value=text,
                evidence=comment[1],
                scope=module.folder,
                detail={"from": "package comment"},
            )
            return


def _version(
    repo: Repository, module: Module, mains: list[Folder], own: list[Folder]
) -> Iterator[Fact]:
    """A version that stands as a literal, if there is one only and it is plainly the program's."""
    places = {module.folder, *(p.path for p in mains)}
    found: dict[str, Evidence] = {}
    for package in own:
        near = package.path in places or package.path.rpartition("/")[2] == "cmd"
        if not near and not _VERSION_FOLDERS.fullmatch(package.path):
            continue
        for path in package.files:
            for match in _VERSION.finditer(repo.text(path) or ""):
                if _is_the_version(match["name"], module, mains):
                    line = (repo.text(path) or "")[: match.start("name")].count("\n") + 1
                    found.setdefault(match["version"], Evidence(path=path, line=line))
    if len(found) == 1:
        for version, at in found.items():
            yield Fact(kind="version", value=version, evidence=at, scope=module.folder)


def _is_the_version(name: str, module: Module, mains: list[Folder]) -> bool:
    if _VERSION_NAMES.fullmatch(name):
        return True
    programs = {module.path.rpartition("/")[2], *(p.path.rpartition("/")[2] for p in mains)}
    return name.lower().removesuffix("version") in {p.lower() for p in programs if p}


def _dependencies(module: Module, path: str) -> Iterator[Fact]:
    for directive in module.of("require"):
        if len(directive.words) >= 2 and not directive.comment.startswith("indirect"):
            yield _dependency(module, path, directive.words[0], directive.line, directive.words[1])
    for directive in module.of("tool"):
        if directive.words:
            yield _dependency(module, path, directive.words[0], directive.line, "")


def _dependency(module: Module, path: str, name: str, line: int, version: str) -> Fact:
    detail = {"ecosystem": "go", "group": "runtime" if version else "dev"}
    if version:
        detail["version"] = version
    return Fact(
        kind="dependency",
        value=name,
        evidence=Evidence(path=path, line=line),
        scope=module.folder,
        detail=detail,
    )


def _workspace(repo: Repository, path: str) -> Iterator[Fact]:
    for directive in parse_mod(repo.text(path) or ""):
        if directive.verb == "go" and directive.words:
            yield Fact(
                kind="requirement",
                value="Go",
                evidence=Evidence(path=path, line=directive.line),
                scope=folder_of(path),
                detail={"version": directive.words[0]},
            )


# GoReleaser


def _homebrew(repo: Repository, folder: str) -> dict[str, str]:
    """The Homebrew formula that a release publishes, as `brew install` names it."""
    for path in repo.inside(folder):
        if re.fullmatch(_RELEASER, path.rpartition("/")[2]):
            try:
                config = as_dict(load_yaml(repo.text(path) or ""))
            except ManifestError:
                return {}
            formula = _formula(config)
            return {"homebrew": formula} if formula else {}
    return {}


def _formula(config: dict[str, object]) -> str:
    for key in ("brews", "homebrew_casks"):
        for entry in as_list(config.get(key)):
            brew = as_dict(entry)
            tap = as_dict(brew.get("repository") or brew.get("tap"))
            owner, repository = as_str(tap.get("owner")), as_str(tap.get("name"))
            name = as_str(brew.get("name")) or as_str(config.get("project_name"))
            parts = (owner, repository.removeprefix("homebrew-"), name)
            if all(re.fullmatch(r"[\w.-]+", part) for part in parts):
                return "/".join(parts)
    return ""


def _releaser(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    config = as_dict(load_yaml(text))
    if as_str(as_dict((as_list(config.get("builds")) or [None])[0]).get("builder")) in {
        "rust",
        "zig",
    }:
        return
    scope = folder_of(path)
    for key in ("nfpms", "brews", "homebrew_casks", "snapcrafts", "scoops", "aurs"):
        for entry in as_list(config.get(key)):
            said = one_line(as_str(as_dict(entry).get("description")))
            if said and "{{" not in said:
                at = repo.evidence(path, r"^\s*-?\s*description:")
                yield Fact(
                    kind="description",
                    value=said,
                    evidence=at,
                    scope=scope,
                    detail={"from": "goreleaser"},
                )
                break
        else:
            continue
        break
    yield from _images(repo, path, config, scope)


def _images(repo: Repository, path: str, config: dict[str, object], scope: str) -> Iterator[Fact]:
    names: dict[str, None] = {}
    for key in ("dockers", "docker_manifests", "dockers_v2"):
        for entry in as_list(config.get(key)):
            docker = as_dict(entry)
            listed = [*as_list(docker.get("image_templates")), *as_list(docker.get("images"))]
            for image in [*map(as_str, listed), as_str(docker.get("name_template"))]:
                name = re.sub(r":[^/]*$", "", re.sub(r":\{\{.*", "", image))
                if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", name):
                    names.setdefault(name)
    for name in names:
        yield Fact(
            kind="image",
            value=name,
            evidence=repo.evidence(path, re.escape(name)),
            scope=scope,
            detail={"from": "goreleaser"},
        )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"go\.mod", _module),
    manifest(r"go\.work", _workspace),
    manifest(_RELEASER, _releaser),
)
