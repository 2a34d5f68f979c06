"""Cabal and hpack packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.cabal_format import parse_cabal
from moxi_core.records import RepoSnapshot

KINDS = [
    "package", "description", "about", "version", "requirement", "dependency", "bin", "extra",
    "license", "link", "person", "keyword", "api_symbol", "command", "option", "env_var",
]  # fmt: skip


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("haskell", KINDS)


def test_fields_at_the_margin_and_braces() -> None:
    sections = parse_cabal(
        "Name: a\nLibrary {\n  Exposed-Modules: A,\n    B\n}\nhomepage:\n  https://x.org\n"
    )
    assert [section.kind for section in sections] == ["", "library", ""]
    assert sections[1].text("exposed-modules") == "A, B"
    assert sections[2].get("homepage") is not None
    assert [line for _, line in next(sections[1].all("exposed-modules")).words()] == [3, 4]


def test_hpack(tmp_path: Path) -> None:
    (tmp_path / "package.yaml").write_text(
        "name: ink\nversion: 1.0\nsynopsis: Ink\nlicense: BSD3\ngithub: example/ink\n"
        "dependencies:\n- base >= 4.7 && < 5\nlibrary:\n  source-dirs: src\n"
        "executables:\n  ink:\n    main: Main.hs\n    source-dirs: app\n"
        "tests:\n  spec:\n    dependencies:\n    - hspec\n"
    )
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Main.hs").write_text("main = pure ()")
    snapshot = analyze(tmp_path)
    package = snapshot.first("package")
    assert package is not None
    assert package.detail["manager"] == "stack"
    assert package.detail["role"] == "both"
    assert [f.detail.get("target") for f in snapshot.of("bin")] == ["app/Main.hs"]
    assert {f.value: f.detail["group"] for f in snapshot.of("dependency")} == {
        "base": "runtime",
        "hspec": "dev",
    }


def test_another_package_yaml_is_none_of_hpacks(tmp_path: Path) -> None:
    (tmp_path / "package.yaml").write_text("name: something\nversion: 1\n")
    assert analyze(tmp_path).first("package") is None


def test_getopt(tmp_path: Path) -> None:
    (tmp_path / "main.hs").write_text(
        "import System.Console.GetOpt\noptions = [\n"
        '  Option "f" ["format", "fmt"] (ReqArg (\\x -> "a)" ++ x) "FORMAT") "Output \\"format\\"",\n'
        "  Option ['n','x'] [] (NoArg None) $ \"Joined \" ++ text,\n"
        '  Option "" ["list"] (OptArg id "KIND")\n    "Lists\\\n    \\ things" ]\n'
    )
    found = {fact.value: fact for fact in analyze(tmp_path).of("option")}
    assert list(found) == ["--format", "-n", "--list"]
    assert found["--format"].text == 'Output "format"'
    assert found["--format"].detail["forms"] == "--format, --fmt, -f"
    assert found["--format"].detail["metavar"] == "FORMAT"
    assert found["-n"].text == ""
    assert found["--list"].text == "Lists things"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=":-.{},<>= \n\tabnameNlirxcut0", max_size=300))
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("cabal")
    (folder / "x.cabal").write_text(f"name: x\n{text}", "utf-8")
    for name in ("package.yaml", "stack.yaml", "cabal.project"):
        (folder / name).write_text(f"name: x\nlibrary: {text}\n", "utf-8")
    analyze(folder)


def test_arguments_in_the_header_that_get_opt_prints(tmp_path: Path) -> None:
    (tmp_path / "Main.hs").write_text(
        "import System.Console.GetOpt\n"
        'header = "Usage: quill [OPTIONS...] FILES..."\n'
        'options = [Option "v" ["version"] (NoArg Version) "Print it"]\n'
        "main = putStrLn (usageInfo header options)\n"
    )
    found = {f.value: f for f in analyze(tmp_path).of("option")}
    assert set(found) == {"--version", "FILES"}
    assert found["FILES"].detail["repeatable"] == "true"
    assert found["FILES"].evidence.line == 2
