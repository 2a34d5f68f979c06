"""Command lines without a framework: util.parseArgs, minimist, mri, arg, and plain help texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from moxi_analyzer.formats import as_list, as_str
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.candidates import programs_too
from moxi_analyzer.surface.javascript.entries import bin_sources, closure, package_folders
from moxi_analyzer.surface.javascript.help_texts import HelpText, rendered
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Module, Modules, Place
from moxi_analyzer.surface.javascript.values import Table, Values, shown, texts
from moxi_analyzer.syntax import Source, ancestors, text_of
from moxi_core.records import Evidence, Fact

_GATE = Gate(patterns={b"argv": rb"\bargv\b", b"parseArgs": rb"\bparseArgs\b"})
_READ_ELSEWHERE = frozenset(
    "commander @commander-js/extra-typings yargs yargs/yargs cac sade meow @oclif/core "
    "@oclif/command clipanion citty caporal @caporal/core gluegun vorpal gunshi".split()
)
_PARSERS = {
    "node:util": "parseArgs",
    "util": "parseArgs",
    "minimist": "minimist",
    "mri": "minimist",
    "getopts": "minimist",
    "yargs-parser": "minimist",
    "arg": "arg",
    "command-line-args": "command-line-args",
}
_MIN_HELP_OPTIONS = 2
_Found = list[tuple[Option, Evidence]]


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    known = {source.path: source for source in sources}
    modules = Modules(repo, known)
    reader = _Reader(Values(modules))
    for folder in package_folders(repo):
        for path in bin_sources(repo, folder):
            near = closure(modules, path)
            if any(m.path in known for m in near):
                yield from reader.program(path, near)


class _Reader:
    def __init__(self, values: Values) -> None:
        self.values = values
        self.parsers: list[str] = []

    def program(self, path: str, modules: list[Module]) -> Iterator[Fact]:
        """Facts of the program whose modules these are."""
        if any(spec in _READ_ELSEWHERE for m in modules for spec in m.specs()):
            return
        self.parsers = []
        declared = [found for module in modules for found in self._declared(module)]
        helped = next((found for found in map(self._helped, modules) if found), [])
        options = list(_joined(declared, helped))
        if not options:
            return
        program = Program(path, self.parsers[0] if declared else "help text")
        yield program.command("", Evidence(path=path, line=1))
        for option, at in options:
            yield program.option(option, at)

    # Parsers -------------------------------------------------------------------------------

    def _declared(self, module: Module) -> _Found:
        """Options that the parser calls of a module declare."""
        found: _Found = []
        for _, match in module.source.matches("es_calls"):
            function = (match.get("function") or match["method"])[0]
            parser = self._parser(module, function)
            arguments = match["call"][0].child_by_field_name("arguments")
            given = [Place(module, a) for a in arguments.named_children] if arguments else []
            if not parser or not given:
                continue
            self.parsers.append(parser)
            if parser == "parseArgs":
                table = self.values.table(given[0])
                found += self._parse_args(self._inner(table, "options"))
            elif parser == "minimist" and len(given) > 1:
                found += self._minimist(self.values.table(given[1]))
            elif parser == "arg":
                found += self._arg(self.values.table(given[0]))
            elif parser == "command-line-args":
                found += self._definitions(given[0])
        return found

    def _parser(self, module: Module, function: Node) -> str:
        name = text_of(function)
        imported = module.imports.get(name)
        spec = imported.spec if imported is not None else ""
        if function.type == "property_identifier":  # util.parseArgs(…)
            return "parseArgs" if name == "parseArgs" else ""
        known = module.name_at(function)
        if imported is None and known is not None and known.kind == "value":
            written = re.match(r"""require\(["']([\w:@/-]+)["']\)""", text_of(known.node))
            spec = written[1] if written else ""
        parser = _PARSERS.get(spec, "")
        return "" if parser == "parseArgs" and name != "parseArgs" else parser

    def _inner(self, table: Table, key: str) -> Table:
        place = table.values.get(key)
        return self.values.table(place) if place is not None else Table()

    def _parse_args(self, options: Table) -> Iterator[tuple[Option, Evidence]]:
        for name, place in options.values.items():
            settings = {k: self.values.of(v) for k, v in self.values.table(place).values.items()}
            short = as_str(settings.get("short"))
            forms = ([f"-{short}"] if short else []) + [f"--{name}"]
            takes = "value" if settings.get("type") == "string" else "flag"
            multiple = "true" if settings.get("multiple") is True else ""
            default = settings.get("default")
            yield _option(forms, takes, default, repeatable=multiple), _at(options.keys[name])

    def _minimist(self, table: Table) -> Iterator[tuple[Option, Evidence]]:
        names: dict[str, tuple[str, Place]] = {}
        for key, takes in (("string", "value"), ("number", "value"), ("boolean", "flag")):
            place = table.values.get(key)
            for name in texts(self.values.of(place)) if place is not None else ():
                names.setdefault(name, (takes, place or table.keys[key]))
        defaults, aliases = self._inner(table, "default"), self._inner(table, "alias")
        for other in (defaults, aliases):
            for name, place in other.keys.items():
                names.setdefault(name, ("", place))
        joined: dict[str, str] = {}
        for name, place in aliases.values.items():
            for alias in texts(self.values.of(place)):
                joined[alias] = name
        for name, (takes, place) in names.items():
            if name in joined:
                continue
            same = [name, *(alias for alias, main in joined.items() if main == name)]
            takes = takes or next((names[n][0] for n in same if n in names and names[n][0]), "")
            values = [self.values.of(defaults.values[n]) for n in same if n in defaults.values]
            forms = [f"-{n}" if len(n) == 1 else f"--{n}" for n in same]
            yield _option(sorted(forms, key=len), takes, next(iter(values), None)), _at(place)

    def _arg(self, table: Table) -> Iterator[tuple[Option, Evidence]]:
        aliases: dict[str, list[str]] = {}
        for name, place in table.values.items():
            target = self.values.of(place)
            if isinstance(target, str):
                aliases.setdefault(target, []).append(name)
        for name, place in table.values.items():
            if name.startswith("-") and not isinstance(self.values.of(place), str):
                written = text_of(place.node)
                takes = "flag" if written in {"Boolean", "arg.COUNT", "arg.flag"} else "value"
                repeatable = "true" if written.startswith("[") else ""
                forms = [*aliases.get(name, []), name]
                yield _option(forms, takes, None, repeatable=repeatable), _at(table.keys[name])

    def _definitions(self, place: Place) -> Iterator[tuple[Option, Evidence]]:
        for item in as_list(self.values.of(place)):
            if not isinstance(item, Table) or "name" not in item.values:
                continue
            settings = {key: self.values.of(value) for key, value in item.values.items()}
            name, alias = as_str(settings.get("name")), as_str(settings.get("alias"))
            takes = "flag" if text_of(item.values.get("type", place).node) == "Boolean" else "value"
            forms = ([f"-{alias}"] if alias else []) + [f"--{name}"]
            option = _option(forms, takes, settings.get("defaultValue"))
            described = as_str(settings.get("description"))
            yield (
                Option(option.forms, described, takes, detail=option.detail),
                _at(item.keys["name"]),
            )

    # Help texts ----------------------------------------------------------------------------

    def _helped(self, module: Module) -> _Found:
        """Options of the help text that a module prints; none if it prints no such text."""
        found: _Found = []
        for _, match in module.source.matches("es_texts"):
            node = match["text"][0]
            written = text_of(node)
            if "-" not in written or any(
                a.type == "template_substitution" for a in ancestors(node)
            ):
                continue
            text = rendered(module.source, node)
            if text[:1] not in " \t\n" and "\n" not in text:
                continue  # a bare `--flag` is compared or passed on, not explained
            place = Place(module, node)
            found += [(o, at) for o, at in HelpText(text, place).options() if o.help]
        named = [option for option, _ in found if option.name.startswith("--")]
        return found if len(named) >= _MIN_HELP_OPTIONS else []


def _joined(declared: _Found, helped: _Found) -> Iterator[tuple[Option, Evidence]]:
    """Declared options in the words of the help text, then those that only the text has."""
    words = {form: (option, at) for option, at in helped for form in option.forms}
    seen: set[str] = set()
    for option, at in declared:
        told, where = next((words[f] for f in option.forms if f in words), (None, at))
        if told is not None:
            seen |= set(told.forms)
            forms = tuple(dict.fromkeys((*told.forms, *option.forms)))
            detail = {**told.detail, **option.detail}
            takes = option.takes or told.takes
            option = Option(forms, option.help or told.help, takes, detail=detail)
        if not seen.intersection(option.forms) or told is not None:
            seen |= set(option.forms)
            yield option, where
    for option, at in helped:
        if not seen.intersection(option.forms):
            seen |= set(option.forms)
            yield option, at


def _option(forms: list[str], takes: str, default: Any, **detail: str) -> Option:
    word = "" if default is False else shown(default)
    kept = {key: value for key, value in {"default": word, **detail}.items() if value}
    return Option(tuple(forms), "", takes, detail=kept)


def _at(place: Place) -> Evidence:
    return place.module.source.at(place.node)


FRAMEWORKS = (Framework("nodeargs", GRAMMARS, _GATE, _facts, programs_too),)
