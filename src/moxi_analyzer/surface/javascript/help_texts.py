"""Help texts in ECMAScript sources: their options, each with the line it is written on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from tree_sitter import Node

from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.helptext import HelpOption, NumberedLine, parse_options
from moxi_analyzer.surface.helptext import positionals as usage_positionals
from moxi_analyzer.surface.javascript.modules import Place
from moxi_analyzer.syntax import Source, literal
from moxi_core.records import Evidence


class HelpText:
    """A text as a program prints it; `place` is the literal it is written in, if it is one."""

    def __init__(self, text: str, place: Place | None) -> None:
        self.place = place
        first = place.node.start_point.row + 1 if place is not None else 0
        self.lines: list[NumberedLine] = [
            (line, first + offset) for offset, line in enumerate(text.split("\n")[:2_000])
        ]

    @cached_property
    def _parsed(self) -> list[HelpOption]:
        return parse_options(self.lines)

    def options(self) -> Iterator[tuple[Option, Evidence]]:
        """Options of the text, in its order."""
        for entry in self._parsed:
            if any(form.startswith("--") or len(form) == 2 for form in entry.forms):
                # Without a value's name in the text, it may still be that one is wanted.
                option = entry.option()
                takes = option.takes if entry.metavar else ""
                yield replace(option, takes=takes), self._at(entry.line)

    def named(self, form: str) -> Option | None:
        """The option of the text that has this form."""
        return next((e.option() for e in self._parsed if form in e.forms), None)

    def line_of(self, form: str) -> Evidence | None:
        """Where the text tells of the option with this form."""
        found = next((e for e in self._parsed if form in e.forms), None)
        return self._at(found.line) if found is not None else None

    def positionals(self) -> Iterator[tuple[Option, Evidence]]:
        """Positionals of the one usage line: `$ name <input> [output]`."""
        usages = [(line.strip(), at) for line, at in self.lines]
        after = [i for i, (line, _) in enumerate(usages) if line.lower().rstrip(":") == "usage"]
        if not after:
            return
        shown = [entry for entry in usages[after[0] + 1 : after[0] + 4] if entry[0]]
        if (len(shown) > 1 and shown[1][0].startswith("$")) or not shown:
            return  # several ways to call it: no one list of positionals
        words = shown[0][0].removeprefix("$").split(None, 1)
        for option in usage_positionals(words[1].replace("…", "...")) if len(words) > 1 else ():
            yield option, self._at(shown[0][1])

    def _at(self, line: int) -> Evidence:
        path = self.place.module.path if self.place is not None else ""
        return Evidence(path=path, line=line)


def rendered(source: Source, node: Node) -> str:
    """A literal as it is printed: what is filled in stays as the text it wraps, or as `…`."""
    if node.type != "template_string":
        return literal(node) or ""
    parts: list[str] = []
    position = node.start_byte + 1
    for child in node.named_children:
        if child.type == "template_substitution":
            parts.append(source.content[position : child.start_byte].decode("utf-8", "replace"))
            parts.append(_wrapped(child.named_children[0]) if child.named_children else "")
            position = child.end_byte
    parts.append(source.content[position : node.end_byte - 1].decode("utf-8", "replace"))
    return "".join(parts).replace("\\`", "`").replace("\\n", "\n")


def _wrapped(node: Node) -> str:
    """The one text inside calls that colour it: `bold("--help")`."""
    for _ in range(4):
        text = literal(node)
        if text is not None:
            return text
        arguments = node.child_by_field_name("arguments")
        if arguments is None or len(arguments.named_children) != 1:
            break
        node = arguments.named_children[0]
    return "…"
