"""Cargo manifests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.cargo_layout import TomlLines, crate_doc, enabled_by_default
from moxi_core.records import RepoSnapshot

KINDS = [
    "package", "description", "about", "version", "requirement", "dependency", "extra", "bin",
    "script", "license", "link", "keyword", "person",
]  # fmt: skip


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("cargo", KINDS)


def test_lines_of_arrays_of_tables_and_dotted_keys() -> None:
    lines = TomlLines(
        '[package]\nname = "x"\nversion.workspace = true\n[[bin]]\nname = "a"\n[[bin]]\nname = "b"\n'
        "[target.'cfg(unix)'.dependencies]\nnix = \"1\"\n"
    )
    assert lines.at("package", "version") == 3
    assert lines.at("bin", "0", "name") == 5
    assert lines.at("bin", "1", "name") == 7
    assert lines.at("target", "cfg(unix)", "dependencies", "nix") == 9
    assert lines.at("package", "missing") == 1
    assert lines.at("absent") == 0


def test_features_bring_features() -> None:
    features = {"default": ["a"], "a": ["b", "dep:c", "d?/e"], "f": ["g"]}
    assert enabled_by_default(features) == {"a", "b"}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("//! One.\n//!\n//! Two.\nfn main() {}\n//! no", "One.\n\nTwo."),
        ("/*! Block.\n * More.\n */\nmod x;", "Block.\nMore.\n"),
        ("#!/usr/bin/env x\n// c\n#![allow(\n  dead_code\n)]\n//! Doc.", "Doc."),
        ('#![doc = "From an attribute."]\n', "From an attribute."),
        ('#![doc = include_str!("../README.md")]\nmod x;', ""),
    ],
)
def test_crate_comments(source: str, text: str) -> None:
    assert crate_doc(source).text == text


def test_package_that_needs_its_siblings_is_in_no_registry(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "a"\nversion = "1.0.0"\n[dependencies]\nb = { path = "b" }\n'
    )
    package = analyze(tmp_path).first("package")
    assert package is not None
    assert "registry" not in package.detail
    assert "private" not in package.detail


@pytest.mark.parametrize("name", ["{{crate_name}}", "", "a b"])
def test_names_that_no_package_has(tmp_path: Path, name: str) -> None:
    (tmp_path / "Cargo.toml").write_text(f'[package]\nname = "{name}"\n')
    assert analyze(tmp_path).first("package") is None


def test_fuzz_targets_are_nobodys_package(tmp_path: Path) -> None:
    (tmp_path / "fuzz").mkdir()
    (tmp_path / "fuzz" / "Cargo.toml").write_text(
        '[package]\nname = "x-fuzz"\n[package.metadata]\ncargo-fuzz = true\n'
    )
    assert analyze(tmp_path).first("package") is None


TABLES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


def as_toml(value: object) -> str:
    """An inline TOML value."""
    if isinstance(value, dict):
        inside = ", ".join(f'"k{i}" = {as_toml(v)}' for i, v in enumerate(value.values()))
        return "{" + inside + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else '"text"'


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "package",
                    "lib",
                    "workspace",
                    "features",
                    "dependencies",
                    "bin",
                    "target",
                    "project",
                ]
            ),
            TABLES,
        ),
        max_size=5,
        unique_by=lambda pair: pair[0],
    ),
    st.dictionaries(
        st.sampled_from(
            ["name", "version", "publish", "authors", "keywords", "license", "metadata"]
        ),
        TABLES,
        max_size=6,
    ),
)
def test_any_structure_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    tables: list[tuple[str, object]],
    package: dict[str, object],
) -> None:
    folder = tmp_path_factory.mktemp("cargo")
    lines = [f"{key} = {as_toml(value)}" for key, value in tables if key != "package"]
    lines += ["[package]", *(f"{key} = {as_toml(value)}" for key, value in package.items())]
    (folder / "Cargo.toml").write_text("\n".join(lines))
    analyze(folder)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("cargo")
    for name in ("Cargo.toml", "rust-toolchain"):
        (folder / name).write_text(text, "utf-8")
    TomlLines(text)
    crate_doc(text)
    analyze(folder)
