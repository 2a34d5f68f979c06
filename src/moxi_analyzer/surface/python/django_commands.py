"""Django management commands: `python manage.py <name>`, with the options each one adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.python.argparse_flow import Run
from moxi_analyzer.surface.python.argparse_frames import Parser
from moxi_analyzer.surface.python.command_lines import Command, command_facts
from moxi_analyzer.surface.python.names import Symbol, members_of, names_of
from moxi_analyzer.surface.python.values import Values
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_PLACE = lazy_pattern(r"(?:.*/)?management/commands/([a-z]\w*)\.py")
_MANAGE = lazy_pattern(r"(?:[\w-]+/){0,2}manage\.py")


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    return (p for p, entry in repo.files.items() if entry.role == "source" and _PLACE.fullmatch(p))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names = names_of(repo)
    root = next(filter(_MANAGE.fullmatch, sorted(repo.files, key=len)), "manage.py")
    worth: dict[str, bool] = {}
    program = Command("", Evidence(path=root))
    detail = {"root": root, "prog": f"python {root}"}
    for source in sources:
        place, module = _PLACE.fullmatch(source.path), names.at(source.path)
        for _, match in module.source.matches("django_commands") if module else ():
            if module is None or place is None:
                continue
            node = match["class"][0]
            symbol = Symbol(module, "Command", node)
            text = Values(names, module).string(members_of(node).get("help")) or ""
            command = Command(place[1], module.source.at(node), one_line(text))
            Run(names, worth).method(symbol, "add_arguments", Parser(command, symbol.key))
            program.children = [command]
            for fact in command_facts(repo, program, "django", module, ""):
                if fact.value or fact.kind == "option":
                    yield replace(fact, detail={**fact.detail, **detail})
    if repo.has(root):
        yield Fact(
            kind="command",
            value="",
            evidence=program.at,
            detail={**detail, "framework": "django"},
        )


FRAMEWORKS = (Framework("django", ("python",), Gate(b"BaseCommand", b"Command)"), _facts, _select),)
