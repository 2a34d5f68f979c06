"""The Cabal package format: fields and sections by indentation, as far as facts need them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_core.patterns import lazy_pattern

_FIELD = lazy_pattern(r"([A-Za-z][\w-]*)\s*:(.*)$")
_SECTION = lazy_pattern(
    r"(?i)(library|executable|test-suite|benchmark|flag|common|foreign-library|source-repository"
    r"|custom-setup)\b\s*(.*?)\s*\{?\s*$"
)


@dataclass(frozen=True)
class CabalField:
    """A field's lines, each with its number; the first is what follows the colon."""

    name: str
    line: int
    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """The value on one line."""
        return " ".join(" ".join(text for _, text in self.lines).split())

    def words(self) -> Iterator[tuple[str, int]]:
        """Comma- or space-separated words, each with its line."""
        for number, text in self.lines:
            for word in re.split(r"[,\s]+", text):
                if word:
                    yield word, number

    def entries(self) -> Iterator[tuple[str, int]]:
        """Comma-separated entries, each with the line it begins on."""
        entry, began = "", 0
        for number, text in self.lines:
            for position, part in enumerate(text.split(",")):
                if position:
                    if entry.strip():
                        yield " ".join(entry.split()), began
                    entry, began = "", 0
                if part.strip() and not began:
                    began = number
                entry += " " + part
        if entry.strip():
            yield " ".join(entry.split()), began


@dataclass
class CabalSection:
    """A section with its fields; those inside conditions count, too. The file itself is ""."""

    kind: str
    name: str
    line: int
    fields: list[CabalField] = field(default_factory=list)

    def get(self, name: str) -> CabalField | None:
        """The first field with a name."""
        return next((f for f in self.fields if f.name == name and f.text), None)

    def text(self, name: str) -> str:
        """The one-line value of a field; "" without it."""
        found = self.get(name)
        return found.text if found is not None else ""

    def all(self, name: str) -> Iterator[CabalField]:
        """Every field with a name."""
        return (f for f in self.fields if f.name == name)


def parse_cabal(text: str) -> list[CabalSection]:
    """The sections of a .cabal file; the first is the package itself."""
    sections = [CabalSection("", "", 1)]
    current: list[tuple[int, str]] | None = None
    name, began, indent = "", 0, 0

    def close() -> None:
        nonlocal current
        if current is not None:
            sections[-1].fields.append(CabalField(name, began, tuple(current)))
        current = None

    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.expandtabs(8).rstrip()
        stripped = line.strip()
        if not stripped or stripped.startswith("--") or stripped in {"{", "}"}:
            if current is not None and not stripped:
                current.append((number, ""))
            continue
        depth = len(line) - len(line.lstrip())
        if current is not None and depth > indent:
            current.append((number, stripped))
            continue
        close()
        found, section = _FIELD.match(stripped), _SECTION.match(stripped)
        if depth == 0 and section:
            sections.append(CabalSection(section[1].lower(), section[2], number))
        elif found:
            name, began, indent = found[1].lower(), number, depth
            current = [(number, found[2].strip())]
            if depth == 0 and sections[-1].kind:
                # A field at the margin after a section belongs to the package again.
                sections.append(CabalSection("", "", number))
    close()
    return sections
