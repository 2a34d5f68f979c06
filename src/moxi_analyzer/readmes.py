"""Where a forge looks for a README."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from moxi_analyzer.repository import Repository

_ORDER = (
    ".md", ".markdown", ".mdown", ".mkd", ".rst", ".rest", ".adoc", ".asciidoc", ".txt", "",
)  # fmt: skip


def readmes(repo: Repository) -> Iterator[str]:
    """READMEs where a forge looks for them: .github, the root, docs; the best format first."""
    for folder in (".github", "", "docs"):
        named = {
            PurePosixPath(path).suffix.lower(): path
            for path in sorted(repo.inside(folder), reverse=True)
            if PurePosixPath(path).stem.lower() == "readme"
        }
        yield from (named[suffix] for suffix in _ORDER if suffix in named)
