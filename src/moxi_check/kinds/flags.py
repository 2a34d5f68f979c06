"""Options that stand alone: in code spans, in tables, in plain words, in help texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.document import CodeBlock, Document, InlineCode, Span
from moxi_check.kinds.told import is_elsewhere
from moxi_check.programs import Programs, option_form
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern


@dataclass(frozen=True, slots=True)
class Alone:
    """An option without its program. `doubt` tells why it may be another program's.

    `group` is what stands together with it: one help text, one page of prose.
    """

    span: Span
    group: str = ""
    doubt: str = ""


# Other programs, of whose options a sentence or section may speak.
_TOOLS = lazy_pattern(
    r"(?i)(?<![\w-])(?:npm|npx|yarn|pnpm|bun|deno|node|tsc|jest|vitest|mocha|eslint|webpack|vite|rollup|pip|pipx|uv|poetry|"
    r"conda|pytest|tox|nox|setuptools|cargo|rustc|rustup|clippy|git|hg|svn|docker|podman|compose|kubectl|helm|make|cmake|"
    r"ninja|meson|gcc|g\+\+|clang|llvm|ld|gradlew?|maven|mvnw?|java|javac|jvm|dotnet|nuget|msbuild|gem|bundler?|rake|ruby|"
    r"composer|php|phpunit|brew|homebrew|apt|apt-get|dnf|yum|pacman|snap|choco|scoop|winget|curl|wget|ssh|rsync|tar|grep|"
    r"sed|awk|xargs|ls|cat|less|man|rm|cp|mv|find|tree|sort|diff|patch|ps|top|du|df|jq|rg|fd|fzf|bat|parallel|env|time|date|kill|"
    r"chmod|psql|mysql|sqlite3?|redis-cli|ssh-keygen|openssl|gpg|strace|gdb|lldb|valgrind|perf|qemu|mount|dd|prettier|"
    r"bash|zsh|fish|powershell|vim|neovim|nvim|emacs|vscode|tmux|ffmpeg|chrome|chromium|"
    r"electron|swift|xcodebuild|xcode|flutter|dart|mix|elixir|ghc|cabal|stack|nix|ansible|terraform|systemctl|sudo|go (?:build|run|test|install|get|mod)|rails|manage\.py|python|gunicorn|uvicorn|mpirun|torchrun|sphinx|configure|configure\.sh)(?![\w-])"
)
# An option that once was, will be, or is not.
_NOT_NOW = lazy_pattern(
    r"(?i)\b(?:future|plan(?:s|ned)?|will (?:be|add)|remov\w+|deprecat\w+|no longer|used to|renamed|previously|formerly|"
    r"obsolete|unsupported|n[o']t (?:support|implement|have|exist)\w*|there(?:'s| is) no|instead of|replac\w+|coming soon|todo|"
    r"wish|propos\w+|upstream|like|similar to|inspired|equivalent|hypothetical)\b"
)
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


def alone(document: Document, programs: Programs) -> Iterator[Alone]:
    """The options of a page that stand in no command."""
    own = frozenset(programs.by_name)
    for code in document.codes:
        yield from _of_code(code, own)
    for block in document.blocks:
        yield from _of_help(block)


def _of_code(code: InlineCode, own: frozenset[str]) -> Iterator[Alone]:
    """`--color`, `-c, --color <when>`, `--color=auto --paging never`."""
    text = code.text
    if "\n" in text or not option_form(text):
        return
    doubt = _doubt(code, own)
    at = 0
    for part in re.split(r"([\s,|/]+)", text):
        form = option_form(part)
        if form and not re.fullmatch(r"[-+]\d.*", form):
            stop = doubt or ("a placeholder" if is_placeholder(form) or "." in form else "")
            yield Alone(Span(form, code.line, code.column + at), "", stop)
        elif part == "--":
            return
        at += len(part)


def _doubt(code: InlineCode, own: frozenset[str]) -> str:
    if is_elsewhere(code.section):
        return "the section is on other projects or times"
    around = f"{_sentence_before(code.before)} {_sentence_after(code.after)} {' '.join(code.section[-1:])}"
    if _NOT_NOW.search(around):
        return "it may be told of as what is not there"
    for found in _TOOLS.finditer(around):
        if found[0].lower() not in own:
            return f"it may be an option of {found[0]}"
    return ""


def _sentence_before(text: str) -> str:
    return re.split(r"[.!?]\s|\n\s*[-*|]\s", text)[-1]


def _sentence_after(text: str) -> str:
    return re.split(r"[.!?](?:\s|$)|\n\s*[-*|]\s", text)[0]


def _of_help(block: CodeBlock) -> Iterator[Alone]:
    """The option lines of a help text: `  -c, --color WHEN   when to use colors`."""
    if block.language in _NOT_TEXT:
        return
    doubt = "the section is on other projects or times" if is_elsewhere(block.section) else ""
    group = f"block:{block.line}"
    for line in block.lines():
        start = _HELP_LINE.match(line.text)
        if start is None:
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
