"""A FileTree: names and bytes of a repository, on disk or in git objects; `opening.py` finds which.

Nothing of a repository is checked out or run; `clone.py` brings what stands at a URL.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Protocol

from moxi_analyzer import git
from moxi_analyzer.walk import MAX_FILES, Listing, is_nameable, list_files, list_links
from moxi_core.errors import SourceError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import FileRole

MAX_FILE_BYTES = 1_000_000
CLONE_TIMEOUT_S = 300.0
# A clone brings no files of these roles.
NOT_READ: frozenset[FileRole] = frozenset({"asset", "vendored", "generated"})
_URL = lazy_pattern(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")
_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_TOO_MUCH = MAX_FILE_BYTES + 1
_REFUSED_MODES = (b"120000", b"160000")  # symbolic links and submodules


class FileTree(Protocol):
    """Names and bytes of one repository."""

    name: str
    url: str
    commit: str
    default_branch: str

    def list(self) -> Listing:
        """(posix path, size in bytes) of each regular file; size 0 where it is not known."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes of a listed file; None if unreadable or above MAX_FILE_BYTES."""
        ...

    def links(self) -> set[str]:
        """Paths of symbolic links and submodules: they are there, and never followed."""
        ...


def is_url(target: str) -> bool:
    """Whether `target` names a remote repository rather than a local path."""
    return bool(_URL.match(target))


def local_path(target: str) -> Path:
    """The path that a user means; `~` and `~name` are resolved where there is such a home."""
    path = Path(target)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def open_path(target: str) -> FileTree:
    """A directory, or a bare git repository. Raises SourceError where there is none to read."""
    path = local_path(target)
    try:
        info = path.stat()
        root = path.resolve()
    except PermissionError as error:
        raise SourceError(f"Not readable: {target!r}. Check its permissions.") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(f"No such directory: {target!r}. Give a directory or a URL.") from error
    if not stat.S_ISDIR(info.st_mode):
        raise SourceError(f"Not a directory: {target!r}. Give the repository's folder.")
    if not os.access(path, os.R_OK | os.X_OK):
        raise SourceError(f"Not readable: {target!r}. Check its permissions.")
    if is_bare(root):
        return GitTree(root, name=_bare_name(root))
    return DiskTree(root)


def is_bare(root: Path) -> bool:
    """Whether a folder is a git directory without a work tree."""
    try:
        return (
            (root / "HEAD").is_file()
            and (root / "objects").is_dir()
            and ((root / "refs").is_dir() or (root / "packed-refs").is_file())
        )
    except OSError:  # a name too long, a folder nobody may enter
        return False


def _bare_name(root: Path) -> str:
    folder = root.parent if root.name in {".git", "repo"} else root
    return folder.name.removesuffix(".git")


class DiskTree:
    """A directory. Only regular files that `list` named are read; links are never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = os.fspath(root)
        self.name = root.name or "repository"
        self._paths: frozenset[str] = frozenset()
        self.url = self.commit = self.default_branch = ""
        self._ask_git = True
        if (root / ".git").exists():
            self._ask()

    def _ask(self) -> None:
        """What git knows; a repository made to hang it is read as a plain directory."""
        try:
            self.url, self.commit, self.default_branch = _told(self.root, "HEAD")
        except SourceError:
            self._ask_git = False

    def list(self) -> Listing:
        listing = list_files(self.root, ask_git=self._ask_git)
        self._paths = frozenset(path for path, _ in listing)
        return listing

    def links(self) -> set[str]:
        return list_links(self.root, ask_git=self._ask_git)

    def read(self, path: str) -> bytes | None:
        if path not in self._paths:
            return None
        try:
            handle = os.open(f"{self._base}/{path}", _READ_FLAGS)
        except (OSError, ValueError):
            return None
        try:
            return _whole(handle)
        except OSError:
            return None
        finally:
            os.close(handle)


def _whole(handle: int) -> bytes | None:
    """All bytes of an open file; None if it is no regular one, or above MAX_FILE_BYTES.

    A file object would cost more than reading most sources does.
    """
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_FILE_BYTES:
        return None
    size = info.st_size + 1  # as much memory as it takes, no more
    content = os.read(handle, size)
    while 0 < len(content) < size - 1:  # a read may give less than there is
        more = os.read(handle, size - len(content))
        if not more:
            break
        content += more
    return content


class GitTree:
    """A commit in a git object store, read through one `git cat-file --batch` process."""

    def __init__(self, git_dir: Path, *, name: str, url: str = "") -> None:
        self.name = name
        self._dir = git_dir
        need_git(name)
        own_url, self.commit, self.default_branch = _told(git_dir, "HEAD^{commit}")
        self.url = url or own_url
        if not self.commit:
            raise SourceError(
                f"{name!r} has no commit to read, or it is damaged. Name a folder, or clone it anew."
            )
        self._objects: dict[str, str] = {}
        self._lacking: frozenset[str] = frozenset()
        self._batch: subprocess.Popen[bytes] | None = None

    def entries(self) -> dict[str, str]:
        """Path -> object id of each regular file of the commit."""
        found = ((path, oid) for mode, oid, path in self._records if mode not in _REFUSED_MODES)
        return dict(islice(found, MAX_FILES))

    def links(self) -> set[str]:
        return {path for mode, _, path in self._records if mode in _REFUSED_MODES}

    @cached_property
    def _records(self) -> list[tuple[bytes, str, str]]:
        """(mode, object id, path) of all that the commit holds."""
        out = git.run(self._dir, "ls-tree", "-r", "-z", "--full-tree", self.commit)
        if out is None:
            raise SourceError(f"git cannot list the files of {self.name!r}; is the clone complete?")
        return list(_records(out))

    def list(self) -> Listing:
        entries = self.entries()
        sizes = self._sizes(self._held(set(entries.values())))
        self._objects = {p: o for p, o in entries.items() if sizes.get(o, _TOO_MUCH) < _TOO_MUCH}
        self._lacking = frozenset(p for p, o in entries.items() if o not in sizes)
        return sorted((path, sizes.get(oid, 0)) for path, oid in entries.items())

    def lacking(self) -> frozenset[str]:
        """Listed paths whose bytes are not here: a partial clone, or a damaged one."""
        return self._lacking

    def _held(self, objects: set[str]) -> set[str]:
        """Those objects that are here."""
        return objects - self._missing()

    def _missing(self) -> set[str]:
        """Objects that a partial clone does not hold; asking for one would start a download."""
        out = git.run(
            self._dir, "rev-list", "--objects", "--no-walk", "--missing=print", self.commit
        )
        return {line[1:].decode() for line in (out or b"").splitlines() if line.startswith(b"?")}

    def _sizes(self, objects: set[str]) -> dict[str, int]:
        query = "".join(f"{oid}\n" for oid in sorted(objects)).encode()
        if not query:
            return {}
        out = git.run(self._dir, "cat-file", "--batch-check", "--buffer", stdin=query) or b""
        rows = (line.split() for line in out.decode("ascii", "replace").splitlines())
        return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] == "blob"}

    def read(self, path: str) -> bytes | None:
        oid = self._objects.get(path)
        if oid is None:
            return None
        process = self._batch or self._start()
        if process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(f"{oid}\n".encode())
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3:
                return None
            content = process.stdout.read(int(head[2]))
            process.stdout.read(1)
        except OSError:
            return None
        return content

    def _start(self) -> subprocess.Popen[bytes]:
        self._batch = subprocess.Popen(
            git.command(self._dir, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git.environment(),
        )
        return self._batch

    def close(self) -> None:
        """End the reading process."""
        if self._batch is not None:
            self._batch.kill()
            self._batch.communicate()
            self._batch = None


def _records(listing: bytes) -> Iterator[tuple[bytes, str, str]]:
    """(mode, object id, path) of each line of `git ls-tree -z` that can be named."""
    for record in listing.split(b"\0"):
        head, _, raw_path = record.partition(b"\t")
        mode, _, rest = head.partition(b" ")
        if not raw_path:
            continue
        try:
            path = raw_path.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if is_nameable(path):
            yield mode, rest.split(b" ")[1].decode("ascii"), path


def need_git(name: str) -> None:
    """Raise SourceError where there is no git to read `name` with."""
    if git.program() is None:
        raise SourceError(f"Reading {name!r} takes git, which PATH does not name; install it.")


def _told(root: Path, commit: str) -> tuple[str, str, str]:
    """URL, commit and default branch, as far as git knows them."""
    url, found, remote, local = git.ask_all(
        root,
        ("config", "--get", "remote.origin.url"),
        ("rev-parse", "--verify", "-q", commit),
        ("symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD"),
        ("symbolic-ref", "--short", "-q", "HEAD"),
    )
    return without_password(url), found, remote.removeprefix("origin/") or local


def without_password(url: str) -> str:
    """The URL as it may be shown: without user and password."""
    return re.sub(r"^([\w+.-]+://)[^/]*@", r"\1", url)
