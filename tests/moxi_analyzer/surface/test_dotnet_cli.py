"""Command lines and public API of .NET."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.surface.typed.dotnet import kebab, template
from moxi_core.records import RepoSnapshot


@pytest.mark.parametrize("fixture", ["dotnet_cli", "system_commandline"])
def test_fixture(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    golden_facts(fixture, ["command", "option"])


def test_api(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("api_csharp", ["api_symbol", "env_var"])


@pytest.mark.parametrize(
    ("written", "forms", "value"),
    [
        ("-o|--output <DIR>", ["-o", "--output"], "DIR"),
        ("--flag", ["--flag"], ""),
        ("-l|--level [LEVEL]", ["-l", "--level"], "LEVEL"),
        ("--log:LEVEL", ["--log"], "LEVEL"),
    ],
)
def test_template(written: str, forms: list[str], value: str) -> None:
    assert template(written) == (forms, value)


def test_kebab() -> None:
    assert kebab("SourceDirectory") == "source-directory"
    assert kebab("UseHTTPServer") == "use-http-server"


def test_options_of_a_program_without_subcommands_need_not_be_followed(tmp_path: Path) -> None:
    text = (
        "using System.CommandLine;\n"
        "class P { void M() {\n"
        '  var o = new Option<bool>("--fast");\n'
        '  var root = new RootCommand("Runs.");\n'
        "  Attach(root, o);\n"
        "} }\n"
    )
    (tmp_path / "P.cs").write_text(text, "utf-8")
    assert [f.value for f in analyze(tmp_path).of("option")] == ["--fast"]


def test_signatures_without_comments_and_kinds_of_values(tmp_path: Path) -> None:
    files = {
        "Tide.csproj": '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><PackageId>Tide</PackageId>'
        "</PropertyGroup></Project>",
        "Tide.cs": "namespace Tide;\n/// <summary>A port.</summary>\n"
        "public class Port<T> : Place // : Other\n{ }\npublic class Place /* base */ { }\n"
        "/// <summary>States.</summary>\npublic enum State { Ebb }\n"
        "public readonly record struct Level(int Height);\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = {
        f.value: (f.detail["signature"], f.detail["symbol"])
        for f in analyze(tmp_path).of("api_symbol")
    }
    assert found["Port"] == ("public class Port<T> : Place", "class")
    assert found["Place"] == ("public class Place", "class")
    assert found["State"] == ("public enum State", "type")
    assert found["Level"][1] == "type"
    assert next(iter(found)) == "Port"  # what is made of a base comes before the base
