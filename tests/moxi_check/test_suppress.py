"""Claims that someone has decided to keep: comments in a page, entries in settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.repository import Repository
from moxi_check.check import check_page
from moxi_check.claim import Claim
from moxi_check.ground import Ground
from moxi_check.suppress import Ignores
from moxi_core.config import Ignore

Check = Callable[..., list[Claim]]


@pytest.fixture
def check(repository: Callable[..., Repository]) -> Check:
    """check(page, path, ignores, kinds): the false claims of a page in an empty repository."""

    def run(
        page: str,
        path: str = "README.md",
        ignores: Ignores | None = None,
        kinds: tuple[str, ...] = (),
    ) -> list[Claim]:
        repo = repository({path: page})
        report = check_page(
            page, path, Ground(repo, snapshot_of(repo), {path}), kinds, ignores=ignores
        )
        for claim in report.claims:
            assert report.source.split("\n")[claim.line - 1].find(claim.text) == claim.column - 1
        return report.false

    return run


@pytest.mark.parametrize(
    "page",
    [
        "[a](x.md) <!-- moxi: ignore link -- made later -->\n",
        "<!-- moxi: ignore link -- made later -->\n[a](x.md)\n",
        "<!-- moxi: ignore link -- made later -->\n\n[a](x.md) and\n[b](y.md)\n",
        "<!-- moxi: ignore link `x.md` -- made later -->\n[a](x.md)\n",
        "<!-- moxi: ignore `x.md` — made later -->\n[a](x.md)\n",
        "<!-- moxi: ignore image, link -- made later -->\n[a](x.md) ![i](i.png)\n",
        "<!-- moxi: ignore link\n     -- made later -->\n[a](x.md)\n",
        "<!-- moxi: ignore-start link -- made later -->\n\n[a](x.md)\n\n[b](y.md)\n\n<!-- moxi: ignore-end -->\n",
        "[a](x.md)\n\n<!-- moxi: ignore-file link -- made later -->\n",
        "| a | b |\n|---|---|\n| [a](x.md) <!-- moxi: ignore link -- made later --> | b |\n",
        "- one\n- [a](x.md) <!-- moxi: ignore link -- made later -->\n",
    ],
)  # fmt: skip
def test_a_comment_takes_what_it_names(check: Check, page: str) -> None:
    assert check(page) == []


def test_a_block_is_taken_as_a_whole_and_no_more(check: Check) -> None:
    page = "<!-- moxi: ignore link -- why -->\n[a](x.md)\n[b](y.md)\n\n[c](z.md)\n"
    assert [claim.text for claim in check(page)] == ["z.md"]
    page = "[a](x.md) <!-- moxi: ignore link -- why -->\n[b](y.md)\n"
    assert [claim.text for claim in check(page)] == ["y.md"]


def test_comments_of_rst(check: Check) -> None:
    page = ".. moxi: ignore link -- why\n\n`a <x.md>`_ and more.\n\n`b <y.md>`_\n"
    assert [claim.text for claim in check(page, "README.rst")] == ["y.md"]
    page = ".. moxi: ignore-file link -- why\n\n`a <x.md>`_\n"
    assert check(page, "README.rst") == []


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("moxi: ignore link -- why", "not needed"),
        ("moxi: ignore link", "gives no reason"),
        ("moxi: ignore link --", "gives no reason"),
        ("moxi: ignore -- why", "names no kind"),
        ("moxi: ignore l?nk -- why", "is no kind of claim"),
        ("moxi: ignore lnk -- why", "is no kind of claim"),
        ("moxi: ignore-end", "no `ignore-start`"),
        ("moxi: ignore-start link -- why", "no `ignore-end`"),
    ],
)
def test_a_wrong_or_unneeded_comment_is_a_finding(check: Check, comment: str, told: str) -> None:
    found = check(f"# demo\n\n<!-- {comment} -->\nText.\n")
    assert {claim.kind for claim in found} == {"ignore"}
    assert told in found[0].reason
    assert (found[0].line, found[0].text) == (3, comment)


def test_a_comment_of_a_kind_that_was_not_looked_for_is_no_finding(check: Check) -> None:
    page = "<!-- moxi: ignore link -- why -->\nText.\n"
    assert check(page, kinds=("anchor", "ignore")) == []
    assert check(page, kinds=("link",)) == []
    assert len(check(page, kinds=("link", "ignore"))) == 1


def test_a_suppressed_claim_is_told_with_the_reason(repository: Callable[..., Repository]) -> None:
    page = "[a](x.md) <!-- moxi: ignore link -- made later -->\n"
    repo = repository({"README.md": page})
    (claim,) = check_page(page, "README.md", Ground(repo, snapshot_of(repo))).claims
    assert (claim.verdict, claim.reason) == ("not_judged", "ignored: made later")


@pytest.mark.parametrize(
    ("entry", "taken"),
    [
        (Ignore(kind="link", reason="r"), True),
        (Ignore(text="x.md", reason="r"), True),
        (Ignore(kind="link", text="x.md", file="*.md", reason="r"), True),
        (Ignore(kind="image", reason="r"), False),
        (Ignore(text="y.md", reason="r"), False),
        (Ignore(file="docs/*", reason="r"), False),
    ],
)
def test_entries_of_settings(check: Check, entry: Ignore, taken: bool) -> None:
    ignores = Ignores((entry,))
    assert (check("[a](x.md)\n", ignores=ignores) == []) is taken
    assert (entry in ignores.used) is taken


def test_hostile_comments_are_read_in_no_time(check: Check) -> None:
    for text in ("`" * 50_000, "a," * 50_000, "``a` " * 20_000, "-- " * 50_000):
        assert {claim.kind for claim in check(f"<!-- moxi: ignore {text} -->\n")} <= {"ignore"}
