"""Command lines and public API of the JVM."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.surface.typed.api_jvm import plain_doc
from moxi_core.records import RepoSnapshot


@pytest.mark.parametrize("fixture", ["picocli", "jvm_cli", "clikt"])
def test_fixture(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    golden_facts(fixture, ["command", "option"])


@pytest.mark.parametrize("fixture", ["api_java", "api_kotlin"])
def test_api(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    golden_facts(fixture, ["api_symbol", "about", "env_var"])


def test_a_command_that_is_its_own_subcommand_ends(tmp_path: Path) -> None:
    text = (
        "import picocli.CommandLine.*;\n"
        '@Command(name = "a", subcommands = {A.class, B.class}) class A {}\n'
        '@Command(name = "b", subcommands = A.class) class B { @Option(names = "-x") int x; }\n'
    )
    (tmp_path / "A.java").write_text(text, "utf-8")
    analyze(tmp_path)


def test_plain_doc() -> None:
    comment = (
        "/**\n * Reads {@code x} of {@link Foo#bar}.\n * <p>More <b>words</b>.\n * @param x no\n */"
    )
    assert plain_doc(comment) == "Reads `x` of Foo.bar.\n\n\nMore words."


@pytest.mark.parametrize("name", ["A.java", "A.kt", "A.cs"])
@pytest.mark.parametrize(
    "text",
    [
        "import picocli.CommandLine.*; @Command(name = ) class A { @Option( int x; } }",
        "import com.github.ajalt.clikt.core.*\nclass A : CliktCommand( { val x by option(.flag() }",
        "using System.CommandLine; class A : Command { A() : base( { new Option<(; } }",
        "using CommandLine; [Verb(] class A { [Option('] public bool B { get; } }",
        "package com.beust.jcommander; class A { @Parameter(names = {) int a = }",
    ],
)
def test_broken_sources_are_borne(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    analyze(tmp_path)
