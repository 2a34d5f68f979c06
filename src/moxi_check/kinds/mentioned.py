"""Where a repository speaks of a package by its name: such a package may well be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.languages import language_of
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

INSTALLING = lazy_pattern(
    r"(?i)\b(?:(?:un)?install\w*|packages?|get(?:ting)? (?:it|started)|quick ?-?start|setup|set up|set-up|download|how to (?:use|install)|usage)\b"
)
_MANAGERS = lazy_pattern(
    r"\b(?:npm|npx|pnpm|yarn|bunx?|deno|pip3?|pipx|poetry|uvx?|pdm|conda|gem|bundle|cargo|composer|dotnet|mix|brew|apt)\b"
)
_SCOPE = lazy_pattern(r"@[\w.-]+/$")
_FOLDERS = lazy_pattern(r"[\w.@-]+(?:/[\w.@-]+)*/$")


def mentioned(name: str, ground: Ground) -> Evidence | None:
    """Where a name stands by itself, as the name of a package does; not as a word of a sentence."""
    # A program of the project's own is named so; that is how one comes to take it for the package.
    if ground.named("bin", name):
        return None
    word = re.escape(name)
    quoted = re.compile(rf"\"{word}\"|'{word}'")
    by_itself = re.compile(rf"[\"'`/=]{word}[\"'`/=@<>~^]|^\s*{word}\b|\b{word}$")
    as_package = _as_package(name)
    is_word = _is_word(name, ground)
    for number, (place, line) in enumerate(_lines(name, ground)):
        if is_word and _is_text(place.path, ground):
            signs = [as_package, INSTALLING, _MANAGERS]
        elif not number and "-" in name:
            return place
        else:  # out of quotes, what the first place shows is taken for all
            signs = [quoted, as_package] if number else [quoted, by_itself, INSTALLING]
        if any(sign.search(line) for sign in signs):
            return place
    return None


def used(name: str, ground: Ground) -> Evidence | None:
    """Where a package is imported, given a version or shown by the address of its page."""
    as_package = _as_package(name)
    return next((place for place, line in _lines(name, ground) if as_package.search(line)), None)


def _lines(name: str, ground: Ground) -> Iterator[tuple[Evidence, str]]:
    """The lines that have a name, and not as the end of a scoped one or of a path of the repository."""
    whole = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for place in ground.mentions(name):
        for number, line in enumerate((ground.repo.text(place.path) or "").split("\n"), start=1):
            starts = (found.start() for found in whole.finditer(line))
            if any(not _is_end(line[:at], name, ground) for at in starts):
                yield Evidence(path=place.path, line=number), line


def _is_end(before: str, name: str, ground: Ground) -> bool:
    """Whether what stands before a name makes it the end of a longer one: `@acme/`, `packages/`."""
    if name.startswith("@") or not before.endswith("/"):
        return False
    if any(f"{before}{name}".lower().endswith(f"/{slug}") for slug in ground.slugs):
        return True  # the address of the repository
    folders = _FOLDERS.search(before)
    path = (folders[0] if folders else "") + name
    return bool(_SCOPE.search(before) or ("/" in path and ground.ending_in(path)))


def _is_word(name: str, ground: Ground) -> bool:
    """Whether a name is that of a folder, or of a variable in our own code."""
    variable = re.compile(
        rb"(?<![\w\"'`/@.-])" + re.escape(name.encode()) + rb"\s*(?:[=.,:;()\[]|$)"
    )
    return bool(ground.ending_in(name)) or ground.find(name, variable) is not None


def _is_text(path: str, ground: Ground) -> bool:
    """Whether a file is of code or prose, where a word may be any; not a list of what is needed."""
    language = language_of(path)
    is_code = language is not None and bool(language.grammar)
    return ground.repo.files[path].role == "doc" or is_code


def _as_package(name: str) -> re.Pattern[str]:
    """Pattern of a line that imports a package, gives its version or leads to its page."""
    word = re.escape(name)
    return re.compile(
        rf"\b(?:from|import|require)\s*\(?\s*[\"']{word}(?:/[^\"']*)?[\"']"
        rf"|^\s*(?:>>> )?(?:from|import|use|extern crate)\s+{word}(?![\w-])"
        rf"|\b(?:packages?|node_modules|crates|project|gems|npm|pypi)/{word}(?![\w-])"
        rf"|(?<![\w-]){word}(?:[<>=~!]=\s?\d|@(?:npm:)?[\^~<>=]*\d)"
        rf"|(?<![\w-]){word}[\"']?:\s*[\"']?(?:[\^~<>=]*\d|\*|latest|workspace:|npm:)"
    )
