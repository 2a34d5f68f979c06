"""Planted claims: statements of a README that hold, each broken so that it does not.

Whether a statement holds, and that its stand-in does not, is told by literal evidence in the files;
nothing of the checker is imported. The same seed gives the same plants.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moxi_eval.evidence import Files, History
from moxi_eval.finders import code, commands, places, values
from moxi_eval.ground import Candidate, Ground
from moxi_eval.page import Page, parse

FINDERS = (*places.FINDERS, *commands.FINDERS, *code.FINDERS, *values.FINDERS)
MOST_OF_A_KIND = 10
# Links are many and easy to hold against a file list: more of them would only flatter.
MOST_LINKS = 4
LINK_KINDS = frozenset({"anchor", "link", "image", "badge"})
MOST_OF_A_README = 40
# More of them in one copy would be another README, of which a checker may think as of a whole.
MOST_OF_A_COPY = 10
README_NAMES = ("README.md", "readme.md", "Readme.md", "README.markdown", "README.rst", "README")


@dataclass(frozen=True)
class Plant:
    """One statement that held, broken: where, what it was, what it is, and why both are so."""

    kind: str
    ecosystem: str
    line: int
    column: int
    original: str
    planted: str
    holds: str
    absent: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def find_readme(files: Files) -> str:
    """The README that GitHub shows; "" where there is none."""
    for folder in (".github/", "", "docs/"):
        for name in README_NAMES:
            if f"{folder}{name}" in files.paths:
                return f"{folder}{name}"
    return ""


def candidates(page: Page, files: Files, readme: str) -> list[Candidate]:
    """Everything on a page that holds and can be broken, in order of lines."""
    ground = Ground(page, files, readme)
    found = {
        (c.line, c.column, c.original): c
        for finder in FINDERS
        for c in finder(ground)
        if c is not None
    }
    return sorted(found.values(), key=lambda c: (c.line, c.column, c.kind))


def choose(found: Iterable[Candidate], *, ecosystem: str, seed: str) -> list[Plant]:
    """Some of the candidates, at most one a line; no kind and no README outweighs the others."""
    order = sorted(
        found, key=lambda c: _stable(f"{seed}:{c.kind}:{c.line}:{c.column}:{c.original}")
    )
    kinds: Counter[str] = Counter()
    lines: set[int] = set()
    said: set[tuple[str, str]] = set()
    chosen: list[Plant] = []
    # Kinds in turns, so that the rare ones are not crowded out by links.
    for candidate in sorted(order, key=lambda c: _turn(c, order)):
        key = (candidate.kind, candidate.original)
        if len(chosen) >= MOST_OF_A_README or candidate.line in lines or key in said:
            continue
        most = MOST_LINKS if candidate.kind in LINK_KINDS else MOST_OF_A_KIND
        if kinds[candidate.kind] >= most:
            continue
        planted, absent = random.Random(f"{seed}:{key}").choice(candidate.choices)  # noqa: S311
        kinds[candidate.kind] += 1
        lines.add(candidate.line)
        said.add(key)
        chosen.append(
            Plant(
                candidate.kind,
                ecosystem,
                candidate.line,
                candidate.column,
                candidate.original,
                planted,
                candidate.holds,
                absent,
            )
        )
    return sorted(chosen, key=lambda p: p.line)


def _turn(candidate: Candidate, order: list[Candidate]) -> int:
    return sum(1 for c in order[: order.index(candidate)] if c.kind == candidate.kind)


def _stable(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def copies(plants: list[Plant]) -> list[list[Plant]]:
    """The plants spread over few copies of the README: of a kind one a copy, where there is room."""
    count = max(1, -(-len(plants) // MOST_OF_A_COPY))
    groups: dict[int, list[Plant]] = defaultdict(list)
    for number, plant in enumerate(sorted(plants, key=lambda p: (p.kind, p.line))):
        groups[number % count].append(plant)
    return [sorted(group, key=lambda p: p.line) for _, group in sorted(groups.items())]


def apply(text: str, plants: Iterable[Plant]) -> str:
    """The README with these plants in it; line numbers stay as they are.

    Raises ValueError where the text is not the one that the plants were made for.
    """
    lines = text.split("\n")
    for plant in plants:
        line, start = lines[plant.line - 1], plant.column - 1
        end = start + len(plant.original)
        if line[start:end] != plant.original:
            raise ValueError(f"line {plant.line} has no {plant.original!r} at {plant.column}")
        lines[plant.line - 1] = line[:start] + plant.planted + line[end:]
    return "\n".join(lines)


def plant_repository(
    root: Path,
    *,
    name: str,
    ecosystem: str,
    seed: int = 0,
    url: str = "",
    history: History | None = None,
) -> tuple[str, list[Plant]]:
    """The README of a repository (its path) and the plants for it."""
    files = Files(root, name=name.rpartition("/")[2], url=url, history=history)
    readme = find_readme(files)
    if not readme:
        return "", []
    text = (root / readme).read_bytes().decode("utf-8", "replace")
    page = parse(text, rst=readme.endswith(".rst"))
    found = candidates(page, files, readme)
    return readme, choose(found, ecosystem=ecosystem, seed=f"{seed}:{name}")
