"""Fish completions: `complete -c demo -n <condition> -s o -l output -d 'Write to a file'`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from moxi_analyzer.surface.command_line import Option, Program
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_Given = dict[str, list[str]]
_SET = lazy_pattern(r"\s*set\s+(?:-\w+\s+){0,3}(\w+)\s+['\"]?([\w.+-]+)['\"]?\s*$")
_FOR = lazy_pattern(r"\s*for\s+(\w+)\s+in\s+([\w. -]{1,300}?)\s*(?:;|#.*)?$")
_VARIABLE = lazy_pattern(r"\$\{?(\w+)\}?")
# Conditions that hold before a command is given, and those that hold after some.
_FIRST = lazy_pattern(
    r"__fish_(?:\w{1,40}_)?(?:needs?|use|no)_(?:sub)?command\w{0,20}"
    r"|not\s+__fish_seen_subcommand_from\s+[\w $-]{1,400}"
)
_AFTER = lazy_pattern(r"__fish_(?:\w{1,40}_)?(?:using|uses|seen)_(?:sub)?command(?:_from)?\s+([a-z][\w -]{0,300})")  # fmt: skip
_CONTAINS = lazy_pattern(r"contains\s+(?:--\s+)?['\"]?([a-z][\w-]*)['\"]?\s+\(commandline\s+-\w+\)")
_LONG = {"command": "c", "short-option": "s", "long-option": "l", "old-option": "o", "description": "d", "condition": "n", "arguments": "a", "require-parameter": "r", "required-parameter": "r", "exclusive": "x", "no-files": "f"}  # fmt: skip
_VALUED = frozenset("cslodna")
_MAX_ROUNDS = 40


def read_fish(path: str, text: str) -> Iterator[Fact]:
    """Commands and options that a fish completion tells, of each program that it names."""
    opened: set[str] = set()
    for number, words in _lines(text):
        given = _given(words)
        prog = next(iter(given.get("c", [])), "")
        if not re.fullmatch(r"[\w.+-]+", prog):
            continue
        at = Evidence(path=path, line=number)
        program = Program(path, "completion", prog)
        if prog not in opened:
            opened.add(prog)
            yield program.command("", at)
        yield from _line(program, given, at)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The words of each `complete`, once for every round of the loop that it stands in."""
    values: dict[str, str] = {}
    loop, rounds = "", [""]
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > 1000:
            continue
        if found := _SET.match(line):
            values[found[1]] = found[2]
        elif found := _FOR.match(line):
            loop, rounds = found[1], found[2].split()[:_MAX_ROUNDS]
        elif line.strip() == "end":
            loop, rounds = "", [""]
        elif re.match(r"\s*complete\s", line):
            for value in rounds:
                try:
                    words = shlex.split(_expand(line, {**values, loop: value}), comments=True)
                except ValueError:
                    break
                yield number, words[1:]


def _expand(line: str, values: dict[str, str]) -> str:
    """A line with the variables that the file sets written out."""
    return _VARIABLE.sub(lambda variable: values.get(variable[1], variable[0]), line)


def _line(program: Program, given: _Given, at: Evidence) -> Iterator[Fact]:
    text = next(iter(given.get("d", [])), "")
    condition = " ".join(given.get("n", [])).strip()
    scopes = _scopes(condition)
    forms = [f"-{s}" for s in given.get("s", [])] + [f"--{long}" for long in given.get("l", [])]
    forms += [f"-{old}" for old in given.get("o", [])]
    names = given.get("a", [])
    if forms and all(re.fullmatch(r"--?[\w?-]+", form) for form in forms):
        takes = "value" if "r" in given or "x" in given else "flag"
        choices = names[0].split() if names and re.fullmatch(r"[\w. -]+", names[0]) else []
        detail = {"choices": ", ".join(choices)} if choices else {}
        option = Option(tuple(forms), text, "value" if choices else takes, detail=detail)
        for scope in scopes:
            yield program.option(option, at, scope)
    elif text and condition and scopes == [""] and re.fullmatch(r"[a-z][\w-]*", "".join(names)):
        yield program.command(names[0], at, text)


def _scopes(condition: str) -> list[str]:
    """The commands after which a line holds: [""] for the program itself, [] if it cannot be told."""
    if not condition or _FIRST.fullmatch(condition):
        return [""]
    after = _AFTER.fullmatch(condition) or _CONTAINS.fullmatch(condition)
    return after[1].split() if after else []


def _given(words: list[str]) -> _Given:
    given: _Given = {}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            keys, attached = _LONG.get(name, ""), value if equals else None
        elif word.startswith("-"):
            keys, attached = word[1:], None
        else:
            continue
        for key in keys:
            if key not in _VALUED:
                given.setdefault(key, []).append("")
            elif attached is not None:
                given.setdefault(key, []).append(attached)
            elif index < len(words):
                given.setdefault(key, []).append(words[index])
                index += 1
    return given
