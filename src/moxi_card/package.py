"""The folder beside a job: `upload_package/` holds what goes to the Hub, and is always left complete."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from moxi_card import metadata
from moxi_card.card import Material, license_file, render
from moxi_card.describe import Description
from moxi_card.keep import Kept, rewritten
from moxi_card.licenses import conflict
from moxi_card.training_config import configs
from moxi_core.errors import CardError, OutputError
from moxi_core.files import write_whole

MAX_CARD = 5_000_000  # bytes
_DESCRIPTION = "description.txt"
_WHOLE_LICENSE = 3_000  # characters; what we write ourselves is shorter


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job's files are written."""

    folder: Path

    @property
    def package(self) -> Path:
        """What is uploaded, as it lies on the Hub."""
        return self.folder / "upload_package"

    @property
    def card(self) -> Path:
        """The card."""
        return self.package / "README.md"

    def description(self) -> Description | None:
        """What a model wrote for an earlier card of the job."""
        text = read_text(self.folder / _DESCRIPTION)
        return Description(text.strip(), by_model=True) if text and text.strip() else None


def write_plan(material: Material, place: Place) -> list[Path]:
    """Write sample prompts and the training's configuration; the files."""
    made = {"sample_prompts.txt": "".join(f"{prompt}\n" for prompt in material.prompts)}
    made |= configs(material.job, material.prompts)
    if material.description.by_model:
        made[_DESCRIPTION] = f"{material.description.text}\n"
    return [write_text(place.folder / name, text) for name, text in made.items()]


def write_card(material: Material, place: Place, old: str | None, *, force: bool = False) -> Kept:
    """Write the card, as it was published or left here but for our parts, and LICENSE.md.

    Raises CardError for a card that is not ours, or whose license was changed to what cannot be.
    """
    new = render(material)
    made = Kept(new, ())
    if old is not None and metadata.is_ours(old):
        # Without a description of its own, a run leaves the one that stands there.
        has_own = material.description.by_model or material.job.description
        frozen = () if has_own or force else ("generated-description",)
        made = rewritten(old, new, frozen=frozen, force=force)
    data, _ = metadata.split(made.card)
    words = {key: value for key, value in data.items() if isinstance(value, str)}
    why = conflict(material.job.base_model, words)
    if why:
        raise CardError(f"The card cannot be published: {why}; mend it, or use --force.")
    write_text(place.card, made.card)
    write_license(material, place)
    return made


def write_license(material: Material, place: Place) -> None:
    """LICENSE.md where the base's license binds; one that holds the license's text stays."""
    file = place.package / "LICENSE.md"
    if not material.license.binds:
        return
    known = read_text(file)
    if known is None or len(known) < _WHOLE_LICENSE:
        write_text(file, license_file(material.license))


def put_weights(source: Path, place: Path) -> None:
    """The weights under their name on the Hub: linked where the disk allows, else copied whole."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and place.samefile(source):
            return
        part = place.with_name(f".{place.name}.part")
        part.unlink(missing_ok=True)
        try:
            os.link(source.resolve(), part)
        except OSError:  # another disk, or one without links
            shutil.copyfile(source, part)
        part.replace(place)
    except OSError as error:
        raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error


def read_text(place: Path) -> str | None:
    """A text; None where there is none. Raises CardError for one that is none, or far too large."""
    try:
        if not place.is_file():
            return None
        if place.stat().st_size > MAX_CARD:
            raise CardError(f"{str(place)!r} is too large for a card.")
        return place.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CardError(f"{str(place)!r} is not in UTF-8; convert it.") from error
    except OSError as error:
        raise CardError(f"{str(place)!r} cannot be read: {error.strerror}.") from error


def write_text(place: Path, text: str) -> Path:
    """Write a text, with the folders above it."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make {str(place.parent)!r}: {error.strerror}.") from error
    write_whole(place, text.encode())
    return place
