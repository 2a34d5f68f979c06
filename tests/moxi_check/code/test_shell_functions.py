"""Functions of own shell scripts on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "demo.sh": "demo_has() {\n  true\n}\n\ndemo() {\n  case $1 in\n    install | i )\n      true\n"
    '    ;;\n    "ls-remote")\n    ;;\n  esac\n}\n\nother() {\n  case $1 in\n    stray) ;;\n  esac\n}\n',
}


@pytest.mark.parametrize(
    ("command", "word", "verdict"),
    [
        ("demo install 1.2", "demo", "true"),
        ("demo install 1.2", "install", "true"),
        ("demo i 1.2", "i", "true"),
        ("cd x && demo ls-remote", "ls-remote", "true"),
        ("demo instal 1.2", "instal", "false"),
        ("demo stray", "stray", ""),
        ("demo anything", "anything", ""),
        ("other stray", "other", ""),
        ("echo demo", "demo", ""),
    ],
)
def test_a_function_that_is_called_as_the_project(
    checked: Checked, command: str, word: str, verdict: str
) -> None:
    text = f"# Demo\n\n```sh\n{command}\n```\n"
    claim = checked(FILES, text, "api", "https://github.com/o/demo").get(word)
    assert (claim.verdict if claim else "") == verdict
