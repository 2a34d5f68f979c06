"""docs/facts.md names every key that readers put into a fact's `detail`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from moxi_analyzer import analyze

ROOT = Path(__file__).parent
FIXTURES = sorted(
    p for f in (ROOT / "fixtures", ROOT / "fixtures" / "readme") for p in f.iterdir() if p.is_dir()
)


def documented() -> dict[str, set[str]]:
    """Kind -> keys in the last column of its row, and what `programs.py` adds."""
    found: dict[str, set[str]] = {}
    for line in (ROOT.parent / "docs" / "facts.md").read_text("utf-8").splitlines():
        cells = line.strip("| ").split(" | ") if line.startswith("| `") else []
        for kind in re.findall(r"`(\w+)`", cells[0]) if cells else []:
            found[kind] = set(re.findall(r"`(\w+)`", line))
    for kind in ("command", "option"):
        found[kind].add("program")
    return found


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda p: p.name)
def test_keys_of_facts_are_documented(folder: Path) -> None:
    contract = documented()
    unknown = {
        f"{f.kind}.{key}"
        for f in analyze(folder).facts
        for key in f.detail.keys() - contract[f.kind]
    }
    assert not unknown
