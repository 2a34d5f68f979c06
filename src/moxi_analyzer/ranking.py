"""Which files say most of a project, by their paths alone: manifests, entry points, then the code
that stands nearest to where the sources begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from moxi_analyzer.languages import NOT_PROGRAMMING, language_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import FileEntry

MAX_MANIFESTS_FIRST = 5  # more of them come after the code
MAX_NESTED_FIRST = 2

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
_README = lazy_pattern(r"read-?me(?:[._-].*)?", re.IGNORECASE)
# Files that set tools up, and folders of tools and tests: code, but not what the project offers.
_SETTINGS = lazy_pattern(
    r"(?i).*\.config\.\w+|\..*|.*rc\.[cm]?js|(?:gulp|grunt)file\.\w+|setup\.(?:hs|py)|version\.\w+"
)
_ASIDE = lazy_pattern(
    r"(?i)\..*|_?tests?|.*[._-]tests?|.*tests|(?:integration|functional|perf|jmh|unit|smoke)[._-]?tests?"
    r"|scripts?|tools?|utils?|hack|ci|misc|contrib|extras?|bots?|docfx|build-?(?:src|logic|config|tools)"
    r"|public|static|assets|migrations|generators?|benchmarks?|.*-benchmarks?"
)
_MINOR_SHARE = 0.1  # of the files in the main language; others with less hardly tell of the project
_THIN_SHARE = 0.02  # of all sources; a folder with less, the root too, is beside the point


def ranked(files: Iterable[FileEntry], named: Collection[str], most: int) -> list[str]:
    """Paths of at most so many files, best first; `named` are those that manifests name as programs."""
    offered = [
        f for f in files if f.role in {"source", "config"} and not _README.fullmatch(_name(f.path))
    ]
    manifests = [f.path for f in offered if _MANIFEST.fullmatch(_name(f.path))]
    manifests.sort(key=lambda path: (path.count("/"), _is_aside(path), len(path), path))
    code = [f.path for f in offered if f.role == "source" and language_of(f.path) is not None]
    nested = [path for path in manifests if "/" in path and not _is_aside(path)][:MAX_NESTED_FIRST]
    first = [path for path in manifests if "/" not in path] + nested
    first = first[:MAX_MANIFESTS_FIRST]
    rest = [path for path in manifests if path not in first]
    programs = sorted((f.path for f in offered if f.path in named), key=lambda p: (len(p), p))
    return list(dict.fromkeys([*first, *programs, *_by_score(code), *rest]))[:most]


def _by_score(paths: list[str]) -> list[str]:
    """Source files, the most telling first."""
    depths = _depths(paths)
    folders = {path.rpartition("/")[0] for path in paths}
    spoken = Counter(language_of(path) for path in paths if not _is_markup(path))
    best = max(spoken.values(), default=0)
    units = Counter(path.rpartition("/")[0].partition("/")[0] for path in paths)

    def score(path: str) -> int:
        folder, _, name = path.rpartition("/")
        stem = path.rpartition(".")[0]
        share = spoken[language_of(path)] / best if best else 0.0
        aside = _is_aside(path)
        found = 20 if share > 0.5 else 12 if share > _MINOR_SHARE else 0
        if found and not aside and _ENTRY.fullmatch(name):
            found += max(0, 12 - 8 * max(0, depths[folder] - 1))
        found += 6 * (stem in folders or _name(stem) == _name(folder)) - 4 * depths[folder]
        found -= 10 * (units[folder.partition("/")[0]] < _THIN_SHARE * len(paths))
        return found - 10 * bool(_SETTINGS.fullmatch(name)) - 16 * aside

    return sorted(paths, key=lambda path: (-score(path), len(path), path))


def _depths(paths: Iterable[str]) -> dict[str, int]:
    """How deep each folder lies, counted from where the sources part: `src/main/java/org/x` is one step."""
    inside: dict[str, set[str]] = {}
    for path in paths:
        while path:
            folder = path.rpartition("/")[0]
            known = inside.setdefault(folder, set())
            if path in known:
                break
            known.add(path)
            path = folder
    depths = {"": 0}
    for folder in sorted(inside.keys() - {""}, key=lambda folder: folder.count("/")):
        above = folder.rpartition("/")[0]
        depths[folder] = depths[above] + (len(inside[above]) > 1)
    return depths


def _is_markup(path: str) -> bool:
    language = language_of(path)
    return language is not None and language.name in NOT_PROGRAMMING


def _is_aside(path: str) -> bool:
    return any(_ASIDE.fullmatch(folder) for folder in path.split("/")[:-1])


def _name(path: str) -> str:
    return path.rpartition("/")[2]
