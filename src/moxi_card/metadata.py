"""The YAML at the top of a card, by huggingface_hub; and check sums that tell what a person changed.

    <!-- moxi-card body=3f9a2c1e base_model=... license=... -->

stands at the end of each card of ours: a sum of its text, and one of each key of its metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from moxi_card.job import Job
from moxi_card.licenses import License
from moxi_card.samples import Sample
from moxi_core.errors import CardError
from moxi_infer.markers import seal

_TAGS = ("text-to-image", "lora", "diffusers", "template:sd-lora")
_HEAD = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|\Z)", re.S)
_SEALS = re.compile(r"\n*<!-- moxi-card ([\w=. -]{1,2000}) -->\s*\Z")


def metadata(job: Job, license_: License, samples: Sequence[Sample]) -> dict[str, Any]:
    """The metadata of a card, as huggingface_hub has it; `widget` shows the samples that there are."""
    try:
        from huggingface_hub import ModelCardData
    except ImportError as error:
        raise CardError(
            "A card needs huggingface_hub; run: pip install 'moxi-readme[card]'"
        ) from error
    family = job.base.family
    widget = [
        {"text": sample.prompt or job.trigger_word, "output": {"url": sample.path}}
        for sample in samples
    ]
    more: dict[str, Any] = {
        **license_.metadata,
        "base_model_relation": "adapter",
        "instance_prompt": job.trigger_word,
        "widget": widget or None,
    }
    data: Any = ModelCardData(
        base_model=job.base_model,
        library_name="diffusers",
        pipeline_tag="text-to-image",
        tags=[*_TAGS, *(family.tags if family else ())],
        **more,
    )
    return dict(data.to_dict())


def split(card: str) -> tuple[dict[str, Any], str]:
    """A card's metadata and its text. Raises CardError where the metadata is no table."""
    found = _HEAD.match(card)
    if not found:
        return {}, card.removeprefix("\ufeff")
    try:
        table = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        why = getattr(error, "problem", None) or "it cannot be read"
        raise CardError(f"The card's metadata is no YAML{line}: {why}.") from error
    except (ValueError, RecursionError) as error:  # a date that is none, or far too deep
        raise CardError(f"The card's metadata cannot be read: {error}.") from error
    if table is not None and not isinstance(table, dict):
        raise CardError("The card's metadata is no table of keys and values.")
    return table or {}, card[found.end() :]


def joined(
    data: Mapping[str, Any],
    body: str,
    ours: Mapping[str, Any] | None = None,
    *,
    changed: bool = False,
) -> str:
    """A card of metadata and text, with check sums at its end: of the text, and of each of our keys.

    `ours` is the metadata as we would write it, where `data` holds a person's as well; `changed` says
    that the text does.
    """
    from huggingface_hub import ModelCardData

    head = ModelCardData(**data).to_yaml(original_order=list(data))
    text = without_seals(body).strip("\n")
    written = data if ours is None else ours
    sums = [f"{key}={_sum(value)}" for key, value in written.items() if _is_plain(key)]
    seals = " ".join([f"body={'changed' if changed else seal(text)}", *sums])
    return f"---\n{head}\n---\n\n{text}\n\n<!-- moxi-card {seals} -->\n"


def without_seals(body: str) -> str:
    """A card's text without the comment that holds its check sums."""
    return _SEALS.sub("\n", body.replace("\r\n", "\n"))


def is_ours(card: str) -> bool:
    """Whether a card is one that we wrote, changed or not."""
    return bool(_SEALS.search(card)) or "<!-- moxi:" in card


def is_as_written(card: str) -> bool:
    """Whether nobody changed a card since we wrote it."""
    data, body = split(card)
    sums = _sums(body)
    text = without_seals(body).strip("\n")
    text_sum = sums.pop("body", "")
    return text_sum == seal(text) and sums == {key: _sum(value) for key, value in data.items()}


def merged(
    old: Mapping[str, Any], old_body: str, new: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Metadata with what a person changed or added kept; and the keys that were kept so.

    A key that we wrote, and nobody touched, is ours to write anew or to remove.
    """
    sums = _sums(old_body)
    kept: list[str] = []
    made: dict[str, Any] = {}
    for key, value in old.items():
        is_untouched = sums.get(key) == _sum(value)
        if is_untouched:
            if key in new:
                made[key] = new[key]
        else:
            made[key] = value
            if key in new and new[key] != value:
                kept.append(key)
    removed = set(sums) - set(old) - {"body"}
    for key, value in new.items():
        if key not in made and key not in removed:
            made[key] = value
    return made, kept


def _sums(body: str) -> dict[str, str]:
    found = _SEALS.search(body.replace("\r\n", "\n"))
    return dict(part.split("=", 1) for part in found[1].split() if "=" in part) if found else {}


def _sum(value: object) -> str:
    return seal(json.dumps(value, sort_keys=True, default=str))


def _is_plain(key: str) -> bool:
    return re.fullmatch(r"[\w.-]{1,80}", key) is not None
