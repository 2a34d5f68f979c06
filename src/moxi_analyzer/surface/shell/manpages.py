"""Man pages: roff (man and mdoc), scdoc, ronn, Markdown and AsciiDoc sources of sections 1, 6, 8.

They come after the code: an option that the code tells better is not told again by its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.helptext import HelpOption, parse_option_line
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_PAGE = lazy_pattern(
    r"(?:.*/)?(?P<name>[A-Za-z][\w.+-]*?)\.[168](?P<kind>\.(?:in|md|markdown|ronn|adoc|asciidoc|txt|scd|prebuilt|mdoc))?"
)
# Sources before what is made from them.
_ORDER = (".scd", ".ronn", ".md", ".markdown", ".adoc", ".asciidoc", ".txt", ".mdoc", "", ".in", ".prebuilt")  # fmt: skip
_MAX_DOCUMENTS = 60
_DOCUMENT = lazy_pattern(r"(?:docs?|man)(?:/[\w-]+)?/[\w-]+\.md")
_NAME_SECTION = lazy_pattern(
    r"\s*#+ NAME\s*\n\s*(?P<prog>[a-z][\w-]*)(?P<sub>(?: [a-z][\w-]*)*) -+ (?P<does>\S.*)\n"
)
_NUMBERED = lazy_pattern(r"\.[168](?:\.|$)")  # cheap to look for
_ROLES = frozenset({"doc", "source", "config"})
_MAX_PAGES = 200
_FONT = lazy_pattern(r"\\f(?:\[[A-Z]*\]|\([A-Z]{2}|.)|\\[&|^/,%:]|\\m\[\w*\]|\\s[+-]?\d")
_CHARS = {"\\-": "-", "\\(hy": "-", "\\[en]": "-", "\\(en": "-", "\\[em]": "-", "\\[hy]": "-", "\\[dq]": '"', "\\[aq]": "'", "\\[cq]": "'", "\\[oq]": "'", "\\[lq]": '"', "\\[rq]": '"', "\\[ti]": "~", "\\[ha]": "^", "\\[ga]": "`", "\\[rs]": "\\", "\\[bu]": "*", "\\(em": "-", "\\.": ".", "\\ ": " ", "\\~": " ", "\\'": "'", "\\(aq": "'", "\\(cq": "'", "\\(oq": "'", "\\(dq": '"', "\\(lq": '"', "\\(rq": '"', "\\*(Aq": "'", "\\e": "\\", "\\\\": "\\", "\\(bu": "*"}  # fmt: skip
_CHAR = lazy_pattern("|".join(re.escape(key) for key in sorted(_CHARS, key=len, reverse=True)))
_SECTION = lazy_pattern(r"^\.S[HS]\s+(?P<title>\S.*)$")
_COMMAND_WORD = lazy_pattern(r"[a-z][a-z0-9-]*")
_STOP = lazy_pattern(r"^\.(?:SH|SS|TP|IP|It|PP|P|LP|Sh|Ss|El|TQ|HP)\b")
_MARK = lazy_pattern(r"[*_`]{1,2}(?=[-<\[\w.])|(?<=[\w>\].=-])[*_`]{1,2}|[*`]")
_MARKUP_TAG = lazy_pattern(r"^(?:\s{0,4}(?:[*+-]\s+)?)(?P<tag>[`*_]{0,2}-{1,2}[A-Za-z0-9\[].*?)(?P<end>::?)?\s*$")  # fmt: skip


class _Entry(NamedTuple):
    """An option's tag as a page writes it, what follows, and its line."""

    tag: str
    text: str
    line: int


class _Part(NamedTuple):
    """A section of a page: the sub-command it is about ("" for none), its first line, its place."""

    scope: str
    text: str
    line: int


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    pages: dict[str, list[tuple[int, str]]] = {}
    for path, entry in repo.files.items():
        if entry.role not in _ROLES or not _NUMBERED.search(path):
            continue
        found = _PAGE.fullmatch(path)
        if found:
            order = _ORDER.index(found["kind"] or "")
            pages.setdefault(found["name"], []).append((order, path))
    yield from (min(choices)[1] for choices in list(pages.values())[:_MAX_PAGES])
    if not pages:
        yield from (path for path in _documents(repo) if _named(repo.text(path) or ""))


def _documents(repo: Repository) -> list[str]:
    """Markdown pages that could be man pages without a section in their names."""
    found = (p for p, entry in repo.files.items() if entry.role == "doc" and p.endswith(".md"))
    return [path for path in found if _DOCUMENT.fullmatch(path)][:_MAX_DOCUMENTS]


def _named(text: str) -> tuple[str, str] | None:
    """(program, sub-command) of a Markdown page that begins with a NAME section; else None."""
    found = _NAME_SECTION.match(text)
    return (found["prog"], found["sub"].strip()) if found else None


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    paths = list(_select(repo, FRAMEWORKS[0]))
    names = {_name(path) for path in paths}
    for path in paths:
        name = _name(path)
        said = _named(repo.text(path) or "") if not name else None
        if said:
            yield from _page(path, repo.text(path) or "", *said)
            continue
        parent = next((n for n in names if name.startswith(n + "-")), "")
        scope = name[len(parent) + 1 :] if parent else ""
        text = repo.text(path)
        if text is not None and scope and not _is_called_as(text, parent, scope):
            yield from _page(path, text, name, "")
        elif text is not None:
            yield from _page(path, text, parent or name, scope)


def _is_called_as(text: str, parent: str, scope: str) -> bool:
    """Whether a page writes its command as `parent command`: `demo-keygen` is a program too."""
    words = r"[\s_*`\\-]*[ \\]+[_*`]*".join(map(re.escape, [parent, *scope.split("-")]))
    escaped = words.replace(re.escape("-"), r"\\?-")
    return re.search(rf"(?<![\w-]){escaped}\b", _FONT.sub("", text)) is not None


def _name(path: str) -> str:
    found = _PAGE.fullmatch(path)
    return found["name"] if found else ""


def _page(path: str, text: str, prog: str, scope: str) -> Iterator[Fact]:
    roff = re.search(r"^[.'](?:TH|Dd|SH|Sh|\\\")", text, re.MULTILINE) is not None
    lines = text.splitlines()
    entries = _roff(lines) if roff else _markup(lines)
    options = [(option, entry) for entry in entries if (option := _option(entry)) is not None]
    if not options:
        return
    program = Program(path, "man", prog)
    told = _NAME_SECTION.match(text)
    line = text.count("\n", 0, told.start("does")) + 1 if told else 0
    summary, line = (told["does"].strip(), line) if told else _summary(lines, roff)
    yield program.command(scope, Evidence(path=path, line=line or 1), summary)
    parts = _parts(lines, prog) if roff and not scope else []
    for part in parts:
        if part.scope:
            yield program.command(part.scope, Evidence(path=path, line=part.line), part.text)
    for option, entry in options:
        part_scope = next((p.scope for p in reversed(parts) if p.line <= entry.line), "")
        place = Evidence(path=path, line=entry.line)
        yield program.option(option.option(), place, part_scope or scope)


def _parts(lines: list[str], prog: str) -> list[_Part]:
    """The sections of a page; a section headed by a command line (`app db migrate`) is its command's."""
    parts: list[_Part] = []
    for index, line in enumerate(lines):
        found = _SECTION.match(line)
        if found is None:
            continue
        heading = _plain(found["title"].strip('" ')).split()
        words = heading[1:] if heading[:1] == [prog] else []
        is_command = bool(words) and all(_COMMAND_WORD.fullmatch(word) for word in words)
        after = lines[index + 1] if index + 1 < len(lines) else ""
        text = _request(after).strip() if is_command else ""
        parts.append(_Part(" ".join(words) if is_command else "", text, index + 1))
    return parts


def _option(entry: _Entry) -> HelpOption | None:
    tag = re.sub(r"\s+", " ", entry.tag).strip()
    tag = re.sub(r"\[, ", ", [", tag) if tag.endswith("]") else tag
    tag, colon, more = tag.partition(": ")
    found = parse_option_line(tag.rstrip(":"), entry.line)
    if found is None or (not found.sure and not entry.text):
        return None
    if not found.sure or found.words:
        # `-i CODE1[,CODE2...], --include=CODE1`: the values are too free to read in one go.
        found.forms = [f for f in re.findall(r"(?:^|[\s,/])(--?[A-Za-z0-9][\w-]*)", tag) if f]
        value = re.search(r"<([^<>]+)>|\b([A-Z][A-Z0-9_]+)\b|=(\w+)", tag)
        found.metavar = next(filter(None, value.groups()), "") if value else ""
        if not value and len(tag.split()) > len(found.forms):
            return None
    text = " ".join(filter(None, [more if colon else "", entry.text]))
    found.words = [text] if text else []
    return found


def _plain(line: str) -> str:
    """A roff text line without fonts and escapes."""
    return _CHAR.sub(lambda m: _CHARS[m[0]], _FONT.sub("", line))


def _macro_words(line: str) -> list[str]:
    return [a or b for a, b in re.findall(r'"((?:[^"])*)"|(\S+)', line)]


def _request(line: str) -> str:
    """The text of a font macro line (`.BR \\-a ", " \\-\\-all`) or of a plain line."""
    found = re.match(r"^\.(B|I|R|BR|BI|RB|IB|RI|IR|SB|SM)\s+(.*)$", line)
    if found is None:
        return "" if line.startswith((".", "'")) else _plain(line)
    words = _macro_words(found[2])
    return _plain((" " if len(found[1]) == 1 else "").join(words))


def _roff(lines: list[str]) -> Iterator[_Entry]:
    index = 0
    while index < len(lines):
        line, tag, start = lines[index], "", index
        if re.match(r"^\.TP\b", line):
            index += 1
            while index < len(lines) and lines[index].startswith(('.\\"', ".PD")):
                index += 1
            tag = _request(lines[index]) if index < len(lines) else ""
            start = index
        elif line.startswith(".IP"):
            words = _macro_words(line[3:])
            tag = _plain(words[0]) if words else ""
            if not tag.startswith("-") and index + 1 < len(lines):
                tag, start = _request(lines[index + 1]), index + 1
                index += 1
        elif re.match(r"^\.It\s+Fl\b", line):
            tag = _mdoc(line[4:])
        elif re.match(r"^\.(?:PP|P|LP)\b", line) and index + 2 < len(lines) and lines[index + 2].startswith(".RS"):  # fmt: skip
            index += 1
            tag, start = _request(lines[index]), index
        index += 1
        if tag.lstrip().startswith("-"):
            yield _Entry(tag.strip(), _following(lines, index), start + 1)


def _following(lines: list[str], index: int) -> str:
    words: list[str] = []
    while index < len(lines) and len(words) < 8:
        line = lines[index]
        joins = not words and re.fullmatch(r"\.IP(?: \"\" ?\d*)?\s*", line)
        if (_STOP.match(line) and not joins) or (
            words and re.match(r"^\.(?:RE|br|sp|nf)\b|^\s*$", line)
        ):
            break
        text = (
            re.sub(r"[<>]", "", _mdoc_text(line))
            if re.match(r"^\.[A-Z][a-z]\b", line)
            else _request(line)
        )
        words += [text.strip()] if text.strip() else []
        index += 1
    return " ".join(words)


def _mdoc_text(line: str) -> str:
    return _mdoc(line[1:]) if re.match(r"^\.(?:Fl|Ar|Nm|Xr|Pa|Dq|Sq|Ql|Cm|Em|Sy|Li|Va|Ev|Ic)\b", line) else ""  # fmt: skip


def _mdoc(line: str) -> str:
    out: list[str] = []
    glue, macro = False, ""
    for word in _macro_words(_plain(line)):
        if word == "Ns":
            glue = True
        elif word in {"Fl", "Ar", "Nm", "Xr", "Pa", "Dq", "Sq", "Ql", "Cm", "Em", "Sy", "Li", "Va", "Ev", "Ic", "Op", "Oo", "Oc", "No"}:  # fmt: skip
            macro = word
        elif word in {",", ".", ";", ")", "|", ":"}:
            out.append(word)
        else:
            text = f"-{word}" if macro == "Fl" else f"<{word}>" if macro == "Ar" else word
            out.append(("" if glue or not out else " ") + text)
            glue = False
            macro = macro if macro == "Ar" else ""
    return "".join(out)


def _markup(lines: list[str]) -> Iterator[_Entry]:
    """Options of scdoc, ronn, Markdown and AsciiDoc pages: a marked tag, then indented text."""
    for index, line in enumerate(lines):
        found = _MARKUP_TAG.match(line) if len(line) < 300 else None
        if found is None or not (found["end"] or found["tag"][0] in "`*_"):
            continue
        words: list[str] = []
        for follow in lines[index + 1 : index + 10]:
            text = follow.strip()
            if words and (not text or text == "+"):
                break
            if text and (_MARKUP_TAG.match(follow) or text.startswith(("#", "=="))):
                break
            words += [_MARK.sub("", text.removeprefix(": "))] if text and text != "+" else []
        tag = _MARK.sub("", found["tag"].replace("\\", ""))
        yield _Entry(tag, " ".join(words), index + 1)


def _summary(lines: list[str], roff: bool) -> tuple[str, int]:
    """What the NAME section says, and where."""
    for index, line in enumerate(lines[:80]):
        if line.startswith(".Nd "):
            return _plain(line[4:]).strip(), index + 1
        text = _request(line) if roff else _MARK.sub("", line)
        found = re.match(r"^\s*[\w.+-]+(?:\(\d\))?(?:, [\w.+-]+)*\s+--?\s+(\S.{3,200})$", text)
        if found:
            return found[1].strip(), index + 1
    return "", 0


FRAMEWORKS = (Framework("man", (), re.compile(rb"-"), _facts, _select),)
