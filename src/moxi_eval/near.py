"""Near names: what a writer who errs, or a project that changed, would say instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

# Each group: words that stand for each other in names of options, commands, scripts and variables.
_GROUPS = """
color colour|output out outfile|verbose debug|quiet silent|dry-run simulate|recursive recurse|
config configuration conf settings|ignore exclude skip|include only|format fmt style|force yes|
file filename path|dir directory folder|list ls|remove delete rm|add create new|
install setup|init initialize bootstrap|update upgrade|build compile|dev develop serve watch|
test tests check|lint check-style|start run serve|format fmt prettify|clean cleanup clear|
deploy publish release|generate gen create|max maximum|min minimum|num number count|
token key secret|url uri endpoint|host hostname address|user username|password passwd|
timeout wait delay|enable use|disable no without|width columns|height rows|help usage|
version release|name title|depth level levels|sort order|tree graph|theme style|
server service backend|db database postgres|web frontend|cache caching|log logs logging|
interval period|threads workers jobs|size length|type kind|get fetch|load read|save write store|
parse decode|render print|convert transform|find search|open launch|close stop|edit modify|
fix repair|plugin plugins extension|hidden hide|export dump|import load|limit top|docs doc|
image images img|example examples samples|script scripts bin|src lib source|asset assets static|
util utils helpers|analyze analyse|normalize normalise|initialize initialise|query search|
prompt question|model models engine|template templates layout|push upload|pull download
"""
_SYNONYMS: dict[str, list[str]] = {}
for _group in _GROUPS.replace("\n", "").split("|"):
    _words = _group.split()
    for _word in _words:
        _SYNONYMS.setdefault(_word, []).extend(w for w in _words if w != _word)


def synonyms(word: str) -> list[str]:
    """Words of the same meaning."""
    return _SYNONYMS.get(word.lower(), [])


def near_words(name: str) -> Iterator[str]:
    """Near names of a dashed or underscored name: one part by a synonym, number, or left out."""
    separator = "_" if "_" in name else "-"
    parts = name.split(separator)
    yield from (s.replace("-", separator) for s in synonyms(name))
    for index, part in enumerate(parts):
        for word in [*synonyms(part), *(_number(part) if index == len(parts) - 1 else ())]:
            yield separator.join(
                [*parts[:index], word.replace("-", separator), *parts[index + 1 :]]
            )
    if len(parts) > 2:
        yield separator.join(parts[:-1])


def _number(word: str) -> Iterator[str]:
    if len(word) < 4 or not word.isalpha() or word.endswith("js"):
        return
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
    elif word.endswith("y") and word[-2] not in "aeiou":
        yield f"{word[:-1]}ies"
    elif not word.endswith(("s", "x", "ch", "sh")):
        yield f"{word}s"


def near_identifiers(name: str) -> Iterator[str]:
    """Near names of an identifier, in its own spelling: snake_case, camelCase or PascalCase."""
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    if not parts or "_" in name:
        yield from near_words(name)
        return
    for index, part in enumerate(parts):
        number = _number(part.lower()) if index == len(parts) - 1 else ()
        for word in [*synonyms(part.lower()), *number]:
            new = "".join(w.capitalize() for w in word.split("-"))
            new = new if part[0].isupper() else new[0].lower() + new[1:]
            yield "".join([*parts[:index], new, *parts[index + 1 :]])
    if len(parts) > 2:
        yield "".join(parts[:-1])
    if len(parts) == 2 and parts[0][0].isupper():
        yield "".join(reversed(parts))


def near_packages(name: str, *, dashes: bool) -> Iterator[str]:
    """Near names of a package; `dashes`: whether the registry tells `a-b` from `a_b` and `ab`."""
    scope, slash, base = name.rpartition("/")
    if slash and scope.startswith("@"):
        yield base
    if dashes and "-" in base:
        yield f"{scope}{slash}{base.replace('-', '_')}"
    if "-" in base:
        yield f"{scope}{slash}{base.replace('-', '')}"
        yield f"{scope}{slash}{base.rpartition('-')[0]}"
    for suffix in ("-cli", ".js", "js", "-py"):
        if base.endswith(suffix) and len(base) > len(suffix) + 2:
            yield f"{scope}{slash}{base.removesuffix(suffix)}"
    yield from (f"{scope}{slash}{word}" for word in _number(base))
    if "-" not in base and "cli" not in base and len(base) > 2:
        yield f"{scope}{slash}{base}-cli"


def near_versions(version: str) -> Iterator[str]:
    """The version before and the one after."""
    parts = version.split(".")
    last = len(parts) - 1
    for step in (1, -1, 2):
        number = int(parts[last]) + step
        if number >= 0:
            yield ".".join([*parts[:last], str(number)])


def closest(name: str, others: Iterable[str], *, least: float = 0.6) -> list[str]:
    """The names most like this one, best first."""
    return difflib.get_close_matches(name, sorted(set(others) - {name}), n=4, cutoff=least)
