"""`readme-gen --file-tree`: a draft from a list of paths, where there is no code to hold it against."""

from __future__ import annotations

import sys
from pathlib import Path

from moxi_cli.composing import progress_of
from moxi_cli.writer_options import WriterOptions
from moxi_core.config import Settings
from moxi_core.console import note
from moxi_core.errors import SettingsError, SourceError
from moxi_core.project_types import TYPE_WORDS
from moxi_core.samples import SftInput

_MAX_BYTES = 20_000_000


def write_listed(target: str, settings: Settings, writer: WriterOptions, *, quiet: bool) -> str:
    """The Markdown of a draft. Raises SourceError, SettingsError or LlmError in one sentence."""
    model = writer.settings()
    if model is None:
        raise SettingsError("--file-tree needs a model; name it with --model or MOXI_MODEL.")
    paths = _paths(writer.file_tree or "-")
    kind = writer.project_type or "unknown"
    if writer.project_type and kind not in TYPE_WORDS:
        raise SettingsError(
            f"There is no project type {kind!r}; choose from {', '.join(TYPE_WORDS)}."
        )
    from moxi_infer.models import opened_model
    from moxi_infer.with_model import write_from_list

    given = SftInput(file_tree=paths, project_type=kind, description=writer.description or "")
    with opened_model(model) as opened:
        if not quiet:
            note(f"{opened.where}.")
        readme = write_from_list(
            Path(target).resolve().name or "Project", given, opened, only=settings.section
        )
    for draft in readme.writer.sections:
        if not quiet:
            note(f"  {progress_of(draft)}")
    return readme.markdown


def _paths(name: str) -> tuple[str, ...]:
    try:
        if name == "-":
            text = sys.stdin.read(_MAX_BYTES)
        else:
            with Path(name).open(encoding="utf-8", errors="replace") as file:
                text = file.read(_MAX_BYTES)
    except OSError as error:
        raise SourceError(
            f"The list of paths {name!r} cannot be read: {error.strerror}."
        ) from error
    lines = (line.strip().removeprefix("./") for line in text.replace("\0", "\n").splitlines())
    paths = tuple(dict.fromkeys(line for line in lines if line and not line.endswith("/")))
    if not paths:
        raise SourceError(
            f"The list of paths {name!r} is empty; give a path a line, as git ls-files prints them."
        )
    return paths
