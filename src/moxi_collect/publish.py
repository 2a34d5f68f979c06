"""What was collected, as files: all of it, and what the filters passed, as JSONL and Parquet."""

from __future__ import annotations

from pathlib import Path

from moxi_core.errors import OutputError
from moxi_core.files import write_whole
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store
from moxi_core.store_json import lines_of
from moxi_core.store_parquet import write_parquet

ALL, CLEAN = "awesome_readme_data", "awesome_readme_clean"


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
