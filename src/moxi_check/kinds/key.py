"""Keys of configuration that a README shows: JSON, YAML, TOML and INI blocks of our own settings."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.code.settings import Shown, line_of, shown
from moxi_check.document import CodeBlock, Document, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.told import is_elsewhere
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

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
        places = [_place(_last(key.text), ground) for key in keys]
        if not keys or sum(map(bool, places)) < _LEAST_KNOWN * len(keys):
            continue
        known = [_last(key.text) for key, place in zip(keys, places, strict=True) if place]
        for key, place in zip(keys, places, strict=True):
            yield true("key", key, place) if place else _missing(key, known, ground)
    for block in document.blocks:
        found = shown(block)
        if found is not None and not is_elsewhere(block.section):
            yield from _shown(found, ground)


def _shown(found: Shown, ground: Ground) -> Iterator[Claim]:
    """Keys in code, of which one source of ours knows most: there they are read."""
    keys = found.keys
    if sum(bool(ground.mention(key.text, docs=False)) for key in keys) < _LEAST_KNOWN * len(keys):
        return
    best: dict[str, Evidence] = {}
    for path in ground.repo.own_sources(*found.grammars):
        content = ground.repo.read(path) or b""
        if sum(key.text.encode() in content for key in keys) <= len(best):
            continue
        lines = {key.text: line_of(content, key.text) for key in keys}
        known = {word: Evidence(path=path, line=line) for word, line in lines.items() if line}
        best = max(best, known, key=len)
    if len(best) < _LEAST_KNOWN * len({key.text for key in keys}):
        return
    for key in keys:
        yield (
            true("key", key, best[key.text])
            if key.text in best
            else _missing(key, list(best), ground)
        )


def _keys(block: CodeBlock) -> Iterator[Span]:
    for line in block.lines():
        found = _KEY.match(line.text) or _TABLE.match(line.text)
        if found:
            yield Span(found["key"], line.line, line.column + found.start("key"))


def _place(name: str, ground: Ground) -> Evidence | None:
    """Where a key stands; not one that settings of other tools are the first to have."""
    found = ground.mention(name, docs=False)
    return None if found is not None and found.path.startswith(".") else found


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
