"""What a rented machine has trained, fetched over SSH: weights and samples of `output/<name>/`.

Host keys are checked against known_hosts. Names that the machine gives are a stranger's: only plain
ones are taken, and only regular files.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from moxi_card.captions import IMAGE_SUFFIXES
from moxi_core.errors import CardError, SettingsError

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SFTPName

MAX_BYTES = 20_000_000_000  # of one file
MAX_FILES = 2_000
_NAME = re.compile(r"[\w][\w .()+,=@-]{0,200}")
_STEP = re.compile(r".*?[_-]0*(\d+)\.safetensors")
_NOT_WEIGHTS = re.compile(r"optimizer|scheduler|ema_|_state", re.I)
_SAMPLE_FOLDERS = ("samples", "sample", "validation_images")


@dataclass(frozen=True, slots=True)
class Address:
    """`ssh://[user@]host[:port]/folder`; a folder that begins with /~/ is in the user's home."""

    host: str
    folder: str
    user: str = ""
    port: int | None = None

    @classmethod
    def of(cls, text: str) -> Address:
        """An address as it is typed. Raises SettingsError for one that is none."""
        wrong = SettingsError(
            f"{text!r} is no address to fetch from; write ssh://user@host/path/of/job-folder."
        )
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise wrong from error
        folder = unquote(parts.path)
        is_whole = parts.scheme == "ssh" and parts.hostname and folder.strip("/")
        if not is_whole or parts.password or parts.query or "\0" in folder:
            raise wrong
        host = str(parts.hostname)
        if host.startswith("-"):
            raise wrong
        folder = folder[3:] if folder.startswith("/~/") else folder
        return cls(host, folder.rstrip("/"), parts.username or "", port)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched; `samples` is None where there are none."""

    weights: Path
    samples: Path | None


def fetch(
    address: str, names: Sequence[str], folder: Path, known_hosts: Path | None = None
) -> Fetched:
    """Fetch `output/<name>/` of a job's folder, by the first name that is there, into a folder.

    A file that is here already, of the same size and time, is not fetched again. Raises CardError in
    one sentence, SettingsError for an address that is none.
    """
    place = Address.of(address)
    try:
        import asyncssh
    except ImportError as error:
        raise CardError(
            "Fetching over SSH needs asyncssh; run: pip install 'moxi-readme[card-ssh]'"
        ) from error
    try:
        return asyncio.run(_fetch(place, names, folder, known_hosts))
    except asyncssh.HostKeyNotVerifiable as error:
        raise CardError(
            f"The host key of {place.host!r} is not known, or is not the one that is known; compare it, "
            f"then connect once by `ssh {place.host}`, so that it goes into known_hosts."
        ) from error
    except asyncssh.PermissionDenied as error:
        raise CardError(
            f"{place.host!r} lets nobody in with these keys; add yours to its authorized_keys, or to "
            "ssh-agent."
        ) from error
    except asyncssh.SFTPError as error:
        raise CardError(
            f"{place.host!r} does not give {place.folder!r}: {error.reason}."
        ) from error
    except (OSError, asyncssh.Error, TimeoutError) as error:
        why = str(error).split("\n")[0] or type(error).__name__
        raise CardError(f"{place.host!r} cannot be reached over SSH: {why}.") from error


async def _fetch(
    place: Address, names: Sequence[str], folder: Path, known_hosts: Path | None
) -> Fetched:
    import asyncssh

    options: dict[str, object] = {}
    if place.user:
        options["username"] = place.user
    if place.port:
        options["port"] = place.port
    if known_hosts is not None:
        options["known_hosts"] = str(known_hosts)
    async with (
        asyncssh.connect(
            place.host, connect_timeout=20, login_timeout=30, keepalive_interval=15, **options
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):
        return await _of_output(sftp, place, names, folder)


async def _of_output(
    sftp: SFTPClient, place: Address, names: Sequence[str], folder: Path
) -> Fetched:
    plain = [name for name in names if _NAME.fullmatch(name)]
    roots = [f"{place.folder}/output/{name}" for name in plain]
    there = [root for root in roots if await sftp.isdir(root)]
    if not there:
        raise CardError(f"There is no {' or '.join(roots)} on {place.host!r}; has it trained yet?")
    root = there[0]
    files = await _regular(sftp, root)
    chosen = choose_weights([_text(file) for file in files], plain)
    if not chosen:
        raise CardError(f"There are no weights in {root} on {place.host!r} yet; has it ended?")
    weights = folder / chosen
    await _get(sftp, root, next(file for file in files if _text(file) == chosen), weights)
    samples = await _samples(sftp, root, folder / "samples")
    return Fetched(weights, samples)


async def _samples(sftp: SFTPClient, root: str, folder: Path) -> Path | None:
    for name in _SAMPLE_FOLDERS:
        if not await sftp.isdir(f"{root}/{name}"):
            continue
        wanted = [
            file
            for file in await _regular(sftp, f"{root}/{name}")
            if _text(file).lower().endswith((*IMAGE_SUFFIXES, ".txt"))
        ]
        for file in wanted:
            await _get(sftp, f"{root}/{name}", file, folder / _text(file))
        known = {_text(file) for file in wanted}
        for old in folder.glob("*") if known else ():
            if old.name not in known:  # of an earlier run
                old.unlink()
        return folder if known else None
    return None


def choose_weights(files: Sequence[str], names: Sequence[str]) -> str:
    """The finished weights among a trainer's files, else those of the last step; "" for none."""
    found = [f for f in files if f.endswith(".safetensors") and not _NOT_WEIGHTS.search(f)]
    for whole in (*(f"{name}.safetensors" for name in names), "pytorch_lora_weights.safetensors"):
        if whole in found:
            return whole
    steps = {file: int(match[1]) for file in found if (match := _STEP.fullmatch(file))}
    if steps:
        return max(steps, key=lambda file: steps[file])
    return found[0] if len(found) == 1 else ""


async def _regular(sftp: SFTPClient, folder: str) -> list[SFTPName]:
    """The regular files of a folder whose names are plain."""
    import asyncssh

    found = []
    async for file in sftp.scandir(folder):
        if file.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and _NAME.fullmatch(_text(file)):
            found.append(file)
        if len(found) > MAX_FILES:
            raise CardError(f"{folder} holds more than {MAX_FILES:,} files; tidy it up.")
    return sorted(found, key=_text)


def _text(file: SFTPName) -> str:
    name = file.filename
    return name if isinstance(name, str) else name.decode("utf-8", "replace")


async def _get(sftp: SFTPClient, root: str, file: SFTPName, place: Path) -> None:
    """Fetch one file whole: into a file beside it first."""
    size, time = file.attrs.size or 0, file.attrs.mtime or 0
    if size > MAX_BYTES:
        raise CardError(f"{root}/{_text(file)} is larger than {MAX_BYTES:,} bytes.")
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_file() and (place.stat().st_size, int(place.stat().st_mtime)) == (size, time):
        return
    part = place.with_name(f".{place.name}.part")
    await sftp.get(f"{root}/{_text(file)}", part)
    if part.stat().st_size != size:
        raise CardError(f"{root}/{_text(file)} was not fetched whole; is it still being written?")
    os.utime(part, (time, time))
    part.replace(place)
