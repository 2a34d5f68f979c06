"""Command lines made with Go's own flag package, or with pflag without cobra."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from moxi_analyzer.golang.packages import GoPackage, go_code
from moxi_analyzer.golang.programs import programs_of
from moxi_analyzer.golang.values import Flag, FlagSet, Program
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.go.cobra import option, target_of
from moxi_analyzer.surface.go.usage import help_options
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_WORD = lazy_pattern(r"[a-z][\w-]*")


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    for program in programs_of(repo):
        if any(s.external and s.external.package in {"cobra", "cli"} for s in program.executed):
            continue
        sets = [*program.command_line.values(), *program.flag_sets]
        if any(flags.flags for flags in sets):
            yield from _program(repo, program, sets)


def _program(repo: Repository, program: Program, sets: list[FlagSet]) -> Iterator[Fact]:
    code = go_code(repo)
    package = code.package(program.folder)
    main = package.functions.get("main") if package else None
    if main is None:
        return
    prog = code.modules.program_name(program.folder)
    at = main.file.source.at(main.node)
    common = {
        "root": at.path,
        "framework": "pflag" if "pflag" in {s.package for s in sets} else "flag",
        "prog": prog,
        "entry": target_of(program),
    }
    texts = b"\n".join(file.source.content for file in package.files) if package else b""
    yield Fact(kind="command", value="", evidence=at, detail=common)
    if package is not None:
        _fill_usages(sets, package)
    dashes = _dashes(sets, texts)
    named: set[str] = set()
    for flags in sets:
        scope = _scope(flags, prog, texts)
        if scope is None:
            continue
        if scope and scope not in named:
            named.add(scope)
            where = flags.at or Evidence(path=at.path)
            yield Fact(kind="command", value=scope, evidence=where, scope=scope, detail=common)
        for flag, others in _merged(flags):
            yield from _option(flag, others, scope, common, dashes, texts)


def _scope(flags: FlagSet, prog: str, texts: bytes) -> str | None:
    """The subcommand that a flag set serves; None if that is not plain."""
    if flags.at is None or not isinstance(flags.name, str):
        # A set that is named after os.Args[0] is the program's own.
        return "" if flags.flags else None
    name = flags.name.removeprefix(prog + " ").strip()
    if name in {prog, ""}:
        return ""
    if not _WORD.fullmatch(name):
        return None
    quoted = re.escape(name.encode())
    switched = rb'(?:case\s[^:\n]*|==\s*|\{\s*|\[)"' + quoted + rb'"'
    return name if re.search(switched, texts) else None


def _merged(flags: FlagSet) -> Iterator[tuple[Flag, list[Flag]]]:
    """Each flag with its other names: declarations that set the same variable."""
    by_target: dict[str, list[Flag]] = {}
    found = flags.all().values()
    letters = {f.usage: f for f in found if f.usage and len(f.name) == 1 and not f.target}
    for flag in found:
        letter = letters.get(flag.usage, flag)
        initial = (
            letter.name if not flag.target and flag.name.startswith(letter.name) else flag.name
        )
        by_target.setdefault(flag.target or initial + "\0", []).append(flag)
    for same in by_target.values():
        same = [flag for flag in same if not flag.hidden]
        if same:
            longest = max(same, key=lambda flag: len(flag.name))
            yield longest, [flag for flag in same if flag is not longest]


def _fill_usages(sets: list[FlagSet], package: GoPackage) -> None:
    """Give flags without a usage text that of the help text which the program prints instead."""
    bare = [f for flags in sets for f in flags.all().values() if not f.usage]
    if not bare:
        return
    texts: dict[str, str] = {}
    for file in package.files:
        for name, told in help_options(file.source.path, file.source.content).items():
            texts.setdefault(name.lstrip("-"), told.usage)
    for flag in bare:
        flag.usage = texts.get(flag.name, "")


def _dashes(sets: list[FlagSet], texts: bytes) -> str:
    """How long names are written: Go's flag package takes one dash or two, help texts show one."""
    names = [f.name for flags in sets for f in flags.all().values() if len(f.name) > 1]
    doubled = any(_is_written("--" + name, texts) for name in names)
    return "--" if doubled or any(flags.package == "pflag" for flags in sets) else "-"


def _is_written(form: str, texts: bytes) -> bool:
    return re.search(rb"(?<![\w-])" + re.escape(form.encode()) + rb"\b", texts) is not None


def _option(
    flag: Flag, others: list[Flag], scope: str, common: dict[str, str], long: str, texts: bytes
) -> Iterator[Fact]:
    dashes = long
    if common["framework"] == "flag":
        single = len(flag.name) == 1 or not _is_written("--" + flag.name, texts)
        if len(flag.name) == 1 or (single and _is_written("-" + flag.name, texts)):
            dashes = "-"
    usages = [text for text in (flag.usage, *(o.usage for o in others)) if text]
    flag.usage = max(usages, key=len, default="") if not flag.usage else flag.usage
    for fact in option(flag, scope, common, dashes):
        detail = dict(fact.detail)
        if others and common["framework"] == "flag":
            forms = [f"-{o.name}" if len(o.name) == 1 else long + o.name for o in others]
            detail["forms"] = ", ".join([*sorted(forms, key=len), fact.value])
            shorts = [form for form in forms if len(form) == 2]
            if shorts:
                detail["short"] = shorts[0]
        yield replace(fact, detail=detail)


FRAMEWORKS = (Framework("go_flag", ("go",), Gate(b'"flag"', b'/pflag"'), _facts),)
