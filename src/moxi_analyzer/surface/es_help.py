"""Help texts in ECMAScript sources: their options, each with the line it is written on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.es_modules import Place
from moxi_analyzer.surface.helptext import HelpOption, NumberedLine, parse_options
from moxi_analyzer.surface.helptext import positionals as usage_positionals
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
            if any(form.startswith("--") for form in entry.forms):
                yield entry.option(), self._at(entry.line)

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
