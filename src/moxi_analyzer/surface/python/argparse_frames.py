"""What a name can stand for while argparse parsers are followed through a program."""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.surface.python.command_lines import Command
from moxi_analyzer.surface.python.names import Module, Symbol


@dataclass(eq=False)
class Parser:
    """A parser found: its command, where and by which class it was made."""

    command: Command
    made_at: tuple[str, int]
    cls: Symbol | None = None
    parent: bool = False
    helpless: bool = False


@dataclass(eq=False)
class Subparsers:
    """What `add_subparsers` gives: commands are added to it."""

    parser: Parser


@dataclass(eq=False)
class Closure:
    """A function defined inside another one, with what it sees there."""

    function: Symbol
    frame: Frame


@dataclass(eq=False)
class Object:
    """`self` of a class that is not itself a parser."""

    cls: Symbol
    attributes: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False)
class Frame:
    """One call: what its names are bound to, and the plain values of its local names."""

    module: Module
    names: dict[str, object] = field(default_factory=dict)
    local: dict[str, Node] = field(default_factory=dict)
    outer: Frame | None = None
    owner: Symbol | None = None
    returned: object = None

    def get(self, name: str) -> object:
        """What a name is bound to here or in an enclosing function."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return None
