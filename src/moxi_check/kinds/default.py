"""Defaults of options, variables, inputs and settings: in tables, in help lines and in prose."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Cell, Document, Span, Table
from moxi_check.ground import Ground
from moxi_check.kinds.flags import is_of_others
from moxi_check.preset import presets
from moxi_check.programs import forms_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

KINDS = {"default": "the default of an option, variable, input or setting is the one in the code"}

_SAID = lazy_pattern(
    r"(?i)\bdefaults?(?:\s+value)?(?:\s*(?::|=|is|are|to)\s*:?\s*|\s+(?=[`\"'\d]|(?:true|false)\)))"
    r"(?:(?P<mark>`{1,2}|\"|')(?P<marked>[^`\"'\n]{1,60})(?P=mark)|<code>(?P<html>[^<\n]{1,60})</code>"
    r"|\**(?P<plain>\d{1,3}(?:,\d{3})+|[A-Za-z0-9./][\w./:@%+-]{0,40})\**(?=\s*(?:[)\].,;<|]|$)))"
)
# What a default may be told of: an option, a variable, a name set as code.
_NAME = lazy_pattern(
    r"(?P<option>(?<![\w-])--?[A-Za-z][\w-]*)|(?P<variable>\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b)|`(?P<code>[A-Za-z][\w.-]*)`"
)
_ONE = lazy_pattern(r"[\s`*]*(?:[\w-]+(?:[\s`*]*[,/|][\s`*]*)?){1,3}[\s`*]*")
_CALLED = lazy_pattern(r"(?<![\w.])(?P<name>[A-Za-z_]\w{2,})\([\w\[]")
_COLUMN = lazy_pattern(r"(?i)\W*defaults?(?:\s*values?)?\W*$")
_NOTHING = frozenset(
    {
        "",
        "-",
        "–",
        "—",
        "n/a",
        "none",
        "null",
        "nil",
        "undefined",
        "no",
        "empty",
        "unset",
        "not set",
        "required",
        "''",
        '""',
        "✗",
        "✅",
        "❌",
    }
)
_TRUE, _FALSE = (
    frozenset({"true", "yes", "on", "1", "enabled"}),
    frozenset({"false", "no", "off", "0", "disabled"}),
)
_HELP = lazy_pattern(r"\s*-{1,2}[A-Za-z]")
_WORD = lazy_pattern(r"[\w./:@%+-]+")
_FORMAT = lazy_pattern(r"%[-+#0-9.]*[a-z]")  # `%s`: the code puts it in
# Where it holds: `On Windows, --shell defaults to …`; whose it is: `curl's own default`.
_CONDITION = lazy_pattern(
    r"(?i)(?:^|[.;]\s)\W*(?:on|in|when|if|with|for|under)\s(?!the\b)[^.;]{1,60},\s[^.;]{0,20}$"
)
_WHOSE = lazy_pattern(r"(?i)(?:\bwhose|['\u2019]s(?: own)?)\s+$")
_LOOPBACK = lazy_pattern(r"\b127\.0\.0\.1\b")
# A sentence that ends before a default is told: the name in it may not be what the default is of.
_ENDS = lazy_pattern(r"\b(?:passed|given|set|used|specified|provided)\W{0,3}\.\s+$")
_THOUSANDS = lazy_pattern(r"(?<=\d),(?=\d{3}\b)")  # `100,000` is what code has as 100_000
# A default that holds only somewhere, or is one of several.
_TIME = lazy_pattern(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_DURATION = lazy_pattern(r"(?:\d+(?:\.\d+)?(?:h|ms|m|s))+")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PARTLY = lazy_pattern(
    r"(?i)^\s*(?:(?:on|for|if|when|in|or|unless|with|otherwise|,? ?else|and)\b|\(|[,/]\s*[`\"'\d])"
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A default that a page tells: of which names, and its value at its place."""

    names: tuple[str, ...]
    value: Span
    section: tuple[str, ...] = ()
    partly: bool = False
    function: str = ""  # what the line calls before it tells the default: `isHex(text [, mode])`


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Defaults that a page tells of names which facts know."""
    known = _known(ground)
    for told in (*_in_tables(document), *_in_lines(document)):
        facts = next((known[name] for name in told.names if name in known), [])
        if not any(map(_default_of, facts)):
            written = next((f for name in told.names if (f := presets(name, ground))), [])
            if written and _is_of(told.function, written, ground):
                yield _judge(told, written, None)
                continue
        if facts:
            yield _judge(told, facts, ground)


def _known(ground: Ground) -> dict[str, list[Fact]]:
    """Facts by the names that a page may give them."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in ground.facts("option", "env_var", "input"):
        if fact.kind == "option" and not fact.detail.get("positional"):
            for form in forms_of(fact):
                found[form].append(fact)
        elif fact.kind != "option":
            found[fact.value].append(fact)
    return found


def _in_tables(document: Document) -> Iterator[_Told]:
    for table in document.tables:
        at = next((n for n, cell in enumerate(table.header) if _COLUMN.fullmatch(cell.text)), 0)
        if at:
            for row in table.rows:
                if len(row) > at:
                    yield from _of_row(table, row, at)


def _of_row(table: Table, row: tuple[Cell, ...], at: int) -> Iterator[_Told]:
    # Another column may have the long form; a description names other options as well.
    names = list(_names(row[0].text)) or [
        name for cell in row[1:at] for name in _names(cell.text) if _ONE.fullmatch(cell.text)
    ]
    bare = re.sub(r"[`*\[\]]|\(#[^)]*\)", "", row[0].text).strip()
    cell = row[at]
    codes = [code for code in cell.codes if code.text.strip()]
    if len(codes) == 1 and cell.text.strip().strip("`") == codes[0].text:
        value = Span(codes[0].text, codes[0].line, codes[0].column)
    else:
        value = Span(
            cell.text.strip(), cell.line, cell.column + len(cell.text) - len(cell.text.lstrip())
        )
    if len(codes) < 2:
        yield _Told((*names, bare), value, table.section)


def _in_lines(document: Document) -> Iterator[_Told]:
    lines = document.source.split("\n")
    places = {(prose.line, prose.section) for prose in document.prose}
    places |= {
        (line.line, b.section) for b in document.blocks for line in b.lines() if line.text.strip()
    }
    places |= {(row[0].line, t.section) for t in document.tables for row in t.rows if row}
    for number, section in sorted(places):
        if number > len(lines):
            continue
        line = lines[number - 1][:1_000]
        for said in _SAID.finditer(line):
            names = list(_NAME.finditer(line, 0, said.start()))
            group = next(g for g in ("marked", "html", "plain") if said[g])
            value = said[group].rstrip(".") if group == "plain" else said[group]
            if names:
                # A line of help is on the option it begins with, prose on the name before the value.
                near = names[0] if _HELP.match(line) else names[-1]
                is_of_sentence = not _ENDS.search(line, near.end(), said.start())
                name = near["option"] or near["variable"] or near["code"]
                yield _Told(
                    (name,), Span(value, number, said.start(group) + 1), section,
                    bool(_PARTLY.match(line[said.end() :].lstrip("`)")))
                    # A second one behind the same name is of something else: `(default 1); rounds (default 2)`.
                    or bool(_SAID.search(line, near.end(), said.start()))
                    or not is_of_sentence
                    or _CONDITION.search(line, 0, near.start()) is not None
                    or _WHOSE.search(line, near.end(), said.start()) is not None,
                    called["name"] if (called := _CALLED.search(line, 0, said.start())) else "",
                )  # fmt: skip


def _is_of(function: str, written: list[Fact], ground: Ground) -> bool:
    """Whether a function that a line tells of stands in the files that write the defaults."""
    files = {fact.evidence.path for fact in written}
    return not function or any(function in (ground.repo.text(path) or "") for path in files)


def _names(text: str) -> Iterator[str]:
    for found in _NAME.finditer(text):
        yield found["option"] or found["variable"] or found["code"]


def _judge(told: _Told, facts: list[Fact], ground: Ground | None) -> Claim:
    """The verdict; with the ground, a value that stands in the lines which declare the name is true."""
    said = told.value.text.strip()
    given = [(fact, value) for fact in facts if (value := _default_of(fact))]
    for fact, value in given:
        if _same(said, value):
            return true("default", told.value, fact.evidence)
    doubt = _doubt(told, facts, [value for _, value in given])
    if doubt:
        places = (_beside(said, fact, ground) for fact in facts if ground)
        place = next(filter(None, places), None)
        if place is not None:
            return true("default", told.value, place, "the value stands beside its name")
        return not_judged("default", told.value, doubt)
    fact, real = given[0]
    certain = bool(_WORD.fullmatch(real)) and len({value for _, value in given}) == 1
    return false(
        "default", told.value, f"the default of `{fact.value}` is `{real}`",
        suggestion=real, evidence=fact.evidence, certain=certain,
    )  # fmt: skip


def _default_of(fact: Fact) -> str:
    """The default of a fact: by its code, else by its own help."""
    if "default" in fact.detail:
        return fact.detail["default"]
    found = _SAID.search(fact.text)
    if found and not _PARTLY.match(fact.text[found.end() :].lstrip("`\"')")):
        value = found["marked"] or found["html"] or found["plain"]
        return value.rstrip(".") if found["plain"] else value
    return ""


def _beside(said: str, fact: Fact, ground: Ground) -> Evidence | None:
    """Where a value stands in the lines in which the code declares a name."""
    value = said.strip("`\"'")
    if len(value) < 2 or not _WORD.fullmatch(value) or value.lower() in _NOTHING:
        return None
    lines = (ground.repo.text(fact.evidence.path) or "").split("\n")
    pattern = re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w-])")
    for number in range(max(fact.evidence.line - 2, 0), fact.evidence.line + 6):
        if number < len(lines) and pattern.search(lines[number][:1_000]):
            return Evidence(path=fact.evidence.path, line=number + 1)
    return None


def _doubt(told: _Told, facts: list[Fact], given: list[str]) -> str:
    """Why a default that is not in the facts may be right; "" for no reason."""
    said = told.value.text.strip()
    if not given:
        return "the code gives it no default that could be read"
    if len(set(map(_plain, given))) > 1:
        return "several have this name, with defaults of their own"
    if len(given) < len(facts):
        return "several have this name, and not all defaults are known"
    if is_of_others(told.section):
        return "the section is on other projects or times"
    if told.partly:
        return "it is the default under a condition"
    if said.lower() in _NOTHING or not _WORD.fullmatch(_THOUSANDS.sub("", said)):
        return "it is told in words"
    real = given[0].strip("\"'")
    if not _WORD.fullmatch(real) or _FORMAT.search(real) or not _comparable(said, real):
        return "the code says it in another form"
    return ""


def _plain(value: str) -> str:
    text = value.strip().strip("`\"'").strip()
    lower = _THOUSANDS.sub("", text.lower().replace("_", "").removeprefix("./"))
    if lower in {"none", "null", "nil", "undefined"}:
        return "none"
    return lower.rstrip("/") or text


def _same(one: str, other: str) -> bool:
    """Whether two values are the same but for quotes, case, units and ways of writing."""
    a, b = _plain(one), _plain(other)
    if a == b or {a, b} <= _TRUE or {a, b} <= _FALSE:
        return True
    short, long = sorted((a, b), key=len)
    if short.isidentifier() and long.startswith(short + "."):
        return True  # `standard.flf` is the file of `standard`
    if _DURATION.fullmatch(a) and _DURATION.fullmatch(b) and _seconds(a) == _seconds(b):
        return True
    if a.replace("-", "") == b.replace("-", "") and not a.lstrip("-").isdigit():
        return True  # `utf-8` is `utf8`
    if _LOOPBACK.sub("localhost", a) == _LOOPBACK.sub("localhost", b):
        return True
    return _number(a) is not None and _number(a) == _number(b)


def _seconds(text: str) -> float:
    """The length of a time such as `1h30m`, which Go prints as `1h30m0s`."""
    return sum(float(number) * _SECONDS[unit] for number, unit in _TIME.findall(text))


def _number(text: str) -> float | None:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s?(?:[a-zµ%]{1,12})?", text)
    return float(found[1]) if found else None


def _comparable(said: str, real: str) -> bool:
    """Whether two values are of one sort: both numbers, both switches, both words."""
    return _sort(_plain(said)) == _sort(_plain(real))


def _sort(text: str) -> str:
    if text in {"true", "false"}:
        return "switch"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return "number"
    return "word" if re.fullmatch(r"[a-z][a-z0-9.-]*", text) else "other"
