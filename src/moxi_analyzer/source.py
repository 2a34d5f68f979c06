"""A path or URL becomes a FileTree: names and bytes of a repository, on disk or in git objects.

Nothing of a repository is checked out or run. A URL is cloned bare, shallow and without blobs;
then just the blobs that the analyzer can use are fetched, in one batch.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from moxi_analyzer import git
from moxi_analyzer.roles import role_of
from moxi_analyzer.walk import MAX_FILES, Listing, is_nameable, list_files, list_links
from moxi_core.errors import SourceError
from moxi_core.patterns import lazy_pattern

MAX_FILE_BYTES = 1_000_000
MAX_CLONE_BYTES = 2_000_000_000
CLONE_TIMEOUT_S = 300.0
_URL = lazy_pattern(r"^(https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")
_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
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


@contextmanager
def open_source(target: str, *, timeout_s: float = CLONE_TIMEOUT_S) -> Iterator[FileTree]:
    """Open a directory, a bare git repository or a URL for reading.

    Raises SourceError, with the mend, when there is nothing to read.
    """
    with ExitStack() as stack:
        if is_url(target):
            tree: FileTree = _clone(target, _scratch(stack), timeout_s)
        else:
            tree = _open_path(target)
        if isinstance(tree, GitTree):
            stack.callback(tree.close)
        yield tree


def local_path(target: str) -> Path:
    """The path that a user means; `~` and `~name` are resolved where there is such a home."""
    path = Path(target)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _scratch(stack: ExitStack) -> Path:
    """A folder for a clone, gone when `stack` closes."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="moxi-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SourceError(f"There is no room for a clone: {error.strerror}; set TMPDIR.") from error
    return Path(stack.enter_context(folder))


def _open_path(target: str) -> FileTree:
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
            self.url = _remote_url(self.root)
            self.commit = git.ask(self.root, "rev-parse", "--verify", "-q", "HEAD")
            self.default_branch = _branch(self.root)
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
        with os.fdopen(handle, "rb") as file:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_FILE_BYTES:
                return None
            try:
                return file.read(info.st_size + 1)  # as much memory as it takes, no more
            except OSError:
                return None


class GitTree:
    """A commit in a git object store, read through one `git cat-file --batch` process."""

    def __init__(self, git_dir: Path, *, name: str, url: str = "") -> None:
        self.name = name
        self._dir = git_dir
        _need_git(name)
        self.url = url or _remote_url(git_dir)
        self.commit = git.ask(git_dir, "rev-parse", "--verify", "-q", "HEAD^{commit}")
        if not self.commit:
            raise SourceError(
                f"{name!r} has no commit to read, or it is damaged. Name a folder, or clone it anew."
            )
        self.default_branch = _branch(git_dir)
        self._objects: dict[str, str] = {}
        self._batch: subprocess.Popen[bytes] | None = None

    def entries(self) -> dict[str, str]:
        """Path -> object id of each regular file of the commit."""
        found: dict[str, str] = {}
        for mode, oid, path in self._records():
            if mode not in _REFUSED_MODES and len(found) < MAX_FILES:
                found[path] = oid
        return found

    def links(self) -> set[str]:
        return {path for mode, _, path in self._records() if mode in _REFUSED_MODES}

    def _records(self) -> Iterator[tuple[bytes, str, str]]:
        """(mode, object id, path) of all that the commit holds."""
        out = git.run(self._dir, "ls-tree", "-r", "-z", "--full-tree", self.commit)
        if out is None:
            raise SourceError(f"git cannot list the files of {self.name!r}; is the clone complete?")
        for record in out.split(b"\0"):
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

    def list(self) -> Listing:
        entries = self.entries()
        sizes = self._sizes(set(entries.values()) - self._missing())
        self._objects = {p: o for p, o in entries.items() if o in sizes}
        return sorted((path, sizes.get(oid, 0)) for path, oid in entries.items())

    def _missing(self) -> set[str]:
        """Objects that a partial clone does not hold; asking for one would start a download."""
        out = git.run(
            self._dir, "rev-list", "--objects", "--no-walk", "--missing=print", self.commit
        )
        return {line[1:].decode() for line in (out or b"").splitlines() if line.startswith(b"?")}

    def _sizes(self, objects: set[str]) -> dict[str, int]:
        query = "".join(f"{oid}\n" for oid in sorted(objects)).encode()
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
        return content if len(content) <= MAX_FILE_BYTES else None

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


def _clone(url: str, folder: Path, timeout_s: float) -> GitTree:
    shown = without_password(url)
    _need_git(shown)
    try:
        scheme = urlsplit(url).scheme or "ssh"
    except ValueError as error:
        raise SourceError(f"{shown!r} is no URL: {error}.") from error
    if scheme not in {"https", "ssh", "file"}:
        raise SourceError(f"{shown!r} is not encrypted; use its https:// address.")
    git_dir = folder / "clone.git"
    settings = {
        "transfer.fsckObjects": "true",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "30",
        f"protocol.{scheme}.allow": "always",
    }
    out = git.run(
        None, "clone", "--quiet", "--bare", "--depth", "1", "--single-branch", "--no-tags",
        "--filter=blob:none", "--template=", "--", url, str(git_dir),
        protocols=scheme, timeout_s=timeout_s, settings=settings, prepare=_limit_file_size,
        is_alive=lambda: _size_of(git_dir / "objects") > 0,
    )  # fmt: skip
    if out is None:
        raise SourceError(
            f"Cannot clone {shown!r}; check the address, the network, and that it is public."
        )
    if _size_of(git_dir) > MAX_CLONE_BYTES:
        raise SourceError(f"{shown!r} is larger than {MAX_CLONE_BYTES:,} bytes; clone it yourself.")
    name = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    tree = GitTree(git_dir, name=name or "repository", url=shown)
    _fetch_blobs(tree, git_dir, scheme, timeout_s, settings)
    return tree


def _fetch_blobs(
    tree: GitTree, git_dir: Path, scheme: str, timeout_s: float, settings: dict[str, str]
) -> None:
    """Bring the blobs that analysis reads: no images, vendored or generated files."""
    unread = {"asset", "vendored", "generated"}
    missing = tree._missing()
    wanted = {oid for path, oid in tree.entries().items() if role_of(path) not in unread} & missing
    if not wanted:
        return
    git.run(
        git_dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
        "--recurse-submodules=no", "--filter=blob:none", "--stdin", "origin",
        protocols=scheme, timeout_s=timeout_s, stdin="".join(f"{o}\n" for o in wanted).encode(),
        settings=settings | {"fetch.negotiationAlgorithm": "noop"}, prepare=_limit_file_size,
    )  # fmt: skip


def _need_git(name: str) -> None:
    if git.program() is None:
        raise SourceError(f"Reading {name!r} takes git, which PATH does not name; install it.")


def _limit_file_size() -> None:
    """No single file of a clone grows beyond the limit, whatever a server sends."""
    import resource  # only where a process can be prepared: not on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_CLONE_BYTES, MAX_CLONE_BYTES))


def _size_of(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # git may be done with it by now
            total += file.lstat().st_size if file.is_file() else 0
    return total


def _branch(root: Path) -> str:
    remote = git.ask(root, "symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD")
    return remote.removeprefix("origin/") or git.ask(root, "symbolic-ref", "--short", "-q", "HEAD")


def _remote_url(root: Path) -> str:
    return without_password(git.ask(root, "config", "--get", "remote.origin.url"))


def without_password(url: str) -> str:
    """The URL as it may be shown: without user and password."""
    return re.sub(r"^(\w+://)[^/@]*@", r"\1", url)
