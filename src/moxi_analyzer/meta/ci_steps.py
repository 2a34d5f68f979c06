"""The script steps of continuous-integration files, one reader per service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moxi_analyzer.formats import as_dict, as_list, as_str, load_yaml
from moxi_analyzer.repository import Repository
from moxi_core.patterns import lazy_pattern

_RELEASE = lazy_pattern(r"(?i)release|deploy|publish|tags?\b|nightly|stale|backport|benchmark")
_EVENTS = frozenset("push pull_request pull_request_target merge_group workflow_call".split())
_EXPRESSION = lazy_pattern(r"\$\{\{\s*([\w.-]+)\s*\}\}")
_MAX_STEPS = 2_000

# Actions that stand for a command: a pattern of their name, and what a person types instead.
_ACTIONS = (
    (lazy_pattern(r"golangci/golangci-lint-action@"), "golangci-lint run"),
    (lazy_pattern(r"pre-commit/action@"), "pre-commit run --all-files"),
    (lazy_pattern(r"crate-ci/typos@"), "typos"),
)


@dataclass(frozen=True)
class Step:
    """A script that CI runs: the folder it runs in, and whether its file is the main one."""

    script: str
    folder: str = ""
    written: str = ""  # what stands in the file, where `script` was put together


def steps(repo: Repository, path: str) -> Iterator[Step]:
    """Script steps of the CI file at `path`; raises ManifestError when it cannot be parsed."""
    for pattern, read in _READERS:
        if pattern.fullmatch(path):
            document = parsed(repo.text(path) or "")
            for count, step in enumerate(read(dict(document))):
                if count >= _MAX_STEPS:
                    return
                yield step
            return


def ci_files(repo: Repository) -> Iterator[str]:
    """Paths of the CI files that this version reads, workflows first."""
    places = [path for path in repo.files if path.startswith(".") or "/" not in path]
    for pattern, _ in _READERS:
        yield from filter(pattern.fullmatch, places)


@lru_cache(maxsize=128)
def parsed(text: str) -> Mapping[str, Any]:
    """The top mapping of a CI file; workflows are asked for by several readers."""
    return as_dict(load_yaml(text))


def triggers(document: dict[str, Any]) -> dict[str, Any]:
    """The events of a GitHub workflow, by name; YAML reads its bare `on:` as true."""
    on = document.get("on", document.get("True"))
    if isinstance(on, str):
        return {on: None}
    if isinstance(on, list):
        return {as_str(event): None for event in on if as_str(event)}
    return as_dict(on)


def _github(document: dict[str, Any]) -> Iterator[Step]:
    events = triggers(document)
    push = as_dict(events.get("push"))
    only_tags = "tags" in push and "branches" not in push and len(events) == 1
    if only_tags or not _EVENTS.intersection(events):
        return
    top = _folder_default(document)
    variables = _environment(document, {})
    for name, raw in as_dict(document.get("jobs")).items():
        job = as_dict(raw)
        if _RELEASE.search(name) or _RELEASE.search(as_str(job.get("if"))):
            continue
        known = _environment(job, variables) | _single_matrix(job)
        folder = _folder_default(job) or top
        for item in as_list(job.get("steps")):
            step = as_dict(item)
            if not _RELEASE.search(as_str(step.get("if"))):
                yield from _github_step(step, known, folder)


def _github_step(step: dict[str, Any], known: dict[str, str], folder: str) -> Iterator[Step]:
    uses = as_str(step.get("uses"))
    with_ = as_dict(step.get("with"))
    for pattern, command in _ACTIONS:
        if pattern.match(uses):
            yield Step(command, as_str(with_.get("working-directory")) or folder, written=uses)
    if re.match(r"actions-rs/cargo@", uses):
        arguments = f"cargo {as_str(with_.get('command'))} {as_str(with_.get('args'))}"
        yield Step(_resolve(arguments, known), folder, written=uses)
    run = step.get("run")
    if isinstance(run, str) and as_str(step.get("shell")) not in {
        "pwsh",
        "powershell",
        "cmd",
        "python",
    }:
        place = _resolve(as_str(step.get("working-directory")), known) or folder
        yield Step(_resolve(run, known), place, written=run)


# Arguments of some runs only: `${{ matrix.more || '' }}`.
_OR_NOTHING = lazy_pattern(r"[ \t]\$\{\{\s*matrix\.[\w-]+\s*\|\|\s*''\s*\}\}(?=\s|$)")


def _resolve(text: str, known: dict[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: known.get(match[1], match[0]), _OR_NOTHING.sub("", text))


def _folder_default(part: dict[str, Any]) -> str:
    folder = as_str(as_dict(as_dict(part.get("defaults")).get("run")).get("working-directory"))
    # A checkout under another name, as Go once wanted: still the root of the repository.
    return "" if folder.endswith(("github.repository }}", "github.workspace }}")) else folder


def _environment(part: dict[str, Any], outer: dict[str, str]) -> dict[str, str]:
    own = {f"env.{name}": as_str(value) for name, value in as_dict(part.get("env")).items()}
    return outer | {name: value for name, value in own.items() if value and "${{" not in value}


def _single_matrix(job: dict[str, Any]) -> dict[str, str]:
    """Matrix values that are the same in every run of the job."""
    matrix = as_dict(as_dict(job.get("strategy")).get("matrix"))
    if as_list(matrix.get("include")):
        return {}
    lists = {name: as_list(values) for name, values in matrix.items()}
    return {f"matrix.{n}": as_str(v[0]) for n, v in lists.items() if len(v) == 1 and as_str(v[0])}


def _gitlab(document: dict[str, Any]) -> Iterator[Step]:
    for name, raw in document.items():
        job = as_dict(raw)
        if name.startswith(".") or _RELEASE.search(f"{name} {as_str(job.get('stage'))}"):
            continue
        if name in {"default", "variables", "include", "stages", "workflow"} or not job:
            continue
        yield from _scripts(job, "before_script", "script")


def _travis(document: dict[str, Any]) -> Iterator[Step]:
    yield from _scripts(document, "install", "before_script", "script")
    jobs = as_dict(document.get("jobs")) or as_dict(document.get("matrix"))
    for job in as_list(jobs.get("include")):
        if not _RELEASE.search(as_str(as_dict(job).get("stage"))):
            yield from _scripts(as_dict(job), "install", "script")


def _circle(document: dict[str, Any]) -> Iterator[Step]:
    for name, raw in as_dict(document.get("jobs")).items():
        job = as_dict(raw)
        if _RELEASE.search(name):
            continue
        folder = as_str(job.get("working_directory"))
        for item in as_list(job.get("steps")):
            run = as_dict(item).get("run")
            place = as_str(as_dict(run).get("working_directory")) or folder
            script = as_str(run) or as_str(as_dict(run).get("command"))
            if script and not as_dict(run).get("background"):
                yield Step(script, "" if place.startswith(("~", "/")) else place)


def _azure(document: dict[str, Any]) -> Iterator[Step]:
    name = as_str(document.get("job")) + as_str(document.get("stage"))
    if _RELEASE.search(name):
        return
    for key in ("stages", "jobs", "steps"):
        for item in as_list(document.get(key)):
            yield from _azure(as_dict(item))
    for key in ("script", "bash"):
        if as_str(document.get(key)):
            yield Step(as_str(document.get(key)), as_str(document.get("workingDirectory")))


def _appveyor(document: dict[str, Any]) -> Iterator[Step]:
    for key in ("install", "before_build", "build_script", "test_script"):
        value = document.get(key)
        for item in value if isinstance(value, list) else [value]:
            script = (
                as_str(item) or as_str(as_dict(item).get("cmd")) or as_str(as_dict(item).get("sh"))
            )
            if script:
                yield Step(script)


def _cirrus(document: dict[str, Any]) -> Iterator[Step]:
    for name, raw in document.items():
        task = as_dict(raw)
        if name.endswith("task") and not _RELEASE.search(name):
            yield from _scripts(task, *(key for key in task if key.endswith("script")))


def _scripts(part: dict[str, Any], *keys: str) -> Iterator[Step]:
    """Steps of keys that hold a script or a list of them, run one after another."""
    for key in keys:
        value = part.get(key)
        lines = [as_str(line) for line in (value if isinstance(value, list) else [value])]
        script = "\n".join(line for line in lines if line)
        if script:
            yield Step(script)


_READERS: tuple[tuple[re.Pattern[str], Callable[[dict[str, Any]], Iterator[Step]]], ...] = tuple(
    (lazy_pattern(pattern), read)
    for pattern, read in (
        (r"\.(?:github|forgejo|gitea)/workflows/[^/]+\.ya?ml", _github),
        (r"\.gitlab-ci\.ya?ml", _gitlab),
        (r"\.circleci/config\.ya?ml", _circle),
        (r"\.travis\.yml", _travis),
        (r"\.?azure-pipelines\.ya?ml", _azure),
        (r"\.?appveyor\.ya?ml", _appveyor),
        (r"\.cirrus\.ya?ml", _cirrus),
    )
)
