"""What every finder stands on: the page, the files, the commands of the page, the names we own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from moxi_eval.evidence import Files, Place
from moxi_eval.page import Page

_SHELL = frozenset(
    "sh bash shell zsh console terminal shell-session shellsession text fish powershell cmd bat "
    "shellscript ps1 plaintext".split()
) | {""}
_PROMPT = re.compile(r"^(?:\$|>|%|#|❯|PS>)\s+")
_WORD = re.compile(r"\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^\s\"']+")
_SEPARATORS = frozenset({"&&", "||", "|", ";", "\\"})
_SKIPPED = frozenset({"sudo", "time", "exec", "command", "npx", "bunx", "env", "uvx"})


@dataclass(frozen=True)
class Word:
    """A word of a command line and the place of its first character."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Candidate:
    """A statement that holds, and what could stand in its place with the reason why that is wrong."""

    kind: str
    line: int
    column: int
    original: str
    holds: str
    choices: tuple[tuple[str, str], ...]


@dataclass
class Ground:
    """One README over the files of its repository."""

    page: Page
    files: Files
    readme: str = "README.md"

    @property
    def slug(self) -> str:
        """`owner/name` of the repository; "" where its URL does not tell."""
        parts = urlsplit(self.files.url).path.removesuffix(".git").strip("/").split("/")
        return "/".join(parts[-2:]) if len(parts) >= 2 else ""

    @cached_property
    def lowered(self) -> frozenset[str]:
        """All paths in lower case: some file systems do not tell them apart."""
        return frozenset(p.lower() for p in self.files.paths | self.files.folders)

    @cached_property
    def commands(self) -> list[list[Word]]:
        """The command lines of code blocks and of inline code, without prompts and `sudo`."""
        found: list[list[Word]] = []
        for span in self.page.of("code", "inline"):
            if span.kind == "code" and span.language not in _SHELL:
                continue
            found += split_commands(span.text, span.line, span.column)
        return found

    @cached_property
    def bins(self) -> dict[str, Place]:
        """Programs that the repository's manifests declare."""
        return dict(_bins(self.files))

    @cached_property
    def packages(self) -> dict[str, tuple[str, Place]]:
        """Package name -> (registry, where it is declared)."""
        return dict(_packages(self.files))

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """Whatever manifests name: a near name among them is no error."""
        found: set[str] = set()
        manifests = self.files.named(
            "package.json", "pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml", "go.mod",
            "Gemfile", "composer.json", "requirements.txt", "mix.exs", "pubspec.yaml",
        )  # fmt: skip
        for path in manifests:
            found.update(re.findall(r"[@\w][\w./-]*", self.files.text(path)))
        return frozenset(found)

    def candidate(
        self, kind: str, word: Word, original: str, holds: Place | str,
        choices: Iterable[tuple[str, str]],
    ) -> Candidate | None:  # fmt: skip
        """A candidate for `original` within a word; None where nothing could stand in its place."""
        start = word.text.find(original)
        kept = tuple(c for c in dict.fromkeys(choices) if c[0] and c[0] != original)[:8]
        if start < 0 or not kept:
            return None
        return Candidate(kind, word.line, word.column + start, original, str(holds), kept)


def split_commands(text: str, line: int, column: int) -> list[list[Word]]:
    """The command lines in a piece of shell text, comments left out."""
    prompt = _PROMPT.match(text)
    offset = prompt.end() if prompt and not text.startswith("# ") else 0
    if text.startswith("#"):
        return []
    found: list[list[Word]] = [[]]
    for match in _WORD.finditer(text, offset):
        word = match[0]
        if word.startswith("#"):
            break
        if word in _SEPARATORS:
            found.append([])
            continue
        if not found[-1] and (word in _SKIPPED or re.fullmatch(r"[A-Z_]+=\S*", word)):
            continue
        found[-1].append(Word(word.rstrip(";"), line, column + match.start()))
        if word.endswith(";"):
            found.append([])
    return [words for words in found if words]


def _bins(files: Files) -> Iterable[tuple[str, Place]]:
    for path, data in files.packages_json.items():
        value = data.get("bin")
        names = list(value) if isinstance(value, dict) else [data.get("name", "")] if value else []
        for name in names:
            base = str(name).rpartition("/")[2]
            yield base, Place(path, files.line_of(path, r'"bin"'))
    for path in files.own_named("pyproject.toml"):
        data = files.toml(path)
        project = data.get("project", {}) | data.get("tool", {}).get("poetry", {})
        for name in project.get("scripts", {}):
            yield name, Place(path, files.line_of(path, rf"^\W?{re.escape(name)}\W"))
    for path in files.own_named("setup.py", "setup.cfg"):
        for match in re.finditer(r"^[\s\"'\[]*([\w.-]+)\s*=\s*[\w.]+:\w+", files.text(path), re.M):
            yield match[1], Place(path, files.text(path).count("\n", 0, match.start(1)) + 1)
    for path in files.own_named("Cargo.toml"):
        data = files.toml(path)
        name = data.get("package", {}).get("name")
        folder = path.rpartition("/")[0]
        main = f"{folder}/src/main.rs" if folder else "src/main.rs"
        for entry in data.get("bin", []):
            if isinstance(entry, dict) and "name" in entry:
                yield str(entry["name"]), Place(path, files.line_of(path, r"^\[\[bin\]\]"))
        if name and main in files.paths and not data.get("bin"):
            yield str(name), Place(main, files.line_of(main, r"fn main"))
    for path in files.source_paths:
        if path.endswith(".go") and re.search(r"^package main\b", files.text(path), re.M):
            folder = path.rpartition("/")[0]
            name = folder.rpartition("/")[2] or files.name
            if "func main()" in files.text(path):
                yield name, Place(path, files.line_of(path, r"^func main\(\)"))
    for path in files.listing:
        if re.fullmatch(r"(?:exe|bin)/[\w-]+(?:\.php)?", path):
            yield path.rpartition("/")[2], Place(path)


def _packages(files: Files) -> Iterable[tuple[str, tuple[str, Place]]]:
    for path, data in files.packages_json.items():
        if isinstance(data.get("name"), str) and not data.get("private"):
            yield data["name"], ("npm", Place(path, files.line_of(path, r'"name"')))
    for path in files.own_named("pyproject.toml"):
        data = files.toml(path)
        name = data.get("project", data.get("tool", {}).get("poetry", {})).get("name")
        if name:
            yield str(name), ("pypi", Place(path, files.line_of(path, r"^name\s*=")))
    for path in files.own_named("Cargo.toml"):
        name = files.toml(path).get("package", {}).get("name")
        if name:
            yield str(name), ("cargo", Place(path, files.line_of(path, r"^name\s*=")))
    patterns = {
        "pypi": (r"(?:^|/)setup\.(?:py|cfg)$", r"^[ \t]*name\s*=\s*[\"']?([\w.-]+)[\"']?,?\s*$"),
        "gem": (r"^[^/]*\.gemspec$", r"\.name\s*=\s*[\"']([\w-]+)[\"']"),
        "composer": (r"^composer\.json$", r"^\s*\"name\"\s*:\s*\"([\w./-]+)\""),
        "hex": (r"^mix\.exs$", r"\bapp:\s*:(\w+)"),
        "pub": (r"(?:^|/)pubspec\.yaml$", r"^name:\s*(\w+)"),
        "hackage": (r"^[^/]*\.cabal$", r"^name:\s*([\w-]+)"),
        "nuget": (r"\.(?:cs|fs)proj$", r"<PackageId>([\w.]+)</PackageId>"),
    }
    for registry, (name_pattern, pattern) in patterns.items():
        for path in files.source_paths:
            if re.search(name_pattern, path):
                match = re.search(pattern, files.text(path), re.MULTILINE)
                if match:
                    line = files.text(path).count("\n", 0, match.start(1)) + 1
                    yield match[1], (registry, Place(path, line))
    for path in files.source_paths:
        if path.endswith(".csproj") and "<PackageId>" not in files.text(path):
            yield path.rpartition("/")[2].removesuffix(".csproj"), ("nuget", Place(path))
