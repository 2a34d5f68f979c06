"""The public API of Rust libraries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("rust_api", ["api_symbol"])


def crate(tmp_path: Path, **files: str) -> list[str]:
    """Names of the API of a library whose sources are given by name."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "demo"\nversion = "1.0.0"\n')
    for name, text in files.items():
        (tmp_path / "src" / f"{name}.rs").write_text(text)
    return [fact.value for fact in analyze(tmp_path).of("api_symbol")]


def test_modules_that_export_each_other_end(tmp_path: Path) -> None:
    names = crate(
        tmp_path,
        lib="pub mod a; pub use a::*;",
        a="pub use crate::*; pub use super::a as b; pub fn f() {}",
    )
    assert names == ["f"]


def test_two_types_of_one_name_are_told_apart(tmp_path: Path) -> None:
    names = crate(
        tmp_path,
        lib="pub mod a; pub mod b;",
        a="pub struct Kind; impl Kind { pub fn of_a(&self) {} }",
        b="pub struct Kind; impl Kind { pub fn of_b(&self) {} }",
    )
    assert sorted(names) == ["Kind", "Kind::of_a", "b::Kind", "b::Kind::of_b"]


def test_items_inside_macros(tmp_path: Path) -> None:
    names = crate(
        tmp_path,
        lib="cfg_net! { pub mod net; }\ncfg_if! { if #[cfg(x)] { pub fn no() {} } }",
        net="pub fn yes() {}",
    )
    assert names == ["yes"]


def test_procedural_macros(tmp_path: Path) -> None:
    names = crate(
        tmp_path,
        lib="#[proc_macro_derive(Build, attributes(build))] pub fn derive(i: T) -> T { i }\n"
        "#[proc_macro] pub fn html(i: T) -> T { i }\n"
        "#[proc_macro_attribute] pub fn route(a: T, i: T) -> T { i }",
    )
    assert sorted(names) == ["#[derive(Build)]", "#[route]", "html!"]


def test_private_package_shows_nothing(tmp_path: Path) -> None:
    crate(tmp_path, lib="pub fn f() {}")
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "demo"\npublish = false\n')
    assert not list(analyze(tmp_path).of("api_symbol"))
