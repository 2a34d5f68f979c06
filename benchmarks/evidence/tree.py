"""The files of a repository and the words in them: the literal evidence of the oracle."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

MAX_BYTES = 2_000_000
OPTION = re.compile(rb"(?<![\w-])--?(?:\[no-\])?[A-Za-z0-9][\w-]*")
WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")
# clap derive: `#[arg(short, long)]` over a field gives the short name of its first letter.
DERIVED_SHORT = re.compile(
    rb"#\[(?:arg|clap|structopt)\((?:[^\]]*\W)?short\b(?!\s*=)[^\]]*\)\]\s*(?:(?:///.*|#\[.*\])\s*)*"
    rb"(?:pub(?:\([a-z]+\))?\s+)?(\w)\w*\s*:"
)
# A subcommand is a whole quoted word, a function, a class, or a variant of a derived enum.
SUBCOMMAND = re.compile(
    rb"[\"'`:]([a-z][\w:-]*)(?=[\"'`)]| [<\[])|\b(?:def|class|struct|func|fn)\s+(\w+)|^\s+([A-Z]\w+)\s*[,({]",
    re.MULTILINE,
)
ENVIRONMENT = re.compile(
    rb"(?:env|ENV|Env|environ\w*|getenv|LookupEnv|export|ARG|variable|envvar)(?:\.\w+)?\W{1,12}([A-Z][A-Z0-9_]{2,})\b"
    rb"|^\s*(?:- )?[\"']?([A-Z][A-Z0-9]*_[A-Z0-9_]+)[\"']?\s*[=:]|\$\{?([A-Z][A-Z0-9_]{2,})\b",
    re.MULTILINE,
)
SHORT_KEY = re.compile(rb"[{,]\s*([A-Za-z]):\s*['\"\[]")  # yargs: `alias({v: 'version'})`
QUOTED_CHARACTER = re.compile(rb"(?<!\\w)[\"'`:]-?([A-Za-z0-9])[\"'`,)\s]")
README = re.compile(
    r"(?:^|/)readme(?:[^/]*\.(?:md|markdown|mdx|rst|txt|adoc|org|in|template|tmpl))?$",
    re.IGNORECASE,
)
TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs|fixtures?|testdata|test-data|e2e|__fixtures__|"
    r"examples?|samples?)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|[^/]*_spec|[^/]*\.(?:test|spec))\.\w+$",
    re.IGNORECASE,
)
DOC = re.compile(
    r"(?:^|/)(?:docs?|documentation|website|site|changelogs?|\.changeset|changelog_unreleased)/"
    r"|(?:^|/)(?:changelog|changes|history|news|releases|contributing|security|authors)[^/]*$"
    r"|\.(?:md|markdown|mdx|rst|adoc|asciidoc|txt|html?|svg|po|pot|ipynb|lock|csv|tsv)$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$",
    re.IGNORECASE,
)
# Man pages and completions describe the real command line: they count as source.
MANUAL = re.compile(
    r"\.[1-8](?:\.(?:md|in|ronn|adoc))?$|(?:^|/)(?:man|completions?)/", re.IGNORECASE
)
PARSER = re.compile(
    rb"argparse|optparse|click|typer|docopt|fire\.Fire|absl|commander|yargs|meow|minimist|\bcac\b|"
    rb"oclif|mri\b|arg\(|parseArgs|clap|structopt|pico.?args|lexopt|argh|bpaf|\bflag\b|pflag|cobra|"
    rb"urfave|kong|go-flags|[Oo]ption[Pp]arser|[Tt]hor\b|[Ss]lop\b|GetoptLong|InputOption|addOption|"
    rb"getopts?|argp|picocli|jcommander|[Aa]rgument[Pp]arser|System\.CommandLine|CommandLine|"
    rb"CommandOption|tools\.cli|optparse-applicative|OptDescr|CmdArgs|ArgParser|args\.addFlag|"
    rb"OptionSet|argv|\bARGV\b|addFlag|@Option|@Flag|Console\.Cli|cxxopts|clikt|isoption"
)


@dataclass
class Words:
    """What stands in one class of files."""

    options: set[bytes] = field(default_factory=set)
    words: set[bytes] = field(default_factory=set)

    def add(self, data: bytes) -> None:
        self.options.update(OPTION.findall(data))
        self.words.update(WORD.findall(data))

    def close(self) -> None:
        """`dry-run` is also evidence for `dry` and `run`."""
        parts = {part for word in self.words if b"-" in word for part in word.split(b"-")}
        self.words |= parts


def tracked_files(root: Path) -> list[str]:
    """Files git tracks; outside of git every file on disk."""
    if (root / ".git").exists():
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "ls-files", "-z"],
            cwd=root,
            capture_output=True,
            check=False,
        )
        names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        if done.returncode == 0 and any(names):
            return sorted({name for name in names if name})
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        found += [os.path.relpath(Path(folder) / name, root).replace(os.sep, "/") for name in names]
    return sorted(found)


class Tree:
    """File list, texts and word sets of a repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = tracked_files(root)
        self.file_set = set(self.files)
        self.folders = {
            str(parent) for name in self.files for parent in PurePosixPath(name).parents
        } - {"."}
        self._quoted: set[bytes] = set()
        self._environment: set[bytes] = set()
        self._subcommands: set[bytes] = set()

    @cached_property
    def basenames(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self.file_set | self.folders):
            found.setdefault(name.rsplit("/", 1)[-1], []).append(name)
        return found

    def exists(self, path: str) -> bool:
        clean = path.strip("/").removeprefix("./")
        return clean in self.file_set or clean in self.folders or clean in {"", "."}

    def ends_with(self, path: str) -> bool:
        """Some file or folder has this path as its last parts."""
        clean = path.strip("/").removeprefix("./")
        last = clean.rsplit("/", 1)[-1]
        return any(p == clean or p.endswith("/" + clean) for p in self.basenames.get(last, []))

    def read(self, path: str, limit: int = MAX_BYTES) -> str:
        return self.read_bytes(path, limit).decode("utf-8", "replace")

    def read_bytes(self, path: str, limit: int = MAX_BYTES) -> bytes:
        place = self.root / path
        try:
            if place.is_symlink() or not place.is_file():
                return b""
            with place.open("rb") as stream:
                return stream.read(limit)
        except OSError:
            return b""

    def named(self, *names: str) -> list[str]:
        """Files with one of these base names, the nearest to the root first."""
        hits = [p for name in names for p in self.basenames.get(name, []) if p in self.file_set]
        return sorted(hits, key=lambda p: (p.count("/"), p))

    def suffixed(self, *suffixes: str) -> list[str]:
        return sorted((p for p in self.files if p.endswith(suffixes)), key=lambda p: p.count("/"))

    @cached_property
    def _classes(self) -> dict[str, Words]:
        classes = {name: Words() for name in ("source", "parser", "test", "docs")}
        for path in self.files:
            if README.search(path):
                continue  # a README is never evidence
            data = self.read_bytes(path)
            if not data or b"\0" in data[:8000]:
                continue
            if MANUAL.search(path):
                classes["parser"].add(data)
                classes["source"].add(data)
            elif DOC.search(path) and path.rsplit("/", 1)[-1] != "CMakeLists.txt":
                classes["docs"].add(data)
            elif TEST.search(path):
                classes["test"].add(data)
            else:
                classes["source"].add(data)
                self._environment.update(b"".join(found) for found in ENVIRONMENT.findall(data))
                if PARSER.search(data):
                    self._subcommands.update(b"".join(found) for found in SUBCOMMAND.findall(data))
                    classes["parser"].add(data)
                    self._quoted.update(QUOTED_CHARACTER.findall(data))
                    self._quoted.update(DERIVED_SHORT.findall(data))
                    self._quoted.update(SHORT_KEY.findall(data))
        for words in classes.values():
            words.close()
        return classes

    @property
    def source(self) -> Words:
        return self._classes["source"]

    @property
    def parser(self) -> Words:
        """Words of the source files that speak of a command-line parser."""
        return self._classes["parser"]

    def reads_variable(self, name: str) -> bool:
        """Source code sets or reads an environment variable of this name."""
        return bool(self._classes) and name.encode() in self._environment

    def has_subcommand(self, forms: set[str]) -> bool:
        return bool(self._classes) and any(form.encode() in self._subcommands for form in forms)

    @cached_property
    def short_names(self) -> set[bytes]:
        """Single characters that parser code quotes, as in `short = 'x'`."""
        return self._quoted if self._classes else set()

    def anywhere(self, word: str) -> bool:
        data = word.encode()
        return any(data in c.words or data in c.options for c in self._classes.values())

    def in_source(self, word: str) -> bool:
        return word.encode() in self.source.words
