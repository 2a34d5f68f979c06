"""Uploading a folder to the Hugging Face Hub, and what the Hub says in sentences of ours."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moxi_core.errors import HubDownError, MoxiError, OutputError, SettingsError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Kind = Literal["dataset", "model"]

_PART = re.compile(r"(?!.*(?:--|\.\.|\.git$))[\w](?:[\w.-]{0,94}[\w])?", re.ASCII)
# The library does not repeat the last step of an upload; the same files again make no second commit.
_PAUSES_S = (1, 2, 4, 8)
_BUSY = (408, 429)


def check_name(name: str, kind: str) -> None:
    """Raise SettingsError for a name that the Hub would refuse."""
    parts = name.split("/")
    if len(parts) != 2 or len(name) > 96 or not all(_PART.fullmatch(part) for part in parts):
        raise SettingsError(f"{name!r} is no {kind}'s name; write it as organisation/name.")


def hub_api() -> HfApi:
    """The Hub's client; HF_ENDPOINT and HF_TOKEN say which Hub, and who asks."""
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        raise OutputError(
            "Uploading needs huggingface_hub; run: pip install 'moxi-readme[dataset]'"
        ) from error
    if not sys.stderr.isatty():  # bars are for terminals: in a pipe they are lines of noise
        disable_progress_bars()
    # Given here, for the library reads the variable only once.
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


def upload(
    folder: Path,
    name: str,
    kind: Kind,
    files: Sequence[str],
    message: str,
    *,
    private: bool,
) -> str:
    """Upload files that stand in a folder, and that patterns name; their address on the Hub.

    Raises SettingsError for a name that is none, OutputError where the Hub refuses.
    """
    make_repository(name, kind, private=private)
    return commit(folder, name, kind, files, message)


def make_repository(name: str, kind: Kind, *, private: bool) -> str:
    """Create a repository where there is none yet; its address. Raises as `upload` does."""
    check_name(name, kind)
    api = hub_api()
    with hub_errors(name):
        api.create_repo(name, repo_type=kind, private=private, exist_ok=True)
    return _address(api, name, kind)


def commit(
    folder: Path,
    name: str,
    kind: Kind,
    files: Sequence[str],
    message: str,
    *,
    gone: Sequence[str] = (),
) -> str:
    """Upload what patterns name as one commit, or none where all is there; the repository's address.

    One commit, so that nobody sees half of it: `upload_folder` would make several. What an upload that
    was broken off has sent is not sent again. `gone` are paths on the Hub to remove. Raises OutputError
    where the Hub refuses, HubDownError where it does not answer, after retries.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    api = hub_api()
    found = {file for pattern in files for file in folder.glob(pattern) if file.is_file()}
    for pause in (*_PAUSES_S, None):
        adds = [
            CommitOperationAdd(file.relative_to(folder).as_posix(), file)
            for file in sorted(found)
            if not file.name.startswith(".")
        ]
        try:
            with hub_errors(name):
                there = set(api.list_repo_files(name, repo_type=kind)) if gone else set()
                removed = [CommitOperationDelete(path) for path in gone if path in there]
                api.create_commit(name, [*removed, *adds], commit_message=message, repo_type=kind)
            break
        except HubDownError:
            if pause is None:
                raise
            time.sleep(pause)
    return _address(api, name, kind)


def _address(api: HfApi, name: str, kind: Kind) -> str:
    return f"{api.endpoint}/{'datasets/' if kind == 'dataset' else ''}{name}"


@contextmanager
def hub_errors(name: str) -> Iterator[None]:
    """What the Hub's client raises inside, as one sentence of ours that names the repository."""
    # HTTPError is that of the HTTP library in use, which is not the same in all versions.
    from huggingface_hub.errors import HTTPError, LocalTokenNotFoundError  # type: ignore[attr-defined]

    try:
        yield
    except LocalTokenNotFoundError as error:
        raise OutputError("The Hub wants a token; set HF_TOKEN to one that may write.") from error
    except (HTTPError, OSError) as error:
        raise _told(name, error) from error
    except RuntimeError as error:  # wraps what went wrong with one file
        raise _told(name, error.__cause__ or error) from error
    except ValueError as error:  # metadata that the Hub calls invalid
        raise OutputError(f"The Hub does not take {name!r}: {_line(error)}") from error


def _told(name: str, error: BaseException) -> MoxiError:
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalEntryNotFoundError

    if not isinstance(error, HfHubHTTPError):
        is_offline = isinstance(error, LocalEntryNotFoundError)
        if isinstance(error, OSError) and not is_offline:
            return OutputError(f"The Hub does not take {name!r}: {_line(error)}")
        return HubDownError(f"The Hub cannot be reached ({type(error).__name__}); try again later.")
    status = error.response.status_code
    if status >= 500 or status in _BUSY:
        return HubDownError(f"The Hub answers with status {status}; try again later.")
    if isinstance(error, GatedRepoError):
        why = "access to it must be asked for on its page first."
    elif status == 401:
        why = "it knows no such token; set HF_TOKEN to one that may write."
    elif status == 403:
        said = error.server_message or "no right to write there"
        why = f"{_line(said)}; HF_TOKEN must be a token that may write there."
    else:
        why = _line(error.server_message or error)
    return OutputError(f"The Hub does not take {name!r}: {why}")


def _line(said: object) -> str:
    return str(said).strip().split("\n")[0][:300]
