"""Which files a framework looks at, beyond the source files of its grammars."""

from __future__ import annotations

from collections.abc import Iterable

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework


def programs_too(repo: Repository, framework: Framework) -> Iterable[str]:
    """Own source files, and files without a suffix in folders where programs lie."""
    yield from repo.own_sources(*framework.grammars)
    for path, entry in repo.files.items():
        folder, _, name = path.rpartition("/")
        if "." not in name and entry.role == "source" and folder.rpartition("/")[2] == "bin":
            yield path
