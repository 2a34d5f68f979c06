"""Markdown made of a stranger's words: nothing in them acts as markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from moxi_infer.markdown import code, fence, plain, prose, sentence, shorten, table_row

_TYPES_OF_PLAIN_TEXT = {"text", "code_inline", "softbreak", "text_special"}


@given(st.text(alphabet="ab *_`[]()<>!|\\#-+1.~&:/\n@", max_size=60))
def test_prose_renders_as_plain_text(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse("word " + prose(text))
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert kinds <= _TYPES_OF_PLAIN_TEXT


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40))
def test_code_span_holds_its_text(text: str) -> None:
    tokens = MarkdownIt().parse(code(text))
    spans = [c.content for t in tokens for c in t.children or () if c.type == "code_inline"]
    expected = " ".join(text.split())
    assert [" ".join(s.split()) for s in spans] == ([expected] if expected else [])


def test_unseen_characters_are_dropped() -> None:
    assert code("a\x1b[31mb\u202ec") == "`a[31mbc`"
    assert prose("a\x07b\u2066c") == "abc"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_table_rows_keep_their_cells(cells: list[str]) -> None:
    row = table_row([code(cell) for cell in cells])
    header = table_row(["h"] * len(cells))
    rule = table_row(["---"] * len(cells))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse("\n".join([header, rule, row]))
    assert sum(t.type == "td_open" for t in tokens) == len(cells)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uses :class:`Foo` and ``bar``.", "Uses `Foo` and `bar`."),
        ("See {@link Foo#bar} now", "See `Foo#bar` now"),
        ("A [link](http://x.y) here", "A link here"),
        ("The [`Thing`] type", "The `Thing` type"),
        ("🚀 Fast <b>and</b> small :rocket:", "Fast and small"),
        ("time is 10:30:20 now", "time is 10:30:20 now"),
    ],
)
def test_documentation_markup_becomes_words(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_fence_is_longer_than_what_it_holds() -> None:
    assert fence("a") == "```"
    assert fence("````\nx\n````") == "`````"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("counts words", "Counts words."),
        ("gRPC server", "gRPC server."),
        ("Done!", "Done!"),
        ("and so on...", "And so on."),
        ("", ""),
    ],
)
def test_sentence(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_shorten_prefers_whole_sentences() -> None:
    assert (
        shorten("One is here. Two is here. Three is far too long", 30)
        == "One is here. Two is here."
    )
    assert shorten("word " * 30, 20) == "word word word word…"


def test_a_dot_that_is_meant_stays_apart() -> None:
    assert plain("do not list . and ..") == "do not list . and .."
    assert plain("made with [care](x) .") == "made with care."
