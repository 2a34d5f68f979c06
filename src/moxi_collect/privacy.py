"""What is not kept of people and machines: mail addresses and secrets, wherever a sample has them."""

from __future__ import annotations

import re
from dataclasses import replace

from moxi_analyzer.redact import redact, redact_fact
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact, KeyFile
from moxi_core.samples import ReadmeSample

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


def private(sample: ReadmeSample) -> ReadmeSample:
    """The sample without mail addresses and secrets; names, license and origin stay."""
    return replace(
        sample,
        readme=_clean(sample.readme),
        description=_clean(sample.description),
        key_files=tuple(map(_file, sample.key_files)),
        facts=tuple(map(_fact, sample.facts)),
        contradicted=tuple(replace(one, text=_clean(one.text)) for one in sample.contradicted),
    )


def _clean(text: str) -> str:
    return without_mail(redact(text))


def _file(file: KeyFile) -> KeyFile:
    return replace(file, content=_clean(file.content), summary=_clean(file.summary))


def _fact(fact: Fact) -> Fact:
    detail = {key: without_mail(value) for key, value in fact.detail.items()}
    cleaned = replace(
        fact, value=without_mail(fact.value), text=without_mail(fact.text), detail=detail
    )
    return redact_fact(cleaned)
