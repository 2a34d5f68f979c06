"""Claims of code: which blocks are judged at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\ndependencies = ["demos"]\n',
    "demo/__init__.py": "def render(width): ...\n\n\ndef loose(width, **rest):\n    print(rest)\n",
}


def _page(code: str, lead: str = "Use it:", title: str = "Usage", fence: str = "python") -> str:
    return f"# Demo\n\n## {title}\n\n{lead}\n\n```{fence}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("lead", "title", "verdict"),
    [
        ("Use it:", "Usage", "false"),
        ("Use it instead of writing the call out by hand, which is long:", "Usage", "false"),
        ("Before:", "Usage", "not_judged"),
        ("This is deprecated:", "Usage", "not_judged"),
        ("❌ Wrong", "Usage", "not_judged"),
        ("Use it:", "Migrating from 1.x", "not_judged"),
    ],
)
def test_what_is_shown_as_undone_is_never_false(
    checked: Checked, lead: str, title: str, verdict: str
) -> None:
    page = _page("from demo import rendr", lead, title)
    assert checked(FILES, page, "import")["rendr"].verdict == verdict


def test_other_fences_are_not_read(checked: Checked) -> None:
    assert checked(FILES, _page("from demo import rendr", fence="text"), "import") == {}


@pytest.mark.parametrize(
    ("name", "found"), [("dmeo", True), ("demo_cli", True), ("demos", False), ("numpy", False)]
)
def test_a_package_that_is_nearly_ours(checked: Checked, name: str, found: bool) -> None:
    claims = checked(FILES, _page(f"import {name}"), "import")
    assert (name in claims) is found


@pytest.mark.parametrize(
    ("span", "verdict"), [("demo.Cancel", "not_judged"), ("demo.Cancel()", "false")]
)
def test_a_dotted_name_in_a_sentence_alone(checked: Checked, span: str, verdict: str) -> None:
    files = {"go.mod": "module example.com/demo\n", "demo.go": "package demo\n\nfunc Run() {}\n"}
    page = f"# Demo\n\nBind a key to `{span}`.\n"
    assert checked(files, page, "api")["Cancel"].verdict == verdict


def test_a_package_beside_ours_is_told_of(checked: Checked) -> None:
    page = _page("import demo_client", "Install it with `pip install demo_client`.")
    assert checked(FILES, page, "import") == {}


@pytest.mark.parametrize(
    ("key", "verdict"),
    [("widht", "false"), ("widths", "not_judged"), ("other", "not_judged")],
)
def test_a_slip_in_an_open_list(checked: Checked, key: str, verdict: str) -> None:
    page = _page(f"import demo\ndemo.loose({key}=1)")
    claim = checked(FILES, page, "argument")[key]
    assert claim.verdict == verdict
    assert claim.suggestion == ("width" if verdict == "false" else "")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("render", None),
        ("renders", "render"),  # of what a module gives, a plural is no other thing
        ("pageRender", "renderPage"),
        ("paints", ""),  # the repository speaks of it
    ],
)
def test_a_slip_in_a_module_of_computed_members(
    checked: Checked, name: str, suggestion: str | None
) -> None:
    files = {
        "package.json": '{"name": "demo", "main": "index.js"}',
        "index.js": "const base = require('base')\n"
        "module.exports = Object.assign(base.make(), {\n  render: 1,\n  renderPage: 2,\n  paint: 3,\n})\n",
        "notes.md": "It paints.\n",
    }
    page = f"# Demo\n\n```js\nconst demo = require('demo')\ndemo.{name}('a')\n```\n"
    claim = checked(files, page, "api")[name]
    assert claim.verdict == {None: "true", "": "not_judged"}.get(suggestion, "false")
    assert claim.suggestion == (suggestion or "")


SCOPED = {
    "package.json": '{"name": "@acme/recipes", "version": "1.0.0", "files": ["src"]}',
    "src/index.js": "export const recipe = 1\nexport const createTheme = 2\nconst inner = 3\n",
}


@pytest.mark.parametrize(
    ("code", "prose", "found"),
    [
        ("import { recipe } from 'recipes'", "`npm install @acme/recipes`", False),
        ("import { createTheme } from 'recipes'", "`npm install @acme/recipes`", True),
        ("const { createTheme } = require('@other/recipes')", "It is @acme/recipes.", True),
        ("import { createTheme as theme, recipe } from 'recipes'", "See @acme/recipes.", True),
        ("import { inner } from 'recipes'", "See @acme/recipes.", False),
        ("import { createTheme } from 'recipes'", "It is a fork of @acme/recipes.", False),
        ("import { createTheme } from 'recipes'", "@acme/recipes needs `recipes`.", False),
        ("import { createTheme } from 'recipes'", "See it.", False),
        ("import { createTheme } from 'themes'", "See @acme/recipes.", False),
        ("import { createTheme } from 'recipes'\nalias({'recipes': 1})", "@acme/recipes", False),
    ],
)
def test_what_is_taken_tells_whose_package_is_meant(
    checked: Checked, code: str, prose: str, found: bool
) -> None:
    page = f"{_page(code, fence='js')}\n{prose}\n"
    claims = checked(SCOPED, page, "import", strict=False)
    assert {claim.suggestion for claim in claims.values() if claim.verdict == "false"} == (
        {"@acme/recipes"} if found else set()
    )


def test_one_plain_name_is_enough_where_code_has_the_package(checked: Checked) -> None:
    page = _page("import { recipe } from 'recipes'", fence="js")
    page += "\n```sh\nnpm install @acme/recipes\n```\n"
    assert checked(SCOPED, page, "import", strict=False)["recipes"].suggestion == "@acme/recipes"


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.js", "start('recipes')\n", True),
        ("a.js", "import { x } from 'recipes'\n", False),
        ("examples/package.json", '{"dependencies": {"recipes": "^1.0.0"}}', False),
        ("yarn.lock", "recipes@^1.0.0:\n", False),
    ],
)
def test_a_package_that_the_repository_uses_is_meant(
    checked: Checked, path: str, text: str, found: bool
) -> None:
    page = _page("import { createTheme } from 'recipes'", "Here is @acme/recipes:", fence="js")
    claims = checked({**SCOPED, path: text}, page, "import", strict=False)
    assert ("recipes" in claims) is found


@pytest.mark.parametrize(
    ("code", "prose", "found"),
    [
        ("from palett import render, mix", "", True),
        ("from palett import (\n    render,\n    mix,\n)", "", True),
        ("from palett.io import read_all", "", True),
        ("from palett.out import read_all", "", False),
        ("from palett import render", "", False),
        ("from palett import render, other", "", False),
        ("from palett import render, mix", "Unlike palett, it is fast.", False),
        ("from paints import render, mix", "", False),
    ],
)
def test_two_names_of_ours_from_a_module_like_ours(
    checked: Checked, code: str, prose: str, found: bool
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "palettes"\nversion = "1"\n',
        "palettes/__init__.py": "def render(): ...\n\n\ndef mix(): ...\n",
        "palettes/io.py": "def read_all(): ...\n",
    }
    page = f"{_page(code, 'Here is palettes:')}\n{prose}\n"
    claims = checked(files, page, "import", strict=False)
    assert any(claim.suggestion == "palettes" for claim in claims.values()) is found
