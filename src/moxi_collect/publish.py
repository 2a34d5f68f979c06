"""What was collected, as files: all of it, and what the filters passed, as JSONL and Parquet."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_core.errors import CollectError, OutputError
from moxi_core.files import write_whole
from moxi_core.records import to_json
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store
from moxi_core.store_json import lines_of

if TYPE_CHECKING:
    import pyarrow

ALL, CLEAN = "awesome_readme_data", "awesome_readme_clean"
_ROWS = 200


def publish(store: Store, folder: Path) -> list[Path]:
    """Write what the store holds into a folder; the files, each complete or as it was before."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make {str(folder)!r}: {error.strerror}.") from error
    written = []
    for name, with_dropped in ((ALL, True), (CLEAN, False)):
        lines, table = folder / f"{name}.jsonl", folder / f"{name}.parquet"
        write_whole(lines, lines_of(store.stream(ReadmeSample, with_dropped=with_dropped)))
        write_parquet(table, store.stream(ReadmeSample, with_dropped=with_dropped))
        written += [lines, table]
    return written


def write_parquet(place: Path, samples: Iterable[ReadmeSample]) -> None:
    """Samples as a Parquet file, any number of them in flat memory.

    Facts, languages and scores are JSON texts: their keys differ from one sample to the next.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise CollectError(
            "Parquet files need pyarrow; run: pip install 'moxi-readme[collect]'"
        ) from error
    schema = _schema()
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".parquet-") as scratch:
        made = Path(scratch) / place.name
        try:
            # Statistics of texts would stay in memory, row group by row group, until the end.
            with parquet.ParquetWriter(
                made, schema, compression="zstd", write_statistics=["stars", "language", "license"]
            ) as writer:
                for rows in _batches(samples):
                    writer.write_batch(pyarrow.RecordBatch.from_pylist(rows, schema=schema))
            made.replace(place)
        except OSError as error:
            raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error


def _batches(samples: Iterable[ReadmeSample]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for sample in samples:
        rows.append(_row(sample))
        if len(rows) == _ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _row(sample: ReadmeSample) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(to_json(sample))
    for name in ("facts", "languages", "quality"):
        row[name] = json.dumps(row[name], ensure_ascii=False, sort_keys=True)
    return row


def _schema() -> pyarrow.Schema:
    from pyarrow import bool_, int64, list_, schema, string, struct

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
