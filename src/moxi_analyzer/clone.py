"""A URL becomes a GitTree: a bare, shallow clone without blobs, then the blobs that are wanted.

The server is a stranger: it may be slow, lie, or send more than anyone wants. All of it lies in a
scratch folder that is gone when the block ends.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from moxi_analyzer import git
from moxi_analyzer.roles import role_of
from moxi_analyzer.source import (
    CLONE_TIMEOUT_S,
    MAX_FILE_BYTES,
    NOT_READ,
    GitTree,
    need_git,
    without_password,
)
from moxi_analyzer.walk import is_nameable
from moxi_core.errors import (
    SourceError,
    SourceGoneError,
    SourceTimeoutError,
    SourceTooLargeError,
    SourceUnreachableError,
)
from moxi_core.patterns import lazy_pattern

MAX_CLONE_BYTES = 2_000_000_000
SAFE = ("https",)
_TYPED = ("https", "ssh", "file")

_SETTINGS = {
    "transfer.fsckObjects": "true",
    # What old tools wrote, and what leads nobody anywhere.
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.fsck.badTimezone": "ignore",
    "fetch.fsck.missingEmail": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "fetch.unpackLimit": "1",  # packs stay packs: a file a blob takes more room and time
    "fetch.negotiationAlgorithm": "noop",
    "core.bigFileThreshold": "2m",  # above, a blob is never held in memory as a whole
}
_GONE = lazy_pattern(
    r"(?i)not found|does not exist|could not read (?:Username|Password)|Authentication failed"
    r"|does not appear to be a git repository|access denied|permission denied|not exported"
    r"|error: (?:401|403|404|410|451)\b|unavailable due to"
)
_NO_SINGLE_FILES = lazy_pattern(r"(?i)not allow request for unadvertised|not our ref")
_FORGED = lazy_pattern(r"(?i)fsck error|error in object|invalid path|not allowed|bad object")


@contextmanager
def open_whole(url: str, *, timeout_s: float = CLONE_TIMEOUT_S) -> Iterator[ClonedTree]:
    """A user's URL with all that the analyzer can read: no images, vendored or generated files."""
    with open_clone(url, timeout_s=timeout_s, protocols=_TYPED) as tree:
        tree.bring(path for path in tree.entries() if role_of(path) not in NOT_READ)
        yield tree


@contextmanager
def open_clone(
    url: str,
    *,
    timeout_s: float = CLONE_TIMEOUT_S,
    protocols: Collection[str] = SAFE,
    max_bytes: int = MAX_CLONE_BYTES,
    known_as: str = "",
) -> Iterator[ClonedTree]:
    """A clone that knows all names of the newest commit, and brings the bytes that it is asked for.

    `timeout_s` is for all that is fetched while the block is open. `known_as` is the repository's
    own address where `url` is that of a mirror. Raises SourceError, of the kinds that
    `moxi_core.errors` tells apart.
    """
    remote = _Remote.of(url, protocols, timeout_s)
    with ExitStack() as stack:
        git_dir = _scratch(stack) / "clone.git"
        watch = _Watch(git_dir, max_bytes, remote.shown)
        done = remote.call(
            None, "clone", "--quiet", "--bare", "--depth", "1", "--single-branch", "--no-tags",
            "--filter=blob:none", "--template=", "--", url, str(git_dir), watch=watch,
        )  # fmt: skip
        if done.code:
            raise remote.refusal("clone", done.err)
        watch.allow(watch.received)  # it may have come between two looks
        tree = ClonedTree(git_dir, remote, without_password(known_as) or remote.shown, max_bytes)
        stack.callback(tree.close)
        yield tree


def remote_head(
    url: str, *, timeout_s: float = 30.0, protocols: Collection[str] = SAFE
) -> tuple[str, str]:
    """(commit, branch) of what a server calls HEAD, asked without cloning; branch "" if detached.

    Raises SourceGoneError, SourceTimeoutError, SourceUnreachableError, and SourceError where there
    is nothing to read.
    """
    remote = _Remote.of(url, protocols, timeout_s)
    done = remote.call(None, "ls-remote", "--quiet", "--symref", "--", url, "HEAD")
    if done.code:
        raise remote.refusal("ask", done.err)
    commit = branch = ""
    for line in done.out.decode("utf-8", "replace").splitlines():
        value, _, name = line.partition("\t")
        if name == "HEAD" and value.startswith("ref: refs/heads/") and is_nameable(value):
            branch = value.removeprefix("ref: refs/heads/")
        elif name == "HEAD" and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", value):
            commit = value
    if not commit:
        raise SourceError(f"{remote.shown!r} has no commit to read.")
    return commit, branch


@dataclass(frozen=True, slots=True)
class _Remote:
    """A server's address, what may be spoken with it, and until when."""

    url: str
    shown: str
    protocol: str
    ends: float
    timeout_s: float

    @classmethod
    def of(cls, url: str, protocols: Collection[str], timeout_s: float) -> _Remote:
        """Raises SourceError for what is no URL, or of a protocol that is not allowed here."""
        shown = without_password(url)
        need_git(shown)
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise SourceError(f"{shown!r} is no URL: {error}.") from error
        is_short = "://" not in url  # user@host:path
        protocol = "ssh" if is_short and re.match(r"[\w.-]+@[\w.-]+:(?!:)", url) else parts.scheme
        is_odd = not url.isprintable() or " " in url or url.startswith("-")
        no_host = protocol in {"https", "http", "git"} and not parts.hostname
        if is_odd or no_host or not protocol or "::" in url.partition("/")[0]:
            raise SourceError(f"{shown!r} is no URL of a repository.")
        if protocol not in protocols:
            if protocol in {"http", "git"}:
                raise SourceError(f"{shown!r} is not encrypted; use its https:// address.")
            allowed = " or ".join(f"{name}://" for name in protocols)
            raise SourceError(f"{shown!r} is no address that may be read here; use {allowed}.")
        return cls(url, shown, protocol, time.monotonic() + timeout_s, timeout_s)

    def call(
        self,
        directory: Path | None,
        *arguments: str,
        stdin: bytes | None = None,
        watch: _Watch | None = None,
    ) -> git.Done:
        """A git call that speaks with the server. Raises SourceTimeoutError when time is over."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise SourceTimeoutError(
                f"{self.shown!r} took longer than {self.timeout_s:.3g} s; give it more: --timeout."
            )
        if watch is not None:
            watch.start()
        try:
            return git.call(
                directory, *arguments, protocols=self.protocol, timeout_s=left, stdin=stdin,
                settings=_SETTINGS | {f"protocol.{self.protocol}.allow": "always"}, watch=watch,
            )  # fmt: skip
        finally:
            if watch is not None:
                watch.end()

    def refusal(self, verb: str, said: str) -> SourceError:
        """The error that git's complaint means. Its words are not told: they may hold a password."""
        head = f"Cannot {verb} {self.shown!r}"
        if _FORGED.search(said):
            return SourceError(f"{head}: git takes what it holds for damaged or forged.")
        if _NO_SINGLE_FILES.search(said):
            return SourceError(f"{head}: its server has not, or gives not, single files.")
        if _GONE.search(said):
            return SourceGoneError(
                f"{head}: it does not exist, or is not public; check the address."
            )
        return SourceUnreachableError(
            f"{head}: its server cannot be reached, or broke off; check the network, or try later."
        )


class _Watch:
    """Looks at a clone while git fills it: what comes may be nothing, or too much."""

    def __init__(self, git_dir: Path, limit: int, shown: str) -> None:
        self._folder = git_dir / "objects"
        self._limit = limit
        self._shown = shown
        self._before = 0
        self.received = 0

    def start(self) -> None:
        """A call begins."""
        self._before = _size_of(self._folder)

    def __call__(self, elapsed: float) -> None:
        """Raises SourceTooLargeError or SourceTimeoutError."""
        come = _size_of(self._folder) - self._before
        self.allow(come)
        if not come and elapsed > git.STALL_S:
            raise SourceTimeoutError(
                f"git clone ran longer than {git.STALL_S:g} s; nothing came from {self._shown!r}."
            )

    def allow(self, size: int) -> None:
        """Raises SourceTooLargeError for more than the limit."""
        if size > self._limit:
            raise SourceTooLargeError(
                f"{self._shown!r} is larger than {self._limit:,} bytes; clone it yourself."
            )

    def end(self) -> None:
        """A call has ended: count what came, and drop what is of no use."""
        self.received += max(0, _size_of(self._folder) - self._before)
        for part in self._folder.glob("pack/tmp_*"):
            with suppress(OSError):
                part.unlink()


class ClonedTree(GitTree):
    """A partial clone: the names of all files, and the bytes of those that were brought."""

    def __init__(self, git_dir: Path, remote: _Remote, address: str, max_bytes: int) -> None:
        name = re.split(r"[/:]", address.rstrip("/"))[-1].removesuffix(".git")
        super().__init__(git_dir, name=name or "repository", url=address)
        self._remote = remote
        self._left = max_bytes
        self._brought: set[str] = set()
        self.received_bytes = 0
        self._count(_size_of(git_dir / "objects" / "pack"))

    def _count(self, size: int) -> None:
        self.received_bytes += size
        self._left -= size

    def bring(self, paths: Iterable[str]) -> None:
        """Fetch the bytes of some files in one request; call `list` again to read them.

        What is forged, or much larger than anything that is read, is left out: only then there
        are more requests. Raises SourceUnreachableError where the server breaks off.
        """
        entries = self.entries()
        wanted = {entries[path] for path in paths if path in entries} - self._brought
        if wanted:
            self._fetch(sorted(wanted))

    def _fetch(self, objects: list[str]) -> None:
        limit = min(self._left, (len(objects) + 1) * MAX_FILE_BYTES)
        if limit <= 0:
            return
        watch = _Watch(self._dir, limit, self._remote.shown)
        try:
            done = self._remote.call(
                self._dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
                "--recurse-submodules=no", "--filter=blob:none", "--stdin", "origin",
                stdin="".join(f"{oid}\n" for oid in objects).encode(), watch=watch,
            )  # fmt: skip
        except SourceTooLargeError:
            done = None
        finally:
            self._count(watch.received)
        if done is not None and done.code == 0:
            self._brought.update(objects)
            return
        if done is not None and not _FORGED.search(done.err):
            raise self._remote.refusal("read", done.err)
        if len(objects) > 1:  # one of them is to blame: which is found by halves
            middle = len(objects) // 2
            self._fetch(objects[:middle])
            self._fetch(objects[middle:])

    def _held(self, objects: set[str]) -> set[str]:
        return objects & self._brought


def _scratch(stack: ExitStack) -> Path:
    """A folder for a clone, gone when `stack` closes."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="moxi-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SourceError(f"There is no room for a clone: {error.strerror}; set TMPDIR.") from error
    return Path(stack.enter_context(folder))


def _size_of(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # git may be done with it by now
            total += file.lstat().st_size if file.is_file() else 0
    return total
