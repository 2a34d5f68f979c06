"""Blocks stay whole: judged by markdown-it-py, in blocks that are too large, and on hostile pages."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from moxi_chunk.blocks import Kind, blocks, scanner_of, taken_apart
from moxi_chunk.split import split

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
WHOLE = {"fence", "table_open", "list_item_open"}

part = st.sampled_from(
    ["# A", "## B", "Title\n---", "some words", "two\nlines", "```py\n# no heading\n\nx\n```",
     "~~~\n```\n~~~", "- one\n- two", "- one\n\n  ```\n  # no\n\n  x\n  ```\n- two",
     "1. one\n   - in\n     - deeper\n\n       words", "\n| a | b |\n|---|---|\n| 1 | 2 |",
     "\na | b\n--- | ---\n1 | 2", "> quote\n> ```\n> # no\n> ```", "> - one\n> - two",
     "<div>\n<p>x</p>\n</div>\n", "<details>\n<summary>x</summary>\n", "</details>\n",
     "<!-- c\n\n# no\n-->\n", "<p>\n\n", "</p>\n", "    code\n\n    code", "***", "<br>\n", "שלום",
     "a\u0000b\u2028c", "[a]: b", "* x\n* y\n\n  z\n", "<table>\n<tr><td>1</td></tr>\n</table>\n"]
)  # fmt: skip
ends = st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n"])
pages = st.builds(
    lambda parts, end: "".join(map("".join, parts)).replace("\n", end),
    st.lists(st.tuples(part, ends), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
)


def cuts(text: str, start: int, end: int, most: int) -> list[int]:
    """Where pieces begin within a range, white space around it aside."""
    starts = [piece.start for piece in split(text, min_length=1, max_length=most)]
    return [at for at in starts if text[start:at].strip() and text[at:end].strip() and at < end]


@settings(max_examples=400)
@given(pages, st.integers(20, 200))
def test_what_another_parser_sees_as_a_block_is_not_cut(text: str, most: int) -> None:
    places = [line.start() for line in LINE.finditer(text)] + [len(text)]
    for token in MARKDOWN.parse(text):
        if token.type in WHOLE and token.map:
            start, end = (places[min(number, len(places) - 1)] for number in token.map)
            if end - start <= most:
                assert not cuts(text, start, end, most)


@settings(max_examples=300)
@given(pages, st.integers(1, 60), st.booleans())
def test_a_block_taken_apart_is_covered(text: str, most: int, rst: bool) -> None:
    for block in blocks(text, rst=rst):
        inside = list(taken_apart(scanner_of(text, rst=rst), block, most))
        places = [block.start, *(one.end for one in inside)]
        assert [one.start for one in inside] == places[:-1]
        assert places[-1] == block.end


@pytest.mark.parametrize(
    ("opening", "margin", "closing"),
    [("- item\n\n", "  ", ""), ("- a\n  - b\n\n", "    ", ""), ("> [!NOTE]\n", "> ", ""),
     ("<details>\n<summary>x</summary>\n\n", "", "\n</details>\n"), ("- > a\n", "  > ", "")],
)  # fmt: skip
def test_a_block_that_is_too_large_is_cut_between_those_within(
    opening: str, margin: str, closing: str
) -> None:
    fence = ["```sh", "# no heading", "", "make " + "x" * 60, "```", ""]
    text = opening + "".join(f"{margin}{line}\n" for line in fence * 4) + closing
    pieces = [text[piece.start : piece.end] for piece in split(text, min_length=80, max_length=150)]
    assert len(pieces) > 3
    assert all(piece.count("```") % 2 == 0 for piece in pieces)


def test_a_fence_closes_where_commonmark_closes_it() -> None:
    text = "```\n    ```\n# code\n```\n\n# Title\n"
    assert [block.kind for block in blocks(text)] == [Kind.FENCE, Kind.HEADING]
    text = "  - item\n  ```\n  # code\n  ```\n"
    assert [block.kind for block in blocks(text)] == [Kind.ITEM, Kind.FENCE]


def test_what_looks_like_an_anchor_does_not_swallow_what_follows() -> None:
    text = '<a name="x"></a>\n#### Title\n**words**\n```\n# code\n```\n'
    assert [b.kind for b in blocks(text)] == [Kind.TEXT, Kind.HEADING, Kind.TEXT, Kind.FENCE]


def test_rules_and_quotes_end_a_paragraph() -> None:
    text = "words\n***\n> quote\ngoes on\n\n- item\n* * *\n---\nwords\n"
    assert [text[b.start : b.end].split("\n")[0] for b in blocks(text)] == [
        "words", "***", "> quote", "- item", "* * *", "---", "words",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "title"),
    [("# A", "A"), ("# A #", "A"), ("# C#", "C#"), ("## # ##", "#"), ("#", ""), ("# #", ""), ("#\tA  ", "A")],
)  # fmt: skip
def test_words_of_headings(line: str, title: str) -> None:
    (heading,) = blocks(line)
    assert (heading.kind, heading.title) == (Kind.HEADING, title)


@pytest.mark.parametrize(
    "text",
    ["- " * 5_000, "> " * 5_000, "- ```\n" * 20_000, "<!-- x\n\n" * 20_000, "- `" * 9_000,
     "".join(f"{'  ' * depth}- x\n" for depth in range(400)), "<div>\n\n" * 20_000, "* * * \n" * 9_000,
     "# a" + " " * 50_000 + "b", "<h1>" * 20_000, "| a |\n" + "|-" * 20_000 + "x"],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
def test_hostile_pages_take_no_longer(text: str) -> None:
    begun = time.process_time()
    pieces = split(text)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    assert time.process_time() - begun < 5


rows = st.sampled_from(
    ["- ```", "  ```", "```", "    ```", "1. a", "2. b", "10. c", " - d", "  - e", "   text", "  # no",
     " # A", "   ## B", "---", " ---", "===", "  ---", "- ", "-", "*", "* * *", "> q", "> ```", "<!--",
     "-->", "  <div>", "</div>", "<div>", "<p>x</p>", "a | b", "--|--", "|-|", "text", "# C", "", "  ",
     "\t", "\tcode", "    code", "~~~", "`x`", "**b**", "[l]: x", "0", "(x)", "::", "^^^", ".. x::"]
)  # fmt: skip
line_ends = st.sampled_from(["\n", "\n", "\n\n", " \n", "\r\n"])
lines = st.lists(st.tuples(rows, line_ends), max_size=25).map(
    lambda all_: "".join(map("".join, all_))
)


@settings(max_examples=600)
@given(st.one_of(pages, lines), st.booleans())
def test_what_is_found_by_jumps_is_found_by_walking(text: str, rst: bool) -> None:
    scanner = scanner_of(text, rst=rst)
    walked = list(scanner.walk(0, len(text)))
    headings = [(start, level) for _, start, _, level in walked if level]
    assert (scanner.headings() if text else []) == headings
    for begin, stop in pairwise([0, *(start for start, _ in headings), len(text)]):
        for place in range(begin, stop):
            [(kind, start, end)] = [one[:3] for one in walked if one[1] <= place < one[2]]
            assert scanner.around(begin, place) == (kind, start, end)
