"""Files written as a whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from moxi_core.errors import OutputError


def mode_of(place: Path) -> int:
    """The type and permissions of what stands at a path, links followed; 0 for nothing."""
    try:
        return place.stat().st_mode
    except (OSError, ValueError):
        return 0


def is_special(place: Path) -> bool:
    """Whether a path is a device or a pipe: written to where the user names it, never replaced."""
    mode = mode_of(place)
    return bool(mode) and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def write_whole(place: Path, content: bytes | Iterable[bytes], *, named: bool = False) -> None:
    """Write a file all at once: a temporary file beside it, renamed when complete.

    Into a device or a pipe that the user `named` it is written; a stranger's is replaced.
    """
    parts = (content,) if isinstance(content, bytes) else content
    try:
        if named and is_special(place):
            with place.open("wb") as file:
                file.writelines(parts)
            return
        import tempfile  # late: a README that is shown takes none

        handle, name = tempfile.mkstemp(
            dir=place.parent, prefix=f".{place.name[:60]}.", suffix=".tmp"
        )
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(parts)
            known = place.lstat().st_mode if os.path.lexists(place) else 0
            Path(name).chmod(known & 0o777 if stat.S_ISREG(known) else 0o666 & ~_umask())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error


def readable(folder: Path) -> None:
    """Let files of a folder be read by whom new files are: libraries keep weights to their owner."""
    for file in folder.glob("*.safetensors"):
        file.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
