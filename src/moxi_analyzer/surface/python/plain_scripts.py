"""Scripts of a repository that is nothing but scripts: no manifest, no command line, only files to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.manifests.python import own_facts
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.python.values import docstring_of, first_sentence
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_SCRIPTS = 12
_GUARD = lazy_pattern(rb"^if\s+__name__\s*==\s*[\"']__main__[\"']", re.MULTILINE)
_IMPORT = lazy_pattern(rb"^[ \t]*(?:import|from)[ \t]+\.?(\w+)", re.MULTILINE)
_OWN_OPTIONS = lazy_pattern(
    rb"ArgumentParser|sys\.argv|import click|import typer|docopt|OptionParser|fire\.Fire"
)
# What is run first, and what only after something was trained.
_STAGES = (
    lazy_pattern(r"(?:download|fetch|prepare|preprocess|clean|split|make)\w*\.py"),
    lazy_pattern(r"train\w*\.py"),
)
_LATE = lazy_pattern(r"(?:tests?|eval\w*|evaluate|predict\w*|infer\w*|demo|plot\w*)\.py")


def _select(repo: Repository, _framework: Framework) -> list[str]:
    if any(f.kind in {"package", "bin"} for f in own_facts(repo)):
        return []
    found = [
        path
        for path, entry in repo.files.items()
        if path.endswith(".py") and entry.role == "source" and path.count("/") <= 1
    ]
    return found if len(found) <= _MAX_SCRIPTS else []


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    files = list(sources)
    imported = {name.decode() for source in files for name in _IMPORT.findall(source.content)}
    for source in sorted(files, key=lambda s: (folder_of(s.path), _stage(s.path), s.path)):
        name = source.path.rpartition("/")[2]
        line = _works(source)
        if not line or name.removesuffix(".py") in imported or _OWN_OPTIONS.search(source.content):
            continue
        yield Fact(
            kind="task",
            value=name,
            evidence=Evidence(path=source.path, line=line),
            scope=folder_of(source.path),
            text=first_sentence(docstring_of(source.root)),
            detail={"tool": "python", "run": f"python {name}"},
        )


def _stage(path: str) -> int:
    name = path.rpartition("/")[2]
    first = next((n for n, pattern in enumerate(_STAGES) if pattern.fullmatch(name)), len(_STAGES))
    return len(_STAGES) + 1 if _LATE.fullmatch(name) else first


def _works(source: Source) -> int:
    """The line from which a file does something when it is run; 0 if it only defines."""
    guard = _GUARD.search(source.content)
    if guard:
        return source.content.count(b"\n", 0, guard.start()) + 1
    for node in source.root.children:
        called = node.named_children[0] if node.type == "expression_statement" else None
        if called is not None and called.type == "call":
            return node.start_point[0] + 1
    return 0


FRAMEWORKS = (Framework("python_scripts", ("python",), lazy_pattern(rb"\("), _facts, _select),)
