"""C and C++ programs: getopt, argp, popt and hand-written comparisons, joined with their help text.

The tables tell which options exist; the printed text tells their words. An option that a program
leaves out of its help text is hidden, unless most of them are.
Captures of `queries/getopt.scm`: `@table`, `@letters`, `@compared`, `@equal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.c.texts import printed_lines, string
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import (
    HelpOption,
    NumberedLine,
    parse_commands,
    parse_options,
    positionals,
    usage_of,
)
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_GATE = Gate(
    b"argp_option",
    b"poptOption",
    patterns={
        b"getopt": rb"getopt\w*\s*\(",
        b"option": rb"struct\s+option\b",
        b'"-': rb"\"--?[a-zA-Z][\w-]*=?\"",
        b" --": rb"\s-[a-zA-Z],? +--[a-z]",
    },
)
_FORM = lazy_pattern(r"--?[A-Za-z0-9][\w-]*")
_HAS_ARGUMENT = lazy_pattern(r"\b(?:no|required|optional)_argument\b")
_MIN_HELP = 2


@dataclass
class _Entry:
    """An option that the code takes, however it finds out."""

    forms: list[str]
    at: Evidence
    takes: str = ""
    help: str = ""
    metavar: str = ""
    hidden: bool = False


@dataclass
class _File:
    """What one source file says of a command line."""

    source: Source
    entries: list[_Entry] = field(default_factory=list)
    compared: list[_Entry] = field(default_factory=list)
    help: list[HelpOption] = field(default_factory=list)
    lines: list[NumberedLine] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


def _facts(_repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    files = [_read(source) for source in sources]
    helps: dict[str, list[_File]] = {}
    for file in files:
        if len(file.help) >= _MIN_HELP:
            helps.setdefault(folder_of(file.source.path), []).append(file)
    for file in files:
        if not file.entries and not file.compared:
            if len(file.help) >= _MIN_HELP and b"argv" in file.source.content:
                yield from _emit(file, file)
            continue
        words = file
        near = helps.get(folder_of(file.source.path), [])
        if len(file.help) < _MIN_HELP and len(near) == 1 and not near[0].entries:
            words = near[0]
        if file.entries or len(words.help) >= _MIN_HELP:
            yield from _emit(file, words)


def _read(source: Source) -> _File:
    file = _File(source)
    for _, match in source.matches("getopt"):
        if "table" in match:
            kind = text_of(match["type"][0])
            if kind not in {"argp_option", "poptOption"}:
                # A typedef of `struct option` tells itself by its second field.
                kind = "option" if _HAS_ARGUMENT.search(text_of(match["table"][0])) else ""
            if kind:
                file.entries += _table(source, match["table"][0], kind)
        elif "letters" in match:
            file.entries += _letters(source, match["letters"][0])
        elif "compared" in match:
            file.compared += _compared(source, match)
        elif "equal" in match:
            file.compared += _literal(source, match["equal"][0], file)
    file.lines = printed_lines(source.root)
    file.help = parse_options(file.lines)
    return file


class _Fields:
    """An initializer's values, by position or by designator."""

    def __init__(self, row: Node) -> None:
        self.placed: list[Node] = []
        self.named: dict[str, Node] = {}
        for child in row.named_children:
            if child.type == "initializer_pair":
                designator = child.child_by_field_name("designator")
                value = child.child_by_field_name("value")
                if designator is not None and value is not None:
                    self.named[text_of(designator).lstrip(".")] = value
            elif child.type != "comment":
                self.placed.append(child)

    def get(self, position: int, *names: str) -> Node | None:
        named = (self.named[name] for name in names if name in self.named)
        return next(named, self.placed[position] if position < len(self.placed) else None)


def _char(node: Node | None) -> str:
    if node is None or node.type != "char_literal":
        return ""
    value = text_of(node).strip("'")
    return value if len(value) == 1 and value.isalnum() else ""


def _table(source: Source, table: Node, kind: str) -> Iterator[_Entry]:
    for row in table.named_children:
        if row.type != "initializer_list":
            continue
        fields = _Fields(row)
        long = string(fields.get(0, "name", "longName"))
        entry = _Entry([], source.at(row))
        if kind == "option":
            short, argument = _char(fields.get(3, "val")), text_of(fields.get(1, "has_arg"))
            entry.takes = "flag" if argument in {"no_argument", "0"} else "value"
        elif kind == "argp_option":
            short, entry.metavar = _char(fields.get(1, "key")), string(fields.get(2, "arg")) or ""
            entry.help = string(fields.get(4, "doc")) or ""
            entry.takes = "value" if entry.metavar else "flag"
            entry.hidden = "OPTION_HIDDEN" in text_of(fields.get(3, "flags")) or not entry.help
        else:
            short, argument = _char(fields.get(1, "shortName")), text_of(fields.get(2, "argInfo"))
            entry.help = string(fields.get(5, "descrip")) or ""
            entry.metavar = string(fields.get(6, "argDescrip")) or ""
            entry.takes = "flag" if re.search(r"ARG_(NONE|VAL)", argument) else "value"
            entry.hidden = "DOC_HIDDEN" in argument
        entry.forms = [f"-{short}"] if short else []
        entry.forms += [f"--{long}"] if long and re.fullmatch(r"[\w-]+", long) else []
        if entry.forms:
            yield entry


def _letters(source: Source, node: Node) -> Iterator[_Entry]:
    for letter, colons in re.findall(r"([A-Za-z0-9?])(:{0,2})", string(node) or ""):
        if letter != "?":
            yield _Entry([f"-{letter}"], source.at(node), "value" if colons else "flag")


def _compared(source: Source, match: dict[str, list[Node]]) -> Iterator[_Entry]:
    """strcmp(argv[i], "--x"); or a function of the program's own that has `opt` in its name."""
    node = match["compared"][0]
    value = (string(node) or "").rstrip("=")
    given = match["arguments"][0].named_children
    if _FORM.fullmatch(value) and value.startswith("-"):
        yield _Entry([value], source.at(node))
    elif re.search(r"opt", text_of(match["compare"][0]), re.IGNORECASE) and re.fullmatch(r"[a-z][\w-]+", value):  # fmt: skip
        shorts = [f"-{c}" for c in map(_char, given) if c]
        yield _Entry([*shorts, f"--{value}"], source.at(node))


def _literal(source: Source, node: Node, file: _File) -> Iterator[_Entry]:
    value = string(node) or ""
    if value.startswith("-") and _FORM.fullmatch(value):
        yield _Entry([value], source.at(node))
    elif re.fullmatch(r"[a-z][\w-]*", value):
        file.words.add(value)


def _emit(file: _File, words: _File) -> Iterator[Fact]:
    usage = usage_of(words.lines)
    prog = usage[0] if usage and re.fullmatch(r"[A-Za-z][\w.+-]*", usage[0]) else ""
    prog = "" if prog.lower() in {"options", "s"} else prog
    program = Program(file.source.path, "getopt", prog)
    known: dict[str, _Entry] = {}
    for entry in (*file.entries, *file.compared):
        for form in entry.forms:
            known.setdefault(form, entry)
    options = list(_documented(words, known))
    shown = {form for option, _ in options for form in (*option.forms, *option.negations)}
    described = [e for e in file.entries if e.help and not e.hidden and not shown & set(e.forms)]
    rest = [e for e in file.entries if not e.help and not e.hidden and not shown & set(e.forms)]
    if len(rest) <= len(options) + len(described):
        rest = []
    options += [(_option(entry), entry.at) for entry in _merged(described + rest)]
    if not options:
        return
    at = Evidence(path=words.source.path, line=usage[2]) if usage else options[0][1]
    yield program.command("", at)
    for option, where in options:
        yield program.option(option, where)
    for positional in positionals(usage[1]) if usage else []:
        yield program.option(positional, at)
    for name, text, line in parse_commands(words.lines):
        if name in words.words or f'"{name}"'.encode() in file.source.content:
            yield program.command(name, Evidence(path=words.source.path, line=line), text)


def _documented(words: _File, known: dict[str, _Entry]) -> Iterator[tuple[Option, Evidence]]:
    seen: set[str] = set()
    for entry in words.help:
        forms = [*entry.forms, *entry.negations]
        found = next((known[form] for form in forms if form in known), None)
        if (known and found is None) or (not known and not entry.sure) or seen & set(entry.forms):
            continue
        seen.update(entry.forms)
        option = entry.option()
        takes = (found.takes if found else "") or option.takes
        option = Option(option.forms, option.help, takes, option.negations, detail=option.detail)
        yield option, Evidence(path=words.source.path, line=entry.line)


def _merged(entries: list[_Entry]) -> Iterator[_Entry]:
    """Letters of a getopt string that a long option of the table has as its short form go."""
    taken = {form for entry in entries if len(entry.forms) > 1 for form in entry.forms}
    for entry in entries:
        if len(entry.forms) > 1 or entry.forms[0] not in taken:
            yield entry


def _option(entry: _Entry) -> Option:
    detail = {"metavar": entry.metavar} if entry.metavar else {}
    return Option(tuple(entry.forms), entry.help, entry.takes, detail=detail)


FRAMEWORKS = (
    Framework("getopt_c", ("c",), _GATE, _facts),
    Framework("getopt_cpp", ("cpp",), _GATE, _facts),
)
