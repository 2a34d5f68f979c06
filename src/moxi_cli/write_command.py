"""What `readme-gen` does with its flags: analyse, compose, and put the result in its place."""

from __future__ import annotations

import difflib
import os
import stat
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moxi_analyzer import open_repository
from moxi_analyzer.source import is_bare, is_url, local_path
from moxi_cli.composing import composed, cuts
from moxi_cli.writer_options import WriterOptions
from moxi_core.config import Settings, load_settings
from moxi_core.console import note, printable, status
from moxi_core.errors import OutputError
from moxi_core.files import is_special, mode_of, write_whole
from moxi_core.records import Record, RepoSnapshot, to_json
from moxi_infer.document import Readme, Section
from moxi_infer.drafting.record import WriterRecord

MAX_DIFF_BYTES = 5_000_000


@dataclass(frozen=True)
class WriteRequest:
    """One call of `readme-gen`: the target, the flags of this command, and settings given as flags."""

    target: str
    output: str | None
    force: bool
    diff: bool
    as_json: bool
    explain: bool
    quiet: bool
    verbose: bool
    flags: dict[str, Any]
    writer: WriterOptions = field(default_factory=WriterOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Record):
    """What `--json` prints."""

    snapshot: RepoSnapshot
    sections: tuple[Section, ...]
    markdown: str
    writer: WriterRecord


def run_write(request: WriteRequest) -> None:
    """Write, show or explain a README.

    Raises MoxiError with a sentence for the user; nothing is written then.
    """
    started = time.monotonic()
    settings = load_settings(own_folder(request.target), **request.flags)
    if request.writer.file_tree is not None:
        from moxi_cli.listed_command import write_listed

        show(write_listed(request.target, settings, request.writer, quiet=request.quiet))
        return
    place = place_of(request, settings)
    only_shown = request.diff or request.as_json or request.explain
    if place is not None and not only_shown and _is_writable_target(request.target):
        _refuse_overwriting(place, force=request.force, named=request.output is not None)
    with status(f"Reading {request.target}", quiet=request.quiet):
        readme, snapshot = _read_and_compose(request, settings, place)
    if request.verbose:
        for problem in snapshot.problems:
            note(f"not read: {problem.path}: {problem.reason}")
    if request.as_json:
        show(_as_json(snapshot, readme))
    elif request.explain:
        show(explanation(readme))
    elif request.diff:
        show(_against(place, readme.markdown))
    elif place is None:
        show(readme.markdown)
    else:
        write_whole(place, readme.markdown.encode(), named=request.output is not None)
        if not request.quiet:
            note(_summary(place, readme, snapshot, time.monotonic() - started))


def _read_and_compose(
    request: WriteRequest, settings: Settings, place: Path | None
) -> tuple[Readme, RepoSnapshot]:
    model = request.writer.settings()
    with open_repository(
        request.target,
        include=settings.include,
        exclude=settings.exclude,
        timeout_s=settings.timeout,
        key_files=request.as_json or model is not None,
        aside=True,
    ) as (repo, snapshot):
        markers = settings.markers and place is not None and not request.as_json
        readme = composed(
            repo,
            snapshot,
            settings,
            model,
            required=request.writer.require_model,
            markers=markers,
            quiet=request.quiet,
        )
    return readme, snapshot


def own_folder(target: str) -> Path | None:
    """The folder whose settings count: the target, if it is local and the user stands in it."""
    if is_url(target):
        return None
    try:
        folder, here = local_path(target).resolve(), Path.cwd().resolve()
    except (OSError, ValueError, RuntimeError):  # the analyzer says what is wrong with it
        return None
    return folder if folder == here or folder in here.parents else None


def place_of(request: WriteRequest, settings: Settings) -> Path | None:
    """The file to write; None is standard output."""
    if request.output == "-":
        return None
    if request.output is not None:
        return local_path(request.output)
    if is_url(request.target):
        return None
    folder = local_path(request.target)
    if is_bare(folder):
        return None
    return folder / (settings.output or "README.md")


def _is_writable_target(target: str) -> bool:
    # A target that is missing is the analyzer's to report, in its own words.
    return is_url(target) or stat.S_ISDIR(mode_of(local_path(target)))


def _refuse_overwriting(place: Path, *, force: bool, named: bool) -> None:
    if named and is_special(place):
        return
    if stat.S_ISDIR(mode_of(place)):
        raise OutputError(f"{str(place)!r} is a directory; name a file with -o.")
    folder = place.parent
    if not stat.S_ISDIR(mode_of(folder)):
        raise OutputError(f"There is no folder {str(folder)!r} to write into; make it first.")
    taken = name_taken(place)
    if taken is not None and not force:
        raise OutputError(
            f"{str(folder / taken)!r} exists: overwrite it with --force, compare with --diff, "
            "or write elsewhere with -o FILE."
        )


def name_taken(place: Path) -> str | None:
    """The name that stands where `place` would; GitHub and some file systems ignore its case."""
    try:
        names = {entry.name.lower(): entry.name for entry in place.parent.iterdir()}
    except OSError:  # a folder that can be written to, but not listed
        return place.name if os.path.lexists(place) else None
    return place.name if place.name in names.values() else names.get(place.name.lower())


def show(text: str) -> None:
    """Write to standard output as UTF-8, whatever the locale; a terminal gets no control codes."""
    if sys.stdout is None:
        raise OutputError("Standard output is closed; write to a file with -o FILE.")
    if sys.stdout.isatty():
        text = "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stdout()
        raise OutputError(f"Cannot write to standard output: {error.strerror}.") from error


def silence_stdout() -> None:
    """Let nothing more be written: what is still in the buffer would fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _against(place: Path | None, text: str) -> str:
    """A unified diff from the file at `place` (or nothing) to `text`."""
    if place is None:
        return difference("README.md", "", text)
    old = old_content(place).decode("utf-8", "replace").replace("\r\n", "\n")
    return difference(str(place), old, text)


def difference(name: str, old: str, new: str) -> str:
    """A unified diff of two texts under a name."""
    name = printable(name)
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), name, f"{name} (new)"
    )
    return "".join(lines)


def old_content(place: Path) -> bytes:
    """The bytes of a README that exists; none where there is no file of sensible size.

    A link out of its folder counts as none: what a stranger points at stays off the screen.
    """
    try:
        if place.is_symlink() and not place.resolve().is_relative_to(place.parent.resolve()):
            return b""
    except (OSError, RuntimeError):
        return b""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(place, flags)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise OutputError(f"Cannot read {str(place)!r}: {error.strerror}.") from error
    with os.fdopen(handle, "rb") as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_DIFF_BYTES:
            return b""
        return file.read()


def _as_json(snapshot: RepoSnapshot, readme: Readme) -> str:
    shown = Shown(
        snapshot=snapshot, sections=readme.sections, markdown=readme.markdown, writer=readme.writer
    )
    return to_json(shown, indent=2) + "\n"


def explanation(readme: Readme) -> str:
    """Each statement that rests on evidence, with its places."""
    lines: list[str] = []
    for section in readme.sections:
        lines.append(f"{section.title}")
        for statement in section.statements:
            if statement.evidence:
                text = " ".join(statement.text.split())
                places = printable(", ".join(map(str, statement.evidence[:5])))
                more = len(statement.evidence) - 5
                lines.append(f"  {text}\n      {places}{f' and {more} more' if more > 0 else ''}")
        lines.append("")
    return "\n".join(lines) + cuts(readme.writer)


def _summary(place: Path, readme: Readme, snapshot: RepoSnapshot, seconds: float) -> str:
    statements = sum(bool(s.evidence) for section in readme.sections for s in section.statements)
    missed = f", {len(snapshot.problems)} could not be read (-v)" if snapshot.problems else ""
    return (
        f"Wrote {place}: {len(readme.sections)} sections, {statements} statements with evidence, "
        f"from {len(snapshot.files)} files{missed} in {seconds:.1f} s"
    )
