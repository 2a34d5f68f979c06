"""What a model is shown of a repository, in training and in use."""

from __future__ import annotations

from collections.abc import Iterable

from moxi_analyzer.mail import private_file, private_text
from moxi_core.records import RepoSnapshot
from moxi_core.samples import SftInput

MAX_TREE = 20_000  # paths; of larger repositories the deepest are left out


def shown_tree(paths: Iterable[str]) -> tuple[str, ...]:
    """All paths of a repository in order; where there are too many, the deepest are left out."""
    found = sorted(paths)
    if len(found) > MAX_TREE:
        found = sorted(sorted(found, key=lambda path: path.count("/"))[:MAX_TREE])
    return tuple(found)


def input_of(snapshot: RepoSnapshot) -> SftInput:
    """What a model is shown of a repository, as training samples are made of a collected one."""
    description = snapshot.first("description")
    return SftInput(
        file_tree=shown_tree(entry.path for entry in snapshot.files),
        project_type=snapshot.project_type.name,
        description=private_text(description.value) if description else "",
        key_files=tuple(map(private_file, snapshot.key_files)),
    )
