"""The oracle and the checker side by side: what is a difference, and what is none."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from agree import (  # type: ignore[import-not-found]
    Judged,
    by_checker,
    by_oracle,
    differences,
    judge,
    markdown,
    overlap,
    verdict_on,
)


def said(verdict: str, text: str = "make test", line: int = 3) -> Judged:
    return Judged("target", line, text, verdict, "why")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ([said("true", "test")], "true"),
        ([said("undecided")], "undecided"),
        ([said("true", line=4)], "silent"),
        ([said("true", "make build")], "silent"),
        ([said("undecided"), said("true", "make")], "true"),
    ],
)
def test_false_by_one_alone_is_a_difference(other: list[Judged], told: str) -> None:
    for own, others, name in ((0, 1, "checker"), (1, 0, "oracle")):
        both = ([said("false")], other) if own == 0 else (other, [said("false")])
        (found,) = differences("a/b", *both)
        assert (found.judge, found.other) == (name, told)
        assert verdict_on(both[own][0], both[others]) == told


def test_false_by_both_is_none() -> None:
    assert not differences("a/b", [said("false")], [said("false", "`test`")])
    assert not differences("a/b", [said("true")], [said("undecided")])


def test_words_overlap_without_their_dress() -> None:
    assert overlap("./docs/", "docs/guide.md")
    assert overlap("$ make test", "make test")
    assert not overlap("docs", "src")
    assert not overlap("./", "src")


def test_both_judge_one_page(tmp_path: Path) -> None:
    tree = tmp_path / "demo"
    tree.mkdir()
    (tree / "LICENSE").write_text("words\n")
    page = tmp_path / "page.md"
    page.write_text("# demo\n\n[license](LICENSE) and [more](MORE)\n\nYOUR TEXT HERE, TODO\n")
    checker, oracle = judge(tree, page, "README.md", human=False)
    wanted = {("LICENSE", "true"), ("MORE", "false")}
    assert wanted <= {(j.text, j.verdict) for j in checker}
    assert wanted <= {(j.text, j.verdict) for j in oracle}
    assert not differences("a/demo", checker, oracle)
    assert "placeholder" not in {j.kind for j in oracle}


def test_the_report_counts_and_lists() -> None:
    found = differences("a/b", [said("false")], [said("true")])
    counts = Counter({("target", "false", "true"): 1})
    text = "\n".join(markdown("Title", counts, found))
    assert "| target | false | 1 | 0 | 0 | 0 |" in text
    assert "a/b:3 target `make test`: false by the checker (why); true by the other" in text
    assert by_checker([]) == by_oracle([]) == []
