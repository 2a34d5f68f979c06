"""Certain mends: what is rewritten, and that all else stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_check.claim import Claim
from moxi_check.fix import fixed


def claim(text: str, line: int, column: int, new: str, *, certain: bool = True) -> Claim:
    return Claim("link", text, line, column, "false", "", new, None, certain)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nsee b.md here\n", b"a\nsee new.md here\n"),
        (b"a\r\nsee b.md here\r\nc", b"a\r\nsee new.md here\r\nc"),
        (b"a\rsee b.md here", b"a\rsee new.md here"),
        (b"\xff\xfe\nsee b.md \xff\n", b"\xff\xfe\nsee new.md \xff\n"),
        (b"\xef\xbb\xbfa\nsee b.md\n\n\n", b"\xef\xbb\xbfa\nsee new.md\n\n\n"),
    ],
)
def test_only_the_claim_is_rewritten(before: bytes, after: bytes) -> None:
    assert fixed(before, [claim("b.md", 2, 5, "new.md")])[0] == after


def test_a_mark_of_byte_order_is_no_column() -> None:
    assert fixed(b"\xef\xbb\xbfb.md", [claim("b.md", 1, 1, "n")])[0] == b"\xef\xbb\xbfn"


def test_what_is_not_certain_or_not_there_is_left() -> None:
    page = b"see b.md here\n"
    wrong = [
        claim("b.md", 1, 5, "new.md", certain=False),
        claim("b.md", 1, 6, "new.md"),
        claim("b.md", 7, 5, "new.md"),
        claim("b.md", 1, 5, ""),
        Claim("link", "b.md", 1, 5, "true", suggestion="new.md", certain=True),
    ]
    assert fixed(page, wrong) == (page, [])


def test_of_overlapping_mends_one_is_made() -> None:
    both = [
        claim("docs", 1, 1, "d"),
        claim("docs/b.md", 1, 1, "docs/c.md"),
        claim("b.md", 1, 6, "x"),
    ]
    mended, made = fixed(b"docs/b.md b.md", both)
    assert mended == b"docs/c.md b.md"
    assert [one.text for one in made] == ["docs/b.md"]


def test_several_on_a_line() -> None:
    mends = [claim("a", 1, 1, "long"), claim("a", 1, 3, ""), claim("a", 1, 5, "b")]
    assert fixed(b"a a a", mends)[0] == b"long a b"


@given(
    st.binary(max_size=80), st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=4)
)
def test_any_bytes_come_back_where_nothing_is_mended(
    page: bytes, places: list[tuple[int, int]]
) -> None:
    same = [claim("a", line, column, "a") for line, column in places]
    assert fixed(page, same)[0] == page
