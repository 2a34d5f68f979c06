"""Environment variables of languages without a grammar."""

from __future__ import annotations

from collections.abc import Callable

from moxi_core.records import RepoSnapshot


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("env_text", ["env_var"])
