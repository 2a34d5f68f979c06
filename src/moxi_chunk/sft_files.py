"""The training set as files: JSONL and Parquet by split, a JSON array, and a card. All, or none."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from moxi_chunk.card import card
from moxi_chunk.report import Report
from moxi_core.errors import OutputError
from moxi_core.records import to_json
from moxi_core.samples import SftSample
from moxi_core.sft_set import SPLITS
from moxi_core.store_parquet import Row, row_writer

if TYPE_CHECKING:
    import pyarrow


ARRAY = "sft_dataset.json"


class SftFiles:
    """Writes into a scratch folder; `publish` moves all into place. A context manager."""

    def __init__(self, folder: Path, *, as_array: bool = False) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._scratch = Path(tempfile.mkdtemp(prefix="sft-"))
        except OSError as error:
            raise OutputError(f"Cannot write into {str(folder)!r}: {error.strerror}.") from error
        self._folder = folder
        self._open = ExitStack()
        self._lines: dict[str, BinaryIO] = {}
        self._tables: dict[str, Callable[[Row], None]] = {}
        self._array = self._file(ARRAY) if as_array else None
        self._count = 0
        self._schema = sft_schema()
        for split in SPLITS:
            self._lines[split] = self._file(f"{split}.jsonl")
            self._tables[split] = self._table(f"{split}.parquet")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def write(self, samples: Sequence[SftSample]) -> None:
        """Add the samples of one repository: all of one split."""
        rows = [to_json(sample) for sample in samples]
        if not rows:
            return
        split = samples[0].split
        try:
            self._lines[split].writelines(row.encode() + b"\n" for row in rows)
            if self._array:
                for row in rows:
                    self._array.write((b"[\n" if not self._count else b",\n") + row.encode())
                    self._count += 1
            for row in rows:
                self._tables[split](json.loads(row))
        except OSError as error:
            raise OutputError(f"Cannot write the training set: {error.strerror}.") from error

    def publish(self, report: Report) -> list[Path]:
        """Close all files and move them into the folder, the card last."""
        if self._array:
            self._array.write(b"\n]\n" if self._count else b"[]\n")
        self._open.close()
        (self._scratch / "README.md").write_text(card(report), "utf-8")
        names = [f"{split}.{ending}" for split in SPLITS for ending in ("jsonl", "parquet")]
        names += [ARRAY] if self._array else []
        return [self._moved(name) for name in [*names, "README.md"]]

    def _moved(self, name: str) -> Path:
        try:
            return (self._scratch / name).replace(self._folder / name)
        except OSError as error:
            raise OutputError(f"Cannot write {name!r}: {error.strerror}.") from error

    def _file(self, name: str) -> BinaryIO:
        return self._open.enter_context((self._scratch / name).open("wb"))

    def _table(self, name: str) -> Callable[[Row], None]:
        return self._open.enter_context(
            row_writer(self._scratch / name, self._schema, statistics=["section"])
        )


def sft_schema() -> pyarrow.Schema:
    """The columns of a Parquet file of samples."""
    try:
        from pyarrow import int64, list_, schema, string, struct
    except ImportError as error:
        raise OutputError(
            "Parquet files need pyarrow; run: pip install 'moxi-readme[dataset]'"
        ) from error
    from pyarrow import bool_

    file = struct(
        [("path", string()), ("content", string()), ("truncated", bool_()), ("summary", string())]
    )
    given = struct(
        [
            ("file_tree", list_(string())),
            ("project_type", string()),
            ("description", string()),
            ("key_files", list_(file)),
        ]
    )
    return schema(
        [("id", string()), ("instruction", string()), ("input", given), ("content", string())]
        + [(name, string()) for name in ("repo_url", "section", "split", "prompt_version")]
        + [("instruction_source", string()), ("schema_version", int64())]
    )
