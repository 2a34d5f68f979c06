"""PHP: composer.json, and the consoles of Laravel and Symfony applications."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_json, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = lazy_pattern(r"[a-z0-9](?:[_.-]?[a-z0-9]+)*/[a-z0-9](?:[_.-]?[a-z0-9]+)*", re.IGNORECASE)
_PLATFORM = lazy_pattern(r"(?:ext|lib)-[\w-]+|composer(?:-\w+-api)?|hhvm|php-\w+")
_SUPPORT_RELS = {
    "docs": "documentation",
    "issues": "issues",
    "source": "repository",
    "chat": "chat",
    "irc": "chat",
    "forum": "chat",
    "wiki": "documentation",
}
# Composer events, and scripts that only its own hooks call.
_EVENT = lazy_pattern(r"(?:pre|post)-[a-z-]+-(?:cmd|dump|download|run|exec|command|file|event)|auto-scripts"
                    r"|(?:pre|post)-(?:package|pool|root|install|update|autoload|create)[a-z-]*")  # fmt: skip
_PURPOSES = (
    ("test", re.compile(r"(?:unit-?|php)?tests?|phpunit|pest|check-?tests")),
    ("lint", re.compile(r"lint|cs|cs-check|check-cs|style|phpcs|codestyle|check-style")),
    ("format", re.compile(r"format|fix|cs-fix|fix-cs|cbf|phpcbf|fix-style")),
    ("typecheck", re.compile(r"phpstan|psalm|stan|analy[sz]e|static-analysis")),
)


class _Composer:
    """One composer.json with what every fact of it needs."""

    def __init__(self, repo: Repository, path: str) -> None:
        text = repo.text(path)
        if text is None:
            raise ManifestError("could not be read")
        loaded = load_json(text)
        if not isinstance(loaded, dict):
            raise ManifestError("composer.json is not a JSON object")
        self.repo, self.path, self.folder = repo, path, folder_of(path)
        self.data = as_dict(loaded)
        self.lines = Lines(text)
        self.require = as_dict(self.data.get("require"))

    def fact(self, kind: Any, value: str, *keys: str, text: str = "", **detail: str) -> Fact:
        return Fact(
            kind=kind,
            value=value,
            scope=self.folder,
            text=text,
            evidence=Evidence(path=self.path, line=self.lines.json(*keys)),
            detail={key: item for key, item in detail.items() if item},
        )


def _composer(repo: Repository, path: str) -> Iterator[Fact]:
    spec = _Composer(repo, path)
    name = as_str(spec.data.get("name"))
    description = one_line(as_str(spec.data.get("description")))
    if _NAME.fullmatch(name):
        yield spec.fact("package", name, "name", text=description, **_package_detail(spec))
    if description:
        yield spec.fact("description", description, "description", **{"from": "manifest"})
    version = as_str(spec.data.get("version"))
    if version:
        yield spec.fact("version", version, "version")
    yield from _requirements(spec)
    yield from _binaries(spec)
    yield from _scripts(spec)
    yield from _about(spec)


def _package_detail(spec: _Composer) -> dict[str, str]:
    kind = as_str(spec.data.get("type")) or "library"
    detail = {"ecosystem": "php", "registry": "packagist", "manager": "composer"}
    bins = bool(spec.data.get("bin"))
    namespaces = _namespaces(spec.data)
    if kind == "project":
        detail["role"] = "binary"
        # A project is created from, never required. Only one that is cut to a distribution
        # (`export-ignore`) is surely published.
        if "export-ignore" not in (spec.repo.text(join(spec.folder, ".gitattributes")) or ""):
            detail.pop("registry")
            detail["private"] = "true"
    elif _is_served(spec) and not (bins or namespaces or spec.data.get("type")):
        detail["role"] = "binary"  # pages that a server shows: nobody requires them
        detail.pop("registry")
    elif kind == "application" and not bins:
        detail |= {"role": "binary", "type": "project"}  # one begins a folder with it
    else:
        detail["role"] = "both" if bins and namespaces else "binary" if bins else "library"
    if namespaces:
        detail["import"] = namespaces[0]
    return detail


def _is_served(spec: _Composer) -> bool:
    """Whether a script or a Procfile starts a web server with the project's pages."""
    scripts = as_dict(spec.data.get("scripts")).values()
    serves = any(re.search(r"\bphp\d* -S\b", as_str(script)) for script in scripts)
    return serves or spec.repo.has(join(spec.folder, "Procfile"))


def _namespaces(data: dict[str, Any]) -> list[str]:
    autoload = as_dict(data.get("autoload"))
    roots = [*as_dict(autoload.get("psr-4")), *as_dict(autoload.get("psr-0"))]
    return [name.rstrip("\\") for name in roots if name.rstrip("\\")]


def _requirements(spec: _Composer) -> Iterator[Fact]:
    for key, group in (("require", "runtime"), ("require-dev", "dev")):
        for name, value in as_dict(spec.data.get(key)).items():
            version = as_str(value)
            if name == "php" and group == "runtime":
                yield spec.fact("requirement", "PHP", key, name, version=version)
            elif name.startswith("ext-") and group == "runtime":
                label = f"PHP extension {name.removeprefix('ext-')}"
                yield spec.fact("requirement", label, key, name)
            elif "/" in name and not _PLATFORM.fullmatch(name):
                yield spec.fact(
                    "dependency", name, key, name, version=version, group=group, ecosystem="php"
                )
    for name, reason in as_dict(spec.data.get("suggest")).items():
        if "/" in name:
            yield spec.fact(
                "dependency",
                name,
                "suggest",
                name,
                text=one_line(as_str(reason)),
                group="optional",
                ecosystem="php",
            )


def _binaries(spec: _Composer) -> Iterator[Fact]:
    listed = spec.data.get("bin")
    for entry in [listed] if isinstance(listed, str) else as_list(listed):
        target = join(spec.folder, as_str(entry))
        if target:
            yield spec.fact("bin", target.rpartition("/")[2], "bin", target=target, ecosystem="php")


def _scripts(spec: _Composer) -> Iterator[Fact]:
    descriptions = as_dict(spec.data.get("scripts-descriptions"))
    for name, body in as_dict(spec.data.get("scripts")).items():
        if _EVENT.fullmatch(name):
            continue
        commands = [as_str(c) for c in (body if isinstance(body, list) else [body])]
        text = one_line(" && ".join(c for c in commands if c))
        help_text = one_line(as_str(descriptions.get(name)))
        run = f"composer {name}"
        yield spec.fact("script", name, "scripts", name, text=help_text or text, run=run)
        purpose = next((p for p, pattern in _PURPOSES if pattern.fullmatch(name)), "")
        if purpose:
            yield spec.fact(
                "test_command", run, "scripts", name, purpose=purpose, **{"from": "manifest"}
            )


def _about(spec: _Composer) -> Iterator[Fact]:
    for author in as_list(spec.data.get("authors")):
        fields = as_dict(author)
        name = as_str(fields.get("name"))
        if name:
            role = as_str(fields.get("role")) or "author"
            yield spec.fact(
                "person", name, "authors", role=role, url=as_str(fields.get("homepage"))
            )
    licenses = spec.data.get("license")
    names = [as_str(x) for x in (licenses if isinstance(licenses, list) else [licenses])]
    expression = " OR ".join(n for n in names if n)
    if expression and expression.lower() != "proprietary":
        yield spec.fact("license", stated(expression), "license", **{"from": "manifest"})
    homepage = as_str(spec.data.get("homepage"))
    if homepage.startswith("http"):
        yield spec.fact("link", homepage, "homepage", text="homepage", rel="homepage")
    for label, url in as_dict(spec.data.get("support")).items():
        rel = _SUPPORT_RELS.get(label)
        if rel and as_str(url).startswith("http"):
            yield spec.fact("link", as_str(url), "support", label, text=label, rel=rel)
    for entry in as_list(spec.data.get("funding")):
        url = as_str(as_dict(entry).get("url"))
        if url.startswith("http"):
            yield spec.fact("link", url, "funding", text=as_str(as_dict(entry).get("type")), rel="funding")  # fmt: skip
    for word in as_list(spec.data.get("keywords")):
        if as_str(word):
            yield spec.fact("keyword", as_str(word), "keywords")


MANIFESTS: tuple[Manifest, ...] = (manifest(r"composer\.json", _composer),)
