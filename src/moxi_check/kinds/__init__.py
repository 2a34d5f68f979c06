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
    feature,
    install,
    licenses,
    link,
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
    feature,
    install,
    licenses,
    link,
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
    """The judged claims of some kinds, module by module."""
    for module in MODULES:
        if wanted.isdisjoint(module.KINDS):
            continue
        for claim in module.claims(document, ground):
            if claim.kind in wanted:
                yield claim
