"""Java, Kotlin and C# programs that parse their arguments by hand: read from the usage they print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.manifests.jvm import is_product
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import NumberedLine, parse_options, usage_of
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MIN_OPTIONS = 3
_TOKEN = lazy_pattern(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r'|"""(?P<block>.*?)(?:"""|\Z)'
    r'|@"(?P<verbatim>(?:[^"]|"")*)"?'
    r'|"(?P<plain>(?:\\.|[^"\\\n])*)"?'
    r"|'(?:\\.|[^'\\\n])*'?|\n|[^\"'/@\n]+|.",
    re.DOTALL,
)
_ESCAPE = lazy_pattern(r"\\(.)")
_CHARACTERS = {"n": "\n", "t": "\t", "r": ""}
_DECLARED = lazy_pattern(
    rb"picocli|jcommander|args4j|commons\.cli|clikt|CommandLineParser|System\.CommandLine|Console\.Cli"
    rb"|CliFx|McMaster|joptsimple|argparse4j|kotlinx\.cli"
)
_JAR = lazy_pattern(r"(-jar [\w.-]+\.jar)(?:\s+(.*))?")


def printed_lines(text: str) -> Iterator[NumberedLine]:
    """The lines that the strings of a source hold: pieces on one source line are one line."""
    number, pending, start = 1, "", 1
    for found in _TOKEN.finditer(text):
        piece = found[0]
        if found.lastgroup is not None:
            start = start if pending else number
            pending += _value(found)
            *done, pending = pending.split("\n")
            step = found.lastgroup != "plain"
            for line in done:
                yield line, start
                start += step
        elif piece == "\n" and pending:
            yield pending, start
            pending = ""
        number += piece.count("\n")
    if pending:
        yield pending, start


def _value(found: re.Match[str]) -> str:
    text: str = found[found.lastgroup or 0]
    if found.lastgroup == "verbatim":
        return text.replace('""', '"')
    return _ESCAPE.sub(lambda m: _CHARACTERS.get(m[1], m[1]), text)


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        if is_product(source.path) and not _DECLARED.search(source.content):
            yield from _program(source)


def _program(source: Source) -> Iterator[Fact]:
    text = source.content.decode("utf-8", "replace")
    lines = [(line.rstrip(), number) for line, number in printed_lines(text) if line.strip()]
    options = [entry for entry in parse_options(lines) if entry.sure]
    usage = usage_of(lines)
    if usage is None or len(options) < _MIN_OPTIONS:
        return
    name, rest, line = usage
    jar = _JAR.match(rest) if name == "java" else None
    program = Program(source.path, "usage text", f"java {jar[1]}" if jar else _named(name))
    yield program.command("", Evidence(path=source.path, line=line))
    seen: set[str] = set()
    for entry in options:
        if not seen.intersection(entry.forms):
            seen.update(entry.forms)
            yield program.option(entry.option(), Evidence(path=source.path, line=entry.line))


def _named(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z][\w.+-]*", word) and word != "java" else ""


_GATE = Gate(
    patterns=dict.fromkeys((b"usage:", b"Usage:", b"USAGE:"), rb"(?i)\"[^\"\n]{0,80}usage:")
)

FRAMEWORKS = tuple(
    Framework(f"usage_text_{grammar}", (grammar,), _GATE, _facts)
    for grammar in ("java", "kotlin", "c_sharp")
)
