"""Command lines of README code blocks: words with their places, prompts and output told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from moxi_check.document import CodeBlock, Span
from moxi_core.patterns import lazy_pattern

SHELLS = frozenset(
    "sh bash zsh fish shell console terminal shell-session shellsession sh-session bash-session "
    "powershell ps ps1 pwsh bat batch cmd dos nu nushell elvish command cli".split()
)
_SESSIONS = frozenset("console terminal shell-session shellsession sh-session bash-session".split())
# `user@host:~$`, `(venv) $`, `C:\>`, `PS C:\>`, arrows of popular themes.
_PROMPT = lazy_pattern(
    r"(?:\([\w.-]+\)\s*)?(?:(?:[\w.-]+@[\w.-]+[: ]?\S{0,40}\s?|~?/?[\w./-]{0,30}\s)?"
    r"(?:[$%❯➜λ»]|PS(?:\s?[A-Z]:[^>\n]{0,60})?>|[A-Z]:\\[^>\n]{0,60}>)"
    r"|(?:[\w.-]+@[\w.-]+[: ]?\S{0,40}\s?)?>(?!>))\s+(?=\S)"  # `cat > file` is no prompt
)
_ROOT_PROMPT = lazy_pattern(r"#\s+(?=(?:apt|apt-get|dnf|yum|pacman|apk|zypper|emerge|pkg|snap)\b)")
_HEREDOC = lazy_pattern(r"<<-?\s*(['\"]?)(\w+)\1")
_ASSIGNMENT = lazy_pattern(r"[A-Za-z_]\w*\+?=")
_PLACEHOLDER = lazy_pattern(r"<[^<>]*>?|\[.*|.*\]|\{[^{}]*\}|\.\.\.|…|\$|.*(?:\.\.\.|…)$")
_MADE_UP = lazy_pattern(
    r"(?i)(?:your|my|some|path[/_-]?to|foo|bar|baz|example|xxx+|username|user)(?![a-z])|.*[_-]here$"
)
_PATH_TO = lazy_pattern(r"[/~]{0,2}(?:your/|some/|my/|code/)?path/(?:to/)?(?=[\w.-]+(?:/|$))")
# What a shell or program prints where a command goes wrong; findings in files begin with the file.
_ERROR = lazy_pattern(
    r"(?i)\s*(?:#?\s?=>\s*)?(?:[\w./-]+: ){0,2}(?:error|fatal|panic|traceback \(|(?:command )?not found|"
    r"unknown|unrecogni[sz]ed|unexpected|invalid|no such)\b(?![-.=/])"
)
_HELP_TITLE = lazy_pattern(
    r"(?i)\s*(?:usage(?:\s?:.*)?|(?:[\w-]+ ){0,3}(?:sub)?commands|(?:[\w-]+ ){0,2}(?:options|flags|arguments|actions))\s?:?\s*"
)
_HELP_ROW = lazy_pattern(
    r"\s*[\w:.-]+(?:, ?[\w:.-]+){0,3}(?:\s[<\[][^\]>\n]{0,40}[\]>]\S{0,3}){0,3}(?:\s{2,}|\t\s*)[(\w\[\"'`]"
)
_OPERATORS = ("&&", "||", ";;", "|&", "&", "|", ";", "(", ")")


@dataclass(frozen=True, slots=True)
class Word(Span):
    """One word of a command; `text` is without quotes, `raw` as written."""

    raw: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it stands for itself: no variable, no pattern, no placeholder."""
        return not is_placeholder(self.text) and not any(c in self.text for c in "$`*<>{}[]")

    @property
    def is_option(self) -> bool:
        """Whether it is an option such as `-v` or `--color=auto`."""
        return len(self.text) > 1 and self.text[0] == "-" and self.text not in {"--", "---"}


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command: its words, the variables set before it, and where it is run.

    `folder` is the directory below the repository's root after the `cd`s before it; None where that
    is not known. `piped` tells that it reads what another command writes.
    """

    words: tuple[Word, ...]
    variables: tuple[Word, ...] = ()
    folder: str | None = ""
    piped: bool = False
    redirected: tuple[Word, ...] = ()

    @property
    def name(self) -> str:
        """The program's name as written, "" for none."""
        return self.words[0].text if self.words else ""


def is_placeholder(text: str) -> bool:
    """Whether a word stands for what the reader is to put in its place."""
    return bool(_PLACEHOLDER.fullmatch(text)) or bool(_MADE_UP.match(text.lstrip("-@./~")))


def commands(block: CodeBlock) -> list[Command]:
    """The commands of a code block; none where its language is not a shell's."""
    if block.language and block.language not in SHELLS | {"text", "txt", "plain", "plaintext"}:
        return []
    where = _Where()
    rows = _rows_of_help(block)
    lines = (words for words in _logical_lines(block) if words and words[0].line not in rows)
    return [c for words in lines for c in _split(words, where)]


def _rows_of_help(block: CodeBlock) -> set[int]:
    """Lines of a help text that tell of a subcommand each: `  list   List all tasks`."""
    lines = block.lines()
    if not any(_HELP_TITLE.fullmatch(line.text) for line in lines):
        return set()
    return {line.line for line in lines if _HELP_ROW.match(line.text)}


def command_line(span: Span) -> list[Command]:
    """The commands of one line, such as a code span in prose; a prompt before it is no part."""
    start = _prompt_end(span.text)
    return list(_split(_words(span.text, span.line, span.column, start), _Where()))


# What compose prints of a service: `web-1  | yarn run v1.22.19`.
_LOGGED = lazy_pattern(r"\s*[\w.-]+[-_]\d+\s+\|(?:\s|$)")


def _prompt_end(line: str) -> int:
    found = _PROMPT.match(line) or _ROOT_PROMPT.match(line)
    return found.end() if found else 0


def _logical_lines(block: CodeBlock) -> Iterator[list[Word]]:
    """Words of each line a shell would run, continuations joined, output and heredocs left out.

    What is shown as going wrong, an error right below it, tells nothing of what is right.
    """
    lines = block.lines()
    has_prompts = any(_prompt_end(span.text.lstrip()) for span in lines)
    if block.language in _SESSIONS and not has_prompts:
        has_prompts = False
    pending: list[Word] = []
    until = ""
    for span, below in zip_longest(lines, lines[1:]):
        if until:
            until = "" if span.text.strip() == until else until
            continue
        indent = len(span.text) - len(span.text.lstrip())
        start = indent + _prompt_end(span.text.lstrip())
        if (has_prompts and not pending and start == indent) or (
            not pending and _LOGGED.match(span.text)
        ):
            continue  # what a command printed
        text = span.text
        goes_on = _continues(text, block.language)
        if goes_on:
            text = text.rstrip()[:-1]
        heredoc = _HEREDOC.search(text)
        until = heredoc[2] if heredoc else ""
        pending += _words(text, span.line, span.column, start)
        if not goes_on:
            if below is None or not _ERROR.match(below.text):
                yield pending
            pending = []
    if pending:
        yield pending


def _continues(text: str, language: str) -> bool:
    end = text.rstrip()[-1:]
    if end == "\\":
        return True
    if end == "`":
        return language in {"powershell", "ps", "ps1", "pwsh"} and text.count("`") % 2 == 1
    return end == "^" and language in {"bat", "batch", "cmd", "dos"}


def _words(text: str, line: int, column: int, start: int = 0) -> list[Word]:
    """Words and operators from `start` on; comments end the line."""
    words: list[Word] = []
    index = start
    while index < len(text):
        char = text[index]
        if char in " \t\xa0":
            index += 1
            continue
        if char == "#" and (index == 0 or text[index - 1] in " \t;"):
            break
        operator = next((o for o in _OPERATORS if text.startswith(o, index)), "")
        if operator and not (char == "&" and words and words[-1].raw.endswith(">")):
            words.append(Word(operator, line, column + index, operator))
            index += len(operator)
            continue
        value, end = _word(text, index)
        words.append(Word(value, line, column + index, text[index:end]))
        index = end
    return words


def _word(text: str, index: int) -> tuple[str, int]:
    """One word, quotes removed, and where it ends. Angle brackets of `<file>` stay together."""
    value: list[str] = []
    start = index
    while index < len(text):
        char = text[index]
        if char in " \t\xa0":
            break
        if char in "\"'":
            close = text.find(char, index + 1)
            if close < 0:
                close = len(text)
            value.append(text[index + 1 : close])
            index = close + 1
        elif char == "\\" and index + 1 < len(text) and not _is_windows_path(text, start, index):
            value.append(text[index + 1])
            index += 2
        elif char in "<[{" and _closing(text, index) > 0:
            close = _closing(text, index)
            value.append(text[index : close + 1])
            index = close + 1
        elif char in "|;" or (char == "&" and text[index - 1 : index] != ">"):
            break
        elif char == "(" and text[index - 1 : index] != "$" and index > start:
            value.append(char)
            index += 1
        elif char == ")" and "(" not in value and "$(" not in text[start:index]:
            break
        else:
            value.append(char)
            index += 1
    return "".join(value), max(index, start + 1)


def _closing(text: str, index: int) -> int:
    """Where a bracket that begins a placeholder is closed; -1 for a redirection or none."""
    pairs = {"<": ">", "[": "]", "{": "}"}
    close = text.find(pairs[text[index]], index + 1)
    inside = text[index + 1 : close] if close > 0 else ""
    if text[index] == "<" and (
        not inside or inside[0] in " <(&" or len(inside) > 60 or text[index - 1 : index] == "<"
    ):
        return -1
    return close


def _is_windows_path(text: str, start: int, index: int) -> bool:
    """Whether a backslash separates folders: `.\\gradlew.bat`, `C:\\tools`, `venv\\Scripts`."""
    after = text[index + 1 : index + 2]
    return after.isalnum() or after in {".", "_"} or text[start:index] in {".", ".."}


def _split(words: list[Word], where: _Where) -> Iterator[Command]:
    """Simple commands between operators; redirections taken out."""
    current: list[Word] = []
    piped = False
    for word in [*words, Word(";", 0, 0, ";")]:
        if word.raw in _OPERATORS:
            yield from _ended(current, where, piped)
            current, piped = [], word.raw in {"|", "|&"}
        elif word.raw.startswith("$(") and len(word.text) > 2:  # what another command prints
            yield from _ended(current, where, piped)
            current = [Word(word.text[2:], word.line, word.column + 2, word.raw[2:])]
        else:
            current.append(word)


def _ended(words: list[Word], where: _Where, piped: bool) -> Iterator[Command]:
    command = _simple(words, where.folder, piped)
    if command.words or command.variables:
        yield command
        where.follow(command)


def _simple(words: list[Word], folder: str | None, piped: bool) -> Command:
    kept: list[Word] = []
    redirected: list[Word] = []
    variables: list[Word] = []
    target = False
    for word in words:
        if target:
            redirected.append(word)
            target = False
        elif word.raw.lstrip("0123456789&").startswith((">", "<")) and not is_placeholder(word.raw):
            rest = word.raw.lstrip("0123456789&").lstrip("><")
            target = not rest
            if rest and not rest.startswith("&"):
                redirected.append(word)
        elif not kept and _ASSIGNMENT.match(word.raw):
            variables.append(word)
        else:
            kept.append(word)
    return Command(tuple(kept), tuple(variables), folder, piped, tuple(redirected))


class _Where:
    """The folder that commands are run in, as `cd`, `git clone` and `mkdir` change it."""

    def __init__(self) -> None:
        self.folder: str | None = ""
        self._clone = ""
        self._made: set[str] = set()

    def follow(self, command: Command) -> None:
        """Take a command into account that has been run."""
        plain = [word.text for word in command.words[1:] if not word.is_option]
        if command.name == "git" and plain[:1] == ["clone"] and len(plain) > 1:
            self._clone = plain[-1].rstrip("/").rpartition("/")[2].removesuffix(".git")
        elif command.name in {"mkdir", "md"}:
            self._made.update(plain)
        elif command.name in {"cd", "pushd", "Set-Location", "chdir"} and plain:
            self._enter(plain[0], command.words[1].is_plain)

    def _enter(self, target: str, plain: bool) -> None:
        made_up = _PATH_TO.match(target)
        if made_up:  # `cd /path/to/demo`
            self.folder, plain, target = "", True, target[made_up.end() :]
        first, _, rest = target.replace("\\", "/").strip("/").partition("/")
        if self._clone and first == self._clone:
            self.folder, self._clone, target = "", "", rest
        if (
            self.folder is None
            or not plain
            or target.startswith(("/", "~", "-"))
            or first in self._made
        ):
            self.folder = None
            return
        parts = [part for part in self.folder.split("/") if part]
        for part in target.replace("\\", "/").split("/"):
            if part == ".." and not parts:
                self.folder = None
                return
            if part == "..":
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        self.folder = "/".join(parts)
