"""Spring Boot's application.properties and application.yml: ports and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.jvm import is_product
from moxi_analyzer.repository import Repository
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_VARIABLE = lazy_pattern(r"\$\{([A-Z][A-Z0-9_]{1,63})(?::([^${}\n]*))?\}")
_PROPERTY_PORT = lazy_pattern(r"\s*server\.port\s*[=:]\s*(?:\$\{[\w.]+:)?(\d{2,5})\}?\s*")
_YAML_PORT = lazy_pattern(r"\s+port\s*:\s*(?:[\"']?\$\{[\w.]+:)?(\d{2,5})\}?[\"']?\s*(?:#.*)?")
_SECRET = lazy_pattern(r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE|CREDENTIAL")


def read_application(repo: Repository, path: str) -> Iterator[Fact]:
    """The port that is served on, and the variables that the configuration reads."""
    scope = path.partition("src/main/")[0].rstrip("/")
    if not is_product(f"{scope}/"):
        return
    section = ""
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        place = Evidence(path=path, line=number)
        if re.match(r"[A-Za-z]", line):
            section = line.partition(":")[0].strip()
        is_yaml = path.endswith((".yml", ".yaml"))
        port = _YAML_PORT.fullmatch(line) if is_yaml and section == "server" else None
        port = port or _PROPERTY_PORT.fullmatch(line)
        # Profiles other than the default one are served only when they are asked for.
        if port and path.rpartition("/")[2].startswith("application."):
            yield Fact(
                kind="port", value=port[1], evidence=place, scope=scope, detail={"from": "code"}
            )
        for name, default in _VARIABLE.findall(line):
            is_secret = bool(_SECRET.search(name))
            detail = {"secret": "true"} if is_secret else {"default": default} if default else {}
            yield Fact(kind="env_var", value=name, evidence=place, scope=scope, detail=detail)


MANIFESTS: tuple[Manifest, ...] = (
    manifest(
        r"application(?:-[\w-]+)?\.(?:properties|ya?ml)",
        read_application,
        folder=r"(.*/)?src/main/resources/(?:config/)?",
    ),
)
