"""Documentation pages: what a reader opens, not what a host's forms are made of."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import analyze


def test_templates_of_requests_are_no_pages(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("PULL_REQUEST_TEMPLATE.md", "issue_template.md", "usage.md"):
        (tmp_path / "docs" / name).write_text("# Title\n\nWords.\n", "utf-8")
    assert [f.value for f in analyze(tmp_path).of("doc_page")] == ["docs/usage.md"]


def test_notebooks_among_the_pages_have_their_titles(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    cells = '{"cells": [{"cell_type": "code", "source": ["# a comment\\n"]}, '
    heading = '{"cell_type": "markdown", "source": ["# A *short* tour\\n"]}]}'
    (tmp_path / "docs/tour.ipynb").write_text(cells + heading, "utf-8")
    pages = analyze(tmp_path).of("doc_page")
    assert [(f.value, f.text) for f in pages] == [("docs/tour.ipynb", "A short tour")]
