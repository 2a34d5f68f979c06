"""Laravel's command signatures: `mail:send {user : Who} {--Q|queue=default : Where to}`."""

from __future__ import annotations

import re

from moxi_analyzer.surface.command_line import Option
from moxi_core.patterns import lazy_pattern

_PART = lazy_pattern(r"\{([^{}]*)\}")


def parse_signature(signature: str) -> tuple[str, list[Option]]:
    """The command's name, and its options and arguments; ("", []) for something else."""
    name = signature.split(None, 1)[0] if signature.strip() else ""
    if not re.fullmatch(r"[a-z][\w:.-]*", name, re.IGNORECASE):
        return "", []
    return name, [_parse_part(part) for part in _PART.findall(signature) if part.strip()]


def _parse_part(part: str) -> Option:
    written, _, text = part.partition(" : ")
    written, text = written.strip(), text.strip()
    if written.startswith("--"):
        return _parse_option(written[2:], text)
    name, equals, default = written.partition("=")
    many = "*" in name or default == "*"
    optional = "?" in name or bool(equals)
    detail = {
        "required": "" if optional else "true",
        "repeatable": "true" if many else "",
        "default": default.strip("*"),
    }
    kept = {key: value for key, value in detail.items() if value}
    return Option((name.rstrip("?*"),), text, positional=True, detail=kept)


def _parse_option(written: str, text: str) -> Option:
    name, equals, default = written.partition("=")
    short, bar, long = name.partition("|")
    forms = (f"-{short}", f"--{long}") if bar else (f"--{name}",)
    detail = {"repeatable": "true"} if default == "*" else {"default": default} if default else {}
    return Option(forms, text, "value" if equals else "flag", detail=detail)
