"""Options that stand alone: in code spans, in tables, in plain words, in help texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.document import CodeBlock, Document, InlineCode, Span
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_check.kinds.told import ALTERNATIVES
from moxi_check.programs import Programs, option_form
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern


@dataclass(frozen=True, slots=True)
class Alone:
    """An option without its program. `doubt` tells why it is no claim on today's own programs.

    `group` is what stands together with it: one help text, one page of prose. `tool` is another
    program that is spoken of beside it.
    """

    span: Span
    group: str = ""
    doubt: str = ""
    tool: str = ""


# Other programs, of whose options a sentence or section may speak; those in the second part only
# where they are set as code, for they are also plain words.
_TOOLS = lazy_pattern(
    r"(?i)(?<![\w-])(?:npm|npx|yarn|pnpm|bun|deno|node|tsc|jest|vitest|mocha|eslint|webpack|vite|rollup|prettier|pip|pipx|"
    r"uv|poetry|conda|pytest|tox|nox|setuptools|cargo|rustc|rustup|clippy|git|svn|docker|podman|kubectl|helm|cmake|ninja|"
    r"meson|gcc|g\+\+|clang|llvm|gradlew?|maven|mvnw?|java|javac|jvm|dotnet|nuget|msbuild|bundler|rake|phpunit|brew|"
    r"homebrew|apt|apt-get|dnf|yum|pacman|choco|winget|curl|wget|ssh|rsync|grep|awk|xargs|powershell|vim|neovim|nvim|emacs|"
    r"vscode|tmux|ffmpeg|chrome|chromium|xcodebuild|xcode|flutter|elixir|ghc|cabal|ansible|terraform|systemctl|sudo|psql|"
    r"mysql|redis-cli|openssl|gpg|gdb|lldb|valgrind|qemu|jq|fzf|gunicorn|uvicorn|mpirun|torchrun|go (?:build|run|test|install|get|mod))"
    r"(?![\w-])|(?<![\w`])`(?P<code>[a-z][\w.-]*)(?: [a-z-]|`(?='s | (?:option|flag|command|argument|tool|program|with|and|takes|has)\b))"
)
# An option that once was, will be, or is not.
_NOT_NOW = lazy_pattern(
    r"(?i)\b(?:future|plan(?:s|ned)? to|(?:been|was|were|be|is|are) removed|removal|deprecat\w+|no longer|used to|renamed|previously|formerly|obsolete|"
    r"unsupported|n[o']t (?:support|implement|have|exist)\w*|there(?:'s| is) no|coming soon|todo|propos\w+|hypothetical)\b"
)
_MADE_UP = lazy_pattern(
    r"(?i)--?(?:(?:long-?)?flags?|(?:long-?)?options?|opts?|args?|xxx+|[a-z]*(?:foo|bar|baz)|x|key|whatever|something)(?:=.*)?|.*=value"
)
# A program in some version, to which what stands in brackets after it belongs: `demo 3.10 (`.
_RELEASED = lazy_pattern(r"(?P<name>[A-Za-z][\w-]+)`?\s+v?\d+(?:\.\d+)+\+?[^().]{0,20}\(\W*$")
_INSTALLS = lazy_pattern(
    r"(?i)\b(?:install(?:ing|s|ation)?|(?<!\ball )(?<!\bany )(?<!\bthe )(?<!\byour )installed|built|build(?:ing|s)?|compil(?:ed?|ing|es)|configur(?:ed?|ing|es))\b[^.§]{0,40}\bwith\b"
)
_HUMPED = lazy_pattern(r"[a-z][A-Z]")
_ELSEWHERE = lazy_pattern(
    rf"(?i)\b(?:migrat(?:e|ing|ion)|{ALTERNATIVES}|compar\w+|related|similar|upgrad\w+|other (?:projects|tools)|inspir\w+|"
    r"prior art|see also)\b"
)
_NO_TOOLS = frozenset(
    "true false null none yes no on off it that what let there here who user file".split()
)
_LONG = 2_000
_HELP_LINE = lazy_pattern(r"\s*(?=--?[A-Za-z0-9])")
_HELP_FORM = lazy_pattern(r"(?P<form>--?[A-Za-z0-9][\w.-]*)")
_NOT_TEXT = frozenset(
    {
        "diff",
        "patch",
        "yaml",
        "yml",
        "json",
        "toml",
        "ini",
        "sql",
        "lua",
        "haskell",
        "hs",
        "markdown",
        "md",
    }
)


def alone(document: Document, programs: Programs, owner: str = "") -> Iterator[Alone]:
    """The options of a page that stand in no command; `owner` may have another program of its name."""
    own = frozenset(name.lower() for name in programs.by_name)
    lines = document.source.split("\n")
    for code in document.codes:
        line = lines[code.line - 1] if code.line <= len(lines) else ""
        yield from _of_code(code, own, line, owner)
    for block in document.blocks:
        yield from _of_help(block)


def is_made_up(word: str) -> bool:
    """Whether an option stands for any option: `--flag`, `--foo`, `--name=value`, `--a.b`."""
    form = option_form(word)
    return bool(is_placeholder(form) or "." in form or _MADE_UP.fullmatch(word))


def is_of_others(section: tuple[str, ...]) -> bool:
    """Whether the titles above a place tell of other programs, or of other times."""
    return any(_ELSEWHERE.search(title) for title in section)


def _of_code(code: InlineCode, own: frozenset[str], line: str, owner: str) -> Iterator[Alone]:
    """`--color`, `-c, --color <when>`, `--color=auto --paging never`."""
    text = code.text
    parts = re.split(r"([\s,|/]+)", text)
    if "\n" in text or not option_form(parts[0]):
        return
    # The mark keeps words on both sides of the option apart.
    around = f"{_sentence_before(code.before)} § {_sentence_after(_closed(code.after))}"
    doubt = _doubt(code, around)
    tool = _tool(f"{around} {' '.join(code.section[-1:])} {line[:_LONG]}", own)
    if not tool and owner and owner not in own and re.search(rf"(?i)\b{re.escape(owner)}\b", line):
        tool = owner
    released = _RELEASED.search(code.before)
    if not tool and released and released["name"].lower() not in own:
        tool = released["name"]
    if not tool and _INSTALLS.search(around):
        tool = "what installs it"
    at = 0
    for part in parts:
        form = option_form(part)
        if form and not re.fullmatch(r"[-+]\d.*", form):
            stop = doubt or ("a placeholder" if is_made_up(part) else "")
            yield Alone(Span(form, code.line, code.column + at), "", stop, tool)
        elif part == "--":
            return
        at += len(part)


def _doubt(code: InlineCode, around: str) -> str:
    if is_of_others(code.section):
        return "the section is on other projects or times"
    return "it may be told of as what is not there" if _NOT_NOW.search(around) else ""


def _tool(text: str, own: frozenset[str]) -> str:
    """Another program that a text speaks of."""
    for found in _TOOLS.finditer(text):
        name = (found["code"] or found[0]).lower()
        is_file = name.rpartition(".")[2] in FILE_SUFFIXES and "." in name
        is_name = _is_humped(found, text)
        if name not in own and name not in _NO_TOOLS and not (is_file or is_name):
            return name
    return ""


def _is_humped(found: re.Match[str], text: str) -> bool:
    """Whether what stands alone in a code span is named as code is, not as a program: `matchingExamples`."""
    code = found["code"]
    return bool(code) and text[found.end("code")] == "`" and bool(_HUMPED.search(code))


def _closed(text: str) -> str:
    """The text up to a code span that is cut off at its end."""
    return text if text.count("`") % 2 == 0 else text[: text.rindex("`")]


def _sentence_before(text: str) -> str:
    return re.split(r"[.!?]\s|\n\s*[-*|]\s", text)[-1]


def _sentence_after(text: str) -> str:
    return re.split(r"[.!?](?:\s|$)|\n\s*[-*|]\s", text)[0]


def group_of(block: CodeBlock) -> str:
    """The name under which the options of one help text are judged together."""
    return f"block:{block.line}"


def _of_help(block: CodeBlock) -> Iterator[Alone]:
    """The option lines of a help text: `  -c, --color WHEN   when to use colors`."""
    if block.language in _NOT_TEXT:
        return
    doubt = "the section is on other projects or times" if is_of_others(block.section) else ""
    group = group_of(block)
    goes_on = False
    for line in block.lines():
        start = _HELP_LINE.match(line.text)
        is_command = goes_on  # a line of a command that was broken, not of a help text
        goes_on = line.text.rstrip().endswith("\\")
        if start is None or is_command:
            continue
        at = start.end()
        head = re.split(r"\s{2,}|\t", line.text[at:], maxsplit=1)[0]
        for found in _HELP_FORM.finditer(head):
            before = head[: found.start()].rstrip()
            if (
                found.start()
                and not before.endswith((",", "|", "/", " or"))
                and not _is_form(before)
            ):
                continue
            form = found["form"].rstrip(".-")
            column = at + found.start() + (line.column if line.line != block.line else block.column)
            stop = doubt or ("a path of keys" if "." in form else "")
            yield Alone(Span(form, line.line, column), group, stop)


def _is_form(text: str) -> bool:
    return bool(re.fullmatch(r"--?[\w-]+", text))
