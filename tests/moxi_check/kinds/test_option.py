"""Options and their values: in calls of own programs, in prose, in tables, in help texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_check import Claim
from moxi_check.programs import option_form

Checked = Callable[..., dict[str, Claim]]

PYTHON = {
    "pyproject.toml": '[project]\nname = "demo"\n[project.scripts]\ndemo = "demo.cli:main"\n',
    "demo/cli.py": (
        "import argparse\n\n\ndef main():\n"
        "    parser = argparse.ArgumentParser()\n"
        '    parser.add_argument("-c", "--color", choices=["auto", "never"], default="auto")\n'
        '    parser.add_argument("-v", "--verbose", action="store_true")\n'
        '    parser.add_argument("-q", "--quiet", action="store_true")\n'
        '    parser.add_argument("--dry-run", action="store_true")\n'
        '    commands = parser.add_subparsers()\n    sync = commands.add_parser("sync")\n'
        '    sync.add_argument("--depth", type=int, default=3)\n    sync.add_argument("--all", action="store_true")\n'
        '    show = commands.add_parser("show")\n    show.add_argument("--width", type=int)\n'
        "    parser.parse_args()\n"
    ),
    "demo/__main__.py": "from demo.cli import main\n\nmain()\n",
    "tests/test_cli.py": 'def test_it():\n    run("--legacy-mode")\n',
}
KNOWN = "\n\n```sh\ndemo --verbose --quiet sync --depth 2 --all\n```\n"


def sh(code: str, title: str = "Usage") -> str:
    return f"# Demo\n\n## {title}\n\n```sh\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("demo --color never", "--color", "true"),
        ("demo -vq", "-vq", "true"),
        ("demo --color=never sync", "--color", "true"),
        ("demo sync --depth 4", "--depth", "true"),
        ("python -m demo --dry-run", "--dry-run", "true"),
        ("uvx demo --dry-run", "--dry-run", "true"),
        ("demo --help", "--help", "true"),
        ("demo --colour never", "--colour", "false"),
        ("demo sync --breadth 4", "--breadth", "false"),
        ("demo show --depth 4", "--depth", "false"),  # an option of `sync`
        ("demo --ver", "--ver", "not_judged"),  # argparse takes a beginning
        ("demo --legacy-mode", "--legacy-mode", "not_judged"),  # the tests name it
        ("demo --depth 4", "--depth", "not_judged"),
        ("demo -- --else", "--else", None),
        ("demo --<option>", "--<option>", None),
        ("demo --name=value", "--name", "not_judged"),
        ("other --colour", "--colour", None),
        ("git commit --amend", "--amend", None),
    ],
)
def test_calls(checked: Checked, code: str, text: str, verdict: str | None) -> None:
    claim = checked(PYTHON, sh(code), "option").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_false_one_has_its_mend_and_place(checked: Checked) -> None:
    claim = checked(PYTHON, sh("demo  --colour=never"), "option")["--colour"]
    assert (claim.line, claim.column) == (6, 7)
    assert claim.suggestion == "--color"
    assert claim.certain
    assert claim.evidence is not None
    assert (claim.evidence.path, claim.evidence.line) == ("demo/cli.py", 6)
    assert claim.reason == "`--colour` is not an option of `demo`; did you mean `--color`?"


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("Use `--verbose`.", "--verbose", "true"),
        ("Use `-q, --quiet`.", "--quiet", "true"),
        ("| Option |\n| --- |\n| `--color <when>` |", "--color", "true"),
        ("Use `--verbosity`.", "--verbosity", "false"),
        ("Use `--colors <when>`.", "--colors", "false"),
        ("Use `--frobnicate`.", "--frobnicate", "false"),
        ("Pass `--frobnicate` to npm.", "--frobnicate", "not_judged"),
        ("Use `tree` with `--fromfile`.", "--fromfile", "not_judged"),
        ("We plan to add `--frobnicate`.", "--frobnicate", "not_judged"),
        ("`--frobnicate` was removed.", "--frobnicate", "not_judged"),
        ("As in `--flag`.", "--flag", "not_judged"),
        ("Use `-z`.", "-z", "not_judged"),
        ("All of `--print-*`.", "--print", None),
    ],
)
def test_alone(checked: Checked, page: str, text: str, verdict: str | None) -> None:
    claim = checked(PYTHON, f"# Demo\n\n{page}{KNOWN}", "option").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_sections_on_other_programs_are_left_alone(checked: Checked) -> None:
    page = f"# Demo\n\n## Migrating from Other\n\nUse `--frobnicate`.\n\n## Usage{KNOWN}"
    assert checked(PYTHON, page, "option")["--frobnicate"].verdict == "not_judged"


def test_help_texts(checked: Checked) -> None:
    block = "Usage: demo [options]\n\n  -c, --color WHEN  colors\n  -v, --verbose  more\n  -q, --silent  less\n  --dry-run"
    claims = checked(PYTHON, f"# Demo\n\n```text\n{block}\n```\n", "option")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "-c": "true", "--color": "true", "-v": "true", "--verbose": "true", "-q": "true", "--silent": "false",
        "--dry-run": "true",
    }  # fmt: skip


def test_lines_that_only_look_like_help_are_left_alone(checked: Checked) -> None:
    page = f"# Demo\n\n```make\nclean:\n\t-rmdir out\n```\n{KNOWN}"
    assert checked(PYTHON, page, "option")["-rmdir"].verdict == "not_judged"


def test_where_a_page_knows_too_much_it_is_the_list_that_has_gaps(checked: Checked) -> None:
    claims = checked(PYTHON, sh("demo --one --two\ndemo --three --color never"), "option")
    assert {claims[text].verdict for text in ("--one", "--two", "--three")} == {"not_judged"}


def test_programs_that_take_what_they_do_not_know_are_not_judged(checked: Checked) -> None:
    code = PYTHON["demo/cli.py"].replace("parse_args()", "parse_known_args()")
    claim = checked({**PYTHON, "demo/cli.py": code}, sh("demo --colour"), "option")["--colour"]
    assert claim.verdict == "not_judged"


@pytest.mark.parametrize(
    ("form", "verdict"),
    [("--colour", "false"), ("--colorful", "not_judged"), ("--size", "not_judged")],
)
def test_a_text_tells_of_what_such_a_program_knows(
    checked: Checked, form: str, verdict: str
) -> None:
    code = PYTHON["demo/cli.py"].replace("parse_args()", "parse_known_args()")
    page = f"# Demo\n\nThe output of `{form}` is for people.\n"
    assert checked({**PYTHON, "demo/cli.py": code}, page, "option")[form].verdict == verdict


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("demo --color never", "never", "true"),
        ("demo --color=always", "always", "false"),
        ("demo --color WHEN", "WHEN", None),
        ("demo --color <when>", "<when>", None),
    ],
)
def test_choices(checked: Checked, code: str, text: str, verdict: str | None) -> None:
    claim = checked(PYTHON, sh(code), "choice").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_libraries_have_no_options(checked: Checked) -> None:
    files = {"pyproject.toml": '[project]\nname = "demo"\n', "demo/__init__.py": ""}
    assert checked(files, "# Demo\n\nUse `--frobnicate`.\n", "option") == {}


@settings(max_examples=60, deadline=None)
@given(st.text("-+ab=<[.*, `\n|", max_size=24))
def test_any_code_span_is_read_and_places_are_on_the_page(checked: Checked, text: str) -> None:
    assert text.startswith(option_form(text))
    checked(PYTHON, f"# Demo\n\n``{text}`` and `{text}`\n\n```\n{text}\n```\n", "option")


@pytest.mark.parametrize(
    ("form", "verdict"),
    [("--dryrun", "false"), ("--verboses", "false"), ("--other", "not_judged")],
)
def test_a_slip_needs_no_known_option_beside_it(checked: Checked, form: str, verdict: str) -> None:
    code = (
        "import argparse\np = argparse.ArgumentParser(allow_abbrev=False)\n"
        'p.add_argument("--dry-run")\np.add_argument("--verbose")\nargs = p.parse_args()\nprint(args.dry_run)\n'
    )
    files = {**PYTHON, "demo/cli.py": code}
    claim = checked(files, f"# Demo\n\nSay `{form}`.\n", "option")[form]
    assert claim.verdict == verdict


def test_help_needs_no_line_of_code(checked: Checked) -> None:
    main = 'import Foo\nlet x = ["--alpha", "--beta", "--gamma", "--delta"]\nrun(x)\n'
    package = (
        '// swift-tools-version:5.5\nimport PackageDescription\nlet package = Package(name: "demo",\n'
        'products: [.executable(name: "demo", targets: ["demo"])], targets: [.executableTarget(name: "demo")])\n'
    )
    files = {"Package.swift": package, "Sources/demo/main.swift": main}
    page = sh("demo --alpha --beta --gamma --delta\ndemo --help\ndemo --version\ndemo --epsilon")
    found = checked(files, page, "option")
    assert "false" not in {found[form].verdict for form in ("--help", "--version") if form in found}
    assert found["--epsilon"].verdict == "false"


def test_an_option_that_installing_takes_is_of_another_program(checked: Checked) -> None:
    page = "# Demo\n\nConsider installing it with the `--no-optional` flag, or use `--verbose`.\n"
    assert checked(PYTHON, page, "option")["--no-optional"].verdict == "not_judged"


@pytest.mark.parametrize(
    "sentence",
    [
        "You can list all installed themes with the `--statz` command, and use `--verbose`.",
        "`--statz`: counts only `anExample` and `otherExample` and prints it; so does `--verbose`.",
    ],
)
def test_what_is_installed_and_names_of_code_are_no_other_programs(
    checked: Checked, sentence: str
) -> None:
    assert checked(PYTHON, f"# Demo\n\n{sentence}\n", "option")["--statz"].verdict == "false"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Use other-tool 3.10 (`--stats` is one of its flags), and `--verbose`.", "not_judged"),
        ("Use demo 3.10 (`--stats` is one of its flags), and `--verbose`.", "false"),
    ],
)
def test_after_a_released_program_its_options_stand_in_brackets(
    checked: Checked, sentence: str, verdict: str
) -> None:
    assert checked(PYTHON, f"# Demo\n\n{sentence}\n", "option")["--stats"].verdict == verdict


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        ("TLS needs a library with `--enable-all`.", "not_judged"),
        ("Run `split.py`, if need be with `--enable-all`, `--verbose`.", "false"),
    ],
)
def test_a_helper_that_the_page_does_not_name_is_not_meant(
    checked: Checked, page: str, verdict: str
) -> None:
    options = "".join(f'p.add_argument("--{n}")\n' for n in ("verbose", "output", "depth", "quick"))
    code = f"import argparse\np = argparse.ArgumentParser(allow_abbrev=False)\n{options}p.parse_args()\n"
    claims = checked({"split.py": code, "demo.h": ""}, f"# Demo\n\n{page}\n", "option")
    assert claims["--enable-all"].verdict == verdict


COMMANDER = {
    "package.json": '{"name": "demo", "version": "1.0.0", "bin": {"demo": "cli.js", "demo-cli": "cli.js"}}',
    "cli.js": (
        "const { Command } = require('commander')\nconst program = new Command()\nprogram.name('demo')\n"
        "program.command('hooks').option('--install', 'a').option('--uninstall', 'b').action(() => {})\n"
        "program.command('export').option('--agents', 'c').option('--html', 'd').action(() => {})\n"
        "program.command('plain').action(() => {})\n"
        "program.parse()\n"
    ),
}
AGREED = "demo hooks --install\ndemo hooks --uninstall\ndemo export --html\n"


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        (AGREED + "demo export --protect", "--protect", "false"),
        ("demo export --html\ndemo export --protect", "--protect", "not_judged"),  # too few to tell
        (AGREED + "demo export --protect --other", "--protect", "not_judged"),
        (AGREED + "demo plain --protect", "--protect", "not_judged"),  # none of its own was read
        (AGREED + "demo export -p", "-p", "not_judged"),
        (AGREED + "demo-cli export --agent", "--agent", "false"),  # another name of the same file
        (AGREED + "demo-cli export --agents", "--agents", "true"),
    ],
)
def test_where_page_and_code_agree_otherwise_the_list_is_whole(
    checked: Checked, code: str, text: str, verdict: str
) -> None:
    assert checked(COMMANDER, sh(code), "option", strict=False)[text].verdict == verdict


def test_a_program_that_takes_any_option_has_no_whole_list(checked: Checked) -> None:
    code = COMMANDER["cli.js"].replace("program.parse", "program.allowUnknownOption().parse")
    files = {**COMMANDER, "cli.js": code}
    found = checked(files, sh(AGREED + "demo export --protect"), "option", strict=False)
    assert found["--protect"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("form", "suggestion"),
    [("--simulate", "--dry-run"), ("--silent", "--quiet"), ("--frobnicate", "")],
)
def test_an_option_that_says_the_same_is_meant(
    checked: Checked, form: str, suggestion: str
) -> None:
    page = sh(f"demo {form}\ndemo --verbose --dry-run")
    claim = checked(PYTHON, page.replace("--dry-run", "--color auto"), "option", strict=False)[form]
    assert claim.suggestion == suggestion
    assert claim.verdict == ("false" if suggestion else "not_judged")


def test_what_stands_for_options_in_a_line_of_usage_is_no_operand(checked: Checked) -> None:
    block = "```\ndemo [OPTIONS] --colors <when>\n```"
    assert checked(PYTHON, f"# Demo\n\n{block}{KNOWN}", "option")["--colors"].verdict == "false"
    block = "```\ndemo [command] --frobnicate <when>\n```"
    found = checked(PYTHON, f"# Demo\n\n{block}{KNOWN}", "option")
    assert found["--frobnicate"].verdict == "not_judged"


def test_a_slip_behind_what_is_no_subcommand(checked: Checked) -> None:
    page = sh("demo app:main --colour never\ndemo app:main --frobnicate")
    found = checked(PYTHON, page, "option", strict=False)
    assert (found["--colour"].verdict, found["--frobnicate"].verdict) == ("false", "not_judged")


def test_a_slip_of_what_the_sources_write_out(checked: Checked) -> None:
    files = {**PYTHON, "demo/plugin.py": 'def options(make):\n    make("--xdisplay")\n'}
    found = checked(files, sh("demo --xdisplays --verbose --quiet"), "option", strict=False)
    assert found["--xdisplays"].suggestion == "--xdisplay"
    assert found["--xdisplays"].evidence is not None
    assert found["--xdisplays"].evidence.path == "demo/plugin.py"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("@click.version_option()", "false"),
        ("@shared.log_options", "not_judged"),
        ("@simple_verbosity_option(logger)", "not_judged"),
    ],
)
def test_options_that_come_from_elsewhere(checked: Checked, code: str, verdict: str) -> None:
    files = {
        "pyproject.toml": PYTHON["pyproject.toml"],
        "demo/cli.py": (
            f"import click\n\n\n@click.command()\n{code}\n@click.option('--color')\n@click.option('--depth')\n"
            "@click.option('--width')\ndef main(color, depth, width):\n    pass\n"
        ),
    }
    found = checked(
        files, sh("demo --color a --depth 1 --width 2 --frobnicate"), "option", strict=False
    )
    assert found["--frobnicate"].verdict == verdict


def test_a_help_text_has_a_whole_list_and_a_sentence_has_not(checked: Checked) -> None:
    block = "Usage: demo [options]\n\n  -c, --color WHEN  a\n  --verbose  b\n  --dry-run  c\n  --frobnicate  d\n"
    text = f"# Demo\n\n```text\n{block}```\n"
    assert checked(PYTHON, text, "option", strict=False)["--frobnicate"].verdict == "false"
    text = f"# Demo\n\nUse `--color`, `--verbose`, `--dry-run` or `--frobnicate`.{KNOWN}"
    assert checked(PYTHON, text, "option", strict=False)["--frobnicate"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("form", "verdict"), [("--no-verbose", "not_judged"), ("--no-verbos", "false")]
)
def test_the_opposite_of_a_switch_may_be_made(checked: Checked, form: str, verdict: str) -> None:
    claims = checked(PYTHON, sh(f"demo --quiet {form}") + KNOWN, "option")
    assert claims[form].verdict == verdict


def test_lines_of_a_broken_command_are_no_help_text(checked: Checked) -> None:
    code = (
        "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
        + "".join(
            f'    parser.add_argument("--{name}")\n'
            for name in ("region", "user", "writes", "lines", "words")
        )
        + "    parser.parse_args()\n"
    )
    manifest = (
        '[project]\nname = "demo"\nversion = "1"\n[project.scripts]\n"acme.demo" = "demo:main"\n'
    )
    files = {"pyproject.toml": manifest, "demo.py": code}
    command = "docker run --rm \\\n  --env-file .env \\\n  acme/demo:latest \\\n  --region a \\\n  --user b \\\n  --writes c \\\n  --lines 3 \\\n  --words 4"
    claims = checked(files, f"# Demo\n\n```bash\n{command}\n```\n", "option")
    assert "--env-file" not in claims or claims["--env-file"].verdict != "false"


@pytest.mark.parametrize("odd", ["--make-it-big", "--keep-build"])
def test_alone_in_a_long_help_text_an_option_that_stands_nowhere_is_wrong(
    checked: Checked, odd: str
) -> None:
    names = [
        "clean-all", "keep-build-files", "sign-files", "jobs", "target-folder", "debug-image", "use-cache", "no-color",
        "patch-set",
    ]  # fmt: skip
    declared = "".join(f'    parser.add_argument("--{name}")\n' for name in names)
    code = f"import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n{declared}    parser.parse_args()\n"
    manifest = '[project]\nname = "demo"\nversion = "1"\n[project.scripts]\ndemo = "demo:main"\n'
    rows = "".join(f"--{name}\n  what it does\n" for name in names)
    page = f"# Demo\n\nRun `demo` with\n\n```\n{rows}{odd}\n  what it does\n```\n"
    claims = checked({"pyproject.toml": manifest, "demo.py": code}, page, "option")
    assert claims["--jobs"].verdict == "true"
    assert claims[odd].verdict == "false"


def test_what_installing_or_building_takes(checked: Checked) -> None:
    for line in ("Speed up the installation with `--statz`.", "Do your build with `--statz`."):
        page = f"# Demo\n\n{line} Then use `--verbose`.\n"
        assert checked(PYTHON, page, "option")["--statz"].verdict == "not_judged"


def test_a_subcommand_may_have_a_parser_of_its_own(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nscripts.demo = "demo.cli:main"\n',
        "demo/cli.py": (
            "import argparse\n\ndef main():\n    parser = argparse.ArgumentParser(prog='demo')\n"
            "    parser.add_argument('--model')\n    parser.parse_args()\n\n"
            "def config():\n    parser = argparse.ArgumentParser(prog='demo config')\n"
            "    parts = parser.add_subparsers()\n    one = parts.add_parser('set')\n"
            "    one.add_argument('--model')\n    one.add_argument('--address')\n    parser.parse_args()\n"
        ),
    }
    page = "# Demo\n\n```sh\ndemo config set --model x --adress y\n```\n"
    claims = checked(files, page, "option")
    assert claims["--model"].verdict == "true"
    assert claims["--adress"].verdict == "false"


def test_an_option_of_another_subcommand_is_said_to_be_one(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nscripts.demo = "demo:main"\n',
        "demo.py": (
            "import argparse\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
            "    parts = parser.add_subparsers()\n    one = parts.add_parser('convert')\n"
            "    for_all = parser.add_argument('--quiet')\n    one.add_argument('--mode')\n"
            "    one.add_argument('--depth')\n    two = parts.add_parser('bring')\n"
            "    two.add_argument('--recursive')\n    parser.parse_args()\n"
        ),
    }
    page = "# Demo\n\n```sh\ndemo convert --recursive\n```\n"
    claim = checked(files, page, "option", strict=False)["--recursive"]
    assert (claim.verdict, claim.suggestion) == ("false", "")
    assert claim.reason == "`--recursive` is not an option of `demo convert`, but of `demo bring`"


@pytest.mark.parametrize(("shared", "verdict"), [("'--format'", "not_judged"), ("'-x'", "false")])
def test_an_option_that_shared_code_gives_may_be_of_all(
    checked: Checked, shared: str, verdict: str
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nscripts.demo = "demo:main"\n',
        "demo.py": (
            f"import click\n\ndef shared(f):\n    return click.option({shared})(f)\n\n"
            "@click.group()\ndef main(): ...\n\n@main.command()\n@click.option('--all')\n@click.option('--deep')\n"
            "@click.option('--quick')\ndef listed(): ...\n\n@main.command()\n@click.option('--format')\n"
            "@click.option('--other')\ndef shown(): ...\n"
        ),
    }
    page = "# Demo\n\n```sh\ndemo listed --all --format x\n```\n"
    assert checked(files, page, "option", strict=False)["--format"].verdict == verdict
