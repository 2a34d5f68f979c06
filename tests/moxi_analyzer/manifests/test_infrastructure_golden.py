"""Golden facts of everything around the code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_core.records import RepoSnapshot

GoldenFacts = Callable[..., RepoSnapshot]


@pytest.mark.parametrize(
    ("fixture", "kinds"),
    [
        (
            "web_service",
            "package version description about image port service env_var config_file workflow "
            "make_target test_command license doc_page person link keyword",
        ),
        ("github_action", "package description input output"),
        ("task_runners", "task"),
        ("terraform_module", "input output"),
    ],
)
def test_facts_equal_golden_file(golden_facts: GoldenFacts, fixture: str, kinds: str) -> None:
    golden_facts(fixture, kinds.split())
