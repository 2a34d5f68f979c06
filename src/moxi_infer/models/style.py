"""In which words a model was trained to be asked: moxi.json beside its weights tells."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.prompt import VERSION, PromptStyle

RECORD = "moxi.json"
_MARGIN = 16  # tokens that servers add of their own


def style_of(folder: Path) -> PromptStyle | None:
    """The style that moxi.json of a model's folder tells, or of the run that holds it; None where there is none.

    Raises SettingsError where the file is broken, or of another version of the prompt.
    """
    place = next((p for p in (folder / RECORD, folder.parent / RECORD) if p.is_file()), None)
    if place is None:
        return None
    try:
        told: dict[str, Any] = json.loads(place.read_text("utf-8")).get("prompt") or {}
        known = {field.name for field in fields(PromptStyle)}
        style = PromptStyle(**{name: value for name, value in told.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"{str(place)!r} cannot be read: {error}; train or export anew."
        ) from error
    if style.version != VERSION:
        raise SettingsError(
            f"{str(place)!r} is of version {style.version} of the prompt, and this Moxi asks by version {VERSION}; "
            "use the Moxi that trained it, or train anew."
        )
    return style


def fitted_style(style: PromptStyle, limit: int, new_tokens: int) -> PromptStyle:
    """The style within a context of `limit` tokens (0: not known), of which an answer takes `new_tokens`.

    `context_tokens` is 0 where nothing is left for a prompt.
    """
    from dataclasses import replace

    context = style.context_tokens
    if limit:
        context = max(0, min(context, limit - new_tokens - _MARGIN))
    return replace(
        style, context_tokens=context, answer_tokens=min(style.answer_tokens, new_tokens)
    )


def weights_of(folder: Path) -> str:
    """What changes when other weights lie in a folder: names, sizes and times of its files, as a hash."""
    told = hashlib.sha256()
    for place in sorted(folder.glob("*")):
        if place.is_file():
            info = place.stat()
            told.update(f"{place.name} {info.st_size} {info.st_mtime_ns}\n".encode())
    return told.hexdigest()
