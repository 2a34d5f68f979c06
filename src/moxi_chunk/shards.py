"""Parquet shards, on this disk or wherever fsspec reaches: tables by rank, and shares of their input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_core.errors import StoreError
from moxi_core.files import write_whole
from moxi_core.samples import ReadmeSample
from moxi_core.store_parquet import Row, read_parquet, row_writer, rows_of

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Part:
    """Row groups of one file of samples, from the first up to the end."""

    file: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Input:
    """A file of samples, its bytes, and the rows of each of its groups."""

    file: str
    size: int
    rows: tuple[int, ...]


def look_at(file: str) -> tuple[Input, Iterator[tuple[int, list[str]]]]:
    """A file of samples, and the addresses of repositories in it, group by group.

    Raises StoreError where it is none.
    """
    from pyarrow import parquet

    try:
        opened = _opened(file)
        table = parquet.ParquetFile(opened)
        groups = range(table.metadata.num_row_groups)
        rows = tuple(table.metadata.row_group(n).num_rows for n in groups)
        found = Input(file, opened.seek(0, 2), rows)
        missing = {"repo_url", "readme"}.difference(table.schema_arrow.names)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{file!r} is no Parquet file of README samples: {error}; `moxi collect` writes one."
        ) from error
    if missing:
        raise StoreError(f"{file!r} has no README samples; `moxi collect` writes such a file.")
    return found, (
        (n, table.read_row_group(n, columns=["repo_url"]).column(0).to_pylist()) for n in groups
    )


def shares(inputs: Sequence[Input], tasks: int) -> tuple[tuple[Part, ...], ...]:
    """Inputs in as many shares as there are tasks, of about as many rows each, in order."""
    total = sum(sum(one.rows) for one in inputs)
    made: list[list[Part]] = [[] for _ in range(tasks)]
    before = 0
    for one in inputs:
        for group, rows in enumerate(one.rows):
            mine = made[min(tasks - 1, (2 * before + rows) * tasks // (2 * total))] if total else []
            if mine and mine[-1].file == one.file:
                mine[-1] = Part(one.file, mine[-1].first, group + 1)
            else:
                mine.append(Part(one.file, group, group + 1))
            before += rows
    return tuple(map(tuple, made))


def samples_of(parts: Iterable[Part]) -> Iterator[ReadmeSample]:
    """The samples of a share, a row group in memory."""
    for part in parts:
        yield from read_parquet(_opened(part.file), range(part.first, part.end))


class Shards:
    """A folder of tables and reports, by name."""

    def __init__(self, folder: str) -> None:
        try:
            from datatrove.io import get_datafolder
        except ImportError as error:
            raise StoreError(
                "Work in shards needs datatrove; run: pip install 'moxi-readme[scale]'"
            ) from error
        self._folder = get_datafolder(folder)

    @contextmanager
    def table(self, name: str, schema: pyarrow.Schema) -> Iterator[Callable[[Row], None]]:
        """What adds rows to a new table; it is whole when the block has ended."""
        with self._folder.open(name, "wb") as file, row_writer(file, schema) as add:
            yield add

    def rows(self, name: str, columns: Sequence[str] | None = None) -> Iterator[Row]:
        """The rows of a table, a row group in memory."""
        from pyarrow import parquet

        with self._folder.open(name, "rb") as file, parquet.ParquetFile(file) as table:
            yield from rows_of(table, columns=columns)

    def write(self, name: str, text: str) -> None:
        """Write a small file: all at once, as a store of objects does anyway."""
        if self._folder.is_local():
            place = Path(self.place(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, text.encode())
            return
        with self._folder.open(name, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name: str) -> str:
        """A small file; "" where there is none."""
        if not self._folder.isfile(name):
            return ""
        with self._folder.open(name, "r", encoding="utf-8") as file:
            return str(file.read())

    def place(self, name: str) -> str:
        """The path or address of a file or folder in it."""
        return str(self._folder.resolve_paths(name))


def _opened(file: str) -> Any:
    from datatrove.io import open_file

    return open_file(file, "rb")
