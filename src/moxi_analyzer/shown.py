"""A repository of which only a listing and the text of a few files is at hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.walk import Listing
from moxi_core.records import RepoSnapshot


class ShownTree:
    """A FileTree over paths, and over the contents of some of them."""

    def __init__(self, name: str, paths: Iterable[str], contents: Mapping[str, str]) -> None:
        self.name = name
        self.url = self.commit = self.default_branch = ""
        self._contents = contents
        self._paths = dict.fromkeys([*paths, *contents])

    def list(self) -> Listing:
        """Paths with the size of what is at hand."""
        return [(p, len(self._contents.get(p, "").encode())) for p in sorted(self._paths)]

    def read(self, path: str) -> bytes | None:
        """The bytes of a file whose text is at hand."""
        text = self._contents.get(path)
        return None if text is None else text.encode("utf-8", "replace")

    def links(self) -> set[str]:
        """None: a listing tells of files only."""
        return set()


def open_shown(
    name: str, paths: Iterable[str], contents: Mapping[str, str], cut: Collection[str] = ()
) -> tuple[Repository, RepoSnapshot]:
    """What can be known of such a repository; all other files count as not read.

    So do those that were `cut`. What is said of it is judged false only where the listing denies it, or all files are there.
    """
    tree = ShownTree(name, paths, contents)
    repo = Repository(tree)
    repo.lack((p for p in repo.files if p not in contents or p in cut), besides=frozenset())
    return repo, snapshot_of(repo, key_files=False)
