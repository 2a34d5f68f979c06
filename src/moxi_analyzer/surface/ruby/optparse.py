"""Ruby's OptionParser: `opts.on("-v", "--[no-]verbose", Integer, %w[a b], "text")`.

Captures of `queries/optparse.scm`: `@call` with its `@method` (a switch), `@banner`, `@parser`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.ruby_values import arguments, string, strings
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import default_in, positionals, usage_of, whole_sentences
from moxi_analyzer.surface.scripts import with_scripts
from moxi_analyzer.syntax import Source, descendants, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_GATE = Gate(b"OptionParser", b"OptParse")
_METHODS = frozenset(
    "on on_tail on_head define define_tail define_head option opt switch flag".split()
)
_SWITCH = lazy_pattern(r"(--\[no-?\]|--?)([A-Za-z0-9?@#][\w?-]*)(?:\s*=?\s*(\S.*))?")


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in with_scripts(repo, sources, "ruby", _GATE):
        yield from _file(source)


def _file(source: Source) -> Iterator[Fact]:
    switches: list[tuple[Option, Node]] = []
    banner, parser = None, None
    tables: dict[str, str] | None = None
    for _, match in source.matches("optparse"):
        if "banner" in match:
            banner = banner or match["banner"][0]
        elif "parser" in match:
            parser = parser or match["parser"][0]
        elif text_of(match["method"][0]) in _METHODS:
            call = match["call"][0]
            option = _switch(call)
            if (
                option is not None
                and not option.help
                and call.child_by_field_name("receiver") is None
            ):
                tables = _help_tables(source) if tables is None else tables
                option = _with_help(option, tables)
            if option is not None:
                switches.append((option, call))
    if not switches:
        return
    start = parser or switches[0][1]
    usage = _usage(banner, parser)
    folder, _, name = source.path.rpartition("/")
    is_program = folder.rpartition("/")[2] in {"bin", "exe"}
    program = Program(source.path, "optparse", (usage[0] if usage else "") or (name if is_program else ""))  # fmt: skip
    yield program.command("", source.at(start))
    for option, call in switches:
        yield program.option(option, source.at(call))
    for positional in positionals(usage[1]) if usage else []:
        yield program.option(positional, source.at(banner or start))


def _usage(banner: Node | None, parser: Node | None) -> tuple[str, str] | None:
    node = banner
    if node is None and parser is not None:
        node = next(iter(arguments(parser)[0]), None)
    text = _static_text(node)
    found = usage_of([(line, 0) for line in text.splitlines()]) if text else None
    return (found[0], found[1]) if found and re.fullmatch(r"[\w-]+(?:\.rb)?", found[0]) else None


def _switch(call: Node) -> Option | None:
    positional, _ = arguments(call)
    forms: list[str] = []
    negations: list[str] = []
    words: list[str] = []
    metavar, choices, typed = "", "", ""
    for node in positional:
        value = string(node) if node.type in {"string", "chained_string"} else None
        switch = _SWITCH.fullmatch(value) if value is not None and value.startswith("-") else None
        if switch is not None:
            stem = "--" + switch[2] if "[" in switch[1] else switch[1] + switch[2]
            if switch[1] == "-" and len(switch[2]) > 1 and not switch[3]:
                stem, attached = stem[:2], stem[2:]
                metavar = metavar or attached
            forms.append(stem)
            negations += ["--no-" + switch[2]] if "[" in switch[1] else []
            metavar = metavar or _metavar(switch[3])
        elif node.type in {"array", "string_array", "symbol_array"}:
            choices = ", ".join(strings(node))
        elif node.type == "constant":
            typed = text_of(node)
        elif node.type in {"string", "chained_string", "heredoc_beginning", "call"}:
            words.append(_static_text(node))
    if not forms:
        return None
    text = " ".join(" ".join(words).split())
    detail = {"metavar": metavar, "choices": choices, "default": default_in(text)}
    if typed == "Array":
        detail["repeatable"] = "true"
    takes = "value" if metavar or choices else "flag"
    kept = {key: value for key, value in detail.items() if value}
    return Option(tuple(forms), text, takes, tuple(negations), detail=kept)


def _metavar(text: str | None) -> str:
    return (text or "").strip().removeprefix("=").strip("[]").removeprefix("=")


def _static_text(node: Node | None) -> str:
    """A string; of one with `#{…}` in it, the whole sentences before."""
    if node is None:
        return ""
    whole = string(node)
    if whole is not None or node.type not in {"string", "chained_string"}:
        return whole or ""
    prefix: list[str] = []
    for part in descendants(node, "string_content", "escape_sequence", "interpolation"):
        if part.type == "interpolation":
            break
        prefix.append(text_of(part))
    return whole_sentences("".join(prefix))


def _help_tables(source: Source) -> dict[str, str]:
    """Texts by option name from the constant hashes of a file, as some programs keep them."""
    found: dict[str, str] = {}
    for node in descendants(source.root, "assignment"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        while right is not None and right.type == "call":
            right = right.child_by_field_name("receiver")
        if left is None or left.type != "constant" or right is None or right.type != "hash":
            continue
        for pair in right.named_children:
            key = string(pair.child_by_field_name("key"))
            value = pair.child_by_field_name("value")
            if key is None or value is None:
                continue
            parts = value.named_children if value.type == "array" else [value]
            text = " ".join(filter(None, map(_static_text, parts)))
            if text:
                found.setdefault(key, " ".join(text.split()))
    return found


def _with_help(option: Option, tables: dict[str, str]) -> Option:
    key = option.name.lstrip("-").replace("-", "_")
    text = tables.get(key) or tables.get(key.removeprefix("no_")) or ""
    return Option(option.forms, text, option.takes, option.negations, detail=option.detail)


FRAMEWORKS = (Framework("optparse", ("ruby",), _GATE, _facts),)
