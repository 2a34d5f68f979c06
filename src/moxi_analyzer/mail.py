"""Mail addresses stay where they are: they are not shown to a model, nor kept in a set."""

from __future__ import annotations

import re
from dataclasses import replace

from moxi_analyzer.redact import redact
from moxi_core.patterns import lazy_pattern
from moxi_core.records import KeyFile

STAND_IN = "mail@example.com"  # it keeps links, manifests and commands well formed

_MAIL = lazy_pattern(
    r"(?<![\w.+/:@-])(?P<user>[A-Za-z0-9_][\w.+-]{0,63})@(?P<host>(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})"
    r"(?![\w@/-]|:[\w~/])"
)
_MAILTO = lazy_pattern(r"(?i)(mailto:)[^\s)>\"'?]{1,200}")
# `git@host:path` is where a repository is; these hosts are nobody's.
_NOBODY = re.compile(r"(?i)(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|localhost|local)$")
_MACHINES = frozenset({"git", "hg", "svn"})


def without_mail(text: str) -> str:
    """The text with all mail addresses replaced by one that is nobody's."""
    if "@" not in text:
        return text
    text = _MAILTO.sub(rf"\1{STAND_IN}", text)
    return _MAIL.sub(_replaced, text)


def _replaced(match: re.Match[str]) -> str:
    if match["user"].lower() in _MACHINES or _NOBODY.search(match["host"]):
        return match[0]
    return STAND_IN


def private_text(text: str) -> str:
    """The text without mail addresses and secrets."""
    return without_mail(redact(text))


def private_file(file: KeyFile) -> KeyFile:
    """The key file without mail addresses and secrets."""
    return replace(file, content=private_text(file.content), summary=private_text(file.summary))
