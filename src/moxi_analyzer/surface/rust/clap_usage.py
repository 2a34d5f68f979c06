"""clap's usage strings: `-c, --config=[FILE] 'help'`, and the same as tokens of `arg!`."""

from __future__ import annotations

from moxi_analyzer.surface.rust.clap_model import Argument
from moxi_analyzer.syntax import unquote
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_HELP = lazy_pattern(r"(?s)(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)')\s*,?\s*$")
_NAME = lazy_pattern(r"^\s*(?:([\w-]+)|\"([\w-]+)\")\s*:(?!:)")
_LONG = lazy_pattern(r"(?<![\w-])--\s*\"?([A-Za-z0-9][\w-]*)\"?")
_SHORT = lazy_pattern(r"(?<![\w-])-\s*'?([A-Za-z0-9?#@])'?(?![\w-])")
_PLACE = lazy_pattern(r"([<\[])\s*\"?([\w./ |-]+?)\"?\s*[>\]]")


def from_usage(usage: str, evidence: Evidence) -> Argument | None:
    """The argument that a usage string describes; None if it names none."""
    found = _HELP.search(usage)
    text = ""
    if found:
        text = (unquote(f'"{found[1]}"') or "") if found[1] is not None else found[2]
        usage = usage[: found.start()]
    name = _NAME.match(usage)
    if name:
        usage = usage[name.end() :]
    long, short, place = _LONG.search(usage), _SHORT.search(usage), _PLACE.search(usage)
    if not (long or short or place):
        return None
    named = (name[1] or name[2]) if name else ""
    positional = not long and not short
    return Argument(
        named or (place[2] if positional and place else long[1] if long else ""),
        evidence,
        long=long[1] if long else "",
        short=short[1] if short else "",
        help=" ".join(text.split()),
        metavar=place[2] if place else "",
        takes_value=bool(place),
        required=bool(positional and place and place[1] == "<"),
        repeatable="..." in usage,
    )
