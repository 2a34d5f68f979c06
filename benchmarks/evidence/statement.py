"""A checkable statement of a README and its verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from .document import Document
from .project import Project
from .shell import Command
from .tree import Tree

Verdict = Literal["true", "false", "unknown"]


@dataclass(frozen=True)
class Statement:
    """`key` is the same for two READMEs that say the same."""

    kind: str
    key: str
    text: str
    line: int
    verdict: Verdict
    why: str = ""

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


@dataclass
class Case:
    """One README against one repository.

    `strict` is for a generated README: it speaks of the repository only, so what no file knows is
    false, where in a person's README it may be the reader's own file, name or variable.
    """

    tree: Tree
    project: Project
    document: Document
    strict: bool = False

    @cached_property
    def own_commands(self) -> set[str]:
        return self.project.bins

    @cached_property
    def defined_here(self) -> set[str]:
        """Keys and file names that the README's own code blocks make: a tutorial's, not ours."""
        found: set[str] = set()
        for block in self.document.blocks:
            body = "\n".join(block.lines)
            found.update(re.findall(r"[\"']([\w:.@/-]+)[\"']\s*:", body))
            found.update(re.findall(r"^\s*([\w:.-]+):(?:\s|$)", body, re.MULTILINE))
            found.update(
                re.findall(r"(?:>|>>|touch|mkdir(?: -p)?|cp \S+|mv \S+|-o|tee)\s+([\w./-]+)", body)
            )
        return {name.removeprefix("./").rstrip("/") for name in found}


def made(command: Command, kind: str, key: str, verdict: Verdict, why: str = "") -> Statement:
    """A statement of a shell command."""
    return Statement(kind, key, command.text, command.line, verdict, why)


def unique(statements: Iterable[Statement]) -> list[Statement]:
    """One verdict a key and line; a definite verdict beats `unknown`."""
    best: dict[tuple[str, str, int], Statement] = {}
    for statement in statements:
        place = (statement.kind, statement.key, statement.line)
        if place not in best or best[place].verdict == "unknown":
            best[place] = statement
    return sorted(best.values(), key=lambda s: (s.line, s.kind, s.key))
