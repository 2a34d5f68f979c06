"""Answers with their ETags in one JSON file, so that an unchanged answer costs no quota."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from moxi_core.errors import OutputError
from moxi_core.files import write_whole

MOST = 20_000  # entries; the oldest go first
SAVE_EVERY = 100
ETAG = re.compile(r"[\x21-\x7e]{1,200}")  # anything else could not be sent back


@dataclass(frozen=True, slots=True)
class Entry:
    etag: str
    body: dict[str, object]


class EtagCache:
    """A file that may be missing, damaged or not writable: it only saves requests.

    Each process reads it once and renames a whole file over it: of two, the last one wins.
    """

    def __init__(self, path: Path | None, note: Callable[[str], None]) -> None:
        self._path = path
        self._note = note
        self._entries = _read(path) if path else {}
        self._unsaved = 0

    def get(self, url: str) -> Entry | None:
        return self._entries.get(url)

    def put(self, url: str, entry: Entry) -> None:
        if self._path is None or not ETAG.fullmatch(entry.etag):
            return
        self._entries.pop(url, None)  # so that it becomes the newest
        self._entries[url] = entry
        while len(self._entries) > MOST:
            del self._entries[next(iter(self._entries))]
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()

    def save(self) -> None:
        if self._path is None or not self._unsaved:
            return
        data = {url: {"etag": e.etag, "body": e.body} for url, e in self._entries.items()}
        try:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(data).encode())
        except OutputError as error:
            self._note(f"{str(error).rstrip('.')}; going on without it")
            self._path = None
        self._unsaved = 0


def _read(path: Path) -> dict[str, Entry]:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {
        url: Entry(value["etag"], value["body"])
        for url, value in (data.items() if isinstance(data, dict) else ())
        if isinstance(value, dict)
        and isinstance(value.get("etag"), str)
        and ETAG.fullmatch(value["etag"])
        and isinstance(value.get("body"), dict)
    }
