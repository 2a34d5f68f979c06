"""Examples: which code of a repository is shown, whole, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.meta.example_sources import without_license
from moxi_core.records import Fact, RepoSnapshot

Golden = Callable[..., RepoSnapshot]


@pytest.mark.parametrize("fixture", ["examples_python", "examples_rust"])
def test_examples(golden_facts: Golden, fixture: str) -> None:
    golden_facts(fixture, ["example"])


def _examples(root: Path, files: dict[str, str]) -> list[Fact]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return list(analyze(root).of("example"))


def test_a_license_header_is_not_part_of_an_example() -> None:
    assert without_license("// Copyright 2020 X\n// MIT\n\npackage main\n") == ("package main\n", 4)
    assert without_license("// Adds two numbers.\npackage main\n")[1] == 1
    assert without_license("/*\n * Licensed under MIT\n */\nint x;\n") == ("int x;\n", 4)


def test_a_jsdoc_example_must_import_the_package(tmp_path: Path) -> None:
    found = _examples(
        tmp_path,
        {
            "package.json": '{"name": "@harbour/rope", "version": "1.0.0"}',
            "index.js": """
/**
 * Ties a knot.
 * @example <caption>A tight knot</caption>
 * import { tie } from '@harbour/rope'
 *
 * tie({ loops: 2 })
 * console.log('tied')
 * @returns {void}
 */
export function tie () {}

/**
 * @example
 * untie(1)
 * untie(2)
 */
export function untie () {}
""",
        },
    )
    assert [(f.text, f.value) for f in found] == [
        (
            "A tight knot",
            "import { tie } from '@harbour/rope'\n\ntie({ loops: 2 })\nconsole.log('tied')",
        )
    ]
    assert found[0].evidence.line == 4


def test_files_that_need_others_are_left_out(tmp_path: Path) -> None:
    use = 'import (\n\t"example.org/x/cask"\n)\n\nfunc main() {\n\tcask.Open()\n\tcask.Close()\n}\n'
    found = _examples(
        tmp_path,
        {
            "go.mod": "module example.org/x/cask\n",
            "cask.go": "package cask\n",
            "examples/alone/main.go": f"package main\n\n{use}",
            "examples/pair/main.go": f"package main\n\n{use}// second\n",
            "examples/pair/helper.go": "package main\n",
        },
    )
    assert [f.detail["path"] for f in found] == ["examples/alone/main.go"]
    assert found[0].text == "Alone"


def test_elixir_sessions_are_shown_with_their_prompts(tmp_path: Path) -> None:
    found = _examples(
        tmp_path,
        {
            "mix.exs": "defmodule Tide.MixProject do\n  def project, do: [app: :tide]\nend\n",
            "lib/tide.ex": 'defmodule Tide do\n  @moduledoc """\n  Tides.\n\n'
            '      iex> Tide.at("Brest", 12)\n      :high\n\n  """\nend\n',
        },
    )
    assert [f.value for f in found] == ['iex> Tide.at("Brest", 12)\n:high']


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="\"`#/*@example> \n.'import x()", max_size=250))
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    files = {
        "package.json": '{"name": "x"}',
        "Cargo.toml": '[package]\nname = "x"\n',
        "src/lib.rs": text,
        "index.js": text,
        "x/__init__.py": text,
        "examples/a.py": text,
        "docs/usage.md": text,
        "docs/index.rst": text,
        "lib/x.ex": text,
        "x_test.go": text,
    }
    for fact in _examples(tmp_path_factory.mktemp("examples"), files):
        assert fact.value.count("\n") < 40


def test_javadoc_of_the_class_named_like_the_package_comes_first(tmp_path: Path) -> None:
    folder = "src/main/java/org/acme/tide/"
    other = "/**\n * <pre>\n * Gauge gauge = new Gauge();\n * gauge.read();\n * gauge.close();\n * </pre>\n */\nclass Gauge {}\n"
    main = "/**\n * <pre>\n * List&lt;Day&gt; days = new Tide().days();\n * days.get(0).show();\n * </pre>\n */\nclass Tide {}\n"
    files = {f"{folder}Gauge.java": other, f"{folder}Tide.java": main}
    found = _examples(tmp_path, files)
    assert found[0].value == "List<Day> days = new Tide().days();\ndays.get(0).show();"


def test_tests_are_no_examples(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "tide"\n',
        "tide/__init__.py": "",
        "tests/test_tide.py": "import tide\n\ntable = tide.load()\ntable.show()\n",
    }
    assert not _examples(tmp_path, files)


def test_headings_keep_a_sharp_that_is_part_of_a_word(tmp_path: Path) -> None:
    page = "# Guide\n\n## Use it from C#\n\n```csharp\nusing Tide;\nvar port = new Port();\nport.Show();\n```\n"
    files = {"docs/usage.md": page, "src/Tide.csproj": "<Project/>"}
    assert [f.text for f in _examples(tmp_path, files)] == ["Use it from C#"]


def test_what_a_page_calls_removed_is_no_example(tmp_path: Path) -> None:
    code = "```js\nimport { brew } from 'teapot'\nbrew('green')\nbrew('black')\n```\n"
    page = f"# API\n\n## Brewing (removed)\n\n{code}"
    files = {"package.json": '{"name": "teapot", "version": "1.0.0", "main": "a.js"}'}
    files |= {"a.js": "exports.brew = () => 1\n", "docs/api.md": page}
    assert _examples(tmp_path, files) == []
    files["docs/api.md"] = page.replace(" (removed)", "")
    assert len(_examples(tmp_path, files)) == 1
