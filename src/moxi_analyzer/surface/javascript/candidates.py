"""Which files a framework looks at, beyond the source files of its grammars."""

from __future__ import annotations

from collections.abc import Iterable

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework


def programs_too(repo: Repository, framework: Framework) -> Iterable[str]:
    """Own source files, and files without a suffix in folders where programs lie."""
    yield from repo.own_sources(*framework.grammars)
    folders = (folder for folder in repo.folders if folder.rpartition("/")[2] == "bin")
    for path in sorted(path for folder in folders for path in repo.inside(folder)):
        if "." not in path.rpartition("/")[2] and repo.files[path].role == "source":
            yield path
