"""Sample images of a finished LoRA: chosen, looked at, brought into PNG, each with its prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from moxi_card.captions import IMAGE_SUFFIXES, natural, one_line
from moxi_core.errors import CardError
from moxi_core.files import write_whole

MOST = 12
MAX_BYTES = 50_000_000
MAX_PIXELS = 64_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
# As ai-toolkit names its samples: time, step, number of the prompt.
_STEP = re.compile(r".*?__0*(\d+)_(\d+)")


@dataclass(frozen=True, slots=True)
class Sample:
    """One image, by its path in the repository, and what it was asked for."""

    path: str
    prompt: str


def find_samples(folder: Path) -> list[Path]:
    """The images of a folder in order; of a trainer's, those of the last step."""
    try:
        images = [
            file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")
        ]
    except OSError as error:
        raise CardError(f"Samples {str(folder)!r} cannot be read: {error.strerror}.") from error
    found = sorted(
        (file for file in images if file.suffix.lower() in IMAGE_SUFFIXES),
        key=lambda f: natural(f.name),
    )
    others = sorted(
        file.name for file in images if file not in found and file.suffix.lower() != ".txt"
    )
    if not found and others:
        raise CardError(
            f"Sample {others[0]!r} in {str(folder)!r} is no image that a card shows; it takes "
            f"{', '.join(IMAGE_SUFFIXES)}."
        )
    steps = {file: _STEP.fullmatch(file.stem) for file in found}
    if found and all(steps.values()):
        numbers = {file: (int(m[1]), int(m[2])) for file, m in steps.items() if m}
        last = max(step for step, _ in numbers.values())
        found = sorted((f for f in found if numbers[f][0] == last), key=lambda f: numbers[f][1])
    return found[:MOST]


def place_samples(images: Sequence[Path], prompts: Sequence[str], package: Path) -> list[Sample]:
    """Write images as samples/sample_001.png … into a package. Raises CardError for what is no image.

    A one-line .txt beside an image is its prompt; else the prompts go to the images in order. None is
    written before all have been looked at.
    """
    contents = [_as_png(image) for image in images]
    made = []
    for number, (image, content) in enumerate(zip(images, contents, strict=True)):
        beside = image.with_suffix(".txt")
        known = one_line(beside.read_text("utf-8", "replace")) if beside.is_file() else ""
        prompt = known or (prompts[number] if number < len(prompts) else "")
        path = f"samples/sample_{number + 1:03}.png"
        place = package / path
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, content)
        made.append(Sample(path, prompt))
    wanted = {package / sample.path for sample in made}
    for old in (package / "samples").glob("sample_*.png"):
        if old not in wanted:
            old.unlink()
    return made


def _as_png(place: Path) -> bytes:
    """An image as PNG; one that is PNG stays as it is to the byte."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise CardError(
            "Looking at samples needs Pillow; run: pip install 'moxi-readme[card]'"
        ) from error
    try:
        if place.stat().st_size > MAX_BYTES:
            raise CardError(
                f"Sample {str(place)!r} is larger than {MAX_BYTES:,} bytes; make it smaller."
            )
        content = place.read_bytes()
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise CardError(f"Sample {str(place)!r} has too many pixels; make it smaller.")
            image.load()
            if image.format == "PNG":
                return content
            made = BytesIO()
            image.convert("RGB").save(made, "PNG", optimize=True)
            return made.getvalue()
    except UnidentifiedImageError as error:
        raise CardError(
            f"Sample {str(place)!r} is no PNG, JPEG or WebP image, whatever its name says; leave it out."
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CardError(f"Sample {str(place)!r} is a broken image; leave it out.") from error
