"""Prose in documentation comments."""

from __future__ import annotations

import pytest

from moxi_analyzer.prose import about, first_sentence, plain


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        (
            "# Title\n\nA tool that keeps bees in order, day and night.",
            "A tool that keeps bees in order, day and night.",
        ),
        (
            "- one\n- two\n\nA tool that keeps bees in order, day and night.",
            "A tool that keeps bees in order, day and night.",
        ),
        ("Too short.", None),
        ("# Title\n\n## Goals\n\nThis section says what nobody asked for at all.", None),
        ("To get started, read the first chapter of the manual.", None),
        ("```\nCode that looks like a sentence of forty letters.\n```", None),
        ("Without an end this paragraph is no sentence, however long it is", None),
    ],
)
def test_about(doc: str, expected: str | None) -> None:
    found = about(doc)
    assert (found.text if found else None) == expected


def test_about_knows_its_line() -> None:
    found = about("# Title\n\n![x](y)\n\nA tool that keeps bees in order,\nday and night.")
    assert found is not None
    assert found.offset == 4


def test_first_sentence_passes_abbreviations() -> None:
    assert first_sentence("Works, e.g. on Linux. And elsewhere.") == "Works, e.g. on Linux."


def test_plain_reduces_links() -> None:
    assert (
        plain("See [`X`], [docs](https://x.org) and [a::B]. ![i](j)") == "See `X`, docs and a::B."
    )
