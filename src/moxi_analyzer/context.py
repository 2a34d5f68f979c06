"""The files worth showing to a reader or a model: ranked by path and manifests only.

The ranking reads no content and knows no sizes, so a partly fetched repository gives the same
choice as a whole one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from moxi_analyzer import ranking
from moxi_analyzer.languages import language_of
from moxi_analyzer.manifests import Reading
from moxi_analyzer.outline import outline
from moxi_analyzer.repository import Repository, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import KeyFile

MAX_KEY_FILES = 12
MAX_KEY_FILE_CHARS = 6_000
MAX_CANDIDATES = 2 * MAX_KEY_FILES  # what is empty, binary or too long is passed over
MAX_KEY_FILE_BYTES = 200_000
MAX_MANIFESTS = 150
_HEAVY = ".ipynb"  # notebooks hold pictures

_MODULE = lazy_pattern(r"[A-Za-z_][\w.]*(?::[\w.]+)?")


def pick_key_files(repo: Repository, entries: frozenset[str]) -> tuple[KeyFile, ...]:
    """At most MAX_KEY_FILES files, best first, redacted, each at most MAX_KEY_FILE_CHARS long."""
    picked: list[KeyFile] = []
    for path in candidates(repo, entries):
        text = repo.text(path) if repo.files[path].size <= MAX_KEY_FILE_BYTES else None
        if text and not text.isspace():
            shown, is_cut = outline(text, language_of(path), MAX_KEY_FILE_CHARS)
            picked.append(KeyFile(path=path, content=shown, truncated=is_cut))
        if len(picked) == MAX_KEY_FILES:
            break
    return tuple(picked)


def candidates(repo: Repository, entries: frozenset[str]) -> list[str]:
    """Paths of the MAX_CANDIDATES files that are most worth showing, best first."""
    return ranking.ranked(repo.files.values(), entries, MAX_CANDIDATES)


def first_manifests(paths: Iterable[str]) -> list[str]:
    """Those of the manifests, in their order, that the choice rests on: a partial clone has no others."""
    return list(islice((path for path in paths if not path.endswith(_HEAVY)), MAX_MANIFESTS))


def entry_files(repo: Repository, manifests: Sequence[Reading]) -> frozenset[str]:
    """Files that manifests name as programs.

    Of readings that looked further than at the first manifests, only what the manifest says word
    for word counts: for the rest, a partial clone would not give the same.
    """
    first = set(first_manifests(dict.fromkeys(reading.path for reading in manifests)))
    named: set[str] = set()
    for reading in manifests:
        targets = [(f.scope, f.detail.get("target", "")) for f in reading.facts if f.kind == "bin"]
        if not targets or reading.path not in first:
            continue
        text = "" if reading.asked <= first else repo.text(reading.path) or ""
        named.update(
            path
            for scope, target in targets
            if reading.asked <= first or target.removeprefix(f"{scope}/") in text
            for path in _places(scope, target)
        )
    return frozenset(path for path in named if repo.has(path))


def _places(scope: str, target: str) -> Iterable[str]:
    """Where the file may stand that a target means: its path, or its dotted name in Python."""
    yield target
    yield join(scope, target)
    if _MODULE.fullmatch(target):
        path = target.partition(":")[0].replace(".", "/")
        for folder in ("", "src/"):
            yield join(scope, f"{folder}{path}.py")
            yield join(scope, f"{folder}{path}/__init__.py")
