"""README samples as Parquet: one file for others to read, and back again, a row group at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from moxi_core.errors import OutputError, StoreError
from moxi_core.records import from_json, to_json
from moxi_core.samples import ReadmeSample
from moxi_core.store_json import reason

if TYPE_CHECKING:
    import pyarrow

_ROWS = 200  # of a row group of samples, by which shares are dealt out
Row = dict[str, Any]
_BATCH = 25  # rows that are Python objects at a time
# A row group is in memory while it is read; what is told of each stays in memory while a file is written.
_GROUP_BYTES = 8 * 1024**2
_AS_JSON = ("facts", "languages", "quality")  # their keys differ from one sample to the next


def write_parquet(place: Path, samples: Iterable[ReadmeSample]) -> None:
    """Samples as a Parquet file, any number of them in flat memory.

    Facts, languages and scores are JSON texts.
    """
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".parquet-") as scratch:
        made = Path(scratch) / place.name
        try:
            with row_writer(
                made, _schema(), rows=_ROWS, statistics=["stars", "language", "license"]
            ) as add:
                for sample in samples:
                    add(_row(sample))
            made.replace(place)
        except OSError as error:
            raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error


@contextmanager
def row_writer(
    file: Path | BinaryIO,
    schema: pyarrow.Schema,
    *,
    rows: int = 10_000,
    statistics: Sequence[str] = (),
) -> Iterator[Callable[[Row], None]]:
    """What adds rows to a new table, some megabytes a row group, so many rows at most; it is whole when the block has ended.

    Many small groups, and statistics of texts, would stay in memory until the end.
    """
    import pyarrow
    from pyarrow import parquet

    waiting: list[Row] = []
    group: list[pyarrow.RecordBatch] = []
    size = 0
    told = list(statistics) or False
    with parquet.ParquetWriter(file, schema, compression="zstd", write_statistics=told) as writer:

        def pack() -> None:  # Arrow holds rows in a fraction of what Python takes for them
            nonlocal size
            group.append(pyarrow.RecordBatch.from_pylist(waiting, schema))
            waiting.clear()
            size += group[-1].nbytes
            if (len(group) + 1) * _BATCH > rows or size >= _GROUP_BYTES:
                write()

        def write() -> None:
            nonlocal size
            table = pyarrow.Table.from_batches(group, schema)
            group.clear()
            size = 0
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)

        def add(row: Row) -> None:
            waiting.append(row)
            if len(waiting) == _BATCH:
                pack()

        yield add
        pack()
        write()


def _row(sample: ReadmeSample) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(to_json(sample))
    for name in _AS_JSON:
        row[name] = json.dumps(row[name], ensure_ascii=False, sort_keys=True)
    return row


def read_parquet(
    file: Path | BinaryIO, groups: Sequence[int] | None = None
) -> Iterator[ReadmeSample]:
    """The samples of a Parquet file, or of some of its row groups, one group in memory.

    Raises StoreError where it is none, or a row is no sample.
    """
    from pyarrow import parquet

    name = str(getattr(file, "name", file))
    try:
        with parquet.ParquetFile(file) as table:
            for row in rows_of(table, groups):
                yield _sample(row)
    except ValueError as error:
        raise StoreError(
            f"{name!r} is no Parquet file of README samples: {reason(error)}."
        ) from error
    except OSError as error:
        raise StoreError(f"{name!r} cannot be read: {error.strerror}.") from error


def rows_of(
    table: Any, groups: Iterable[int] | None = None, columns: Sequence[str] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of an open ParquetFile, or of some of its row groups, one group in memory.

    Its own iter_batches keeps more with every group that it has read.
    """
    for number in range(table.metadata.num_row_groups) if groups is None else groups:
        group = table.read_row_group(number, columns=columns, use_threads=False)
        for batch in group.to_batches(_BATCH):
            yield from batch.to_pylist()


def _sample(row: dict[str, Any]) -> ReadmeSample:
    for name in _AS_JSON:
        if name in row:
            row[name] = json.loads(row[name])
    return from_json(ReadmeSample, json.dumps(row))


def _schema() -> pyarrow.Schema:
    try:
        from pyarrow import bool_, int64, list_, schema, string, struct
    except ImportError as error:
        raise StoreError(
            "Parquet files need pyarrow; run: pip install 'moxi-readme[collect]'"
        ) from error

    file = struct(
        [("path", string()), ("content", string()), ("truncated", bool_()), ("summary", string())]
    )
    denied = struct([("line", int64()), ("kind", string()), ("text", string())])
    return schema(
        [(name, string()) for name in "repo_url owner repo commit default_branch".split()]
        + [("readme_path", string()), ("readme", string())]
        + [("file_tree", list_(string())), ("key_files", list_(file))]
        + [("language", string()), ("languages", string()), ("stars", int64())]
        + [("topics", list_(string())), ("license", string()), ("project_type", string())]
        + [("description", string()), ("facts", string()), ("files_read", list_(string()))]
        + [
            ("quality", string()),
            ("contradicted", list_(denied)),
            ("drop_reason", string()),
            ("archived", bool_()),
        ]
        + [("fork", bool_()), ("pushed_at", int64()), ("listed_in", string())]
        + [("collected_at", int64()), ("schema_version", int64())]
    )
