"""The denominator: every statement of a README that a checker could look at, by its form alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from moxi_eval.page import Page

CheckableKind = Literal["inline_code", "code_line", "link", "external_link", "tree_line", "version"]

_VERSION = re.compile(
    r"\b(?:Python|Node(?:\.js)?|Go|Rust|Ruby|PHP|Java|JDK|\.NET|Elixir|Swift|Xcode|Dart|Flutter|"
    r"CMake|C\+\+|GHC|Kotlin|npm|iOS|macOS|Android)\s{0,2}(?:version\s|[>=~^v]{1,3}\s?)?"
    r"(\d{1,4}(?:\.\d{1,4}){0,2})\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#(?!!|\[|include|define)\s|//|/\*|\*\s|--\s|;;|<!--)")
_WORD = re.compile(r"[^\W\d_]{2}")
_KINDS: dict[str, CheckableKind] = {
    "inline": "inline_code",
    "code": "code_line",
    "link": "link",
    "image": "link",
    "tree": "tree_line",
}


@dataclass(frozen=True)
class Checkable:
    """One statement of a README by its form: inline code, a code line, a link, a version."""

    kind: CheckableKind
    text: str
    line: int
    column: int


def checkables(page: Page) -> list[Checkable]:
    """All of a README, in order; links to other sites apart.

    Of code, lines that are only a comment or only brackets state nothing that could be checked.
    """
    found = []
    for span in page.spans:
        kind = _KINDS.get(span.kind)
        if kind == "link" and re.match(r"[a-zA-Z][\w+.-]*:|//", span.text):
            kind = "external_link"
        if kind == "code_line" and (_COMMENT.match(span.text) or not _WORD.search(span.text)):
            continue
        if kind:
            found.append(Checkable(kind, span.text, span.line, span.column))
    for span in page.of("prose"):
        found += [
            Checkable("version", match[0], span.line, match.start() + 1)
            for match in _VERSION.finditer(span.text)
        ]
    return sorted(found, key=lambda c: (c.line, c.column))
