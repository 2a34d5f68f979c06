"""A path or URL is opened: on disk, in git objects, or far away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from moxi_analyzer.source import CLONE_TIMEOUT_S, FileTree, GitTree, is_url, open_path


@contextmanager
def open_source(target: str, *, timeout_s: float = CLONE_TIMEOUT_S) -> Iterator[FileTree]:
    """Open a directory, a bare git repository or a URL for reading.

    Raises SourceError, with the mend, when there is nothing to read.
    """
    with ExitStack() as stack:
        if is_url(target):
            from moxi_analyzer import clone  # late: few repositories are read from far away

            yield stack.enter_context(clone.open_whole(target, timeout_s=timeout_s))
            return
        tree = open_path(target)
        if isinstance(tree, GitTree):
            stack.callback(tree.close)
        yield tree
