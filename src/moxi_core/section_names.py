"""What people call the sections of a README."""

from __future__ import annotations

import re

from moxi_core.patterns import lazy_pattern

# Where several headings could be meant, a name of the first list goes before one of the second.
_NAMES: dict[str, tuple[str, str]] = {
    "about": (
        "about|overview|introduction|description|what is|what is it|about the project",
        "intro",
    ),
    "packages": ("packages|workspace packages", "modules|crates"),
    "requirements": (
        "requirements|prerequisites|prerequisite|system requirements|requirement|pre requisites",
        "dependencies",
    ),
    "install": (
        "installation|install|installing|how to install|download and install|quick install|installation via",
        "setup|set up|setting up|getting started|get started|download|downloads",
    ),
    "usage": (
        "usage|how to use|using|use|basic usage|command line usage|cli usage|how to run|example usage"
        "|usage example|usage examples|usage and examples",
        "quick start|quickstart|running|run",
    ),
    "api": ("api|api reference|public api|api documentation|api overview", "reference"),
    "configuration": (
        "configuration|config|configuring|configure|configuration options|environment variables",
        "options|settings",
    ),
    "structure": (
        "structure|project structure|directory structure|folder structure|repository structure|file structure"
        "|code structure|project layout|repository layout|directory layout|project organization",
        "layout",
    ),
    "development": (
        "development|developing|local development|development setup|hacking|for developers",
        "building|build|building from source|build from source|testing|tests|running tests",
    ),
    "documentation": (
        "documentation|docs|more documentation|further documentation",
        "further reading",
    ),
    "contributing": (
        "contributing|contribute|contribution|contributions|how to contribute|contributing guidelines"
        "|contribution guidelines",
        "",
    ),
    "license": ("license|licence|licensing|licenses|copyright|license information", ""),
    "authors": ("authors|author|maintainers|maintainer", "contributors"),
}
_RANK = {
    name: (kind, rank)
    for kind, lists in _NAMES.items()
    for rank, names in enumerate(lists)
    for name in names.split("|")
    if name
}
# By its second names, the one kind is a part of the other: "Building", "Options".
PART_OF = {"development": "install", "configuration": "usage"}
_FILLERS = frozenset(
    "a an the this it in your project package guide guides instructions section".split()
)
_IMAGE = lazy_pattern(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)")
_LINK = lazy_pattern(r"\[([^\]\n]{0,300})\](?:\([^)\n]{0,500}\)|\[[^\]\n]{0,100}\])")
_TAG = lazy_pattern(r"<[^<>]{0,400}>")
_EMOJI_CODE = lazy_pattern(r":[a-z][a-z0-9_+-]{1,30}:")
_NUMBER = lazy_pattern(r"^\s*(?:\d{1,2}[.)]\s*)+")
_JOIN = lazy_pattern(r"\s*(?:&amp;|&|\+|/|,|\band\b)\s*", re.I)
_LONGEST = 200


def shown(heading: str) -> str:
    """A heading's words without links, images, tags and emphasis."""
    text = _IMAGE.sub("", heading)
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    return " ".join(re.sub(r"[`*]", "", text).split())


def kinds_of(heading: str, title: str = "") -> dict[str, int]:
    """The kinds of section that a heading announces, each with its rank (0: by its usual name).

    `title` is the project's name: in "Installing demo" and "demo usage" it says nothing.
    """
    if len(heading) > 1_000:
        return {}
    plain = _NUMBER.sub("", _EMOJI_CODE.sub(" ", shown(heading)))[:_LONGEST]
    whole = _known(plain, title)
    if whole:
        return dict([whole])
    parts = [_known(part, title) for part in _JOIN.split(plain)]
    kinds: dict[str, int] = {}
    for part in parts:
        if part is None:
            return {}
        kinds[part[0]] = min(part[1], kinds.get(part[0], part[1]))
    return kinds


def _known(text: str, title: str) -> tuple[str, int] | None:
    words = re.sub(r"[^\w]+", " ", text.lower()).split()
    name = re.sub(r"[^\w]+", " ", title.lower()).split()
    for candidate in (words, _without(words, name)):
        for part in (candidate, [w for w in candidate if w not in _FILLERS]):
            found = _RANK.get(" ".join(part))
            if found:
                return found
    return None


def _without(words: list[str], name: list[str]) -> list[str]:
    """The words without the project's name."""
    for start in range(len(words) - len(name) + 1):
        if name and words[start : start + len(name)] == name:
            return words[:start] + words[start + len(name) :]
    return words
