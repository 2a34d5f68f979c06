"""Haskell command lines: System.Console.GetOpt lists and optparse-applicative parsers.

Read as text, since we carry no grammar: a definition is what begins at the margin, an option is
the bracket around its `long "name"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.helptext import positionals
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 8
_MAX_VISITS = 3_000
_MAX_BRACKET = 6_000
_STRING = r'"((?:[^"\\]|\\(?:.|\n))*)"'
_GETOPT = lazy_pattern(
    r'\b[Oo]ption\s+("[^"\n]*"|\[[^\]\n]*\])\s+\[([^\]]*)\]\s*\(\s*(NoArg|ReqArg|OptArg)\b'
)
# A string, if need be packed, and before it at most one constructor: pandoc's group of options.
_HELP = lazy_pattern(r"[\s$]*(?:[A-Z]\w*\s+)?(?:\(?\s*(?:T\.)?pack\s+)?" + _STRING)
_BRACKETS = lazy_pattern(_STRING + r"|--[^\n]*|'[()\[\]\"]'|[()\[\]]")
_DEFINITION = lazy_pattern(r"(?m)^([a-z_][\w']*)\b")
_LONG = lazy_pattern(r"\blong\s+" + _STRING)
_COMMAND = lazy_pattern(r"\bcommand\s+" + _STRING + r"\s*")
_RUNS = lazy_pattern(r"\b(customExecParser|execParser|execParserPure)\b")
_PLAIN = lazy_pattern(r"\s*(?:\(\s*)?(" + _STRING + r"|-?\d+(?:\.\d+)?|True|False)")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(?:\s+\\|(.))", lambda m: {"n": " "}.get(m[1], m[1]) if m[1] else "", text)


def _bracket(text: str, start: int) -> str:
    """From an opening bracket to its closing one, strings and comments skipped; "" if open."""
    depth = 0
    for found in _BRACKETS.finditer(text, start, start + _MAX_BRACKET):
        depth += (found[0] in "([") - (found[0] in ")]")
        if depth == 0:
            return text[start : found.end()]
    return ""


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _option(
    path: str,
    root: dict[str, str],
    line: int,
    forms: list[str],
    text: str,
    scope: str,
    **detail: str,
) -> Fact:
    """An option fact; the first long form names it."""
    name = next((f for f in forms if f.startswith("--")), forms[0])
    shorts = [f for f in forms if not f.startswith("--")]
    own = {"short": shorts[0] if shorts else "", "forms": ", ".join(forms)} | detail
    return Fact(
        kind="option",
        value=name,
        evidence=Evidence(path=path, line=line),
        scope=scope,
        text=one_line(text),
        detail=root | {key: value for key, value in own.items() if value},
    )


# System.Console.GetOpt

_USAGE_HEADER = lazy_pattern(r"\"[Uu]sage: [\w-]+ ([^\"\\\n]{3,80})(?:\"|\\n)")


def _getopt(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        text = repo.text(source.path) or ""
        root = {"root": source.path, "framework": "GetOpt"}
        found = list(_getopt_options(text, source.path, root))
        if found:
            yield Fact(kind="command", value="", evidence=found[0].evidence, detail=root)
            yield from found
            yield from _getopt_arguments(text, source.path, root)


def _getopt_arguments(text: str, path: str, root: dict[str, str]) -> Iterator[Fact]:
    """What stands after the options in the header that usageInfo prints."""
    found = _USAGE_HEADER.search(text) if "usageInfo" in text else None
    place = Evidence(path=path, line=_line(text, found.start())) if found else None
    for option in positionals(found[1]) if found else ():
        if place is not None:
            yield Program(path, root["framework"]).option(option, place)


def _getopt_options(text: str, path: str, root: dict[str, str]) -> Iterator[Fact]:
    for found in _GETOPT.finditer(text):
        letters = re.findall(r"'(.)'", found[1]) if found[1][0] == "[" else list(found[1][1:-1])
        names = [m for m in re.findall(_STRING, found[2]) if re.fullmatch(r"[\w-]+", m)]
        if not names and not letters:
            continue
        start = text.rindex("(", found.start(), found.end())
        action = _bracket(text, start)
        after = text[start + len(action) : start + len(action) + 900] if action else ""
        strings = re.findall(_STRING, action)
        takes = found[3] != "NoArg"
        metavar = strings[-1] if takes and strings else ""
        yield _option(
            path, root, _line(text, found.start()),
            [*(f"--{n}" for n in names), *(f"-{c}" for c in letters)],
            _getopt_help(after), "",
            metavar=_unescaped(metavar), takes="value" if takes else "flag",
        )  # fmt: skip


def _getopt_help(after: str) -> str:
    """The help string that follows an option's action; nothing when it is put together."""
    found = _HELP.match(re.sub(r"(?m)--\s[^\n]*$", "", after))
    if not found or re.match(r"\s*(\+\+|<>)", found.string[found.end() :]):
        return ""
    return _unescaped(found[1])


# optparse-applicative


@dataclass
class _Definition:
    """A top-level definition: its text and place."""

    text: str
    path: str
    line: int
    names: frozenset[str]


@dataclass
class _Reader:
    """Follows parsers from the one that is run down to their options and commands."""

    definitions: dict[str, _Definition] = field(default_factory=dict)
    root: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def facts(self, name: str, scope: str, above: tuple[str, ...]) -> Iterator[Fact]:
        """What a definition, and those that it uses, add to a command."""
        definition = self.definitions.get(name)
        if definition is None or (name, scope) in self.seen or len(above) > _MAX_DEPTH:
            return
        if name in above or len(self.seen) >= _MAX_VISITS:
            return
        self.seen.add((name, scope))
        text = definition.text
        commands = list(self._commands(definition))
        inside = {position for _, start, end, _ in commands for position in range(start, end)}
        outside = (m for m in _LONG.finditer(text) if m.start() not in inside)
        yield from self._options(definition, outside, scope)
        used: set[str] = set()
        for command, start, end, help_text in commands:
            path = f"{scope} {command}".strip()
            evidence = Evidence(
                path=definition.path, line=definition.line + text.count("\n", 0, start)
            )
            yield Fact(kind="command", value=path, evidence=evidence, scope=path,
                       text=help_text, detail=self.root)  # fmt: skip
            part = text[start:end]
            yield from self._options(definition, _LONG.finditer(text, start, end), path)
            for word in dict.fromkeys(re.findall(r"\b[a-z_][\w']*", part)):
                if word in self.definitions:
                    used.add(word)
                    yield from self.facts(word, path, (*above, name))
        for word in dict.fromkeys(re.findall(r"\b[a-z_][\w']*", text)):
            if word in self.definitions and word not in used:
                yield from self.facts(word, scope, (*above, name))

    def _commands(self, definition: _Definition) -> Iterator[tuple[str, int, int, str]]:
        text = definition.text
        for found in _COMMAND.finditer(text):
            if text[found.end() : found.end() + 1] == "(":
                end = found.end() + len(_bracket(text, found.end()))
            else:
                following = re.compile(r"\n|<>").search(text, found.end())
                end = following.start() if following else len(text)
            described = re.search(r"\bprogDesc\s+" + _STRING, text[found.start() : end])
            if re.fullmatch(r"[\w-]+", found[1]):
                words = one_line(_unescaped(described[1])) if described else ""
                yield found[1], found.start(), end, words

    def _options(
        self, definition: _Definition, longs: Iterable[re.Match[str]], scope: str
    ) -> Iterator[Fact]:
        """One option for each bracket in which a `long` stands."""
        done: set[int] = set()
        for found in longs:
            opening = _enclosing(definition.text, found.start())
            if opening < 0 or opening not in done:
                done.add(opening)
                option = self._option(definition, found, opening, scope)
                if option is not None:
                    yield option

    def _option(
        self, definition: _Definition, found: re.Match[str], opening: int, scope: str
    ) -> Fact | None:
        text = definition.text
        whole = _bracket(text, opening) if opening >= 0 else _rest(text, found.start())
        if not re.fullmatch(r"[\w-]+", found[1]) or re.search(r"\b(internal|hidden)\b", whole):
            return None
        before = (
            text[max(0, opening - 60) : opening] if opening >= 0 else text[: found.start()][-60:]
        )
        builder = re.findall(r"\b(strOption|option|switch|flag'?|infoOption|abortOption)\b", before)
        takes = "flag" if builder and builder[-1] not in {"strOption", "option"} else "value"
        forms = [f"--{n}" for n in _LONG.findall(whole)] + [
            f"-{c}" for c in re.findall(r"\bshort\s+'(.)'", whole)
        ]
        value = re.search(r"\bvalue\s+", whole)
        default = _PLAIN.match(whole, value.end()) if value else None
        helps = re.search(r"\bhelp\s*(?:\$|\()?\s*" + _STRING + r"(\s*(?:\+\+|<>\s*\"))?", whole)
        metavar = re.search(r"\bmetavar\s+" + _STRING, whole)
        if not forms:
            return None
        return _option(
            definition.path, self.root, definition.line + text.count("\n", 0, found.start()),
            forms, _unescaped(helps[1]) if helps and not helps[2] else "", scope,
            metavar=metavar[1] if metavar else "", takes=takes,
            default=(default[2] if default[2] is not None else default[1]) if default else "",
        )  # fmt: skip


def _enclosing(text: str, position: int) -> int:
    """The bracket that is open at a place; -1 without one."""
    depth = 0
    for at in range(position - 1, max(-1, position - _MAX_BRACKET), -1):
        if text[at] in ")]":
            depth += 1
        elif text[at] in "([":
            if depth == 0:
                return at
            depth -= 1
    return -1


def _rest(text: str, position: int) -> str:
    """The lines of an option that `$` opens: up to the next operator between parsers."""
    begin = text.rfind("$", 0, position)
    end = re.compile(r"\n\s*(<\*>|<\|>|<\*|\*>|\w+\s*<-)").search(text, position)
    return text[max(begin, 0) : end.start() if end else position + 600]


def _optparse(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader()
    roots: list[str] = []
    for source in sources:
        text = repo.text(source.path) or ""
        for name, begin, end in _definitions(text):
            body = text[begin:end]
            names = frozenset(re.findall(r"\b[a-z_][\w']*", body))
            reader.definitions.setdefault(
                name, _Definition(body, source.path, _line(text, begin), names)
            )
            if _RUNS.search(body):
                roots.append(name)
    for root in dict.fromkeys(roots):
        definition = reader.definitions[root]
        reader.root = {"root": f"{definition.path}:{root}", "framework": "optparse-applicative"}
        reader.seen.clear()
        found = list(reader.facts(root, "", ()))
        if found:
            evidence = Evidence(path=definition.path, line=definition.line)
            yield Fact(kind="command", value="", evidence=evidence, detail=reader.root)
            yield from found


def _definitions(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, begin and end of each definition; clauses and signatures of one name are joined."""
    starts = [(m[1], m.start()) for m in _DEFINITION.finditer(text)]
    merged: list[tuple[str, int]] = []
    for name, start in starts:
        if not merged or merged[-1][0] != name:
            merged.append((name, start))
    ends = [start for _, start in merged[1:]] + [len(text)]
    for (name, start), end in zip(merged, ends, strict=True):
        if name not in {
            "import",
            "module",
            "data",
            "type",
            "newtype",
            "instance",
            "class",
            "deriving",
        }:
            yield name, start, end


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return (p for p, e in repo.files.items() if p.endswith(".hs") and e.role == "source")


FRAMEWORKS = (
    Framework("GetOpt", (), re.compile(rb"System\.Console\.GetOpt"), _getopt, _select),
    Framework(
        "optparse-applicative", (), re.compile(rb"import +(qualified +)?Options\.Applicative"),
        _optparse, _select,
    ),
)  # fmt: skip
