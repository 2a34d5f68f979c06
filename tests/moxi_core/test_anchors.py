"""Anchors of headings."""

from __future__ import annotations

from moxi_core.anchors import Slugger, slug


def test_slug() -> None:
    assert slug("Project structure") == "project-structure"
    assert slug("`demo` & co.") == "demo--co"
    assert slug("नमस्ते दुनिया!") == "नमस्ते-दुनिया"


def test_same_headings_are_numbered() -> None:
    slugger = Slugger()
    assert [slugger.anchor(h) for h in ("Use", "Use", "Use 1", "Use")] == [
        "use", "use-1", "use-1-1", "use-2",
    ]  # fmt: skip
