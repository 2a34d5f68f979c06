"""Commands with their sub-commands, for libraries that build a command line out of classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.surface.command_line import Option, Program
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 8


@dataclass
class Command:
    """One command; `name` counts for sub-commands, `prog` for the program itself."""

    name: str
    at: Evidence
    help: str = ""
    prog: str = ""
    aliases: list[str] = field(default_factory=list)
    options: list[tuple[Option, Evidence]] = field(default_factory=list)
    children: list[Command] = field(default_factory=list)

    def facts(self, framework: str, root: str) -> Iterator[Fact]:
        """Facts of a whole command line."""
        yield from self._facts(Program(root, framework, self.prog), "", 0)

    def _facts(self, program: Program, path: str, depth: int) -> Iterator[Fact]:
        yield program.command(path, self.at, self.help, self.aliases)
        for option, at in self.options:
            yield program.option(option, at, path)
        for child in self.children if depth < _MAX_DEPTH else ():
            if child.name:
                yield from child._facts(program, f"{path} {child.name}".strip(), depth + 1)


def option(
    forms: list[str],
    text: str = "",
    *,
    flag: bool = False,
    positional: bool = False,
    required: bool = False,
    repeatable: bool = False,
    everywhere: bool = False,
    negations: tuple[str, ...] = (),
    **detail: str,
) -> Option:
    """An Option from what a class says of it; empty details are left out."""
    found = {
        **detail,
        "default": "" if flag and detail.get("default") == "false" else detail.get("default", ""),
        "required": "true" if required else "",
        "repeatable": "true" if repeatable else "",
        "global": "true" if everywhere else "",
    }
    return Option(
        tuple(forms),
        text,
        takes="flag" if flag else "value",
        negations=negations,
        positional=positional,
        detail={key: value for key, value in found.items() if value},
    )
