"""The run directory: one folder that holds all of a run, locked while it runs.

`models/<run>/`: adapter, tokenizer, moxi.json, metrics.jsonl, loss.png, README.md, checkpoints/;
`models/latest` points to the newest run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from moxi_core.errors import OutputError, SettingsError
from moxi_core.files import write_whole

RECORD, METRICS, SEAL, LATEST = "moxi.json", "metrics.jsonl", "moxi-seal.json", "latest"
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


class RunDir:
    """Paths and small files of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "base"  # weights before training, where no hub has them
        self.checkpoints = folder / "checkpoints"
        self.encoded = folder / "encoded"

    @property
    def record(self) -> dict[str, Any]:
        """What moxi.json holds; {} before the run has begun. Raises SettingsError if it is broken."""
        place = self.folder / RECORD
        if not place.is_file():
            return {}
        try:
            found: dict[str, Any] = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{str(place)!r} cannot be read: {error}; train anew under another --name."
            ) from error
        return found

    def write_record(self, record: dict[str, Any]) -> None:
        """Replace moxi.json as a whole."""
        write_whole(self.folder / RECORD, json.dumps(record, indent=2).encode() + b"\n")

    def metrics(self) -> Iterator[dict[str, Any]]:
        """The lines of metrics.jsonl; one that a kill cut in two is left out."""
        place = self.folder / METRICS
        for line in place.read_text("utf-8").splitlines() if place.is_file() else ():
            try:
                yield json.loads(line)
            except ValueError:
                return

    def add_metrics(self, line: dict[str, Any]) -> None:
        """One line more of metrics.jsonl."""
        with (self.folder / METRICS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def forget_metrics_after(self, step: int) -> None:
        """Keep what was measured up to a step: from there on it is measured again."""
        kept = [json.dumps(line) + "\n" for line in self.metrics() if line.get("step", 0) <= step]
        write_whole(self.folder / METRICS, "".join(kept).encode())

    def seal(self, checkpoint: Path) -> None:
        """Say that a checkpoint is whole: the size and hash of each of its files."""
        files = {file.name: _digest(file) for file in _files(checkpoint)}
        write_whole(checkpoint / SEAL, json.dumps(files).encode())

    def last_checkpoint(self) -> Path | None:
        """The newest checkpoint that is whole; newer, broken ones are removed."""
        found = {
            int(match[1]): folder
            for folder in (self.checkpoints.iterdir() if self.checkpoints.is_dir() else ())
            if (match := _CHECKPOINT.fullmatch(folder.name))
        }
        for step in sorted(found, reverse=True):
            if _is_whole(found[step]):
                return found[step]
            shutil.rmtree(found[step], ignore_errors=True)
        return None

    @contextmanager
    def locked(self, *, shared: bool = False) -> Iterator[None]:
        """Hold the folder until this process ends in whatever way: alone, or with others that share it.

        Raises OutputError where it cannot be written, SettingsError where another run holds it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise OutputError(f"Cannot write {str(self.folder)!r}: {error.strerror}.") from error
        try:
            import fcntl

            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except ImportError:  # no such locks there: the user has to see to it
            pass
        except OSError as error:
            os.close(handle)
            raise SettingsError(
                f"Another run is at work in {str(self.folder)!r}; wait for it, or give another --name."
            ) from error
        try:
            yield
        finally:
            os.close(handle)

    def make_latest(self) -> None:
        """Let `latest` beside it point here."""
        link = self.folder.parent / LATEST
        made = link.with_name(f".{LATEST}.{os.getpid()}")
        try:
            made.symlink_to(self.folder.name)
            made.replace(link)
        except OSError:  # a file system without links: the name is told anyway
            made.unlink(missing_ok=True)


def new_name(recipe: str) -> str:
    """A name for a new run: its recipe, and when it began."""
    return f"{recipe}-{datetime.now():%Y%m%d-%H%M%S}"


def newest(models: Path) -> str:
    """The name of the run that was worked on last, "" where there is none."""
    records = models.glob(f"*/{RECORD}")
    found = [record for record in records if not record.parent.is_symlink()]
    return max(found, key=lambda r: r.stat().st_mtime).parent.name if found else ""


def open_run(name: str, models: Path) -> RunDir:
    """A run by its folder or its name below `models`; "" is the newest. Raises SettingsError."""
    for folder in (Path(name),) if "/" in name else (models / (name or LATEST),):
        if (folder / RECORD).is_file():
            return RunDir(folder.resolve())
    told = f"There is no run {name!r}" if name else "There is no run yet"
    raise SettingsError(f"{told} in {str(models)!r}; train one with `moxi train`.")


def _is_whole(checkpoint: Path) -> bool:
    try:
        sealed = json.loads((checkpoint / SEAL).read_text("utf-8"))
        return bool(sealed) and all(
            _digest(checkpoint / name) == digest for name, digest in sealed.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


def _files(folder: Path) -> Iterator[Path]:
    return (f for f in sorted(folder.iterdir()) if f.is_file() and f.name != SEAL)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
