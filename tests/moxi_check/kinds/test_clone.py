"""Addresses that are cloned or installed from, and actions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

URL = "https://github.com/Acme/render"
FILES = {
    "action.yml": "name: Render\nruns:\n  using: node20\n",
    "sub/action.yml": "name: Sub\n",
    "a.py": "",
}


@pytest.mark.parametrize(
    ("text", "slug", "verdict"),
    [
        ("`git clone https://github.com/Acme/render.git`", "Acme/render", "true"),
        ("`git clone --depth 1 git@github.com:acme/render.git x`", "acme/render", "true"),
        ("`gh repo clone Acme/render`", "Acme/render", "true"),
        ("`pip install git+https://github.com/Acme/render@main`", "Acme/render", "true"),
        ("`git clone https://github.com/someone/render`", "someone/render", "false"),
        ("`git clone https://github.com/Acme/rendre.git`", "Acme/rendre", "false"),
        ("`cargo install --git https://github.com/someone/render`", "someone/render", "false"),
        ("`git clone https://github.com/<you>/render`", "Acme/render", None),
        ("`git clone https://github.com/your-name/render`", "your-name/render", "not_judged"),
        ("`git clone https://github.com/other/thing`", "other/thing", None),
        (
            '```swift\n.package(url: "https://github.com/someone/render", from: "1.0.0")\n```',
            "someone/render",
            "false",
        ),
    ],
)
def test_addresses(checked: Checked, text: str, slug: str, verdict: str | None) -> None:
    claim = checked(FILES, text + "\n", "clone_url", url=URL).get(slug)
    assert (claim.verdict if claim else None) == verdict


def test_what_a_page_says_throughout_is_not_judged(checked: Checked) -> None:
    text = "[a](https://github.com/new/render)\n\n`git clone https://github.com/new/render`\n"
    assert checked(FILES, text, "clone_url", url=URL)["new/render"].verdict == "not_judged"


def test_a_fork_of_the_reader_is_not_judged(checked: Checked) -> None:
    claims = checked(FILES, "`git clone https://github.com/you/render`\n", "clone_url", url=URL)
    assert claims["you/render"].verdict == "not_judged"
    page = "Clone {}:\n\n`git clone https://github.com/yourusername/render`\n"
    fork = checked(FILES, page.format("your fork"), "clone_url", url=URL)
    assert fork["yourusername/render"].verdict == "not_judged"
    unfilled = checked(FILES, page.format("it"), "clone_url", url=URL)
    assert unfilled["yourusername/render"].verdict == "false"


def test_without_a_known_address_nothing_is_false(checked: Checked) -> None:
    claims = checked({"a.py": ""}, "`git clone https://github.com/x/demo`\n", "clone_url")
    assert [claim.verdict for claim in claims.values()] == ["not_judged"]


@pytest.mark.parametrize(
    ("step", "text", "verdict"),
    [
        ("- uses: acme/render@v1", "acme/render", "true"),
        ("- uses: acme/render/sub@v1", "acme/render", "true"),
        ("- uses: acme/render/subs@v1", "subs", "false"),
        ("- uses: someone/render@v1", "someone/render", "false"),
        ("- uses: actions/checkout@v4", "actions/checkout", None),
    ],
)
def test_actions(checked: Checked, step: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, f"```yaml\n{step}\n```\n", "uses", url=URL).get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("slug", "verdict"), [("render/render", "false"), ("elsewhere/render", "not_judged")]
)
def test_an_address_is_told_by_its_host(checked: Checked, slug: str, verdict: str) -> None:
    files = {
        **FILES,
        "ci.sh": "cp build/render/render .\ncurl https://github.com/elsewhere/render\n",
    }
    page = f"`git clone https://github.com/{slug}`\n"
    assert checked(files, page, "clone_url", url=URL)[slug].verdict == verdict
