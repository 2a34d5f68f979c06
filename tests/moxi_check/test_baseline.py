"""Baselines: known false claims, counted, whatever line they stand on."""

from __future__ import annotations

import pytest

from moxi_check.baseline import Baseline, read_baseline, write_baseline
from moxi_check.check import Report
from moxi_check.claim import Claim
from moxi_core.errors import SettingsError

ALL = frozenset({"link", "path"})


def report(*texts: str, readme: str = "README.md", line: int = 1) -> Report:
    claims = (
        Claim("link", text, line + n, 1, "false", "no", "yes", None, True)
        for n, text in enumerate(texts)
    )
    return Report(readme, tuple(claims))


def baseline_of(*reports: Report) -> Baseline:
    return read_baseline(write_baseline(reports, ALL).encode(), "known.json")


def test_what_is_known_is_no_longer_false() -> None:
    known = baseline_of(report("a", "b", "b"))
    (left,) = known.without_known([report("b", "c", "b", "b", "a", line=50)])
    assert [claim.text for claim in left.false] == ["c", "b"]
    assert left.claims[0].reason == "known: no"
    assert known.gone([left], ALL) == []


def test_entries_of_looked_at_pages_that_are_gone_are_told() -> None:
    known = baseline_of(report("a"), report("x", readme="docs/x.md"))
    left = known.without_known([report()])
    assert known.gone(left, ALL) == [("README.md", "link", "a")]
    assert known.gone(left, frozenset({"path"})) == []


def test_an_update_keeps_what_was_not_looked_at() -> None:
    known = baseline_of(report("a"), report("x", readme="docs/x.md"))
    after = read_baseline(write_baseline([report("new")], ALL, known).encode(), "known.json")
    assert set(after.known) == {("README.md", "link", "new"), ("docs/x.md", "link", "x")}


def test_the_same_claims_give_the_same_bytes() -> None:
    assert write_baseline([report("b", "a", "a")], ALL) == write_baseline(
        [report("a", "a", "b", line=9)], ALL
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"version": 1}', b'{"version": 1, "known": [1]}', b"\xff",
     b'{"version": 9, "known": []}', b'{"version": 1, "known": [{"readme": "a"}]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_baseline_is_one_sentence(content: bytes) -> None:
    with pytest.raises(SettingsError, match=r"'known\.json' is .*--update-baseline"):
        read_baseline(content, "known.json")
