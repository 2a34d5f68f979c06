"""Splitting: lossless on any text, along its own structure, within the bounds where that can be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_chunk.blocks import Kind, blocks
from moxi_chunk.outline import Outline
from moxi_chunk.split import Piece, sections, split

PAGE = """# Demo

Intro to the demo.

## Install

```sh
# not a heading
pip install demo
```

## Usage

- one

  ```py
  print("in an item")
  ```
- two
still two

| a | b |
|---|---|
| 1 | 2 |

<details>
<summary>More</summary>

# Inside

</details>

Setext
------

Last words.
"""

line = st.sampled_from(
    ["# A", "## B", "### C #", "```", "~~~~", "```py", "- item", "  more", "    deep", "1. one", "text",
     "| a | b |", "|---|---|", "| 1 | 2 |", "", "   ", "<div>", "</div>", "<!-- c", "-->", "===", "---",
     "<details>", "</details>", "> quote", "\u2028", "x" * 90, "a\u0000b", "שלום", "漢字。漢字。", "[a]: b",
     "<h2>T</h2>", "\tcode", "* * *", "Title", "....", ".. code::", "::"]
)  # fmt: skip
texts = st.lists(st.tuples(line, st.sampled_from(["\n", "\r\n", "\n\n", "\r"])), max_size=60).map(
    lambda rows: "".join(text + end for text, end in rows)
)


def joined(text: str, pieces: list[Piece]) -> str:
    return "".join(text[piece.start : piece.end] for piece in pieces)


@settings(max_examples=300)
@given(
    st.one_of(st.text(max_size=400), texts), st.integers(1, 60), st.integers(0, 200), st.booleans()
)
def test_nothing_is_lost(text: str, least: int, more: int, rst: bool) -> None:
    pieces = split(text, min_length=least, max_length=least + more, rst=rst)
    assert joined(text, pieces) == text
    assert all(0 < piece.end - piece.start <= least + more for piece in pieces)


@settings(max_examples=200)
@given(texts, st.integers(20, 300), st.booleans())
def test_what_fits_is_never_cut(text: str, most: int, rst: bool) -> None:
    starts = {piece.start for piece in split(text, min_length=1, max_length=most, rst=rst)}
    for block in blocks(text, rst=rst):
        if block.size <= most:
            assert not [start for start in starts if block.start < start < block.end]


@settings(max_examples=200)
@given(texts, st.integers(1, 400), st.booleans())
def test_sections_cover_the_page_in_order(text: str, most: int, rst: bool) -> None:
    found = list(sections(text, max_length=most, rst=rst))
    assert joined(text, found) == text
    assert all(piece.end - piece.start <= most for piece in found if piece.whole and piece.start)


def test_blocks_of_a_page() -> None:
    assert [(b.kind, b.level, b.title) for b in blocks(PAGE)] == [
        (Kind.HEADING, 1, "Demo"),
        (Kind.TEXT, 0, ""),
        (Kind.HEADING, 2, "Install"),
        (Kind.FENCE, 0, ""),
        (Kind.HEADING, 2, "Usage"),
        (Kind.ITEM, 0, ""),
        (Kind.ITEM, 0, ""),
        (Kind.TABLE, 0, ""),
        (Kind.HTML, 0, ""),
        (Kind.HEADING, 2, "Setext"),
        (Kind.TEXT, 0, ""),
    ]
    item = blocks(PAGE)[5]
    assert 'print("in an item")\n  ```\n' in PAGE[item.start : item.end]


def test_blocks_of_restructuredtext() -> None:
    text = "====\nDemo\n====\n\nIntro::\n\n    code\n\nUse\n---\n\n.. code:: sh\n\n   x\n\n   y\n\nend\n"
    assert [(b.kind, b.level, b.title) for b in blocks(text, rst=True)] == [
        (Kind.HEADING, 1, "Demo"),
        (Kind.FENCE, 0, ""),
        (Kind.HEADING, 2, "Use"),
        (Kind.FENCE, 0, ""),
        (Kind.TEXT, 0, ""),
    ]


def test_an_outline_knows_its_paths() -> None:
    page = Outline(PAGE, rst=False)
    assert [page.path(number) for number in range(len(page.levels))] == [
        (), ("Demo",), ("Demo", "Install"), ("Demo", "Usage"), ("Demo", "Setext"),
    ]  # fmt: skip


def test_pieces_begin_at_headings_where_sections_fit() -> None:
    pieces = split(PAGE, min_length=60, max_length=200)
    assert all(piece.begins for piece in pieces)
    assert max(piece.end - piece.start for piece in pieces) <= 200


def test_a_heading_is_never_the_last_of_a_piece() -> None:
    text = "# A\n\n" + "word " * 300 + "\n\n## B\n\n" + "more " * 380 + "\n"
    for piece in split(text):
        assert not text[piece.start : piece.end].rstrip().endswith("## B")


def test_what_is_too_large_is_cut_at_lines_and_sentences() -> None:
    code = "```\n" + "line of code\n" * 400 + "```\n"
    for piece in split(code)[:-1]:
        assert code[piece.end - 1] == "\n"
    prose = "This is a sentence of some words. " * 200
    for piece in split(prose)[:-1]:
        assert prose[: piece.end].rstrip().endswith(".")
    assert len(split("x" * 10_000)) == 5


def test_sections_are_asked_for_by_their_headings() -> None:
    found = [(p.heading_path, p.whole) for p in sections(PAGE, max_length=100)]
    assert found == [
        (("Demo",), False),
        (("Demo", "Install"), True),
        (("Demo", "Usage"), False),
        (("Demo", "Setext"), True),
    ]


@pytest.mark.parametrize(("least", "most"), [(0, 10), (10, 5), (-1, 5)])
def test_bounds_that_are_none(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="range of lengths"):
        split("x", min_length=least, max_length=most)


def test_a_page_of_megabytes_is_split_in_seconds() -> None:
    text = ("# T\n\n" + "word " * 20 + "\n\n- a\n  - b\n\n```\nx\n```\n") * 30_000
    pieces = split(text)
    assert joined(text, pieces) == text
