"""Gradle build scripts, Groovy and Kotlin alike, as flat statements inside named blocks.

No Groovy grammar is needed: what a build script says of a project stands in plain statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from moxi_core.patterns import lazy_pattern

# What is left unclosed ends at the end of its line or file, so that no text is scanned twice.
_TOKEN = lazy_pattern(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)'
    r"|'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|//[^\n]*|/\*(?:.*?\*/|.*)"
    r"|[{}()\[\];\n]"
    r"|[^\"'/{}()\[\];\n]+|.",
    re.DOTALL,
)
_CALL = lazy_pattern(
    r"([A-Za-z_][\w.]*)(?:<[\w.<>?, ]*>)?(\s*=(?!=)\s*|\s*\(\s*|\s+)(.*)", re.DOTALL
)
_FIRST_WORD = lazy_pattern(r"[\w.]*")
_QUOTED = lazy_pattern(r"\"\"\"(.*)\"\"\"|'''(.*)'''|\"([^\"\n]*)\"|'([^'\n]*)'", re.DOTALL)
_VARIABLE = lazy_pattern(
    r"(?:(?:private\s+)?(?:val|var|def|final\s+String|String)\s+|(?:project\.)?ext\.|(?:extra|ext)\[['\"])"
    r"(\w+)(?:['\"]\])?(?:\s*:\s*[\w?]+)?\s*=\s*(.+)",
    re.DOTALL,
)
_TEMPLATE = lazy_pattern(r"\$\{([\w.]+)\}|\$(\w+)")
_PROPERTY = lazy_pattern(
    r"(?:\w+\.)*(?:property|findProperty|gradleProperty|extra\.get)\(\s*['\"]([\w.-]+)['\"]\s*\).*"
)
_MAX_DEPTH = 40  # of blocks that a statement remembers: files made to nest cost no more
_CONDITIONAL = lazy_pattern(r"(?:\}?\s*else\b|if\s*\(|when\b|try\b|catch\b|for\s*\(|while\s*\()")


@dataclass(frozen=True)
class Statement:
    """One statement, or the head of a block, with the heads of the blocks it stands in."""

    text: str
    line: int
    blocks: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The blocks by their first word: `tasks.named("jar") {` is `tasks.named`."""
        return tuple(_FIRST_WORD.match(block)[0] for block in self.blocks)  # type: ignore[index]

    @cached_property
    def certain(self) -> bool:
        """Whether it stands under no condition."""
        return not any(map(_CONDITIONAL.match, self.blocks))

    @cached_property
    def call(self) -> tuple[str, str]:
        """(dotted name, expression) of `name = expression`, `name(expression)`, `name expression`."""
        found = _CALL.fullmatch(self.text)
        if not found:
            return self.text, ""
        name, expression = found[1], found[3].strip()
        if found[2].strip() == "(" and expression.endswith(")"):
            expression = expression[:-1].strip()
        return name.removesuffix(".set").removesuffix(".value"), expression.removeprefix("= ")

    @cached_property
    def key(self) -> str:
        """The last part of the dotted name."""
        return self.call[0].rpartition(".")[2]


def statements(text: str) -> Iterator[Statement]:
    """The statements of a build script in order; unbalanced braces are borne."""
    blocks: list[str] = []
    depths: list[int] = []
    depth, line, start = 0, 1, 1
    buffer: list[str] = []

    def flush() -> Statement | None:
        words = "".join(buffer).strip()
        buffer.clear()
        return Statement(words, start, tuple(blocks[:_MAX_DEPTH])) if words else None

    for found in _TOKEN.finditer(text):
        piece = found[0]
        if piece.startswith(("//", "/*")):
            line += piece.count("\n")
            continue
        if piece == "{":
            head = flush()
            if head:
                yield head
            blocks.append(head.text if head else "")
            depths.append(depth)
            depth = 0
        elif piece == "}" or (piece in ";\n" and depth <= 0):
            done = flush()
            if done:
                yield done
            if piece == "}" and blocks:
                blocks.pop()
                depth = depths.pop()
        else:
            if not buffer:
                if piece.isspace():
                    line += piece.count("\n")
                    continue
                start = line
            depth += (piece in "([") - (piece in ")]")
            buffer.append(piece)
        line += piece.count("\n")
    last = flush()
    if last:
        yield last


@dataclass
class Script:
    """One build script; `variables` are what its expressions may name."""

    path: str
    text: str
    variables: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # of the version catalogue

    @cached_property
    def statements(self) -> list[Statement]:
        """All statements; assignments of plain values become variables as they are met."""
        found = list(statements(self.text))
        for statement in found:
            assigned = _VARIABLE.match(statement.text)
            if (assigned and not statement.blocks) or (
                assigned and statement.names[-1] in {"ext", "buildscript"}
            ):
                value = self.value(assigned[2])
                if value:
                    self.variables.setdefault(assigned[1], value)
            elif statement.names[-1:] == ("ext",) and statement.call[1]:
                value = self.value(statement.call[1])
                if value:
                    self.variables.setdefault(statement.call[0], value)
        return found

    def value(self, expression: str) -> str:
        """The text that an expression stands for; "" when it is computed or not known."""
        expression = expression.strip()
        quoted = _QUOTED.fullmatch(expression)
        if quoted:
            return self._filled(next(part for part in quoted.groups() if part is not None))
        if re.fullmatch(r"[\d.]+", expression):
            return expression
        catalogue = re.fullmatch(
            r"libs\.versions\.([\w.]+?)(?:\.get\(\))?(?:\.to\w+\(\))?", expression
        )
        if catalogue:
            return self.versions.get(catalogue[1].replace("_", ".").lower(), "")
        named = re.fullmatch(r"JavaVersion\.(\w+)(?:\.toString\(\))?|JvmTarget\.(\w+)", expression)
        if named:
            return named[1] or named[2]
        wrapped = re.fullmatch(
            r"[\w.]+\.(?:of|toVersion|fromTarget|valueOf|parseInt)\((.*)\)", expression
        )
        if wrapped:
            return self.value(wrapped[1])
        property_of = _PROPERTY.fullmatch(expression)
        if property_of:
            return self.variables.get(property_of[1], "")
        name = re.sub(r"^(?:rootProject|project|ext|extra)\.(?:ext\.)?", "", expression)
        return self.variables.get(name, "") if re.fullmatch(r"[\w.]+", name) else ""

    def _filled(self, text: str) -> str:
        missing = False

        def fill(found: re.Match[str]) -> str:
            nonlocal missing
            name = re.sub(r"^(?:rootProject\.|project\.|ext\.)+", "", found[1] or found[2])
            value = self.variables.get(name, "")
            missing = missing or not value
            return value

        filled = _TEMPLATE.sub(fill, text) if "$" in text else text
        return "" if missing or "$" in filled or len(filled) > 1_000 else filled
