"""A clap command line as clap itself holds it, and the facts it amounts to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 8


@dataclass
class Argument:
    """An option, flag or positional argument."""

    name: str
    evidence: Evidence
    long: str = ""
    short: str = ""
    aliases: list[str] = field(default_factory=list)
    help: str = ""
    default: str = ""
    choices: list[str] = field(default_factory=list)
    metavar: str = ""
    env: str = ""
    takes_value: bool = True
    required: bool = False
    repeatable: bool = False
    is_global: bool = False
    hidden: bool = False

    @property
    def positional(self) -> bool:
        """Whether it is known by its place instead of a name."""
        return not self.long and not self.short

    def fact(self, root: str, framework: str, scope: str) -> Fact:
        """The option fact."""
        forms = [f"--{self.long}"] if self.long else []
        short = f"-{self.short}" if self.short else ""
        forms += [short] if short else []
        forms += self.aliases
        detail = {
            "root": root,
            "framework": framework,
            "short": short,
            "forms": ", ".join(forms),
            "default": self.default,
            "choices": ", ".join(self.choices),
            "metavar": self.metavar if self.takes_value else "",
            "env": self.env,
            "takes": "" if self.positional else "value" if self.takes_value else "flag",
            "required": "true" if self.required else "",
            "repeatable": "true" if self.repeatable else "",
            "positional": "true" if self.positional else "",
            "global": "true" if self.is_global else "",
        }
        return Fact(
            kind="option",
            value=forms[0] if forms else self.name,
            evidence=self.evidence,
            scope=scope,
            text=one_line(self.help),
            detail={key: value for key, value in detail.items() if value},
        )


@dataclass
class Command:
    """A command with its arguments and sub-commands."""

    name: str
    evidence: Evidence
    about: str = ""
    aliases: list[str] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    subcommands: list[Command] = field(default_factory=list)
    hidden: bool = False

    def facts(self, root: str, framework: str, scope: str = "", depth: int = 0) -> Iterator[Fact]:
        """Facts of this command and all below it; hidden ones are left out.

        `scope` is the path of the command itself: "" for the program.
        """
        detail = {"root": root, "framework": framework, "aliases": ", ".join(self.aliases)}
        if not scope and self.name:
            detail["prog"] = self.name
        yield Fact(
            kind="command",
            value=scope,
            evidence=self.evidence,
            scope=scope,
            text=one_line(self.about),
            detail={key: value for key, value in detail.items() if value},
        )
        for argument in self.arguments:
            fact = argument.fact(root, framework, scope)
            if not argument.hidden:
                yield fact
            if argument.env:
                yield _env_fact(argument)
        for command in self.subcommands if depth < _MAX_DEPTH else ():
            if not command.hidden and command.name:
                below = f"{scope} {command.name}".strip()
                yield from command.facts(root, framework, below, depth + 1)


def _env_fact(argument: Argument) -> Fact:
    return Fact(
        kind="env_var",
        value=argument.env,
        evidence=argument.evidence,
        text=one_line(argument.help),
        detail={"default": argument.default} if argument.default else {},
    )
