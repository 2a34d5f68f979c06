"""argparse and optparse: parsers followed from where they are made to where options are added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.python.argparse_flow import Run
from moxi_analyzer.surface.python.argparse_frames import Parser
from moxi_analyzer.surface.python.argparse_tables import tabled
from moxi_analyzer.surface.python.command_lines import (
    Command,
    command_facts,
    enclosing_function,
    script_call,
)
from moxi_analyzer.surface.python.entries import reached_by
from moxi_analyzer.surface.python.names import Module, Names, names_of
from moxi_analyzer.syntax import Source
from moxi_core.records import Fact

_Found = tuple[Parser, Module, str]


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names = names_of(repo)
    worth: dict[str, bool] = {}
    found = [item for source in sources for item in _runs(names, source, worth)]
    parents = {parser.made_at for parser, _, _ in found if parser.parent}
    found = [item for item in found if item[0].made_at not in parents]
    lines = tabled(
        [(parser.command, module, symbol) for parser, module, symbol in _whole(repo, found)]
    )
    for command, module, symbol in lines:
        empty = not command.options and not command.children
        if not empty and not _internal(repo, module, symbol):
            yield from command_facts(repo, command, "argparse", module, symbol)


def _runs(names: Names, source: Source, worth: dict[str, bool]) -> Iterator[_Found]:
    """Parsers found from each start in a file: its functions, its classes, its body."""
    module = names.at(source.path)
    if module is None or "/management/commands/" in module.path:  # django's: see there
        return
    run = Run(names, worth)
    frame = run.module(module)
    bound = {
        id(value): name for name, value in reversed(frame.names.items()) if name in module.values
    }
    yield from ((parser, module, bound.get(id(parser), "")) for parser in run.roots())
    for _, match in module.source.matches("argparse"):
        node = (match.get("function") or match["class"])[0]
        name = enclosing_function(node.children[-1])
        target = names.symbol(module, name)
        if target is None or target.node != node:
            continue
        run = Run(names, worth)
        if node.type == "class_definition":
            run.cls(target)
        elif "." not in name:
            run.function(target)
        yield from ((parser, module, name) for parser in [*run.roots(), *run.parents()])


def _internal(repo: Repository, module: Module, symbol: str) -> bool:
    """Whether a private function makes the parser, and no program leads there."""
    if "/internal/" in module.path:
        return True
    private = re.search(r"(^|[/.])_[a-z]", f"{module.path}.{symbol}")
    return bool(private) and not reached_by(repo, module, symbol) and not script_call(repo, module)


def _size(command: Command, path: str = "") -> frozenset[str]:
    own = {f"{path} {option.name}" for option in command.options}
    below = [_size(child, f"{path} {child.name}") for child in command.children]
    return frozenset(own.union(*below))


def _whole(repo: Repository, found: list[_Found]) -> Iterator[_Found]:
    """Of all runs that met the same parser, those that saw most of it.

    A base parser that several programs build upon is met by one run for each: entry points that
    differ keep them apart.
    """

    def weight(item: _Found) -> tuple[int, bool, bool, bool]:
        parser, module, symbol = item
        reached = bool(symbol and reached_by(repo, module, symbol))
        named = symbol.endswith("main")
        return len(_size(parser.command)), reached, named, symbol in module.values

    kept: list[tuple[tuple[str, int], str, frozenset[str]]] = []
    for item in sorted(found, key=weight, reverse=True):
        parser, module, symbol = item
        size, target = _size(parser.command), reached_by(repo, module, symbol) if symbol else ""
        same = [k for k in kept if k[0] == parser.made_at]
        if any(size <= other and target in {"", entry} for _, entry, other in same):
            continue
        kept.append((parser.made_at, target, size))
        yield item


FRAMEWORKS = (
    Framework(
        "argparse",
        ("python",),
        Gate(b"ArgumentParser", b"OptionParser", b"add_argument("),
        _facts,
    ),
)
