"""Jobs, images and weights for tests of cards; the command as its user calls it."""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import click
from PIL import Image

from moxi_cli.moxi import app
from moxi_core.errors import MoxiError

CAPTIONS = (
    "a green frog sitting on a wooden bench in the rain, muted colors",
    "pepe reading a newspaper at a cafe table, morning light",
    "pepe, close-up portrait, smiling, blue background",
    "a frog *riding* a [bicycle](http://example.com/x) down a narrow street <b>at night</b>",
    "pepe playing chess against an old man in a park",
    "pepe standing in a field of yellow flowers under a cloudy sky",
    "frog cooking soup in a small kitchen: steam, pots and pans",
    "pepe as an astronaut floating above the moon",
    "pepe with a red umbrella, watercolor",
    "pepe sleeping on a couch, lamp light, cozy room",
    "pepe driving an old car along the coast",
    "pepe fishing at a lake with mountains behind",
)
JOB: dict[str, Any] = {
    "modelName": "Pepe Frog",
    "triggerWord": "pepe",
    "steps": 2000,
    "hfOrg": "org",
    "dataset": "images",
}


def picture(color: int = 0, kind: str = "PNG", size: int = 32) -> bytes:
    """A small image."""
    made = BytesIO()
    Image.new("RGB", (size, size), (color % 256, 120, 60)).save(made, kind)
    return made.getvalue()


def safetensors(
    metadata: Mapping[str, str] | None = None,
    tensors: Mapping[str, Sequence[int]] | None = None,
    fill: int = 0,
) -> bytes:
    """A file of weights in float32: a LoRA of rank 4, unless `tensors` gives names and shapes."""
    shapes = tensors or {
        "transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": (4, 64),
        "transformer.single_transformer_blocks.0.attn.to_q.lora_B.weight": (64, 4),
    }
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, shape in shapes.items():
        size = 4
        for side in shape:
            size *= side
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes([fill]) * end


def write_job(folder: Path, captions: Sequence[str] = CAPTIONS, **changes: object) -> Path:
    """A job's file beside its images with sidecars; a change to None leaves a key out."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for number, caption in enumerate(captions):
        (images / f"img{number}.png").write_bytes(picture(number * 20))
        (images / f"img{number}.txt").write_text(f"{caption}\n", "utf-8")
    place = folder / "job.json"
    table = {key: value for key, value in (JOB | changes).items() if value is not None}
    place.write_text(json.dumps(table), "utf-8")
    return place


def write_trained(folder: Path, samples: int = 4) -> tuple[Path, Path]:
    """Weights and sample images as a trainer leaves them."""
    weights = folder / "trained" / "lora.safetensors"
    weights.parent.mkdir(parents=True, exist_ok=True)
    weights.write_bytes(safetensors({"ss_steps": "1800", "ss_learning_rate": "0.0001"}))
    pictures = folder / "trained" / "samples"
    pictures.mkdir(exist_ok=True)
    for number in range(samples):
        (pictures / f"{number}.png").write_bytes(picture(100 + number))
    return weights, pictures


def environment(**more: str) -> dict[str, str]:
    """The environment without settings of the machine, and with others."""
    left_out = ("MOXI_", "OPENAI_", "HF_", "AWS_")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return clean | {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"} | more


def command(*arguments: str | Path) -> list[str]:
    """How `moxi card` is called as a process of its own."""
    return [sys.executable, "-m", "moxi_cli", "card", *map(str, arguments)]


@dataclass(frozen=True)
class Done:
    """What a command has said, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def card(*arguments: str | Path, **more: str) -> Done:
    """Run `moxi card` within this process, in the environment of a user who has set `more`."""
    out, err, before = StringIO(), StringIO(), dict(os.environ)
    code = 0
    try:
        os.environ.clear()
        os.environ.update(environment(**more))
        with redirect_stdout(out), redirect_stderr(err):
            code = app(["card", *map(str, arguments)], standalone_mode=False) or 0
    except MoxiError as error:
        code = error.exit_code
        err.write(f"error: {error}\n")
    except click.exceptions.Exit as error:
        code = error.exit_code
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Done(code, out.getvalue(), err.getvalue())
