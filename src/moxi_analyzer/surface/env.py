"""Environment variables that the code reads, with their defaults: one query file per language.

Captures of `queries/env_<grammar>.scm`: `@name` (string literal), `@default` (optional).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source, literal, text_of
from moxi_core.records import Fact

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_PLAIN = re.compile(r"-?\d+(\.\d+)?|true|false|True|False")

# grammar -> what stands in every file that reads a variable
_GATES = {
    "python": rb"environ|getenv",
}


def _facts(_repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        for _, match in source.matches(f"env_{source.grammar}"):
            node = match["name"][0]
            name = literal(node) or text_of(node)
            if not _NAME.fullmatch(name):
                continue
            default_node = match.get("default", [None])[0]
            default = literal(default_node)
            if default is None and _PLAIN.fullmatch(text_of(default_node)):
                default = text_of(default_node)
            yield Fact(
                kind="env_var",
                value=name,
                evidence=source.at(node),
                detail={"default": default} if default else {},
            )


FRAMEWORKS = tuple(
    Framework(f"env_{grammar}", (grammar,), re.compile(gate), _facts)
    for grammar, gate in _GATES.items()
)
