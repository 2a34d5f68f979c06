"""Literal evidence: what stands where in the files of a repository, READMEs left out.

Knows files, lines and words only; what the analyzer makes of them is not asked, so that a wrong
fact cannot make a wrong plant.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from moxi_analyzer import git
from moxi_analyzer.opening import open_source
from moxi_core.errors import SourceError

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DASHED = re.compile(r"(?<![\w-])[A-Za-z0-9_]{1,60}(?:-[A-Za-z0-9_]{1,60}){1,8}(?![\w-])")
_OPTION = re.compile(r"(?<![\w-])--(?:\[no-\])?[A-Za-z][\w-]*")
_README = re.compile(r"(?:^|/)readme[^/]*$", re.IGNORECASE)
_DOCS = re.compile(
    r"(?:^|/)(?:docs?|documentation|website|site|changelogs?|news|\.changeset)/"
    r"|(?:^|/)(?:change(?:s|log)|history|news|releases?|contributing|security|authors)[^/]*$"
    r"|\.(?:md|markdown|mdx|rst|adoc|txt|html?|svg|po|pot|ipynb|lock|csv|tsv)$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$",
    re.IGNORECASE,
)
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|fixtures?|testdata|e2e|examples?|samples?|benchmarks?|bench)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|spec))\.\w+$",
    re.IGNORECASE,
)
_MANUAL = re.compile(r"\.[1-8]$|(?:^|/)(?:man|completions?)/", re.IGNORECASE)
_DATA = re.compile(r"\.(?:json|toml|ya?ml|lock|gemspec|cfg|ini|code-snippets)$|(?:^|/)\.[^/]+/|rc$")
_PARSER = re.compile(
    r"argparse|optparse|\bclick\b|typer|docopt|commander|yargs|meow|minimist|\bcac\b|mri\b|parseArgs|"
    r"clap|structopt|\bflags?\.|pflag|cobra|urfave|kong|OptionParser|[Tt]hor\b|getopt|InputOption|"
    r"addOption|picocli|ArgumentParser|CommandLine|optparse-applicative|argv|ARGV|args\b"
)
MAX_TEXT = 600_000
MAX_FILES = 6_000
OLD_READMES = 10


@dataclass(frozen=True)
class Place:
    """Where something stands; `line` 0 is the file as such."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass
class History:
    """What once was: paths that were deleted, and words of old READMEs."""

    deleted: frozenset[str] = frozenset()
    readmes: list[str] = field(default_factory=list)

    @cached_property
    def options(self) -> frozenset[str]:
        return frozenset(m for text in self.readmes for m in _OPTION.findall(text))

    @cached_property
    def words(self) -> frozenset[str]:
        found: set[str] = set()
        for text in self.readmes:
            found.update(_WORD.findall(text))
            found.update(_DASHED.findall(text))
        return frozenset(found)


class Files:
    """The files of one repository, their texts, and an index of their words."""

    def __init__(
        self, root: Path, *, name: str, url: str = "", history: History | None = None
    ) -> None:
        self.root, self.name, self.url = root, name, url
        self.history = history or History()
        with open_source(str(root)) as tree:
            self.listing = [path for path, _ in tree.list()]
            self.branch = tree.default_branch
            self.url = url or tree.url
            self._texts = dict(self._read(tree))
        self.paths = frozenset(self.listing)
        self.folders = frozenset(
            str(parent) for path in self.listing for parent in PurePosixPath(path).parents
        ) - {"."}

    def _read(self, tree: Any) -> list[tuple[str, str]]:
        """Texts of code first: of very large repositories only a part is looked at."""
        wanted = [path for path in self.listing if not _README.search(path)]
        wanted.sort(key=lambda p: (bool(_DOCS.search(p)), bool(_TESTS.search(p)), p.count("/")))
        found: list[tuple[str, str]] = []
        for path in wanted[:MAX_FILES]:
            data = tree.read(path)
            if data and len(data) <= MAX_TEXT and b"\0" not in data[:4096]:
                found.append((path, data.decode("utf-8", "replace")))
        self.is_whole = len(wanted) <= MAX_FILES
        return found

    def text(self, path: str) -> str:
        """The text of a file; "" where there is none."""
        return self._texts.get(path, "")

    def exists(self, path: str) -> bool:
        """Whether a file or folder stands at this path from the root."""
        clean = path.removeprefix("./").rstrip("/")
        return clean in self.paths or clean in self.folders

    @cached_property
    def basenames(self) -> frozenset[str]:
        return frozenset(path.rpartition("/")[2] for path in self.paths | self.folders)

    def named(self, *names: str) -> list[str]:
        """Files of these names, the nearest to the root first."""
        hits = [p for p in self.listing if p.rpartition("/")[2] in names]
        return sorted(hits, key=lambda p: (p.count("/"), p))

    def own_named(self, *names: str) -> list[str]:
        """`named`, without those of tests, examples and documentation."""
        return [p for p in self.named(*names) if not _TESTS.search(p) and not _DOCS.search(p)]

    @cached_property
    def source_paths(self) -> list[str]:
        """Code that is neither test nor documentation; manual pages count."""
        return [p for p in self._texts if is_source(p)]

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        """Word, dashed word or `--option` -> the files where it stands."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, text in self._texts.items():
            words = set(_WORD.findall(text))
            words.update(_DASHED.findall(text))
            words.update(_OPTION.findall(text))
            for word in words:
                found[word].append(path)
        return dict(found)

    def files_with(self, word: str) -> list[str]:
        """Files where a word, a dashed word or an `--option` stands as such."""
        return self._index.get(word, [])

    def sources_with(self, word: str) -> list[str]:
        """`files_with`, of code that is neither test nor documentation."""
        return [path for path in self.files_with(word) if is_source(path)]

    @cached_property
    def options(self) -> frozenset[str]:
        """Every `--option` that stands anywhere."""
        return frozenset(word for word in self._index if word.startswith("--"))

    @cached_property
    def parsers(self) -> frozenset[str]:
        """Source files that speak of a command-line parser."""
        code = (p for p in self.source_paths if not _DATA.search(p))
        return frozenset(p for p in code if _PARSER.search(self._texts[p]))

    def line_of(self, path: str, pattern: str) -> int:
        """The first line of a file that a pattern matches, 0 for none."""
        match = re.search(pattern, self.text(path), re.MULTILINE)
        return self.text(path).count("\n", 0, match.start()) + 1 if match else 0

    def place_of(self, word: str, *, within: frozenset[str] | None = None) -> Place | None:
        """Where a word stands in source code."""
        for path in self.sources_with(word):
            if within is None or path in within:
                return Place(path, self.line_of(path, rf"(?<![\w]){re.escape(word)}(?!\w)"))
        return None

    def ignores(self, name: str) -> bool:
        """Whether an ignore file speaks of this name: it may be made later."""
        return any(
            name in self._texts[path]
            for path in self._texts
            if path.rpartition("/")[2] in {".gitignore", ".dockerignore", ".npmignore"}
        )

    def mentions(self, *words: str) -> bool:
        """Whether one of these stands anywhere, tests and documentation included."""
        return any(word in self._index for word in words)

    @cached_property
    def packages_json(self) -> dict[str, dict[str, Any]]:
        """Every package.json that is no fixture."""
        found = {}
        for path in self.own_named("package.json"):
            try:
                value = json.loads(self.text(path))
            except ValueError:
                continue
            if isinstance(value, dict):
                found[path] = value
        return found

    def toml(self, path: str) -> dict[str, Any]:
        """A TOML file; {} where it is missing or broken."""
        try:
            return tomllib.loads(self.text(path))
        except tomllib.TOMLDecodeError:
            return {}


def is_code(path: str) -> bool:
    """Whether a path is of source code, no manifest and no settings."""
    return is_source(path) and not _DATA.search(path)


def is_source(path: str) -> bool:
    """Whether a path is of code, by its name."""
    return bool(_MANUAL.search(path)) or not (_DOCS.search(path) or _TESTS.search(path))


def read_history(git_dir: Path, readme: str) -> History:
    """Deleted paths and some old READMEs of a clone; nothing where its history is not there."""
    try:
        deleted = git.run(
            git_dir, "log", "--no-renames", "--diff-filter=D", "--name-only", "--format=", "-z",
            "-n", "4000", "HEAD", timeout_s=60,
        )  # fmt: skip
        commits = git.ask(git_dir, "log", "--format=%H", "-n", "200", "HEAD", "--", readme).split()
        texts = []
        for commit in commits[:: max(1, len(commits) // OLD_READMES)][1:]:
            old = git.run(git_dir, "show", f"{commit}:{readme}")
            texts.append((old or b"").decode("utf-8", "replace"))
    except SourceError:
        return History()
    names = (deleted or b"").decode("utf-8", "replace").replace("\n", "\0").split("\0")
    return History(frozenset(filter(None, names)), texts)
