"""Options of Go programs that parse their arguments by hand: read from the help text they print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.packages import GoCode, go_code
from moxi_analyzer.golang.programs import programs_of
from moxi_analyzer.golang.values import Flag
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_MAINS = 20
_MIN_OPTIONS = 3
# In Go code no line begins with a dash but inside a raw string; `+x` is how fzf switches off.
_OPTION = lazy_pattern(
    r"[ \t]{1,12}(?P<forms>(?:[-+][\w?],[ ])?--?\w[\w.-]*|[-+][\w?][\w.-]*)"
    r"(?P<value>(?:[=:]\S+|\[=?\S+\]|[ ](?:<[^<>\n]{1,40}>|[A-Z][A-Z_.,:|\[\]]*))?)(?:[ ]{2,}|\t+[ ]*|(?<=[\]=>%A-Z])[ ])(?P<text>\S.*)"
)
_JOINED = lazy_pattern(r"` \+ [\w.]+ \+ `")
_CHOICES = lazy_pattern(r"\[(\w[\w-]*(?:\|\w[\w-]*)+)\]")
_DEFAULT = lazy_pattern(r"\(default:? \"?([\w./:-]+)\"?\)")


def help_options(path: str, content: bytes) -> dict[str, Flag]:
    """The options of the help text in a file, by longest form; none if too few look like one."""
    found: dict[str, Flag] = {}
    # `" + colors.Bold + "` between pieces of the text: what it adds is no letter.
    text = _JOINED.sub("", content.decode("utf-8", "replace"))
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        matched = _OPTION.match(line)
        if matched is None or len(line) > 300:
            continue
        column = matched.start("text")
        text = " ".join([matched["text"], *_continued(lines, number, column)])
        flag = _flag(
            matched["forms"], matched["value"], text.rstrip("`"), Evidence(path=path, line=number)
        )
        found.setdefault(flag.name, flag)
    return found if len(found) >= _MIN_OPTIONS else {}


def _continued(lines: list[str], number: int, column: int) -> Iterator[str]:
    """The lines after `number` that go on with its text: indented as far, and no option."""
    for line in lines[number : number + 12]:
        indent = len(line) - len(line.lstrip())
        if not line.strip() or indent < column - 2 or _OPTION.match(line):
            return
        yield line.strip()


def _flag(forms: str, value: str, text: str, at: Evidence) -> Flag:
    names = forms.split(", ")
    longest = max(names, key=len)
    choices, default = _CHOICES.search(text), _DEFAULT.search(text)
    return Flag(
        longest,
        at,
        short=next((n for n in names if n != longest), longest if len(longest) == 2 else ""),
        usage=one_line(text),
        metavar=_metavar(value),
        separator=value[:1] if value[:1] in ("=", ":") else "",
        takes="value" if value else "flag",
        choices=", ".join(choices[1].split("|")) if choices else "",
        default=default[1] if default else "",
    )


def _metavar(value: str) -> str:
    name = value.strip(" =:")
    for opening, closing in ("[]", "<>"):
        if name.startswith(opening) and name.find(closing) == len(name) - 1:
            name = name[1:-1].lstrip("=")
    return "" if name.strip(".") == "" or name.endswith("=") else name


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    # A program whose options are declared in code needs no reading of its help text.
    programs = programs_of(repo)
    declared = {p.folder for p in programs if p.declares}
    words = {p.folder: p.words for p in programs}
    code = go_code(repo)
    for main in list(code.modules.mains())[:_MAX_MAINS]:
        if main.path not in declared:
            yield from _program(repo, code, main.path, words.get(main.path, {}))


def _program(
    repo: Repository, code: GoCode, folder: str, words: dict[str, Evidence]
) -> Iterator[Fact]:
    best: dict[str, Flag] = {}
    for near in reversed(code.reached(folder)):
        for path in code.modules.packages[near].files:
            content = repo.read(path) or b""
            if b"sage" in content:
                best = max(best, help_options(path, content), key=len)
        if best and near == folder:
            break
    commands = {w: at for w, at in words.items() if re.fullmatch(r"[a-z][a-z0-9-]+", w)}
    if not best and len(commands) < 2:
        return
    at = next(iter(best.values())).at if best else next(iter(commands.values()))
    common = {
        "root": at.path,
        "framework": "usage",
        "prog": code.modules.program_name(folder),
        "entry": f"./{folder}" if folder else ".",
    }
    yield Fact(kind="command", value="", evidence=at, detail=common)
    for word, where in commands.items():
        yield Fact(kind="command", value=word, evidence=where, scope=word, detail=common)
    for flag in best.values():
        given = {
            "short": flag.short,
            "separator": flag.separator,
            "default": flag.default,
            "choices": flag.choices,
            "metavar": flag.metavar,
        }
        forms = f"{flag.short}, {flag.name}" if flag.short not in {"", flag.name} else flag.name
        detail = {**common, "takes": flag.takes, "forms": forms}
        detail.update({key: value for key, value in given.items() if value})
        yield Fact(kind="option", value=flag.name, evidence=flag.at, text=flag.usage, detail=detail)


_GATE = Gate(
    patterns={
        b"os.Arg": rb"\bos\.Args?\b",
        b"flag.Arg": rb"\bflag\.Args?\b",
        b"-": rb"\n[ \t]{1,12}--?\w[^\n]*\n[ \t]*-",
    }
)
FRAMEWORKS = (
    Framework(
        "go_usage",
        ("go",),
        _GATE,
        _facts,
    ),
)
