"""When one name is another misspelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_check.kinds.names import is_scope_slip, is_slip, is_variant


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("reqeusts", "requests"),
        ("request", "requests"),
        ("fast-grep", "fastgrep"),
        ("@acme/rendr", "@acme/render"),
        ("size-limits", "size-limit"),
        ("Demo", "demo"),
        ("build:wach", "build:watch"),
    ],
)
def test_slips(name: str, known: str) -> None:
    assert is_slip(name, known)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("demo", "demo"),
        ("eslint-plugin-jest", "eslint-plugin-node"),
        ("eslint-plugin-test", "eslint-plugin-jest"),
        ("vux", "vue"),
        ("demo2", "demo"),
        ("react-dom", "react"),
        ("pytest-cov", "pytest-cases"),
    ],
)
def test_other_names(name: str, known: str) -> None:
    assert not is_slip(name, known)


@pytest.mark.parametrize(
    ("name", "known", "verdict"),
    [
        ("demo-cli", "demo", True),
        ("python-demo", "demo", True),
        ("demo", "demo-cli", True),
        ("render", "@acme/render", True),
        ("demo-hooks", "demo", False),
        ("demo", "demo", False),
    ],
)
def test_variants(name: str, known: str, verdict: bool) -> None:
    assert is_variant(name, known) is verdict


@pytest.mark.parametrize(
    ("name", "known", "verdict"),
    [
        ("preset-app", "@acme/preset-app", True),
        ("@acme/render-cli", "@acme/render", True),
        ("@other/render-cli", "@acme/render", False),
        ("render", "@acme/render", False),
        ("@acme/hooks", "@acme/render", False),
        ("demo-cli", "demo", False),
    ],
)
def test_scopes(name: str, known: str, verdict: bool) -> None:
    assert is_scope_slip(name, known) is verdict


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_slip_is_one_both_ways(one: str, other: str) -> None:
    assert is_slip(one, other) == is_slip(other, one)
    assert not is_slip(one, one)
