"""The files worth showing to a reader or a model: ranked by path, size and manifests only.

The ranking reads no content, so a partly fetched repository gives the same choice as a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from moxi_analyzer.languages import language_of
from moxi_analyzer.redact import redact
from moxi_analyzer.repository import Repository, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact, FileEntry, KeyFile

MAX_KEY_FILES = 12
MAX_KEY_FILE_CHARS = 6_000

_MANIFEST = lazy_pattern(
    r"(pyproject\.toml|setup\.py|setup\.cfg|package\.json|Cargo\.toml|go\.mod|pom\.xml"
    r"|build\.gradle(\.kts)?|[\w.-]+\.(csproj|gemspec|cabal)|composer\.json|CMakeLists\.txt"
    r"|meson\.build|configure\.ac|Package\.swift|pubspec\.yaml|mix\.exs|project\.clj|deps\.edn"
    r"|action\.ya?ml|Makefile|Dockerfile|(docker-)?compose\.ya?ml|requirements\.txt)"
)
_ENTRY = lazy_pattern(
    r"(__init__|__main__|main|cli|app|index|lib|mod|server|core|api|program|manage|cmd|root)\.\w+",
    re.IGNORECASE,
)


def pick_key_files(repo: Repository, facts: Iterable[Fact]) -> tuple[KeyFile, ...]:
    """At most MAX_KEY_FILES files, best first, redacted, each at most MAX_KEY_FILE_CHARS long."""
    targets = {
        join(fact.scope, fact.detail["target"])
        for fact in facts
        if fact.kind == "bin" and "target" in fact.detail
    }
    ranked = sorted(repo.files.values(), key=lambda e: (-_score(e, targets), len(e.path), e.path))
    picked: list[KeyFile] = []
    for entry in ranked:
        if len(picked) == MAX_KEY_FILES or _score(entry, targets) <= 0:
            break
        text = repo.text(entry.path)
        if text:
            cut = text[:MAX_KEY_FILE_CHARS]
            picked.append(
                KeyFile(path=entry.path, content=redact(cut), truncated=len(cut) < len(text))
            )
    return tuple(picked)


def _score(entry: FileEntry, targets: set[str]) -> int:
    if entry.role not in {"source", "config"} or not 0 < entry.size <= 200_000:
        return 0
    depth, name = entry.path.count("/"), entry.path.rpartition("/")[2]
    score = 0
    if _MANIFEST.fullmatch(name):
        score += 60 - 20 * depth
    if entry.path in targets:
        score += 50
    if language_of(entry.path) is not None and entry.role == "source":
        score += 20 - 4 * depth + (20 if _ENTRY.fullmatch(name) else 0)
        score += 5 if 300 <= entry.size <= 20_000 else 0
    return score
