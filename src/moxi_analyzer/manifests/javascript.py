"""package.json: packages, their programs, scripts, dependencies, people and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moxi_analyzer.formats import as_dict, as_list, as_str, load_json, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.json_lines import key_lines
from moxi_analyzer.manifests.npm_packages import (
    NAME,
    is_extension,
    is_library,
    is_own_package,
    registry_of,
)
from moxi_analyzer.manifests.npm_scripts import for_people, purposes, run_line
from moxi_analyzer.manifests.vscode import contributions, translated
from moxi_analyzer.manifests.workspaces import manager_of, package_json, workspace_of
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_ECOSYSTEM = {"ecosystem": "javascript"}
_GROUPS = {
    "dependencies": "runtime",
    "peerDependencies": "peer",
    "optionalDependencies": "optional",
    "devDependencies": "dev",
}
_ENGINES = {
    "node": ("Node.js", ""),
    "npm": ("npm", "npm"),
    "pnpm": ("pnpm", "pnpm"),
    "yarn": ("Yarn", "yarn"),
    "bun": ("Bun", ""),
    "deno": ("Deno", ""),
    "vscode": ("Visual Studio Code", ""),
    "electron": ("Electron", ""),
}
_PERSON = lazy_pattern(r"\s*([^<(]*?)\s*(?:<[^>]*>)?\s*(?:\(([^)]*)\))?\s*")
_SHORT_URL = lazy_pattern(r"(?:(github|gitlab|bitbucket):)?([\w.-]+/[\w.-]+)")
_SSH_URL = lazy_pattern(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")
_MAX_DEPENDENCIES = 500
_MAX_PEOPLE = 60


@dataclass
class _Package:
    """One package.json while it is read."""

    repo: Repository
    path: str
    data: dict[str, Any]
    lines: dict[tuple[str, ...], int]
    folder: str = field(init=False)

    def __post_init__(self) -> None:
        self.folder = folder_of(self.path)

    def fact(
        self,
        kind: FactKind,
        value: str,
        *keys: str,
        text: str = "",
        detail: dict[str, str] | None = None,
    ) -> Fact:
        """A fact of this package, proved by the line of the nested `keys`."""
        detail = {k: v for k, v in (detail or {}).items() if v}
        line = self.lines.get(keys, 0)
        evidence = Evidence(path=self.path, line=line)
        return Fact(
            kind=kind, value=value, evidence=evidence, scope=self.folder, text=text, detail=detail
        )


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path)
    if text is None:
        return
    data = load_json(text)
    if not isinstance(data, dict):
        raise ManifestError("not a JSON object")
    package = _Package(repo, path, as_dict(data), key_lines(text))
    if not is_own_package(repo, package.folder, package.data):
        return
    for part in (
        _identity, _bins, _scripts, _requirements, _dependencies, _license, _people, _links
    ):  # fmt: skip
        yield from part(package)
    yield from contributions(package.data, package.fact, package.repo, package.folder)


def _identity(package: _Package) -> Iterator[Fact]:
    data, repo = package.data, package.repo
    description = one_line(translated(as_str(data.get("description")), repo, package.folder))
    name = as_str(data.get("name"))
    registry = registry_of(package.repo, package.folder, package.data)
    detail = {
        **_ECOSYSTEM,
        "registry": registry,
        "manager": manager_of(repo, package.folder),
        "role": _role(package),
        "private": "" if registry else "true",
        "import": name if registry and is_library(data) else "",
        "display_name": as_str(data.get("displayName")) if is_extension(data) else "",
        "extension": f"{as_str(data.get('publisher'))}.{name}" if is_extension(data) else "",
    }
    shown = name or package.folder.rpartition("/")[2] or repo.name
    yield package.fact("package", shown, "name", text=description, detail=detail)
    if description:
        yield package.fact("description", description, "description", detail={"from": "manifest"})
    version = as_str(data.get("version"))
    if re.match(r"\d", version) and not version.startswith("0.0.0"):
        yield package.fact("version", version, "version")
    for position, keyword in enumerate(as_list(data.get("keywords"))[:60]):
        if as_str(keyword):
            yield package.fact("keyword", as_str(keyword), "keywords", str(position))


def _role(package: _Package) -> str:
    data = package.data
    workspace = workspace_of(package.repo, package.folder)
    if workspace and workspace.folder == package.folder and data.get("private"):
        return "workspace"
    has_bin = bool(data.get("bin") or as_str(as_dict(data.get("directories")).get("bin")))
    if has_bin:
        return "both" if any(data.get(k) for k in ("exports", "module", "types")) else "binary"
    return (
        "library"
        if is_library(data) and registry_of(package.repo, package.folder, package.data)
        else ""
    )


def _bins(package: _Package) -> Iterator[Fact]:
    declared = package.data.get("bin")
    if isinstance(declared, str):
        # A scoped package's program has the name without the scope.
        name = as_str(package.data.get("name")).rpartition("/")[2]
        if name and declared:
            yield _bin(package, name, declared, "bin")
        return
    for name, target in as_dict(declared).items():
        if as_str(target) and name:
            yield _bin(package, name.rpartition("/")[2], as_str(target), "bin", name)
    folder = as_str(as_dict(package.data.get("directories")).get("bin"))
    if folder and not declared:
        inside = join(package.folder, folder)
        for path in package.repo.inside(inside) if inside else ():
            name = path.rpartition("/")[2]
            if not name.startswith("."):
                yield _bin(package, name, f"{folder}/{name}", "directories", "bin")


def _bin(package: _Package, name: str, target: str, *keys: str) -> Fact:
    target = join(package.folder, target) or target
    return package.fact("bin", name, *keys, detail={"target": target, **_ECOSYSTEM})


def _scripts(package: _Package) -> Iterator[Fact]:
    declared = as_dict(package.data.get("scripts"))
    scripts = {name: one_line(as_str(command), 500) for name, command in declared.items()}
    manager = manager_of(package.repo, package.folder)
    wanted = dict(for_people(scripts))
    for name, command in list(wanted.items())[:200]:
        detail = {"run": run_line(manager, name)}
        yield package.fact("script", name, "scripts", name, text=command, detail=detail)
    for purpose, name in purposes(set(wanted)):
        detail = {"purpose": purpose, "from": "manifest"}
        yield package.fact("test_command", run_line(manager, name), "scripts", name, detail=detail)


def _requirements(package: _Package) -> Iterator[Fact]:
    engines = as_dict(package.data.get("engines"))
    for engine, (name, manager) in _ENGINES.items():
        version = as_str(engines.get(engine))
        if version and version != "*" and "please" not in version.lower():
            detail = {"version": version, "manager": manager}
            yield package.fact("requirement", name, "engines", engine, detail=detail)
    tool, _, version = as_str(package.data.get("packageManager")).partition("@")
    known = _ENGINES.get(tool)
    if known and tool not in engines and not package.folder:
        detail = {"version": version.partition("+")[0], "manager": tool}
        yield package.fact("requirement", known[0], "packageManager", detail=detail)


def _dependencies(package: _Package) -> Iterator[Fact]:
    seen: set[str] = set()
    optional_peers = as_dict(package.data.get("peerDependenciesMeta"))
    for key, group in _GROUPS.items():
        entries = as_dict(package.data.get(key))
        for name, wanted in list(entries.items())[:_MAX_DEPENDENCIES]:
            if name in seen or not NAME.fullmatch(name):
                continue
            seen.add(name)
            version = as_str(wanted)
            # `workspace:*`, `catalog:`, `file:…`: tell nothing outside of the repository.
            detail = {"version": "" if ":" in version else version, "group": group, **_ECOSYSTEM}
            if group == "peer" and as_dict(optional_peers.get(name)).get("optional") is True:
                detail["optional"] = "true"
            yield package.fact("dependency", name, key, name, detail=detail)


def _license(package: _Package) -> Iterator[Fact]:
    declared = package.data.get("license") or package.data.get("licence")
    value = as_str(declared) or as_str(as_dict(declared).get("type"))
    if not value:
        old = [as_str(as_dict(item).get("type")) for item in as_list(package.data.get("licenses"))]
        value = " OR ".join(filter(None, old))
    value = value.strip("()")
    if value and "UNLICENSED" not in value.upper() and not value.upper().startswith("SEE "):
        key = "license" if "license" in package.data else "licenses"
        yield package.fact("license", stated(value), key, detail={"from": "manifest"})


def _people(package: _Package) -> Iterator[Fact]:
    found: list[tuple[Any, str, tuple[str, ...]]] = [
        (package.data.get("author"), "author", ("author",))
    ]
    for key, role in (
        ("authors", "author"), ("maintainers", "maintainer"), ("contributors", "contributor")
    ):  # fmt: skip
        people = as_list(package.data.get(key))[:_MAX_PEOPLE]
        found += [(person, role, (key, str(at))) for at, person in enumerate(people)]
    for person, role, keys in found:
        name, url = _person(person)
        if name and "@" not in name:
            yield package.fact("person", name, *keys, detail={"role": role, "url": url})


def _person(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        fields = as_dict(value)
        return one_line(as_str(fields.get("name"))), _web(as_str(fields.get("url")))
    matched = _PERSON.fullmatch(as_str(value)[:300])
    return (one_line(matched[1]), _web(matched[2] or "")) if matched else ("", "")


def _links(package: _Package) -> Iterator[Fact]:
    data = package.data
    repository = data.get("repository")
    source = _repository_url(as_str(repository) or as_str(as_dict(repository).get("url")))
    homepage = _web(as_str(data.get("homepage")))
    is_readme = bool(source) and homepage.startswith(source) and homepage.endswith("#readme")
    if homepage and not is_readme and homepage != source:
        yield package.fact("link", homepage, "homepage", detail={"rel": "homepage"})
    if source:
        yield package.fact("link", source, "repository", detail={"rel": "repository"})
    bugs = data.get("bugs")
    issues = _web(as_str(bugs) or as_str(as_dict(bugs).get("url")))
    if issues:
        yield package.fact("link", issues, "bugs", detail={"rel": "issues"})
    funding = data.get("funding")
    for entry in (as_list(funding) or [funding])[:10]:
        url = _web(as_str(entry) or as_str(as_dict(entry).get("url")))
        if url:
            yield package.fact("link", url, "funding", detail={"rel": "funding"})


def _web(url: str) -> str:
    return url if re.fullmatch(r"https?://[^\s<>\"]+", url) else ""


def _repository_url(written: str) -> str:
    """A repository as people open it: the https address without `git+` and `.git`."""
    short = _SHORT_URL.fullmatch(written)
    if short:
        host = {"gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}.get(short[1], "github.com")
        return f"https://{host}/{short[2]}".removesuffix(".git")
    ssh = _SSH_URL.fullmatch(written.removeprefix("git+"))
    url = f"https://{ssh[1]}/{ssh[2]}" if ssh else written
    url = re.sub(r"^(git\+)?(https?|ssh|git)://(git@)?", "https://", url)
    return _web(url).partition("#")[0].removesuffix("/").removesuffix(".git")


def _read_node_version(repo: Repository, path: str) -> Iterator[Fact]:
    folder = folder_of(path)
    version = (repo.text(path) or "").strip().removeprefix("v")
    if not re.fullmatch(r"\d+(\.\d+){0,2}|lts/\w+", version):
        return
    if as_dict(package_json(repo, folder).get("engines")).get("node"):
        return
    yield Fact(
        kind="requirement",
        value="Node.js",
        evidence=Evidence(path=path, line=1),
        scope=folder,
        detail={"version": version},
    )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"package\.json", _read),
    manifest(r"\.nvmrc|\.node-version", _read_node_version),
)
