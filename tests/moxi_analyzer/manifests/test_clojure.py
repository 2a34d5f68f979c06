"""Leiningen, deps.edn, Babashka and shadow-cljs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.edn import Form, Keyword, Symbol, as_form, read_form, read_forms
from moxi_core.records import RepoSnapshot

KINDS = [
    "package", "description", "version", "requirement", "dependency", "script", "task",
    "license", "link", "command", "option", "env_var",
]  # fmt: skip


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("clojure", KINDS)


def test_edn() -> None:
    text = '{:a #_skipped "b\\"c" ; comment\n :d/e [1 nil \\newline #"x\\d"] :f #{g} :h \'i ^:m j}'
    form = as_form(next(read_forms(text)), "{")
    assert form is not None
    assert form.get("a") == 'b"c'
    vector = form.get("d/e")
    assert isinstance(vector, Form)
    assert vector.items[0] == Symbol("1")
    assert vector.line == 2
    assert form.line_of("d/e") == 2
    assert isinstance(form.items[0], Keyword)


def test_unclosed_and_deep_forms_end() -> None:
    assert isinstance(read_form("[1 [2", 0), Form)
    assert isinstance(next(read_forms("[" * 5_000 + "]" * 5_000)), Form)


def test_coordinates_from_build_clj(tmp_path: Path) -> None:
    (tmp_path / "deps.edn").write_text("{}")
    (tmp_path / "build.clj").write_text(
        "(ns build (:require [deps-deploy.deps-deploy :as dd]))\n"
        '(def lib \'org.example/comb)\n(def version "0.3.1")\n'
    )
    snapshot = analyze(tmp_path)
    package, version = snapshot.first("package"), snapshot.first("version")
    assert package is not None
    assert version is not None
    assert (package.value, package.detail["registry"]) == ("org.example/comb", "clojars")
    assert version.value == "0.3.1"


def test_specs_of_dispatched_commands_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "main.clj").write_text(
        '(require \'[babashka.cli :as cli])\n(def spec {:x {:desc "X"}})\n(cli/dispatch table args)'
    )
    assert not list(analyze(tmp_path).of("option"))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="()[]{}#_\"'\\:;^ \nabdeps1/", max_size=300))
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("clj")
    for name in ("project.clj", "deps.edn", "bb.edn", "shadow-cljs.edn", "build.clj"):
        (folder / name).write_text(f'(defproject a "1" {text}' if name[0] == "p" else text, "utf-8")
    (folder / "main.clj").write_text(f"tools.cli babashka.cli (def spec {{{text}", "utf-8")
    analyze(folder)
