"""Development: how to test, lint and build as CI does, and the tasks that the repository defines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from moxi_core.records import Fact, FactKind
from moxi_infer.builders import build_steps
from moxi_infer.document import Body, Proof, Section
from moxi_infer.markdown import code, codes, prose
from moxi_infer.subject import Subject

MAX_TASK_ROWS = 25
MAX_FURTHER = 40
_PER_PURPOSE = 2
_HELP_CHARS = 100
_PURPOSES = {
    "test": "Run the tests",
    "lint": "Lint",
    "format": "Format",
    "typecheck": "Check types",
    "build": "Build",
    "docs": "Build the documentation",
}
_TASKS: tuple[tuple[FactKind, str, str], ...] = (
    ("script", "Scripts:", "Script"),
    ("make_target", "Make targets:", "Target"),
    ("task", "Tasks:", "Task"),
)


def development(subject: Subject) -> Section | None:
    """Commands for contributors, then scripts, make targets and tasks."""
    body = Body()
    said = _commands(subject, body)
    places = {"", *(f.scope for f in subject.of("package"))}
    for kind, head, column in _TASKS:
        facts = [f for f in subject.of(kind) if f.scope in places]
        facts = [
            f for f in facts if f not in subject.brought_tasks and f.detail.get("tool") != "python"
        ]
        _tasks(body, head, column, facts, said)
    return body.section("development", "Development")


def _commands(subject: Subject, body: Body) -> set[str]:
    """The commands block; returns the commands that it holds."""
    steps = build_steps(subject)
    rows: list[tuple[str, Sequence[Proof]]] = []
    if subject.snapshot.project_type.name == "github_action":
        rows += steps
    said = {_plain(text) for text, _ in steps}
    for purpose, label in _PURPOSES.items():
        head = f"# {label}\n"
        room = _PER_PURPOSE
        for fact in subject.of("test_command"):
            command = inside(fact.scope, fact.value)
            if fact.detail.get("purpose") != purpose or not room or _plain(command) in said:
                continue
            if _is_of_a_platform(subject, fact):
                continue
            rows.append((head + command, [fact]))
            said.add(_plain(command))
            head, room = "", room - 1
    if rows:
        body.code("sh", rows)
    return said


def _is_of_a_platform(subject: Subject, command: Fact) -> bool:
    """Whether a command builds a part that the main package's own tool builds."""
    if subject.main is None:
        return False
    is_flutter = subject.main.detail.get("manager") == "flutter"
    runners = {"android", "ios", "macos", "linux", "windows"}
    is_runner = command.scope.split("/")[0] in runners
    foreign = subject.ecosystem == "swift" and command.value.startswith(("cmake ", "ctest "))
    return (is_flutter and is_runner) or foreign


def _plain(command: str) -> str:
    """A command without the `run` that package managers do not need: `yarn run lint`."""
    return re.sub(r"\b(npm|yarn|pnpm|bun) run (?=\S)", r"\1 ", command)


def inside(folder: str, command: str) -> str:
    """A command run in a folder, without leaving the reader there."""
    return f"(cd {shlex.quote(folder)} && {command})" if folder else command


def _tasks(body: Body, head: str, column: str, facts: list[Fact], said: set[str]) -> None:
    scopes = {f.scope for f in facts}
    if "" in scopes and len(scopes) > 3:
        facts = [f for f in facts if not f.scope]
    facts = [f for f in facts if _plain(_run(f)) not in said]
    if not facts:
        return
    told = [f for f in facts if _does(f)]
    shown = (told or facts)[:MAX_TASK_ROWS]
    body.table(
        [column, "What it does"],
        [([code(_run(f)), _does(f)], [f]) for f in shown],
        head=head,
    )
    rest = [f for f in facts if f not in shown][:MAX_FURTHER]
    if rest:
        body.paragraph(f"Also {codes(_run(f) for f in rest)}.", *rest)


def _run(fact: Fact) -> str:
    run = fact.detail.get("run", fact.value)
    return inside(fact.scope, run)


def _does(fact: Fact) -> str:
    if fact.kind == "script":
        text = fact.text
        return code(text if len(text) <= _HELP_CHARS else text[: _HELP_CHARS - 1] + "…")
    return prose(fact.text, _HELP_CHARS)
