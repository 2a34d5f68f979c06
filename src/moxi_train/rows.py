"""Where training samples come from: data/sft, the store, a JSON array, a dataset of the Hub."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moxi_core.config import StoreSettings
from moxi_core.errors import SettingsError
from moxi_core.records import from_json
from moxi_core.samples import SftInput, SftSample
from moxi_core.sft_set import SPLITS, read_samples

_MAKE = "make a training set with `moxi dataset build`"
_NEEDED = ("instruction", "input", "content")
_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Samples that can be read again and again, each with its split; `name` is for the run's record.

    `read` gives them in an order that stays the same.
    """

    name: str
    read: Callable[[], Iterator[SftSample]]


def rows_of(given: str, default: Path) -> Rows:
    """What `--dataset` names: a folder, a JSON array, or org/name on the Hub; "" is the default."""
    place = Path(given) if given else default
    if place.is_dir():
        return _folder(place)
    if place.is_file():
        return Rows(str(place), lambda: _array(place))
    if given and given.count("/") == 1 and not given.startswith((".", "/")) and not place.suffix:
        return Rows(given, lambda: _from_hub(given))
    raise SettingsError(f"There is no training set {str(place)!r}; {_MAKE}.")


def rows_of_store(settings: StoreSettings) -> Rows:
    """The samples of the store."""
    from moxi_core.store import open_store

    def read() -> Iterator[SftSample]:
        with open_store(settings) as store:
            yield from store.stream(SftSample)

    return Rows("store", read)


def _folder(folder: Path) -> Rows:
    for split in SPLITS[:2]:
        if not (folder / f"{split}.jsonl").is_file():
            raise SettingsError(f"{str(folder)!r} has no {split}.jsonl; {_MAKE}.")

    def read() -> Iterator[SftSample]:
        for split in reversed(
            SPLITS[:2]
        ):  # the small one first: whether there is any is soon known
            yield from read_samples(folder / f"{split}.jsonl")

    return Rows(str(folder), read)


def _array(place: Path) -> Iterator[SftSample]:
    try:
        rows = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{str(place)!r} cannot be read as JSON: {error}.") from error
    if not isinstance(rows, list):
        raise SettingsError(f"{str(place)!r} is no array; write [{{instruction, input, content}}].")
    for number, row in enumerate(rows, 1):
        yield sample_of(row, f"item {number} of {str(place)!r}")


def _from_hub(name: str) -> Iterator[SftSample]:
    from moxi_train.hub import dataset_of

    splits = dataset_of(name)
    for split in SPLITS[:2]:
        for number, row in enumerate(splits.get(split, ()), 1):
            yield sample_of({**row, "split": split}, f"row {number} of {name!r}")


def sample_of(row: object, place: str) -> SftSample:
    """A sample of plain data. Raises SettingsError where it has another shape."""
    if not isinstance(row, Mapping) or not all(name in row for name in _NEEDED):
        has = ", ".join(sorted(map(str, row))) if isinstance(row, Mapping) else type(row).__name__
        raise SettingsError(f"{place} has another shape ({has}); it needs {', '.join(_NEEDED)}.")
    given = row["input"]
    if isinstance(given, str):
        given = {"description": given} if given else {}
    made = {
        "id": str(row.get("id") or _hash(row)),
        "instruction": row["instruction"],
        "input": {key: value for key, value in given.items() if value is not None}
        if isinstance(given, Mapping)
        else given,
        "content": row["content"],
        "repo_url": row.get("repo_url") or "",
        "section": row.get("section") or "",
        "split": row.get("split") or "train",
    }
    try:
        sample = from_json(SftSample, json.dumps(made))
    except ValueError as error:
        told = " ".join(str(error).split())[:200]
        raise SettingsError(f"{place} is no training sample: {told}.") from error
    return sample


def _hash(row: Mapping[str, Any]) -> str:
    text = json.dumps([row["instruction"], row["input"], row["content"]], default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def checked(rows: Rows) -> Iterator[SftSample]:
    """The samples of train and validation. Raises SettingsError for what must not be trained on."""
    known: set[str] = set()
    for sample in rows.read():
        if sample.split == "test":
            continue
        for name, value in (("content", sample.content), ("instruction", sample.instruction)):
            if not value.strip():
                raise SettingsError(
                    f"Sample {sample.id!r} of {rows.name!r} has no {name}; {_MAKE}."
                )
        if sample.id in known:
            raise SettingsError(f"{rows.name!r} has two samples {sample.id!r}; {_MAKE}.")
        known.add(sample.id)
        yield sample
    if len(known) < 2:
        raise SettingsError(
            f"{rows.name!r} has {len(known) or 'no'} sample{'s' * (not known)}: too little to train on; {_MAKE}."
        )


def with_validation(samples: Iterable[SftSample], share: float) -> Iterator[SftSample]:
    """The samples of a set without validation: some owners are kept for it, by a stable hash."""
    for sample in samples:
        is_kept = _bucket(owner_of(sample)) < share * _BUCKETS
        yield replace(sample, split="validation") if is_kept else sample


def owner_of(sample: SftSample) -> str:
    """Who owns what a sample was made of; where that is not said, what is alike has one owner."""
    if sample.repo_url:
        return sample.repo_url.rstrip("/").rpartition("/")[0].lower()
    shown: SftInput = sample.input
    return "\n".join(shown.file_tree) or shown.description or sample.id


def _bucket(owner: str) -> int:
    return int(hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest(), 16) % _BUCKETS
