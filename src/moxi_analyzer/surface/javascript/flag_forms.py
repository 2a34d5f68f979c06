"""Options and positionals in the short notation of commander, cac and sade: `-p, --port <n>`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.surface.command_line import Option
from moxi_core.patterns import lazy_pattern

_FORM = lazy_pattern(r"--?[A-Za-z0-9?@#][\w.:-]*")
_VALUE = lazy_pattern(r"[<\[][^\n]*[>\]]")
_POSITIONAL = lazy_pattern(r"([<\[])([^<>\[\]\n]+)[>\]]")


def option_of(flags: str, text: str = "", **detail: str) -> Option | None:
    """The option that `flags` declares; None if they are not understood."""
    value = _VALUE.search(flags)
    written = flags[: value.start()] if value else flags
    words = [word for word in re.split(r"[\s,|]+", written) if word]
    forms = tuple(word.rstrip("=") for word in words)
    if not forms or not all(_FORM.fullmatch(form) for form in forms):
        return None
    metavar = value[0].strip("<>[]").replace("...", "").strip() if value else ""
    if value and ("<" in metavar or "[" in metavar):
        metavar = ""
    if forms[-1].startswith("--no-"):
        detail.pop("default", None)  # it would be that of the option which this one turns off
    found = {"metavar": metavar, "repeatable": "true" if value and "..." in value[0] else ""}
    kept = {key: word for key, word in {**found, **detail}.items() if word}
    return Option(forms, text, takes="value" if value else "flag", detail=kept)


def command_of(written: str) -> tuple[str, list[Option]]:
    """`serve <dir> [files...]` as the command's name and its positionals."""
    name = re.split(r"[\s<\[]", written.strip(), maxsplit=1)[0]
    return name, list(positionals_of(written))


def positionals_of(written: str) -> Iterator[Option]:
    """Each `<name>` and `[name]` in a text."""
    for bracket, inside in _POSITIONAL.findall(written):
        name = inside.replace("...", "").strip()
        if name and not name.startswith("-"):
            yield positional(name, required=bracket == "<", repeatable="..." in inside)


def positional(
    name: str, text: str = "", *, required: bool, repeatable: bool = False, **detail: str
) -> Option:
    """A positional argument."""
    found = {
        "required": "true" if required else "",
        "repeatable": "true" if repeatable else "",
        **detail,
    }
    kept = {key: word for key, word in found.items() if word}
    return Option((name,), text, positional=True, detail=kept)
