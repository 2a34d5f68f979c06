"""Declared types of Java, Kotlin and C# in one shape: annotations, bases and members.

Command-line libraries of these languages describe options by annotated members; with one shape,
each library is only a mapping from its annotations to facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from tree_sitter import Node

from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.typed.declared_types import (
    Type,
    items_of,
    string_value,
    types_of,
    without_comments,
)
from moxi_analyzer.syntax import Source, source_of, text_of
from moxi_core.patterns import lazy_pattern

_NUMBER = lazy_pattern(r"-?(?:\d[\d_]*(?:\.\d+)?|0x[\da-fA-F]+)[lLfFdDmM]?")
_KOTLIN_NAME = lazy_pattern(r"(?<!\\)\$(?:\{(\w+)\}|([A-Za-z_]\w*))")
_MAX_DEPTH = 8


class Declarations:
    """The types of some files, and of further files of the repository when they are asked for."""

    def __init__(self, repo: Repository, sources: Iterable[Source]) -> None:
        self._repo = repo
        self._read: set[str] = set()
        self.by_name: dict[str, list[Type]] = {}
        self.sources: list[Source] = []
        for source in sources:
            self._add(source)

    def _add(self, source: Source) -> None:
        if source.path not in self._read:
            self._read.add(source.path)
            source = without_comments(source)
            self.sources.append(source)
            for declared in types_of(source):
                self.by_name.setdefault(declared.name, []).append(declared)

    @property
    def types(self) -> Iterator[Type]:
        """All types read so far, in the order found."""
        return (declared for found in list(self.by_name.values()) for declared in found)

    @cached_property
    def _files(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in self._repo.files.items():
            if entry.role == "source" and path.endswith((".java", ".kt", ".cs")):
                found.setdefault(path.rpartition("/")[2].rpartition(".")[0], []).append(path)
        return found

    def find(self, name: str, near: Source) -> Type | None:
        """The type that `name` means in a file: of that file, of its folder, or the only one."""
        name = name.rpartition(".")[2]
        for path in self._files.get(name, [])[:4]:
            content, language = self._repo.read(path), language_of(path)
            if path not in self._read and content is not None and language and language.grammar:
                self._add(source_of(path, language.grammar, content))
        found = self.by_name.get(name, [])
        folder = near.path.rpartition("/")[0]
        for candidates in (
            [t for t in found if t.source.path == near.path],
            [t for t in found if t.source.path.rpartition("/")[0] == folder],
            found,
        ):
            if len(candidates) == 1:
                return candidates[0]
        return None

    def with_bases(self, declared: Type) -> list[Type]:
        """A type and those it inherits from, as far as they are declared here, itself first."""
        found: list[Type] = []
        waiting = [declared]
        while waiting and len(found) < 20:
            current = waiting.pop(0)
            if current not in found:
                found.append(current)
                bases = (self.find(base, current.source) for base in current.bases)
                waiting += [base for base in bases if base is not None]
        return found

    def text(self, node: Node | None, near: Source, owner: Type | None = None) -> str | None:
        """The string that an expression stands for, constants followed; None when computed."""
        return self._text(node, near, owner, 0)

    def _text(self, node: Node | None, near: Source, owner: Type | None, depth: int) -> str | None:
        if node is None or depth > _MAX_DEPTH:
            return None
        kind = node.type
        if kind in {"binary_expression", "additive_expression"} and "+" in text_of(node):
            parts = [self._text(child, near, owner, depth + 1) for child in node.named_children]
            known = [part for part in parts if part is not None]
            return "".join(known) if len(known) == len(parts) else None
        if (
            kind in {"parenthesized_expression", "argument", "value_argument"}
            and node.named_children
        ):
            return self._text(node.named_children[-1], near, owner, depth + 1)
        found = string_value(node)
        if found is not None and near.grammar == "kotlin":
            return self._interpolated(found, near, owner, depth)
        if found is not None:
            return found
        name = text_of(node)
        if re.fullmatch(r"[\w.]+", name) and re.search(r"[A-Za-z]", name):
            return self._constant(name, near, owner, depth)
        return None

    def _interpolated(self, text: str, near: Source, owner: Type | None, depth: int) -> str | None:
        """A Kotlin string with the constants that its `$names` stand for."""
        names = {a or b for a, b in _KOTLIN_NAME.findall(text)}
        known = {name: self._constant(name, near, owner, depth + 1) for name in names}
        if None in known.values():
            return None
        filled = _KOTLIN_NAME.sub(lambda m: known[m[1] or m[2]] or "", text)
        return filled.replace("\\$", "$")

    def _constant(self, name: str, near: Source, owner: Type | None, depth: int) -> str | None:
        qualifier, _, last = name.rpartition(".")
        holders = [self.find(qualifier, near)] if qualifier else []
        if not qualifier:
            holders = [*(self.with_bases(owner) if owner else [])]
            holders += [t for t in self.types if t.source.path == near.path]
        for holder in holders:
            for member in holder.members if holder else ():
                if member.name == last and not member.is_method and holder:
                    return self._text(member.value, holder.source, holder, depth + 1)
        return None

    def texts(self, node: Node | None, near: Source, owner: Type | None = None) -> list[str]:
        """The strings of a list (or of one string); those that are computed are left out."""
        if node is None:
            return []
        values = (self.text(item, near, owner) for item in items_of(node))
        return [value for value in values if value is not None]

    def scalar(self, node: Node | None, near: Source, owner: Type | None, type_: str) -> str:
        """A default as a person would write it on the command line; "" when it is not plain."""
        if node is None:
            return ""
        text = text_of(node)
        if text in {"true", "false", "null", "None", "Optional.empty()"}:
            return text if text in {"true", "false"} else ""
        if _NUMBER.fullmatch(text):
            return text.rstrip("lLfFdDmM").replace("_", "") if not text.startswith("0x") else text
        qualifier, _, last = text.rpartition(".")
        plain = type_.rstrip("?").rpartition(".")[2]
        if qualifier and qualifier.rpartition(".")[2] == plain and re.fullmatch(r"\w+", last):
            declared = self.find(plain, near)
            known = last in declared.constants if declared else last.isupper()
            return last if known else ""
        found = self.text(node, near, owner)
        if found is None and re.fullmatch(r"[\w.]+", text):
            return self._number(text, near, owner, type_)
        return found or ""

    def _number(self, name: str, near: Source, owner: Type | None, type_: str) -> str:
        qualifier, _, last = name.rpartition(".")
        holder = self.find(qualifier, near) if qualifier else owner
        for candidate in self.with_bases(holder) if holder else ():
            for member in candidate.members:
                value = text_of(member.value)
                if member.name == last and value != name and "." in value:
                    return self.scalar(member.value, candidate.source, candidate, type_)
                if member.name == last and _NUMBER.fullmatch(value):
                    return value.rstrip("lLfFdDmM").replace("_", "")
        return ""
