"""Command lines made with urfave/cli, versions 1 to 3: the app that main runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.flags import default_text, unquote_usage
from moxi_analyzer.golang.programs import programs_of
from moxi_analyzer.golang.values import Flag, Plain, Program, Struct, Value
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.go.cobra import option, target_of
from moxi_analyzer.syntax import Source
from moxi_core.records import Fact

_MAX_DEPTH = 8
_TRUE = Plain("true")


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    done: set[str] = set()
    for program in programs_of(repo):
        for root in (s for s in program.executed if s.is_a("cli")):
            key = f"{root.at.path}:{root.symbol}" if root.symbol else str(root.at)
            if key not in done:
                done.add(key)
                yield from _tree(root, key, program)


def _tree(root: Struct, key: str, program: Program) -> Iterator[Fact]:
    common = {"root": key, "framework": "urfave/cli", "entry": target_of(program)}
    name = root.fields.get("Name")
    if isinstance(name, str) and name:
        common["prog"] = name
    pending = [(root, "")]
    while pending:
        command, path = pending.pop(0)
        if path.count(" ") >= _MAX_DEPTH:
            continue
        yield _command(command, path, common)
        for item in _list(command, "Flags"):
            flag = _flag(item)
            if flag is not None:
                # Version 3, whose root is a Command, hands flags down unless they are local.
                handed = not path and root.is_a("cli", "Command") and not _is_local(item)
                detail = {**common, "global": "true"} if handed else common
                yield from option(flag, path, detail, "-" if len(flag.name) == 1 else "--")
        for child in (*_list(command, "Commands"), *_list(command, "Subcommands")):
            word = child.fields.get("Name")
            if isinstance(word, str) and word and child.fields.get("Hidden") != _TRUE:
                pending.append((child, f"{path} {_names(word)[0]}".strip()))


def _list(command: Struct, field: str) -> list[Struct]:
    found = command.fields.get(field)
    return [item for item in found if isinstance(item, Struct)] if isinstance(found, list) else []


def _is_local(item: Struct) -> bool:
    return item.fields.get("Local") == _TRUE


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", text) if name] or [text]


def _strings(value: Value) -> list[str]:
    if isinstance(value, str):
        return _names(value)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _command(command: Struct, path: str, common: dict[str, str]) -> Fact:
    detail = dict(common)
    aliases = [*_strings(command.fields.get("Aliases")), *_strings(command.fields.get("ShortName"))]
    if aliases:
        detail["aliases"] = ", ".join(aliases)
    usage = command.fields.get("Usage")
    text = one_line(usage) if isinstance(usage, str) else ""
    return Fact(
        kind="command", value=path, evidence=command.at, scope=path, text=text, detail=detail
    )


def _flag(item: Struct) -> Flag | None:
    """The flag that a `cli.XFlag` literal declares."""
    kind = item.external.name if item.external else item.decl.name if item.decl else ""
    declared = item.fields.get("Name")
    if not kind.endswith("Flag") or not isinstance(declared, str) or not declared.strip():
        return None
    names = [*_names(declared), *_strings(item.fields.get("Aliases"))]
    longest = next((n for n in names if len(n) > 1), names[0])
    usage, metavar = unquote_usage(_text(item.fields.get("Usage")))
    shown = item.fields.get("DefaultText")
    value = item.fields.get("Value")
    return Flag(
        longest,
        item.at,
        short=next((n for n in names if len(n) == 1 and n != longest), ""),
        usage=usage,
        metavar=metavar,
        default=_text(shown) or default_text(value),
        env=", ".join(
            name
            for key in ("EnvVar", "EnvVars", "Sources")
            for name in _strings(item.fields.get(key))
        ),
        takes="flag" if kind in {"BoolFlag", "BoolTFlag", "BoolWithInverseFlag"} else "value",
        repeatable=kind.endswith(("SliceFlag", "MapFlag")),
        required=item.fields.get("Required") == _TRUE,
        hidden=item.fields.get("Hidden") == _TRUE,
    )


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


FRAMEWORKS = (Framework("urfave_cli", ("go",), Gate(b"urfave/cli", b"codegangsta/cli"), _facts),)
