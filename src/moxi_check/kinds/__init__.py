"""Kinds of claims, one module for those that are found in the same way.

A module has `KINDS` (name -> what it says) and `claims(document, ground)`, which finds them and
judges them. It never judges what it is not sure of: one false alarm costs more than ten misses.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from moxi_check.claim import Claim
from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds import (
    badge,
    clone,
    code,
    command,
    default,
    env,
    feature,
    inputs,
    install,
    key,
    licenses,
    link,
    name,
    option,
    path,
    run,
    script,
    service,
    task,
    tree,
    version,
)

MODULES: tuple[ModuleType, ...] = (
    badge,
    clone,
    code,
    command,
    default,
    env,
    feature,
    inputs,
    install,
    key,
    licenses,
    link,
    name,
    option,
    path,
    run,
    script,
    service,
    task,
    tree,
    version,
)

KINDS: dict[str, str] = {name: told for module in MODULES for name, told in module.KINDS.items()}


def find_claims(document: Document, ground: Ground, wanted: frozenset[str]) -> Iterator[Claim]:
    """The judged claims of some kinds, module by module; names are claims where no other kind is."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for module in (*(m for m in MODULES if m is not name), name):
        if wanted.isdisjoint(module.KINDS):
            continue
        for claim in module.claims(document, ground):
            end = claim.column + len(claim.text)
            places = taken.setdefault(claim.line, [])
            if module is name and any(claim.column < e and s < end for s, e in places):
                continue
            places.append((claim.column, end))
            if claim.kind in wanted:
                yield claim
