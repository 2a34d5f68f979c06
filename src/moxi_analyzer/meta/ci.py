"""The commands a contributor runs, as continuous integration really runs them.

Where CI tells nothing of tests, a language's one standard command stands in (`from: convention`),
only where the tests it would run are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.meta.ci_steps import Step, ci_files, steps
from moxi_analyzer.meta.commands import Command, commands, core_of
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import role_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_PER_PURPOSE = 3
_MAX_EXTRA_COST = 7.0  # beyond the clearest command of its purpose
_PURPOSE_ORDER = ("install", "build", "test", "lint", "format", "typecheck", "docs")
_MAIN_FILE = lazy_pattern(
    r"(?i)(?:^|/|[-_])(?:ci|cicd|tests?|main|build|check|lint|rust|go|python|node(?:js)?)\b[^/]*$"
)
_SIDE_FILE = lazy_pattern(
    r"(?i)release|publish|deploy|nightly|bench|coverage|docs|fuzz|cron|canary|smoke|e2e|wasm"
)
# Signs that a command covers only a part, or a special way, of what a contributor runs.
_NARROW = lazy_pattern(
    r" -k | -m \"| --target|--no-default-features|--no-run| -p | --package| --bin | --filter|--workspace="
    r"|--shard|--ignored| --retries|junit|--manifest-path|_fuzz|bench|--?cov\b|coverage|--profile|--only |brew|docker|^tox .*-e |/tmp/|-Z|\bmsrv"
)


@dataclass
class _Found:
    command: Command
    evidence: Evidence
    cost: float
    times: int = field(default=1)


def read(repo: Repository) -> Iterator[Fact]:
    """Commands by purpose, the clearest of each first."""
    found = _collect(repo)
    ranked = sorted(found.values(), key=lambda f: (f.command.folder != "", f.cost - f.times))
    by_purpose: dict[tuple[str, str], list[_Found]] = {}
    for item in ranked:
        by_purpose.setdefault((item.command.folder, item.command.purpose), []).append(item)
    kept = [
        item
        for items in by_purpose.values()
        for item in items[:_MAX_PER_PURPOSE]
        if item.cost <= items[0].cost + _MAX_EXTRA_COST
    ]
    kept.sort(key=lambda f: (f.command.folder, _PURPOSE_ORDER.index(f.command.purpose)))
    for item in kept:
        yield _fact(item.command, item.evidence, "ci")
    if not any(item.command.purpose == "test" for item in kept):
        yield from _conventional(repo)


def _collect(repo: Repository) -> dict[tuple[str, str], _Found]:
    found: dict[tuple[str, str], _Found] = {}
    for path in ci_files(repo):
        try:
            for command, line in _commands_of(repo, path):
                key = (command.folder, command.text)
                if key in found:
                    found[key].times += 1
                else:
                    place = Evidence(path=path, line=line)
                    found[key] = _Found(command, place, _cost(command, path))
        except ManifestError as error:
            repo.problem(path, str(error))
        except RecursionError:
            repo.problem(path, "nested too deeply to read")
    return found


def _commands_of(repo: Repository, path: str) -> Iterator[tuple[Command, int]]:
    places = _Places(repo.text(path) or "")
    for step in steps(repo, path):
        start = places.start_of(step)
        folder = join("", step.folder) if step.folder else ""
        if folder not in repo.folders or (step.folder and not folder and step.folder.strip("./")):
            continue
        for command in commands(step.script, folder):
            place = join("", command.folder) if command.folder else ""
            if place in repo.folders and role_of(f"{place}/x.c") in {"source", "doc"}:
                yield (
                    Command(command.text, place, command.purpose),
                    places.line_of(command.text, start),
                )


class _Places:
    """Finds the line of each command, following the steps through the file."""

    def __init__(self, text: str) -> None:
        self._lines = [" ".join(line.split()) for line in text.splitlines()]
        self._at = 0

    def start_of(self, step: Step) -> int:
        lines = (step.written or step.script).strip().splitlines()
        first = " ".join(lines[0].split()) if lines else ""
        found = self._find(first, self._at)
        if found is not None:
            self._at = found
        return self._at

    def line_of(self, command: str, start: int) -> int:
        words = command.split()
        for size in (len(words), 3, 2, 1):
            found = self._find(" ".join(words[:size]), start)
            if found is not None:
                return found + 1
        return start + 1

    def _find(self, text: str, start: int) -> int | None:
        for number in range(start, len(self._lines)):
            if text and text in self._lines[number]:
                return number
        return None


def _cost(command: Command, path: str) -> float:
    """How far a command is from the one a contributor would be told; lower is clearer."""
    text = command.text
    cost = len(text) / 12 + 1.5 * text.count(" --") + (4 if "=" in text.split(" ")[0] else 0)
    cost += 6 * len(_NARROW.findall(text))
    cost += 0 if _MAIN_FILE.search(path) else 1.5
    cost += 5 if _SIDE_FILE.search(path.rpartition("/")[2]) else 0
    # `npm test` says what the project means by testing; `jest --x` how it is done today.
    cost -= (
        2
        if re.match(r"(?:npm|yarn|pnpm|make|just|task|composer|mix|cargo|go) ", core_of(text))
        else 0
    )
    return cost


def _fact(command: Command, evidence: Evidence, source: str) -> Fact:
    return Fact(
        kind="test_command",
        value=command.text,
        evidence=evidence,
        scope=command.folder,
        detail={"purpose": command.purpose, "from": source},
    )


def _dart_test(repo: Repository, path: str) -> str:
    uses_flutter = re.search(r"(?m)^\s+flutter_test\s*:", repo.text(path) or "")
    return "flutter test" if uses_flutter else "dart test"


def _tox_file(repo: Repository) -> str:
    in_project = "[tool.tox" in (repo.text("pyproject.toml") or "")
    return "pyproject.toml" if in_project else "tox.ini"


def _conventional(repo: Repository) -> Iterator[Fact]:
    """Test commands that follow from a manifest and tests that are there."""
    tests = {path for path, entry in repo.files.items() if entry.role == "test"}
    for manifest, pattern, command in (
        ("go.mod", r"(?:.*/)?[^/]+_test\.go", "go test ./..."),
        ("Cargo.toml", r"(?:.*/)?tests/[^/]+\.rs", "cargo test"),
        (_tox_file(repo), r"(?:.*/)?tests?/(?:.*/)?test_[^/]+\.py", "tox"),
        ("mix.exs", r"(?:.*/)?test/.*_test\.exs", "mix test"),
        ("Package.swift", r"(?:.*/)?Tests/.*\.swift", "swift test"),
        ("pubspec.yaml", r"(?:.*/)?test/.*_test\.dart", "dart test"),
    ):
        folders = sorted(
            (folder_of(p) for p in repo.named(manifest) if p.count("/") < 2),
            key=lambda folder: (folder.count("/"), folder),
        )
        for folder in folders[:1]:
            prefix = folder + "/" if folder else ""
            if any(p.startswith(prefix) and re.fullmatch(pattern, p) for p in sorted(tests)):
                path = f"{prefix}{manifest}"
                if manifest == "pubspec.yaml":
                    command = _dart_test(repo, path)
                yield _fact(
                    Command(command, folder, "test"), Evidence(path=path, line=1), "convention"
                )
