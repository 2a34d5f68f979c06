"""What claims are held against: the facts of a repository, its paths, and its literal text."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from moxi_analyzer.languages import language_of, suffix_of
from moxi_analyzer.repository import Repository, folders_of
from moxi_analyzer.syntax import MAX_PARSED_BYTES
from moxi_core.records import Evidence, Fact, FactKind, RepoSnapshot

# Kinds of claims that the page and the list of files alone settle.
LISTED = frozenset({"anchor", "image", "link", "tree"})
# Kinds that ask for files which a source distribution seldom has: pages, pictures, tests.
_LEFT_OUT = frozenset({"env_var", "image", "link", "path", "run", "service", "tree"})
_OWN_RELATIONS = frozenset({"repository", "issues"})
_SLUG = re.compile(
    r"(?:github\.com|gitlab\.com|codeberg\.org)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/#?]|$)"
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NUMBERED = re.compile(r"(?<=[a-z])[XYN](?=[A-Z]|$)")
_MAX_CORPUS = 150_000_000
_ALIKE = 0.66
_MOST_LINES, _LONGEST_LINE = 500, 2_000
# A log of changes tells what once was: nothing in it holds today.
_PAST = re.compile(
    r"(?i)(?:^|/)(?:change-?log|changes|history|news|releases?|upgrad\w*|migrat\w*)[^/]*$"
)

_WORKFLOWS = (".github/", ".gitlab-ci", ".circleci/", ".travis", ".pre-commit-config")


class Ground:
    """Facts, paths and text of one repository; `documents` are the pages that are checked."""

    def __init__(
        self, repo: Repository, snapshot: RepoSnapshot, documents: Iterable[str] = ()
    ) -> None:
        self.repo = repo
        self.snapshot = snapshot
        self.documents = frozenset(documents)
        self.incomplete = bool(repo.unread)  # whether some text is not looked at

    # Facts

    @cached_property
    def _by_kind(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.snapshot.facts:
            found[fact.kind].append(fact)
        return found

    def facts(self, *kinds: FactKind) -> list[Fact]:
        """All facts of some kinds, in the order found."""
        return [fact for kind in kinds for fact in self._by_kind.get(kind, ())]

    @cached_property
    def _by_value(self) -> dict[tuple[str, str], list[Fact]]:
        found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.snapshot.facts:
            found[fact.kind, fact.value].append(fact)
        return found

    def named(self, kind: FactKind, value: str) -> list[Fact]:
        """The facts of a kind with exactly this value."""
        return self._by_value.get((kind, value), [])

    def ecosystems(self) -> frozenset[str]:
        """Ecosystems of the packages found: python, javascript, go …"""
        return frozenset(f.detail.get("ecosystem", "") for f in self.facts("package")) - {""}

    @cached_property
    def slugs(self) -> frozenset[str]:
        """Lower-case `owner/name` under which the repository calls itself its own."""
        links = self.facts("link")
        facts = [f for f in links if f.detail.get("rel") in _OWN_RELATIONS]
        # A homepage is the repository's own address only where nothing else is said of that.
        facts = facts or [f for f in links if f.detail.get("rel") == "homepage"]
        facts += [f for f in self.facts("package") if f.detail.get("ecosystem") == "go"]
        # What a folder's manifest says may be of a fork or a vendored copy.
        urls = [self.snapshot.url, *(f.value for f in facts if not f.scope)]
        return frozenset(found[1].lower() for url in urls if (found := _SLUG.search(url)))

    # Paths

    @cached_property
    def _names(self) -> dict[str, None]:
        """All paths, in order: of several that would do, each run names the same."""
        above = folders_of(self.linked)  # a folder that holds submodules only
        return dict.fromkeys(sorted({*self.repo.files, *self.repo.folders, *self.linked, *above}))

    @cached_property
    def linked(self) -> frozenset[str]:
        """Symbolic links and submodules: they stand in the repository, and are never followed."""
        return frozenset(self.repo.links())

    def has(self, path: str) -> bool:
        """Whether a file, folder or link stands at a normal path ("" is the root)."""
        return path in self._names

    def through_link(self, path: str) -> bool:
        """Whether a path leads through a symbolic link or submodule, of which nothing is known."""
        folder = posixpath.dirname(path)
        while folder:
            if folder in self.linked:
                return True
            folder = posixpath.dirname(folder)
        return False

    def ignored(self, path: str) -> bool:
        """Whether an ignore file says that a path is made by building or by users."""
        return self.repo.ignores(path)

    def ending_in(self, path: str) -> list[str]:
        """Existing paths that end in whole parts like `path`: `core/app.py` for `app.py`."""
        tail = "/" + path
        found = self._by_base.get(posixpath.basename(path).lower(), ())
        return [known for known in found if known == path or known.endswith(tail)]

    def nearest_path(self, path: str) -> str:
        """The existing path that a wrong one most likely means; "" if none is near."""
        base = posixpath.basename(path).lower()
        folder = posixpath.dirname(path)
        siblings = [p for p in self._names if p and posixpath.dirname(p) == folder]
        stem = base.partition(".")[0]
        twins = [p for p in siblings if posixpath.basename(p).lower().partition(".")[0] == stem]
        same = list(self._by_base.get(base, ()))
        # `LICENSE` at the root is `LICENSE.md` there rather than the one of a library below.
        if same and not (stem and twins and not folder):
            return max(same, key=lambda p: (likeness(p, path), -len(p)))
        if stem and twins:
            return min(twins)
        return nearest(path, siblings) or nearest(path, self._names)

    @cached_property
    def _by_base(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._names:
            if path:
                found[posixpath.basename(path).lower()].append(path)
        return found

    # What was not read

    @cached_property
    def is_release(self) -> bool:
        """Whether it is an unpacked source distribution, of which much of the repository is left out."""
        return "PKG-INFO" in self.repo.files and not self.repo.inside(".github/workflows")

    def may_lack(self, kind: str) -> bool:
        """Whether what confirms a claim of a kind may stand in a file that was not brought."""
        if self.is_release and kind in _LEFT_OUT:
            return True
        if kind in LISTED:  # ignore files tell which paths are made later
            return any(path.rpartition("/")[2] == ".gitignore" for path in self.repo.unread)
        return bool(self.repo.unread)

    # Text

    @cached_property
    def _corpus(self) -> list[tuple[str, bytes]]:
        """The text of all files that may prove something; the checked pages are no proof."""
        found: list[tuple[str, bytes]] = []
        size = 0
        for path, entry in self.repo.files.items():
            if path in self.documents or _is_past(path) or entry.role in {"vendored", "asset"}:
                continue
            if posixpath.basename(path) == "FUNDING.yml":  # names of accounts
                continue
            if size + entry.size > _MAX_CORPUS:
                self.incomplete = True
                continue
            content = self.repo.read(path)
            if content:
                found.append((path, content))
                size += len(content)
        return found

    def mention(self, word: str, *, docs: bool = True) -> Evidence | None:
        """Where a word stands literally in the repository, not as part of a longer word.

        Change logs and the checked pages do not count; without `docs`, no page of prose does.
        """
        if (word, docs) not in self._mentions:
            self._mentions[word, docs] = self._find(word, docs)
        return self._mentions[word, docs]

    @cached_property
    def _mentions(self) -> dict[tuple[str, bool], Evidence | None]:
        return {}

    def _find(self, word: str, docs: bool) -> Evidence | None:
        places = self.mentions(word)
        return next((p for p in places if docs or self.repo.files[p.path].role != "doc"), None)

    def mentions(self, word: str) -> Iterator[Evidence]:
        """The first place in each file where a word stands, as `mention` tells it."""
        needle = word.encode()
        whole = _whole_word(word)
        for path, content in self._corpus:
            found = whole.search(content) if needle in content else None
            if found:
                yield Evidence(path=path, line=content.count(b"\n", 0, found.start()) + 1)

    @cached_property
    def _code(self) -> list[tuple[str, bytes]]:
        """The sources in some language: no tests, no examples, no lists or texts."""
        return [(path, content) for path, content in self._corpus if self._is_code(path)]

    def in_long(self, word: str) -> Evidence | None:
        """Where a word stands in a source that is too long to be parsed to its end."""
        needle = word.encode()
        for path, content in self._code:
            if len(content) > MAX_PARSED_BYTES and needle in content:
                found = _whole_word(word).search(content)
                if found:
                    line = content.count(b"\n", 0, found.start()) + 1
                    return Evidence(path=path, line=line)
        return None

    def _is_code(self, path: str) -> bool:
        known = language_of(path) is not None or not suffix_of(path)
        return known and self.repo.files[path].role == "source"

    def find(self, part: str, pattern: re.Pattern[bytes]) -> Evidence | None:
        """The first match of a pattern in a line of a source; it has `part` in it, to the letter."""
        return next((place for _, place in self.all_matches(part, pattern)), None)

    def all_matches(
        self, part: str, pattern: re.Pattern[bytes], *, everywhere: bool = False
    ) -> Iterator[tuple[re.Match[bytes], Evidence]]:
        """The matches of a pattern, one a line of a source that has `part` in it.

        With `everywhere`, also in lists, settings and tests: in all but pages of prose.
        """
        needle = part.encode()
        for path, content in self._corpus if everywhere else self._code:
            if everywhere and self.repo.files[path].role == "doc":
                continue
            for start, end in _lines_with(needle, content):
                found = pattern.search(content, start, end)
                if found:
                    line = content.count(b"\n", 0, found.start()) + 1
                    yield found, Evidence(path=path, line=line)

    def numbered(self, word: str) -> Evidence | None:
        """Where a name stands with numbers for its X and Y: `Either3Arg1` for `EitherXArgY`."""
        if not _NUMBERED.search(word):
            return None
        parts = _NUMBERED.split(word)
        pattern = rb"\b" + rb"\d+".join(re.escape(part.encode()) for part in parts) + rb"\b"
        return self.find(max(parts, key=len), re.compile(pattern)) if len(parts[0]) > 2 else None

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """Files of which a page may show a part: sources, tests, examples, settings; no workflows."""
        for path, content in self._corpus:
            role = self.repo.files[path].role
            is_text = role == "source" and suffix_of(path) in {".txt", ".text"}
            if role not in {"doc", "generated"} and not is_text and not path.startswith(_WORKFLOWS):
                yield path, content


def _is_past(path: str) -> bool:
    """Whether a file is a log of changes by its name; `migrate.go` is code of today."""
    language = language_of(path)
    return bool(_PAST.search(path)) and not (language is not None and language.grammar)


def _lines_with(needle: bytes, content: bytes) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end that have some text in them; of very many, the first."""
    at = content.find(needle)
    for _ in range(_MOST_LINES):
        if at < 0:
            return
        start = content.rfind(b"\n", 0, at) + 1
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        if end - start <= _LONGEST_LINE:
            yield start, end
        at = content.find(needle, end)


@lru_cache(maxsize=1024)
def _whole_word(word: str) -> re.Pattern[bytes]:
    """Pattern of a word that no letter, digit, `_` or hyphen continues."""
    before = rb"(?<![\w-])" if word[:1].isalnum() or word[:1] == "_" else b"(?<![-\\w])"
    return re.compile(before + re.escape(word.encode()) + rb"(?![\w-])")


def likeness(one: str, other: str) -> float:
    """How much of two texts is the same, from 0 to 1."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def is_alike(one: str, other: str) -> bool:
    """Whether two names are so much alike that one was most likely written for the other."""
    return likeness(one.lower(), other.lower()) >= _ALIKE


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.72) -> str:
    """The known word most like a wrong one; "" if none is near."""
    lower = word.lower()
    candidates = list(dict.fromkeys(known))
    for candidate in candidates:
        if candidate.lower().replace("_", "-") == lower.replace("_", "-"):
            return candidate
    # Only words of about the same length can reach the cutoff: comparing all takes seconds.
    size = len(word)
    near = [c for c in candidates if c and abs(len(c) - size) <= max(2, size * 0.4)][:4000]
    return next(iter(difflib.get_close_matches(word, near, n=1, cutoff=cutoff)), "")


def reordered(word: str, known: Iterable[str]) -> str:
    """The known name of the same words in another order: `rateLimit` for `LimitRate`; or ""."""
    words = _parts(word)
    if len(words) < 2:
        return ""
    return next((c for c in known if abs(len(c) - len(word)) <= 2 and _parts(c) == words), "")


def _parts(name: str) -> list[str]:
    return sorted(part.lower() for part in _PART.findall(name))
