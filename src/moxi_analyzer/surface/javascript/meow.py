"""meow: command lines of JavaScript and TypeScript programs, from their flags and help text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.candidates import programs_too
from moxi_analyzer.surface.javascript.help_texts import HelpText
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Modules, Place
from moxi_analyzer.surface.javascript.values import Table, Values, shown, texts
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Evidence, Fact

_GATE = Gate(patterns={b"meow": rb"""["']meow["']"""})


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    known = {source.path: source for source in sources}
    modules = Modules(repo, known)
    values = Values(modules)
    for path, source in known.items():
        module = modules.get(path)
        if module is None:
            continue
        names = {name for name, imported in module.imports.items() if imported.spec == "meow"}
        for _, match in source.matches("es_calls"):
            called = text_of((match.get("function") or match["method"])[0])
            if "function" in match and (called in names or called == "meow"):
                arguments = match["call"][0].child_by_field_name("arguments")
                given = [Place(module, a) for a in arguments.named_children] if arguments else []
                at = source.at(match["call"][0])
                yield from _program(values, Program(path, "meow"), at, given)


def _program(values: Values, program: Program, at: Evidence, given: list[Place]) -> Iterator[Fact]:
    table = values.table(given[-1]) if given else Table()
    place = table.values.get("help") or (given[0] if given else None)
    described = values.text(table.values.get("description"))
    text = HelpText(values.text(place), values.place_of(place)) if place else HelpText("", None)
    found = [*_flags(values, table, text), *text.options()]
    yield program.command("", at, described)
    seen: set[str] = set()
    for option, where in found:
        if not seen.intersection(option.forms):
            seen |= set(option.forms)
            yield program.option(option, where)
    for option, where in text.positionals():
        yield program.option(option, where)


def _flags(values: Values, table: Table, text: HelpText) -> Iterator[tuple[Option, Evidence]]:
    place = table.values.get("flags")
    flags = values.table(place) if place is not None else Table()
    for name, value in flags.values.items():
        key = flags.keys[name]
        settings = {k: values.of(v) for k, v in values.table(value).values.items()}
        option = _flag(_kebab(name), settings, text)
        if text.named(f"--no-{_kebab(name)}") and not any(map(text.named, option.forms)):
            continue  # on by default: only the form that turns it off is told to users
        yield option, text.line_of(option.name) or key.module.source.at(key.node)


def _flag(name: str, settings: dict[str, object], text: HelpText) -> Option:
    shorts = texts(settings.get("shortFlag") or settings.get("alias") or [])
    aliases = texts(settings.get("aliases") or [])
    forms = [*(f"-{s}" for s in shorts), *(f"--{_kebab(a)}" for a in aliases), f"--{name}"]
    if "shortFlag" not in settings:
        forms = [f"-{s}" if len(s) == 1 else f"--{s}" for s in shorts] + forms[len(shorts) :]
    told = (text.named(form) for form in reversed(forms))
    shown_in_help = next((option for option in told if option is not None), None)
    default = shown(settings.get("default"))
    detail = {
        "default": "" if default == "false" else default,
        "choices": ", ".join(texts(settings.get("choices") or [])),
        "required": "true" if settings.get("isRequired") is True else "",
        "repeatable": "true" if settings.get("isMultiple") is True else "",
        "metavar": shown_in_help.detail.get("metavar", "") if shown_in_help else "",
    }
    takes = "flag" if settings.get("type") == "boolean" else "value"
    return Option(
        tuple(dict.fromkeys(forms)),
        shown_in_help.help if shown_in_help else "",
        takes,
        detail={key: word for key, word in detail.items() if word},
    )


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "-" + m[1].lower(), name)


FRAMEWORKS = (Framework("meow", GRAMMARS, _GATE, _facts, programs_too),)
