"""Every Python framework on a fixture with its tricky forms, against a golden file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_core.records import RepoSnapshot

COMMAND_LINES = ["argparse", "click", "typer", "docopt", "fire"]


@pytest.mark.parametrize("framework", COMMAND_LINES)
def test_command_line(framework: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(framework, ["command", "option"])


def test_public_api(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("api_python", ["api_symbol"])


def test_environment_variables(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("env_python", ["env_var"])


def test_django_management_commands(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("django_commands", ["command", "option"])
