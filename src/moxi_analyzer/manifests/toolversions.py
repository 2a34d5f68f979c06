"""Runtime versions that a checkout pins: .tool-versions, mise.toml, .ruby-version, .php-version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_toml
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

# The name that asdf and mise give a tool -> how a README calls the runtime.
_RUNTIMES = {
    "nodejs": "Node.js",
    "node": "Node.js",
    "python": "Python",
    "ruby": "Ruby",
    "golang": "Go",
    "go": "Go",
    "rust": "Rust",
    "java": "Java",
    "php": "PHP",
    "elixir": "Elixir",
    "erlang": "Erlang",
    "dotnet": ".NET",
    "dotnet-core": ".NET",
    "flutter": "Flutter",
    "dart": "Dart",
    "swift": "Swift",
    "clojure": "Clojure",
    "ghc": "GHC",
    "haskell": "GHC",
    "crystal": "Crystal",
    "zig": "Zig",
    "lua": "Lua",
    "perl": "Perl",
    "kotlin": "Kotlin",
    "scala": "Scala",
    "deno": "Deno",
    "bun": "Bun",
}
_MANAGERS = {
    name: name for name in "pnpm yarn npm poetry uv pdm cargo maven gradle bundler composer".split()
}
# Where a manifest states the versions that it works with, a pin of the checkout says nothing more.
_STATED = {
    "Ruby": (r".*\.gemspec", r"required_ruby_version"),
    "PHP": (r"composer\.json", r'"php"'),
    "Go": (r"go\.mod", r"^go "),
    "Rust": (r"Cargo\.toml", r"rust-version"),
    "Node.js": (r"package\.json", r'"engines"'),
    "Python": (
        r"pyproject\.toml|setup\.(?:py|cfg)",
        r"python_requires|requires-python|^python\s*=",
    ),
    "Elixir": (r"mix\.exs", r"elixir:"),
    "Dart": (r"pubspec\.yaml", r"sdk:"),
    "Flutter": (r"pubspec\.yaml", r"flutter:"),
}
_VERSION = lazy_pattern(r"[A-Za-z-]*\d+(?:\.\w+)*(?:[+-][\w.]+)?")


def _is_stated(repo: Repository, name: str, folder: str) -> bool:
    file, words = _STATED.get(name, ("", ""))
    return bool(file) and any(
        re.search(words, repo.text(path) or "", re.MULTILINE)
        for path in repo.inside(folder)
        if re.fullmatch(file, path.rpartition("/")[2])
    )


def _requirement(
    repo: Repository, tool: str, version: str, at: Evidence, scope: str
) -> Iterator[Fact]:
    name = _RUNTIMES.get(tool) or _MANAGERS.get(tool)
    if name is None or not _VERSION.fullmatch(version) or _is_stated(repo, name, scope):
        return
    detail = {"version": version.removeprefix("ruby-").removeprefix("php-")}
    if tool in _MANAGERS:
        detail["manager"] = tool
    yield Fact(kind="requirement", value=name, scope=scope, evidence=at, detail=detail)


def _tool_versions(repo: Repository, path: str) -> Iterator[Fact]:
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        words = line.partition("#")[0].split()
        if len(words) >= 2:
            at = Evidence(path=path, line=number)
            yield from _requirement(repo, words[0], words[1], at, folder_of(path))


def _mise(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path)
    if text is None:
        raise ManifestError("could not be read")
    lines = Lines(text)
    folder = folder_of(path).removesuffix(".config/mise").removesuffix(".config").rstrip("/")
    folder = folder.removesuffix(".mise").rstrip("/")
    for tool, value in as_dict(load_toml(text).get("tools")).items():
        first = next(iter(as_list(value)), value)
        version = as_str(as_dict(first).get("version")) or as_str(first)
        at = Evidence(path=path, line=lines.toml("tools", tool))
        yield from _requirement(repo, tool.removeprefix("core:"), version, at, folder)


def _single(repo: Repository, path: str) -> Iterator[Fact]:
    tool = path.rpartition("/")[2].removeprefix(".").removesuffix("-version")
    for number, line in enumerate((repo.text(path) or "").splitlines()[:5], 1):
        version = line.strip()
        if version and not version.startswith("#"):
            at = Evidence(path=path, line=number)
            yield from _requirement(repo, tool, version, at, folder_of(path))
            return


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"\.tool-versions", _tool_versions),
    manifest(r"\.?mise\.toml|(?:\.config/)?mise/config\.toml|\.config/mise\.toml", _mise),
    manifest(r"\.(?:ruby|php)-version", _single),
)
