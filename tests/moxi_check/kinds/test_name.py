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
        ("open_sessions_", "open_sessions_", "not_judged"),
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


@pytest.mark.parametrize(
    ("code", "suggestion"),
    [
        ("demo.clients.Client", "demo.client.Client"),
        ("demo.toolsShared.Client", "demo.sharedTools.Client"),
        ("demo.clienter.Client", ""),  # too far from any module of ours
        ("requests.clients.Client", ""),  # not below a package of ours
    ],
)
def test_modules_of_our_package(checked: Checked, code: str, suggestion: str) -> None:
    files = {**FILES, "demo/sharedTools/__init__.py": "", "tests/demo/__init__.py": ""}
    claim = checked(files, f"Set `{code}`.\n", "name")[code]
    assert (claim.verdict, claim.suggestion) == (
        "false" if suggestion else "not_judged",
        suggestion,
    )


def test_packages_of_our_namespace(checked: Checked) -> None:
    project = "<Project Sdk='Microsoft.NET.Sdk'><PropertyGroup><PackageId>{}</PackageId></PropertyGroup></Project>"
    files = {f"src/{name}/{name}.csproj": project.format(name) for name in ("Acme", "Acme.Testing")}
    claims = checked(
        files, "Use `Acme.Testing` or `Acme.Testings`, not `Other.Testings`.\n", "name"
    )
    assert claims["Acme.Testing"].verdict == "true"
    assert (claims["Acme.Testings"].verdict, claims["Acme.Testings"].suggestion) == (
        "false",
        "Acme.Testing",
    )
    assert claims["Other.Testings"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Demo.Routers", "Demo.Router"),  # a plural is no name below another
        ("Demo.OnRewrite", "Demo.RewriteOn"),
        ("Demo.Cowboys", "Demo.Cowboy"),  # another package's, that the code names
        ("Demo.Horses", ""),  # of `Horse` stands nothing below `Demo.`
        ("Routers", ""),
    ],
)
def test_what_code_writes_below_a_name(checked: Checked, name: str, suggestion: str) -> None:
    files = {
        "mix.exs": "defmodule Demo.MixProject do\nend\n",
        "lib/demo.ex": "defmodule Demo.Router do\n  use Demo.Cowboy\n  alias Other.Horse\nend\n",
        "lib/rewrite.ex": "defmodule Demo.RewriteOn do\nend\n",
    }
    claim = checked(files, f"Look at `{name}()`.\n", "name")[name]
    expected = ("false" if suggestion else "not_judged", suggestion)
    assert (claim.verdict, claim.suggestion) == expected


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("queue_at", "not_judged"), ("enque_at", "false"), ("enqueues_at", "false")],
)
def test_a_name_with_more_before_or_behind_it_is_no_slip(
    checked: Checked, name: str, verdict: str
) -> None:
    files = {**FILES, "demo/__init__.py": "def enqueue_at(time): ...\n"}
    assert checked(files, f"After its `{name}` time.\n", "name")[name].verdict == verdict


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        (("isTableRowStarts", "firstTableRowStart", "lastTableRowStart"), "not_judged"),
        (("isTableRowStarts", "whereTableRowStartIs"), "false"),
    ],
)
def test_what_several_names_have_in_them_is_a_part_of_names(
    checked: Checked, names: tuple[str, ...], verdict: str
) -> None:
    files = {**FILES, "demo/__init__.py": "".join(f"def {name}(): ...\n" for name in names)}
    page = "Those with `TableRowStart` in their names are quick.\n"
    assert checked(files, page, "name")["TableRowStart"].verdict == verdict


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("TableReaderA", "not_judged"), ("TableReader2", "not_judged"), ("TableReadr", "false")],
)
def test_one_of_several_that_are_made_up(checked: Checked, name: str, verdict: str) -> None:
    files = {**FILES, "demo/__init__.py": "class TableReader: ...\n"}
    assert checked(files, f"First `{name}` is asked.\n", "name")[name].verdict == verdict


@pytest.mark.parametrize("joint", ["is", "->", "becomes"])
def test_what_others_call_it_is_not_judged(checked: Checked, joint: str) -> None:
    sentence = f"`EOpen.open_sesion` {joint} `open_session`; call `open_sesions()`.\n"
    claims = checked(FILES, sentence, "name")
    assert claims["EOpen.open_sesion"].verdict == "not_judged"
    assert claims["open_sesions"].verdict == "false"


def test_what_an_interpreter_offers_to_scripts_is_written_otherwise_in_its_code(
    checked: Checked,
) -> None:
    files = {
        "engine.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>\n',
        "Engine.cs": "public class Engine {\n  public void GetOwnParts() {}\n  public void getOwnPart() {}\n}\n",
    }
    claims = checked(files, "# Engine\n\n- `Object.getOwnParts`\n", "name")
    assert claims["Object.getOwnParts"].verdict == "not_judged"


def test_what_an_example_of_the_page_makes_is_the_examples(checked: Checked) -> None:
    page = "```text\nopen_sesion = made()\n```\n\nThen `open_sesion.send()` sends, `open_sesions()` does not.\n"
    claims = checked(FILES, page, "name")
    assert claims["open_sesion.send"].verdict == "not_judged"
    assert claims["open_sesions"].verdict == "false"


@pytest.mark.parametrize(
    ("extra", "verdict"),
    [
        ("", "false"),
        ("It has `demo.also_gone`, too.", "not_judged"),  # our list has gaps
        ("```python\ndemo = make()\n```", "not_judged"),  # the example's own
        ("```toml\n[tool]\ndemo = true\n```", "false"),
    ],
)
def test_what_alone_of_all_that_a_page_asks_of_us_is_nowhere(
    checked: Checked, extra: str, verdict: str
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
        "src/lib.c": "int alpha, beta, gamma, delta, OPT_UTC_Z;\n",
    }
    told = "\n".join(f"- `demo.{name}`" for name in ("alpha", "beta", "gamma", "delta"))
    page = f"# Demo\n\n{told}\n\nThen `demo.OPT_UTC` and `other.thing` are there.\n\n{extra}\n"
    claims = checked(files, page, "name", strict=False)
    assert claims["demo.OPT_UTC"].verdict == verdict
    assert claims["other.thing"].verdict == "not_judged"
