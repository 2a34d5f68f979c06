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


def test_the_type_named_as_the_repository_is_the_first(tmp_path: Path) -> None:
    tmp_path /= "kotlin-tally"
    sources = tmp_path / "src/main/kotlin/org/demo"
    sources.mkdir(parents=True)
    (tmp_path / "settings.gradle.kts").write_text('rootProject.name = "kotlin-tally"\n', "utf-8")
    (tmp_path / "build.gradle.kts").write_text('plugins { kotlin("jvm") }\n', "utf-8")
    (sources / "Tally.kt").write_text(
        'package org.demo\n/** Counts. */\n@Suppress("unused")\n'
        "class Tally @JvmOverloads constructor(n: Int = 1) : Base(n)\n",
        "utf-8",
    )
    (sources / "Source.kt").write_text(
        "package org.demo\n/** Gives. */\ninterface Source\n", "utf-8"
    )
    for name in ("One", "Two", "Six"):
        text = f"package org.demo\n/** A source. */\nclass {name} : Source\n"
        (sources / f"{name}.kt").write_text(text, "utf-8")
    first = min(analyze(tmp_path).of("api_symbol"), key=lambda f: int(f.detail["rank"]))
    assert (first.detail["import"], first.text) == ("import org.demo.Tally", "Counts.")


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


_PRINTED = """class Main {
  public static void main(String[] args) {
    /* "--never" is no option */
    StringBuilder sb = new StringBuilder();
    sb.append("Usage:          \\n");
    sb.append("                \\n");
    sb.append("java -jar tide.jar [OPTIONS] \\n");
    sb.append("   --host <host>   host name, default: localhost \\n");
    sb.append("   --dump <file|url>...  dump " + "files \\n");
    System.out.println("   -q, --quiet     say nothing");
    String quote = "\\"", dash = "--"; // "--other"
  }
}
"""


def test_a_printed_usage_tells_the_options(tmp_path: Path) -> None:
    (tmp_path / "Main.java").write_text(_PRINTED, "utf-8")
    snapshot = analyze(tmp_path)
    found = {
        f.value: (f.text, f.detail.get("metavar", ""), f.evidence.line)
        for f in snapshot.of("option")
    }
    assert found == {
        "--host": ("host name, default: localhost", "host", 8),
        "--dump": ("dump files", "file|url", 9),
        "--quiet": ("say nothing", "", 10),
    }
    assert {f.detail["program"] for f in snapshot.of("option")} == {"java -jar tide.jar"}


@pytest.mark.parametrize(
    "text",
    [
        _PRINTED.replace("class", "import picocli.CommandLine;\nclass", 1),
        _PRINTED.replace("--quiet", "quiet").replace("-q,", ""),
        'class A { String a = "Usage: --a',
    ],
)
def test_what_is_no_usage_of_ones_own_tells_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "Main.java").write_text(text, "utf-8")
    assert not list(analyze(tmp_path).of("option"))


def test_usage_in_a_raw_string(tmp_path: Path) -> None:
    text = (
        'class P { const string Help = @"Usage: tide [options]\n\n  --ebb    the ""low"" one\n'
        '  --flow   the high one\n  --out <file>  where to";\n}\n'
    )
    (tmp_path / "P.cs").write_text(text, "utf-8")
    found = [(f.value, f.text, f.evidence.line) for f in analyze(tmp_path).of("option")]
    assert found == [
        ("--ebb", 'the "low" one', 3),
        ("--flow", "the high one", 4),
        ("--out", "where to", 5),
    ]


def test_kdoc_links_are_their_words() -> None:
    assert plain_doc("/** Makes [calls][Call] of a [Client]. */") == "Makes calls of a `Client`."
