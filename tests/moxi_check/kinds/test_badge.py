"""Workflows and packages that badges show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
URL = "https://github.com/acme/demo-kit"
FILES = {
    ".github/workflows/ci.yml": "name: Tests\non: push\njobs:\n  t:\n    runs-on: x\n    steps: []\n",
    "pyproject.toml": '[project]\nname = "demo-kit"\nversion = "1"\n',
}


@pytest.mark.parametrize(
    ("target", "text", "verdict"),
    [
        (f"{URL}/actions/workflows/ci.yml/badge.svg", "ci.yml", "true"),
        (f"{URL}/actions/workflows/ci.yaml/badge.svg", "ci.yaml", "false"),
        (
            "https://img.shields.io/github/actions/workflow/status/acme/demo-kit/.github/workflows/c.yml",
            "c.yml",
            "false",
        ),
        (f"{URL}/workflows/Tests/badge.svg", "Tests", "true"),
        (f"{URL}/workflows/Test/badge.svg", "Test", "false"),
        (f"{URL}/workflows/tests/badge.svg", "tests", "true"),
        (f"{URL}/workflows/CodeQL/badge.svg", "CodeQL", "not_judged"),
        ("https://github.com/other/x/actions/workflows/a.yml/badge.svg", "a.yml", "not_judged"),
        ("https://img.shields.io/pypi/v/demo-kit.svg", "demo-kit", "true"),
        ("https://img.shields.io/pypi/v/Demo_Kit", "Demo_Kit", "true"),
        ("https://img.shields.io/pypi/dm/demokits", "demokits", "false"),
        ("https://badge.fury.io/py/demo-kit.svg", "demo-kit", "true"),
        ("https://img.shields.io/pypi/v/requests.svg", "requests", "not_judged"),
        ("https://img.shields.io/npm/v/demo-kit.svg", "demo-kit", "not_judged"),
    ],
)
def test_badges(checked: Checked, target: str, text: str, verdict: str) -> None:
    claims = checked(FILES, f"![b]({target})\n", "badge", url=URL)
    assert claims[text].verdict == verdict


def test_a_project_packed_under_another_name_on_a_condition(checked: Checked) -> None:
    project = (
        "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup Condition=\"'$(Pack)'=='true'\">"
        "<PackageId>Demo.Tool</PackageId></PropertyGroup></Project>"
    )
    core = "<Project><PropertyGroup><PackageId>Demo.Core</PackageId></PropertyGroup></Project>"
    files = {"src/App/App.csproj": project, "src/Demo.Core/Demo.Core.csproj": core}
    badge = "![b](https://img.shields.io/nuget/v/Demo.Tool.svg)\n"
    assert checked(files, badge, "badge")["Demo.Tool"].verdict == "not_judged"


def test_a_badge_shows_the_package_that_it_leads_to(checked: Checked) -> None:
    files = {"package.json": '{"name": "ky", "version": "1.0.0"}'}
    page = "[![x](https://img.shields.io/npm/v/{}.svg)](https://www.npmjs.com/package/{})\n"
    same = checked(files, page.format("ky", "ky"), "badge")
    assert [claim.verdict for claim in same.values()] == ["true"]
    shown = checked(files, page.format("ky-cli", "ky"), "badge")["ky-cli"]
    assert (shown.verdict, shown.suggestion) == ("false", "ky")
    led = checked(files, page.format("ky", "ky-cli"), "badge")["ky-cli"]
    assert (led.verdict, led.suggestion) == ("false", "ky")
    # The badge of another package that leads to itself may well be meant.
    other = checked(files, page.format("ky-cli", "ky-cli"), "badge")["ky-cli"]
    assert other.verdict == "not_judged"
    # What stands beside a badge is not where it leads.
    shield = "https://img.shields.io/npm/v/ky.svg"
    row = f"<a href='https://npmjs.com/ky'><img alt='' src='{shield}'></a> <a href='https://npmjs.com/ky-cli'>"
    claims = checked(files, f"<p>\n{row}x</a>\n</p>\n", "badge")
    assert {text: claim.verdict for text, claim in claims.items()} == {"ky": "true"}
    wrong = row.replace("npmjs.com/ky'", "npmjs.com/ky-app'")
    assert checked(files, f"<p>\n{wrong}x</a>\n</p>\n", "badge")["ky-app"].verdict == "false"


@pytest.mark.parametrize(
    ("opening", "verdict"),
    [
        ("<a href='https://www.npmjs.com/package/ky'>\n", "false"),
        ("<a href='https://www.npmjs.com/package/ky'>x</a>\n", "not_judged"),
        ("<a href='https://ky.example'>\n", "not_judged"),
    ],
)
def test_a_badge_below_the_line_that_leads_on(checked: Checked, opening: str, verdict: str) -> None:
    image = "<img src='https://img.shields.io/npm/v/ky-cli.svg'>\n</a>"
    page = f"<p>\n{opening}{image}\n</p>\n"
    claims = checked({"package.json": '{"name": "ky", "version": "1.0.0"}'}, page, "badge")
    assert claims["ky-cli"].verdict == verdict


def test_a_badge_that_leads_to_a_slip_of_its_package(checked: Checked) -> None:
    badge = "[![x](https://badge.fury.io/py/demo-kit.svg)](https://badge.fury.io/py/{})\n"
    assert checked(FILES, badge.format("demokit"), "badge")["demokit"].verdict == "false"
    assert set(checked(FILES, badge.format("requests"), "badge")) == {"demo-kit"}


def test_one_of_several_packages_may_have_siblings_elsewhere(checked: Checked) -> None:
    project = "<Project><PropertyGroup><PackageId>Demo.{}</PackageId></PropertyGroup></Project>"
    files = {f"src/{n}/{n}.csproj": project.format(n) for n in ("Core", "Runner.Utility")}
    shield = "![b](https://img.shields.io/nuget/v/Demo.{}.svg)\n"
    page = "# Demo\n\n" + "".join(map(shield.format, ("Core", "Cores", "Runner.Console")))
    found = {text: claim.verdict for text, claim in checked(files, page, "badge", URL).items()}
    assert found == {
        "Demo.Core": "true",
        "Demo.Cores": "false",
        "Demo.Runner.Console": "not_judged",
    }


@pytest.mark.parametrize(
    ("name", "page", "verdict"),
    [
        ("prisma", "@demo/prisma", "false"),  # the scope is left out
        ("@demo/prisma", "@demo/prisma", "true"),
        ("@demo/prisms", "@demo/prisma", "false"),
        ("prisma", "prisma", "not_judged"),
        ("react", "@demo/prisma", "not_judged"),  # nothing alike
    ],
)
def test_a_badge_by_reference_leads_to_its_package(
    checked: Checked, name: str, page: str, verdict: str
) -> None:
    files = {
        f"packages/{n}/package.json": f'{{"name": "@demo/{n}", "version": "1.0.0"}}'
        for n in ("prisma", "vue")
    }
    text = (
        "[![vue][v]][w]\n[![Prisma version][shown]][page]\n\n"
        f"[shown]: https://img.shields.io/npm/v/{name}.svg\n"
        f"[page]: https://www.npmjs.com/package/{page}\n"
        "[v]: https://img.shields.io/npm/v/@demo/vue.svg\n[w]: https://www.npmjs.com/package/@demo/vue\n"
    )
    assert checked(files, text, "badge")[name].verdict == verdict


@pytest.mark.parametrize(
    ("package", "name", "text", "verdict"),
    [
        ("demo", "demo/dev", "demo", "true"),
        ("demo-dev", "demo-dev/next", "demo-dev", "true"),
        ("demo-dev", "demo-devs/next", "demo-devs", "false"),
        ("@a/demo", "@a/demo", "@a/demo", "true"),
    ],
)
def test_a_release_of_a_package_under_a_tag(
    checked: Checked, package: str, name: str, text: str, verdict: str
) -> None:
    files = {"package.json": f'{{"name": "{package}", "version": "1.0.0"}}'}
    badge = f"![b](https://img.shields.io/npm/v/{name}.svg)\n"
    assert checked(files, badge, "badge")[text].verdict == verdict


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("demo-kit", "true"),
        ("demo_kits", "false"),
        ("other", "not_judged"),
    ],
)
def test_badges_of_badgen(checked: Checked, name: str, verdict: str) -> None:
    page = f"![b](https://badgen.net/pypi/v/{name}?icon=pypi)\n"
    assert checked(FILES, page, "badge", url=URL)[name].verdict == verdict


def test_a_badge_with_another_plural(checked: Checked) -> None:
    files = {"setup.py": "from setuptools import setup\nsetup(name='woolly', version='1')\n"}
    page = "![b](https://img.shields.io/pypi/v/woollies.svg)\n"
    assert checked(files, page, "badge")["woollies"].verdict == "false"


@pytest.mark.parametrize(("place", "verdict"), [("head", "false"), ("list", "not_judged")])
def test_badges_behind_the_head_may_be_of_siblings(
    checked: Checked, place: str, verdict: str
) -> None:
    files = {"package.json": '{"name": "viewer", "version": "1.0.0", "files": ["a.js"]}'}
    badge = "![npm](https://img.shields.io/npm/v/viewer-cli)"
    lists = f"## Use\n\nIt.\n\n## Plugins\n\n- {badge}\n"
    page = f"# Viewer\n\n{badge}\n" if place == "head" else f"# Viewer\n\n{lists}"
    assert checked(files, page, "badge")["viewer-cli"].verdict == verdict
