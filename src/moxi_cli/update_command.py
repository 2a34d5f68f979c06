"""What `readme-gen --update` does: our sections written anew, conflicts and false claims told."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import open_repository
from moxi_analyzer.source import local_path
from moxi_check import check_text
from moxi_cli.composing import composed
from moxi_cli.write_command import (
    WriteRequest,
    difference,
    name_taken,
    old_content,
    own_folder,
    place_of,
    show,
)
from moxi_core.config import load_settings
from moxi_core.console import note, status
from moxi_core.errors import OutputError
from moxi_core.files import write_whole
from moxi_infer.plan import SECTIONS
from moxi_infer.update import Update, update_readme

_MARKDOWN = {".md", ".markdown", ".mdown", ".mkd", ".mkdn"}


def run_update(request: WriteRequest) -> int:
    """Update a README; 1 where something had to be left as it is, 0 otherwise.

    Raises MoxiError with a sentence for the user; nothing is written then.
    """
    settings = load_settings(own_folder(request.target), **request.flags)
    place = place_of(request, settings)
    if place is None or request.as_json or request.explain:
        raise OutputError(
            "--update rewrites a file, or shows how with --diff; name the file with -o FILE, "
            "and leave out --json and --explain."
        )
    place = _readme(place)
    asked = request.flags.get("section") or []
    others = set(SECTIONS) - set(settings.section) if settings.section and not asked else set()
    model = request.writer.settings()
    with (
        status(f"Reading {request.target}", quiet=request.quiet),
        open_repository(
            request.target,
            include=settings.include,
            exclude=settings.exclude,
            timeout_s=settings.timeout,
            key_files=model is not None,
        ) as (repo, snapshot),
    ):
        readme = composed(
            repo,
            snapshot,
            settings,
            model,
            required=request.writer.require_model,
            markers=True,
            quiet=request.quiet,
        )
        old = old_content(place)
        update = update_readme(
            old,
            readme,
            only=asked,
            skip={*settings.skip, *others},
            force=request.force,
            markers=settings.markers,
        )
        report = check_text(
            update.content.decode("utf-8", "replace"), repo, snapshot, path=_path(place, request)
        )
    for conflict in update.conflicts:
        note(f"{place}:{conflict.line}: {conflict.reason}")
    for claim in report.false:
        if claim.line in update.kept:
            note(f"{place}:{claim.line}: false: {claim.text}: {claim.reason}")
    if request.diff:
        texts = (content.decode("utf-8", "replace") for content in (old, update.content))
        show(difference(str(place), *texts))
        return bool(update.conflicts)
    if update.content != old:
        write_whole(place, update.content)
    if not request.quiet:
        note(_summary(place, update))
    return bool(update.conflicts)


def _readme(place: Path) -> Path:
    """The README to update, under the name it has. Raises OutputError, with the mend."""
    name = name_taken(place)
    if name is None:
        raise OutputError(
            f"There is no {str(place)!r} to update; write it first, without --update."
        )
    found = place.with_name(name)
    if found.is_symlink() or not found.is_file():
        raise OutputError(f"{str(found)!r} is no file of its own; name the one to update with -o.")
    if found.suffix.lower() not in _MARKDOWN:
        raise OutputError(
            f"{str(found)!r} is not Markdown (.md), the one format --update rewrites."
        )
    return found


def _path(place: Path, request: WriteRequest) -> str:
    """Where the README stands in the repository; its links start from there."""
    try:
        inside = place.resolve().relative_to(local_path(request.target).resolve())
    except (OSError, ValueError, RuntimeError):
        return place.name
    return inside.as_posix()


def _summary(place: Path, update: Update) -> str:
    if update.written:
        return f"Updated {place}: {', '.join(update.written)}"
    return f"{place} stays as it is" + ("" if update.conflicts else ": nothing has changed")
