"""Mix projects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.elixir_terms import Atom, ElixirFile, Items, Unknown
from moxi_core.records import RepoSnapshot

KINDS = [
    "package", "description", "about", "version", "requirement", "dependency", "bin", "script",
    "task", "license", "link", "person", "command", "option", "env_var",
]  # fmt: skip


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("elixir", KINDS)


def test_terms() -> None:
    file = ElixirFile(
        '@version "1.0"\ndef project do\n  [a: "x", "b-c": [:d, {:e, 1}], f: g(), h: x ++ [1], '
        'i: "v#{@version}", j: "#{oops()}", k: ~w(l m)] # no: "n"\nend\n'
    )
    project = file.items(file.function("project"))
    assert project is not None
    assert [pair.key for pair in project.pairs] == ["a", "b-c", "f", "h", "i", "j", "k"]
    values = {pair.key: pair.value for pair in project.pairs}
    assert values["f"] == Unknown("g")
    assert file.string(values["i"]) == "v1.0"
    assert file.string(values["j"]) == ""
    words = values["k"]
    assert isinstance(words, Items)
    assert words.values == ("l", "m")
    inner = values["b-c"]
    assert isinstance(inner, Items)
    assert inner.values[0] == Atom("d")


def test_umbrella(tmp_path: Path) -> None:
    (tmp_path / "apps" / "one").mkdir(parents=True)
    (tmp_path / "mix.exs").write_text('def project do\n[apps_path: "apps", deps: []]\nend')
    (tmp_path / "apps" / "one" / "mix.exs").write_text(
        "def project do\n[app: :one, deps: [{:two, in_umbrella: true}]]\nend"
    )
    found = {fact.scope: fact.detail.get("role", "") for fact in analyze(tmp_path).of("package")}
    assert found == {"": "workspace", "apps/one": ""}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="[]{}()%\"'#:,@~\n adefo=>|1\\", max_size=300))
def test_any_text_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("mix")
    (folder / "mix.exs").write_text(f"def project do\n[app: :x, {text}", "utf-8")
    analyze(folder)
