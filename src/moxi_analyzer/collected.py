"""A repository at a URL in two requests: README and manifests, then the files they make key files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice

from moxi_analyzer.clone import SAFE, ClonedTree, open_clone
from moxi_analyzer.context import candidates, entry_files, first_manifests
from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.manifests import manifest_paths, readings
from moxi_analyzer.meta.license import texts
from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_analyzer.source import CLONE_TIMEOUT_S
from moxi_core.errors import SourceError
from moxi_core.records import FileRole, RepoSnapshot

MAX_COLLECTED_BYTES = 256_000_000
_MAX_IGNORE_FILES = 100
# Of these roles the checker reads nothing either; generated files it does.
_NEVER_READ: frozenset[FileRole] = frozenset({"asset", "vendored"})


@contextmanager
def open_collected(
    url: str,
    *,
    timeout_s: float = CLONE_TIMEOUT_S,
    protocols: Collection[str] = SAFE,
    max_bytes: int = MAX_COLLECTED_BYTES,
    known_as: str = "",
) -> Iterator[tuple[Repository, RepoSnapshot]]:
    """What a sample of the repository at a URL needs; all else is listed, and counts as not read.

    `repo.unread` and `snapshot.files_read` say what is known, `repo.received_bytes` what it took.
    `timeout_s` and `max_bytes` are for all that is fetched; `known_as` is the repository's own
    address where `url` is that of a mirror. Raises SourceError, of the kinds that
    `moxi_core.errors` tells apart.
    """
    with open_clone(
        url, timeout_s=timeout_s, protocols=protocols, max_bytes=max_bytes, known_as=known_as
    ) as tree:
        listed = _repository(tree)
        if not listed.files:
            raise SourceError(f"Nothing to read in {tree.url!r}: it holds no files.")
        tree.bring(_first(listed))
        begun = _repository(tree)
        tree.bring(candidates(begun, entry_files(begun, list(readings(begun)))))
        repo = _repository(tree)
        repo.received_bytes = tree.received_bytes
        yield repo, snapshot_of(repo)


def _repository(tree: ClonedTree) -> Repository:
    repo = Repository(tree)
    repo.lack(tree.lacking(), besides=_NEVER_READ)
    return repo


def _first(repo: Repository) -> Iterator[str]:
    """READMEs, licenses, manifests, and the files that say what is made later."""
    yield from readmes(repo)
    yield from texts(repo)
    yield from first_manifests(manifest_paths(repo))
    ignore_files = (path for path in repo.files if path.rpartition("/")[2] == ".gitignore")
    yield from islice(sorted(ignore_files, key=lambda path: path.count("/")), _MAX_IGNORE_FILES)
