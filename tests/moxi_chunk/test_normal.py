"""Links in place, headings of one kind."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moxi_chunk.cut import without_lines, without_pictures
from moxi_chunk.normal import definitions, normal, without_emoji

KNOWN = {"guide": "https://x.example/g", "a b": "b.md"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [it][guide] and [guide]", "see [it](https://x.example/g) and [guide](https://x.example/g)"),
        ("[x][A b] [y](z) [none][no]", "[x](b.md) [y](z) [none][no]"),
        ("`[guide]` and\n\n```md\n[guide]\n```\n", "`[guide]` and\n\n```md\n[guide]\n```\n"),
        ("- [ ] guide", "- [ ] guide"),
        ("Title\n=====\n\nPart\n----\n", "## Title\n\n### Part\n"),
        ("#### Deep ####\n\ntext\n", "## Deep\n\ntext\n"),
        ("# :rocket: Go 🚀\n", "## Go\n"),
        ("# The `go` ^ `run`\n", "## The `go` ^ `run`\n"),
        ("# `\n", "## `\n"),
        ("[a]: `two words`", "[a]: `two words`"),  # no definition: its address has a blank
        ("[`a`]: `u`\n\nText\n", "\n\nText\n"),
        ("```sh\n# no heading\n```\n", "```sh\n# no heading\n```\n"),
    ],
)  # fmt: skip
def test_normal(text: str, expected: str) -> None:
    assert normal(text, KNOWN, 2) == expected


def test_definitions() -> None:
    page = '[One]: https://a.example "title"\n [two]: <b.md>\n    [code]: no\ntext [x]: no\n'
    assert definitions(page) == {"one": "https://a.example", "two": "b.md"}


def test_emoji() -> None:
    assert without_emoji("🤖 Why ![Logo](l.png)? ❤️") == "Why Logo?"


@given(st.text("#=-`[]():~ \n\0ag", max_size=80))
@example("[:]:`")
@example("[a]:`` ``")
@example("[`]`]:u")
def test_any_text_is_made_normal_once(text: str) -> None:
    once = normal(text, {"a": "u"}, 2)
    assert "\0" not in once
    # Definitions go, with the backticks that they may hold.
    assert (
        "```" in text or definitions(text.replace("\0", "")) or once.count("`") == text.count("`")
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[![a](b.svg)](c) ![d](e.png)\n\nWords.\n", "Words.\n"),
        ('<p align="center">\n  <img src="x.png">\n</p>\n\nWords.\n', "Words.\n"),
        ("Words [![a](b.svg)](c).\n", "Words.\n"),
        ("```html\n<img src=x>\n```\n", "```html\n<img src=x>\n```\n"),
        ("Words.\n\nPlease star this repo!\n", "Words.\n"),
        ("<!-- note -->\nWords.\n", "Words.\n"),
    ],
)
def test_pictures_go(text: str, left: str) -> None:
    assert without_pictures(text)[0] == left


def test_only_items_of_lists_can_go() -> None:
    rows = ["| a | b |", "| --- | --- |", "| 1 | 2 |", "| 3 | 4 |", "| 5 | 6 |"]
    assert without_lines(rows, {3}) == [*rows[:3], rows[4]]
    assert without_lines(["- a", "- b", "- c"], {0}) is None
    assert without_lines(["- a", "  goes on", "- b", "- c", "- d", "- e"], {0}) is None
    assert without_lines(["prose", "- a", "- b", "- c", "- d"], {0}) is None
