"""The public API of Go modules, and the environment variables that Go code reads."""

from __future__ import annotations

from collections.abc import Callable

from moxi_analyzer.golang.comments import first_sentence, prose
from moxi_core.records import RepoSnapshot

Golden = Callable[..., RepoSnapshot]


def test_api(golden_facts: Golden) -> None:
    golden_facts("api_go", ["api_symbol", "example", "about", "package"])


def test_environment(golden_facts: Golden) -> None:
    golden_facts("go_env", ["env_var"])


def test_sentences_end_where_they_end() -> None:
    assert first_sentence("Get returns a value, e.g. one. It may fail.") == (
        "Get returns a value, e.g. one."
    )
    assert first_sentence("Get a [Value] from map[string]int.\n\nMore.") == (
        "Get a Value from map[string]int."
    )
    assert first_sentence("Documentation: https://example.org/#x") == ""


def test_prose_leaves_code_and_headings_out() -> None:
    said = prose("Package demo paints walls in many colours.\n\n# Usage\n\n\tdemo paint")
    assert said == "Package demo paints walls in many colours."
    assert prose("Package demo.") == ""
    assert prose("\tfunc main() { this is code and nothing but code, all of it }") == ""
