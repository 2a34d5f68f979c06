"""The training set on the Hugging Face Hub: the files as they are, with their card."""

from __future__ import annotations

import re
from pathlib import Path

from moxi_core.errors import OutputError, SettingsError

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_FILES = ["README.md", "*.parquet"]


def push(folder: Path, name: str, *, private: bool = True) -> str:
    """Upload a folder's card and Parquet files; the address of the dataset.

    Raises SettingsError for a name that is none, OutputError where the Hub refuses.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no dataset's name; write it as organisation/name.")
    if not (folder / "train.parquet").is_file():
        raise OutputError(
            f"There is no training set in {str(folder)!r}; make one with `moxi dataset build`."
        )
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError
    except ImportError as error:
        raise OutputError(
            "Uploading needs huggingface_hub; run: pip install 'moxi-readme[dataset]'"
        ) from error
    api = HfApi()
    try:
        api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        api.upload_folder(
            folder_path=folder, repo_id=name, repo_type="dataset", allow_patterns=_FILES,
            commit_message="Training set of README sections",
        )  # fmt: skip
    except LocalTokenNotFoundError as error:
        raise OutputError("The Hub wants a token; set HF_TOKEN to one that may write.") from error
    except (HfHubHTTPError, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise OutputError(f"The Hub does not take {name!r}: {first}") from error
    return f"{api.endpoint}/datasets/{name}"
