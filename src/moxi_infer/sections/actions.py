"""Usage of a GitHub Action: a step of a workflow, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence

from moxi_core.records import Fact
from moxi_infer.document import Body, Proof
from moxi_infer.markdown import code, prose
from moxi_infer.subject import Subject

_HELP_CHARS = 140


def action_step(subject: Subject, body: Body) -> None:
    """A workflow step that uses a GitHub Action, with its inputs and outputs."""
    if subject.snapshot.project_type.name != "github_action" or subject.host is None:
        return
    places = subject.snapshot.project_type.evidence
    inputs = [f for f in subject.of("input", "") if not f.detail.get("group")]
    version = subject.first("version", "")
    major = version.value.lstrip("v").split(".")[0] if version else ""
    ref = f"v{major}" if major.isdigit() and major != "0" else subject.snapshot.default_branch
    action = next((f for f in subject.of("package", "") if "runs" in f.detail), None)
    ref = action.detail.get("ref", ref) if action else ref
    rows: list[tuple[str, Sequence[Proof]]] = [
        (f"- uses: {subject.host.slug}@{ref or 'main'}", places)
    ]
    required = [f for f in inputs if f.detail.get("required") == "true"]
    if required:
        rows.append(("  with:", required[:1]))
        rows += [(f"    {f.value}: {_yaml_value(f)}", [f]) for f in required]
    token = next((f for f in subject.of("env_var") if f.value == "GITHUB_TOKEN"), None)
    if (
        token
        and action
        and action.detail["runs"] == "docker"
        and not any("token" in f.value for f in inputs)
    ):
        rows.append(("  env:\n    GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}", [token]))
    body.paragraph("As a step of a workflow:")
    body.code("yaml", rows)
    _inputs_table(body, "Input", inputs)
    outputs = subject.of("output", "")
    if outputs:
        body.table(
            ["Output", "Description"],
            [([code(f.value), prose(f.text, _HELP_CHARS)], [f]) for f in outputs[:30]],
        )


def _yaml_value(fact: Fact) -> str:
    if "token" in fact.value.lower():
        return "${{ secrets.GITHUB_TOKEN }}"
    return fact.detail.get("default") or '""'


def _inputs_table(body: Body, name: str, inputs: Sequence[Fact]) -> None:
    if not inputs:
        return
    body.table(
        [name, "Description", "Default", "Required"],
        [
            (
                [
                    code(f.value),
                    prose(f.text, _HELP_CHARS),
                    code(short(f.detail.get("default", ""))),
                    "yes" if f.detail.get("required") == "true" else "",
                ],
                [f],
            )
            for f in inputs[:60]
        ],
    )


def short(text: str, limit: int = 60) -> str:
    """The text, cut with an ellipsis where it is longer than a cell should be."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
