"""Scoring: caught is a new finding of that claim on its line; exact is nothing but that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from moxi_eval.checkable import Checkable
from moxi_eval.planted import Check, Finding, is_of, judged_share, misses, recall, score
from moxi_eval.plants import Plant

TEXT = "use --color here\nsee docs/a.md now\nand --old too"
PLANTS = [
    Plant("option", "python", 1, 5, "--color", "--colour", "cli.py:1", "no such option"),
    Plant("link", "python", 2, 5, "docs/a.md", "docs/b.md", "docs/a.md", "no such file"),
]


def finds(*words: str) -> Check:
    """A checker that flags these words wherever they stand."""

    def check(text: str) -> list[Finding]:
        lines = enumerate(text.split("\n"), 1)
        return [Finding(n, "word", w, f"no {w}") for n, line in lines for w in words if w in line]

    return check


def test_caught_and_exact() -> None:
    result = score("demo", TEXT, PLANTS, finds("--colour"))
    assert [(o.caught, o.exact) for o in result.outcomes] == [(True, True), (False, False)]
    assert list(misses(result.outcomes)) == ["demo:2:5 link docs/a.md → docs/b.md  (no such file)"]


def test_what_is_flagged_untouched_is_no_catch() -> None:
    result = score("demo", TEXT, PLANTS, finds("use", "--old"))
    assert [f.text for f in result.untouched] == ["use", "--old"]
    assert not any(o.caught for o in result.outcomes)
    assert not result.stray


def test_another_word_of_the_line_is_no_catch() -> None:
    plants = [Plant("link", "", 2, 5, "docs/a.md", "docs/b.md", "", "")]
    assert not is_of(Finding(2, "word", "now"), plants[0])
    assert is_of(Finding(2, "link", "see docs/b.md now"), plants[0])
    assert is_of(Finding(2, "link", "docs"), plants[0])
    assert is_of(Finding(2, "link", "", "`docs/b.md` is dead"), plants[0])
    assert not is_of(Finding(2, "link", "", "`docs/c.md` is dead"), plants[0])


def test_a_finding_elsewhere_spoils_exactness() -> None:
    def check(text: str) -> list[Finding]:
        planted = [Finding(1, "option", "--colour"), Finding(3, "option", "--old")]
        return planted if "--colour" in text else []

    result = score("demo", TEXT, PLANTS[:1], check)
    assert [(o.caught, o.exact) for o in result.outcomes] == [(True, False)]
    assert [f.line for f in result.stray] == [3]


def test_recall_by_kind() -> None:
    outcomes = score("demo", TEXT, PLANTS, finds("--colour")).outcomes
    by_kind = recall(outcomes, lambda o: o.plant.kind)
    assert (by_kind["option"].share, by_kind["link"].share) == (1.0, 0.0)
    assert recall(outcomes)["all"].plants == 2


def test_share_of_what_is_judged() -> None:
    claims = [
        Checkable("inline_code", "--color", 1, 5),
        Checkable("code_line", "demo --color", 2, 1),
        Checkable("link", "docs/a.md", 3, 1),
    ]
    judged = [
        Finding(1, "option", "--color"),
        Finding(2, "option", "--color"),
        Finding(9, "x", "y"),
    ]
    assert judged_share(claims, judged) == {
        "code_line": (1, 1),
        "inline_code": (1, 1),
        "link": (0, 1),
    }


def test_a_checker_on_the_command_line(tmp_path: Path) -> None:
    """Its JSON is all that the score needs: a stub stands for the program."""
    stub = tmp_path / "checker"
    stub.write_text(
        f"#!{sys.executable}\nimport json, sys\nlines = open(sys.argv[1]).read().split('\\n')\n"
        "print(json.dumps({'claims': [{'kind': 'option', 'text': '--colour', 'line': n,"
        " 'verdict': 'false', 'reason': 'no'} for n, l in enumerate(lines, 1) if '--colour' in l]}))\n"
    )
    stub.chmod(0o755)

    def check(text: str) -> list[Finding]:
        page = tmp_path / "README.md"
        page.write_text(text)
        done = subprocess.run([stub, page], capture_output=True, check=True, timeout=30)
        claims = json.loads(done.stdout)["claims"]
        return [Finding(c["line"], c["kind"], c["text"], c["reason"]) for c in claims]

    assert [o.caught for o in score("demo", TEXT, PLANTS, check).outcomes] == [True, False]


@pytest.mark.parametrize("plants", [[], PLANTS])
def test_the_untouched_readme_is_checked_once(plants: list[Plant]) -> None:
    seen: list[str] = []

    def check(text: str) -> list[Finding]:
        seen.append(text)
        return []

    score("demo", TEXT, plants, check)
    assert seen.count(TEXT) == 1
    assert len(seen) == 1 + bool(plants)
