"""Options that a Rust program keeps in a table of its own: a type per flag, all of one trait.

Each `impl Flag for Color { … }` answers the same questions with literals: its long name, its short
one, the form that switches it off, what stands for its value, a line of help. Types without a long
name in words, and traits that fewer than three types implement, are something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MIN_FLAGS = 3
_IMPL = lazy_pattern(r"^impl (?P<trait>\w+) for \w+ \{\n(?P<body>.*?)^\}", re.MULTILINE | re.DOTALL)
_METHOD = lazy_pattern(
    r"^ {4}(?:pub )?fn (?P<name>\w+)\(&self\)[^{;]*\{\s*(?P<value>[^{}]*?)\s*^ {4}\}", re.MULTILINE
)
_STRING = lazy_pattern(r"r?#*\"((?:[^\"\\]|\\.)*)\"")
_LETTER = lazy_pattern(r"b?'([^'\\])'")
_NAME = lazy_pattern(r"[A-Za-z0-9][\w-]*")
_LONG = ("name_long", "long_name", "long")
_SHORT = ("name_short", "short_name", "short")
_NEGATED = ("name_negated", "negated_name", "negated")
_VALUE = ("doc_variable", "value_name", "metavar")
_HELP = ("doc_short", "short_help", "help")
_CHOICES = ("doc_choices", "choices", "possible_values")


def _facts(_repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        text = source.content.decode("utf-8", "replace")
        tables: dict[str, list[tuple[Option, Evidence]]] = {}
        for found in _IMPL.finditer(text):
            option = _option(found["body"])
            if option is not None:
                line = text.count("\n", 0, found.start()) + 1
                place = Evidence(path=source.path, line=line)
                tables.setdefault(found["trait"], []).append((option, place))
        for options in tables.values():
            if len(options) >= _MIN_FLAGS:
                program = Program(source.path, "flag_table")
                yield program.command("", options[0][1])
                yield from (program.option(option, place) for option, place in options)


def _option(body: str) -> Option | None:
    """The flag that the methods of a type describe; None if they describe none."""
    methods = {m["name"]: m["value"] for m in _METHOD.finditer(body)}

    def words(names: tuple[str, ...]) -> list[str]:
        value = next((methods[name] for name in names if name in methods), "")
        return [re.sub(r"\s*\\\n\s*", " ", found) for found in _STRING.findall(value)]

    longs = [name for name in words(_LONG) if _NAME.fullmatch(name)]
    if len(longs) != 1 or not any(name in methods for name in (*_HELP, *_VALUE, "is_switch")):
        return None
    short = next((methods[name] for name in _SHORT if name in methods), "")
    letters = _LETTER.findall(short)
    value = " ".join(words(_VALUE))
    takes = "value" if value or methods.get("is_switch") == "false" else "flag"
    detail = {"metavar": value, "choices": ", ".join(words(_CHOICES))}
    return Option(
        forms=(f"--{longs[0]}", *(f"-{letter}" for letter in letters[:1])),
        help=" ".join(" ".join(words(_HELP)).split()),
        takes=takes,
        negations=tuple(f"--{name}" for name in words(_NEGATED) if _NAME.fullmatch(name)),
        detail={key: content for key, content in detail.items() if content},
    )


FRAMEWORKS = (
    Framework(
        "rust_flag_tables",
        ("rust",),
        Gate(patterns={b"(&self)": rb"fn (?:name_long|long_name|long)\(&self\)"}),
        _facts,
    ),
)
