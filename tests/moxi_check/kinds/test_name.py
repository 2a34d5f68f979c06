"""Names of code in code spans."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
    "demo/__init__.py": "from demo.client import Client, open_session\n"
    '__all__ = ["Client", "open_session"]\n',
    "demo/client.py": "class Client:\n    def fetch_all(self): ...\n\ndef open_session(): ...\n",
    "docs/old.md": "`legacy_mode` was here.\n",
}


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("open_session()", "open_session", "true"),
        ("Client.fetch_all", "Client.fetch_all", "true"),
        ("Client#fetch_all", "Client#fetch_all", "true"),
        ("open_sessions()", "open_sessions", "false"),
        ("legacy_mode", "legacy_mode", "not_judged"),
        ("their_own.thing", "their_own.thing", "not_judged"),
        ("my_function()", "my_function", "not_judged"),
    ],
)
def test_names(checked: Checked, code: str, text: str, verdict: str) -> None:
    assert checked(FILES, f"Call `{code}` first.\n", "name")[text].verdict == verdict


def test_the_nearest_name_is_told(checked: Checked) -> None:
    claim = checked(FILES, "Call `open_sesion()`.\n", "name")["open_sesion"]
    assert claim.suggestion == "open_session"
    assert str(claim.evidence).startswith("demo/")


@pytest.mark.parametrize("code", ["true", "json", "setup.cfg", "a b", "https://x.y/z"])
def test_what_is_no_name(checked: Checked, code: str) -> None:
    assert checked(FILES, f"Use `{code}`.\n", "name") == {}


def test_what_other_kinds_know_is_no_name(checked: Checked) -> None:
    assert checked(FILES, "See `demo/client.py`.\n", "name") == {}


@pytest.mark.parametrize(
    "sentence",
    ["Use `Clients` of your own.", "The factory goes in favour of `open_sesion()`."],
)
def test_several_of_one_and_what_went_are_not_judged(checked: Checked, sentence: str) -> None:
    claims = checked(FILES, sentence + "\n", "name")
    assert {claim.verdict for claim in claims.values()} <= {"not_judged"}
