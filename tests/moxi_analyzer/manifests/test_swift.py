"""Package.swift, podspecs and Xcode projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.braces import Code, kebab, string, tidy
from moxi_core.records import RepoSnapshot
from tests.effort import little_effort

Golden = Callable[..., RepoSnapshot]
KINDS = ["package", "bin", "version", "requirement", "dependency", "description", "link"]


@pytest.mark.parametrize("fixture", ["xcode_app", "pod"])
def test_projects(golden_facts: Golden, fixture: str) -> None:
    golden_facts(fixture, KINDS)


def test_package(golden_facts: Golden) -> None:
    golden_facts("swift", [*KINDS, "command", "option", "api_symbol", "example"])


def test_strings_and_comments_are_not_code() -> None:
    code = Code('let a = "x // \\" )" // ) "\n/* ( */ f(1, g("b, c"), [d, e])', single_quotes=False)
    opening = code.mask.index("f(") + 1
    assert [a.text for a in code.arguments(opening)] == ["1", 'g("b, c")', "[d, e]"]
    assert code.text[code.close(opening)] == ")"


def test_string_values() -> None:
    assert string('"a\\n\\"b\\""') == 'a\n"b"'
    assert string("'it\\'s ' 'here'") == "it's here"
    assert string('"level \\(n)"') is None
    assert string("'$name'") is None
    assert string("r'C:\\x'") == "C:\\x"
    assert string('"""\n    one\n    two\n    """') == "one\ntwo"
    assert string('f("x")') is None


def test_names_and_signatures() -> None:
    assert kebab("sortKeysByURL") == "sort-keys-by-url"
    assert tidy("f(\n  a: Int,\n  b: Int,\n)") == "f(a: Int, b: Int)"


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="(){}[]\"'/*\\,#r\nab:$ ", max_size=200))
def test_any_text_has_a_mask_of_its_length(text: str) -> None:
    code = Code(text, single_quotes=True)
    assert len(code.mask) == len(text)
    assert code.mask.count("\n") == text.count("\n")
    for at, char in enumerate(text):
        if char in "([{":
            code.arguments(at)
    string(text)


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet='Package(name:"a", products:[.library])\n', max_size=200))
def test_any_package_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("swift")
    (root / "Package.swift").write_text(text, "utf-8")
    (root / "x.podspec").write_text(text, "utf-8")
    assert not analyze(root).problems


def test_hostile_files_are_read_in_linear_time(tmp_path: Path) -> None:
    (tmp_path / "pubspec.yaml").write_text("name: x\n", "utf-8")
    (tmp_path / "lib").mkdir()
    swift = "import ArgumentParser\n" + "struct A: ParsableCommand {" * 12_000
    dart = "class A extends Command {" * 12_000 + "addOption(" * 5_000
    (tmp_path / "a.swift").write_text(swift, "utf-8")
    (tmp_path / "b.swift").write_text("import ArgumentParser\n" + "struct A: " * 30_000, "utf-8")
    (tmp_path / "lib" / "x.dart").write_text(dart, "utf-8")
    with little_effort():
        analyze(tmp_path)


def _make(root: Path, files: dict[str, str]) -> RepoSnapshot:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return analyze(root)


PACKAGE = (
    '// swift-tools-version:5.9\nlet package = Package(\n  name: "wick",\n'
    '  products: [.library(name: "Wick", targets: ["Wick"])],\n  targets: [.target(name: "Wick")])\n'
)


def test_a_pod_beside_a_package_is_an_ecosystem_of_its_own(tmp_path: Path) -> None:
    spec = '{\n"name": "Wick",\n"version": "0.7",\n"summary": "Threads for lanterns"\n}'
    files = {
        "Package.swift": PACKAGE,
        "packaging/Wick.podspec.json": spec,
        "Other.podspec.json": "[]",
    }
    snapshot = _make(tmp_path, files)
    found = {(f.scope, f.detail["ecosystem"]): f for f in snapshot.of("package")}
    assert set(found) == {("", "swift"), ("packaging", "cocoapods")}
    pod = found["packaging", "cocoapods"]
    assert (pod.detail["registry"], pod.text, pod.evidence.line) == (
        "cocoapods", "Threads for lanterns", 2,
    )  # fmt: skip
    assert [p.path for p in snapshot.problems] == ["Other.podspec.json"]


def test_the_landing_page_of_the_documentation_says_what_it_is(tmp_path: Path) -> None:
    folder = "Sources/Wick/Docs.docc"
    files = {
        "Package.swift": PACKAGE,
        f"{folder}/Other.md": "# ``Wick/Other``\n\nA type of the module, not the module.\n",
        f"{folder}/Wick.md": "# ``Wick``\n\n@Metadata {\n}\n\nThreads for ``Lantern`` values.\n\n## Overview\n",
    }
    (found,) = _make(tmp_path, files).of("description")
    assert (found.value, found.evidence.line) == ("Threads for `Lantern` values.", 6)


def test_cmake_beside_a_package_serves_toolchains(tmp_path: Path) -> None:
    cmake = (
        "cmake_minimum_required(VERSION 3.19)\nproject(wick\n  LANGUAGES C Swift)\ninclude(CTest)\n"
    )
    files = {"Package.swift": PACKAGE, "CMakeLists.txt": cmake, "Tests/WickTests/A.swift": "x"}
    snapshot = _make(tmp_path, files)
    assert [f.detail["ecosystem"] for f in snapshot.of("package")] == ["swift"]
    assert [f.value for f in snapshot.of("test_command")] == ["swift test"]


def test_a_line_for_the_store_says_what_it_is(tmp_path: Path) -> None:
    folder = "fastlane/metadata/android/en-US"
    files = {
        "app-store-description.txt": "\nTurns lanterns on and off.\n\nAnd more.\n",
        f"{folder}/short_description.txt": "Lanterns for your pocket\n",
        f"{folder}/full_description.txt": "A long text on lanterns.\n",
        "docs/description.txt": "Not at the root, so not the project's.\n",
    }
    found = {f.value: f.evidence.line for f in _make(tmp_path, files).of("description")}
    assert found == {"Turns lanterns on and off.": 2, "Lanterns for your pocket": 1}


def test_the_first_line_of_a_paragraph_is_no_description(tmp_path: Path) -> None:
    files = {"description.txt": "It begins here and goes\non with the next line.\n"}
    assert list(_make(tmp_path, files).of("description")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("s.ios.deployment_target = '8.0'", {("iOS", "8.0", 3)}),
        ('s.platform = :ios, "9.0"', {("iOS", "9.0", 3)}),
        (
            "s.platforms = { :ios => '9.0', :osx => '10.10' }",
            {("iOS", "9.0", 3), ("macOS", "10.10", 3)},
        ),
        ("s.platforms = { ios: '9.0' }", {("iOS", "9.0", 3)}),
        ("s.platform = :ios", set()),
        ("# s.tvos.deployment_target = '9.0'", set()),
    ],
)
def test_a_podspec_tells_the_platforms_it_needs(
    tmp_path: Path, line: str, expected: set[tuple[str, str, int]]
) -> None:
    spec = f"Pod::Spec.new do |s|\n  s.name = 'Wick'\n  {line}\nend\n"
    found = _make(tmp_path, {"Wick.podspec": spec}).of("requirement")
    assert {(f.value, f.detail["version"], f.evidence.line) for f in found} == expected


def test_a_podspec_in_json_tells_them_too(tmp_path: Path) -> None:
    spec = '{"name": "Wick",\n"platforms": {"ios": "9.0",\n"watchos": "2.0"}}'
    found = _make(tmp_path, {"Wick.podspec.json": spec}).of("requirement")
    assert [(f.value, f.evidence.line) for f in found] == [("iOS", 2), ("watchOS", 3)]
