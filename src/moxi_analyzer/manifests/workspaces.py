"""JavaScript workspaces: which folders a repository builds together, and with which tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from moxi_analyzer.formats import as_dict, as_list, as_str, load_json, load_yaml
from moxi_analyzer.repository import Repository, join
from moxi_core.errors import ManifestError

_LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)
_MANAGERS = {"npm", "yarn", "pnpm", "bun"}
_DECLARATIONS = ("package.json", "pnpm-workspace.yaml", "lerna.json", "rush.json")
_MAX_PATTERNS = 500
_MAX_WILDCARDS = 6  # more would let a pattern take very long to fail

_cache: WeakKeyDictionary[Repository, dict[str, Workspace]] = WeakKeyDictionary()


class Workspace:
    """A folder that declares members; `folder` itself is the root, never a member."""

    def __init__(self, folder: str, patterns: list[str]) -> None:
        self.folder = folder
        patterns = [p for p in patterns if p.count("*") + p.count("{") <= _MAX_WILDCARDS]
        self._wanted = [_glob(p) for p in patterns if not p.startswith("!")]
        self._unwanted = [_glob(p[1:]) for p in patterns if p.startswith("!")]

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def has(self, folder: str) -> bool:
        """Whether `folder` (from the repository's root) is a member."""
        prefix = self.folder + "/" if self.folder else ""
        if not folder.startswith(prefix) or folder == self.folder:
            return False
        inner = folder[len(prefix) :]
        return any(p.fullmatch(inner) for p in self._wanted) and not any(
            p.fullmatch(inner) for p in self._unwanted
        )


def workspace_of(repo: Repository, folder: str) -> Workspace | None:
    """The nearest workspace declared at or above `folder`."""
    for above in _upwards(folder):
        found = _declared(repo, above)
        if found:
            return found
    return None


def manager_of(repo: Repository, folder: str) -> str:
    """The package manager used in `folder`: what a manifest says, else whose lock file lies there."""
    for above in _upwards(folder):
        said = as_str(package_json(repo, above).get("packageManager")).partition("@")[0]
        if said in _MANAGERS:
            return said
        for name, manager in _LOCKS:
            if repo.has(join(above, name)):
                return manager
        if repo.has(join(above, "pnpm-workspace.yaml")):
            return "pnpm"
    return "npm"


def package_json(repo: Repository, folder: str) -> dict[str, Any]:
    """The package.json of a folder; empty if there is none, or none that can be read."""
    return _load(repo, join(folder, "package.json"))


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _declared(repo: Repository, folder: str) -> Workspace:
    known = _cache.setdefault(repo, {})
    if folder not in known:
        patterns = [p for name in _DECLARATIONS for p in _patterns(repo, folder, name)]
        known[folder] = Workspace(folder, patterns[:_MAX_PATTERNS])
    return known[folder]


def _patterns(repo: Repository, folder: str, name: str) -> Iterator[str]:
    path = join(folder, name)
    if not repo.has(path):
        return
    data = _load(repo, path)
    found: list[Any] = []
    if name == "package.json":
        found = as_list(data.get("workspaces")) or as_list(
            as_dict(data.get("workspaces")).get("packages")
        )
    elif name == "lerna.json":
        found = as_list(data.get("packages"))
    elif name == "rush.json":
        projects = map(as_dict, as_list(data.get("projects")))
        found = [project.get("projectFolder") for project in projects]
    else:
        found = as_list(data.get("packages"))
    yield from (p.removeprefix("./").strip("/") for p in map(as_str, found) if p)


def _load(repo: Repository, path: str) -> dict[str, Any]:
    text = repo.text(path)
    if text is None:
        return {}
    try:
        return as_dict(load_yaml(text) if path.endswith(".yaml") else load_json(text))
    except ManifestError:
        return {}  # the manifest's own reader records the problem


def _glob(pattern: str) -> re.Pattern[str]:
    """A workspace pattern as a regular expression over folders; `**` also matches no folder."""
    regex = ""
    for part in re.split(r"(\*\*/?|\*|\{[^{}]*\}|\?)", pattern.removeprefix("./").strip("/")):
        if part.startswith("**"):
            regex += r"(?:[^/]+/)*" if part.endswith("/") else r".+"
        elif part == "*":
            regex += r"[^/]+"
        elif part == "?":
            regex += r"[^/]"
        elif part.startswith("{"):
            regex += "(?:" + "|".join(map(re.escape, part[1:-1].split(","))) + ")"
        else:
            regex += re.escape(part)
    return re.compile(regex)
