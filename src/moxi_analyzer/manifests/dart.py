"""Dart and Flutter: pubspec.yaml files and melos workspaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_yaml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = lazy_pattern(r"[a-z_][a-z0-9_]*")
_LINKS = {
    "homepage": "homepage",
    "repository": "repository",
    "documentation": "documentation",
    "issue_tracker": "issues",
}


class _Pubspec:
    """One pubspec.yaml, and the lines that its keys stand on."""

    def __init__(self, repo: Repository, path: str) -> None:
        text = repo.text(path)
        if text is None:
            raise ManifestError("not readable as text")
        self.repo, self.path, self.scope = repo, path, folder_of(path)
        self.values = as_dict(load_yaml(text))
        self._lines = Lines(text)

    def text(self, key: str) -> str:
        return as_str(self.values.get(key))

    def line(self, key: str, inside: str = "") -> int:
        after = self._lines.find(rf"^{re.escape(inside)}\s*:") if inside else 0
        indent = r"\s+" if inside else "^"
        return self._lines.find(rf"{indent}[\"']?{re.escape(key)}[\"']?\s*:", after + 1)

    def fact(self, kind: Any, value: str, line: int, text: str = "", **detail: str) -> Fact:
        return Fact(
            kind=kind,
            value=value,
            evidence=Evidence(path=self.path, line=line),
            scope=self.scope,
            text=one_line(text),
            detail={key: content for key, content in detail.items() if content},
        )

    @property
    def uses_flutter(self) -> bool:
        environment = as_dict(self.values.get("environment"))
        return "flutter" in environment or "flutter" in as_dict(self.values.get("dependencies"))


def _pubspec(repo: Repository, path: str) -> Iterator[Fact]:
    spec = _Pubspec(repo, path)
    name = spec.text("name")
    if not _NAME.fullmatch(name) or repo.has(join(folder_of(spec.scope), "brick.yaml")):
        return  # beside a brick.yaml lie the hooks of a mason template
    description = one_line(spec.text("description"))
    yield _package(spec, name, description)
    if description:
        yield spec.fact(
            "description", description, spec.line("description"), **{"from": "manifest"}
        )
    version = spec.text("version")
    if version:
        yield spec.fact("version", version.partition("+")[0], spec.line("version"))
    yield from _requirements(spec)
    yield from _executables(spec)
    yield from _links(spec)
    for topic in as_list(spec.values.get("topics")):
        if as_str(topic):
            yield spec.fact("keyword", as_str(topic), spec.line("topics"))
    yield from _dependencies(spec)
    yield from _scripts(spec)


def _package(spec: _Pubspec, name: str, description: str) -> Fact:
    private = spec.text("publish_to") == "none"
    library = spec.repo.has(join(spec.scope, f"lib/{name}.dart"))
    app = spec.uses_flutter and spec.repo.has(join(spec.scope, "lib/main.dart"))
    programs = bool(_programs(spec))
    workspace = bool(as_list(spec.values.get("workspace"))) and not library
    if workspace:
        role = "workspace"
    elif app or (programs and not library):
        role = "binary"
    else:
        role = "both" if programs else "library"
    public = not private and bool(spec.text("version"))
    return spec.fact(
        "package",
        name,
        spec.line("name"),
        description,
        ecosystem="dart",
        registry="pub.dev" if public else "",
        manager="flutter" if spec.uses_flutter else "dart",
        role=role,
        private="" if public else "true",
        **({"import": f"package:{name}/{name}.dart"} if library else {}),
    )


def _requirements(spec: _Pubspec) -> Iterator[Fact]:
    environment = as_dict(spec.values.get("environment"))
    for key, name in (("sdk", "Dart"), ("flutter", "Flutter")):
        version = as_str(environment.get(key))
        if version:
            yield spec.fact("requirement", name, spec.line(key, "environment"), version=version)
    if spec.uses_flutter and "flutter" not in environment:
        yield spec.fact("requirement", "Flutter", spec.line("flutter", "dependencies"))


def _programs(spec: _Pubspec) -> dict[str, str]:
    """Executables that `dart pub global activate` installs, with their script."""
    listed = as_dict(spec.values.get("executables"))
    return {name: as_str(script) or name for name, script in listed.items()}


def _executables(spec: _Pubspec) -> Iterator[Fact]:
    for name, script in _programs(spec).items():
        target = f"bin/{script}.dart"
        if spec.repo.has(join(spec.scope, target)):
            line = spec.line(name, "executables")
            yield spec.fact("bin", name, line, target=target, ecosystem="dart")


def _links(spec: _Pubspec) -> Iterator[Fact]:
    for key, rel in _LINKS.items():
        url = spec.text(key)
        if url.startswith(("http://", "https://")):
            yield spec.fact("link", url, spec.line(key), rel=rel)
    for funding in as_list(spec.values.get("funding")):
        if as_str(funding).startswith("https://"):
            yield spec.fact("link", as_str(funding), spec.line("funding"), rel="funding")


def _dependencies(spec: _Pubspec) -> Iterator[Fact]:
    for section, group in (("dependencies", "runtime"), ("dev_dependencies", "dev")):
        for name, wanted in as_dict(spec.values.get(section)).items():
            source = as_dict(wanted)
            if "sdk" in source:
                continue  # the SDK's own packages are not fetched from anywhere
            version = as_str(wanted) or as_str(source.get("version"))
            yield spec.fact(
                "dependency",
                name,
                spec.line(name, section),
                version=version,
                group=group,
                ecosystem="dart",
            )


def _scripts(spec: _Pubspec) -> Iterator[Fact]:
    """Scripts of a melos workspace, which newer versions keep in pubspec.yaml."""
    yield from _melos_scripts(spec, as_dict(spec.values.get("melos")))


def _melos(repo: Repository, path: str) -> Iterator[Fact]:
    spec = _Pubspec(repo, path)
    name = spec.text("name")
    if name and as_list(spec.values.get("packages")):
        beside = repo.has(join(spec.scope, "pubspec.yaml"))
        if not beside:
            yield spec.fact(
                "package",
                name,
                spec.line("name"),
                ecosystem="dart",
                manager="dart",
                role="workspace",
                private="true",
            )
    yield from _melos_scripts(spec, spec.values)


def _melos_scripts(spec: _Pubspec, config: dict[str, Any]) -> Iterator[Fact]:
    for name, script in as_dict(config.get("scripts")).items():
        entry = as_dict(script)
        command = as_str(script) or as_str(entry.get("run")) or as_str(entry.get("exec"))
        if entry.get("private") is True or not (command or entry):
            continue
        said = as_str(entry.get("description")) or command
        yield spec.fact("script", name, spec.line(name, "scripts"), said, run=f"melos run {name}")


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"pubspec\.yaml", _pubspec),
    manifest(r"melos\.yaml", _melos),
)
