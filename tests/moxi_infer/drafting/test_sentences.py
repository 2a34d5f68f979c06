"""Sentences of a paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_infer.drafting.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Use it, e.g. with pip. Then stop.", ["Use it, e.g. with pip.", "Then stop."]),
        ("It needs Python 3.11. Go.", ["It needs Python 3.11.", "Go."]),
        ("Call `a. B` first. Then `c`.", ["Call `a. B` first.", "Then `c`."]),
        ("See [A. B](x.md). Next.", ["See [A. B](x.md).", "Next."]),
        ("Run it. it goes on.", ["Run it. it goes on."]),
        ('It says "no." Then more.', ['It says "no."', "Then more."]),
        ("Written by J. Smith. He left.", ["Written by J. Smith.", "He left."]),
        ("First.\nSecond\nline.", ["First.", "Second line."]),
        ("Run:", ["Run:"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


@given(st.text(alphabet="ab .!?`[](){}:\n*_é1", max_size=80))
def test_nothing_is_lost(text: str) -> None:
    assert " ".join(split_sentences(text)).split() == text.split()
