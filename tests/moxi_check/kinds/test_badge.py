"""Workflows and packages that badges show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
URL = "https://github.com/acme/demo-kit"
FILES = {
    ".github/workflows/ci.yml": "name: Tests\non: push\njobs:\n  t:\n    runs-on: x\n    steps: []\n",
    "pyproject.toml": '[project]\nname = "demo-kit"\nversion = "1"\n',
}


@pytest.mark.parametrize(
    ("target", "text", "verdict"),
    [
        (f"{URL}/actions/workflows/ci.yml/badge.svg", "ci.yml", "true"),
        (f"{URL}/actions/workflows/ci.yaml/badge.svg", "ci.yaml", "false"),
        (f"{URL}/workflows/Tests/badge.svg", "Tests", "true"),
        (f"{URL}/workflows/Test/badge.svg", "Test", "false"),
        ("https://github.com/other/x/actions/workflows/a.yml/badge.svg", "a.yml", "not_judged"),
        ("https://img.shields.io/pypi/v/demo-kit.svg", "demo-kit", "true"),
        ("https://img.shields.io/pypi/v/Demo_Kit", "Demo_Kit", "true"),
        ("https://img.shields.io/pypi/dm/demokits", "demokits", "false"),
        ("https://badge.fury.io/py/demo-kit.svg", "demo-kit", "true"),
        ("https://img.shields.io/pypi/v/requests.svg", "requests", "not_judged"),
        ("https://img.shields.io/npm/v/demo-kit.svg", "demo-kit", "not_judged"),
    ],
)
def test_badges(checked: Checked, target: str, text: str, verdict: str) -> None:
    claims = checked(FILES, f"![b]({target})\n", "badge", url=URL)
    assert claims[text].verdict == verdict
