"""Python manifests: golden fixtures, tricky cases, and arbitrary input."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_core.records import RepoSnapshot

KINDS = [
    "package",
    "description",
    "about",
    "version",
    "bin",
    "requirement",
    "dependency",
    "extra",
    "script",
    "person",
    "link",
    "keyword",
    "doc_page",
]


@pytest.mark.parametrize("fixture", ["python_pep621", "python_poetry", "python_setup"])
def test_manifest(fixture: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(fixture, KINDS)
