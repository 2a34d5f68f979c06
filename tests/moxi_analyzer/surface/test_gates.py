"""Gates: which files are worth a parse."""

from __future__ import annotations

import re

import pytest

from moxi_analyzer.surface import env
from moxi_analyzer.surface.gates import Gate
from tests.effort import little_effort


@pytest.mark.parametrize(
    ("content", "is_open"),
    [
        (b"os.getenv('A')", True),
        (b"Fire(main)", True),
        (b"a\nFire (main)\n", False),
        (b"Campfire(main)", False),
        (b"nothing of interest", False),
        (b"", False),
    ],
)
def test_a_gate_opens_for_a_word_or_for_a_pattern_where_its_word_stands(
    content: bytes, is_open: bool
) -> None:
    gate = Gate(b"getenv", patterns={b"ire(": rb"\bFire\("})

    assert gate.search(content) is is_open


def test_a_pattern_is_searched_only_where_its_word_stands() -> None:
    assert Gate(patterns={b"word": rb"other"}).search(b"other") is False


def test_flags_count_for_all_patterns() -> None:
    gate = Gate(patterns={b"desc": rb"^desc "}, flags=re.MULTILINE)

    assert gate.search(b"class A\ndesc 'b'")
    assert not gate.search(b"class A; desc 'b'")


@pytest.mark.parametrize(
    ("content", "is_open"),
    [
        (b"$port = $_SERVER['PORT'] ?? 80;", True),
        (b"$port = $_SERVER['PORT']; $more = $a ?? 1;", False),
        (b"Platform::getEnv('HOME')", True),
        (b"$this->getBoolEnvVar('DEBUG')", True),
        (b"$this->getEnvironment()", False),
    ],
)
def test_php_is_parsed_for_what_may_be_a_variable_of_the_environment(
    content: bytes, is_open: bool
) -> None:
    gate = next(f.gate for f in env.FRAMEWORKS if f.name == "env_php")

    assert bool(gate.search(content)) is is_open


def test_gates_take_linear_time() -> None:
    with little_effort():
        for framework in env.FRAMEWORKS:
            framework.gate.search(
                b"$_SERVER " * 40_000 + b"getEnv" * 40_000 + b"Env ENV Env::" * 40_000
            )
