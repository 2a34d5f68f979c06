"""Command lines of Python programs: one tree of commands for all frameworks, made into facts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests.python import own_facts
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.python.entries import is_importable, reached_by, start_of
from moxi_analyzer.surface.python.names import Module, Symbol
from moxi_analyzer.syntax import text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 6
_MAX_FACTS = 5_000  # groups put into each other would otherwise multiply
_TAG = lazy_pattern(r"\[/?(?:[a-z][a-z0-9_ #]*|#[0-9a-f]{6})?\]")
_GUARD = lazy_pattern(rb"^if\s+__name__\s*==\s*[\"']__main__[\"']", re.MULTILINE)


@dataclass(eq=False)
class Option:
    """One option, or positional argument, of a command."""

    forms: list[str]
    at: Evidence
    text: str = ""
    positional: bool = False
    hidden: bool = False
    secondary: list[str] = field(default_factory=list)
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The form to list the option by: the first long one."""
        return next((form for form in self.forms if form.startswith("--")), self.forms[0])


@dataclass(eq=False)
class Command:
    """A command with its options and the commands below it."""

    name: str
    at: Evidence
    text: str = ""
    prog: str = ""
    hidden: bool = False
    aliases: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    children: list[Command] = field(default_factory=list)
    help_forms: list[str] | None = None  # what shows the help; None: what the framework gives
    _known: set[str] = field(default_factory=set)
    _below: set[str] = field(default_factory=set)

    def add(self, option: Option) -> None:
        """Add an option unless one of that name is already there."""
        if option.name not in self._known:
            self._known.add(option.name)
            self.options.append(option)

    def child(self, command: Command) -> None:
        """Add a command below this one; the first of a name stays."""
        if command.name not in self._below:
            self._below.add(command.name)
            self.children.append(command)


def command_facts(
    repo: Repository, command: Command, framework: str, home: Module, symbol: str
) -> Iterator[Fact]:
    """Facts of a whole command line; `symbol` of module `home` is where it is made or started."""
    root = f"{home.path}:{symbol}" if symbol else home.path
    common = {"root": root, "framework": framework}
    start = start_of(repo, home, symbol)
    named = _target_of(repo, command.prog)
    entry = named or (start.target if start else "")
    if not entry and symbol in {*home.definitions, *home.values}:
        entry = f"{home.name}:{symbol}"
    package = f"python -m {start.package}" if start and start.package else ""
    call = package or script_call(repo, home)
    # A name that nothing installs is only what the help prints: the call is what works.
    prog = call if call and not named else command.prog or call
    detail = {**common, **({"prog": prog} if prog else {}), **({"entry": entry} if entry else {})}
    if command.help_forms is not None:
        detail["help"] = ", ".join(command.help_forms) or "none"
    yield Fact(
        kind="command", value="", evidence=command.at, text=_plain(command.text), detail=detail
    )
    yield from _option_facts(command, "", common)
    yield from islice(_child_facts(command, "", common, _MAX_DEPTH), _MAX_FACTS)


def _plain(text: str) -> str:
    """A help text on one line, rich's `[bold]…[/bold]` tags taken out."""
    return one_line(_TAG.sub("", text) if "[/" in text else text)


def _target_of(repo: Repository, prog: str) -> str:
    """The target of the installed program that is called `prog`."""
    named = (f for f in own_facts(repo) if f.kind == "bin" and f.value == prog)
    found = next(named, None)
    return found.detail.get("target", "") if found else ""


def _child_facts(command: Command, path: str, common: dict[str, str], depth: int) -> Iterator[Fact]:
    for child in command.children:
        if child.hidden or depth <= 0:
            continue
        full = f"{path} {child.name}".strip()
        aliases = {"aliases": ", ".join(child.aliases)} if child.aliases else {}
        yield Fact(
            kind="command",
            value=full,
            evidence=child.at,
            text=_plain(child.text),
            detail={**common, **aliases},
        )
        yield from _option_facts(child, full, common)
        yield from _child_facts(child, full, common, depth - 1)


def _option_facts(command: Command, path: str, common: dict[str, str]) -> Iterator[Fact]:
    for option in command.options:
        if option.hidden:
            continue
        detail = dict(common)
        if option.positional:
            detail["positional"] = "true"
        else:
            on = [form for form in option.forms if form not in option.secondary]
            short = next((form for form in on if not form.startswith("--")), "")
            if short and short != option.name:
                detail["short"] = short
            detail["forms"] = ", ".join(option.forms)
        detail.update({key: value for key, value in option.detail.items() if value})
        yield Fact(
            kind="option",
            value=option.name,
            evidence=option.at,
            scope=path,
            text=_plain(option.text),
            detail=detail,
        )


def script_call(repo: Repository, module: Module) -> str:
    """How a module that is no installed program is started; "" if it does not look started."""
    folder, name = posixpath.split(module.path)
    if name == "__main__.py":
        return f"python -m {module.package or module.name.rpartition('.')[0]}" if folder else ""
    if not _GUARD.search(module.source.content):
        return ""
    importable = name[:-3].isidentifier() and is_importable(repo, module)
    if folder and repo.has(f"{folder}/__init__.py") and importable:
        return f"python -m {module.name}"
    return f"python {module.path}"


def startable(repo: Repository, symbols: list[Symbol]) -> list[Symbol]:
    """Those of some command lines' roots that a program or script starts.

    What nothing starts is most likely a sub-command whose group is only put together at run time.
    Where no start is seen at all, groups and commands speak for themselves.
    """
    installed = [s for s in symbols if reached_by(repo, s.module, s.name)]
    scripts = [s for s in symbols if s not in installed and script_call(repo, s.module)]
    rest = [] if installed else [s for s in symbols if s not in scripts]
    return installed + scripts + rest


def enclosing_function(node: Node) -> str:
    """The dotted name of the innermost function, or class and method, around a node."""
    names: list[str] = []
    parent = node.parent
    while parent is not None:
        if parent.type in {"function_definition", "class_definition"}:
            names.insert(0, text_of(parent.child_by_field_name("name")))
        parent = parent.parent
    return ".".join(names)
