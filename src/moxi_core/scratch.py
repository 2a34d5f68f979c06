"""Scratch files of long work: in the data folder, gone at the end, swept where a process was killed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moxi_core.errors import StoreError

_NAME = "scratch"  # in the data folder


@contextmanager
def scratch(data_dir: Path) -> Iterator[Path]:
    """Temporary files lie in the data folder while the block runs, under the number of this process."""
    place = data_dir / _NAME / str(os.getpid())
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"Cannot make {str(place)!r}: {error.strerror}.") from error
    before, tempfile.tempdir = tempfile.tempdir, str(place.resolve())
    try:
        yield place
    finally:
        tempfile.tempdir = before
        shutil.rmtree(place, ignore_errors=True)


def sweep(data_dir: Path) -> None:
    """Remove what killed processes have left."""
    folder = data_dir / _NAME
    for place in folder.glob("*") if folder.is_dir() else ():
        if place.name.isdigit() and not _is_running(int(place.name)):
            shutil.rmtree(place, ignore_errors=True)


class ScratchTables:
    """Tables on a temporary file, which is gone when they are closed."""

    def __init__(self, script: str) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="tables-")
        self.db = sqlite3.connect(Path(self._place.name) / "scratch.sqlite3")
        self.db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {script}")

    def add(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Put rows in. Raises StoreError where there is no room for them."""
        try:
            self.db.executemany(statement, rows)
            self.db.commit()
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._place.name!r} cannot hold the scratch file: {error}; make room there."
            ) from error

    def close(self) -> None:
        """Close the file and remove it."""
        self.db.close()
        self._place.cleanup()


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
