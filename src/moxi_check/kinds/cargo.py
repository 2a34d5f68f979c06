"""Targets of Cargo: `--bin`, `--example`, `--test`, `--bench` and `-p`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import values_of
from moxi_check.shell import Word
from moxi_core.records import Evidence

_BUILDS = frozenset(
    "build run test check bench clippy doc b r t c install nextest publish expand".split()
)
# Option -> (what it names, folder of such targets that Cargo finds by itself).
_TARGETS = {
    "--bin": ("binary", "src/bin"),
    "--example": ("example", "examples"),
    "--test": ("test", "tests"),
    "--bench": ("benchmark", "benches"),
    "-p": ("package", ""),
    "--package": ("package", ""),
}


def claims(words: tuple[Word, ...], ground: Ground) -> Iterator[Claim]:
    """Targets and packages that a cargo command builds in the repository."""
    texts = [word.text for word in words]
    if texts[:1] != ["cargo"] or not _BUILDS & set(texts[1:3]):
        return
    end = texts.index("--") if "--" in texts else len(words)
    words = words[:end]
    from_elsewhere = "install" in texts[1:3] and "--path" not in texts
    manifests = [
        path for path in ground.repo.files if path == "Cargo.toml" or path.endswith("/Cargo.toml")
    ]
    if from_elsewhere or not manifests:
        return
    for option, (what, folder) in _TARGETS.items():
        for word in values_of(words, option):
            if word.is_plain and re.fullmatch(r"[\w-]+", word.text):
                yield _judge(word, what, folder, manifests, ground)


def _judge(word: Word, what: str, folder: str, manifests: list[str], ground: Ground) -> Claim:
    known = _found(folder, ground) if folder else {}
    if what == "package":
        known.update({fact.value: fact.evidence for fact in ground.facts("dependency", "package")})
    if what == "binary":
        known.update({fact.value: fact.evidence for fact in ground.facts("bin")})
    if word.text in known:
        return true("run", word, known[word.text])
    named = _named(word.text, manifests, ground)
    if named is not None:
        return true("run", word, named)
    best = nearest(word.text, known)
    if not known:
        return not_judged("run", word, f"no {what} of the repository could be read")
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "run", word, f"Cargo has no {what} `{word.text}` here{hint}", suggestion=best,
        evidence=known[best] if best else Evidence(path=manifests[0]),
        certain=bool(best) and is_slip(word.text, best),
    )  # fmt: skip


def _found(folder: str, ground: Ground) -> dict[str, Evidence]:
    """Targets by their place: `examples/x.rs`, `examples/x/main.rs`, of any package."""
    pattern = re.compile(rf"(?:.*/)?{re.escape(folder)}/(?P<name>[^/]+)(?:\.rs|/main\.rs)")
    return {
        found["name"]: Evidence(path=path)
        for path in ground.repo.files
        if path.endswith(".rs") and (found := pattern.fullmatch(path))
    }


def _named(name: str, manifests: list[str], ground: Ground) -> Evidence | None:
    """Where a manifest gives something this name."""
    pattern = re.compile(rf"^\s*name\s*=\s*[\"']{re.escape(name)}[\"']")
    for path in manifests:
        for number, line in enumerate((ground.repo.text(path) or "").split("\n"), 1):
            if pattern.match(line):
                return Evidence(path=path, line=number)
    return None
