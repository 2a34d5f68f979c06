"""analyze(): one repository in, one RepoSnapshot with facts and their evidence out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from moxi_analyzer.context import entry_files, pick_key_files
from moxi_analyzer.languages import language_of
from moxi_analyzer.manifests import Reading, readings
from moxi_analyzer.meta import read_meta
from moxi_analyzer.opening import open_source
from moxi_analyzer.programs import link_programs
from moxi_analyzer.project_type import project_type
from moxi_analyzer.redact import redact_fact
from moxi_analyzer.repository import Apart, Repository, well_formed
from moxi_analyzer.source import CLONE_TIMEOUT_S, NOT_READ, GitTree
from moxi_analyzer.surface import read_surface
from moxi_core.beside import beside
from moxi_core.errors import SettingsError, SourceError
from moxi_core.records import Fact, RepoSnapshot

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


_LARGE = 1_000
_TOLD_ELSEWHERE = frozenset({"command", "option"})


def analyze(
    target: str | os.PathLike[str],
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    timeout_s: float = CLONE_TIMEOUT_S,
    key_files: bool = True,
    aside: bool = False,
) -> RepoSnapshot:
    """Read the repository at a path or URL; nothing in it is run.

    `include` and `exclude` are patterns as in .gitignore: with `include`, only files that match
    are looked at. Without `key_files` none are picked, which saves their time. With `aside`, a
    second process may share the work on a large one. Raises SourceError when there is nothing to
    read.
    """
    with open_repository(
        target, include=include, exclude=exclude, timeout_s=timeout_s,
        key_files=key_files, aside=aside,
    ) as (_, snapshot):  # fmt: skip
        return snapshot


@contextmanager
def open_repository(
    target: str | os.PathLike[str],
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    timeout_s: float = CLONE_TIMEOUT_S,
    key_files: bool = True,
    aside: bool = False,
) -> Iterator[tuple[Repository, RepoSnapshot]]:
    """Like `analyze`, with the repository itself, which can be read until the block ends."""
    with open_source(os.fspath(target), timeout_s=timeout_s) as tree:
        repo = Repository(tree, _filter(tuple(include), tuple(exclude)))
        if not repo.files:
            raise SourceError(f"Nothing to read in {os.fspath(target)!r}: it holds no files.")
        if isinstance(tree, GitTree):
            repo.lack(tree.lacking(), besides=NOT_READ)
        if repo.unread:
            count = f"{len(repo.unread):,} files"
            repo.problem("(clone)", f"{count} of this partial clone are not here; clone it anew")
        # Two processes cannot ask one `git cat-file` each a question of its own.
        aside = aside and not isinstance(tree, GitTree)
        yield repo, snapshot_of(repo, key_files=key_files, aside=aside)


def snapshot_of(repo: Repository, *, key_files: bool = True, aside: bool = False) -> RepoSnapshot:
    """All that an opened repository says of itself; without `key_files` none are picked."""
    manifests, found = _found(repo, aside=aside and _is_large(repo))
    facts = tuple(map(redact_fact, unique(map(_writable, link_programs(repo, found)))))
    return RepoSnapshot(
        name=repo.name,
        url=repo.url,
        commit=repo.commit,
        default_branch=repo.default_branch,
        files=tuple(repo.files.values()),
        languages=_languages(repo),
        project_type=project_type(repo, facts),
        facts=facts,
        key_files=pick_key_files(repo, entry_files(repo, manifests)) if key_files else (),
        files_read=tuple(sorted(repo.read_paths)),
        problems=tuple(repo.problems),
    )


def _found(repo: Repository, *, aside: bool) -> tuple[list[Reading], list[Fact]]:
    """The readings of manifests, and all facts in the order of their readers."""

    def told() -> Apart[tuple[list[Reading], list[Fact]]]:
        return repo.apart(lambda: (list(readings(repo)), list(read_meta(repo))))

    if aside:
        with beside(told) as others:
            code = repo.apart(lambda: list(read_surface(repo, aside=True)))
            manifests, meta = repo.take(others())
        surface = repo.take(code)
    else:
        manifests, meta = repo.take(told())
        surface = list(read_surface(repo))
    return manifests, [*chain.from_iterable(one.facts for one in manifests), *meta, *surface]


def _is_large(repo: Repository) -> bool:
    """Whether a repository is worth a second process."""
    return len(repo.files) >= _LARGE


def _writable(fact: Fact) -> Fact:
    """The fact with text that UTF-8 can hold."""
    detail = {well_formed(key): well_formed(value) for key, value in fact.detail.items()}
    value, scope, text = map(well_formed, (fact.value, fact.scope, fact.text))
    if (value, scope, text, detail) == (fact.value, fact.scope, fact.text, fact.detail):
        return fact
    return replace(fact, value=value, scope=scope, text=text, detail=detail)


def unique(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Each fact once: the first of those with the same kind, value, scope and owner.

    A command or option that the code leaves without a word has its text from the page that has one.
    """
    seen: dict[tuple[str, str, str, str], Fact] = {}
    forms: dict[tuple[str, str], set[str]] = {}
    for fact in facts:
        # `demo` on npm and `demo` on PyPI are two packages, `--x` of two programs two options.
        owner = fact.detail.get("program") or fact.detail.get("ecosystem", "")
        if fact.kind == "license":  # what the manifest says and what the text is
            owner = fact.detail.get("from", "")
        key = (fact.kind, fact.value, fact.scope, owner)
        if fact.kind == "option":
            told = forms.setdefault((fact.scope, owner), set())
            if key not in seen and fact.value in told:
                continue  # `--no-color`, which the code tells as a form of `--color`
            told.update(form for form in fact.detail.get("forms", "").split(", ") if form)
        known = seen.setdefault(key, fact)
        if known is not fact and fact.text and not known.text and fact.kind in _TOLD_ELSEWHERE:
            seen[key] = replace(known, text=fact.text)
    yield from seen.values()


def _languages(repo: Repository) -> dict[str, int]:
    """Bytes of the project's own source by language, largest first.

    Of a partial clone, files are counted instead: how long they are is not known.
    """
    sizes: dict[str, int] = {}
    headers = 0
    for path, entry in repo.files.items():
        language = language_of(path)
        if language and entry.role in {"source", "test", "config"}:
            size = 1 if repo.unread else entry.size
            sizes[language.name] = sizes.get(language.name, 0) + size
            headers += size if path.endswith(".h") else 0
    if headers and sizes.get("C++", 0) > sizes["C"] - headers:  # the headers of a C++ project
        sizes |= {"C": sizes["C"] - headers, "C++": sizes["C++"] + headers}
        sizes = {name: size for name, size in sizes.items() if size}
    return dict(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))


def _filter(include: tuple[str, ...], exclude: tuple[str, ...]) -> Callable[[str], bool]:
    if not include and not exclude:
        return lambda _: True
    wanted = _patterns(include) if include else None
    unwanted = _patterns(exclude)
    return lambda path: (
        (wanted is None or wanted.match_file(path)) and not unwanted.match_file(path)
    )


def _patterns(lines: tuple[str, ...]) -> GitIgnoreSpec:
    import pathspec  # late: it costs more than reading a small repository

    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error) as error:
        shown = ", ".join(map(repr, lines))
        raise SettingsError(f"Not a pattern as in .gitignore, in {shown}: {error}.") from error
