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
    build_option,
    clone,
    code,
    command,
    container,
    default,
    env,
    excerpt,
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
    word,
)

MODULES: tuple[ModuleType, ...] = (
    badge,
    build_option,
    clone,
    code,
    command,
    container,
    default,
    env,
    excerpt,
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
    word,
)
# Claims where no other kind has one, or has judged.
_LAST = (name, word, excerpt)

KINDS: dict[str, str] = {name: told for module in MODULES for name, told in module.KINDS.items()}
# What moxi_check.online judges; it is loaded where it is asked for, as the network's modules are slow to.
ONLINE_KINDS = {"url": "a web address answers (asked with --online only)"}


def find_claims(document: Document, ground: Ground, wanted: frozenset[str]) -> Iterator[Claim]:
    """The judged claims of some kinds, module by module; names and texts where no other kind is."""
    taken: dict[int, list[tuple[int, int, bool]]] = {}
    for module in (*(m for m in MODULES if m not in _LAST), *_LAST):
        if wanted.isdisjoint(module.KINDS):
            continue
        for claim in module.claims(document, ground):
            end = claim.column + len(claim.text)
            places = taken.setdefault(claim.line, [])
            if module in _LAST and any(
                claim.column < e and s < end and (judged or module is name)
                for s, e, judged in places
            ):
                continue
            places.append((claim.column, end, claim.verdict != "not_judged"))
            if claim.kind in wanted:
                yield claim
