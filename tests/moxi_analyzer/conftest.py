"""Repositories that exist only in memory, for direct tests of readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from moxi_analyzer.repository import Repository


class MemoryTree:
    """A FileTree of given texts."""

    def __init__(self, files: Mapping[str, str], url: str) -> None:
        self._files = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
        self.name = "demo"
        self.url = url
        self.commit = ""
        self.default_branch = "main"

    def list(self) -> list[tuple[str, int]]:
        return sorted((path, len(content)) for path, content in self._files.items())

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


MakeRepository = Callable[..., Repository]


@pytest.fixture(scope="session")
def repository() -> MakeRepository:
    """make({path: text}, url=""): a Repository of these files."""

    def make(files: Mapping[str, str], url: str = "") -> Repository:
        return Repository(MemoryTree(files, url))

    return make
