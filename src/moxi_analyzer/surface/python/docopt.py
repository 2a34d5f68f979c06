"""docopt: the usage text is the command line; it is read as docopt itself reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.python.argparse_options import keywords_of
from moxi_analyzer.surface.python.command_lines import (
    Command,
    Option,
    command_facts,
    enclosing_function,
)
from moxi_analyzer.surface.python.names import names_of
from moxi_analyzer.surface.python.values import Values, docstring_of, first_sentence, positional
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_USAGE = lazy_pattern(r"^[^\n]*usage:[ \t]*\n?(?:[ \t]*\S[^\n]*\n?)*", re.IGNORECASE | re.MULTILINE)
_WORD = lazy_pattern(r"[a-z][\w-]*")
_TOKEN = lazy_pattern(r"<[^<>]+>|--?[\w-]+(?:[= ]<[^<>]+>|=[A-Z_-]+)?|[\w-]+|[()\[\]|]|\.\.\.")
_POSITIONAL = lazy_pattern(r"<[^<>]+>|[A-Z][A-Z0-9_-]*")
_OPTION_LINE = lazy_pattern(r"^[ \t]*(-\S.*)$")
_FORM = lazy_pattern(r"(--?[\w?-]+)(?:[= ](<[^<>]+>|[A-Z][A-Z0-9_-]*))?")
_DEFAULT = lazy_pattern(r"\[default:\s*([^\]]*)\]", re.IGNORECASE)


def parse_usage(doc: str, at: Evidence) -> Command | None:
    """The command line that a usage text describes; None if there is no usage in it."""
    found = _USAGE.search(doc)
    if found is None:
        return None
    lines = found[0].split(":", 1)[1].strip().splitlines()
    prog = lines[0].split()[0] if lines and lines[0].split() else ""
    root = Command("", at, first_sentence(doc[: found.start()]), prog if prog.isascii() else "")
    options = {form: option for option in _described(doc, at) for form in option.forms}
    if not lines:
        return None
    first = at.line + doc[: doc.index(lines[0], found.start())].count("\n")
    for offset, line in _patterns(lines, prog):
        _pattern(root, line, options, replace(at, line=first + offset))
    for option in dict.fromkeys(options.values()):
        if not _mentions(root, option):
            root.add(option)
    return root


def _patterns(lines: list[str], prog: str) -> list[tuple[int, str]]:
    """(line, text) of usage patterns, continuation lines joined, the program's name removed."""
    patterns: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        words = line.split(maxsplit=1)
        if words and words[0] == prog:
            patterns.append((number, words[1] if len(words) > 1 else ""))
        elif patterns and words:
            patterns[-1] = (patterns[-1][0], f"{patterns[-1][1]} {line.strip()}")
    return patterns


def _pattern(root: Command, line: str, options: dict[str, Option], at: Evidence) -> None:
    tokens = _TOKEN.findall(line)
    paths: list[list[str]] = [[]]
    while tokens:
        group = _alternatives(tokens)
        if group:
            paths = [[*path, word] for path in paths for word in group]
        else:
            break
    commands = [_below(root, path, at) for path in paths]
    depth = 0
    for index, part in enumerate(tokens):
        depth += {"[": 1, "]": -1}.get(part, 0)
        repeated = tokens[index + 1 : index + 2] == ["..."]
        option = _token_option(part, options, at, required=depth <= 0, repeated=repeated)
        if option is not None:
            for command in commands:
                command.add(option)


def _token_option(
    part: str, options: dict[str, Option], at: Evidence, *, required: bool, repeated: bool
) -> Option | None:
    if _POSITIONAL.fullmatch(part):
        detail = {
            "required": "true" if required else "",
            "repeatable": "true" if repeated else "",
        }
        return Option([part.strip("<>")], at, positional=True, detail=detail)
    found = _FORM.match(part) if part.startswith("-") else None
    if found is None or found[1] in {"-", "--"}:
        return None
    detail = {"takes": "value" if found[2] else "flag", "metavar": found[2] or ""}
    return options.get(found[1]) or Option([found[1]], at, detail=detail)


def _alternatives(tokens: list[str]) -> list[str]:
    """Take one command word, or a group of them such as `(set|remove)`, off the front."""
    if _WORD.fullmatch(tokens[0]) and tokens[0] != "options":
        return [tokens.pop(0)]
    if tokens[0] == "(" and ")" in tokens:
        end = tokens.index(")")
        inner = tokens[1:end]
        if inner and all(_WORD.fullmatch(t) for t in inner[::2]) and set(inner[1::2]) <= {"|"}:
            del tokens[: end + 1]
            return inner[::2]
    return []


def _below(root: Command, path: list[str], at: Evidence) -> Command:
    command = root
    for name in path:
        command.child(Command(name, at))
        command = next(child for child in command.children if child.name == name)
    return command


def _mentions(command: Command, option: Option) -> bool:
    return option in command.options or any(_mentions(c, option) for c in command.children)


def _described(doc: str, at: Evidence) -> Iterator[Option]:
    """Options from lines that begin with a dash, with the text two spaces after them."""
    lines = doc.splitlines()
    usage_over = False
    for number, line in enumerate(lines):
        usage_over = usage_over or not line.strip() or bool(_OPTION_LINE.match(line))
        found = _OPTION_LINE.match(line)
        if not found or not usage_over:
            continue
        names, _, text = found[1].partition("  ")
        for more in lines[number + 1 :]:
            if not more.strip() or _OPTION_LINE.match(more) or not more.startswith(" "):
                break
            text += " " + more.strip()
        forms = [(m[1], m[2] or "") for m in _FORM.finditer(names)]
        if not forms:
            continue
        default = _DEFAULT.search(text)
        metavar = next((value for _, value in forms if value), "")
        detail = {
            "takes": "value" if metavar else "flag",
            "metavar": metavar,
            "default": default[1].strip() if default else "",
        }
        place = replace(at, line=at.line + number)
        text = re.sub(r"\s+(?=[.,])", "", _DEFAULT.sub("", text)).strip().rstrip(",")
        yield Option([form for form, _ in forms], place, text, detail=detail)


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names = names_of(repo)
    for source in sources:
        module = names.at(source.path)
        for _, match in module.source.matches("docopt") if module else ():
            call = match["call"][0]
            values = Values(names, module) if module else None
            if module is None or values is None:
                continue
            given = positional(call)[:1]
            node = given[0] if given else keywords_of(values, call).get("doc")
            doc, line = values.string(node) or "", call.start_point.row + 1
            place = values.origin(node)
            if text_of(node) in {"__doc__", ""}:
                doc, line = docstring_of(module.source.root), 1
                first = doc.partition("\n")[0]
                text = repo.text(module.path) or ""
                line += text.partition(first)[0].count("\n") if first else 0
            elif place is not None and place[0] is module:
                line = place[1].start_point.row + 1
            command = parse_usage(doc, Evidence(path=module.path, line=line))
            if command is not None:
                symbol = enclosing_function(call)
                yield from command_facts(repo, command, "docopt", module, symbol)
                break


FRAMEWORKS = (Framework("docopt", ("python",), re.compile(rb"docopt"), _facts),)
