"""Command lines made with spf13/cobra: the tree under the command that main executes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.programs import children, flag_set, programs_of
from moxi_analyzer.golang.values import Flag, Plain, Program, Struct, Value
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_DEPTH = 8
_POSITIONAL = lazy_pattern(
    r"(?P<open>[<\[{]{0,2})(?P<name>[A-Za-z][\w.:/-]*)(?P<dots>\.{3})?[>\]}]{0,2}(?P<more>\.{3})?\]?"
)
_NOT_POSITIONAL = frozenset(
    "flags options command commands subcommand args... global-flags".split()
)


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    done: set[str] = set()
    for program in programs_of(repo):
        for root in _roots(program):
            key = f"{root.at.path}:{root.symbol}" if root.symbol else str(root.at)
            if key not in done:
                done.add(key)
                yield from _tree(root, key, program)


def _roots(program: Program) -> list[Struct]:
    """Commands that main executes; where that is not seen, those with children and no parent."""
    commands = [s for s in program.built if s.is_a("cobra", "Command")]
    added = {id(child) for command in commands for child in children(command)}
    executed = [s for s in program.executed if s.is_a("cobra", "Command") and id(s) not in added]
    if executed:
        return executed
    return [c for c in commands if id(c) not in added and children(c)][:1]


def _tree(root: Struct, key: str, program: Program) -> Iterator[Fact]:
    detail = {"root": key, "framework": "cobra", "entry": target_of(program)}
    name = _words(root)[:1]
    if name:
        detail["prog"] = name[0]
    pending: list[tuple[Struct, str]] = [(root, "")]
    seen: set[int] = set()
    while pending:
        command, path = pending.pop(0)
        if id(command) in seen or path.count(" ") >= _MAX_DEPTH:
            continue
        seen.add(id(command))
        yield _command(command, path, detail)
        yield from _example(command, detail)
        yield from _options(command, path, detail)
        for child in children(command):
            words = _words(child)
            if words and not _is_hidden(child):
                pending.append((child, f"{path} {words[0]}".strip()))


def target_of(program: Program) -> str:
    """The main package as `go build` takes it; also the target of its bin fact."""
    return f"./{program.folder}" if program.folder else "."


def _words(command: Struct) -> list[str]:
    use = command.fields.get("Use")
    words = use.split() if isinstance(use, str) else []
    return words if words and re.fullmatch(r"[\w.:@+-]+", words[0]) else []


def _is_hidden(command: Struct) -> bool:
    deprecated = command.fields.get("Deprecated")
    return command.fields.get("Hidden") == Plain("true") or bool(deprecated)


def _command(command: Struct, path: str, common: dict[str, str]) -> Fact:
    detail = dict(common)
    aliases = command.fields.get("Aliases")
    if isinstance(aliases, list) and aliases and all(isinstance(a, str) for a in aliases):
        detail["aliases"] = ", ".join(str(alias) for alias in aliases)
    text = _text(command.fields.get("Short")) or _first_paragraph(command.fields.get("Long"))
    return Fact(
        kind="command", value=path, evidence=command.at, scope=path, text=text, detail=detail
    )


def _example(command: Struct, common: dict[str, str]) -> Iterator[Fact]:
    """The examples that a command's help shows, where each line is a comment or a call of it."""
    given, prog = command.fields.get("Example"), common.get("prog", "")
    code = textwrap.dedent(given.strip("\n").rstrip()) if isinstance(given, str) else ""
    lines = [line.strip() for line in code.splitlines() if line.strip()]
    calls = [line for line in lines if re.search(rf"(?<![\w/.-]){re.escape(prog)}\s", line)]
    commented = [line for line in lines if line.startswith("#")]
    if not prog or not calls or len(calls) + len(commented) < len(lines) or len(lines) > 20:
        return
    console = any(line.startswith("$ ") for line in calls)
    yield Fact(
        kind="example",
        value=re.sub(r"(?m)[ \t]+$", "", code),
        evidence=command.at,
        detail={
            "language": "console" if console else "sh",
            "from": "help",
            "path": command.at.path,
        },
    )


def _text(value: Value) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _first_paragraph(value: Value) -> str:
    return one_line(value.strip().split("\n\n")[0]) if isinstance(value, str) else ""


def _options(command: Struct, path: str, common: dict[str, str]) -> Iterator[Fact]:
    for flag in flag_set(command, "flags").all().values():
        yield from option(flag, path, common)
    for flag in flag_set(command, "persistent").all().values():
        yield from option(flag, path, common if path else {**common, "global": "true"})
    yield from _positionals(command, path, common)


def option(flag: Flag, scope: str, common: dict[str, str], dashes: str = "--") -> Iterator[Fact]:
    """The fact of one flag, unless it is hidden."""
    if flag.hidden:
        return
    name = dashes + flag.name
    short = f"-{flag.short}" if flag.short else ""
    detail = {**common, "takes": flag.takes, "forms": f"{short}, {name}" if short else name}
    given = {
        "short": short,
        "default": flag.default,
        "choices": flag.choices,
        "metavar": flag.metavar,
        "env": flag.env,
        "required": "true" if flag.required else "",
        "repeatable": "true" if flag.repeatable else "",
    }
    detail.update({key: value for key, value in given.items() if value})
    yield Fact(
        kind="option",
        value=name,
        evidence=flag.at,
        scope=scope,
        text=one_line(flag.usage),
        detail=detail,
    )


def _positionals(command: Struct, path: str, common: dict[str, str]) -> Iterator[Fact]:
    use = command.fields.get("Use")
    if not isinstance(use, str) or re.search(r"[|{]|--", use):
        return  # alternatives: which of them a reader gives is for prose to say
    for word in _words(command)[1:]:
        found = _POSITIONAL.fullmatch(word)
        if not found or "|" in word or found["name"].lower() in _NOT_POSITIONAL:
            continue
        if not found["open"] and not found["name"].isupper():
            continue
        detail = {**common, "positional": "true", "takes": "value"}
        if found["dots"] or found["more"]:
            detail["repeatable"] = "true"
        if not found["open"].startswith("["):
            detail["required"] = "true"
        yield Fact(
            kind="option", value=found["name"], evidence=command.at, scope=path, detail=detail
        )


FRAMEWORKS = (Framework("cobra", ("go",), Gate(b"spf13/cobra"), _facts),)
