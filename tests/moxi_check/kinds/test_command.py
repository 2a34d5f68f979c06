"""Own programs and their subcommands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

CLICK = {
    "pyproject.toml": '[project]\nname = "demo-tool"\n[project.scripts]\ndemo = "demo.cli:cli"\n',
    "demo/cli.py": (
        "import click\n\n\n@click.group()\ndef cli():\n    pass\n\n\n@cli.command()\n@click.option('--force', is_flag=True)\n"
        "def publish(force):\n    pass\n\n\n@cli.command()\n@click.argument('path')\ndef check(path):\n    pass\n"
    ),
}
RUST = {
    "Cargo.toml": '[package]\nname = "demo"\nversion = "0.1.0"\n[dependencies]\nclap = "4"\n',
    "src/main.rs": (
        "use clap::{Parser, Subcommand};\n\n#[derive(Parser)]\nstruct Cli {\n    #[command(subcommand)]\n    command: Command,\n}\n"
        "#[derive(Subcommand)]\nenum Command {\n    #[command(alias = \"ls\")]\n    List { #[arg(long)] all: bool },\n    Add { name: String },\n}\n"
        "fn main() { Cli::parse(); }\n"
    ),
}  # fmt: skip


def sh(code: str) -> str:
    return f"# Demo\n\n## Usage\n\n```sh\n{code}\n```\n"


@pytest.mark.parametrize(
    ("files", "code", "text", "verdict"),
    [
        (CLICK, "demo publish --force", "demo", "true"),
        (CLICK, "demo publish --force", "publish", "true"),
        (CLICK, "demo release", "release", "false"),
        (CLICK, "demo <command>", "<command>", None),
        (CLICK, "demo check release", "release", None),  # an argument
        (CLICK, "demo-tool publish", "demo-tool", "false"),  # the package, not the program
        (CLICK, "pipx run demo-tool publish", "publish", "true"),
        (CLICK, "domo publish", "domo", None),  # too short to be a slip
        (CLICK, "other publish", "other", None),
        (RUST, "demo ls --all", "ls", "true"),
        (RUST, "cargo run -- list --all", "list", "true"),
        (RUST, "demo remove x", "remove", "false"),
        (RUST, "demo help", "help", "true"),
        (RUST, "demo add remove", "remove", None),
    ],
)
def test_commands(
    checked: Checked, files: dict[str, str], code: str, text: str, verdict: str | None
) -> None:
    claim = checked(files, sh(code), "command").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_false_one_has_its_mend(checked: Checked) -> None:
    claim = checked(CLICK, sh("demo publsh"), "command")["publsh"]
    assert (claim.suggestion, claim.certain) == ("publish", True)
    assert claim.reason == "`publsh` is not a subcommand of `demo`; did you mean `publish`?"


def test_code_spans(checked: Checked) -> None:
    page = "# Demo\n\n`demo` has the `publish` command. Say `publish` often.\n"
    assert {text: c.verdict for text, c in checked(CLICK, page, "command").items()} == {
        "demo": "true",
        "publish": "true",
    }


def test_a_file_is_no_subcommand(checked: Checked) -> None:
    files = {
        "go.mod": "module example.org/demo\n\nrequire github.com/spf13/cobra v1.8.0\n",
        "main.go": (
            'package main\n\nimport "github.com/spf13/cobra"\n\nvar root = &cobra.Command{Use: "demo <file>"}\n'
            'var serve = &cobra.Command{Use: "serve"}\n\nfunc main() {\n\troot.AddCommand(serve)\n\troot.Execute()\n}\n'
        ),
    }
    claims = checked(files, sh("demo serve\ndemo tape.txt\ndemo watch"), "command")
    verdicts = {text: claim.verdict for text, claim in claims.items() if text != "demo"}
    assert verdicts == {"serve": "true", "watch": "false"}


def test_plugins_may_bring_subcommands(checked: Checked) -> None:
    code = (
        CLICK["demo/cli.py"]
        + "\nfor entry in iter_entry_points('demo.plugins'):\n    cli.add_command(entry.load())\n"
    )
    claim = checked({**CLICK, "demo/cli.py": code}, sh("demo release"), "command")["release"]
    assert claim.verdict == "not_judged"


@pytest.mark.parametrize(
    "line", ['eval "$(demo init)"', "eval $(demo init)", "alias d='demo init'", 'sh -c "demo init"']
)
def test_commands_within_words(checked: Checked, line: str) -> None:
    files = {"package.json": '{"name": "demo", "bin": {"demo": "cli.js"}}', "cli.js": ""}
    assert checked(files, f"```sh\n{line}\n```\n", "command")["demo"].verdict == "true"


def test_a_function_of_a_shell_is_a_program(checked: Checked) -> None:
    files = {"demo.sh": "demo() {\n  echo 1\n}\n"}
    found = checked(files, "```sh\ndemo use 1\n```\n", "command", url="https://github.com/a/demo")
    assert str(found["demo"].evidence) == "demo.sh:1"


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [
        ("", "false"),
        ("Use [demox](https://github.com/acme/demox) for more.", "not_judged"),
        ("```sh\nnpm install -g demox\n```", "not_judged"),
        ("```\nready · demox@1.59.1\n```", "not_judged"),
        ("Run `demox check .`, then `demox publish now`.", "not_judged"),
        ("Use [other](https://github.com/acme/other) for more.", "false"),
    ],
)
def test_a_name_that_has_ours_in_it_may_be_another_tool(
    checked: Checked, shown: str, verdict: str
) -> None:
    page = f"# Demo\n\n{shown}\n\n{sh('demox publish --force')}"
    assert checked(CLICK, page, "command")["demox"].verdict == verdict


COMMANDER = {
    "package.json": '{"name": "demo-cli", "version": "1.0.0", "bin": {"demo": "cli.js"}}',
    "cli.js": (
        "const { Command } = require('commander')\nconst program = new Command()\nprogram.name('demo')\n"
        "program.command('create').action(() => {})\nprogram.command('format').action(() => {})\n"
        "program.command('open <file>').action(() => {})\nprogram.parse()\n"
    ),
}


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        (
            "demo create\ndemo format\ndemo polish",
            "polish",
            "false",
        ),  # page and code agree otherwise
        ("demo create\ndemo polish", "polish", "not_judged"),
        ("demo create\ndemo format\ndemo polish\ndemo grease", "polish", "not_judged"),
        ("demo create\ndemo format\ndemo open polish", "polish", None),
        ("demo add", "add", "false"),  # the same in another word
    ],
)
def test_where_page_and_code_agree_otherwise_the_list_is_whole(
    checked: Checked, code: str, text: str, verdict: str | None
) -> None:
    claim = checked(COMMANDER, sh(code), "command", strict=False).get(text)
    assert (claim.verdict if claim else None) == verdict


UNREAD = {**COMMANDER, "cli.js": "const own = parse(process.argv)\nif (own.i) go()\n"}


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("demo -c\ndemo -l\ndemo-cli -i", "false"),  # the package's name for the program's
        ("demo-cli -i", None),  # the page may know how it is called
        ("demo -c\ndemo -l\ndemo-cli image", None),
        ("demo -c\ndemo -l\nother-cli -i", None),
    ],
)
def test_the_name_of_the_package_before_an_option(
    checked: Checked, code: str, verdict: str | None
) -> None:
    found = checked(UNREAD, sh(code), "command", strict=False)
    claim = found.get("demo-cli") or found.get("other-cli")
    assert (claim.verdict if claim else None) == verdict


def test_the_module_is_not_the_program(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo-tool"\n[project.scripts]\ndemo-tool = "demo_tool.cli:cli"\n',
        "demo_tool/__init__.py": "",
        "demo_tool/cli.py": CLICK["demo/cli.py"],
        "Justfile": "lint:\n  mypy demo_tool\n  other_tool\n",
    }
    found = checked(files, sh("demo_tool publish"), "command", strict=False)
    assert found["demo_tool"].suggestion == "demo-tool"
    found = checked(files, sh("python -m demo_tool publish"), "command", strict=False)
    assert "demo_tool" not in found or found["demo_tool"].verdict != "false"


@pytest.mark.parametrize(("name", "found"), [("grep", False), ("finder", True)])
def test_a_package_with_the_name_of_a_program_of_systems(
    checked: Checked, name: str, found: bool
) -> None:
    part = f'[package]\nname = "{name}"\nversion = "0.1.0"\n'
    claims = checked({**RUST, "crates/part/Cargo.toml": part}, sh(f"{name} list --all"), "command")
    assert (name in claims) is found


PARTS = {
    "Cargo.toml": '[workspace]\nmembers = ["core", "app", "gen"]\n',
    "core/Cargo.toml": '[package]\nname = "democore"\nversion = "0.1.0"\n',
    "core/src/lib.rs": "",
    "app/Cargo.toml": '[package]\nname = "demoapp"\nversion = "0.1.0"\n[dependencies]\nclap = "4"\n',
    "app/src/main.rs": RUST["src/main.rs"],
    "gen/Cargo.toml": '[package]\nname = "gen"\nversion = "0.1.0"\n',
    "gen/src/main.rs": "fn main() {}\n",
}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("democore list --all", True),  # a library: the subcommand is of the program beside it
        ("democore other", False),
        ("core list", False),
    ],
)
def test_the_name_of_a_part_before_a_subcommand_of_another(
    checked: Checked, code: str, found: bool
) -> None:
    claim = checked(PARTS, sh(code), "command").get(code.partition(" ")[0])
    assert (claim.suggestion if claim else "") == ("demoapp" if found else "")


DESCRIBED = {
    "demo.php": "<?php $app->run($argv);\n",
    "completions/demo.fish": "".join(
        f"complete -c demo -n __fish_use_subcommand -a {name} -d 'Does it'\n"
        for name in ("install", "known", "remove")
    ),
    "composer.json": '{"name": "acme/demo", "bin": ["demo"]}',
    "demo": "#!/usr/bin/env php\n<?php require 'demo.php';\n",
}


@pytest.mark.parametrize(
    ("word", "more", "verdict"),
    [
        ("install", {}, "true"),
        ("installs", {}, "false"),
        ("publish", {}, "not_judged"),  # the text may leave out a command, but not misspell one
        ("installs", {"lib/demo-installs": "# installs\n"}, "not_judged"),
    ],
)
def test_a_slip_of_a_subcommand_that_a_text_describes(
    checked: Checked, word: str, more: dict[str, str], verdict: str
) -> None:
    claims = checked({**DESCRIBED, **more}, sh(f"demo known\ndemo {word} a"), "command")
    assert claims[word].verdict == verdict


def test_of_several_programs_the_likest_is_meant(checked: Checked) -> None:
    names = ["demo-spec", "demo-case", "demo-part"]
    scripts = "".join(f'{name} = "demo.{name[5:]}:main"\n' for name in names)
    files = {
        "pyproject.toml": f'[project]\nname = "demo-parts"\nversion = "1"\n[project.scripts]\n{scripts}'
    }
    for name in names:
        files[f"demo/{name[5:]}.py"] = (
            "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
            '    parser.add_argument("--count")\n    parser.parse_args()\n'
        )
    page = "# Demo\n\n```sh\ndemo-parts --count 3\n```\n"
    claim = checked(files, page, "command")["demo-parts"]
    assert (claim.verdict, claim.suggestion) == ("false", "demo-part")


@pytest.mark.parametrize(
    ("line", "word", "verdict"),
    [
        ("demo --install-completion zsh", "zsh", None),
        ("demo mycommandhere", "mycommandhere", "not_judged"),
        ("demo zsh", "zsh", "false"),
    ],
)
def test_words_that_are_no_subcommands(
    checked: Checked, line: str, word: str, verdict: str | None
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nscripts.demo = "demo:app"\n',
        "demo.py": (
            "import typer\napp = typer.Typer()\n\n@app.command()\ndef build():\n    pass\n\n"
            "@app.command()\ndef serve():\n    pass\n"
        ),
    }
    claim = checked(files, f"# Demo\n\n```sh\n{line}\n```\n", "command").get(word)
    assert (claim.verdict if claim else None) == verdict
