"""README samples as JSON: files of others come in, ours go out, any number of them in flat memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from moxi_core.errors import RecordError, StoreError
from moxi_core.records import from_json, to_json
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, to_document

MAX_TOLD = 10  # rows that a message tells of
_CHUNK = 1 << 20
_MAX_ROW = 1 << 26  # characters; the store takes a quarter of that


def import_samples(store: Store, path: Path) -> int:
    """Put the samples of a JSON array into the store; how many.

    Raises StoreError that names every bad row, before anything is stored. The file is read twice.
    """
    problems: list[str] = []
    count = 0
    for index, row in _rows(path):
        count += 1
        try:
            to_document(_sample(row))
        except ValueError as error:
            problems.append(f"[{index}] {_name(row)}: {reason(error)}")
        except RecordError as error:
            problems.append(f"[{index}] {error}".rstrip("."))
    if problems:
        more = f"; and {len(problems) - MAX_TOLD} more" if len(problems) > MAX_TOLD else ""
        raise StoreError(
            f"Nothing was imported: {len(problems)} of {count} rows of {str(path)!r} are no README "
            f"samples: {'; '.join(problems[:MAX_TOLD])}{more}."
        )
    return store.upsert(_sample(row) for _, row in _rows(path))


def read_samples(path: Path) -> Iterator[ReadmeSample]:
    """The samples of a JSON array, one at a time. Raises StoreError at a row that is none."""
    for index, row in _rows(path):
        try:
            yield _sample(row)
        except ValueError as error:
            raise StoreError(
                f"{str(path)!r} is no array of README samples: [{index}] {_name(row)}: {reason(error)}."
            ) from error


def array_of(samples: Iterable[ReadmeSample]) -> Iterator[bytes]:
    """The parts of a JSON array, a sample a line."""
    before = b"[\n"
    for sample in samples:
        yield before + to_json(sample).encode()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def lines_of(samples: Iterable[ReadmeSample]) -> Iterator[bytes]:
    """The lines of a JSONL file."""
    for sample in samples:
        yield to_json(sample).encode() + b"\n"


def _sample(row: Any) -> ReadmeSample:
    """A row of a file as a sample. ValueError where it is none.

    A field that is null is one that is not given; a file tree may be one text, a path a line.
    """
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    fields = {name: value for name, value in row.items() if value is not None and name != "_id"}
    if isinstance(tree := fields.get("file_tree"), str):
        fields["file_tree"] = [line.strip() for line in tree.splitlines() if line.strip()]
    return from_json(ReadmeSample, json.dumps(fields))


def _name(row: Any) -> str:
    name = row.get("repo_url") if isinstance(row, dict) else None
    return name if isinstance(name, str) else type(row).__name__


def reason(error: ValueError) -> str:
    """What is wrong with a row, without quoting it."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    told = ((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
    return ", ".join(f"{place}: {why}" if place else why for place, why in told)


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """The values of a JSON array with their indexes, one in memory at a time."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from enumerate(_values(file, str(path)))
    except OSError as error:
        raise StoreError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StoreError(f"{str(path)!r} is not UTF-8 text: {error.reason}.") from error


def _values(file: IO[str], name: str) -> Iterator[Any]:
    text = _Text(file, name)
    if text.next_char() != "[":
        raise StoreError(
            f"{name!r} is no JSON array of README samples: it does not begin with '['."
        )
    text.skip()
    if text.next_char() != "]":
        index = 0
        while True:
            yield text.value(index)
            index += 1
            separator = text.next_char()
            if separator == "]":
                break
            if separator != ",":
                raise text.broken(index, "a comma or the end of the array is missing")
            text.skip()
    text.skip()
    if text.next_char():
        raise StoreError(f"{name!r} goes on after the end of its JSON array.")


class _Text:
    """The unread part of a file of JSON, read as far as needed."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self._buffer = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def next_char(self) -> str:
        """The next character that is no space, still unread; empty at the end of the file."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._read_on(_CHUNK):
                return ""

    def skip(self) -> None:
        """Read over one character."""
        self._at += 1

    def value(self, index: int) -> Any:
        """The next value. What is cut off by the end of the buffer is tried again with twice as much."""
        self.next_char()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise self.broken(index, "it is nested too deeply") from None
            except ValueError as error:
                left = len(self._buffer) - self._at
                if left > _MAX_ROW or not self._read_on(max(_CHUNK, left)):
                    raise self.broken(index, str(error).partition(": ")[0]) from error
                continue
            if end + 2 >= len(self._buffer) and self._read_on(_CHUNK):
                continue  # a number may go on: `1`, `1.`, `1e-`
            self._at = end
            return value

    def broken(self, index: int, why: str) -> StoreError:
        """The refusal of what is no JSON."""
        return StoreError(f"Nothing was imported: {self._name!r} is broken at [{index}]: {why}.")

    def _read_on(self, size: int) -> bool:
        """Read more of the file, and forget what is done with; False at its end."""
        more = self._file.read(size)
        if not more:
            return False
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return True
