"""Docker Compose: services with their images and ports, and the variables of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_yaml
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.docker import INTERNAL
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDE = lazy_pattern(r"(?:docker-)?compose\.override\.ya?ml")
# `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; `$$` is a dollar sign.
_VARIABLE = lazy_pattern(
    r"(?<!\$)\$\{(?P<name>[A-Za-z_]\w*)(?:(?P<mark>:?[-?+])(?P<rest>[^{}\n]{0,300}))?\}"
)
_MAX_SERVICES = 40


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    scope, name = folder_of(path), path.rpartition("/")[2]
    main = next((n for n in _MAIN if repo.has(join(scope, n))), "")
    if INTERNAL.search(path) or (main and name != main and not _OVERRIDE.fullmatch(name)):
        return
    text = repo.text(path) or ""
    services = as_dict(as_dict(load_yaml(text)).get("services"))
    if services:
        yield from _variables(text, path, scope)
    lines = Lines(text)
    start = lines.find(r"^services\s*:")
    for service, raw in list(services.items())[:_MAX_SERVICES]:
        line = lines.find(rf"^\s+[\"']?{re.escape(service)}[\"']?\s*:", start + 1)
        fact = _service(as_dict(raw), service, Evidence(path=path, line=line), scope)
        if fact is not None:
            yield fact
            if _is_own(repo, fact):
                yield from _own_ports(as_dict(raw), fact, lines)
                yield from _own_environment(as_dict(raw), fact, lines)


def _service(raw: dict[str, Any], name: str, place: Evidence, scope: str) -> Fact | None:
    image, ports = _resolved(as_str(raw.get("image"))), list(_ports(raw))
    build = raw.get("build")
    context = _resolved(as_str(build) or as_str(as_dict(build).get("context")))
    if not (image or build):
        return None  # an override that only adds to a service of another file
    detail = {"file": place.path}
    if image and "$" not in image:
        detail["image"] = image
    if build is not None:
        detail["build"] = context or "."
    if ports:
        detail["ports"] = ", ".join(ports)
    text = detail.get("image") or detail.get("build", "")
    return Fact(kind="service", value=name, evidence=place, scope=scope, text=text, detail=detail)


def _ports(raw: dict[str, Any]) -> Iterator[str]:
    """Port mappings as written, `host:container`, variables replaced by their defaults."""
    for item in as_list(raw.get("ports")):
        long = as_dict(item)
        if long:
            published, target = as_str(long.get("published")), as_str(long.get("target"))
            mapping = f"{published}:{target}" if published else target
        else:
            mapping = as_str(item)
        mapping = _resolved(mapping)
        if re.fullmatch(r"[\d.:\[\]/a-z-]+", mapping):
            yield mapping


def _is_own(repo: Repository, service: Fact) -> bool:
    """Whether a service is this project: built here, or an image under its own name."""
    slug = re.search(r"[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", repo.url)
    image = service.detail.get("image", "").lower()
    return "build" in service.detail or bool(slug and slug[1].lower() in image)


def _own_environment(raw: dict[str, Any], service: Fact, lines: Lines) -> Iterator[Fact]:
    """Variables set for the project's own service; their values here are not its defaults."""
    environment = raw.get("environment")
    names = list(as_dict(environment)) or [
        as_str(item).partition("=")[0] for item in as_list(environment)
    ]
    for name in names:
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
            line = lines.find(rf"\b{name}\b", service.evidence.line) or service.evidence.line
            place = Evidence(path=service.evidence.path, line=line)
            yield Fact(kind="env_var", value=name, evidence=place, scope=service.scope)


def _own_ports(raw: dict[str, Any], service: Fact, lines: Lines) -> Iterator[Fact]:
    """Ports on the host, of the project's own services: those of a database are not its."""
    for mapping in _ports(raw):
        parts = mapping.partition("/")[0].split(":")
        port = parts[-2] if len(parts) > 1 else ""
        if port.isdigit() and 0 < int(port) < 65_536:
            line = lines.find(rf"\b{port}\b", service.evidence.line) or service.evidence.line
            yield Fact(
                kind="port",
                value=port,
                evidence=Evidence(path=service.evidence.path, line=line),
                scope=service.scope,
                detail={"from": "compose", "service": service.value},
            )


def _resolved(text: str) -> str:
    """The text with `${X:-default}` replaced by the default."""
    return _VARIABLE.sub(lambda m: (m["rest"] or "") if m["mark"] in {":-", "-"} else m[0], text)


def _variables(text: str, path: str, scope: str) -> Iterator[Fact]:
    seen: dict[str, Fact] = {}
    for number, line in enumerate(text.splitlines(), 1):
        code = line.partition(" #")[0]
        if line.lstrip().startswith("#"):
            continue
        for match in _VARIABLE.finditer(code):
            detail = {}
            default = (match["rest"] or "").strip()
            if match["mark"] in {":-", "-"} and default:
                detail["default"] = default
            if match["mark"] in {":?", "?"}:
                detail["required"] = "true"
            name = match["name"]
            if name not in seen or (detail and not seen[name].detail):
                place = Evidence(path=path, line=number)
                seen[name] = Fact(
                    kind="env_var", value=name, evidence=place, scope=scope, detail=detail
                )
    yield from seen.values()


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"(?:docker-)?compose(?:[._-](?!test|ci|e2e)[\w.-]+)?\.ya?ml", _read),
)
