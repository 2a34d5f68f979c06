"""pubspec.yaml, melos workspaces, and what Dart code shows its users."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot

Golden = Callable[..., RepoSnapshot]
KINDS = "package bin version requirement dependency description link keyword script".split()


@pytest.mark.parametrize("fixture", ["flutter_app", "dart_workspace"])
def test_projects(golden_facts: Golden, fixture: str) -> None:
    golden_facts(fixture, KINDS)


def test_package(golden_facts: Golden) -> None:
    golden_facts("dart_cli", [*KINDS, "command", "option", "api_symbol"])


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "version", "environment", "executables", "dependencies", "melos"]),
        st.recursive(
            st.none() | st.text(max_size=8) | st.integers() | st.booleans(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
            max_leaves=8,
        ),
    )
)
def test_any_structure_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    root = tmp_path_factory.mktemp("dart")
    (root / "pubspec.yaml").write_text(json.dumps({**values, "name": "demo"}), "utf-8")
    assert not [p for p in analyze(root).problems if "not valid" not in p.reason]
