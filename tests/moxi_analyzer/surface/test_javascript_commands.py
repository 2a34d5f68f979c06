"""Command lines of JavaScript and TypeScript programs, by framework."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot


@pytest.mark.parametrize("fixture", ["commander", "yargs", "cac", "meow", "oclif", "nodeargs"])
def test_command_lines_give_exactly_these_facts(
    fixture: str, golden_facts: Callable[..., RepoSnapshot]
) -> None:
    golden_facts(fixture, ["command", "option"])


def _options(folder: Path, source: str) -> list[tuple[str, str]]:
    (folder / "package.json").write_text('{"name": "x", "bin": "cli.js"}', "utf-8")
    (folder / "cli.js").write_text(source, "utf-8")
    return [(fact.scope, fact.value) for fact in analyze(folder).of("option")]


def test_a_program_that_is_passed_around_keeps_its_commands(tmp_path: Path) -> None:
    source = """
        import { Command } from 'commander'
        const make = (name) => new Command(name).option('--made')
        function common(c) { return c.option('--common') }
        const root = common(new Command('x'))
        for (const child of [make('one'), common(make('two'))]) root.addCommand(child)
    """
    # A maker's parameter is no name that is known: its commands are left out.
    assert _options(tmp_path, source) == [("", "--common")]


def test_a_circle_of_commands_ends(tmp_path: Path) -> None:
    source = """
        const { Command } = require('commander')
        const a = new Command('a').option('--in-a'), b = new Command('b')
        a.addCommand(b); b.addCommand(a)
        const again = again.command('x').option('--y')
    """
    assert _options(tmp_path, source) == [("", "--in-a")]


def test_options_of_another_object_are_not_taken(tmp_path: Path) -> None:
    source = "import 'commander'\nconst program = builder()\nprogram.option('--no')"
    assert _options(tmp_path, source) == []


def test_values_that_hold_themselves_end(tmp_path: Path) -> None:
    spreads = "...o, " * 200
    doubled = "\n".join(f"const s{n} = s{n + 1} + s{n + 1}" for n in range(40))
    source = f"""
        import {{ parseArgs }} from 'node:util'
        const o = {{ {spreads} seen: {{ type: 'boolean' }} }}
        {doubled}
        const s40 = 'text'
        parseArgs({{ options: {{ ...o, [s0]: {{ type: 'string' }} }} }}, process.argv)
    """
    assert _options(tmp_path, source) == [("", "--seen")]


def test_very_long_chains_are_read(tmp_path: Path) -> None:
    chain = "".join(f".option('--o{n}')\n" for n in range(400))
    source = f"import {{ program }} from 'commander'\nprogram{chain}"
    assert len(_options(tmp_path, source)) == 400


_FRAGMENT = st.sampled_from(
    """const program = new Command() | .command('a <b>') | .option('-x, --y <z>', 'h') | (y) => y | (
    ) | { | } | [ | ] | yargs | cac('x') | meow(` | ` | , {flags: {a: {} }}) | exports.command = 'a'
    | import yargs from 'yargs' | import { program, Command } from 'commander' | program | ; | ...a
    | .addCommand(program) | function f(p) { return f(p) } | f(program) | require('./cli')
    | class A extends A { static flags = {a: Flags.string()} } | parseArgs({options: o})
    | const o = {...o} | process.argv | minimist(a, {alias: {b: 'b'}})""".split("|")
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(_FRAGMENT, max_size=25))
def test_odd_sources_never_raise(tmp_path: Path, parts: list[str]) -> None:
    _options(tmp_path, "\n".join(parts))


def test_the_mark_of_a_default_command_is_no_alias(tmp_path: Path) -> None:
    source = """
        import { cac } from 'cac'
        const cli = cac('x')
        cli.command('add', 'Adds').alias('plus').alias('!').option('--empty')
        cli.parse()
    """
    assert _options(tmp_path, source) == [("add", "--empty")]
    aliases = [f.detail.get("aliases") for f in analyze(tmp_path).of("command") if f.value]
    assert aliases == ["plus"]
