"""Completion files that a project ships: fish `complete`, zsh `_arguments`, bash word lists.

They come last: only what neither the code nor a man page tells is taken from them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_FILE = lazy_pattern(r"(?:.*/)?(?:[^/]+\.(?:fish|bash|zsh|bash-completion|bashcomp(?:\.sh)?)|_[\w-]+|[\w-]+[._-]completion(?:\.\w+)?)|(?:.*/)?(?:bash[_-])?completions?/(?:.*/)?[\w.-]+")  # fmt: skip
_GATE = lazy_pattern(rb"^\s*complete\s+-|^#compdef|\bCOMPREPLY\b", re.MULTILINE)
# More programs than this: a collection of completions for other people's programs.
_MAX_PROGRAMS = 12
_SEEN = lazy_pattern(r"__fish_seen_subcommand_from\s+([\w-]+)\s*$")
_SPEC = lazy_pattern(
    r"""(?P<quote>['"])?(?:\([^)'"\n]{0,200}\))?(?P=quote)?\*?"""
    r"""(?:\{(?P<set>-[^{}\n]{1,120})\}['"]|['"]?\*?(?P<one>--?[A-Za-z0-9][\w-]*))"""
    r"""(?P<joint>[=+-]{0,2})\[(?P<help>(?:[^\]\\\n]|\\.){0,400})\](?P<argument>:)?"""
)
_ZSH_COMMAND = lazy_pattern(r"""^\s*['"]?([a-z][\w-]*)(?:\\)?:([A-Z][^'":\n]{3,200})['"]\s*\\?$""")
_ZSH_FUNCTION = lazy_pattern(r"^_?([\w-]+)\s*\(\)|^\s*function\s+_?([\w-]+)")


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    for path, entry in repo.files.items():
        if entry.role in {"source", "config", "doc"} and _FILE.fullmatch(path):
            yield path


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    found: dict[str, list[Fact]] = {}
    for path in _select(repo, FRAMEWORKS[0]):
        text = repo.text(path)
        if text is None or len(text) > 400_000 or not _GATE.search(text[:400_000].encode()):
            continue
        if "#compdef" in text[:200]:
            facts = list(_zsh(path, text))
        elif "COMPREPLY" in text:
            facts = list(_bash(path, text))
        else:
            facts = list(_fish(path, text))
        for fact in facts if len(facts) > 1 else []:
            found.setdefault(fact.detail.get("prog", ""), []).append(fact)
    if len(found) <= _MAX_PROGRAMS:
        for facts in found.values():
            yield from facts


def _fish(path: str, text: str) -> Iterator[Fact]:
    opened: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not re.match(r"\s*complete\s", line) or len(line) > 1000:
            continue
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        given = _fish_words(words[1:])
        prog = next(iter(given.get("c", [])), "")
        if not re.fullmatch(r"[\w.+-]+", prog):
            continue
        at = Evidence(path=path, line=number)
        program = Program(path, "completion", prog)
        if prog not in opened:
            opened.add(prog)
            yield program.command("", at)
        yield from _fish_line(program, given, at)


def _fish_line(program: Program, given: dict[str, list[str]], at: Evidence) -> Iterator[Fact]:
    text = next(iter(given.get("d", [])), "")
    condition = " ".join(given.get("n", []))
    seen = _SEEN.search(condition)
    if condition and not seen and "__fish_use_subcommand" not in condition:
        return
    forms = [f"-{s}" for s in given.get("s", [])] + [f"--{long}" for long in given.get("l", [])]
    forms += [f"-{old}" for old in given.get("o", [])]
    names = given.get("a", [])
    if forms and all(re.fullmatch(r"--?[\w?-]+", form) for form in forms):
        takes = "value" if "r" in given or "x" in given else "flag"
        choices = names[0].split() if names and re.fullmatch(r"[\w. -]+", names[0]) else []
        detail = {"choices": ", ".join(choices)} if choices else {}
        option = Option(tuple(forms), text, "value" if choices else takes, detail=detail)
        yield program.option(option, at, seen[1] if seen else "")
    elif (
        names
        and text
        and "__fish_use_subcommand" in condition
        and re.fullmatch(r"[a-z][\w-]*", names[0])
    ):
        yield program.command(names[0], at, text)


_FISH_LONG = {"command": "c", "short-option": "s", "long-option": "l", "old-option": "o", "description": "d", "condition": "n", "arguments": "a", "require-parameter": "r", "required-parameter": "r", "exclusive": "x", "no-files": "f"}  # fmt: skip
_FISH_VALUED = frozenset("cslodna")


def _fish_words(words: list[str]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            keys, attached = _FISH_LONG.get(name, ""), value if equals else None
        elif word.startswith("-"):
            keys, attached = word[1:], None
        else:
            continue
        for key in keys:
            if key not in _FISH_VALUED:
                given.setdefault(key, []).append("")
            elif attached is not None:
                given.setdefault(key, []).append(attached)
            elif index < len(words):
                given.setdefault(key, []).append(words[index])
                index += 1
    return given


def _zsh(path: str, text: str) -> Iterator[Fact]:
    head = re.match(r"#compdef\s+([\w.+-]+)", text)
    if head is None:
        return
    program = Program(path, "completion", head[1])
    lines = text.splitlines()
    commands = {m[1]: (m[2], n) for n, line in enumerate(lines, 1) if (m := _ZSH_COMMAND.match(line[:400]))}  # fmt: skip
    yield program.command("", Evidence(path=path, line=1))
    for name, (help_text, place) in commands.items():
        yield program.command(name, Evidence(path=path, line=place), help_text)
    scope: str | None = ""
    for number, line in enumerate(lines, 1):
        function = _ZSH_FUNCTION.match(line)
        if function:
            scope = _zsh_scope(function[1] or function[2], head[1], commands)
        label = re.match(r"^\s*\(?([a-z][\w-]*)\)", line)
        if label and label[1] in commands:
            scope = label[1]
        comment = line.lstrip().startswith("#")
        if scope is None or "[" not in line or len(line) > 2000 or comment:
            continue
        for spec in _SPEC.finditer(line):
            yield from _zsh_option(program, spec, Evidence(path=path, line=number), scope)


def _zsh_scope(function: str, prog: str, commands: dict[str, tuple[str, int]]) -> str | None:
    if function == prog or not commands:
        return ""
    rest = re.sub(rf"^{re.escape(prog)}[_-]+", "", function)
    return next((name for name in commands if name in {rest, rest.replace("_", "-")}), None)


def _zsh_option(program: Program, spec: re.Match[str], at: Evidence, scope: str) -> Iterator[Fact]:
    joint = spec["joint"]
    forms = [word.strip("'\"") for word in spec["set"].split(",")] if spec["set"] else [spec["one"]]  # fmt: skip
    forms = [re.sub(r"[=+-]+$", "", form.strip().strip("'\"")) for form in forms]
    if not all(re.fullmatch(r"--?[A-Za-z0-9?][\w-]*", form) for form in forms):
        return
    text = re.sub(r"\\(.)", r"\1", spec["help"]).replace("'\\''", "'").strip()
    takes = "value" if spec["argument"] or "=" in joint else "flag"
    yield program.option(Option(tuple(forms), text, takes), at, scope)


def _bash(path: str, text: str) -> Iterator[Fact]:
    """A bash completion tells only forms, and only of a program without sub-commands surely."""
    target = re.findall(r"^\s*complete\s+.*?-F\s+\S+\s+([\w.+-]+)\s*$|^\s*} &&\s*complete -F \S+ ([\w.+-]+)", text, re.M)  # fmt: skip
    progs = {a or b for a, b in target}
    if len(progs) != 1:
        return
    program = Program(path, "completion", progs.pop())
    lists = re.findall(r"(?:-W|\w*(?:opts?|options|long|flags))\s*=?\s*(?:\(|[\"'])((?:\s*--?[\w-]+=?)+)\s*[\"')]", text)  # fmt: skip
    long = [found.split() for found in lists if "--" in found]
    if len(long) != 1:
        return
    yield program.command("", Evidence(path=path, line=1))
    for word in dict.fromkeys(long[0]):
        form = word.rstrip("=")
        if form.startswith("--") and len(form) > 2:
            line = text.count("\n", 0, max(text.find(word), 0)) + 1
            takes = "value" if word.endswith("=") else ""
            yield program.option(Option((form,), takes=takes), Evidence(path=path, line=line))


FRAMEWORKS = (Framework("completion", (), _GATE, _facts, _select),)
