"""check_card(): metadata, pictures, license, links and trigger word of a card that is already there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt

from moxi_card import metadata
from moxi_card.bases import base_of
from moxi_card.licenses import HUB_LICENSES, conflict
from moxi_card.package import read_text
from moxi_card.prompts import has_word
from moxi_card.weights import read_weights
from moxi_core.errors import CardError, MoxiError
from moxi_core.hub import check_name

_TAGS = ("text-to-image", "lora")
_LEFT = re.compile(r"\{\{[^{}\n]{0,80}\}\}")
_WEIGHT_NAME = re.compile(r"weight_name\s*=\s*[\"']([^\"']+)[\"']")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#]\S*)?")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a card, and the mend; `line` counts from 1, 0 is the metadata."""

    line: int
    message: str


def check_card(place: Path) -> list[Problem]:
    """The problems of a card in a file; files that it names are looked for beside it.

    Raises CardError where there is no such file.
    """
    card = read_text(place)
    if card is None:
        raise CardError(f"There is no card {str(place)!r}; name a README.md.")
    folder = place.parent
    try:
        data, body = metadata.split(card)
    except CardError as error:
        return [Problem(0, str(error))]
    first = card[: len(card) - len(body)].count("\n")
    found = [Problem(0, message) for message in _of_metadata(data, body, folder)]
    found += [Problem(line + first, message) for line, message in _of_text(data, body, folder)]
    return sorted(set(found))


def _of_metadata(data: Mapping[str, Any], body: str, folder: Path) -> Iterator[str]:
    if not data:
        yield "there is no metadata; begin the card with ---."
        return
    yield from _of_base(data)
    yield from _of_license(data, body, folder)
    if data.get("pipeline_tag") != "text-to-image":
        yield "pipeline_tag is not text-to-image."
    if not isinstance(data.get("library_name"), str):
        yield "library_name is missing; write library_name: diffusers."
    tags = data.get("tags")
    listed = tags if isinstance(tags, list) else []
    for tag in _TAGS:
        if tag not in listed:
            yield f"tags do not hold {tag}."
    yield from _of_trigger(data, body, folder)
    yield from _of_widget(data, folder)


def _of_base(data: Mapping[str, Any]) -> Iterator[str]:
    base = data.get("base_model")
    try:
        if not isinstance(base, str):
            raise CardError("")
        check_name(base, "model")
    except MoxiError:
        yield "base_model is no model of the Hub; write organisation/name."
    if data.get("base_model_relation") != "adapter":
        yield "base_model_relation is not adapter."


def _of_license(data: Mapping[str, Any], body: str, folder: Path) -> Iterator[str]:
    words = {key: str(value) for key, value in data.items() if isinstance(value, str)}
    id_ = words.get("license", "")
    if id_ not in HUB_LICENSES:
        yield f"license {data.get('license')!r} is none that the Hub knows."
    if id_ == "other":
        for key in ("license_name", "license_link"):
            if not words.get(key):
                yield f"license is other, so {key} is needed."
    base = words.get("base_model", "")
    why = conflict(base, words)
    if why:
        yield f"{why}."
    link = words.get("license_link", "")
    if link and not _SCHEME.match(link) and not (folder / link).is_file():
        yield f"license_link {link!r} is not there."
    terms = base_of(base).terms
    if terms is None or not terms.binds:
        return
    file = folder / "LICENSE.md"
    if not file.is_file():
        yield f"LICENSE.md is missing, which the {terms.title} asks for."
    if terms.notice and _folded(terms.notice) not in _folded(body):
        yield f"the notice that the {terms.title} asks for is not in the text."


def _folded(text: str) -> str:
    """A text without what quotes, escapes and breaks it."""
    return " ".join(re.sub(r"[\\]|^\s*>", "", text, flags=re.M).split())


def _of_trigger(data: Mapping[str, Any], body: str, folder: Path) -> Iterator[str]:
    trigger = data.get("instance_prompt")
    if not isinstance(trigger, str) or not trigger.strip():
        yield f"instance_prompt is {trigger!r}, no text; put the trigger word between quotes."
        return
    if not has_word(body, trigger):
        yield f"the text does not name the trigger word {trigger!r}."
    widget = data.get("widget")
    for number, entry in enumerate(widget if isinstance(widget, list) else []):
        text = entry.get("text") if isinstance(entry, dict) else None
        if isinstance(text, str) and not has_word(text, trigger):
            yield f"widget[{number}] does not hold the trigger word {trigger!r}."
    for file in sorted(folder.glob("*.safetensors")):
        try:
            told = read_weights(file)
        except CardError as error:
            yield str(error)
            continue
        if told.trigger and told.trigger != trigger:
            yield f"{file.name} names the trigger word {told.trigger!r}, the card {trigger!r}."


def _of_widget(data: Mapping[str, Any], folder: Path) -> Iterator[str]:
    widget = data.get("widget", [])
    if not isinstance(widget, list):
        yield "widget is no list."
        return
    for number, entry in enumerate(widget):
        output = entry.get("output") if isinstance(entry, dict) else None
        url = output.get("url") if isinstance(output, dict) else None
        if not isinstance(url, str):
            yield f"widget[{number}] has no output.url."
        elif not _SCHEME.match(url) and not _is_image(folder, url):
            yield f"widget[{number}] shows {url!r}, which is no image here."


def _is_image(folder: Path, path: str) -> bool:
    place = folder / unquote(path.partition("#")[0].partition("?")[0])
    try:
        if not place.resolve().is_relative_to(folder.resolve()):
            return False
        with place.open("rb") as file:
            head = file.read(12)
    except (OSError, ValueError):
        return False
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return is_webp or head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))


def _of_text(data: Mapping[str, Any], body: str, folder: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(body.split("\n"), 1):
        for found in _LEFT.finditer(line):
            yield number, f"{found[0]} was never filled."
        for name in _WEIGHT_NAME.findall(line):
            known = {file.name for file in folder.glob("*.safetensors")}
            if known and name not in known:
                yield number, f"the code loads {name!r}, but here is {', '.join(sorted(known))}."
    for number, target, is_image in _targets(body):
        why = _wrong_target(target, folder, is_image=is_image)
        if why:
            yield number, f"{target!r} {why}."
    base = data.get("base_model")
    named = re.findall(r"from_pretrained\(\s*[\"']([^\"']+)[\"']", body)
    for name in named:
        if isinstance(base, str) and name != base:
            yield 1, f"the code loads the base model {name!r}, the metadata names {base!r}."


def _targets(body: str) -> Iterator[tuple[int, str, bool]]:
    """Links and images: line from 1, target, whether it is an image."""
    for block in MarkdownIt("gfm-like", {"linkify": False}).parse(body):
        if block.type != "inline":
            continue
        line = (block.map or [0])[0] + 1
        for token in block.children or []:
            if token.type == "image":
                yield line, str(token.attrs.get("src", "")), True
            elif token.type == "link_open":
                yield line, str(token.attrs.get("href", "")), False


def _wrong_target(target: str, folder: Path, *, is_image: bool) -> str:
    if target.startswith("#"):
        return ""
    if _SCHEME.match(target) or target.startswith("//"):
        is_good = target.startswith("mailto:") or _ADDRESS.fullmatch(target)
        return "" if is_good else "is no address"
    if is_image:
        return "" if _is_image(folder, target) else "is no image here"
    place = folder / unquote(target.partition("#")[0])
    return "" if place.exists() else "is not there"
