""".NET and Unity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_core.records import Fact, RepoSnapshot

_MANIFEST = (
    "package description version requirement dependency bin test_command license person link keyword "
    "port"
).split()


@pytest.mark.parametrize("fixture", ["dotnet", "unity"])
def test_fixture(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    snapshot = golden_facts(fixture, _MANIFEST)
    assert not snapshot.problems


def _package(tmp_path: Path, project: str, name: str = "Lib.csproj") -> Fact | None:
    (tmp_path / name).write_text(project, "utf-8")
    return analyze(tmp_path).first("package")


def test_a_plain_library_is_not_on_nuget(tmp_path: Path) -> None:
    package = _package(tmp_path, '<Project Sdk="Microsoft.NET.Sdk"/>')
    assert package is not None and "registry" not in package.detail


def test_a_workflow_that_pushes_makes_described_libraries_packages(tmp_path: Path) -> None:
    workflow = tmp_path / ".github/workflows/release.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "jobs:\n  a:\n    steps:\n      - run: dotnet nuget push *.nupkg\n", "utf-8"
    )
    text = "<Project><PropertyGroup><Description>d</Description></PropertyGroup></Project>"
    package = _package(tmp_path, text)
    assert package is not None and package.detail["registry"] == "nuget"


def test_conditions_on_unset_properties_hold_as_in_a_plain_build(tmp_path: Path) -> None:
    text = (
        "<Project><PropertyGroup><IsPackable>true</IsPackable>"
        "<PackageId Condition=\"'$(Flavour)' != 'fs'\">Right</PackageId>"
        "<PackageId Condition=\"'$(Flavour)' == 'fs'\">Wrong</PackageId></PropertyGroup></Project>"
    )
    package = _package(tmp_path, text)
    assert package is not None and package.value == "Right"


def test_a_name_known_only_in_some_builds_is_no_package(tmp_path: Path) -> None:
    text = (
        "<Project><PropertyGroup><IsPackable>true</IsPackable>"
        "<PackageId Condition=\"'$(Configuration)' == 'Release'\">X</PackageId></PropertyGroup></Project>"
    )
    package = _package(tmp_path, text)
    assert package is not None and "registry" not in package.detail


@pytest.mark.parametrize("name", ["Lib.Tests.csproj", "Lib.UnitTests.csproj", "Benchmarks.csproj"])
def test_tests_are_never_packages(tmp_path: Path, name: str) -> None:
    text = "<Project><PropertyGroup><PackageId>a</PackageId></PropertyGroup></Project>"
    assert _package(tmp_path, text, name) is None


def test_properties_that_refer_to_each_other_end(tmp_path: Path) -> None:
    text = (
        "<Project><PropertyGroup><PackageId>$(A)</PackageId><A>$(B)$(B)</A><B>$(A)$(A)</B>"
        "</PropertyGroup></Project>"
    )
    package = _package(tmp_path, text)
    assert package is not None and package.value == "Lib"


def test_props_that_import_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.props").write_text('<Project><Import Project="b.props"/></Project>', "utf-8")
    (tmp_path / "b.props").write_text('<Project><Import Project="a.props"/></Project>', "utf-8")
    assert _package(tmp_path, '<Project><Import Project="a.props"/></Project>') is not None


_TAGS = (
    "PropertyGroup ItemGroup Import PackageId Version Authors TargetFrameworks OutputType PackageTags "
    "Description PackageReference Sdk"
).split()


@settings(max_examples=60, deadline=2_000)
@given(
    st.lists(
        st.tuples(st.sampled_from(_TAGS), st.sampled_from(_TAGS), st.text(max_size=20)), max_size=6
    )
)
def test_any_project_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    def clean(text: str) -> str:
        return "".join(c for c in text if c.isprintable() and c not in "<>&\"'")

    folder = tmp_path_factory.mktemp("dotnet")
    body = "".join(
        f'<{outer} Condition="{clean(text)}" Project="{clean(text)}">'
        f'<{inner} Include="{clean(text)}">{clean(text)}</{inner}></{outer}>'
        for outer, inner, text in rows
    )
    (folder / "a.csproj").write_text(f"<Project>{body}</Project>", "utf-8")
    (folder / "a.nuspec").write_text(f"<package><metadata>{body}</metadata></package>", "utf-8")
    analyze(folder)


@settings(max_examples=40, deadline=2_000)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["sdk", "version", "profiles", "applicationUrl", "dependencies", "unity"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    import json

    folder = tmp_path_factory.mktemp("json")
    for name in ("global.json", "Properties/launchSettings.json", "Packages/manifest.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(value), "utf-8")
    analyze(folder)
