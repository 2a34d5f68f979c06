"""Commands from the files of every CI service, and from conventions."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer.meta.ci import read
from moxi_analyzer.repository import Repository

MakeRepository = Callable[..., Repository]
WORKFLOW = ".github/workflows/ci.yml"


def _found(make: MakeRepository, files: dict[str, str]) -> list[tuple[str, str, str, int]]:
    facts = read(make(files))
    return [(f.value, f.scope, f.detail["purpose"], f.evidence.line) for f in facts]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".gitlab-ci.yml", "stages: [test]\nunit:\n  script:\n    - make test\n"),
        (
            ".gitlab-ci.yml",
            "unit:\n  script: make test\nship:\n  stage: deploy\n  script: make build\n",
        ),
        (".travis.yml", "language: c\n\nscript:\n  - make test\n"),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: make test\n"),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: {command: make test}\n"),
        ("azure-pipelines.yml", "jobs:\n- job: a\n  steps:\n  - script: make test\n"),
        ("appveyor.yml", "image: x\n\n\ntest_script:\n  - cmd: make test\n"),
        (".cirrus.yml", "a_task:\n\n  test_script:\n    - make test\n"),
        (WORKFLOW, "on: [push]\njobs:\n  a:\n    steps:\n    - run: make test\n"),
    ],
)
def test_services(repository: MakeRepository, path: str, text: str) -> None:
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "make test" in row)
    assert _found(repository, {path: text}) == [("make test", "", "test", line)]


@pytest.mark.parametrize(
    "text",
    [
        "on: {release: }\njobs: {a: {steps: [{run: make test}]}}",
        "on: {push: {tags: [v*]}}\njobs: {a: {steps: [{run: make test}]}}",
        "on: push\njobs: {release: {steps: [{run: make test}]}}",
        "on: push\njobs: {a: {steps: [{run: make test, shell: pwsh}]}}",
        "on: push\njobs: {a: {steps: [{run: make test, working-directory: nowhere}]}}",
        "on: push\njobs: {a: {steps: [{run: make test, if: startsWith(github.ref, 'refs/tags')}]}}",
        "on: push\njobs: {a: {strategy: {matrix: {t: [a, b]}}, steps: [{run: 'make test-${{ matrix.t }}'}]}}",
        "on: push\njobs: 3",
        "[]",
    ],
)
def test_what_no_contributor_runs(repository: MakeRepository, text: str) -> None:
    assert _found(repository, {WORKFLOW: text}) == []


def test_folders_and_actions(repository: MakeRepository) -> None:
    text = """on: push
defaults: {run: {working-directory: web}}
env: {FLAGS: --ci}
jobs:
  a:
    strategy: {matrix: {suite: [unit]}}
    steps:
      - run: npm run test:${{ matrix.suite }} -- ${{ env.FLAGS }}
      - run: go vet ./...
        working-directory: ./server
      - uses: golangci/golangci-lint-action@v8
        with: {working-directory: server}
"""
    files = {WORKFLOW: text, "web/package.json": "{}", "server/main.go": ""}
    assert _found(repository, files) == [
        ("go vet ./...", "server", "lint", 9),
        ("golangci-lint run", "server", "lint", 11),
        ("npm run test:unit -- --ci", "web", "test", 8),
    ]


def test_clearest_command_comes_first(repository: MakeRepository) -> None:
    text = (
        "on: push\njobs:\n  a:\n    steps:\n"
        "    - run: cargo test --no-default-features --features a,b,c\n"
        "    - run: cargo test --workspace\n    - run: cargo test --locked -p inner -- --ignored\n"
    )
    first, *_ = _found(repository, {WORKFLOW: text})
    assert first[0] == "cargo test --workspace"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["go.mod", "a_test.go"], ["go test ./..."]),
        (["go.mod", "a.go"], []),
        (["Cargo.toml", "tests/cli.rs"], ["cargo test"]),
        (["mix.exs", "test/a_test.exs"], ["mix test"]),
        (["package.json", "test/a.test.js"], []),
        (["Package.swift", "Tests/ATests/A.swift"], ["swift test"]),
        (["pubspec.yaml", "test/a_test.dart"], ["dart test"]),
    ],
)
def test_conventions(repository: MakeRepository, files: list[str], expected: list[str]) -> None:
    facts = list(read(repository(dict.fromkeys(files, "x"))))
    assert [f.value for f in facts] == expected
    assert all(f.detail["from"] == "convention" for f in facts)


def test_broken_file_is_a_problem(repository: MakeRepository) -> None:
    repo = repository({WORKFLOW: "on: [push\njobs"})
    assert list(read(repo)) == []
    assert [problem.path for problem in repo.problems] == [WORKFLOW]


_yaml = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("make test\n$&", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["on", "jobs", "a", "steps", "run", "script", "push", "strategy", "matrix"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(_yaml, st.sampled_from([WORKFLOW, ".gitlab-ci.yml", ".travis.yml", ".circleci/config.yml"]))
def test_any_structure_is_read(repository: MakeRepository, document: object, path: str) -> None:
    list(read(repository({path: json.dumps(document)})))


def test_tox_is_the_test_where_ci_names_none(repository: Callable[..., Repository]) -> None:
    files = {"tests/test_a.py": "def test_a(): ...\n", "tox.ini": "[tox]\nenvlist = py312\n"}
    assert [f.value for f in read(repository(files))] == ["tox"]
    files = {"test/test_a.py": "", "pyproject.toml": "[tool.tox]\nenv_list = ['py']\n"}
    assert [f.value for f in read(repository(files))] == ["tox"]


def test_arguments_that_only_some_runs_have_are_dropped(repository: MakeRepository) -> None:
    text = "on: push\njobs:\n  a:\n    steps:\n    - run: make test ${{ matrix.more || '' }}\n"
    assert _found(repository, {WORKFLOW: text}) == [("make test", "", "test", 5)]
