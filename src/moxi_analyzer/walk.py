"""The file list of a directory: from the git index where there is one, else from the disk."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from moxi_analyzer import git
from moxi_core.errors import SourceError
from moxi_core.patterns import lazy_pattern

if TYPE_CHECKING:
    import pathspec

MAX_FILES = 200_000

# Never part of a project, whether or not an ignore file says so.
_ALWAYS_IGNORED = frozenset(
    ".git .hg .svn .bzr node_modules __pycache__ .venv venv .tox .nox .mypy_cache .pytest_cache "
    ".ruff_cache .idea .DS_Store .gradle .terraform .eggs".split()
)

# An empty part is a leading slash; `.git` holds passwords of remotes.
_OUTSIDE = frozenset({"", ".", "..", ".git"})
_UNNAMEABLE = lazy_pattern(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)

_LINK_MODES = (b"120000", b"160000")  # symbolic links and submodules, in a git index

Listing = list[tuple[str, int]]


def list_files(root: Path, *, ask_git: bool = True) -> Listing:
    """(posix path, size in bytes) of each regular file under `root`, sorted by path.

    Symbolic links, devices, FIFOs, sockets and submodules are left out; nothing outside `root`
    is looked at. Names that Markdown cannot name are left out too: `is_nameable` tells.
    Without `ask_git`, only the disk is asked.
    """
    paths = _from_git(root) if ask_git else None
    return sorted(_from_disk(root) if paths is None else paths)[:MAX_FILES]


def _from_git(root: Path) -> Listing | None:
    """What git tells of a work tree; None where there is none, or git fails."""
    try:
        if not (root / ".git").exists() and not _inside_work_tree(root):
            return None
        # git looks through the folders for new files while the sizes of the known are asked.
        with git.started(root, "ls-files", "-z", "--others", "--exclude-standard") as others:
            known = git.run(root, "ls-files", "-z", "--cached", "--deduplicate")
            closed = {"": False}
            paths = _stat_all(root, known or b"", closed)
            new = others()
    except (SourceError, OSError):  # git hangs, on a FIFO or a pattern made for it: the disk tells
        return None
    if known is None or new is None:
        return None
    return [*paths, *_stat_all(root, new, closed)]


def list_links(root: Path, *, ask_git: bool = True) -> set[str]:
    """Paths of symbolic links and submodules under `root`; where they lead is not looked at."""
    try:
        if ask_git and ((root / ".git").exists() or _inside_work_tree(root)):
            out = git.run(root, "ls-files", "-z", "--stage")
            records = (record.partition(b"\t") for record in (out or b"").split(b"\0"))
            names = (_decode(name) for head, _, name in records if head[:6] in _LINK_MODES)
            return {name for name in names if name and is_nameable(name)}
    except (SourceError, OSError):  # git hangs: the disk tells
        pass
    return {
        found.relative_to(root).as_posix()
        for folder, folders, files in os.walk(root)
        for found in (Path(folder, name) for name in [*folders, *files])
        if found.is_symlink()
    }


def _inside_work_tree(root: Path) -> bool:
    # A folder inside a repository: git lists it relative to itself, ignore rules included.
    if not any((parent / ".git").exists() for parent in root.parents):
        return False
    wait = git.PROBE_TIMEOUT_S
    inside = git.run(root, "rev-parse", "--is-inside-work-tree", timeout_s=wait) is not None
    return inside and git.run(root, "check-ignore", "-q", ".", timeout_s=wait) is None


def is_nameable(path: str) -> bool:
    """Whether a path can be told to a reader, and leads nowhere else.

    Left out are names with line ends, control characters, marks that turn the direction of
    writing, or bytes that are no UTF-8; and what only a forged index holds: `..`, `/etc`, `C:/`.
    """
    is_plain = path.isascii() and path.isprintable()  # most are: no search needed
    if (not is_plain and _UNNAMEABLE.search(path)) or not _OUTSIDE.isdisjoint(path.split("/")):
        return False
    return os.sep == "/" or not PureWindowsPath(path).drive


def _decode(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _stat_all(root: Path, names: bytes, closed: dict[str, bool]) -> Listing:
    found: Listing = []
    base = os.fspath(root)  # joining as strings: a Path for each of 100,000 names takes seconds
    lstat, is_regular = os.lstat, stat.S_ISREG
    for path in _decoded(names):
        folder, _, name = path.rpartition("/")
        if closed.get(folder, True) and _is_closed(base, folder, closed):
            continue
        if name in _ALWAYS_IGNORED or not is_nameable(name) or path.startswith("/"):
            continue
        try:
            info = lstat(f"{base}/{path}")
        except OSError:
            continue
        if is_regular(info.st_mode):
            found.append((path, info.st_size))
    return found


def _decoded(names: bytes) -> Iterable[str]:
    """The names that git ends with a NUL each, without those that are no UTF-8."""
    try:
        return filter(None, names.decode("utf-8").split("\0"))
    except UnicodeDecodeError:
        return filter(None, map(_decode, names.split(b"\0")))


def _is_closed(base: str, folder: str, closed: dict[str, bool]) -> bool:
    """Whether a folder is never looked into, or cannot be named, or is a link now.

    The index may know a folder where a link stands.
    """
    if folder not in closed:
        above, _, name = folder.rpartition("/")
        closed[folder] = (
            name in _ALWAYS_IGNORED
            or not is_nameable(folder)
            or _is_closed(base, above, closed)
            or _is_link(f"{base}/{folder}")
        )
    return closed[folder]


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:  # gone, as all in it
        return True


def _from_disk(root: Path) -> Iterator[tuple[str, int]]:
    ignore = IgnoreRules(lambda path: _small_text(root / path))
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
            if entry.name in _ALWAYS_IGNORED or not is_nameable(path):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not ignore.matches(path + "/"):
                    pending.append(path)
            elif entry.is_file(follow_symlinks=False) and not ignore.matches(path):
                found += 1
                yield path, _size(entry)


def _small_text(file: Path) -> str | None:
    """The text of a regular file below 1 MB; None for all else."""
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > 1_000_000:
            return None
        return file.read_text("utf-8", "replace")
    except OSError:
        return None


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:  # gone in between
        return 0


# A pattern of many stars takes a regular expression for ever. Real ones have two or three.
_MAX_PATTERNS = 3_000
_MAX_COSTLY = 60
_MATCHING_S = 10.0
# Workflows and all beside them are tracked whatever `.*` or `*` say: nothing but a person makes them.
_FORGE = lazy_pattern(r"\.github/")


def _is_hostile(pattern: str) -> bool:
    """Whether matching a pattern could take very long."""
    parts = pattern.split("/")
    stars = max(len(re.findall(r"\*+", part)) for part in parts)
    return stars > 3 or parts.count("**") > 3 or len(pattern) > 1_000


def _is_costly(pattern: str) -> bool:
    return pattern.count("*") > 2


class IgnoreRules:
    """The .gitignore files met so far, each applied below its own folder.

    `text_of` gives the text of a file by its path in the repository, None where there is none.
    """

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        self._text_of = text_of
        self._spent = 0.0
        self._specs: dict[str, pathspec.GitIgnoreSpec] = {}

    def read(self, folder: str) -> None:
        """Follow the .gitignore of a folder ("" is the root) from now on."""
        text = self._text_of(f"{folder}/.gitignore" if folder else ".gitignore")
        if text is None:
            return
        lines = text.splitlines()[:_MAX_PATTERNS]
        calm = [line for line in lines if not _is_hostile(line)]
        costly = set(list(filter(_is_costly, calm))[_MAX_COSTLY:])
        with suppress(ValueError, re.error):
            import pathspec  # late: directories in git never need it

            self._specs[folder] = pathspec.GitIgnoreSpec.from_lines(
                line for line in calm if line not in costly
            )

    def matches(self, path: str) -> bool:
        """Whether a path is to be ignored; patterns made to be slow are followed for a while."""
        if self._spent > _MATCHING_S or _FORGE.match(path):
            return False
        started = time.thread_time()
        try:
            return self._match(path)
        finally:
            self._spent += time.thread_time() - started

    def _match(self, path: str) -> bool:
        parts = path.split("/")
        for depth in reversed(range(len(parts))):  # the nearest file that says something decides
            spec = self._specs.get("/".join(parts[:depth]))
            told = _told(spec, "/".join(parts[depth:])) if spec is not None else None
            if told is not None:
                return told
        return False


def _told(spec: pathspec.GitIgnoreSpec, path: str) -> bool | None:
    """Whether patterns ignore a path; None where they say nothing of it. A folder's ends with a slash."""
    found = spec.check_file(path)
    if path.endswith("/"):  # of a folder, pathspec lets a `*` win over a `!name` behind it
        named = spec.check_file(path.removesuffix("/"))
        if named.include is not None and (named.index or 0) > (found.index or 0):
            return named.include
    return found.include
