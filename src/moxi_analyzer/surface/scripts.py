"""Scripts without a suffix: which interpreter their first line names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.gates import Searchable
from moxi_analyzer.syntax import Source, source_of
from moxi_core.patterns import lazy_pattern

_FOLDERS = frozenset({"", "bin", "exe", "sbin", "script", "scripts", "libexec", "src", "tools"})
_SHEBANG = lazy_pattern(rb"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?([A-Za-z]+)")


def bare_scripts(repo: Repository) -> Iterator[str]:
    """Files without a suffix where programs usually stand."""
    usual = (f for f in repo.folders if f in _FOLDERS or f.rpartition("/")[2] in {"bin", "exe"})
    for path in sorted(path for folder in usual for path in repo.inside(folder)):
        name = path.rpartition("/")[2]
        if "." not in name and repo.files[path].role in {"source", "config"}:
            yield path


def interpreter(repo: Repository, path: str) -> str:
    """The program that a script's first line names (`bash`, `ruby`); "" without one."""
    content = repo.read(path)
    found = _SHEBANG.match(content[:200]) if content else None
    return found[1].decode() if found else ""


def with_scripts(
    repo: Repository, sources: Iterable[Source], grammar: str, gate: Searchable
) -> Iterator[Source]:
    """`sources`, then the suffixless scripts for the grammar's interpreter that pass the gate."""
    yield from sources
    for path in bare_scripts(repo):
        if interpreter(repo, path) == grammar:
            content = repo.read(path)
            if content is not None and gate.search(content):
                yield source_of(path, grammar, content)
