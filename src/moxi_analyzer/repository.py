"""A FileTree with an index: what the analyzer's readers ask for paths, texts and positions."""

from __future__ import annotations

import posixpath
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from typing import Generic, TypeVar

from moxi_analyzer.languages import language_of
from moxi_analyzer.roles import is_own, role_of
from moxi_analyzer.source import MAX_FILE_BYTES, FileTree
from moxi_analyzer.walk import IgnoreRules
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, FileEntry, FileRole, Problem

_CACHE_BYTES = 16_000_000
# Patterns that begin or end with blanks take quadratic time over such a run.
_ENDLESS = lazy_pattern(rb"(?<!\s)\s{3000}")
_BLANKS = b" \t\n\r\v\f"
_BLANK_BLOCK = 1_500  # one of these, at a multiple of its size, lies in every run of 3,000
_MAX_UNREADABLE = 50  # so many are told of; more say no more
_UNREADABLE = "cannot be read: no permission, or no such object in the clone"

T = TypeVar("T")


@dataclass(frozen=True)
class Apart(Generic[T]):
    """What some readers made, with what they noted of the repository."""

    made: T
    problems: list[Problem]
    read_paths: set[str]
    unreadable: set[str]


class Repository:
    """Reads files of one repository, remembering what was read and what could not be."""

    def __init__(self, tree: FileTree, keep: Callable[[str], bool] = lambda _: True) -> None:
        self._tree = tree
        self.name = well_formed(tree.name)
        self.url = tree.url
        self.commit = tree.commit
        self.default_branch = tree.default_branch
        self.files: dict[str, FileEntry] = {
            path: FileEntry(path=path, size=size, role=role_of(path))
            for path, size in tree.list()
            if keep(path)
        }
        # Files that a reader may ask for, but whose bytes were not brought: a partial clone.
        self.unread: frozenset[str] = frozenset()
        self.received_bytes = 0
        self.asked: set[str] = set()
        self.problems: list[Problem] = []
        self._told: set[Problem] = set()
        self.read_paths: set[str] = set()
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached = 0
        self._unreadable: set[str] = set()

    def lack(self, paths: Iterable[str], *, besides: Set[FileRole]) -> None:
        """Tell which listed files' bytes were not brought; of some roles, nobody asks for them."""
        found = (p for p in paths if p in self.files and self.files[p].role not in besides)
        self.unread = frozenset(found)

    def has(self, path: str) -> bool:
        """Whether a regular file stands at `path`."""
        return path in self.files

    @cached_property
    def _name_ends(self) -> frozenset[str]:
        """Lower-case file names and their endings."""
        names = {name.lower() for name in self._by_name}
        return frozenset(names | {name[name.rfind(".") :] for name in names if "." in name})

    def has_any(self, names: str) -> bool:
        """Whether a file has one of these lower-case names or endings.

        "*" fits any file, "~word" any whose path holds the word.
        """
        if "*" in names or not self._name_ends.isdisjoint(names.split()):
            return True
        words = [word[1:] for word in names.split() if word.startswith("~")]
        return any(word in self._all_paths for word in words)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(path[path.rfind("/") + 1 :], []).append(path)
        return found

    def named(self, name: str) -> list[str]:
        """Paths of the files called `name`, in any folder, sorted."""
        return self._by_name.get(name, [])

    @cached_property
    def _all_paths(self) -> str:
        """All paths in lower case, a line each."""
        return "\n".join(self.files).lower()

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every directory that holds a file, at any depth; "" is the root."""
        return folders_of(self.files) | {""}

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.files:
            found.setdefault(path.rpartition("/")[0], []).append(path)
        return found

    def inside(self, folder: str) -> list[str]:
        """Paths of the files that stand directly in `folder` ("" is the root), sorted."""
        return self._by_folder.get(folder, [])

    def under(self, folder: str) -> Iterator[str]:
        """Paths of all files below `folder`, at any depth."""
        prefix = folder + "/" if folder else ""
        return (path for path in self.files if path.startswith(prefix))

    def find(self, pattern: str) -> Iterator[str]:
        """Paths of which the regular expression matches the whole."""
        return filter(re.compile(pattern).fullmatch, self.files)

    @cached_property
    def _own_by_grammar(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in self.files.items():
            language = language_of(path) if entry.role == "source" else None
            if language is not None and language.grammar:
                found.setdefault(language.grammar, []).append(path)
        return found

    def own_sources(self, *grammars: str) -> Iterator[str]:
        """Source files (no tests, examples, vendored code) that one of `grammars` parses, sorted."""
        lists = [self._own_by_grammar.get(grammar, []) for grammar in grammars]
        return iter(lists[0]) if len(lists) == 1 else merge(*lists)

    def links(self) -> set[str]:
        """Paths of symbolic links and submodules: they are there, and never followed."""
        return self._tree.links()

    def ignores(self, path: str) -> bool:
        """Whether a .gitignore of the repository names a path: made by building, or by users."""
        return self._ignore.matches(path) or self._ignore.matches(path + "/")

    @cached_property
    def _ignore(self) -> IgnoreRules:
        rules = IgnoreRules(self.text)
        for path in self.files:
            if path.rpartition("/")[2] == ".gitignore":
                rules.read(path.rpartition("/")[0])
        return rules

    def read(self, path: str) -> bytes | None:
        """Bytes of a file; None if missing, unreadable, binary or above MAX_FILE_BYTES.

        They are always valid UTF-8, as tree-sitter's queries want: bytes of other encodings are
        replaced.
        """
        self.asked.add(path)
        if path in self._cache:
            self._cache.move_to_end(path)
            return self._cache[path]
        entry = self.files.get(path)
        if entry is None:
            return None
        content = self._tree.read(path) if entry.size <= MAX_FILE_BYTES else None
        if content is None and entry.size <= MAX_FILE_BYTES:
            self._say_unreadable(path)
        if content is None or b"\0" in content[:8192]:
            return None
        content = _as_utf8(content)
        endless = _ENDLESS.search(content) if _has_blank_block(content) else None
        if endless:
            content = content[: endless.start()]
            self.problem(path, "read up to thousands of blanks in a row")
        self.read_paths.add(path)
        self._keep(path, content)
        return content

    @contextmanager
    def asking(self) -> Iterator[set[str]]:
        """The files asked for within, for a reader that keeps what it makes of them."""
        before, within = self.asked, set[str]()
        self.asked = within
        try:
            yield within
        finally:
            self.asked = before | within

    def _say_unreadable(self, path: str) -> None:
        if path not in self._unreadable and path not in self.unread:
            self._unreadable.add(path)
            if len(self._unreadable) <= _MAX_UNREADABLE:
                self.problem(path, _UNREADABLE)

    def _keep(self, path: str, content: bytes) -> None:
        self._cache[path] = content
        self._cached += len(content)
        while self._cached > _CACHE_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= len(dropped)

    def text(self, path: str) -> str | None:
        """The text of a file, undecodable bytes replaced, line ends as \\n; None as for read."""
        content = self.read(path)
        if content is None:
            return None
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n")

    def problem(self, path: str, reason: str) -> None:
        """Record, once, that something in `path` could not be understood."""
        self._note(Problem(path=path, reason=well_formed(reason)))

    def _note(self, problem: Problem) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self.problems.append(problem)

    def apart(self, work: Callable[[], T]) -> Apart[T]:
        """What `work` returns, and what it noted here, which counts only when it is taken."""
        kept = self.problems, self._told, self.read_paths, self._unreadable
        self.problems, self._told, self.read_paths, self._unreadable = [], set(), set(), set()
        try:
            made = work()
            return Apart(made, self.problems, self.read_paths, self._unreadable)
        finally:
            self.problems, self._told, self.read_paths, self._unreadable = kept

    def take(self, apart: Apart[T]) -> T:
        """What was made apart, after its notes are noted as if it had been made now."""
        for problem in apart.problems:
            if problem.reason == _UNREADABLE:
                self._say_unreadable(problem.path)
            else:
                self._note(problem)
        self.read_paths |= apart.read_paths
        self._unreadable |= apart.unreadable
        return apart.made

    def evidence(self, path: str, pattern: str | None = None, start: int = 1) -> Evidence:
        """The first line, from `start` on, in which the regular expression is found; else 0."""
        text = self.text(path) if pattern else None
        if text is None or pattern is None:
            return Evidence(path=path)
        for number, line in enumerate(text.splitlines(), 1):
            if number >= start and re.search(pattern, line):
                return Evidence(path=path, line=number)
        return Evidence(path=path)


def _has_blank_block(content: bytes) -> bool:
    firsts = content[::_BLANK_BLOCK]
    if firsts.translate(None, _BLANKS) == firsts:  # so it is with most files
        return False
    starts = range(0, len(content), _BLANK_BLOCK)
    return any(content[start : start + _BLANK_BLOCK].isspace() for start in starts)


def _as_utf8(content: bytes) -> bytes:
    if content.isascii():
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace").encode("utf-8")
    return content


def well_formed(text: str) -> str:
    """The text without lone surrogates, which `"\\ud800"` in a manifest brings and no file can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def own(paths: Iterable[str]) -> Iterator[str]:
    """Those paths at which a manifest speaks for the project itself."""
    return (path for path in paths if is_own(path))


def folder_of(path: str) -> str:
    """The directory of a file; "" for the root."""
    return path.rpartition("/")[0]


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """Every directory below the root that one of the files stands in, at any depth."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found - {""})


def join(folder: str, name: str) -> str:
    """A normal path from a folder and what a manifest in it names; "" if it leads outside."""
    path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
    return "" if path == "." or path.startswith(("../", "/")) or path == ".." else path
