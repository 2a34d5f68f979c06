"""Datasets of the Hugging Face Hub, from its cache where there is no network, or from a local copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError

_LOCAL = {".json": "json", ".jsonl": "json", ".parquet": "parquet", ".csv": "csv"}


def dataset_of(name: str) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """The splits of a dataset by its Hub id, a file or a folder of files.

    Raises SettingsError where it cannot be had.
    """
    import datasets
    from huggingface_hub.errors import GatedRepoError

    place = Path(name)
    try:
        if place.is_file() and place.suffix in _LOCAL:
            found = datasets.load_dataset(_LOCAL[place.suffix], data_files=str(place))
        else:
            found = datasets.load_dataset(name)
    except GatedRepoError as error:
        raise SettingsError(
            f"Dataset {name!r} is gated: ask for access at https://huggingface.co/datasets/{name}, "
            "and set HF_TOKEN."
        ) from error
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        told = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise SettingsError(
            f"Dataset {name!r} cannot be had: {told} (Is the name right, is there a network?)"
        ) from error
    splits: Mapping[str, Iterable[Mapping[str, Any]]] = found
    return splits


def general_rows(name: str, size: int) -> Iterator[tuple[str, str, str]]:
    """(instruction, input, answer) of the first rows of an Alpaca-shaped dataset.

    Raises SettingsError where it cannot be had, or has another shape.
    """
    splits = dataset_of(name)
    rows = splits.get("train") or next(iter(splits.values()), ())
    for number, row in enumerate(islice(rows, size), 1):
        if not isinstance(row.get("instruction"), str) or not isinstance(row.get("output"), str):
            raise SettingsError(
                f"Row {number} of dataset {name!r} has {', '.join(row)}; general instructions need "
                "instruction and output (and may have input)."
            )
        yield row["instruction"], str(row.get("input") or ""), row["output"]
