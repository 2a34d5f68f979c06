"""The names by which code imports a repository's own packages, one set a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from moxi_analyzer.formats import as_dict, as_str, load_json, load_toml
from moxi_analyzer.golang.modules import modules_of
from moxi_analyzer.repository import Repository, own
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern

# language -> how a line of code brings in one of the names, which stand for %s
_IMPORTS = {
    "python": r"^\s*(?:from|import)\s+(?:%s)\b",
    "javascript": r"(?:\bfrom\s*|\brequire\(\s*|\bimport\(?\s*)['\"](?:%s)(?:/[^'\"]*)?['\"]",
    "rust": r"\b(?:use\s+(?:::)?)?(?:%s)(?:::|\s*;)",
    "go": r"\"(?:%s)(?:/[^\"]*)?\"",
    "dart": r"['\"]package:(?:%s)/",
    "swift": r"^\s*import\s+(?:%s)\b",
    "ruby": r"^\s*require\s+['\"](?:%s)(?:/[^'\"]*)?['\"]",
    "php": r"^\s*use\s+\\?(?:%s)",
    "elixir": r"\b(?:%s)\.\w",
    "java": r"^\s*import\s+(?:static\s+)?(?:%s)\.",
    "csharp": r"^\s*using\s+(?:%s)\b",
    "c": r"^\s*#\s*include\s+[<\"](?:%s)(?:[/.][^>\"]*)?[>\"]",
}
_SAME = {
    "typescript": "javascript",
    "tsx": "javascript",
    "jsx": "javascript",
    "js": "javascript",
    "ts": "javascript",
    "vue": "javascript",
    "pycon": "python",
    "py": "python",
    "kotlin": "java",
    "scala": "java",
    "groovy": "java",
    "cpp": "c",
    "rs": "rust",
    "iex": "elixir",
    "golang": "go",
    "cs": "csharp",
    "rb": "ruby",
}
_HEADER = lazy_pattern(r"(?:\w+/)?include/(\w+)(?:\.h\w*|/.*)|(\w+)\.(?:h|hpp)")
_STANDARD = frozenset("test tests docs examples src lib utils build scripts tools include".split())


class PublicNames:
    """Tells whether code uses a package of the repository by its public name."""

    def __init__(self, repo: Repository) -> None:
        found = {
            language: set(read(repo)) - _STANDARD - {""} for language, read in _READERS.items()
        }
        self._names = {language: names for language, names in found.items() if names}
        self._patterns = {
            language: re.compile(
                _IMPORTS[language] % "|".join(sorted(map(re.escape, names))), re.MULTILINE
            )
            for language, names in self._names.items()
        }

    def is_named(self, language: str, name: str) -> bool:
        """Whether a package is called `name`, whatever stands before it: `com.acme.name`."""
        names = self._names.get(_SAME.get(language, language), set())
        return any(re.split(r"[./\\]", n)[-1].lower() == name.lower() for n in names)

    def used(self, language: str, code: str) -> bool:
        """Whether `code` in the fence language `language` imports a package of the repository."""
        pattern = self._patterns.get(_SAME.get(language, language))
        return pattern is not None and pattern.search(code) is not None

    def known(self, language: str) -> bool:
        """Whether the repository has a package that code in this language imports."""
        return _SAME.get(language, language) in self._patterns


def _own(repo: Repository, end: str) -> Iterator[str]:
    """The project's own files of a name, or, where `end` begins with a dot, of an ending."""
    is_ending = end.startswith(".")
    return own(p for p in repo.files if p.endswith(end)) if is_ending else own(repo.named(end))


def _python(repo: Repository) -> Iterator[str]:
    for path, entry in repo.files.items():
        parts = path.removeprefix("src/").split("/")
        if parts[-1] == "__init__.py" and len(parts) == 2 and entry.role == "source":
            yield parts[0]
    for path in _own(repo, "pyproject.toml"):
        name = as_str(as_dict(_toml(repo, path).get("project")).get("name")).replace("-", "_")
        if repo.has(f"{name}.py") or repo.has(f"src/{name}.py"):
            yield name


def _toml(repo: Repository, path: str) -> dict[str, object]:
    try:
        return as_dict(load_toml(repo.text(path) or ""))
    except ManifestError:
        return {}  # the manifest's own reader reports it


def _javascript(repo: Repository) -> Iterator[str]:
    for path in _own(repo, "package.json"):
        try:
            values = as_dict(load_json(repo.text(path) or ""))
        except ManifestError:
            continue
        if values.get("private") is not True or values.get("exports"):
            yield as_str(values.get("name"))


def _rust(repo: Repository) -> Iterator[str]:
    for path in _own(repo, "Cargo.toml"):
        values = _toml(repo, path)
        lib = as_str(as_dict(values.get("lib")).get("name"))
        yield lib or as_str(as_dict(values.get("package")).get("name")).replace("-", "_")


def _go(repo: Repository) -> Iterator[str]:
    return (m.path for m in modules_of(repo).by_folder.values() if m.is_public)


def _matching(name: str, pattern: str) -> Callable[[Repository], Iterator[str]]:
    compiled = re.compile(pattern, re.MULTILINE)

    def read(repo: Repository) -> Iterator[str]:
        for path in _own(repo, name):
            yield from compiled.findall(repo.text(path) or "")

    return read


def _ruby(repo: Repository) -> Iterator[str]:
    for path in _own(repo, ".gemspec"):
        yield path.rpartition("/")[2].removesuffix(".gemspec")
        yield path.rpartition("/")[2].removesuffix(".gemspec").replace("-", "/")


def _elixir(repo: Repository) -> Iterator[str]:
    for app in _matching("mix.exs", r"\bapp:\s*:(\w+)")(repo):
        yield "".join(part.capitalize() for part in app.split("_"))


def _java(repo: Repository) -> Iterator[str]:
    """The package that all sources of a module share."""
    roots: dict[str, list[list[str]]] = {}
    for path, entry in repo.files.items():
        if "src/main/" not in path or entry.role != "source":
            continue
        found = re.match(r"(.*\bsrc/main/(?:java|kotlin)/)(.+)/[^/]+\.(?:java|kt)$", path)
        if found:
            roots.setdefault(found[1], []).append(found[2].split("/"))
    for folders in roots.values():
        shared = [parts[0] for parts in zip(*folders, strict=False) if len(set(parts)) == 1]
        if len(shared) >= 2:
            yield ".".join(shared)


def _csharp(repo: Repository) -> Iterator[str]:
    for path in _own(repo, ".csproj"):
        yield path.rpartition("/")[2].removesuffix(".csproj")


def _c(repo: Repository) -> Iterator[str]:
    for path in repo.files:
        if "include/" in path or "/" not in path:
            found = _HEADER.fullmatch(path)
            if found:
                yield found[1] or found[2]


_READERS: dict[str, Callable[[Repository], Iterator[str]]] = {
    "python": _python,
    "javascript": _javascript,
    "rust": _rust,
    "go": _go,
    "dart": _matching("pubspec.yaml", r"^name:\s*(\w+)"),
    "swift": _matching("Package.swift", r"\.library\(\s*name:\s*\"(\w+)\""),
    "ruby": _ruby,
    "php": _matching("composer.json", r"\"psr-[04]\"\s*:\s*\{\s*\"([^\"]+?)(?:\\\\)?\""),
    "elixir": _elixir,
    "java": _java,
    "csharp": _csharp,
    "c": _c,
}
