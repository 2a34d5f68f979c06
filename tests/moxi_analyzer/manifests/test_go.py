"""go.mod, go.work and GoReleaser files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.golang.modules import parse_mod, program_name
from moxi_core.records import RepoSnapshot

Golden = Callable[..., RepoSnapshot]
KINDS = ["package", "bin", "version", "requirement", "dependency", "about", "description", "image"]


def test_module_and_its_command_line(golden_facts: Golden) -> None:
    golden_facts("cobra", [*KINDS, "command", "option"])


def test_directives() -> None:
    found = parse_mod('module "example.org/x" // here\nrequire (\n\ta.b/c v1 // indirect\n)\n')
    assert [(d.verb, d.words, d.comment, d.line) for d in found] == [
        ("module", ("example.org/x",), "here", 1),
        ("require", ("a.b/c", "v1"), "indirect", 3),
    ]


def test_program_names() -> None:
    assert program_name("example.org/demo/v3") == "demo"
    assert program_name("example.org/x/cmd/tool") == "tool"
    assert program_name("v2") == "v2"


def _write(root: Path, files: dict[str, str]) -> RepoSnapshot:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return analyze(root)


def test_programs_of_the_backstage_are_not_offered(tmp_path: Path) -> None:
    main = "package main\n\nfunc main() {}\n"
    snapshot = _write(
        tmp_path,
        {
            "go.mod": "module example.org/x/demo\n",
            "cmd/demo/main.go": main,
            "internal/gen/main.go": main,
            "hack/release/main.go": main,
            "cmd/gen-docs/main.go": main,
            "ignored.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
            "tools/go.mod": "module example.org/x/demo/tools\n",
        },
    )
    assert [f.value for f in snapshot.of("bin")] == ["demo"]
    package = snapshot.first("package")
    assert package is not None
    assert package.detail["role"] == "binary"


def test_a_local_module_is_private(tmp_path: Path) -> None:
    snapshot = _write(
        tmp_path, {"go.mod": "module demo\ngo 1.21\n", "main.go": "package main\nfunc main() {}\n"}
    )
    package, program = snapshot.first("package"), snapshot.first("bin")
    assert package is not None and program is not None
    assert package.detail["private"] == "true"
    assert "install" not in program.detail


def test_two_versions_are_no_version(tmp_path: Path) -> None:
    snapshot = _write(
        tmp_path,
        {
            "go.mod": "module example.org/x/demo\n",
            "main.go": 'package main\n\nconst version = "1.0.0"\n\nfunc main() {}\n',
            "version.go": 'package main\n\nvar apiVersion = "9.9"\n\nvar Version = "1.0.1"\n',
        },
    )
    assert snapshot.first("version") is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_parsed(text: str) -> None:
    assert all(d.line > 0 for d in parse_mod(text))


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet='brews:\n -{}[]namerepositoydkti/."', max_size=200))
def test_any_goreleaser_file_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("releaser")
    _write(root, {"go.mod": "module example.org/x/demo\n", ".goreleaser.yml": text})
