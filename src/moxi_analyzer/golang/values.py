"""Values that start-up code builds: what is known of them without running anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node

from moxi_analyzer.golang.packages import Decl, GoFile
from moxi_core.records import Evidence

# A known string is a str, a slice a list, a map a dict; None is what cannot be known.
Value = object


class Plain(NamedTuple):
    """A number, boolean or duration, as it is written in help texts."""

    text: str


class Results(tuple[Value, ...]):
    """What a call returns, when it returns more than one value."""

    __slots__ = ()


@dataclass(eq=False)
class Scope:
    """Local variables of one block."""

    outer: Scope | None = None
    names: dict[str, Value] = field(default_factory=dict)

    def holder(self, name: str) -> Scope | None:
        """The scope that declares `name`, this one or one around it."""
        at: Scope | None = self
        while at is not None and name not in at.names:
            at = at.outer
        return at


@dataclass(eq=False)
class Closure:
    """A function literal, or a declared function as a value."""

    node: Node
    file: GoFile
    scope: Scope | None = None
    receiver: Value = None


class External(NamedTuple):
    """A member of another module's package: `package` is the framework's short name or the path."""

    package: str
    name: str


ARGUMENTS = External("os", "Args")


class Bound(NamedTuple):
    """A method of a value, not called yet."""

    receiver: Value
    name: str


@dataclass(eq=False)
class Flag:
    """One option of a flag set."""

    name: str
    at: Evidence
    short: str = ""
    usage: str = ""
    default: str = ""
    metavar: str = ""
    separator: str = ""
    choices: str = ""
    env: str = ""
    target: str = ""
    takes: str = "value"
    repeatable: bool = False
    required: bool = False
    hidden: bool = False


@dataclass(eq=False)
class FlagSet:
    """Options that are parsed together."""

    package: str
    name: Value = None
    at: Evidence | None = None
    flags: dict[str, Flag] = field(default_factory=dict)
    included: list[FlagSet] = field(default_factory=list)

    def all(self) -> dict[str, Flag]:
        """The flags of this set and of those added to it."""
        found: dict[str, Flag] = {}
        pending, seen = [self], set()
        while pending:
            at = pending.pop()
            if id(at) not in seen:
                seen.add(id(at))
                found = {**at.flags, **found}
                pending.extend(at.included)
        return found


@dataclass(eq=False)
class Struct:
    """A value of a struct type: of another module (`external`) or of the repository's own."""

    at: Evidence
    external: External | None = None
    decl: Decl | None = None
    literal: Node | None = None
    file: GoFile | None = None
    symbol: str = ""
    fields: dict[str, Value] = field(default_factory=dict)

    def is_a(self, package: str, *names: str) -> bool:
        """Whether this is one of the named types of a framework."""
        return (
            self.external is not None
            and self.external.package == package
            and (not names or self.external.name in names)
        )


class Parsed(NamedTuple):
    """A call that parses a command line into a struct: the framework, the struct, the place."""

    package: str
    value: Value
    arguments: list[Value]
    at: Evidence


@dataclass
class Program:
    """What a main package builds before its work begins.

    `words` are what it compares an argument of its command line with, in a switch.
    """

    folder: str
    executed: list[Struct] = field(default_factory=list)
    parsed: list[Parsed] = field(default_factory=list)
    flag_sets: list[FlagSet] = field(default_factory=list)
    command_line: dict[str, FlagSet] = field(default_factory=dict)
    built: list[Struct] = field(default_factory=list)
    words: dict[str, Evidence] = field(default_factory=dict)

    @property
    def declares(self) -> bool:
        """Whether any option or command is declared with a package that is understood."""
        sets = [*self.command_line.values(), *self.flag_sets]
        return bool(self.executed or self.parsed or any(s.flags for s in sets))
