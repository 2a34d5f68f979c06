"""Zsh completion functions: the options that `_arguments` lists, and the commands that arrays describe.

A function `_demo_run`, or a `case` label `run)`, speaks of the command `run`; what it calls speaks of it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.surface.command_line import Option, Program
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_HEAD = lazy_pattern(r"#\s?compdef\s+([\w.+-]+)")
_SPEC = lazy_pattern(
    r"""(?P<quote>['"])?(?:\([^)'"\n]{0,200}\))?(?P=quote)?\*?"""
    r"""(?:\{(?P<set>-[^{}\n]{1,120})\}['"]|['"]?\*?(?P<one>--?[A-Za-z0-9][\w-]*))"""
    r"""(?P<joint>[=+-]{0,2})\[(?P<help>(?:[^\]\\\n]|\\.){0,400})\](?P<argument>:)?"""
)
_COMMAND = lazy_pattern(r"""^\s*['"]?([a-z][\w-]*)(?:\\)?:['"]?([A-Z][^'":\n]{3,200})['"]\s*\\?$""")
_FUNCTION = lazy_pattern(r"^(_?[\w-]+)\s*\(\)|^\s*function\s+(_?[\w-]+)")
_LABEL = lazy_pattern(r"^\s*\(?([a-z][\w-]*(?:\|[\w*-]+){0,20})\)")
_QUOTED = lazy_pattern(r"'[^'\n]*'|\"[^\"\n]*\"")
_CALLED = lazy_pattern(r"(?<![\w$[-])_[\w-]+")
_Speaker = tuple[str, ...]  # ("command", its name) or ("function", its name)
_ROOT: _Speaker = ("command", "")


@dataclass(frozen=True)
class _Spec:
    """One option as `_arguments` is told of it."""

    forms: tuple[str, ...]
    help: str
    takes: str
    line: int


@dataclass
class _Script:
    """What the functions of one file say: options and calls by the command or function that says it."""

    prog: str
    commands: dict[str, tuple[str, int]]
    functions: set[str]
    specs: dict[_Speaker, list[_Spec]] = field(default_factory=dict)
    calls: dict[_Speaker, set[str]] = field(default_factory=dict)

    def speaker(self, function: str) -> _Speaker:
        """Whom a function speaks for: its command, the whole program, or only those that call it."""
        name = function.strip("_")
        if name == self.prog or not self.commands:
            return _ROOT
        rest = re.sub(rf"^{re.escape(self.prog)}[_-]+", "", name).removesuffix("_commands")
        for command in self.commands:
            if rest in {command, command.replace("-", "_")}:
                return ("command", command)
        return ("function", function)

    def said_of(self, speaker: _Speaker) -> Iterator[_Spec]:
        """The options of a command: its own, then those of the functions that it calls."""
        seen, wave = {speaker}, [speaker]
        while wave:
            current = wave.pop(0)
            yield from self.specs.get(current, ())
            for function in sorted(self.calls.get(current, ())):
                called = self.speaker(function)
                # A dispatcher calls every command: what those say is theirs alone.
                own = speaker != _ROOT or called[0] == "function"
                if own and called != _ROOT and called not in seen:
                    seen.add(called)
                    wave.append(called)


def is_zsh(text: str) -> bool:
    """Whether a completion file begins as those of zsh do."""
    return _HEAD.match(text) is not None


def read_zsh(path: str, text: str) -> Iterator[Fact]:
    """Commands and options that a zsh completion tells of one program."""
    head = _HEAD.match(text)
    if head is None:
        return
    prog = head[1].removeprefix("_")
    lines = text.splitlines()
    script = _read(prog, lines)
    program = Program(path, "completion", prog)
    yield program.command("", Evidence(path=path, line=1))
    for name, (help_text, place) in script.commands.items():
        yield program.command(name, Evidence(path=path, line=place), help_text)
    for scope in ("", *script.commands):
        for spec in _joined(list(script.said_of(("command", scope)))):
            option = Option(spec.forms, spec.help, spec.takes)
            yield program.option(option, Evidence(path=path, line=spec.line), scope)


def _read(prog: str, lines: list[str]) -> _Script:
    functions = {m[1] or m[2] for line in lines if (m := _FUNCTION.match(line))}
    script = _Script(prog, _described(prog, lines), functions)
    inside: _Speaker = _ROOT
    scopes: list[_Speaker] = [inside]
    for number, line in enumerate(lines, 1):
        code = line.strip()
        if len(line) > 2000 or code.startswith("#"):
            continue
        if function := _FUNCTION.match(line):
            inside = script.speaker(function[1] or function[2])
            scopes = [inside]
            continue
        if line.startswith("}"):
            inside = _ROOT
            scopes = [inside]
        elif label := _LABEL.match(line):
            named = [name for name in label[1].split("|") if name in script.commands]
            scopes = [("command", name) for name in named] or scopes
        elif code in {"esac", ";;"}:
            scopes = [inside]
        called = script.functions.intersection(_CALLED.findall(_QUOTED.sub("", line)))
        found = [spec for match in _SPEC.finditer(line) for spec in _option(match, number)]
        for scope in scopes:
            script.calls.setdefault(scope, set()).update(called)
            script.specs.setdefault(scope, []).extend(found)
    return script


def _described(prog: str, lines: list[str]) -> dict[str, tuple[str, int]]:
    """The program's commands with help and line; what a command itself describes is its own values."""
    found: list[tuple[str, str, int, list[str]]] = []
    function, labels = "", [""]
    for number, line in enumerate(lines, 1):
        if opened := _FUNCTION.match(line):
            name = (opened[1] or opened[2]).strip("_").removesuffix("_commands")
            function, labels = re.sub(rf"^{re.escape(prog)}[_-]*", "", name), [""]
        elif label := _LABEL.match(line):
            labels = label[1].split("|")
        elif line.strip() in {"esac", ";;"}:
            labels = [""]
        elif match := _COMMAND.match(line[:400]):
            found.append((match[1], match[2], number, [function, *labels]))
    names = {name for name, *_ in found}
    owners = names | {name.replace("-", "_") for name in names}
    kept: dict[str, tuple[str, int]] = {}
    for name, text, number, places in found:
        if owners.isdisjoint(places):
            kept.setdefault(name, (text, number))
    return kept


def _option(spec: re.Match[str], line: int) -> Iterator[_Spec]:
    words = spec["set"].split(",") if spec["set"] else [spec["one"]]
    forms = [re.sub(r"[=+-]+$", "", word.strip().strip("'\"")) for word in words]
    if not all(re.fullmatch(r"--?[A-Za-z0-9?][\w-]*", form) for form in forms):
        return
    text = re.sub(r"\\(.)", r"\1", spec["help"]).replace("'\\''", "'").strip()
    valued = spec["argument"] or "=" in spec["joint"] or (spec["set"] or "").endswith("=")
    yield _Spec(tuple(forms), text, "value" if valued else "flag", line)


def _joined(specs: list[_Spec]) -> Iterator[_Spec]:
    """A short and a long form that stand one after the other with the same help are one option."""
    index = 0
    while index < len(specs):
        first, second = specs[index], specs[index + 1] if index + 1 < len(specs) else None
        index += 1
        if second and first.help and first.help == second.help and first.takes == second.takes:
            forms = (*first.forms, *second.forms)
            if len(forms) == 2 and len({form.startswith("--") for form in forms}) == 2:
                first = _Spec(forms, first.help, first.takes, first.line)
                index += 1
        yield first
