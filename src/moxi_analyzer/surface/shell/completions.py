"""Completion files that a project ships: fish `complete`, zsh `_arguments`, bash word lists.

They come last: only what neither the code nor a man page tells is taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.shell.completions_fish import read_fish
from moxi_analyzer.surface.shell.completions_zsh import is_zsh, read_zsh
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_FILE = lazy_pattern(r"(?:.*/)?(?:[^/]+\.(?:fish|bash|zsh|bash-completion|bashcomp(?:\.sh)?)|_[\w-]+|[\w-]+[._-]completion(?:\.\w+)?)|(?:.*/)?(?:bash[_-])?completions?/(?:.*/)?[\w.-]+")  # fmt: skip
_ROLES = frozenset({"source", "config", "doc"})
_GATE = lazy_pattern(rb"^\s*complete\s+-|^#\s?compdef|\bCOMPREPLY\b", re.MULTILINE)
# More programs than this: a collection of completions for other people's programs.
_MAX_PROGRAMS = 12


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    for path, entry in repo.files.items():
        if entry.role in _ROLES and _is_hinted(path) and _FILE.fullmatch(path):
            yield path


def _is_hinted(path: str) -> bool:
    # Searches for words take a quarter of the time of one for a pattern.
    shells = ".fish" in path or ".bash" in path or ".zsh" in path
    return shells or "completion" in path or "/_" in path or path.startswith("_")


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    found: dict[str, list[Fact]] = {}
    for path in _select(repo, FRAMEWORKS[0]):
        text = repo.text(path)
        if text is None or len(text) > 400_000 or not _GATE.search(text[:400_000].encode()):
            continue
        if is_zsh(text):
            facts = list(read_zsh(path, text))
        elif "COMPREPLY" in text:
            facts = list(_bash(path, text))
        else:
            facts = list(read_fish(path, text))
        for fact in facts if len(facts) > 1 else []:
            found.setdefault(fact.detail.get("prog", ""), []).append(fact)
    if len(found) <= _MAX_PROGRAMS:
        for facts in found.values():
            yield from facts


def _bash(path: str, text: str) -> Iterator[Fact]:
    """A bash completion tells only forms, and only of a program without sub-commands surely."""
    target = re.findall(r"^\s*complete\s+.*?-F\s+\S+\s+([\w.+-]+)\s*$|^\s*} &&\s*complete -F \S+ ([\w.+-]+)", text, re.M)  # fmt: skip
    progs = {a or b for a, b in target}
    if len(progs) != 1:
        return
    program = Program(path, "completion", progs.pop())
    lists = re.findall(r"(?:-W|\w*(?:opts?|options|long|flags))\s*=?\s*(?:\(|[\"'])((?:\s*--?[\w-]+=?)+)\s*[\"')]", text)  # fmt: skip
    long = [found.split() for found in lists if "--" in found]
    if len(long) != 1:
        return
    yield program.command("", Evidence(path=path, line=1))
    for word in dict.fromkeys(long[0]):
        form = word.rstrip("=")
        if form.startswith("--") and len(form) > 2:
            line = text.count("\n", 0, max(text.find(word), 0)) + 1
            takes = "value" if word.endswith("=") else ""
            yield program.option(Option((form,), takes=takes), Evidence(path=path, line=line))


FRAMEWORKS = (Framework("completion", (), _GATE, _facts, _select),)
