"""Uploading a folder to the Hugging Face Hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from moxi_core.errors import OutputError, SettingsError

_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def check_name(name: str, kind: str) -> None:
    """Raise SettingsError for a name that the Hub would refuse."""
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no {kind}'s name; write it as organisation/name.")


def upload(
    folder: Path,
    name: str,
    kind: Literal["dataset", "model"],
    files: Sequence[str],
    message: str,
    *,
    private: bool,
) -> str:
    """Upload files that stand in a folder, and that patterns name; their address on the Hub.

    Raises SettingsError for a name that is none, OutputError where the Hub refuses.
    """
    check_name(name, kind)
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError
    except ImportError as error:
        raise OutputError(
            "Uploading needs huggingface_hub; run: pip install 'moxi-readme[dataset]'"
        ) from error
    api = HfApi()
    try:
        api.create_repo(name, repo_type=kind, private=private, exist_ok=True)
        api.upload_folder(
            folder_path=folder, repo_id=name, repo_type=kind, allow_patterns=list(files),
            ignore_patterns=["*/*", ".*"],
            commit_message=message,
        )  # fmt: skip
    except LocalTokenNotFoundError as error:
        raise OutputError("The Hub wants a token; set HF_TOKEN to one that may write.") from error
    except (HfHubHTTPError, OSError) as error:
        first = str(error).strip().split("\n")[0]
        raise OutputError(f"The Hub does not take {name!r}: {first}") from error
    return f"{api.endpoint}/{'datasets/' if kind == 'dataset' else ''}{name}"
