"""What a file of weights says of itself: the header of a safetensors file, read with bounds.

Only keys that are known are taken: trainers write paths of their machine and all tags in there, too.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moxi_card.captions import one_line
from moxi_core.errors import CardError

MAX_HEADER = 100_000_000  # as the format allows
_BYTES = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "F8_E4M3": 1, "F8_E5M2": 1, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip
_DOWN = re.compile(r"\.(?:lora_A|lora_down|lora\.down)(?:\.\w+)?\.weight$|\.lokr_w1(?:_a)?$")
# What a trainer calls the architecture, and what that is here.
_ARCHITECTURES = (
    (re.compile(r"flux", re.I), "flux"),
    (re.compile(r"sdxl|xl[_-]?v?\d*[_-]?base|stable-diffusion-xl", re.I), "sdxl"),
    (re.compile(r"stable-diffusion-v1|sd[_-]?v?1|sd15", re.I), "sd15"),
    (re.compile(r"sd3|stable-diffusion-3", re.I), "sd35"),
    (re.compile(r"z[_-]?image", re.I), "zimage"),
    (re.compile(r"qwen", re.I), "qwen"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A LoRA's file. What its header does not tell is None or ""."""

    place: Path
    size: int
    tensors: int
    dtype: str = ""
    rank: int | None = None
    alpha: float | None = None
    steps: int | None = None
    epochs: int | None = None
    images: int | None = None
    learning_rate: str = ""
    optimizer: str = ""
    resolution: str = ""
    family: str = ""  # of the base model
    trigger: str = ""
    trainer: str = ""


def read_weights(place: Path) -> Weights:
    """What a safetensors file tells. Raises CardError for a truncated one, a pickle, or no LoRA."""
    try:
        size = place.stat().st_size
        with place.open("rb") as file:
            head = file.read(8)
            _refuse_foreign(head, place)
            (length,) = struct.unpack("<Q", head.ljust(8, b"\0"))
            if size < 8 or length > min(MAX_HEADER, size - 8):
                raise _truncated(place)
            header = json.loads(file.read(length))
    except OSError as error:
        raise CardError(f"Weights {str(place)!r} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CardError(
            f"Weights {str(place)!r} have no safetensors header; save them anew."
        ) from error
    if not isinstance(header, dict):
        raise CardError(f"Weights {str(place)!r} have no safetensors header; save them anew.")
    told = header.pop("__metadata__", None) or {}
    metadata = {key: value for key, value in told.items() if isinstance(value, str)}
    tensors = dict(_tensors(header, place, size - 8 - length))
    return _weights(place, size, tensors, metadata)


def _refuse_foreign(head: bytes, place: Path) -> None:
    if head[:2] == b"PK" or (head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05"):
        raise CardError(
            f"Weights {str(place)!r} are a pickle, which runs code when it is loaded; save them as "
            "safetensors."
        )


def _truncated(place: Path) -> CardError:
    return CardError(f"Weights {str(place)!r} are cut off; copy them again.")


def _tensors(
    header: Mapping[str, Any], place: Path, room: int
) -> Iterator[tuple[str, tuple[str, list[int]]]]:
    """Name, type and shape of each tensor, whose bytes must be there."""
    end = 0
    for name, entry in header.items():
        try:
            kind, shape = str(entry["dtype"]), [int(n) for n in entry["shape"]]
            start, stop = (int(n) for n in entry["data_offsets"])
        except (KeyError, TypeError, ValueError) as error:
            raise CardError(
                f"Weights {str(place)!r} have a broken header at {one_line(name)[:80]!r}; save them anew."
            ) from error
        wanted = math.prod(shape) * _BYTES.get(kind, 0)
        if start < 0 or stop < start or (kind in _BYTES and stop - start != wanted):
            raise CardError(
                f"Weights {str(place)!r} have a broken header at {one_line(name)[:80]!r}; save them anew."
            )
        end = max(end, stop)
        yield name, (kind, shape)
    if end > room:
        raise _truncated(place)


def _weights(
    place: Path, size: int, tensors: Mapping[str, tuple[str, list[int]]], told: Mapping[str, str]
) -> Weights:
    downs = [shape for name, (_, shape) in tensors.items() if _DOWN.search(name)]
    if not downs:
        raise CardError(
            f"Weights {str(place)!r} hold no LoRA: none of their {len(tensors)} tensors is a lora_down or "
            "lora_A; name the file that the trainer calls LoRA."
        )
    kinds = {kind for kind, _ in tensors.values()}
    ranks = {min(shape[:2]) for shape in downs if len(shape) >= 2}
    get = _Told(told)
    return Weights(
        place=place,
        size=size,
        tensors=len(tensors),
        dtype=next(iter(kinds)) if len(kinds) == 1 else "",
        rank=get.whole("ss_network_dim", "lora_rank", "rank")
        or (ranks.pop() if len(ranks) == 1 else None),
        alpha=get.number("ss_network_alpha", "lora_alpha"),
        steps=get.whole("ss_steps", "ss_max_train_steps"),
        epochs=get.whole("ss_num_epochs", "ss_epoch"),
        images=get.whole("ss_num_train_images"),
        learning_rate=get.rate(),
        optimizer=get.text("ss_optimizer").partition("(")[0].rpartition(".")[2],
        resolution=get.resolution(),
        family=_family(get.text("modelspec.architecture", "ss_base_model_version"), tensors),
        trigger=get.text("modelspec.trigger_phrase"),
        trainer=_trainer(told),
    )


class _Told:
    """Values of the metadata by the names that trainers give them; the first that makes sense."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self._told = dict(told)
        inner = told.get("lora_adapter_metadata", "")  # where diffusers keeps peft's configuration
        try:
            kept = json.loads(inner) if inner else {}
        except (ValueError, RecursionError):
            kept = {}
        for key, value in kept.items() if isinstance(kept, dict) else ():
            name = str(key).rpartition(".")[2]
            if name in ("r", "lora_alpha") and isinstance(value, int | float):
                self._told.setdefault({"r": "rank"}.get(name, name), str(value))

    def text(self, *names: str) -> str:
        found = next((self._told[name] for name in names if self._told.get(name)), "")
        return "" if found == "None" else one_line(found)[:120]

    def number(self, *names: str) -> float | None:
        for name in names:
            try:
                value = float(self._told.get(name, ""))
            except ValueError:
                continue
            if math.isfinite(value) and 0 < value < 1e9:
                return value
        return None

    def whole(self, *names: str) -> int | None:
        value = self.number(*names)
        return int(value) if value is not None and value == int(value) else None

    def rate(self) -> str:
        value = self.number("ss_learning_rate", "ss_unet_lr")
        return "" if value is None else f"{value:g}"

    def resolution(self) -> str:
        found = re.findall(r"\d{2,5}", self.text("modelspec.resolution", "ss_resolution"))[:2]
        return "×".join(found * 2 if len(found) == 1 else found)


def _family(told: str, tensors: Mapping[str, object]) -> str:
    for pattern, name in _ARCHITECTURES:
        if pattern.search(told):
            return name
    if any(
        "single_transformer_blocks." in name or "lora_unet_single_blocks_" in name
        for name in tensors
    ):
        return "flux"
    return ""


def _trainer(told: Mapping[str, str]) -> str:
    if "ss_network_module" in told or "ss_sd_scripts_commit_hash" in told:
        return "sd-scripts" if "software" not in told else "ai-toolkit"
    if any(key.startswith("mflux") for key in told):
        return "mflux"
    if "ai-toolkit" in told.get("software", ""):
        return "ai-toolkit"
    return "diffusers" if "lora_adapter_metadata" in told else ""
