"""Which executable a command line found in the code belongs to.

Readers of command lines know functions and files; manifests know executables. Here they meet:
every `command` and `option` fact gets `detail["program"]`, the name a person types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.records import Fact

_RUNNERS = {
    "Python": "python",
    "JavaScript": "node",
    "TypeScript": "npx tsx",
    "Ruby": "ruby",
    "PHP": "php",
    "Shell": "bash",
}


def link_programs(repo: Repository, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The same facts, `command` and `option` facts knowing their program."""
    found = list(facts)
    bins = [f for f in found if f.kind == "bin"]
    scopes = sorted({f.scope for f in found if f.kind == "package"}, key=len, reverse=True)
    roots: dict[str, list[Fact]] = {}
    for fact in found:
        if fact.kind in {"command", "option"}:
            roots.setdefault(fact.detail.get("root", fact.evidence.path), []).append(fact)
    owners = {root: _owner(root, of, bins) for root, of in roots.items()}
    claimed = {owner.value for owner in owners.values() if owner is not None}
    free = [b for b in bins if b.value not in claimed]
    programs = {
        root: owner.value if (owner := owners[root]) else _program(root, of, free, scopes)
        for root, of in roots.items()
    }
    for fact in found:
        if fact.kind in {"command", "option"}:
            program = programs[fact.detail.get("root", fact.evidence.path)]
            yield replace(fact, detail=fact.detail | {"program": program})
        else:
            yield fact


def _owner(root: str, facts: list[Fact], bins: list[Fact]) -> Fact | None:
    """The executable that surely runs this command line: by entry point, target or given name."""
    entries = {f.detail["entry"] for f in facts if f.detail.get("entry")}
    prog = _prog(facts)
    return (
        _by_entry(bins, entries)
        or _by_target(bins, root.partition(":")[0])
        or next((b for b in bins if b.value == prog), None)
    )


def _prog(facts: list[Fact]) -> str:
    return next((f.detail["prog"] for f in facts if f.detail.get("prog")), "")


def _program(root: str, facts: list[Fact], free: list[Fact], scopes: list[str]) -> str:
    """A name for a command line that no executable surely runs.

    `free` are executables without a command line: one of the same package may be meant.
    """
    path, prog = root.partition(":")[0], _prog(facts)
    if prog:
        return prog
    scope = next((s for s in scopes if path.startswith(s + "/") or not s), "")
    near = [b for b in free if b.scope == scope] if _is_product(path) else []
    named = [b for b in near if b.value in PurePosixPath(path).parts]
    return (named or near)[0].value if near else _invocation(path)


def _by_entry(bins: list[Fact], entries: set[str]) -> Fact | None:
    """A bin whose `module:function` target is an entry, or at least in the same module."""
    modules = {entry.partition(":")[0] for entry in entries}
    for bin_fact in bins:
        if bin_fact.detail.get("target") in entries:
            return bin_fact
    for bin_fact in bins:
        if bin_fact.detail.get("target", "").partition(":")[0] in modules:
            return bin_fact
    return None


def _by_target(bins: list[Fact], path: str) -> Fact | None:
    """A bin whose target file is `path`, or whose target folder or file's folder holds it."""
    nearest: tuple[int, Fact] | None = None
    for bin_fact in bins:
        target = bin_fact.detail.get("target", "")
        if not target or ":" in target:
            continue
        place = join(bin_fact.scope, target)
        if place == path:
            return bin_fact
        is_folder = not PurePosixPath(place).suffix
        folder = place if is_folder else folder_of(place)
        holds = path.startswith(folder + "/") or folder_of(path) == folder
        if folder and holds and (nearest is None or len(folder) > nearest[0]):
            nearest = (len(folder), bin_fact)
    return nearest[1] if nearest else None


def _is_product(path: str) -> bool:
    """Whether a file belongs to what is shipped, rather than to the maintainers' own tools."""
    tools = {"scripts", "script", "tools", "tool", "hack", "ci", "dev", "misc", "contrib", "utils"}
    return not tools.intersection(path.lower().split("/")[:1]) and not path.startswith(".")


def _invocation(path: str) -> str:
    """How to call a file that no manifest makes an executable of."""
    if path.endswith(".go"):
        folder = folder_of(path)
        return f"go run ./{folder}" if folder else "go run ."
    language = language_of(path)
    runner = _RUNNERS.get(language.name) if language else None
    return f"{runner} {path}" if runner else PurePosixPath(path).name
