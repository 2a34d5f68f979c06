"""What an editor extension contributes: commands of the palette and settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

from moxi_analyzer.formats import as_dict, as_list, as_str, load_json, one_line
from moxi_analyzer.repository import Repository, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact, FactKind

_MAX = 300
_SETTING = lazy_pattern(r"`#([\w.-]+)#`")
_SHORT_LINK = lazy_pattern(
    r"(?<=[.!?)]) *\[(?:[Dd]emo|[Ee]xample|[Dd]ocs)\]\(https?://[^\s)]*\)\.?"
)
_TRANSLATED = lazy_pattern(r"%([\w.$-]+)%")


class _MakeFact(Protocol):
    def __call__(
        self,
        kind: FactKind,
        value: str,
        *keys: str,
        text: str = "",
        detail: dict[str, str] | None = None,
    ) -> Fact: ...


def contributions(
    data: dict[str, Any], fact: _MakeFact, repo: Repository, folder: str
) -> Iterator[Fact]:
    """Input facts for the `contributes` table of a package.json."""
    contributes = as_dict(data.get("contributes"))
    if not contributes:
        return
    words = _translations(repo, join(folder, "package.nls.json"))
    for at, entry in enumerate(as_list(contributes.get("commands"))[:_MAX]):
        command = as_dict(entry)
        title = _say(_plain(command.get("title")), words)
        if not title:
            continue
        detail = {
            "group": "editor_command",
            "command": as_str(command.get("command")),
            "category": _say(_plain(command.get("category")), words),
        }
        text = one_line(_say(as_str(command.get("description")), words))
        place = ("contributes", "commands", str(at), "title")
        yield fact("input", title, *place, text=text, detail=detail)
    yield from _settings(contributes.get("configuration"), fact, words)


def translated(text: str, repo: Repository, folder: str) -> str:
    """`text`, or what the table of translations has for it if it is a key such as `%about%`."""
    return (
        _say(text, _translations(repo, join(folder, "package.nls.json"))) if "%" in text else text
    )


def _settings(configuration: Any, fact: _MakeFact, words: dict[str, str]) -> Iterator[Fact]:
    listed = isinstance(configuration, list)
    for at, section in enumerate(as_list(configuration) if listed else [configuration]):
        place = ("contributes", "configuration", *([str(at)] if listed else []), "properties")
        properties = as_dict(as_dict(section).get("properties"))
        for name, value in list(properties.items())[:_MAX]:
            setting = as_dict(value)
            if setting.get("deprecationMessage") or setting.get("markdownDeprecationMessage"):
                continue
            described = setting.get("description") or setting.get("markdownDescription")
            detail = {
                "group": "setting",
                "default": _shown(setting.get("default")),
                "choices": ", ".join(as_str(c) for c in as_list(setting.get("enum")) if as_str(c)),
            }
            text = _readable(one_line(_say(as_str(described), words)))
            yield fact("input", name, *place, name, text=text, detail=detail)


def _readable(text: str) -> str:
    """A description without what only the editor shows: links to pictures, marks of settings."""
    return _SETTING.sub(r"`\1`", _SHORT_LINK.sub("", text)).strip()


def _shown(value: Any) -> str:
    """A default as a user writes it; "" for none, and for what is too long to show."""
    if value is None:
        return ""
    try:
        written = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
    return written if len(written) <= 120 else ""


def _plain(value: Any) -> str:
    return as_str(value) or as_str(as_dict(value).get("value"))


def _say(text: str, words: dict[str, str]) -> str:
    translated = _TRANSLATED.fullmatch(text)
    return words.get(translated[1], "") if translated else text


def _translations(repo: Repository, path: str) -> dict[str, str]:
    try:
        table = as_dict(load_json(repo.text(path) or "{}"))
    except ManifestError as error:
        repo.problem(path, str(error))
        return {}
    return {key: _message(value) for key, value in table.items()}


def _message(value: Any) -> str:
    return as_str(value) or as_str(as_dict(value).get("message"))
