"""Keys of configuration that a README shows: JSON, YAML, TOML and INI blocks of our own settings."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import CodeBlock, Document, Span
from moxi_check.ground import Ground, nearest
from moxi_core.patterns import lazy_pattern

KINDS = {"key": "a key of a configuration block is one that the code knows"}

_LANGUAGES = frozenset("json json5 jsonc yaml yml toml ini cfg conf properties dosini".split())
_KEY = lazy_pattern(
    r"\s*(?:- )?[\"']?(?P<key>[A-Za-z_][\w.-]{2,50})[\"']?\s*(?:[:=](?=\s|$|[\"'\[{])|=)"
)
_TABLE = lazy_pattern(r"\s*\[\[?(?P<key>[A-Za-z_][\w.-]{2,60})\]?\]\s*$")
# Files of other tools: their keys are not ours to know.
_FOREIGN = lazy_pattern(
    r"(?m)^\s*[\"']?(?:runs-on|uses|steps|services|dependencies|devDependencies|scripts|repos|hooks|apiVersion|"
    r"kind|FROM|mcpServers|extends|plugins|tasks|groupId|packages|inputs|stages|image|provider|resource|repository|engines|bugs|homepage|"
    r"require-dev|compilerOptions|presets|jobs|on|editor\.\w+|source|\$schema)[\"']?\s*:|"
    r"^\s*\[(?:build-system|project|dependencies|dev-dependencies|package|tool\.(?:poetry|pytest)|tox|metadata|"
    r"workspace|features|profile\S*|target\S*)[\].]|^\s*- (?:repo|uses|name|hosts):"
)
_LEAST_KNOWN = 0.7


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Keys of blocks of which most keys stand in the code; others configure something else."""
    for block in document.blocks:
        if block.language not in _LANGUAGES or _FOREIGN.search(block.text):
            continue
        keys = list(_keys(block))
        places = [ground.mention(_last(key.text), docs=False) for key in keys]
        if not keys or sum(map(bool, places)) < _LEAST_KNOWN * len(keys):
            continue
        known = [_last(key.text) for key, place in zip(keys, places, strict=True) if place]
        for key, place in zip(keys, places, strict=True):
            yield true("key", key, place) if place else _missing(key, known, ground)


def _keys(block: CodeBlock) -> Iterator[Span]:
    seen: set[str] = set()
    for line in block.lines():
        found = _KEY.match(line.text) or _TABLE.match(line.text)
        if found and found["key"] not in seen:
            seen.add(found["key"])
            yield Span(found["key"], line.line, line.column + found.start("key"))


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _missing(key: Span, known: list[str], ground: Ground) -> Claim:
    name = _last(key.text)
    settings = [fact.value.rpartition(".")[2] for fact in ground.facts("input", "api_symbol")]
    best = nearest(name, [value for value in settings if value not in known], cutoff=0.8)
    if len(name) < 5 or not best or ground.mention(name):
        return not_judged("key", key, "it may be a value that the reader chooses")
    return false(
        "key", key, f"`{name}` does not stand in the code; did you mean `{best}`?",
        suggestion=best, evidence=ground.mention(best, docs=False),
    )  # fmt: skip
