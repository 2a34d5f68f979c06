"""Shell scripts: options from `case` branches, getopts and tests, joined with the help text.

There is no grammar for shell here: lines are matched, and a help line counts only when the code
takes its option. Variables that a caller may set (`X=${X:-default}`) are environment variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.helptext import (
    NumberedLine,
    parse_commands,
    parse_options,
    positionals,
    usage_of,
)
from moxi_analyzer.surface.scripts import bare_scripts, interpreter
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_GATE = lazy_pattern(rb"\A#!.*\b(?:ba|z|k|da|a)?sh\b")
_SHELLS = frozenset("sh bash zsh ksh dash ash".split())
_FOLDERS = lazy_pattern(r"(?:(?:bin|sbin|libexec(?:/[\w-]+)?|src|exe|cmd)/)?[^/]+")
_INSTALLER = lazy_pattern(r"(?:tools|scripts?)/(?:un)?install(?:er)?(?:\.sh)?")
_CASE = lazy_pattern(r"\bcase\s+[\"']?\$\{?(?:1|2|arg|args|opt|option|key|i|argument|param|parameter|flag|word|command|cmd|action|subcommand|a|o|OPT|ARG|OPTION|KEY)\b", re.I)  # fmt: skip
_BRANCH = lazy_pattern(
    r"^\s*\(?((?:[\"']?[\w?*.=-]+[\"']?\s*\|\s*){0,12}[\"']?[\w?*.=-]+[\"']?)\s*\)(?!\))"
)
_TEST = lazy_pattern(r"\[\[?[^\]]*\$\{?(?:1|arg|opt)\b[^\]]*==?\s*[\"']?(--?[A-Za-z][\w-]*)")
_GETOPTS = lazy_pattern(r"\bgetopts\s+[\"']?:?([A-Za-z0-9:?]+)[\"']?\s+\w+")
_LONG = lazy_pattern(r"\bgetopt\b.*?(?:--long(?:options)?|-l)[ =][\"']?([\w:,-]+)")
_SHORT = lazy_pattern(r"\bgetopt\b.*?(?:--options|-o)[ =][\"']?([\w:+]+)")
_PRINT = lazy_pattern(
    r"^\s*(?:echo|printf|print|say|cat|>&2 echo)\s+(?:-[en]+\s+|--\s+)?(?:>&2\s+)?[\"'](?P<text>.*)$"
)
_SELF = lazy_pattern(
    r"\$\(basename\s+[\"']?(?:\$0|\$\{?BASH_SOURCE[^)]*)[\"']?\)|`basename\s+[\"']?\$0[\"']?`|\$\{0##\*/\}|[\"']?\$\{?0\}?[\"']?|\$\{?(?:cmd|prog|progname|program|PROG\w*|SCRIPT(?:_NAME)?|script_name|ME|self|name|bin|exec_name)\}?\b"
)
_SETTABLE = lazy_pattern(r"^\s*(?:export\s+|readonly\s+|declare\s+(?:-\w+\s+)?|:\s+[\"']?)?(?:(?P<name>[A-Z][A-Z0-9_]{2,63})=[\"']?\$\{(?P=name):?-(?P<default>[^}\n]*)\}|\$\{(?P<colon>[A-Z][A-Z0-9_]{2,63}):?=(?P<value>[^}\n]*)\})[\"']?\s*(?:#\s*(?P<text>.*))?$")  # fmt: skip
_LISTED = lazy_pattern(
    r"#\s{2,}(?P<name>[A-Z][A-Z0-9_]{1,63})\s+[-:]\s+(?P<text>\S.*?)"
    r"(?:\s*\(default: (?P<default>[\w./$~:-]+)\)\.?(?:\s.*)?)?\s*"
)
_WRAPPERS = frozenset({"mvnw", "gradlew"})
_NOT_SETTINGS = frozenset("PATH HOME USER SHELL PWD TERM LANG EDITOR TMPDIR COLUMNS IFS UID OSTYPE".split())  # fmt: skip


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    for path, entry in repo.files.items():
        if entry.role != "source":
            continue
        name = path.rpartition("/")[2]
        if name in _WRAPPERS:
            continue  # other projects' code
        script = "." not in name or name.endswith((".sh", ".bash", ".zsh"))
        if script and (_FOLDERS.fullmatch(path) or _INSTALLER.fullmatch(path)):
            yield path
    yield from (path for path in bare_scripts(repo) if "/" not in path)


@dataclass
class _Script:
    """What one script's code takes."""

    forms: dict[str, tuple[int, str]] = field(default_factory=dict)  # form -> line, takes
    groups: list[list[str]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def add(self, forms: Iterable[str], line: int, takes: str = "") -> None:
        group = [form for form in forms if re.fullmatch(r"--?[A-Za-z0-9][\w-]*", form)]
        if group:
            self.groups.append(group)
        for form in group:
            self.forms.setdefault(form, (line, takes))


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    for path in dict.fromkeys(_select(repo, FRAMEWORKS[0])):
        if interpreter(repo, path) not in _SHELLS:
            continue
        lines = (repo.text(path) or "").splitlines()
        yield from _command_line(path, lines)
        yield from _variables(path, lines)


def _command_line(path: str, lines: list[str]) -> Iterator[Fact]:
    name = path.rpartition("/")[2]
    script = _read_code(lines)
    if not script.forms and not script.words:
        return
    text = list(_help_lines(lines, name))
    usage = usage_of(text)
    program = Program(path, "shell", name)
    options = list(_documented(script, text, path))
    if not options and "." not in name and "libexec/" not in path:
        options = list(_undocumented(script, path))
    commands = [c for c in parse_commands(text) if c[0] in script.words]
    if not options and not commands:
        return
    at = Evidence(path=path, line=usage[2] if usage else 1)
    yield program.command("", at)
    for option, where in options:
        yield program.option(option, where)
    for positional in positionals(usage[1]) if usage and usage[0] == name else []:
        yield program.option(positional, at)
    for command, help_text, line in commands:
        yield program.command(command, Evidence(path=path, line=line), help_text)


def _read_code(lines: list[str]) -> _Script:
    script, inside = _Script(), 0
    for number, line in enumerate(lines, 1):
        if len(line) > 500 or line.lstrip().startswith("#"):
            continue
        if _CASE.search(line):
            inside += 1
        elif re.match(r"\s*esac\b", line):
            inside = max(0, inside - 1)
        elif inside:
            branch = _BRANCH.match(line)
            if branch:
                _add_branch(script, branch[1], lines, number)
        for found in _TEST.finditer(line):
            script.add([found[1]], number)
        for pattern, prefix in ((_GETOPTS, "-"), (_SHORT, "-")):
            letters = pattern.search(line)
            for letter, colon in re.findall(r"([A-Za-z0-9])(:?)", letters[1]) if letters else []:
                script.add([prefix + letter], number, "value" if colon else "flag")
        long = _LONG.search(line)
        for word in long[1].split(",") if long else []:
            script.add(["--" + word.rstrip(":")], number, "value" if word.endswith(":") else "flag")
    return script


def _add_branch(script: _Script, pattern: str, lines: list[str], number: int) -> None:
    words = [word.strip().strip("\"'") for word in pattern.split("|")]
    body = " ".join(lines[number - 1 : number + 4]).partition(";;")[0]
    value = any("=" in w for w in words) or re.search(
        r"\$\{?2\b|shift\s+2|OPTARG|shift\b.*\$\{?1\b", body
    )
    script.add([w.rstrip("*=").rstrip("=") for w in words], number, "value" if value else "flag")
    script.words |= {w for w in words if re.fullmatch(r"[a-z][\w:-]*", w)}


def _help_lines(lines: list[str], name: str) -> Iterator[NumberedLine]:
    """Lines that may be printed: as they stand, without echo and quotes; the head comment too."""
    for number, line in enumerate(lines, 1):
        if len(line) > 500:
            continue
        printed = _PRINT.match(line)
        if printed:
            line = re.sub(r"(?:\\n)?[\"'](?:\s*>&2)?;?\s*$", "", printed["text"]).removeprefix(
                "\\n"
            )
        elif number <= 120 and line.startswith("#"):
            line = line[1:].removeprefix(" ")
        line = re.sub(r"\\(?:033|e|x1[bB])\[[0-9;]*m|\$\{?(?:[A-Z_]*(?:BOLD|RESET|NC|RED|GREEN|BLUE|YELLOW|CYAN))\}?", "", line)  # fmt: skip
        yield _SELF.sub(lambda _: name, line).replace("\\t", "\t"), number


def _documented(
    script: _Script, text: list[NumberedLine], path: str
) -> Iterator[tuple[Option, Evidence]]:
    seen: set[str] = set()
    for entry in parse_options(text):
        forms = [*entry.forms, *entry.negations]
        found = next((script.forms[form] for form in forms if form in script.forms), None)
        code = found is not None and found[0] == entry.line
        if found is None or seen & set(entry.forms) or code or not (entry.words or entry.sure):
            continue
        seen.update(forms)
        option = entry.option()
        takes = "value" if option.takes == "value" else found[1] or option.takes
        option = Option(option.forms, option.help, takes, option.negations, detail=option.detail)
        yield option, Evidence(path=path, line=entry.line)


def _undocumented(script: _Script, path: str) -> Iterator[tuple[Option, Evidence]]:
    seen: set[str] = set()
    for group in script.groups:
        if not seen & set(group):
            seen.update(group)
            line, takes = script.forms[group[0]]
            yield Option(tuple(group), takes=takes), Evidence(path=path, line=line)


def _variables(path: str, lines: list[str]) -> Iterator[Fact]:
    told = dict(_told(lines))
    given = {fact.value: fact for fact in _settable(path, lines)}
    for name, (text, default, number) in told.items():
        if name in given:
            fact = given[name]
            given[name] = replace(fact, text=fact.text or text)
        elif any(re.search(rf"\$\{{?{name}\b", line) for line in lines if line[:1] != "#"):
            place = Evidence(path=path, line=number)
            detail = {"default": default} if default else {}
            given[name] = Fact(kind="env_var", value=name, text=text, evidence=place, detail=detail)
    yield from given.values()


def _told(lines: list[str]) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """(name, (text, default, line)) of variables that a script's head comment lists."""
    for number, line in enumerate(lines[:120], 1):
        found = _LISTED.fullmatch(line) if len(line) < 300 else None
        if found and not line.startswith("#!"):
            default = "" if found["default"] in {None, "unset", "none"} else found["default"]
            yield found["name"], (one_line(found["text"]), default, number)


def _settable(path: str, lines: list[str]) -> Iterator[Fact]:
    for number, line in enumerate(lines, 1):
        found = _SETTABLE.match(line) if "${" in line and len(line) < 300 else None
        name = (found["name"] or found["colon"]) if found else ""
        default = (found["default"] or found["value"] or "").strip("\"'") if found else ""
        if not found or not default or name in _NOT_SETTINGS:
            continue  # `X=${X:-}` only guards against an unset variable
        computed = re.search(r"[$`\\]", default)
        detail = {} if computed else {"default": default}
        yield Fact(
            kind="env_var",
            value=name,
            text=one_line(found["text"] or ""),
            evidence=Evidence(path=path, line=number),
            detail=detail,
        )


FRAMEWORKS = (Framework("shell", (), _GATE, _facts, _select),)
