"""Runs frameworks over a repository: a cheap test on the bytes first, then a parse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from moxi_analyzer.guard import guarded
from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Apart, Repository
from moxi_analyzer.surface.gates import Searchable
from moxi_analyzer.syntax import Source, source_of
from moxi_core.beside import shared
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

MAX_FILES_PER_FRAMEWORK = 1_500
_WORTH_SHARING = 500_000  # bytes to parse
# Its readers follow names from file to file, through trees that all of them share: one process reads all.
_FOLLOWED = frozenset({"go"})
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


def scan(repo: Repository, frameworks: list[Framework], *, aside: bool = False) -> Iterator[Fact]:
    """Facts of all frameworks; each candidate file is read once to find which of them it needs.

    With `aside`, a second process may share the frameworks.
    """
    passed = _passed(repo, frameworks)
    if not aside:
        for framework, paths in passed:
            yield from _facts(repo, framework, paths)
        return
    groups: dict[str, list[tuple[Framework, list[str]]]] = {}
    for framework, paths in passed:
        kin = next((g for g in framework.grammars if g in _FOLLOWED), framework.name)
        groups.setdefault(kin, []).append((framework, paths))
    jobs = [partial(_apart, repo, group) for group in groups.values()]
    costs = [
        sum(repo.files[path].size for _, paths in group for path in paths)
        for group in groups.values()
    ]
    # What a job notes is kept apart: it is noted in the order of frameworks, whoever read them.
    made = shared(jobs, costs) if sum(costs) >= _WORTH_SHARING else [job() for job in jobs]
    found = {name: apart for job in made for name, apart in job}
    for framework, _ in passed:
        yield from repo.take(found[framework.name])


def _passed(repo: Repository, frameworks: list[Framework]) -> list[tuple[Framework, list[str]]]:
    """The frameworks that some file concerns, each with these files."""
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
    found = ((f, passed[f.name][:MAX_FILES_PER_FRAMEWORK]) for f in frameworks)
    return [(framework, paths) for framework, paths in found if paths]


def _facts(repo: Repository, framework: Framework, paths: list[str]) -> Iterator[Fact]:
    found = framework.facts(repo, _sources(repo, paths))
    return guarded(repo, framework.name, f"({framework.name})", found)


def _apart(
    repo: Repository, group: list[tuple[Framework, list[str]]]
) -> list[tuple[str, Apart[list[Fact]]]]:
    """By the name of each framework of a group, its facts and what it noted."""
    return [(one[0].name, repo.apart(partial(_listed, repo, *one))) for one in group]


def _listed(repo: Repository, framework: Framework, paths: list[str]) -> list[Fact]:
    return list(_facts(repo, framework, paths))


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
