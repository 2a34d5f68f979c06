"""Command lines of a README, split as a shell would read them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from .document import Code, Document

SHELLS = {
    "sh",
    "bash",
    "shell",
    "zsh",
    "console",
    "terminal",
    "fish",
    "shell-session",
    "shellsession",
    "powershell",
    "ps1",
    "pwsh",
    "cmd",
    "bat",
    "batch",
    "text-session",
    "sh-session",
    "command",
}
UNMARKED = {"", "text", "txt", "plaintext", "none", "plain"}
PROMPT = re.compile(r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w@:~/.-]*[$❯➜]|PS[^>]*>|C:[^>]*>|>|%)\s+")
CLONED = "<clone>"  # between `git clone` and the `cd` into it
ASSIGNMENT = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)=(.*)$", re.DOTALL)
TOOLS = set(
    "pip pip3 pipx uv uvx poetry pdm hatch conda mamba python python3 py npm npx yarn pnpm bun bunx node "
    "deno cargo rustup go gem bundle bundler rake ruby composer php dotnet dart flutter mix elixir cabal "
    "stack ghc clojure clj lein bb mvn gradle java javac docker docker-compose podman git make cmake ninja "
    "meson just task brew apt apt-get dnf yum pacman apk choco scoop winget snap nix curl wget cd export "
    "ctest autoreconf gcc g++ clang mypy ruff black flake8 eslint tsc vitest jest phpunit rspec rubocop "
    "xcodebuild terraform kubectl helm ls cp mv mkdir rm cat echo chmod touch tar unzip open code vim nvim "
    "tox nox pytest swift pod carthage sudo jupyter streamlit uvicorn gunicorn flask rails".split()
)


@dataclass(frozen=True)
class Command:
    """One simple command: environment settings before it, then its words."""

    words: tuple[str, ...]
    settings: tuple[str, ...]
    line: int
    folder: str  # where earlier `cd`s of the block lead
    text: str
    inline: bool = False


def _split(line: str) -> list[list[str]]:
    """Words of each simple command in a line; an unbalanced quote gives plain words."""
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
        lexer.whitespace_split = True
        lexer.commenters = ""
        tokens = list(lexer)
    except ValueError:
        tokens = line.split()
    parts: list[list[str]] = [[]]
    skip = False
    for token in tokens:
        if skip:
            skip = False
        elif token.startswith("#") and len(parts[-1]) > 0:
            break
        elif set(token) <= set(";&|()"):
            parts.append([])
        elif set(token) <= set("<>&"):
            skip = True  # the file of a redirection
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _command(
    words: list[str], settings: list[str], number: int, folder: str, line: str, inline: bool
) -> Command:
    place = "" if folder == CLONED else folder
    return Command(tuple(words), tuple(settings), number, place, line.strip(), inline)


def _commands(line: str, number: int, folder: str, inline: bool) -> tuple[list[Command], str]:
    found: list[Command] = []
    for words in _split(line):
        while words and words[0] in {"sudo", "time", "env", "exec", "command", "then", "do", "!"}:
            words = words[1:]
        settings: list[str] = []
        while words and (match := ASSIGNMENT.match(words[0])):
            settings.append(match[1])
            words = words[1:]
        if words and words[0] in {"export", "set", "setx", "declare"}:
            settings += [m[1] for w in words[1:] if (m := ASSIGNMENT.match(w))]
            words = []
        if words[:2] == ["git", "clone"]:
            folder = CLONED
        if words and words[0] in {"cd", "pushd"} and len(words) > 1:
            if folder == CLONED:
                folder, words = "", []  # into the clone: the root
            else:
                found.append(_command(words, settings, number, folder, line, inline))
                folder, words = f"{folder}/{words[1]}".strip("/"), []
        if words or settings:
            found.append(_command(words, settings, number, folder, line, inline))
    return found, folder


def _lines(block: Code) -> list[tuple[int, str]]:
    """Logical lines: continuations joined, here-documents and outputs left out."""
    rows = list(enumerate(block.lines, block.line))
    prompted = any(PROMPT.match(line) for _, line in rows)
    found: list[tuple[int, str]] = []
    waiting, until = "", ""
    for number, raw in rows:
        if until:
            until = "" if raw.strip() == until else until
            continue
        line = raw.strip() if waiting else raw
        if not waiting and prompted and not PROMPT.match(line):
            continue
        line = PROMPT.sub("", line) if not waiting else line
        whole = f"{waiting} {line}".strip() if waiting else line.strip()
        if whole.endswith(("\\", "`", "^")) and len(whole) > 1:
            waiting = whole[:-1].strip()
            continue
        waiting = ""
        here = re.search(r"<<-?\s*['\"]?(\w+)", whole)
        until = here[1] if here else ""
        if whole and not whole.startswith(("#", "//", "REM ")):
            found.append((number, whole))
    return found


def commands(document: Document, own: set[str]) -> list[Command]:
    """Commands of shell blocks, of unmarked lines that look like one, and of inline code."""
    found: list[Command] = []
    known = TOOLS | own
    for block in document.blocks:
        if block.language not in SHELLS | UNMARKED:
            continue
        folder = ""
        for number, line in _lines(block):
            parsed, after = _commands(line, number, folder, inline=False)
            if after == CLONED or not any(c.words and c.words[0] != "cd" for c in parsed):
                folder = after  # `cd web && npm test` is for its own line
            if block.language in UNMARKED:
                prompt = bool(
                    PROMPT.match(block.lines[min(number - block.line, len(block.lines) - 1)])
                )
                first = parsed[0].words[:1] if parsed else ()
                if not prompt and not (first and (first[0] in known or first[0].startswith("./"))):
                    continue
                if not prompt and re.search(r"[.!?:,]$", line):
                    continue  # a sentence that begins with a tool's name
            found += parsed
    for span in document.inline:
        text = re.sub(r"^\$\s+", "", span.text)
        program, *rest = text.split(" ") if text else [""]
        local = program.startswith("./") and rest
        if local or (program in known and (rest or program in own)):
            found += _commands(text, span.line, "", inline=True)[0]
    return found
