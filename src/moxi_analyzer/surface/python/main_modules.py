"""Packages that are run with `python -m package`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.python.entries import is_importable, main_modules
from moxi_analyzer.surface.python.names import names_of
from moxi_analyzer.surface.python.values import docstring_of, first_sentence
from moxi_analyzer.syntax import Source
from moxi_core.records import Evidence, Fact


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    return iter(main_modules(repo))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    names = names_of(repo)
    for source in sources:
        module = names.at(source.path)
        if module is None or not is_importable(repo, module):
            continue
        if any(part.startswith("_") for part in module.package.split(".")):
            continue
        yield Fact(
            kind="command",
            value="",
            evidence=Evidence(path=module.path),
            text=first_sentence(docstring_of(module.source.root)),
            detail={"root": module.path, "prog": f"python -m {module.package}"},
        )


FRAMEWORKS = (Framework("python_main", ("python",), re.compile(rb"\S"), _facts, _select),)
