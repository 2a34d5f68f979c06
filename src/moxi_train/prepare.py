"""From samples to rows of token ids on disk, with a report of what was kept, cut and refused.

What is encoded lies in the run directory, memory-mapped: a resumed run trains on the very same rows.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.files import write_whole
from moxi_core.records import to_json
from moxi_core.samples import SftSample
from moxi_core.sft_set import read_samples
from moxi_train.encode import Encoded, Encoder, Refused
from moxi_train.recipe import Recipe
from moxi_train.rows import Rows, checked, with_validation

TRAIN, VALIDATION, SECTIONS, REPORT = (
    "train.arrow", "validation.arrow", "sections.jsonl", "report.json",
)  # fmt: skip
_FLUSH = 500  # rows that wait for their place on disk


@dataclass(slots=True)
class DataReport:
    """What the rows hold. Tokens are of the tokenizer; answer tokens carry the loss."""

    name: str = ""
    hash: str = ""
    rows: int = 0
    general: int = 0
    validation: int = 0
    validation_tokens: int = 0
    tokens: int = 0
    answer_tokens: int = 0
    longest: int = 0
    shortened: int = 0
    own_split: bool = True  # whether the set has validation rows; else owners are kept aside
    refused: dict[str, int] = field(default_factory=dict)
    packed_rows: int = 0  # rows of max_tokens that hold them all
    told: list[str] = field(default_factory=list)

    def packing(self, max_tokens: int) -> float:
        """The share of the packed rows that is no padding."""
        return self.tokens / (self.packed_rows * max_tokens) if self.packed_rows else 0.0


def prepare(
    rows: Rows, encoder: Encoder, recipe: Recipe, general: Iterable[tuple[str, str, str]], to: Path
) -> DataReport:
    """Encode all rows into the folder `to`. Raises SettingsError for a set that cannot be trained on."""
    import pyarrow

    to.mkdir(parents=True, exist_ok=True)
    report = DataReport(name=rows.name, own_split=has_validation(rows))
    refused: Counter[str] = Counter()
    digest = hashlib.sha256()
    sections: list[SftSample] = []
    lengths: list[int] = []
    schema = pyarrow.schema(
        [("id", pyarrow.string()), ("section", pyarrow.string())]
        + [(name, pyarrow.list_(pyarrow.int32())) for name in ("input_ids", "labels")]
    )
    with ExitStack() as files:
        train, validation = (
            files.enter_context(_Table(to / name, schema)) for name in (TRAIN, VALIDATION)
        )
        for sample in split(rows, recipe, report):
            digest.update(to_json(sample).encode())
            made = encoder.sample(sample)
            if isinstance(made, Refused):
                refused[made.reason] += 1
            elif sample.split == "validation":
                validation.add(made)
                report.validation += 1
                report.validation_tokens += len(made.input_ids)
                sections.append(sample)
                sections = _kept(sections, recipe.evaluate.sections)
            else:
                train.add(made)
                _counted(report, made)
                lengths.append(len(made.input_ids))
        for number, (instruction, given, answer) in enumerate(general):
            digest.update(f"{instruction}\0{given}\0{answer}".encode("utf-8", "replace"))
            made = encoder.general(f"general-{number}", instruction, given, answer)
            if isinstance(made, Refused):
                refused[made.reason] += 1
                continue
            train.add(made)
            _counted(report, made)
            report.general += 1
            lengths.append(len(made.input_ids))
    if not report.validation:
        report.told.append("no row is left for validation: only the training loss will be known")
    report.hash = digest.hexdigest()[:16]
    report.refused = dict(refused.most_common())
    report.packed_rows = packed_rows(lengths, recipe.row_tokens)
    if not report.rows:
        raise SettingsError(
            f"No row of {rows.name!r} is left to train on: "
            + (
                "; ".join(f"{n} {reason}" for reason, n in refused.items())
                or "all are for validation"
            )
            + "."
        )
    lines = "".join(to_json(sample) + "\n" for sample in sections)
    write_whole(to / SECTIONS, lines.encode())
    write_whole(to / REPORT, json.dumps(asdict(report)).encode())
    return report


def prepared(folder: Path) -> DataReport | None:
    """The report of rows that are encoded already, or None."""
    place = folder / REPORT
    return DataReport(**json.loads(place.read_text("utf-8"))) if place.is_file() else None


def dataset(folder: Path, name: str) -> Any:
    """The encoded rows of a split, as a `datasets.Dataset` that stays on disk."""
    from datasets import Dataset

    return Dataset.from_file(str(folder / name))


def sections_of(folder: Path) -> list[SftSample]:
    """Samples of the validation set whose sections are generated and judged."""
    return list(read_samples(folder / SECTIONS))


def has_validation(rows: Rows) -> bool:
    """Whether a set has rows that are kept for validation."""
    return any(sample.split == "validation" for sample in rows.read())


def split(rows: Rows, recipe: Recipe, report: DataReport) -> Iterator[SftSample]:
    """The samples, each for training or for validation."""
    samples = checked(rows)
    if report.own_split:
        yield from samples
        return
    share = recipe.data.validation_share
    report.told.append(
        f"{rows.name!r} has no validation rows: {share:.0%} of its owners are kept aside for it"
    )
    yield from with_validation(samples, share)


def texts(rows: Rows) -> Iterator[str]:
    """What a tokenizer is trained on: answers, paths and code of the training rows."""
    for sample in checked(rows):
        if sample.split == "train":
            yield sample.content
            yield "\n".join(sample.input.file_tree)
            yield from (file.content for file in sample.input.key_files)


def packed_rows(lengths: Iterable[int], size: int) -> int:
    """How many rows of `size` tokens best-fit-decreasing needs: as TRL packs."""
    from bisect import bisect_left, insort

    free: list[int] = []  # room that is left in the rows, in order
    count = 0
    for length in sorted(lengths, reverse=True):
        at = bisect_left(free, length)
        room = free.pop(at) if at < len(free) else size
        count += room == size
        if room > length:
            insort(free, room - length)
    return count


def _kept(sections: list[SftSample], most: int) -> list[SftSample]:
    """Of many, the ones with the smallest hash: the same whatever else the set holds."""
    if len(sections) <= most:
        return sections
    return sorted(sections, key=lambda s: hashlib.sha256(s.id.encode()).digest())[:most]


def _counted(report: DataReport, made: Encoded) -> None:
    report.rows += 1
    report.tokens += len(made.input_ids)
    report.answer_tokens += len(made.input_ids) - made.prompt_tokens
    report.longest = max(report.longest, len(made.input_ids))
    report.shortened += made.shortened


class _Table:
    """An Arrow stream of encoded rows; a context manager."""

    def __init__(self, place: Path, schema: Any) -> None:
        self._place = place
        self._schema = schema
        self._waiting: list[dict[str, Any]] = []

    def __enter__(self) -> _Table:
        import pyarrow

        self._file = pyarrow.OSFile(str(self._place), "wb")
        self._stream = pyarrow.ipc.new_stream(self._file, self._schema)
        return self

    def add(self, row: Encoded) -> None:
        """One row more."""
        self._waiting.append(
            {"id": row.id, "section": row.section, "input_ids": row.input_ids, "labels": row.labels}
        )
        if len(self._waiting) >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        self._stream.write_table(pyarrow.Table.from_pylist(self._waiting, self._schema))
        self._waiting = []

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._stream.close()
        self._file.close()
