"""Which installed program starts a given function: entry points followed through calls."""

from __future__ import annotations

from collections import deque
from functools import lru_cache

from moxi_analyzer.manifests.python import entry_points
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.python_names import Module, Names, Symbol, names_of
from moxi_analyzer.syntax import text_of

_MAX_STEPS = 250
_MAX_TARGETS = 60


def entry_of(repo: Repository, module: Module, symbol: str) -> str:
    """The entry point that leads to `symbol` of `module`; else that symbol itself as one."""
    found = names_of(repo).symbol(module, symbol) if symbol else None
    return _reached(repo).get(found.key, (0, found.entry))[1] if found else ""


def reached_by(repo: Repository, module: Module, symbol: str) -> str:
    """The nearest entry point that leads to `symbol` of `module`; "" if none does."""
    found = names_of(repo).symbol(module, symbol) if symbol else None
    return _reached(repo).get(found.key, (0, ""))[1] if found else ""


@lru_cache(maxsize=1)
def _reached(repo: Repository) -> dict[tuple[str, int], tuple[int, str]]:
    """Definition -> (how many calls away, target) of the nearest entry point that reaches it."""
    names = names_of(repo)
    reached: dict[tuple[str, int], tuple[int, str]] = {}
    for target in entry_points(repo)[:_MAX_TARGETS]:
        module_name, _, attribute = target.partition(":")
        module = names.module(module_name)
        start = names.symbol(module, attribute) if module and attribute else None
        if start is not None:
            for key, distance in _distances(names, start).items():
                if key not in reached or distance < reached[key][0]:
                    reached[key] = (distance, target)
    return reached


def _distances(names: Names, start: Symbol) -> dict[tuple[str, int], int]:
    """How many calls away from `start` the definitions that it leads to are."""
    found = {start.key: 0}
    queue = deque([start])
    while queue and len(found) < _MAX_STEPS:
        symbol = queue.popleft()
        for callee in _callees(names, symbol):
            if callee.key not in found:
                found[callee.key] = found[symbol.key] + 1
                queue.append(callee)
    return found


def _callees(names: Names, symbol: Symbol) -> list[Symbol]:
    found: list[Symbol] = []
    for _, match in symbol.module.source.matches("python_calls", symbol.node):
        dotted = text_of(match["function"][0])
        if dotted.count("(") or dotted.startswith("self."):
            continue
        target: object = names.resolve(symbol.module, dotted)
        if not isinstance(target, Symbol) and "." in dotted:
            target = names.resolve(symbol.module, dotted.rpartition(".")[0])
        if isinstance(target, Symbol):
            found.append(target)
            owner = target.name.rpartition(".")[0]
            inside = names.symbol(target.module, owner) if owner else None
            found.extend([inside] if inside else [])
    return found
