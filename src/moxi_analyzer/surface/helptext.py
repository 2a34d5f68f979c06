"""Help texts as programs print them: option lines, sub-command lists and the usage line.

Hand-written parsers, C programs and shell scripts state their options nowhere else in words.
All patterns are anchored and linear; a line that is not surely an option line is skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from moxi_analyzer.surface.command_line import Option
from moxi_core.patterns import lazy_pattern

NumberedLine = tuple[str, int]

_MAX_LINE = 400
_FORM = lazy_pattern(
    r"--?\[(?P<no>no-?)\](?P<stem>[A-Za-z0-9][\w-]*)|(?P<form>--?[A-Za-z0-9][\w-]*)"
)
_VALUE = lazy_pattern(
    r"(?:\[?= ?|\[?:(?=\S)|\[ ?)(?P<joined><[^<>\n]{1,40}>|[^\s,;|\[\]]{1,40}(?:\|[^\s,;\[\]]{1,60})?)\]?"
    r"(?:\]|\[[^\s\[\]]{1,30}\])?"
    r"| (?P<angle><[^<>\n]{1,40}>(?:\.\.\.|…)?(?: <[^<>\n]{1,40}>(?:\.\.\.|…)?)*|\[<?[\w.|:/-]{1,40}>?(?:\.\.\.)?\])"
    r"| (?P<upper>[A-Z][A-Z0-9_|-]{0,40}(?:\.\.\.)?(?: [A-Z][A-Z0-9_]+)?)(?=\s|,|$|=)"
    r"| (?P<lower>(?!or )[a-z][\w|.-]{0,24}(?: [a-z]+)?)(?=  |\t|$)"
)
_BETWEEN = lazy_pattern(r"\s*,\s*(?=-)|\s*\|\s*(?=-)|\s*/\s*(?=-)|\s+or\s+(?=-)|\s(?=--?[\w\[])")
_REST = lazy_pattern(r"\s{2,}|\t| ?[-–—:]+ |:\s*$|\s*$| (?=[A-Z(])")
_COMMANDS = lazy_pattern(
    r"^\s*(?:available |sub)?(?:commands|actions|subcommands)\b.{0,20}:\s*$", re.I
)
_COMMAND = lazy_pattern(r"^\s{1,12}(?P<name>[a-z][\w:-]{0,30})(?P<args>(?: [<\[][^\s]*| [A-Z_]+)*)"
                      r"(?:,\s*(?P<alias>[\w-]{1,20}))?(?:\s{2,}|\t+| [-:] )\s*(?P<help>\S.{0,300})$")  # fmt: skip
_USAGE = lazy_pattern(r"^\s*usage:?\s*(?P<rest>\S.*)?$", re.IGNORECASE)
_DEFAULT = lazy_pattern(r"[(\[]defaults?(?: is|:| to|=)? ?[\"'`]?([^\s()\[\]\"'`,;]{1,40})[\"'`]?[)\].]", re.I)  # fmt: skip
_DEFAULT_SAID = lazy_pattern(
    r"\bdefaults? (?:is|to|value is):? [\"'`]?([\w./:@%+-]{1,40}?)[\"'`]?[.;]?$", re.I
)
_UNFINISHED = lazy_pattern(r"\s*[(\[][^()\[\]]*$")
_POSITIONAL = lazy_pattern(r"(?P<open>\[?)<?(?P<name>[\w.][\w. /|-]*?)>?(?P<many>\.\.\.)?(?P<close>\]?)(?:\.\.\.)?$")  # fmt: skip
_OPTIONS_WORD = lazy_pattern(r"\[?<?(?:options?|opts?|flags?|OPTIONS?|FLAGS?)>?(?:\.\.\.|…)?\]?(?:\.\.\.)?$", re.I)  # fmt: skip


@dataclass
class HelpOption:
    """An option as a help text shows it, and the line it stands on."""

    forms: list[str]
    line: int
    column: int
    metavar: str = ""
    sure: bool = True  # False: the line's end could not be told from a value's name
    help_column: int = 0  # where the description begins; 0 if it does not stand on the line
    rest: str = ""  # the whole line of an entry that is not sure
    negations: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def option(self, **more: str) -> Option:
        """The option that this line describes."""
        text = " ".join(" ".join(self.words).split()).rstrip(";").strip()
        detail = {"metavar": self.metavar, "default": default_in(text)}
        return Option(
            forms=tuple(self.forms),
            help=text,
            takes="value" if self.metavar else "flag",
            negations=tuple(self.negations),
            detail={k: v for k, v in {**detail, **more}.items() if v},
        )


def default_in(text: str) -> str:
    """The default that a description states (`(default: 8080)`); "" if none."""
    found = _DEFAULT.search(text) or _DEFAULT_SAID.search(text)
    return found[1].rstrip(".") if found else ""


def whole_sentences(prefix: str) -> str:
    """What can be quoted of a text whose rest is computed: up to its last sentence or bracket."""
    cut = _UNFINISHED.sub("", prefix)
    if cut != prefix:
        return cut
    sentence = re.match(r"(.*[.!])\s", prefix + " ", re.DOTALL)
    return sentence[1] if sentence else ""


def parse_options(lines: Iterable[NumberedLine]) -> list[HelpOption]:
    """Options that a help text lists, in its order, with their whole descriptions."""
    found: list[HelpOption] = []
    current: HelpOption | None = None
    for text, number in lines:
        line = text.expandtabs(8)[:_MAX_LINE].rstrip()
        stripped = line.lstrip()
        if stripped.startswith("-"):
            current = parse_option_line(line, number)
            if current is not None:
                found.append(current)
        elif current is not None and stripped:
            indent = len(line) - len(stripped)
            if indent > current.column + 1 and len(current.words) < 12:
                current.words.append(stripped)
            else:
                current = None
        else:
            current = None
    _split_at_column(found)
    return found


def _split_at_column(entries: list[HelpOption]) -> None:
    """What one blank separates from its value: told by the column of the other descriptions."""
    columns = Counter(e.help_column for e in entries if e.help_column)
    common = columns.most_common(1)[0] if columns else (0, 0)
    for entry in entries:
        if entry.sure:
            continue
        value, words = entry.rest[: common[0]], entry.rest[common[0] :]
        names = re.search(r"-[\w-]+ ([a-z]\w*(?: [a-z]\w*){0,2}) $", value)
        if common[1] > 2 and names and words[:1].strip():
            entry.metavar = entry.metavar or names[1]
            entry.words.insert(0, words.strip())
            entry.sure = True
        else:
            entry.words.clear()  # its first line is not known


def parse_option_line(line: str, number: int) -> HelpOption | None:
    """`  -o, --output=FILE  write to FILE` as an option; None if the line is something else."""
    column = len(line) - len(line.lstrip())
    position, entry = column, HelpOption([], number, column)
    while True:
        form = _FORM.match(line, position)
        if form is None:
            return None
        _add_form(entry, form)
        position = form.end()
        value = _VALUE.match(line, position)
        if value is not None:
            name = value["joined"] or value["angle"] or value["upper"] or value["lower"]
            entry.metavar = entry.metavar or _clean_metavar(name)
            position = value.end()
        between = _BETWEEN.match(line, position)
        if between is None:
            break
        position = between.end()
    rest = _REST.match(line, position)
    if rest is None:
        entry.sure, entry.rest = False, line
        return entry if line[position : position + 1] == " " else None
    words = line[rest.end() :].strip()
    if words:
        entry.words.append(words)
        entry.help_column = line.index(words[0], rest.end())
    return entry


def _clean_metavar(text: str) -> str:
    text = text.strip().strip("=:'\"").replace("> <", " ")
    text = re.sub(r"(?<=[>\]])(?:\.\.\.|…)$", "", text)
    for opener, closer in ("[]", "<>"):
        if text.startswith(opener) and text.endswith(closer):
            text = text[1:-1]
        elif text.count(opener) != text.count(closer):
            text = text.strip(opener + closer)
    return text


def _add_form(entry: HelpOption, form: re.Match[str]) -> None:
    if form["form"]:
        entry.forms.append(form["form"])
    else:
        entry.forms.append("--" + form["stem"])
        entry.negations.append("--" + form["no"] + form["stem"])


def parse_commands(lines: Iterable[NumberedLine]) -> Iterator[tuple[str, str, int]]:
    """(name, help, line) of the entries below a `Commands:` heading."""
    inside = False
    for text, number in lines:
        line = text.expandtabs(8)[:_MAX_LINE].rstrip()
        if _COMMANDS.match(line):
            inside = True
        elif inside and line and not line.startswith(" "):
            inside = False
        elif inside:
            entry = _COMMAND.match(line)
            if entry:
                yield entry["name"], entry["help"], number


def usage_of(lines: Sequence[NumberedLine]) -> tuple[str, str, int] | None:
    """(program, what follows it, line) of the first usage line."""
    for index, (text, number) in enumerate(lines):
        found = _USAGE.match(text[:_MAX_LINE])
        if found is None:
            continue
        rest, at = found["rest"], number
        if not rest and index + 1 < len(lines):
            rest, at = lines[index + 1]
        words = (rest or "").split(None, 1)
        if words:
            return words[0], words[1] if len(words) > 1 else "", at
    return None


def positionals(usage: str) -> list[Option]:
    """Positional arguments of a usage line; none unless every word of it is understood."""
    found: list[Option] = []
    for word in re.findall(r"\[[^\[\]]*\](?:\.\.\.)?|<[^<>]*>(?:\.\.\.)?|\S+", usage):
        if _OPTIONS_WORD.match(word) or word.startswith(("-", "[-")):
            continue
        name = _POSITIONAL.match(word)
        bracketed = word.startswith(("[", "<"))
        if name is None or not (bracketed or word.rstrip(".").isupper()) or "|" in name["name"]:
            return []
        detail = {"required": "" if name["open"] else "true"}
        if "..." in word:
            detail["repeatable"] = "true"
        detail = {key: value for key, value in detail.items() if value}
        found.append(Option((name["name"].rstrip("."),), positional=True, detail=detail))
    return found
