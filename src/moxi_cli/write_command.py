"""What `readme-gen` does with its flags: analyse, compose, and put the result in its place."""

from __future__ import annotations

import difflib
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moxi_analyzer import analyze
from moxi_analyzer.source import is_bare, is_url
from moxi_core.config import Settings, load_settings
from moxi_core.console import note, status
from moxi_core.errors import OutputError
from moxi_core.records import RepoSnapshot
from moxi_infer import compose
from moxi_infer.document import Readme


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


def run_write(request: WriteRequest) -> None:
    """Write, show or explain a README.

    Raises MoxiError with a sentence for the user; nothing is written then.
    """
    started = time.monotonic()
    settings = load_settings(own_folder(request.target), **request.flags)
    place = _place(request, settings)
    only_shown = request.diff or request.as_json or request.explain
    if place is not None and not only_shown and _is_writable_target(request.target):
        _refuse_overwriting(place, force=request.force)
    with status(f"Reading {request.target}", quiet=request.quiet):
        snapshot = analyze(
            request.target,
            include=settings.include,
            exclude=settings.exclude,
            timeout_s=settings.timeout,
        )
        readme = compose(
            snapshot,
            only=settings.section,
            skip=settings.skip,
            template=settings.template,
            badges=settings.badges,
            tree_depth=settings.tree_depth,
        )
    if request.verbose:
        for problem in snapshot.problems:
            note(f"not read: {problem.path}: {problem.reason}")
    if request.as_json:
        _print(_as_json(snapshot, readme))
    elif request.explain:
        _print(explanation(readme))
    elif request.diff:
        _print(_difference(place, readme.markdown))
    elif place is None:
        _print(readme.markdown)
    else:
        write_whole(place, readme.markdown)
        if not request.quiet:
            note(_summary(place, readme, snapshot, time.monotonic() - started))


def own_folder(target: str) -> Path | None:
    """The folder whose settings count: the target, if it is local and the user stands in it."""
    if is_url(target):
        return None
    folder, here = Path(target).expanduser().resolve(), Path.cwd().resolve()
    return folder if folder == here or folder in here.parents else None


def _place(request: WriteRequest, settings: Settings) -> Path | None:
    """The file to write; None is standard output."""
    if request.output == "-":
        return None
    if request.output is not None:
        return Path(request.output).expanduser()
    if is_url(request.target):
        return None
    folder = Path(request.target).expanduser()
    if is_bare(folder):
        return None
    return folder / (settings.output or "README.md")


def _is_writable_target(target: str) -> bool:
    # A target that is missing is the analyzer's to report, in its own words.
    return is_url(target) or Path(target).expanduser().is_dir()


def _is_special(place: Path) -> bool:
    """Whether a path is a device or a pipe: written to, never replaced."""
    return place.exists() and not place.is_file() and not place.is_dir()


def _refuse_overwriting(place: Path, *, force: bool) -> None:
    if _is_special(place):
        return
    if place.is_dir():
        raise OutputError(f"{str(place)!r} is a directory; name a file with -o.")
    folder = place.parent
    if not folder.is_dir():
        raise OutputError(f"There is no folder {str(folder)!r} to write into; make it first.")
    # GitHub reads `readme.md` as well, and some file systems see one name in both.
    names = {entry.name.lower(): entry.name for entry in folder.iterdir()}
    taken = names.get(place.name.lower())
    if taken is not None and not force:
        raise OutputError(
            f"{str(folder / taken)!r} exists: overwrite it with --force, compare with --diff, "
            "or write elsewhere with -o FILE."
        )


def write_whole(place: Path, text: str) -> None:
    """Write a text file all at once: a temporary file beside it, renamed when complete."""
    try:
        if _is_special(place):
            place.write_text(text, "utf-8")
            return
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
            Path(name).chmod(mode)
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def _difference(place: Path | None, text: str) -> str:
    """A unified diff from the file at `place` (or nothing) to `text`."""
    name = str(place) if place is not None else "README.md"
    try:
        old = place.read_text("utf-8", "replace") if place is not None and place.exists() else ""
    except OSError as error:
        raise OutputError(f"Cannot read {name!r}: {error.strerror}.") from error
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), text.splitlines(keepends=True), name, f"{name} (new)"
    )
    return "".join(lines)


def _as_json(snapshot: RepoSnapshot, readme: Readme) -> str:
    value = {
        "snapshot": snapshot.model_dump(mode="json"),
        "sections": [section.model_dump(mode="json") for section in readme.sections],
        "markdown": readme.markdown,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def explanation(readme: Readme) -> str:
    """Each statement that rests on evidence, with its places."""
    lines: list[str] = []
    for section in readme.sections:
        lines.append(f"{section.title}")
        for statement in section.statements:
            if statement.evidence:
                text = " ".join(statement.text.split())
                places = ", ".join(map(str, statement.evidence[:5]))
                more = len(statement.evidence) - 5
                lines.append(f"  {text}\n      {places}{f' and {more} more' if more > 0 else ''}")
        lines.append("")
    return "\n".join(lines)


def _summary(place: Path, readme: Readme, snapshot: RepoSnapshot, seconds: float) -> str:
    statements = sum(bool(s.evidence) for section in readme.sections for s in section.statements)
    missed = f", {len(snapshot.problems)} could not be read (-v)" if snapshot.problems else ""
    return (
        f"Wrote {place}: {len(readme.sections)} sections, {statements} statements with evidence, "
        f"from {len(snapshot.files)} files{missed} in {seconds:.1f} s"
    )
