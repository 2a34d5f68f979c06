"""Command lines of Ruby, PHP, C, C++ and shell; man pages and completions; public APIs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.surface.helptext import (
    default_in,
    parse_option_line,
    parse_options,
    positionals,
    usage_of,
    whole_sentences,
)
from moxi_analyzer.surface.php.artisan import parse_signature
from moxi_core.records import RepoSnapshot
from moxi_infer import compose

_SURFACE = ["command", "option", "env_var", "api_symbol"]


@pytest.mark.parametrize("fixture", ["thor", "laravel", "getopt", "cpp_options", "completions"])
def test_golden(fixture: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(fixture, _SURFACE)


@pytest.mark.parametrize(
    ("line", "forms", "metavar", "text"),
    [
        ("  -o, --output=FILE   write", ["-o", "--output"], "FILE", "write"),
        ("  -A --after [LINES]  Lines", ["-A", "--after"], "LINES", "Lines"),
        ("  -H --changes[=DELAY]  Show", ["-H", "--changes"], "DELAY", "Show"),
        ("\t-m HW|NW|SHW  Mode".expandtabs(), ["-m"], "HW|NW|SHW", "Mode"),
        ("  -0 --null --print0  Zero", ["-0", "--null", "--print0"], "", "Zero"),
        ("  --filter <regex> Only run", ["--filter"], "regex", "Only run"),
        ("      --indent n      use n", ["--indent"], "n", "use n"),
        ("  --skip: has the same", ["--skip"], "", "has the same"),
        ("  -v", ["-v"], "", ""),
    ],
)
def test_option_lines(line: str, forms: list[str], metavar: str, text: str) -> None:
    found = parse_option_line(line, 1)
    assert found is not None
    assert (found.forms, found.metavar, " ".join(found.words)) == (forms, metavar, text)


@pytest.mark.parametrize(
    "line", ["  - a list item", "  -- ends options", "--", "-", "  ---", "  -a%b  x"]
)
def test_lines_that_are_no_options(line: str) -> None:
    assert parse_option_line(line, 1) is None


def test_negatable_and_continued_lines() -> None:
    lines = [
        ("  --[no]color   Use colors", 1),
        ("                (on by default)", 2),
        ("Other:", 3),
    ]
    (found,) = parse_options(lines)
    assert (found.forms, found.negations) == (["--color"], ["--nocolor"])
    assert found.option().help == "Use colors (on by default)"


def test_usage_lines() -> None:
    assert usage_of([("usage:", 1), ("  demo [options] <in> [out...]", 2)]) == (
        "demo",
        "[options] <in> [out...]",
        2,
    )
    names = [(o.name, o.detail) for o in positionals("[options] <in> [out...] FILE")]
    assert names == [
        ("in", {"required": "true"}),
        ("out", {"repeatable": "true"}),
        ("FILE", {"required": "true"}),
    ]
    assert positionals("some prose that is no usage") == []


def test_defaults_and_unfinished_texts() -> None:
    assert default_in("Port (default: 8080)") == "8080"
    assert default_in("Output file. Default is CHANGELOG.md") == "CHANGELOG.md"
    assert default_in("Uses the default editor") == ""
    assert whole_sentences("Color it (one of ") == "Color it"
    assert whole_sentences("Tags. Known are ") == "Tags."
    assert whole_sentences("Known are ") == ""


def test_artisan_signature() -> None:
    name, options = parse_signature("mail:send {user?} {--Q|queue=low : Where}")
    assert name == "mail:send"
    assert [(o.name, o.short, o.takes, o.detail) for o in options] == [
        ("user", "", "", {}),
        ("--queue", "-Q", "value", {"default": "low"}),
    ]
    assert parse_signature("{odd}") == ("", [])


def _options(root: Path, name: str, text: str) -> RepoSnapshot:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return analyze(root)


def test_code_that_only_passes_options_on_has_no_command_line(tmp_path: Path) -> None:
    text = 'int main(void) {\n  if (strcmp(kind, "--fast") == 0) run("gcc", "--version");\n}\n'
    assert not list(_options(tmp_path, "main.c", text).of("option"))


def test_scripts_without_a_shebang_are_not_read(tmp_path: Path) -> None:
    text = 'case "$1" in\n  --flag) shift ;;\nesac\n'
    assert not list(_options(tmp_path, "bin/tool", text).of("option"))


def test_completions_for_many_other_programs_are_not_ours(tmp_path: Path) -> None:
    for number in range(20):
        _options(tmp_path, f"completions/t{number}.fish", f"complete -c t{number} -l x -d 'X'\n")
    assert not list(analyze(tmp_path).of("option"))


def test_headers_of_a_program_are_no_api(tmp_path: Path) -> None:
    _options(tmp_path, "main.c", "int main(void) { return 0; }\n")
    assert not list(_options(tmp_path, "list.h", "void list_add(int x);\n").of("api_symbol"))


def test_sections_of_a_man_page_that_tell_of_commands(tmp_path: Path) -> None:
    page = (
        '.TH demo 1\n.SH NAME\ndemo\n.SH OPTIONS\n.IP "\\fB\\-\\-debug\\fR"\nSay \\[dq]more\\[dq].\n'
        '.SH demo db migrate\nMove the tables\n.IP "\\fB\\-\\-dry\\fR"\nOnly look.\n'
        '.SH EXIT STATUS\n.IP "\\fB\\-\\-odd\\fR"\nOdd one.\n'
    )
    snapshot = _options(tmp_path, "man/demo.1", page)
    found = {(f.scope, f.value): f.text for f in snapshot.of("option")}
    assert found["", "--debug"] == 'Say "more".'
    assert found["db migrate", "--dry"] == "Only look."
    assert ("", "--odd") in found
    assert "db migrate" in {f.value for f in snapshot.of("command")}


def test_markdown_pages_that_are_man_pages_give_words_to_the_code(tmp_path: Path) -> None:
    cli = (
        "import argparse\ndef main():\n    p = argparse.ArgumentParser(prog='demo')\n"
        "    sub = p.add_subparsers()\n    go = sub.add_parser('go')\n"
        "    go.add_argument('--fast', action='store_true')\n    p.parse_args()\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    setup = "from setuptools import setup\nsetup(name='demo', entry_points={'console_scripts': ['demo=cli:main']})\n"
    page = "# NAME\n\ndemo go - Goes there.\n\n# OPTIONS\n\n**--fast**\n: In less time.\n"
    for name, text in {"cli.py": cli, "setup.py": setup}.items():
        (tmp_path / name).write_text(text, "utf-8")
    snapshot = _options(tmp_path, "docs/go.md", page)
    assert [(f.scope, f.value, f.text) for f in snapshot.of("option")] == [
        ("go", "--fast", "In less time.")
    ]
    assert {f.value: f.text for f in snapshot.of("command")}["go"] == "Goes there."
    assert [f.text for f in snapshot.of("doc_page")] == ["demo go - Goes there."]


def test_values_without_marks_end_where_descriptions_begin() -> None:
    text = (
        "  -q, --quiet            say nothing\n"
        "      --seed number      start there\n"
        "      --level <n>        how deep\n"
        "      --slurpfile name f set it to what\n"
        "                         the file holds\n"
        "      --odd one two three four\n"
        "                         never told\n"
    )
    found = {
        e.forms[-1]: e for e in parse_options(zip(text.splitlines(), range(1, 9), strict=False))
    }
    assert found["--slurpfile"].metavar == "name f"
    assert " ".join(found["--slurpfile"].words) == "set it to what the file holds"
    assert not found["--odd"].words


def test_commands_that_a_php_application_names(tmp_path: Path) -> None:
    text = (
        "<?php\nclass Application extends BaseApplication {\n  public function __construct() {\n"
        "    $this->add((new Migrate())->setConfig($c)->setName('tide:migrate'));\n"
        "    $this->setName('Tide');\n    $menu->setName('menu');\n  }\n}\n"
        "class ListCommand extends Command { function configure() { $this->setName('tide:list'); } }\n"
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/console").write_text("#!/usr/bin/env php\n<?php\n", "utf-8")
    (tmp_path / "composer.json").write_text('{"name": "acme/tide"}', "utf-8")
    (tmp_path / "App.php").write_text(text, "utf-8")
    snapshot = analyze(tmp_path)
    assert [f.value for f in snapshot.of("command")] == ["", "tide:migrate", "tide:list"]
    assert "`php bin/console tide:migrate`" in compose(snapshot).markdown


def test_arguments_of_a_php_command_keep_their_order(tmp_path: Path) -> None:
    text = (
        "<?php\nclass MoveCommand extends Command { function configure() {\n"
        "    $this->setName('move')->addArgument('from', InputArgument::REQUIRED)\n"
        "      ->addArgument('to', InputArgument::REQUIRED)->addOption('dry'); } }\n"
    )
    (tmp_path / "Move.php").write_text(text, "utf-8")
    assert [f.value for f in analyze(tmp_path).of("option")] == ["from", "to", "--dry"]


def test_a_php_command_is_told_wherever_its_methods_set_it_up(tmp_path: Path) -> None:
    text = (
        "<?php\nclass MoveCommand extends Command {\n"
        "    function configure() { $this->setName('move'); $this->addFrom(); }\n"
        "    function addFrom() { $this->addOption('from'); }\n"
        "    function definition() { return [new InputOption('to')]; }\n"
        "    function execute() { return new class extends Base { const A = 1; "
        "function configure() { $this->addOption('within'); } }; }\n"
        "    function other() { return $this->has('from', Base::class); }\n}\n"
    )
    (tmp_path / "Move.php").write_text(text, "utf-8")

    assert [f.value for f in analyze(tmp_path).of("option")] == ["--from", "--to", "--within"]
