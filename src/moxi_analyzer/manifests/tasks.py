"""Task runners with files of their own: just, Task, mise, mage; and pre-commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_toml, load_yaml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 3
_MAX_TASKS = 80
_DOCUMENTED_STYLE = 3
_TASKFILE_NAMES = ("Taskfile.yml", "Taskfile.yaml", "Taskfile.dist.yml", "taskfile.yml")

_MAGE_TAG = lazy_pattern(r"^//\s*(?:go:build|\+build)\s+mage\b", re.MULTILINE)
_MAGE_FUNC = lazy_pattern(
    r"(?P<comment>(?:^//[^\n]*\n)*)^func\s+(?:\((?:\w+\s+)?(?P<space>\w+)\)\s+)?"
    r"(?P<name>[A-Z]\w*)\((?P<args>[^)]*)\)\s*(?:error\s*)?\{",
    re.MULTILINE,
)
_MAGE_SPACE = lazy_pattern(r"^type\s+(\w+)\s+mg\.Namespace\b", re.MULTILINE)


def _task(tool: str, name: str, evidence: Evidence, scope: str, **rest: str) -> Fact:
    """A task fact; `run`, `text` and other details by name."""
    text = rest.pop("text", "")
    detail = {"tool": tool} | {key: value for key, value in rest.items() if value}
    return Fact(kind="task", value=name, evidence=evidence, scope=scope, text=text, detail=detail)


def _taskfile(repo: Repository, path: str) -> Iterator[Fact]:
    taken = next((n for n in _TASKFILE_NAMES if repo.has(join(folder_of(path), n))), "")
    if (taken and taken != path.rpartition("/")[2]) or _has_parent(repo, folder_of(path)):
        return
    facts = list(_taskfile_tasks(repo, path, folder_of(path), "", 0))
    listed = [fact for fact in facts if fact.text or fact.value == "default"]
    yield from (listed if len(listed) > _DOCUMENTED_STYLE else facts)[:_MAX_TASKS]


def _has_parent(repo: Repository, folder: str) -> bool:
    """Whether a folder above has a Taskfile: it includes the ones below that matter."""
    while folder:
        folder = folder_of(folder)
        if any(repo.has(join(folder, name)) for name in _TASKFILE_NAMES):
            return True
    return False


def _taskfile_tasks(
    repo: Repository, path: str, scope: str, prefix: str, depth: int
) -> Iterator[Fact]:
    text = repo.text(path)
    if text is None or depth > _MAX_DEPTH:
        return
    document, lines = as_dict(load_yaml(text)), Lines(text)
    start = lines.find(r"^tasks\s*:") or 1
    for name, raw in as_dict(document.get("tasks")).items():
        task = as_dict(raw)
        if task.get("internal") is True or name.startswith("_") or "*" in name:
            continue
        line = lines.find(rf"^\s+[\"']?{re.escape(name)}[\"']?\s*:", start) or start
        full = prefix if name == "default" and prefix else f"{prefix}:{name}".lstrip(":")
        help_ = as_str(task.get("desc")) or as_str(task.get("summary")).partition("\n")[0]
        yield _task(
            "task",
            full,
            Evidence(path=path, line=line),
            scope,
            text=one_line(help_),
            run="task" if full == "default" else f"task {full}",
            aliases=", ".join(filter(None, map(as_str, as_list(task.get("aliases"))))),
        )
    for name, raw in as_dict(document.get("includes")).items():
        include = as_dict(raw)
        if include.get("internal") is True:
            continue
        inner = prefix if include.get("flatten") is True else f"{prefix}:{name}".lstrip(":")
        other = as_str(raw) or as_str(include.get("taskfile"))
        for file in _taskfile_at(repo, folder_of(path), other):
            yield from _taskfile_tasks(repo, file, scope, inner, depth + 1)


def _taskfile_at(repo: Repository, folder: str, named: str) -> Iterator[str]:
    place = join(folder, named)
    if not named or "{{" in named or not place:
        return
    if repo.has(place):
        yield place
        return
    yield from [p for p in (f"{place}/{n}" for n in _TASKFILE_NAMES) if repo.has(p)][:1]


def _mise(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    if "tasks" not in text:
        return
    lines = Lines(text)
    for name, raw in as_dict(load_toml(text).get("tasks")).items():
        task = as_dict(raw)
        if task.get("hide") is True or name.startswith("_"):
            continue
        quoted = rf"[\"']?{re.escape(name)}[\"']?"
        line = lines.find(rf"^\s*\[tasks\.{quoted}\]|^\s*{quoted}\s*=") or lines.toml("tasks")
        yield _task(
            "mise",
            name,
            Evidence(path=path, line=line),
            "" if folder_of(path) in {".config", ".mise", "mise"} else folder_of(path),
            text=one_line(as_str(task.get("description"))),
            run=f"mise run {name}",
            aliases=_names(task.get("alias")),
        )


def _names(value: Any) -> str:
    return ", ".join(filter(None, map(as_str, value if isinstance(value, list) else [value])))


def _magefile(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    inside = folder_of(path).rpartition("/")[2] == "magefiles"
    if not _MAGE_TAG.search(text) and not inside:
        return
    spaces = set(_MAGE_SPACE.findall(text))
    scope = folder_of(folder_of(path)) if inside else folder_of(path)
    for match in _MAGE_FUNC.finditer(text):
        if match["space"] and match["space"] not in spaces:
            continue
        name = match["name"][0].lower() + match["name"][1:]
        if match["space"]:
            name = f"{match['space'].lower()}:{name}"
        comment = " ".join(
            line.removeprefix("//").strip()
            for line in match["comment"].splitlines()
            if not line.startswith("//go:")
        )
        line = text.count("\n", 0, match.start("name")) + 1
        yield _task(
            "mage",
            name,
            Evidence(path=path, line=line),
            scope,
            text=one_line(re.split(r"(?<=[.!?])\s", comment, maxsplit=1)[0]),
            run=f"mage {name}",
        )


def _pre_commit(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    if not as_list(as_dict(load_yaml(text)).get("repos")):
        return
    yield Fact(
        kind="test_command",
        value="pre-commit run --all-files",
        evidence=Evidence(path=path, line=Lines(text).find(r"^repos\s*:")),
        scope=folder_of(path),
        detail={"purpose": "lint", "from": "manifest"},
    )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[Tt]askfile(?:\.dist)?\.ya?ml", _taskfile),
    manifest(r"\.?mise\.toml|\.config/mise\.toml|\.?mise/config\.toml", _mise),
    manifest(r"magefile\.go|magefiles/[^/]+(?<!_test)\.go", _magefile),
    manifest(r"\.pre-commit-config\.ya?ml", _pre_commit, folder=""),
)
