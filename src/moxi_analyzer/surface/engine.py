"""Runs frameworks over a repository: a cheap test on the bytes first, then a parse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from moxi_analyzer.guard import guarded
from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.gates import Searchable
from moxi_analyzer.syntax import Source, source_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

MAX_FILES_PER_FRAMEWORK = 1_500
_INTERPRETER = lazy_pattern(rb"#![^\n]*?\b(node|bun|deno|tsx|ts-node|python|ruby|php)")
_INTERPRETERS = {
    b"node": "javascript",
    b"bun": "typescript",
    b"deno": "typescript",
    b"tsx": "typescript",
    b"ts-node": "typescript",
    b"python": "python",
    b"ruby": "ruby",
    b"php": "php",
}


def _own_sources(repo: Repository, framework: Framework) -> Iterable[str]:
    return repo.own_sources(*framework.grammars)


@dataclass(frozen=True)
class Framework:
    """How one framework, or one kind of surface of one language, is read.

    `gate` is searched in a file's bytes before it is parsed. `facts` gets the repository and the
    files that passed, parsed lazily, and yields facts. `select` names the candidate files; by
    default all source files of the grammars, without tests, examples and vendored code.
    """

    name: str
    grammars: tuple[str, ...]
    gate: Searchable
    facts: Callable[[Repository, Iterable[Source]], Iterator[Fact]]
    select: Callable[[Repository, Framework], Iterable[str]] = field(default=_own_sources)


def scan(repo: Repository, frameworks: list[Framework]) -> Iterator[Fact]:
    """Facts of all frameworks; each candidate file is read once to find which of them it needs."""
    wanted: dict[str, list[Framework]] = {}
    for framework in frameworks:
        for path in framework.select(repo, framework):
            wanted.setdefault(path, []).append(framework)
    passed: dict[str, list[str]] = {framework.name: [] for framework in frameworks}
    for path, candidates in wanted.items():
        content = repo.read(path)
        if content is None:
            continue
        for framework in candidates:
            if framework.gate.search(content):
                passed[framework.name].append(path)
    for framework in frameworks:
        paths = passed[framework.name][:MAX_FILES_PER_FRAMEWORK]
        if paths:
            found = framework.facts(repo, _sources(repo, paths))
            yield from guarded(repo, framework.name, f"({framework.name})", found)


def _sources(repo: Repository, paths: Iterable[str]) -> Iterator[Source]:
    for path in paths:
        content = repo.read(path)
        grammar = _grammar_of(path, content) if content is not None else None
        if content is not None and grammar is not None:
            yield source_of(path, grammar, content)


def _grammar_of(path: str, content: bytes) -> str | None:
    """By the file's name; for a program without a suffix, by its `#!` line.

    Languages of which we carry no grammar have the grammar "": their text can still be read.
    """
    language = language_of(path)
    if language is not None:
        return language.grammar or ""
    found = _INTERPRETER.match(content)
    return _INTERPRETERS[found[1]] if found else None
