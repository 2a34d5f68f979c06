"""Inputs of the repository's own GitHub action, and settings of its editor extension."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import CodeBlock, Document, Span, Table
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.flags import is_of_others
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

KINDS = {
    "input": "an input of the repository's own GitHub action is one",
    "setting": "a setting of the repository's own editor extension is one",
}

_USES = lazy_pattern(r"^\s*-?\s*uses:\s*[\"']?(?P<what>[^\s\"'#@]+)(?:@(?P<ref>[^\s\"'#]+))?")
_PART = lazy_pattern(r"^\s*(?P<part>with|env):\s*(?:#.*)?$")
_KEY = lazy_pattern(r"^(?P<lead>\s*)(?:#\s?)?[\"']?(?P<key>[A-Za-z_][\w-]*)[\"']?\s*:(?:\s|$)")
_SETTING = lazy_pattern(r"(?P<key>[A-Za-z][\w-]*(?:\.[A-Za-z*][\w*-]*)+)")
_IN_JSON = lazy_pattern(r"[\"'](?P<key>[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+)[\"']\s*:")
_INPUTS = lazy_pattern(r"(?i)\binputs?\b|\bparameters?\b|\boptions?\b|\barguments?\b")
_OUTPUTS = lazy_pattern(r"(?i)\boutputs?\b")

# What a name that is no setting ends in: a file, a site.
_DOMAINS = frozenset({"com", "org", "net", "dev", "io", "app", "ai"})


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Inputs where the action is used and in tables; settings in JSON, code spans and tables."""
    yield from _inputs(document, ground)
    yield from _settings(document, ground)


def _inputs(document: Document, ground: Ground) -> Iterator[Claim]:
    facts = [f for f in ground.facts("input", "output") if "group" not in f.detail]
    inputs = {fact.value: fact for fact in facts if fact.kind == "input"}
    known = {fact.value: fact for fact in facts} | inputs  # an output may be called as an input is
    if not known:
        return
    for block in document.blocks:
        for key in keys_of_steps(block, "with", ground):
            yield _judge("input", key, inputs, "the action", sure=not is_of_others(block.section))
    for table in document.tables:
        title = table.section[-1] if table.section else ""
        names = [_name_cell(row[0].text) for row in table.rows if row]
        held = sum(name in known for name in names)
        about = bool(_INPUTS.search(title) or _OUTPUTS.search(title))
        sure = (held * 2 > len(names) and held > 1) or (about and held * 4 >= len(names) * 3)
        if not held:
            continue
        yield from _of_table(table, known, sure)


def keys_of_steps(block: CodeBlock, part: str, ground: Ground) -> Iterator[Span]:
    """The keys below `with:`, or another part, of each step that uses the repository's own action."""
    if "uses:" not in block.text:
        return
    ours, keys, inside, depth = False, -1, -1, -1
    for line in block.lines():
        used = _USES.match(line.text)
        indent = len(line.text) - len(line.text.lstrip())
        if line.text.strip() and indent < keys:  # another step, or what stands behind all of them
            ours = False
        if used:
            ours, inside, depth = _is_own(used["what"], ground), -1, -1
            keys = line.text.index("uses:")
        elif ours and (begun := _PART.match(line.text)):
            inside, depth = (indent if begun["part"] == part else -1), -1
        elif inside >= 0 and line.text.strip():
            key = _KEY.match(line.text)
            if indent <= inside and not line.text.lstrip().startswith("#"):
                inside = -1
                continue
            if key is None or "#" in line.text[: key.start("key")]:
                continue
            depth = indent if depth < 0 else depth
            if indent == depth:
                yield Span(key["key"], line.line, line.column + key.start("key"))


def _is_own(what: str, ground: Ground) -> bool:
    """Whether `uses:` names the action at the root, by its slug or as `./`."""
    return what.lower() in ground.slugs or what in {".", "./"}


def _name_cell(text: str) -> str:
    found = re.match(r"[`*_\s]*(?P<name>[A-Za-z][\w.-]*)[`*_\s]*$", text.strip())
    return found["name"] if found else ""


def _of_table(table: Table, known: dict[str, Fact], sure: bool) -> Iterator[Claim]:
    for row in table.rows:
        name = _name_cell(row[0].text) if row else ""
        if name:
            column = row[0].column + row[0].text.index(name)
            yield _judge("input", Span(name, row[0].line, column), known, "the action", sure=sure)


def _settings(document: Document, ground: Ground) -> Iterator[Claim]:
    facts = [f for f in ground.facts("input") if f.detail.get("group") == "setting"]
    known = {fact.value: fact for fact in facts if "." in fact.value}
    first = {name.partition(".")[0] for name in known}
    if not known:
        return
    others = {f.detail.get("command", "") for f in ground.facts("input")}
    for span, sure in _dotted(document):
        if span.text.partition(".")[0] in first and span.text not in others:
            if span.text.rpartition(".")[2].lower() in FILE_SUFFIXES | _DOMAINS:
                continue
            deeper = any(name.startswith(span.text + ".") for name in known)
            inner = any(span.text.startswith(name + ".") for name in known)
            if not deeper and not inner and "*" not in span.text:
                shown = ground.mention(span.text, docs=False) if span.text not in known else None
                yield _judge("setting", span, known, "the extension", sure=sure and shown is None)


def _dotted(document: Document) -> Iterator[tuple[Span, bool]]:
    for code in document.codes:
        found = _SETTING.fullmatch(code.text.strip().strip("\"'"))
        if found:
            at = code.column + code.text.index(found["key"])
            yield Span(found["key"], code.line, at), not is_of_others(code.section)
    for block in document.blocks:
        if block.language in {"json", "jsonc", "json5", "js", "javascript", ""}:
            for line in block.lines():
                for key in _IN_JSON.finditer(line.text[:1_000]):
                    yield Span(key["key"], line.line, line.column + key.start("key")), True


def _judge(kind: str, span: Span, known: dict[str, Fact], whose: str, *, sure: bool) -> Claim:
    fact = known.get(span.text)
    if fact is None and kind == "input":  # GitHub knows no case here
        fact = next((f for name, f in known.items() if name.lower() == span.text.lower()), None)
    if fact is not None:
        return true(kind, span, fact.evidence)
    if not known:  # the code may read one that is declared nowhere
        return not_judged(kind, span, f"{whose} declares no {kind}s")
    if not sure:
        return not_judged(kind, span, f"it may be no {kind} of {whose}")
    best = nearest(span.text, known, cutoff=0.6)
    hint = f"; did you mean `{best}`?" if best else ""
    some = known[best] if best else next(iter(known.values()))
    return false(
        kind, span, f"`{span.text}` is no {kind} of {whose}, says {posixpath.basename(some.evidence.path)}{hint}",
        suggestion=best, evidence=some.evidence, certain=bool(best) and is_slip(span.text, best),
    )  # fmt: skip
