"""Names as code writes them: what no fact knows may still stand somewhere in a source."""

from __future__ import annotations

import re
from collections.abc import Iterable

from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# What stands before the name of an option that is a literal.
_MARK = r"[\"'`]-{0,2}|:|\s--"
_QUOTED = lazy_pattern(rf"(?:{_MARK})(?P<name>[A-Za-z0-9_][\w-]*)".encode())


def quoted(option: str) -> re.Pattern[bytes]:
    """Pattern of an option as a literal of code: `"--dry-run"`, `'dry-run'`, `:dry_run`."""
    names = "|".join(map(re.escape, _forms_of(option)))
    return re.compile(rf"(?:{_MARK})(?:{names})(?![\w-])".encode())


def all_quoted(names: Iterable[str], paths: Iterable[str], ground: Ground) -> dict[str, Evidence]:
    """Where each of many options first stands as a literal, as `quoted` finds one: each file is read once."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        for form in _forms_of(name):
            wanted.setdefault(form, []).append(name)
    found: dict[str, Evidence] = {}
    for path in sorted(paths) if wanted else ():
        content = ground.repo.read(path) or b""
        for literal in _QUOTED.finditer(content):
            for name in wanted.pop(literal["name"].decode(), ()):
                line = content.count(b"\n", 0, literal.start()) + 1
                found.setdefault(name, Evidence(path=path, line=line))
        if not wanted:
            break
    return found


def _forms_of(option: str) -> Iterable[str]:
    name = option.lstrip("-+")
    return dict.fromkeys((name, name.replace("-", "_")))


def quoted_form(option: str) -> re.Pattern[bytes]:
    """Pattern of an option in quotes as it is typed: `"--dry-run"`, `'-n, --dry-run'`, `"--dry-run=<when>"`."""
    return re.compile(rf"[\"'`](?:-\w, |-\w\|)?{re.escape(option)}(?![\w-])".encode())


def coded(option: str) -> re.Pattern[bytes]:
    """Pattern of an option where code reads it: `args.dryRun`, `"dry-run"`, `[dry_run]`, `dryRun:`."""
    parts = [re.escape(part) for part in re.split(r"[-_.]+", option.lstrip("-+")) if part]
    name = "[-_]?".join(parts)
    return re.compile(rf"(?i)(?:[\"'`.\[:]|->|--){name}(?![\w-])|(?<![\w-]){name}\s?[:=]".encode())


def spelled(option: str) -> re.Pattern[bytes]:
    """Pattern of an option's name in any spelling: `dry-run`, `dry_run`, `dryRun`, `DRY_RUN`."""
    parts = [re.escape(part) for part in re.split(r"[-_.]+", option.lstrip("-+")) if part]
    joined = "[-_ ]?".join(parts)
    return re.compile(rb"(?i)(?<![a-z0-9])" + joined.encode() + rb"(?![a-z0-9])")


def declared(word: str) -> re.Pattern[bytes]:
    """Pattern of a word where code declares or quotes it: `def x`, `"x"`, `:x`, `x = 1`, `int x(`."""
    name = re.escape(word)
    return re.compile(
        rf"(?m)[\"'`]{name}[\"'`]|(?<![\w:]):{name}(?![\w:-])|(?<![\w.$-])(?:{_DECLARES})[ \t]+{name}(?![\w-])"
        rf"|^[ \t]*(?!{_NO_TYPES})(?:[\w:<>,\[\]?.]+[ \t*&]+){{1,6}}{name}[ \t]*\([^;\n]*$"
        rf"|^[ \t]*(?:self\.|this\.|@|export )?{name}(?:[ \t]*(?:=(?![=>])|:(?!:))|\([^()\n]{{0,200}}\)[ \t]*\{{)".encode()
    )


_NO_TYPES = r"(?:return|else|throw|new|await|yield|case|in|if|and|or|not|goto|delete|raise|print)\b"
_DECLARES = (
    r"def|defp|defmacro|class|func|fun|fn|function\*?|const|let|var|val|type|struct|enum|trait|interface|module|"
    r"mod|object|macro_rules!|#define|record|namespace|package|sub|static|public|pub|protocol|typedef|alias"
)


def quoted_text(text: str) -> re.Pattern[bytes]:
    """Pattern of a text that begins or is a literal of code: `"git push"`, `'.py'`, `"*.py"`."""
    return re.compile(rf"[\"'`*|(,]{re.escape(text)}(?![\w-])".encode())


def place_in(pattern: re.Pattern[bytes], paths: Iterable[str], ground: Ground) -> Evidence | None:
    """The first match of a pattern in some files."""
    for path in sorted(paths):
        content = ground.repo.read(path) or b""
        found = pattern.search(content)
        if found:
            return Evidence(path=path, line=content.count(b"\n", 0, found.start()) + 1)
    return None
