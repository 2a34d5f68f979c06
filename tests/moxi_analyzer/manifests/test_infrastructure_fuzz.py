"""Arbitrary text in every file around the code: problems are recorded, nothing else is raised."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moxi_analyzer.manifests import Manifest
from moxi_analyzer.meta import docs, people
from moxi_analyzer.repository import Repository
from moxi_core.errors import ManifestError
from moxi_core.records import Fact
from tests.effort import little_effort

MakeRepository = Callable[..., Repository]

_PATHS = {
    "docker": ["Dockerfile", ".github/workflows/a.yml"],
    "compose": ["compose.yaml"],
    "envfile": [".env.example"],
    "infrastructure": ["Chart.yaml", "main.tf"],
    "github": [".github/workflows/a.yml", "action.yml", ".github/FUNDING.yml"],
    "makefile": ["Makefile"],
    "justfile": ["justfile"],
    "tasks": ["Taskfile.yml", "mise.toml", "magefile.go", ".pre-commit-config.yaml"],
    "python_tasks": ["tox.ini", "tox.toml", "noxfile.py", "tasks.py"],
}
_PAIRS = [(module, path) for module, paths in _PATHS.items() for path in paths]
_WORDS = (
    "FROM x AS y|EXPOSE 80|ENV A=b|CMD [|RUN <<E|services:|  a: ${B:-c}|ports: [1:2]|tasks:|  run: x"
    '|on: push|jobs:|inputs:|variable "x" {|default = 1|}|test: a ## b|.PHONY: test|include *.mk'
    "|define x|build a='1':|  cmd|mod x|import 'x'|alias a := b|[tox]|envlist = {a,b}-{c}|[testenv:a]"
    '|@nox.session|def f(s):|from invoke import task|@task|[tasks.a]|description = ""|func A() {'
    "|// x|//go:build mage|repos: []|A=b # c|# A=b|name: x|runs: {using: y}|github: [a]|\t|\\|'|\"|{{"
).split("|")
_lines = st.lists(st.sampled_from(_WORDS) | st.text(max_size=20), max_size=12).map("\n".join)
_structures = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "services ports build image tasks includes desc env tool tox inputs outputs runs name on "
                "jobs steps with uses repos custom github description default required".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
).map(json.dumps)


def _read(repo: Repository, module: str, path: str) -> Iterator[Fact]:
    table: tuple[Manifest, ...] = import_module(f"moxi_analyzer.manifests.{module}").MANIFESTS
    for entry in table:
        if entry.pattern.fullmatch(path):
            yield from entry.read(repo, path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize(("module", "path"), _PAIRS)
@given(text=_lines | _structures)
def test_any_text_is_read(repository: MakeRepository, module: str, path: str, text: str) -> None:
    with contextlib.suppress(ManifestError):
        for fact in _read(repository({path: text}), module, path):
            assert fact.value and fact.evidence.path == path


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_documentation_is_read(repository: MakeRepository, text: str) -> None:
    names = "docs/index.md docs/a.rst CONTRIBUTING.adoc AUTHORS CODEOWNERS CITATION.cff mkdocs.yml"
    repo = repository(dict.fromkeys(names.split(), text))
    assert all(fact.value for fact in [*docs.read(repo), *people.read(repo)])


@pytest.mark.parametrize(("module", "path"), _PAIRS)
@pytest.mark.parametrize(
    "unit", ["a", "a ", "# ", "a: ", "{a,", "[[", "a='", "\\\n", "${A:-", "\t"]
)
def test_long_files_take_little_time(
    repository: MakeRepository, module: str, path: str, unit: str
) -> None:
    with little_effort(), contextlib.suppress(ManifestError, RecursionError):
        list(_read(repository({path: unit * 20_000}), module, path))
