"""The file list of a directory: from the git index where there is one, else from the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pathspec

from moxi_analyzer import git

MAX_FILES = 200_000

# Never part of a project, whether or not an ignore file says so.
_ALWAYS_IGNORED = frozenset(
    ".git .hg .svn .bzr node_modules __pycache__ .venv venv .tox .nox .mypy_cache .pytest_cache "
    ".ruff_cache .idea .DS_Store .gradle .terraform .eggs".split()
)

Listing = list[tuple[str, int]]


def list_files(root: Path) -> Listing:
    """(posix path, size in bytes) of each regular file under `root`, sorted by path.

    Symbolic links, devices, FIFOs, sockets and submodules are left out; nothing outside `root`
    is looked at. Names that are not valid UTF-8 are left out too: Markdown cannot name them.
    """
    names = _from_git(root)
    paths = _stat_all(root, names) if names is not None else _from_disk(root)
    return sorted(paths)[:MAX_FILES]


def _from_git(root: Path) -> list[str] | None:
    if not (root / ".git").exists() and not _inside_work_tree(root):
        return None
    out = git.run(
        root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"
    )
    if out is None:
        return None
    return [name for name in map(_decode, out.split(b"\0")) if name]


def _inside_work_tree(root: Path) -> bool:
    # A folder inside a repository: git lists it relative to itself, ignore rules included.
    if not any((parent / ".git").exists() for parent in root.parents):
        return False
    ignored = git.run(root, "check-ignore", "-q", ".")
    return ignored is None and git.run(root, "rev-parse", "--is-inside-work-tree") is not None


def _decode(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _stat_all(root: Path, names: list[str]) -> Iterator[tuple[str, int]]:
    linked: dict[str, bool] = {}
    for name in names:
        if _ALWAYS_IGNORED.intersection(name.split("/")) or _through_link(root, name, linked):
            continue
        try:
            info = os.lstat(root / name)
        except OSError:
            continue
        if stat.S_ISREG(info.st_mode):
            yield name, info.st_size


def _through_link(root: Path, name: str, linked: dict[str, bool]) -> bool:
    """Whether a folder on the way is a link now, though the index knew it as a folder."""
    folder = name.rpartition("/")[0]
    if not folder:
        return False
    if folder not in linked:
        linked[folder] = _through_link(root, folder, linked) or (root / folder).is_symlink()
    return linked[folder]


def _from_disk(root: Path) -> Iterator[tuple[str, int]]:
    ignore = _IgnoreRules(root)
    pending, found = [""], 0
    while pending and found < MAX_FILES:
        folder = pending.pop()
        ignore.read(folder)
        try:
            entries = list(os.scandir(root / folder))
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name in _ALWAYS_IGNORED or not _is_utf8(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not ignore.matches(path + "/"):
                    pending.append(path)
            elif entry.is_file(follow_symlinks=False) and not ignore.matches(path):
                found += 1
                yield path, entry.stat(follow_symlinks=False).st_size


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _IgnoreRules:
    """The .gitignore files met so far, each applied below its own folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._specs: dict[str, pathspec.GitIgnoreSpec] = {}

    def read(self, folder: str) -> None:
        file = self._root / folder / ".gitignore"
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > 1_000_000:
                return
            lines = file.read_text("utf-8", "replace").splitlines()
            self._specs[folder] = pathspec.GitIgnoreSpec.from_lines(lines)
        except (OSError, ValueError):
            return

    def matches(self, path: str) -> bool:
        parts = path.split("/")
        for depth in range(len(parts)):
            spec = self._specs.get("/".join(parts[:depth]))
            if spec is not None and spec.match_file("/".join(parts[depth:])):
                return True
        return False
