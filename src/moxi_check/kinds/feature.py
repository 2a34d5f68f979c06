"""Extras and features: `demo[cli]`, `--extra cli`, `--features tls`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import Names, is_slip
from moxi_check.kinds.told import is_foreign, part_of, scopes, told, unwrapped, values_of
from moxi_check.kinds.tools import installed, own_extras
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"feature": "an extra of a Python package or a feature of a crate is declared"}

_MANIFESTS = {
    "python": lazy_pattern(
        r"(?:^|/)(?:pyproject\.toml|setup\.(?:py|cfg)|[\w.-]*requirements[\w./-]*\.txt)$"
    ),
    "rust": lazy_pattern(r"(?:^|/)Cargo\.toml$"),
}
# `demo = { version = "1", features = ["tls", "cli"] }`, also over several lines.
_CARGO_ENTRY = lazy_pattern(
    r"(?m)^\s*(?P<crate>[A-Za-z][\w-]*)\s*=\s*\{[^}]{0,400}?\bfeatures\s*=\s*\[(?P<features>[^\]]{0,600})\]"
)
_STANDS_FOR = lazy_pattern(r"(?i)(?:extra|feature|backend)s?[-_]?[a-z0-9]?")
_QUOTED = lazy_pattern(r"[\"'](?P<name>[\w/+.-]+)[\"']")


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Extras and features of the repository's own packages."""
    names = Names(ground)
    for ecosystem, word in _named(document, names, ground):
        if word.is_plain and "/" not in word.text and not _STANDS_FOR.fullmatch(word.text):
            claim = _judge(ecosystem, word, ground)
            if claim is not None:
                yield claim


def _named(document: Document, names: Names, ground: Ground) -> Iterator[tuple[str, Word]]:
    for said in told(document):
        words = unwrapped(said.words)
        # `uv run --extra x` is cut by unwrapping.
        if not is_foreign(said, ground) and scopes(said, document, ground):
            yield from (("python", word) for word in own_extras(said.words))
        own = False
        for package in installed(words):
            mine = names.evidence(package.ecosystem, package.name.text) is not None
            own = own or mine
            if mine and package.ecosystem == "python":
                yield from (("python", word) for word in package.extras)
        if words[:1] and words[0].text == "cargo" and (own or _builds_here(words)):
            for value in values_of(words, "--features", "-F"):
                for text in re.split(r"[\s,]+", value.text):
                    if text:
                        yield "rust", part_of(value, text)
    for code in document.codes:
        found = re.fullmatch(r"([A-Za-z][\w.-]*)\[([\w, .-]+)\]", code.text.strip())
        if found and names.evidence("python", found[1]) is not None:
            for text in filter(None, (part.strip() for part in found[2].split(","))):
                column = code.column + code.text.index(text, code.text.index("["))
                yield "python", Word(text, code.line, column, text)
    yield from (("rust", word) for word in _in_cargo_toml(document, names))


def _builds_here(words: tuple[Word, ...]) -> bool:
    """Whether cargo builds the crate it stands in: not one that it adds or installs from elsewhere."""
    verb = words[1].text if len(words) > 1 else ""
    return verb in {
        "build",
        "run",
        "test",
        "check",
        "b",
        "r",
        "t",
        "c",
        "bench",
        "clippy",
        "doc",
    } or (verb == "install" and any(values_of(words, "--path")))


def _in_cargo_toml(document: Document, names: Names) -> Iterator[Word]:
    for block in document.blocks:
        if block.language not in {"toml", "", "cargo"}:
            continue
        for entry in _CARGO_ENTRY.finditer(block.text):
            if names.evidence("rust", entry["crate"]) is None:
                continue
            for found in _QUOTED.finditer(entry["features"]):
                at = entry.start("features") + found.start("name")
                before = block.text[:at]
                column = at - (before.rfind("\n") + 1) + block.column
                yield Word(found["name"], block.line + before.count("\n"), column, found["name"])


def _judge(ecosystem: str, word: Word, ground: Ground) -> Claim | None:
    plain = _plain(word.text)
    known = {
        _plain(fact.value): fact
        for fact in reversed(ground.facts("extra"))
        if fact.detail.get("ecosystem") == ecosystem
    }
    if plain in known:
        return true("feature", word, known[plain].evidence)
    if ecosystem == "rust":
        optional = [
            f for f in ground.facts("dependency")
            if f.detail.get("group") == "optional" and f.detail.get("ecosystem") == "rust"
        ]  # fmt: skip
        implied = next((f for f in optional if _plain(f.value) == plain), None)
        if implied is not None or plain == "default":
            return true("feature", word, implied.evidence if implied else None)
    seen = _in_manifest(word.text, ecosystem, ground)
    if seen is not None:
        return not_judged("feature", word, f"{seen} names it")
    if not known:
        return not_judged("feature", word, "no manifest that can be read declares any")
    best = nearest(word.text, [fact.value for fact in known.values()])
    kind = "extra" if ecosystem == "python" else "feature"
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "feature", word, f"no manifest declares {kind} `{word.text}`{hint}", suggestion=best,
        evidence=known[_plain(best)].evidence if best else next(iter(known.values())).evidence,
        certain=bool(best) and is_slip(word.text, best),
    )  # fmt: skip


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _in_manifest(name: str, ecosystem: str, ground: Ground) -> Evidence | None:
    """Where a manifest has the word as a key or in quotes: made by code, or in a group."""
    pattern = re.compile(rf"[\"']{re.escape(name)}[\"']|^\s*{re.escape(name)}\s*=", re.IGNORECASE)
    for path in ground.repo.files:
        if _MANIFESTS[ecosystem].search(path):
            for number, line in enumerate((ground.repo.text(path) or "").split("\n"), 1):
                if pattern.search(line):
                    return Evidence(path=path, line=number)
    return None
