"""Inputs of an action and settings of an editor extension."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

ACTION = {
    "action.yml": (
        "name: Demo\ninputs:\n  token:\n    description: t\n  days-before-stale:\n    default: '60'\n  label:\n    default: x\n"
        "outputs:\n  report:\n    description: r\nruns:\n  using: node20\n  main: index.js\n"
    )
}
EXTENSION = {
    "package.json": (
        '{"name": "demo", "publisher": "acme", "engines": {"vscode": "^1.80.0"}, "contributes": {\n'
        '"configuration": {"properties": {\n"demo.enabled": {"type": "boolean", "default": true},\n'
        '"demo.font.size": {"type": "number"}}},\n"commands": [{"command": "demo.toggle", "title": "Toggle"}]}}'
    )
}
URL = "https://github.com/acme/demo"
STEP = "# Demo\n\n```yaml\njobs:\n  a:\n    steps:\n      - uses: {uses}\n        with:\n          {key}: x\n      - run: x\n```\n"


@pytest.mark.parametrize(
    ("uses", "key", "verdict"),
    [
        ("acme/demo@v1", "token", "true"),
        ("Acme/Demo@v1", "days-before-stale", "true"),
        ("acme/demo@v1", "TOKEN", "true"),
        ("acme/demo@v1", "days-until-stale", "false"),
        ("actions/checkout@v4", "fetch-depth", None),
    ],
)
def test_steps(checked: Checked, uses: str, key: str, verdict: str | None) -> None:
    claim = checked(ACTION, STEP.format(uses=uses, key=key), "input", URL).get(key)
    assert (claim.verdict if claim else None) == verdict


def test_an_action_that_declares_no_inputs(checked: Checked) -> None:
    action = "name: Demo\noutputs:\n  report:\n    description: r\nruns:\n  using: node20\n"
    page = STEP.format(uses="acme/demo@v1", key="token")
    claim = checked({"action.yml": action}, page, "input", URL)["token"]
    assert (claim.verdict, claim.reason) == ("not_judged", "the action declares no inputs")


def test_values_of_several_lines_are_no_inputs(checked: Checked) -> None:
    page = STEP.format(uses="acme/demo@v1", key="label: |\n            wrong: y\n          token")
    assert set(checked(ACTION, page, "input", URL)) == {"label", "token"}


def test_an_output_may_have_the_name_of_an_input(checked: Checked) -> None:
    both = ACTION["action.yml"].replace("  report:", "  token:\n    description: t\n  report:")
    page = STEP.format(uses="acme/demo@v1", key="token")
    assert checked({"action.yml": both}, page, "input", URL)["token"].verdict == "true"


def test_tables(checked: Checked) -> None:
    page = "# Demo\n\n## Inputs\n\n| Name | Default |\n| --- | --- |\n| `token` | |\n| `label` | x |\n| `days-before` | |\n| **report** | |\n"
    verdicts = {text: c.verdict for text, c in checked(ACTION, page, "input", URL).items()}
    assert verdicts == {
        "token": "true",
        "label": "true",
        "days-before": "false",
        "report": "true",
    }


def test_tables_of_other_things_are_left_alone(checked: Checked) -> None:
    page = "# Demo\n\n## Fields\n\n| Name |\n| --- |\n| `token` |\n| `other` |\n| `more` |\n"
    assert checked(ACTION, page, "input", URL)["other"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ('```json\n{"demo.enabled": true}\n```', "demo.enabled", "true"),
        ("Set `demo.font.size`.", "demo.font.size", "true"),
        ('```json\n{"demo.enable": true}\n```', "demo.enable", "false"),
        ("Set `demo.font.weight`.", "demo.font.weight", "false"),
        ("All of `demo.font`.", "demo.font", None),
        ("Run `demo.toggle`.", "demo.toggle", None),
        ('```json\n{"editor.fontSize": 1}\n```', "editor.fontSize", None),
    ],
)
def test_settings(checked: Checked, page: str, text: str, verdict: str | None) -> None:
    claim = checked(EXTENSION, f"# Demo\n\n{page}\n", "setting").get(text)
    assert (claim.verdict if claim else None) == verdict
