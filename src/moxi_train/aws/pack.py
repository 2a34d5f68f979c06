"""What a job on SageMaker gets: code, recipe and data, each under a key made of its own content."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_core.errors import SettingsError, TrainError
from moxi_core.files import write_whole
from moxi_core.sft_set import SPLITS
from moxi_train.aws.source import source_files

if TYPE_CHECKING:
    from moxi_train.recipe import Recipe

CODE, RECIPE = "moxi.tar.gz", "recipe.toml"
_TOP = "moxi"  # the one folder in the archive


@dataclass(frozen=True, slots=True)
class Part:
    """Files that one channel brings into the container: SM_CHANNEL_<channel>."""

    channel: str
    digest: str
    files: Mapping[str, Path]  # name in the channel -> where it lies here

    @property
    def folder_key(self) -> str:
        """The key of its folder in the bucket, below the prefix: other content is another key."""
        return f"{self.channel}/{self.digest[:32]}"


@dataclass(frozen=True, slots=True)
class Packed:
    """All that is uploaded."""

    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for part in self.parts for file in part.files.values())


def pack(recipe: Recipe, data_folder: Path, scratch: Path) -> Packed:
    """Write code and recipe into `scratch`, and name the data where it lies.

    Raises SettingsError for a folder without a training set, TrainError for links in it.
    """
    write_whole(scratch / CODE, archive(source_files()))
    write_whole(scratch / RECIPE, as_toml(recipe.model_dump(mode="json")).encode())
    return Packed(
        (
            _part("training", _data(data_folder)),
            _part("code", {CODE: scratch / CODE}),
            _part("recipe", {RECIPE: scratch / RECIPE}),
        )
    )


def archive(files: Mapping[str, bytes]) -> bytes:
    """A tar.gz whose bytes follow from names and contents alone."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", 9, packed, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in sorted(files):
            entry = tarfile.TarInfo(f"{_TOP}/{name}")
            entry.size, entry.mode = len(files[name]), 0o644
            tar.addfile(entry, io.BytesIO(files[name]))
    return packed.getvalue()


def as_toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """A table of texts, numbers, truths, lists and tables as TOML; None is left out."""
    values = {k: v for k, v in table.items() if v is not None}
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if not _is_table(value)]
    text = "".join(f"{line}\n" for line in lines)
    if path and (lines or not values):
        text = f"[{'.'.join(path)}]\n{text}"
    return text + "".join(
        as_toml(value, (*path, key)) for key, value in values.items() if _is_table(value)
    )


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _toml(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # JSON's texts, numbers and truths are TOML's, but for one character that must be escaped there.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _data(folder: Path) -> dict[str, Path]:
    """The splits that training reads. Raises SettingsError where they are not."""
    found = {f"{split}.jsonl": folder / f"{split}.jsonl" for split in SPLITS[:2]}
    for name, place in found.items():
        if place.is_symlink():
            raise TrainError(
                f"{str(place)!r} is a link, and links are not followed out of a training set: copy it."
            )
        if not place.is_file():
            raise SettingsError(
                f"{str(folder)!r} has no {name}; make a training set with `moxi dataset build`."
            )
    if found["train.jsonl"].stat().st_size == 0:
        raise SettingsError(
            f"{str(found['train.jsonl'])!r} is empty; make a training set with `moxi dataset build`."
        )
    return found


def _part(channel: str, files: Mapping[str, Path]) -> Part:
    whole = hashlib.sha256()
    for name, place in sorted(files.items()):
        with place.open("rb") as content:
            whole.update(f"{name}\0{hashlib.file_digest(content, 'sha256').hexdigest()}\n".encode())
    return Part(channel, whole.hexdigest(), files)
