"""Thor: commands from described methods, options, and sub-command classes across files.

Captures of `queries/thor.scm`: `@class` with `@name`, `@superclass` and `@body`; `@started`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.ruby_values import arguments, string, strings
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import positionals
from moxi_analyzer.surface.scripts import bare_scripts
from moxi_analyzer.syntax import Source, ancestors, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_GATE = Gate(
    patterns={
        b"Thor": rb"\bThor\b",
        b"class_option": rb"\bclass_option\b",
        b"method_option": rb"\bmethod_option\b",
        b"desc ": rb"^\s*desc ['\"]",
    },
    flags=re.MULTILINE,
)
_BASES = frozenset({"Thor", "::Thor"})
_PLAIN = lazy_pattern(r"-?\d+(?:\.\d+)?|true|false")
_MAX_DEPTH = 8


@dataclass
class _Command:
    name: str
    usage: str
    text: str
    at: Evidence
    options: list[tuple[Option, Evidence]] = field(default_factory=list)


@dataclass
class _Class:
    """A Ruby class that may be a Thor class: told once all are known."""

    name: str
    superclass: str
    at: Evidence
    commands: list[_Command] = field(default_factory=list)
    options: list[tuple[Option, Evidence]] = field(default_factory=list)
    subcommands: list[tuple[str, str, str, Evidence]] = field(default_factory=list)


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    classes: dict[str, _Class] = {}
    started: dict[str, str] = {}
    for source in sources:
        for _, match in source.matches("thor"):
            if "started" in match:
                started.setdefault(text_of(match["started"][0]).lstrip(":"), source.path)
            else:
                _add_class(classes, source, match)
    _started_in_scripts(repo, started)
    index = _Index(classes)
    thor = [c for c in classes.values() if index.is_thor(c) and (c.commands or c.subcommands)]
    mounted = {index.find(name) for c in thor for _, _, name, _ in c.subcommands}
    parents = {index.find(c.superclass) for c in thor}
    for root in thor:
        path = next((p for name, p in started.items() if index.find(name) == root.name), None)
        if path is None and (root.name in mounted or root.name in parents or len(thor) > 1):
            continue
        script = path if path and not path.endswith(".rb") else ""
        program = Program(f"{root.at.path}:{root.name}", "thor", script.rpartition("/")[2])
        yield program.command("", root.at)
        yield from _emit(program, index, root, "", 0)


def _started_in_scripts(repo: Repository, started: dict[str, str]) -> None:
    for path in bare_scripts(repo):
        for name in re.findall(r"^\s*([A-Z][\w:]*)\.start\b", repo.text(path) or "", re.MULTILINE):
            started[name] = path


class _Index:
    """Classes by name; a name is looked up by its longest known end."""

    def __init__(self, classes: dict[str, _Class]) -> None:
        self.classes = classes
        self.by_tail: dict[str, str] = {}
        for name in classes:
            self.by_tail.setdefault(name.rpartition("::")[2], name)

    def find(self, name: str) -> str:
        name = name.lstrip(":")
        if name in self.classes:
            return name
        ends = (n for n in self.classes if n.endswith("::" + name))
        return next(ends, self.by_tail.get(name.rpartition("::")[2], ""))

    def line(self, start: _Class) -> list[_Class]:
        """A class and those it inherits from, as far as they are in the repository."""
        found: list[_Class] = [start]
        while len(found) < _MAX_DEPTH and found[-1].superclass not in _BASES:
            parent = self.classes.get(self.find(found[-1].superclass))
            if parent is None or parent in found:
                break
            found.append(parent)
        return found

    def is_thor(self, start: _Class) -> bool:
        return self.line(start)[-1].superclass in _BASES


def _emit(program: Program, index: _Index, cls: _Class, path: str, depth: int) -> Iterator[Fact]:
    family = index.line(cls)
    for option, at in (pair for c in family for pair in c.options):
        shared = Option(
            option.forms, option.help, option.takes, detail={**option.detail, "global": "true"}
        )
        if not path or cls.options:
            yield program.option(shared, at, path)
    mounted = {name for _, name, _, _ in cls.subcommands}
    for command in (c for member in family for c in member.commands if c.name not in mounted):
        full = f"{path} {command.name}".strip()
        yield program.command(full, command.at, command.text)
        for option, at in command.options:
            yield program.option(option, at, full)
        for positional in positionals(command.usage.partition(" ")[2]):
            yield program.option(positional, command.at, full)
    for text, name, target, at in cls.subcommands:
        full = f"{path} {name}".strip()
        yield program.command(full, at, text)
        below = index.classes.get(index.find(target))
        if below is not None and depth < _MAX_DEPTH:
            yield from _emit(program, index, below, full, depth + 1)


def _add_class(classes: dict[str, _Class], source: Source, match: dict[str, list[Node]]) -> None:
    node, body = match["class"][0], match["body"][0]
    outer = [
        text_of(parent.child_by_field_name("name"))
        for parent in ancestors(node)
        if parent.type in {"module", "class"}
    ]
    name = "::".join([*reversed(outer), text_of(match["name"][0])])
    cls = classes.setdefault(name, _Class(name, text_of(match["superclass"][0]), source.at(node)))
    _read_body(source, body, cls)


def _read_body(source: Source, body: Node, cls: _Class) -> None:
    usage = text = ""
    hidden = False
    options: list[tuple[Option, Evidence]] = []
    at: Evidence | None = None
    for node in body.named_children:
        if node.type == "method" and usage and at is not None:
            method = text_of(node.child_by_field_name("name"))
            word = usage.split()[0]
            name = word if word.replace("-", "_") == method else method.replace("_", "-")
            if not hidden:
                cls.commands.append(_Command(name, usage, text, at, options))
            usage, options, hidden = "", [], False
        if node.type != "call" or node.child_by_field_name("receiver") is not None:
            continue
        called = text_of(node.child_by_field_name("method"))
        positional, keywords = arguments(node)
        values = [string(argument) or "" for argument in positional]
        if called == "desc" and len(values) >= 2:
            usage, text, at = values[0] or "?", one_line(values[1]), source.at(node)
            hidden = text_of(keywords.get("hide")) == "true"
        elif called in {"option", "method_option"} and values:
            options += _option(values[0], keywords, source.at(node))
        elif called == "class_option" and values:
            cls.options += _option(values[0], keywords, source.at(node))
        elif called == "subcommand" and len(positional) >= 2:
            cls.subcommands.append((text, values[0], text_of(positional[1]), at or source.at(node)))
            usage, options = "", []
        elif called == "register" and len(positional) >= 4:
            target = text_of(positional[0])
            cls.subcommands.append((one_line(values[3]), values[1], target, source.at(node)))


def _option(
    name: str, keywords: dict[str, Node], at: Evidence
) -> Iterator[tuple[Option, Evidence]]:
    if not name or text_of(keywords.get("hide")) == "true":
        return
    kind = string(keywords.get("type")) or "string"
    default_node = keywords.get("default")
    default = string(default_node)
    if default is None and _PLAIN.fullmatch(text_of(default_node)):
        default = text_of(default_node)
    detail = {
        "default": default or "",
        "choices": ", ".join(strings(keywords.get("enum"))),
        "metavar": string(keywords.get("banner")) or "",
        "required": "true" if text_of(keywords.get("required")) == "true" else "",
        "repeatable": "true" if kind in {"array", "hash"} else "",
    }
    aliases = [a if a.startswith("-") else f"-{a}" for a in strings(keywords.get("aliases"))]
    form = "--" + name.lstrip("-").replace("_", "-")
    yield (
        Option(
            (*aliases, form),
            string(keywords.get("desc")) or "",
            "flag" if kind == "boolean" else "value",
            detail={key: value for key, value in detail.items() if value},
        ),
        at,
    )


FRAMEWORKS = (Framework("thor", ("ruby",), _GATE, _facts),)
