"""docs/check.md tells the kinds of claims that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_check.suppress import ALL_KINDS

PAGE = Path(__file__).parents[2] / "docs" / "check.md"
START, END = "<!-- kinds -->\n", "<!-- /kinds -->"


def test_the_table_of_kinds_is_the_list_of_kinds(request: pytest.FixtureRequest) -> None:
    rows = [f"| `{name}` | {told} |" for name, told in sorted(ALL_KINDS.items())]
    table = "\n".join(["| Kind | What is held |", "| --- | --- |", *rows]) + "\n"
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(START)
    shown, _, after = rest.partition(END)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(before + START + table + END + after, "utf-8")
        shown = table
    assert shown == table, "pytest --update-golden tests/moxi_check/test_docs.py writes it anew"
