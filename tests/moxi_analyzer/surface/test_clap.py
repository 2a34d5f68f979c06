"""clap and structopt: golden fixtures, and the forms that are easy to get wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.surface.rust.clap_usage import from_usage
from moxi_analyzer.surface.rust.syntax import cased, plain_value
from moxi_core.records import Evidence, RepoSnapshot

KINDS = ["command", "option", "env_var"]


@pytest.mark.parametrize("fixture", ["clap_derive", "clap_builder", "structopt"])
def test_golden(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    golden_facts(fixture, KINDS)


def rust(tmp_path: Path, **files: str) -> RepoSnapshot:
    """Facts of a package whose sources are given by name."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "demo"\nversion = "1.0.0"\n')
    for name, text in files.items():
        (tmp_path / "src" / f"{name}.rs").write_text(text)
    return analyze(tmp_path)


def options(snapshot: RepoSnapshot) -> dict[str, dict[str, str]]:
    """Details of all options by name."""
    return {fact.value: fact.detail for fact in snapshot.of("option")}


def test_same_type_name_in_two_modules(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main="use clap::Parser;\nmod add;\nmod list;\n#[derive(Parser)] enum Cli { Add(add::Args), "
        "List(list::Args) }",
        add="#[derive(clap::Args)] pub struct Args { #[arg(long)] fast: bool }",
        list="#[derive(clap::Args)] pub struct Args { #[arg(long)] long: bool }",
    )
    found = {(fact.scope, fact.value) for fact in snapshot.of("option")}
    assert found == {("add", "--fast"), ("list", "--long")}


def test_ambiguous_type_is_left_out(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main="use clap::Parser;\n#[derive(Parser)] struct Cli { #[command(flatten)] a: Args }",
        a="#[derive(clap::Args)] pub struct Args { #[arg(long)] fast: bool }",
        b="#[derive(clap::Args)] pub struct Args { #[arg(long)] slow: bool }",
    )
    assert not options(snapshot)


def test_recursive_commands_end(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main="use clap::*;\n#[derive(Parser)] struct Cli { #[command(subcommand)] c: Sub }\n"
        "#[derive(Subcommand)] enum Sub { #[command(subcommand)] Again(Box<Sub>), Stop }",
    )
    assert [fact.value for fact in snapshot.of("command")] == ["", "again", "stop"]


def test_cfg_attr_counts(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main='#[cfg_attr(feature = "cli", derive(clap::Parser))]\nstruct Cli {\n'
        "#[cfg_attr(feature = \"cli\", arg(long, short = 'x'))]\nextra: bool }",
    )
    assert options(snapshot)["--extra"]["short"] == "-x"


def test_clap_2_arguments_are_flags_unless_said(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main='use clap::{App, Arg, SubCommand};\nfn main() { App::new("demo")\n'
        '.arg(Arg::with_name("loud").long("loud"))\n'
        '.arg(Arg::with_name("file").long("file").takes_value(true).possible_values(&["a", "b"]))\n'
        ".arg_from_usage(\"-n, --lines=[N] 'How many'\")\n"
        '.subcommand(SubCommand::with_name("go").arg(Arg::from_usage("<WHERE> \'Place\'")))\n'
        ".get_matches(); }",
    )
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "d"\n[dependencies]\nclap = "2.33"\n')
    snapshot = analyze(tmp_path)
    found = options(snapshot)
    assert found["--loud"]["takes"] == "flag"
    assert found["--file"]["takes"] == "value"
    assert found["--file"]["choices"] == "a, b"
    assert found["--lines"]["short"] == "-n"
    assert found["WHERE"]["required"] == "true"


def test_std_command_is_no_command_line(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main="use clap::Parser;\nuse std::process::Command;\nfn main() { "
        'Command::new("git").arg("status").arg(Arg::new("x").long("x")).spawn(); }',
    )
    assert not options(snapshot)


def test_functions_that_call_each_other_end(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main='use clap::{Arg, Command};\nfn a(c: Command) -> Command { b(c.arg(Arg::new("x")'
        '.long("x"))) }\nfn b(c: Command) -> Command { a(c) }\n'
        'fn main() { a(Command::new("demo")); }',
    )
    assert "--x" in options(snapshot)


@pytest.mark.parametrize(
    ("usage", "value", "takes", "required"),
    [
        ('-c --config <FILE> "Reads a file"', "--config", True, False),
        ('[dir] "Where"', "dir", True, False),
        ("<dir> 'Where'", "dir", True, True),
        ('verbose: -v --verbose ... "Louder"', "--verbose", False, False),
        ('--"dry-run" "Nothing"', "--dry-run", False, False),
    ],
)
def test_usage_strings(usage: str, value: str, takes: bool, required: bool) -> None:
    argument = from_usage(usage, Evidence(path="x"))
    assert argument is not None
    fact = argument.fact("root", "clap", "")
    assert fact.value == value
    assert argument.takes_value is takes
    assert argument.required is required
    assert fact.text


@pytest.mark.parametrize(
    ("name", "style", "expected"),
    [
        ("MaxDepth", "", "max-depth"),
        ("max_depth", "", "max-depth"),
        ("HTTPServer", "", "http-server"),
        ("r#type", "", "type"),
        ("max_depth", "screaming_snake", "MAX_DEPTH"),
        ("MaxDepth", "snake_case", "max_depth"),
        ("max_depth", "camelCase", "maxDepth"),
        ("MaxDepth", "lower", "maxdepth"),
        ("Max_Depth", "verbatim", "Max_Depth"),
    ],
)
def test_casing(name: str, style: str, expected: str) -> None:
    assert cased(name, style) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("8_080u16", "8080"),
        ('"x".to_string()', "x"),
        ('String::from("x")', "x"),
        ("true", "true"),
        ("num_cpus::get()", None),
        ("Vec::new()", None),
    ],
)
def test_plain_values(raw: str, expected: str | None) -> None:
    assert plain_value(raw) == expected


def test_a_function_nested_too_deeply_costs_no_other(tmp_path: Path) -> None:
    deep = "(" * 3_000 + 'Command::new("x")' + ")" * 3_000
    snapshot = rust(
        tmp_path,
        main='use clap::{Arg, Command};\nfn good() { Command::new("demo").arg(Arg::new("x")'
        f'.long("x")); }}\nfn deep() {{ let c = {deep}; }}\n'
        + "use a::{" * 300
        + "b"
        + "}" * 300
        + ";",
    )
    assert "--x" in options(snapshot)


def test_variables_of_tests_configure_nothing(tmp_path: Path) -> None:
    snapshot = rust(
        tmp_path,
        main='fn main() { std::env::var("REAL_ONE"); }\n#[cfg(test)]\nmod tests {\n'
        '#[test]\nfn t() { std::env::var("ONLY_TESTED"); } }',
    )
    assert [fact.value for fact in snapshot.of("env_var")] == ["REAL_ONE"]
