"""Lowest versions of languages and runtimes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim
from tests.effort import little_effort

Checked = Callable[..., dict[str, Claim]]
PYTHON = {"pyproject.toml": '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.10"\n'}
CLOJURE = {
    "project.clj": '(defproject demo "1.0" :dependencies [[org.clojure/clojure "1.10.3"]])\n'
}
NODE = {"package.json": '{"name": "demo", "engines": {"node": "^18.12 || >=20"}}'}


@pytest.mark.parametrize(
    ("files", "sentence", "version", "verdict"),
    [
        (PYTHON, "Requires Python 3.10+.", "3.10", "true"),
        (PYTHON, "Requires Python >= 3.8.", "3.8", "false"),
        (PYTHON, "You need **Python** 3.12 or later.", "3.12", "false"),
        (PYTHON, "Python 3.12 or later is recommended; it needs 3.10.", "3.12", "not_judged"),
        (PYTHON, "Python 3 or newer is required.", "3", "true"),
        (PYTHON, "Support for Python 3.6+ was dropped.", "3.6", "not_judged"),
        (PYTHON, "It has limited support for parsing Python 3.6+.", "3.6", "not_judged"),
        (PYTHON, "Supports emitting Python 3.7 or later.", "3.7", "not_judged"),
        (
            PYTHON,
            "Supports Python 3.8+ on servers and Python 3.6+ in notebooks.",
            "3.6",
            "not_judged",
        ),
        (PYTHON, "Supports all (running on Python >= 3.8; parsing Python 3.6+).", "3.8", "false"),
        (
            PYTHON,
            "Supports all (running on Python >= 3.12; for parsing Python 3.6+).",
            "3.12",
            "false",
        ),
        (PYTHON, "Async support back to Python 3.12+.", "3.12", "not_judged"),
        (PYTHON, "Requires Python 3.12+ for typed plugins.", "3.12", "not_judged"),
        (PYTHON, "Works with Python 3.12+.", "3.12", "false"),
        (PYTHON, "Demo 1 requires Python 3.8+.", "3.8", "false"),
        (PYTHON, "Works with typing (PEP 585 / Python 3.9+), too.", "3.9", "not_judged"),
        (PYTHON, "Demo 3 requires Python 3.8+.", "3.8", "not_judged"),
        (CLOJURE, "Supports Clojure 1.4+.", "1.4", "not_judged"),
        (CLOJURE, "Supports Clojure 1.10.3+.", "1.10.3", "true"),
        (NODE, "Requires Node.js 18.12 or higher.", "18.12", "true"),
        (NODE, "Requires Node.js >=16.", "16", "false"),
        (NODE, "Needs Python 3.8 or later.", "3.8", "not_judged"),
        (PYTHON, "demo works only with Python >= 3.8.", "3.8", "false"),
        (PYTHON, "demo requires Python 3.8 or higher. To install it run:", "3.8", "false"),
        (PYTHON, "demo requires Python 3.8 or later; on Windows it was dropped.", "3.8", "false"),
        (PYTHON, "**Support:** by Python 3.8+ generics.", "3.8", "not_judged"),
        (PYTHON, "Requires Python 3.8 or later<sup>*</sup>", "3.8", "not_judged"),
        (
            PYTHON,
            "The `--watch` flag is new. It works only with Python >= 3.11.",
            "3.11",
            "not_judged",
        ),
        (PYTHON, "Only Windows works with Python >= 3.8.", "3.8", "not_judged"),
        (PYTHON, "The `watch` command only works with Python >= 3.11.", "3.11", "not_judged"),
        (PYTHON, "To run it on a card you need Python >= 3.11.", "3.11", "not_judged"),
        (PYTHON, "You need Python 3.8 or later:", "3.8", "not_judged"),
        (PYTHON, "This requirement is due to Python 3.8 and 3.9 or later.", "3.8", "not_judged"),
    ],
)
def test_sentences(
    checked: Checked, files: dict[str, str], sentence: str, version: str, verdict: str
) -> None:
    assert checked(files, f"# demo\n\n{sentence}\n", "version")[version].verdict == verdict


def test_the_manifest_is_the_evidence(checked: Checked) -> None:
    claim = checked(PYTHON, "Requires Python 3.8+.\n", "version")["3.8"]
    assert (str(claim.evidence), claim.suggestion) == ("pyproject.toml:4", "3.10")


def test_other_versions_are_no_claims(checked: Checked) -> None:
    assert checked(PYTHON, "Tested on Python 3.10 and 3.11. HTTP 2 works.\n", "version") == {}


def test_badges(checked: Checked) -> None:
    badge = "![p](https://img.shields.io/badge/python-3.10+-blue.svg)\n"
    assert checked(PYTHON, badge, "version")["3.10"].verdict == "true"


@pytest.mark.parametrize(
    "sentence",
    [
        "Python 3.14+ supports what `--lazy` asks of it.",
        "- `lazy` - reads late. Requires Python 3.14+ and a file.",
        "It supports wheels and files of notebooks (requires Python 3.14+).",
        "It targets Python 2.7+ for analysis.",
        "\n## Built with\n\n- Python 3.14+ - hints for types supported",
        "Shrinking needs Python 3.14 or newer.",
        "It needs Python. CI exercises Python 3.14 and up.",
    ],
)
def test_what_is_said_of_one_thing_only(checked: Checked, sentence: str) -> None:
    claims = checked(PYTHON, f"# demo\n\n## Requirements\n\n{sentence}\n", "version")
    assert {claim.verdict for claim in claims.values()} == {"not_judged"}


def test_a_runtime_as_an_item_of_its_own_is_judged(checked: Checked) -> None:
    page = "# demo\n\n## Requirements\n\n- `Python` >= 3.8\n"
    assert checked(PYTHON, page, "version")["3.8"].verdict == "false"


def test_a_part_for_tests_tells_nothing_of_the_whole(checked: Checked) -> None:
    files = {f"demo-tests/{path}": text for path, text in PYTHON.items()}
    claims = checked(files, "Requires Python 3.6 or later.\n", "version")
    assert claims["3.6"].verdict == "not_judged"


@pytest.mark.parametrize(
    "sentence", ["Lazy files require Python 3.14 or later.", "It needs `fast` (Python 3.14+) too."]
)
def test_what_others_need(checked: Checked, sentence: str) -> None:
    claims = checked(PYTHON, f"# demo\n\n## Requirements\n\n{sentence}\n", "version")
    assert {claim.verdict for claim in claims.values()} == {"not_judged"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Demo `^2.5` works with Python 3.8 or above.",
        "Demo 2.x works with Python 3.8 or above.",
        "With Python 3.8+, use `import demo`.",
        "\u00b9 Requires Python 3.8 or later.\\",
        "Keep back what, at the moment, only\nworks with Python >= 3.8.",
    ],
)
def test_what_is_said_of_releases_notes_and_conditions(checked: Checked, sentence: str) -> None:
    page = f"# demo\n\n## Requirements\n\n{sentence}\n"
    assert checked(PYTHON, page, "version")["3.8"].verdict == "not_judged"


@pytest.mark.parametrize(
    "sentence",
    [
        "Works with Node 18 and with Python 3.8 or above.",
        "Only a file.\n\nRequires Python 3.8 or above.",
        "- Only a file\n- Python 3.8 or above",
        "It runs on all systems and\nrequires Python 3.8 or above.",
    ],
)
def test_needs_are_judged_whatever_stands_before(checked: Checked, sentence: str) -> None:
    page = f"# demo\n\n## Requirements\n\n{sentence}\n"
    assert checked(PYTHON, page, "version")["3.8"].verdict == "false"


def test_the_version_after_a_gap_is_a_bound(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n'
        'requires-python = ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*"\n'
    }
    for version, verdict in (("2.7", "true"), ("3.3", "true"), ("3.6", "false")):
        claims = checked(files, f"Requires Python {version}+.\n", "version")
        assert claims[version].verdict == verdict


def test_one_package_of_several_tells_nothing_of_the_others(checked: Checked) -> None:
    other = '[project]\nname = "other"\nversion = "1"\n'
    files = {f"a/{path}": text for path, text in PYTHON.items()}
    alone = checked(files, "Requires Python 3.6 or later.\n", "version")
    among = checked(
        {**files, "b/pyproject.toml": other}, "Requires Python 3.6 or later.\n", "version"
    )
    assert (alone["3.6"].verdict, among["3.6"].verdict) == ("false", "not_judged")


def test_a_case_of_its_own_is_not_judged(checked: Checked) -> None:
    page = "# demo\n\n## Install\n\nas a tool:\n\nPython >= 3.13\n"
    assert checked(PYTHON, page, "version")["3.13"].verdict == "not_judged"


@pytest.mark.parametrize(("release", "verdict"), [("v3", "false"), ("v2", "not_judged")])
def test_a_release_may_be_todays(checked: Checked, release: str, verdict: str) -> None:
    files = {"package.json": '{"name": "demo", "version": "3.1.0", "engines": {"node": ">=18"}}'}
    page = f"# A\n\n`demo` {release} requires Node.js 20+ to run.\n"
    assert checked(files, page, "version")["20"].verdict == verdict


@pytest.mark.parametrize(("version", "verdict"), [("3.12", "not_judged"), ("3.8", "false")])
def test_a_feature_may_need_more_than_the_rest(
    checked: Checked, version: str, verdict: str
) -> None:
    page = f"# Demo\n\n## Features\n\n- Supports groups, Python {version}+\n"
    assert checked(PYTHON, page, "version")[version].verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict"), [("8", "true"), ("12", "true"), ("10", "not_judged"), ("7", "false")]
)
def test_where_manifests_disagree_each_may_be_meant(
    checked: Checked, said: str, verdict: str
) -> None:
    files = {
        "Demo.podspec": "Pod::Spec.new do |s|\n  s.name = 'Demo'\n  s.ios.deployment_target = '12.0'\nend\n",
        "Package.swift": '// swift-tools-version:5.9\nlet package = Package(name: "Demo", platforms: [.iOS(.v8)])\n',
    }
    claims = checked(files, f"## Requirements\n\n- iOS {said}+\n", "version")
    assert claims[said].verdict == verdict


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("CLI: Requires Python 3.12 or newer.", "not_judged"),
        ("Requirements: Python 3.12 or newer.", "false"),
        ("CLI: Requires Python 3.8 or newer.", "false"),
        ("Note: Demo requires Python 3.12 or newer.", "false"),
    ],
)
def test_a_label_tells_of_which_part_a_line_is(
    checked: Checked, sentence: str, verdict: str
) -> None:
    claims = checked(PYTHON, f"# Demo\n\n## Requirements\n\n{sentence}\n", "version")
    assert [claim.verdict for claim in claims.values()] == [verdict]


def test_what_developers_of_a_package_use_is_not_what_it_needs(checked: Checked) -> None:
    files = {"setup.py": "setup(name='demo')\n", "Pipfile": '[requires]\npython_version = "3.11"\n'}
    page = "# Demo\n\nRequires Python 3.8 or newer.\n"
    assert checked(files, page, "version")["3.8"].verdict == "not_judged"
    del files["setup.py"]
    assert checked(files, page, "version")["3.8"].verdict == "false"


@pytest.mark.parametrize(("title", "verdict"), [("Requirements", "false"), ("Notes", "not_judged")])
def test_a_bare_number_is_a_lowest_one_where_needs_are_told(
    checked: Checked, title: str, verdict: str
) -> None:
    files = {"package.json": '{"name": "demo", "engines": {"node": ">=20"}}'}
    page = f"# demo\n\n## {title}\n\nIt needs Node 18.\n"
    assert checked(files, page, "version")["18"].verdict == verdict


@pytest.mark.parametrize(
    ("files", "sentence", "verdict"),
    [
        ({"index.js": "", ".nvmrc": "20.11.0\n"}, "Node.js 16", "not_judged"),
        (
            {"package.json": '{"name": "demo", "packageManager": "pnpm@9.1.0"}'},
            "pnpm 8",
            "not_judged",
        ),
        ({"package.json": '{"name": "demo", "engines": {"pnpm": ">=9.1.0"}}'}, "pnpm 8", "false"),
        ({"a.rs": "", "rust-toolchain": "1.80.0\n"}, "Rust 1.70", "not_judged"),
        ({"go.mod": "module example.com/demo\n\ngo 1.18\n"}, "Go 1.13", "not_judged"),
        ({"go.mod": "module example.com/demo\n\ngo 1.22\n"}, "Go 1.13", "false"),
    ],
)
def test_what_developers_use_asks_nothing_of_others(
    checked: Checked, files: dict[str, str], sentence: str, verdict: str
) -> None:
    claims = checked(files, f"# Demo\n\nRequires {sentence} or later.\n", "version")
    assert [claim.verdict for claim in claims.values()] == [verdict]


@pytest.mark.parametrize(("said", "verdict"), [("16", "not_judged"), ("12", "false")])
def test_between_the_needs_of_several_packages_nothing_is_false(
    checked: Checked, said: str, verdict: str
) -> None:
    files = {
        "package.json": '{"name": "demo", "version": "1.0.0", "workspaces": ["packages/*"], "engines": {"node": ">=22"}}',
        "packages/a/package.json": '{"name": "a", "engines": {"node": ">=14"}}',
    }
    page = f"# Demo\n\nRequires Node.js {said} or later.\n"
    assert checked(files, page, "version")[said].verdict == verdict


@pytest.mark.parametrize(("private", "verdict"), [("true", "not_judged"), ("false", "false")])
def test_the_root_of_several_packages_wants_what_developers_need(
    checked: Checked, private: str, verdict: str
) -> None:
    shared = '"workspaces": ["packages/*"], "engines": {"node": ">=22"}'
    root = f'{{"name": "all", "version": "1.0.0", "private": {private}, {shared}}}'
    files = {"package.json": root, "packages/a/package.json": '{"name": "a"}'}
    page = "# Demo\n\nRequires Node.js 16 or later.\n"
    assert checked(files, page, "version")["16"].verdict == verdict


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Demo is compatible with PHP 8.2 - 8.5.", "true"),
        ("Demo is compatible with PHP 8.4 to 8.5.", "false"),
        ("Demo requires PHP 8.1", "false"),
        ("Something requires PHP 8.1", "not_judged"),
    ],
)
def test_ranges_and_what_the_project_requires(
    checked: Checked, sentence: str, verdict: str
) -> None:
    files = {"composer.json": '{"name": "o/demo", "require": {"php": "8.2 - 8.5"}}'}
    page = f"# Demo\n\n## Notes\n\n{sentence}\n"
    claims = checked(files, page, "version", "https://github.com/o/demo")
    assert next(iter(claims.values())).verdict == verdict


def test_what_is_needed_in_one_case_only_is_no_lowest_version(checked: Checked) -> None:
    lists = (
        "if(WITH_GPU)\n  cmake_minimum_required(VERSION 3.4)\nelse()\n  cmake_minimum_required(VERSION 2.8)\nendif()\n"
        "project(demo C)\n"
    )
    page = "# Demo\n\n## Requirements\n\n- cmake 2.8 or above\n"
    claims = checked({"CMakeLists.txt": lists}, page, "version")
    assert "false" not in {claim.verdict for claim in claims.values()}


@pytest.mark.parametrize("who", ["Currently it", "The library", "Demo", "It", "Software", "Server"])
def test_what_the_project_needs_is_judged_whatever_it_is_called(checked: Checked, who: str) -> None:
    claims = checked(
        PYTHON, f"# Demo\n\n## Requirements\n\n{who} requires Python 3.8+.\n", "version"
    )
    assert [claim.verdict for claim in claims.values()] == ["false"]


def test_a_line_of_stops_is_read_in_time(checked: Checked) -> None:
    line = "x" + ".  " * 20_000 + "Python 3.8+"
    with little_effort():
        checked(PYTHON, f"# Demo\n\n## Requirements\n\n{line}\n", "version")


@pytest.mark.parametrize(
    ("title", "item", "version", "verdict"),
    [
        ("Requirements", "- Python 3.10", "3.10", "true"),
        ("Minimum requirements", "* **Python** 3.8", "3.8", "false"),
        ("Prerequisites", "1. Python 3.8", "3.8", "false"),
        ("Requirements", "- Python 3.12", "3.12", "not_judged"),  # what its writers have
        ("Requirements", "- Python 3.8 (on old systems)", "3.8", None),
        ("Development requirements", "- Python 3.8", "3.8", None),
        ("History", "- Python 3.8", "3.8", None),
        ("Requirements", "- Django 5\n- Python 3.8", "3.8", "false"),
        ("Requirements", "You need:\n\n- Python 3.8", "3.8", "false"),
        ("Requirements", "Version 1:\n\n- Python 3.8", "3.8", None),
        ("Requirements", "- Version 1\n  - Python 3.8", "3.8", None),
        ("Requirements", "- Docker or\n- Python 3.8", "3.8", None),
        ("Requirements", "- Python 3.10\n- Python 3.8", "3.8", None),
        ("Old\n\n### Requirements", "- Python 3.8", "3.8", None),
    ],
)
def test_an_item_of_requirements(
    checked: Checked, title: str, item: str, version: str, verdict: str | None
) -> None:
    claim = checked(PYTHON, f"# Demo\n\n## {title}\n\n{item}\n", "version").get(version)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        (
            "## Install\n\nPrebuilt wheels are published for CPython 3.12–3.14 on Linux.",
            "not_judged",
        ),
        ("## Tests\n\n`other` needs Python ≥ 3.12, which is more.", "not_judged"),
        ("## Install\n\nThe Demo library requires Python 3.12 or later.", "false"),
        ("## Install\n\nIt needs at least Python 3.12+.", "false"),
        ("## Requirements\n\n- Python 3.12+\n- pip", "false"),
        ("## Install\n\n- Python 3.12+", "false"),
        ("## Development\n\nRequires Python 3.12+.", "not_judged"),
        ("## Build\n\n### Prerequisites\n\n- Python 3.12+", "not_judged"),
        ("## MCP server\n\nRequires Python 3.12+.", "not_judged"),
        ("## MCP server\n\n### Requirements\n\n- Python 3.12+", "not_judged"),
        ("## MCP server\n\nDemo requires Python 3.12+.", "false"),
        ("## Install\n\nSupports Python 3.8+ projects.", "not_judged"),
        ("## Install\n\nRequires Python 3.12+ on Windows.", "not_judged"),
        ("## Install\n\n- Python 3.10.4+", "not_judged"),
        ("## Install\n\nPython 3.12+ is required.", "false"),
        ("## Install\n\nYou must have Python 3.12+ installed.", "false"),
        ("## Install\n\nTo use this library, you need Python 3.12 or newer.", "false"),
        ("## Install\n\nTo use groups, you need Python 3.12 or newer.", "not_judged"),
        ("## Install\n\n**Requirements:** Git, Python 3.12+", "false"),
        ("## Install\n\n[demo](https://demo.org/a) requires Python 3.12+.", "false"),
        ("## Install\n\nother.py requires Python 3.12+.", "not_judged"),
        ("## Tests\n\n`other` needs Python ≥ 3.4, which is less.", "not_judged"),
        ("## Tests\n\n`demo` needs Python ≥ 3.4, which is less.", "false"),
    ],
)
def test_more_than_the_manifest_wants_is_said_of_the_project(
    checked: Checked, page: str, verdict: str
) -> None:
    claims = checked(PYTHON, f"# Demo\n\n{page}\n", "version")
    assert [claim.verdict for claim in claims.values()] == [verdict]


@pytest.mark.parametrize(
    "page",
    [
        "## Requirements\n\n- [Acme Python](https://a.example/) >= 3.0.0 `pip install acme`",
        "## Make your own\n\n- Specify Python `>=3.9` is required.",
    ],
)
def test_what_is_of_another_thing_is_not_judged(checked: Checked, page: str) -> None:
    claims = checked(PYTHON, f"# Demo\n\n{page}\n", "version")
    assert {claim.verdict for claim in claims.values()} == {"not_judged"}


@pytest.mark.parametrize(
    ("page", "version", "verdict"),
    [
        ("- Python >= 3.12 **or** the other interpreter", "3.12", "not_judged"),
        ("- Python >= 3.12 or newer", "3.12", "false"),
        ("- Python >= 3.10\n- Python >= 3.12 for all of it to be there", "3.12", "not_judged"),
        ("- Python >= 3.10\n- Node.js >= 18\n- pip\n- Python 3.8+", "3.8", "false"),
    ],
)
def test_a_version_that_is_one_of_several(
    checked: Checked, page: str, version: str, verdict: str
) -> None:
    claims = checked(PYTHON, f"# Demo\n\n## Requirements\n\n{page}\n", "version")
    assert claims[version].verdict == verdict
