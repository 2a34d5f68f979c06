"""Captions of a dataset: a manifest, a folder with one-line sidecars, or metadata.jsonl.

They are a stranger's text. Each becomes one line of visible characters; what shows them escapes them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moxi_core.errors import CardError
from moxi_infer.markdown import visible

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MAX_BYTES = 200_000_000  # of a manifest
MAX_CAPTION = 2_000  # characters; no text encoder reads more
_SIDECAR_BYTES = 64_000
_TEXT_KEYS = ("text", "caption", "prompt")  # of a row of metadata.jsonl, as trainers name it
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Captions:
    """The captions of a dataset in its order, and how many images it has."""

    texts: tuple[str, ...]
    images: int

    @property
    def missing(self) -> int:
        """How many images have no caption."""
        return self.images - len(self.texts)


def extract_captions(manifest: Mapping[str, Any] | str | Path) -> list[str]:
    """The captions of a manifest (`images[].caption`), given as its content or its path.

    Raises CardError for one that is broken or names no image.
    """
    return list(_of_manifest(manifest).texts)


def load_captions(place: Path) -> Captions:
    """The captions of a manifest, of a metadata.jsonl or of a folder that has either or sidecars.

    Raises CardError where there is no image, or something is broken.
    """
    if place.is_dir():
        rows = place / "metadata.jsonl"
        found = _of_rows(rows) if rows.is_file() else _of_folder(place)
    elif place.suffix.lower() == ".jsonl":
        found = _of_rows(place)
    else:
        found = _of_manifest(place)
    if not found.images:
        raise CardError(f"There are no images in {str(place)!r}; name the dataset to train on.")
    return found


def one_line(text: str) -> str:
    """A caption as one line of visible characters, not longer than a text encoder reads."""
    head = text[: MAX_CAPTION * 4]
    return " ".join(visible(unicodedata.normalize("NFC", head)).split())[:MAX_CAPTION].rstrip()


def _captions(texts: Iterator[str], name: str) -> Captions:
    made = [one_line(text) for text in texts]
    if not made:
        raise CardError(f"Dataset {name!r} names no image; add entries to it.")
    return Captions(tuple(text for text in made if text), len(made))


def _of_manifest(manifest: Mapping[str, Any] | str | Path) -> Captions:
    if isinstance(manifest, Mapping):
        return _captions(_manifest_texts(manifest, "manifest"), "manifest")
    name = str(manifest)
    try:
        table = json.loads(_content(Path(manifest)))
    except (ValueError, RecursionError) as error:
        raise CardError(f"Manifest {name!r} cannot be read as JSON: {error}.") from error
    return _captions(_manifest_texts(table, name), name)


def _manifest_texts(table: object, name: str) -> Iterator[str]:
    images = table.get("images") if isinstance(table, Mapping) else None
    if not isinstance(images, list):
        raise CardError(f'Manifest {name!r} has no list "images"; write {{"images": [...]}}.')
    for number, image in enumerate(images):
        caption = image.get("caption", "") if isinstance(image, Mapping) else 0
        yield _checked(caption, f"images[{number}] of manifest {name!r}", '{"caption": "..."}')


def _of_rows(place: Path) -> Captions:
    return _captions(_row_texts(place), str(place))


def _row_texts(place: Path) -> Iterator[str]:
    for number, line in enumerate(_content(place).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CardError(f"Line {number} of {str(place)!r} is no JSON: {error}.") from error
        known = row if isinstance(row, dict) else {}
        if not isinstance(known.get("file_name"), str):
            raise CardError(f"Line {number} of {str(place)!r} names no image; give it file_name.")
        caption = next((known[key] for key in _TEXT_KEYS if key in known), "")
        yield _checked(caption, f"line {number} of {str(place)!r}", '"text": "..."')


def _of_folder(place: Path) -> Captions:
    try:
        images = sorted(
            (file for file in place.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES),
            key=lambda file: natural(file.name),
        )
    except OSError as error:
        raise CardError(f"{str(place)!r} cannot be read: {error.strerror}.") from error
    if not images:
        raise CardError(
            f"There are no images in {str(place)!r}; it takes {', '.join(IMAGE_SUFFIXES)}."
        )
    return _captions((_sidecar(image.with_suffix(".txt")) for image in images), str(place))


def _sidecar(place: Path) -> str:
    if not place.is_file():
        return ""
    if place.stat().st_size > _SIDECAR_BYTES:
        raise CardError(f"Caption {str(place)!r} is too large; write one line.")
    text = _content(place).strip()
    if "\n" in text:
        raise CardError(
            f"Caption {str(place)!r} has more than one line, which trainers read differently; join them."
        )
    return text


def natural(name: str) -> list[tuple[int, str]]:
    """A key by which img2 comes before img10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in _NUMBERS.split(name.casefold())
        if part
    ]


def _checked(caption: object, where: str, example: str) -> str:
    if caption is None:
        return ""
    if not isinstance(caption, str):
        raise CardError(f"The caption of {where} is no text; write {example}.")
    return caption


def _content(place: Path) -> str:
    try:
        if place.stat().st_size > MAX_BYTES:
            raise CardError(f"{str(place)!r} is too large for captions.")
        return place.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CardError(f"Dataset {str(place)!r} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CardError(f"{str(place)!r} is not in UTF-8; convert it.") from error
