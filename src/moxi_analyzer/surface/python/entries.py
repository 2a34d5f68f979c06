"""Which installed program starts a given function: entry points followed through calls."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from moxi_analyzer.manifests.python import entry_points
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.python.names import Module, Names, Symbol, names_of
from moxi_analyzer.syntax import text_of

_MAX_STEPS = 250
_MAX_TARGETS = 60


@dataclass(frozen=True)
class Start:
    """How something is started: an entry point's target, or the package run with `-m`."""

    distance: int
    target: str = ""
    package: str = ""


def start_of(repo: Repository, module: Module, symbol: str) -> Start | None:
    """The nearest installed program, or else `python -m package`, that leads to `symbol`."""
    found = names_of(repo).symbol(module, symbol) if symbol else None
    return _reached(repo).get(found.key) if found else None


def reached_by(repo: Repository, module: Module, symbol: str) -> str:
    """The entry point, or the package, that leads to `symbol` of `module`; "" if none does."""
    start = start_of(repo, module, symbol)
    return (start.target or start.package) if start else ""


def is_entry(repo: Repository, symbol: Symbol) -> bool:
    """Whether an entry point names `symbol` itself."""
    start = _reached(repo).get(symbol.key)
    return bool(start and start.target and not start.distance)


@lru_cache(maxsize=1)
def _reached(repo: Repository) -> dict[tuple[str, int], Start]:
    """Definition -> the nearest start that reaches it, installed programs before packages."""
    names = names_of(repo)
    reached: dict[tuple[str, int], Start] = {}
    calls = _Calls(names)
    for target in entry_points(repo)[:_MAX_TARGETS]:
        module_name, _, attribute = target.partition(":")
        module = names.module(module_name)
        start = names.symbol(module, attribute) if module and attribute else None
        if start is not None:
            for key, distance in calls.distances([start]).items():
                if key not in reached or distance < reached[key].distance:
                    reached[key] = Start(distance, target=target)
    for path in main_modules(repo):
        module = names.at(path)
        callees = calls.callees(module, module.source.root) if module else []
        for key, distance in calls.distances(callees).items():
            reached.setdefault(key, Start(distance + 1, package=module.package if module else ""))
    return reached


def is_importable(repo: Repository, module: Module) -> bool:
    """Whether a module's package is found from the root of the checkout, or once installed."""
    place = module.path.removesuffix("/__init__.py").removesuffix(".py")
    base = place.removesuffix(module.name.replace(".", "/")).rstrip("/")
    project = base.removesuffix("src").removesuffix("lib").removesuffix("python").rstrip("/")
    manifests = ("pyproject.toml", "setup.py", "setup.cfg")
    return not project or any(repo.has(f"{project}/{name}") for name in manifests)


def main_modules(repo: Repository) -> list[str]:
    """The `__main__.py` files by which packages of the project are run."""
    return [
        path
        for path, entry in repo.files.items()
        if path.endswith("/__main__.py")
        and entry.role == "source"
        and repo.has(path.replace("__main__", "__init__"))
    ][:_MAX_TARGETS]


class _Calls:
    """Who calls, or hands on, whom; each definition is looked through once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[str, int], list[Symbol]] = {}

    def distances(self, starts: list[Symbol]) -> dict[tuple[str, int], int]:
        """How many calls away from the nearest of `starts` the definitions they lead to are."""
        found = {start.key: 0 for start in starts}
        queue = deque(starts)
        while queue and len(found) < _MAX_STEPS:
            symbol = queue.popleft()
            for callee in self.callees(symbol.module, symbol.node):
                if callee.key not in found:
                    found[callee.key] = found[symbol.key] + 1
                    queue.append(callee)
        return found

    def callees(self, module: Module, node: Node) -> list[Symbol]:
        """The repository's definitions that a function, class or module body names in calls."""
        key = (module.path, node.start_byte if node.parent else -1)
        if key not in self._known:
            dotted = {
                text_of(match["function"][0])
                for _, match in module.source.matches("python_calls", node)
            }
            self._known[key] = [
                symbol for name in sorted(dotted) for symbol in self._symbols(module, name)
            ]
        return self._known[key]

    def _symbols(self, module: Module, dotted: str) -> list[Symbol]:
        if "(" in dotted or dotted.startswith("self."):
            return []
        # The class of `Shop.start()` counts too, wherever `start` is inherited from.
        owner = dotted.rpartition(".")[0]
        found = (self._names.symbol(module, name) for name in (dotted, owner) if name)
        return [symbol for symbol in found if symbol is not None]
