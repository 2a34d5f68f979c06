"""Cargo's conventions: where targets lie, what a crate's own comment says, which line a key has."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from moxi_analyzer.formats import as_dict, as_list, as_str
from moxi_analyzer.repository import Repository, join
from moxi_core.patterns import lazy_pattern

_TABLE = lazy_pattern(r"\s*(\[\[?)([^\[\]]{1,200})\]\]?\s*(#.*)?$")
_KEY = lazy_pattern(r"\s*([A-Za-z0-9_.-]{1,120}|\"[^\"]{1,120}\"|'[^']{1,120}')\s*=")
_COMMENT = lazy_pattern(r"\s*#+\s?(.*)")
_DOC_LINES = 400


class TomlLines:
    """Line numbers of every table and key of a TOML text, found in one pass.

    An element of an array of tables is named by its number: `at("bin", "0", "name")`.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, 1):
            header, key = _TABLE.match(line), _KEY.match(line)
            if header:
                table = self._numbered(_key_path(header[2]), header[1] == "[[")
                self._remember(table, number)
            elif key:
                name = key[1]
                parts = (name[1:-1],) if name[0] in "\"'" else tuple(name.split("."))
                self._remember(table + parts, number)

    def _numbered(self, path: tuple[str, ...], array: bool) -> tuple[str, ...]:
        if not array:
            return path
        index = self._at[(*path, "#")] = self._at.get((*path, "#"), -1) + 1
        return (*path, str(index))

    def _remember(self, path: tuple[str, ...], number: int) -> None:
        for length in range(1, len(path) + 1):
            self._at.setdefault(path[:length], number)

    def at(self, *path: str) -> int:
        """The line of a key, else of the nearest table that should hold it; 0 if none is there."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._at:
                return self._at[path[:length]]
        return 0

    def comment(self, *path: str) -> str:
        """The comment beside a key, or the lines of comment directly above it."""
        number = self._at.get(path, 0)
        if not number:
            return ""
        beside = re.search(r"\]\s*#+\s*(\S.*)$", self._lines[number - 1])
        if beside:
            return beside[1].strip()
        above: list[str] = []
        for line in reversed(self._lines[max(0, number - 9) : number - 1]):
            found = _COMMENT.fullmatch(line)
            if not found:
                break
            above.insert(0, found[1].strip())
        text = " ".join(filter(None, above))
        return text if re.match(r"[\w`\"'(]", text) and not _is_code(text) else ""


def _is_code(comment: str) -> bool:
    """Whether a comment is a setting that was switched off, or a heading between lines."""
    return bool(re.match(r"[\w\"-]+\s*=|[-=*#]{3}", comment) or comment.endswith(":"))


def _key_path(name: str) -> tuple[str, ...]:
    try:
        value: Any = tomllib.loads(f"[{name}]")
    except (tomllib.TOMLDecodeError, RecursionError):
        return (name.strip(),)
    path: list[str] = []
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        path.append(key)
    return tuple(path)


class Target(NamedTuple):
    """A library or program of a package: its name, root file, needed features, `[[bin]]` number."""

    name: str
    path: str
    features: tuple[str, ...] = ()
    number: int | None = None


def library(repo: Repository, folder: str, data: dict[str, Any], name: str) -> Target | None:
    """The library target of a package, if it has one."""
    table = as_dict(data.get("lib"))
    path = join(folder, as_str(table.get("path")) or "src/lib.rs")
    if not repo.has(path):
        return None
    return Target((as_str(table.get("name")) or name).replace("-", "_"), path)


def binaries(repo: Repository, folder: str, data: dict[str, Any], name: str) -> list[Target]:
    """The programs of a package: declared ones, src/main.rs and src/bin, as Cargo finds them."""
    found: dict[str, Target] = {}
    for index, value in enumerate(as_list(data.get("bin"))):
        table = as_dict(value)
        program = as_str(table.get("name"))
        path = _bin_path(repo, folder, as_str(table.get("path")), program, name)
        if re.fullmatch(r"[\w.-]+", program) and path:
            features = tuple(as_str(f) for f in as_list(table.get("required-features")))
            found[program] = Target(program, path, features, index)
    package = as_dict(data.get("package") or data.get("project"))
    if package.get("autobins") is not False:
        declared = {target.path for target in found.values()}
        for program, path in _conventional(repo, folder, name):
            if path not in declared:
                found.setdefault(program, Target(program, path))
    return list(found.values())


def _bin_path(repo: Repository, folder: str, given: str, program: str, package: str) -> str:
    if given:
        path = join(folder, given)
        return path if repo.has(path) else ""
    candidates = [f"src/bin/{program}.rs", f"src/bin/{program}/main.rs", "src/main.rs"]
    if program == package:
        candidates.reverse()
    return next((p for c in candidates if repo.has(p := join(folder, c))), "")


def _conventional(repo: Repository, folder: str, name: str) -> Iterator[tuple[str, str]]:
    main = join(folder, "src/main.rs")
    if repo.has(main):
        yield name, main
    place = join(folder, "src/bin")
    for path in repo.inside(place):
        if path.endswith(".rs"):
            yield posixpath.basename(path)[:-3], path
    if place in repo.folders:
        for path in sorted(repo.under(place)):
            below = path[len(place) + 1 :].split("/")
            if len(below) == 2 and below[1] == "main.rs":
                yield below[0], path


def enabled_by_default(features: dict[str, Any]) -> set[str]:
    """The features that `default` brings, directly or through others."""
    found: set[str] = set()
    waiting = ["default"]
    while waiting:
        for value in as_list(features.get(waiting.pop())):
            # `dep:x` is no feature, and `x?/y` turns on nothing by itself.
            name = as_str(value).partition("/")[0]
            if name and name not in found and not name.startswith("dep:") and name[-1] != "?":
                found.add(name)
                waiting.append(name)
    return found


@dataclass(frozen=True)
class CrateDoc:
    """A crate's `//!` comment, with the line of the file that each of its lines stands on."""

    text: str
    lines: tuple[int, ...]

    def line_of(self, offset: int) -> int:
        """The file's line for a line of the comment, counted from 0."""
        return self.lines[offset] if offset < len(self.lines) else 0


_DOC_ATTRIBUTE = lazy_pattern(r"\s*#!\[doc\s*=\s*\"((?:[^\"\\]|\\.)*)\"\s*\]\s*$")


def crate_doc(source: str) -> CrateDoc:
    """The inner documentation comment at the head of a crate's root file."""
    texts: list[str] = []
    numbers: list[int] = []
    block = attribute = 0
    for number, line in enumerate(source.split("\n", _DOC_LINES)[:_DOC_LINES], 1):
        stripped = line.strip()
        doc: str | None = None
        if block:
            doc = stripped.removesuffix("*/").lstrip("*").removeprefix(" ")
            block = 0 if "*/" in stripped else block
            doc = doc if block != 2 else None
        elif attribute:
            attribute += line.count("[") - line.count("]")
        elif stripped.startswith("//!"):
            doc = stripped[3:].removeprefix(" ")
        elif stripped.startswith(("/*", "/*!")):
            closed = "*/" in stripped
            kind = 1 if stripped.startswith("/*!") else 2
            block = 0 if closed else kind
            doc = stripped[3:].removesuffix("*/").strip() if kind == 1 else None
        elif stripped.startswith("#!["):
            found = _DOC_ATTRIBUTE.match(line)
            doc = found[1].replace('\\"', '"') if found else None
            attribute = max(0, line.count("[") - line.count("]"))
        elif stripped and not stripped.startswith(("//", "#!/")):
            break
        if doc is not None:
            texts.append(doc)
            numbers.append(number)
    return CrateDoc("\n".join(texts), tuple(numbers))
