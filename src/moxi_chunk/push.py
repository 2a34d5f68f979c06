"""The training set on the Hugging Face Hub: the files as they are, with their card."""

from __future__ import annotations

from pathlib import Path

from moxi_core.errors import OutputError
from moxi_core.hub import check_name, upload

_FILES = ("README.md", "*.parquet")


def push(folder: Path, name: str, *, private: bool = True) -> str:
    """Upload a folder's card and Parquet files; the address of the dataset.

    Raises SettingsError for a name that is none, OutputError where the Hub refuses.
    """
    check_name(name, "dataset")
    if not (folder / "train.parquet").is_file():
        raise OutputError(
            f"There is no training set in {str(folder)!r}; make one with `moxi dataset build`."
        )
    message = "Training set of README sections"
    return upload(folder, name, "dataset", _FILES, message, private=private)
