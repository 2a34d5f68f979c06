"""Command lines found in code meet the executables that manifests name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from moxi_analyzer.programs import link_programs
from moxi_analyzer.repository import Repository
from moxi_core.records import Evidence, Fact


class Tree:
    """An empty repository: linking looks at facts only."""

    name = "demo"
    url = commit = default_branch = ""

    def list(self) -> list[tuple[str, int]]:
        return []

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return None


def package(scope: str = "") -> Fact:
    return Fact(kind="package", value="demo", scope=scope, evidence=Evidence(path="x"))


def executable(name: str, target: str = "", scope: str = "") -> Fact:
    detail = {"target": target} if target else {}
    return Fact(kind="bin", value=name, scope=scope, detail=detail, evidence=Evidence(path="x"))


def option(root: str, **detail: str) -> Fact:
    path = root.partition(":")[0]
    return Fact(
        kind="option", value="--x", detail={"root": root, **detail}, evidence=Evidence(path=path)
    )


def program(*facts: Fact) -> str:
    found: Iterator[Fact] = link_programs(Repository(Tree()), facts)
    return next(f.detail["program"] for f in found if f.kind == "option")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # the entry point that the manifest names
        (
            (
                executable("other", "demo.tools:main"),
                executable("demo", "demo.cli:main"),
                option("demo/cli.py:main", entry="demo.cli:main"),
            ),
            "demo",
        ),
        # another function of the same module
        (
            (
                executable("other", "demo.tools:main"),
                executable("demo", "demo.cli:run"),
                option("demo/cli.py:app", entry="demo.cli:app"),
            ),
            "demo",
        ),
        # the target file, and the folder of the target
        (
            (
                executable("a", "src/bin/a.rs"),
                executable("b", "src/bin/b.rs"),
                option("src/bin/b.rs"),
            ),
            "b",
        ),
        ((executable("x", "./cmd/x"), executable("y", "./cmd/y"), option("cmd/y/main.go")), "y"),
        ((executable("cli", "bin/cli.js", "packages/a"), option("packages/a/bin/cli.js")), "cli"),
        # the name that the code gives itself
        ((executable("x"), executable("y"), option("src/z.go", prog="y")), "y"),
        ((option("src/z.go", prog="z"),), "z"),
        # the only executable of the package
        ((package(), executable("demo", "src/index.js"), option("lib/args.js")), "demo"),
        # nothing installed: how the file is called
        ((option("tools/gen.py"),), "python tools/gen.py"),
        (
            (package(), executable("demo", "demo.cli:main"), option("scripts/gen.py")),
            "python scripts/gen.py",
        ),
        ((option("cmd/gen/main.go"),), "go run ./cmd/gen"),
    ],
)
def test_program_of_an_option(facts: tuple[Fact, ...], expected: str) -> None:
    assert program(*facts) == expected
