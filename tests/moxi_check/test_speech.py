"""Ways in which READMEs speak that look like a false claim and are none, each beside one that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
Files = Mapping[str, str]

CLI: Files = {
    "pyproject.toml": '[project]\nname = "tasked"\nversion = "2.1"\nrequires-python = ">=3.10"\n'
    '[project.scripts]\ntasked = "tasked.main:cli"\n',
    "tasked/main.py": (
        "import os\n\nimport click\n\nHOST = os.environ['TASKED_HOST']\nPORT = os.environ['TASKED_PORT']\n\n\n"
        "@click.group()\ndef cli():\n    pass\n\n\n"
        "@cli.command()\n@click.option('--verbose')\ndef show():\n    pass\n\n\n"
        "@cli.command()\ndef store():\n    pass\n"
    ),
}


def verdicts(checked: Checked, files: Files, page: str, kind: str) -> dict[str, str]:
    claims = checked(files, f"# Tasked\n\n{page}\n", kind)
    return {text: claim.verdict for text, claim in claims.items()}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("```\nUsage:\n  tasked [command]\n\nCommands:\n  taskd   Show tasks\n```", "taskd", None),
        ("```sh\ntaskd show\n```", "taskd", "false"),
        ("```sh\ntasked subcommand [--flags]\n```", "subcommand", "not_judged"),
        ("```sh\ntasked shwo\n```", "shwo", "false"),
    ],
)
def test_a_row_of_a_help_text_and_a_word_for_any_command(
    checked: Checked, page: str, text: str, verdict: str | None
) -> None:
    assert verdicts(checked, CLI, page, "command").get(text) == verdict


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        (
            '```batch\nif not defined TASKED_GUARD (\n  set "TASKED_GUARD=1"\n)\n```',
            "TASKED_GUARD", None,
        ),
        ('```batch\nset "TASKED_GUARD=1"\n```', "TASKED_GUARD", "false"),
        ("```sh\nexport TASKED_TAG=2\ncurl x.org/${TASKED_TAG}\n```", "TASKED_TAG", None),
        ("```sh\nexport TASKED_TAG=2\ntasked show\n```", "TASKED_TAG", "false"),
        ("The key `db.host` becomes `$TASKED_DB_HOST`.", "TASKED_DB_HOST", "not_judged"),
        ("Set `$TASKED_DB_HOST`.", "TASKED_DB_HOST", "false"),
        ("The key `host` becomes `$TASKED_HOTS`.", "TASKED_HOTS", "false"),
        ("It is run with these settings:\n\n```\nTASKED_DEPTH=1\n```", "TASKED_DEPTH", "false"),
        ("It is compiled with these flags:\n\n```\nTASKED_DEPTH=1\n```", "TASKED_DEPTH", "not_judged"),
        ("```sh\ncurl -u TASKED_USER:TASKED_SECRET x.org\n```", "TASKED_USER", None),
    ],
)  # fmt: skip
def test_variables_of_a_script_itself_and_examples_of_a_rule(
    checked: Checked, page: str, text: str, verdict: str | None
) -> None:
    assert verdicts(checked, CLI, page, "env_var").get(text) == verdict


def test_a_file_that_reads_the_environment_may_put_a_prefix_before_all_names(
    checked: Checked,
) -> None:
    code = "import os\nPREFIX = 'TASKED'\nHOST = os.environ['TASKED_HOST']\n"
    files = {"pyproject.toml": '[project]\nname = "tasked"\n', "tasked.py": code}
    page = "Set `$TASKED_DEPTH`, not `$TASKED_HOTS`."
    found = verdicts(checked, files, page, "env_var")
    assert found == {"TASKED_DEPTH": "not_judged", "TASKED_HOTS": "false"}


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Requires Python 3.9 or later.", "false"),
        ("Compatible with Python 3.9 or later: ^1.0.0", "not_judged"),
        ("Requires Python 3.9 or later (the first release):", "not_judged"),
        ("Compatible on Windows with Python 3.12+.", "not_judged"),
        ("Requires Python 3.9+. The service requires Python 3.12+.", "not_judged"),
    ],
)
def test_versions_for_a_release_a_system_or_one_case_each(
    checked: Checked, sentence: str, verdict: str
) -> None:
    assert set(verdicts(checked, CLI, sentence, "version").values()) == {verdict}


def test_what_a_part_of_the_repository_needs_is_its_own(checked: Checked) -> None:
    files = {**CLI, "worker/pyproject.toml": '[project]\nname = "tasked-worker"\n'}
    page = "# Worker\n\nRequires Python 3.12 or later.\n"
    assert checked(files, page, "version", path="worker/README.md") == {}
    assert checked(files, page, "version")["3.12"].verdict == "false"


MIT = {"package.json": '{"name": "tasked", "license": "MIT"}'}


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        ("This package is distributed under the ISC license.", "false"),
        ("The parsed package, used by our code, is distributed under the ISC license.", "not_judged"),
        ("The go-flags package is distributed under the ISC license.", "not_judged"),
        ("![license](https://img.shields.io/badge/license-ISC-blue)", "false"),
        (
            "- [other](https://github.com/o/other) is small ![license](https://img.shields.io/badge/license-ISC-blue)",
            "not_judged",
        ),
    ],
)  # fmt: skip
def test_licenses_of_what_is_used_or_listed(checked: Checked, page: str, verdict: str) -> None:
    found = verdicts(checked, MIT, f"## License\n\n{page}", "license")
    assert set(found.values()) == {verdict}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("```sh\n./configure\nmake extra\n```", "extra", "not_judged"),
        ("```sh\nmake extra\n```", "extra", "false"),
        ("```sh\nmake TARGET\n```", "TARGET", "not_judged"),
        ("```sh\ngit clone https://github.com/o/other\ncd other\n```\n\n```sh\nmake extra\n```", "extra", "not_judged"),
    ],
)  # fmt: skip
def test_targets_of_a_makefile_that_is_written_by_a_tool(
    checked: Checked, page: str, text: str, verdict: str
) -> None:
    files = {"Makefile": "all:\n\ttrue\n"}
    assert verdicts(checked, files, page, "make_target")[text] == verdict


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("It runs what you like, for example `node src/serve.js`.", "src/serve.js", "not_judged"),
        ("Run `node src/serve.js`.", "src/serve.js", "false"),
        ("Run `node src/index.js`.", "src/index.js", "not_judged"),
        ("Run `node src/taskde.js`.", "src/taskde.js", "false"),
    ],
)
def test_files_that_a_reader_may_have(checked: Checked, page: str, text: str, verdict: str) -> None:
    files = {**MIT, "src/tasked.js": "", "src/other.js": ""}
    assert verdicts(checked, files, page, "run")[text] == verdict


TREE = {"src/a.py": "", "src/b.py": "", "src/c.py": "", "setup.py": ""}


@pytest.mark.parametrize(
    ("line", "text", "verdict"),
    [
        ("├── gone.py", "gone.py", "false"),
        ("├── gone.py   # generated by the build", "gone.py", "not_judged"),
        ("├── output/", "output/", "not_judged"),
    ],
)
def test_lines_of_a_tree_that_are_made_later(
    checked: Checked, line: str, text: str, verdict: str
) -> None:
    tree = "```\n├── src\n│   ├── a.py\n│   ├── b.py\n│   └── c.py\n├── setup.py\n" + line + "\n```"
    assert verdicts(checked, TREE, tree, "tree")[text] == verdict


def test_a_tree_of_what_a_command_makes(checked: Checked) -> None:
    files = {f"examples/{name}.py": "" for name in "abcdefghi"}
    lines = "".join(f"├── {name}.py\n" for name in "abcdefghi")
    page = f"```\ntasked-tests/\n{lines}├── setup.cfg\n```"
    assert verdicts(checked, files, page, "tree")["setup.cfg"] == "not_judged"
    page = page.replace("tasked-tests", "examples")
    assert verdicts(checked, files, page, "tree")["setup.cfg"] == "false"


def test_a_badge_that_shows_and_leads_to_a_sibling(checked: Checked) -> None:
    shown = "https://img.shields.io/npm/v/tasked-"
    page = (
        f"[![npm]({shown}vue)](https://www.npmjs.com/package/tasked-vue)\n\n"
        f"[![npm]({shown}svelte)](https://www.npmjs.com/package/tasked)"
    )
    found = verdicts(checked, MIT, page, "badge")
    assert (found["tasked-vue"], found["tasked-svelte"]) == ("not_judged", "false")


def test_pages_of_a_site_that_one_script_shows(checked: Checked) -> None:
    page = "[a](#/?id=about) [b](#?id=demo) [c](#about)"
    found = verdicts(checked, {}, page, "anchor")
    assert found == {"#/?id=about": "not_judged", "#?id=demo": "not_judged", "#about": "false"}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("```go\nlogger := log.New(os.Stdout)\n```", "New", None),
        ('```go\nimport "example.org/o/tasked/log"\n\nlogger := log.New(os.Stdout)\n```', "New", "false"),
    ],
)  # fmt: skip
def test_a_package_of_the_language_has_the_name_of_one_of_ours(
    checked: Checked, page: str, text: str, verdict: str | None
) -> None:
    files = {
        "go.mod": "module example.org/o/tasked\n\ngo 1.22\n",
        "log/log.go": "package log\n\nfunc Open() {}\n",
    }
    whole = '```go\nimport "example.org/o/tasked/log"\n\nfunc main() { log.Open() }\n```\n\n' + page
    assert verdicts(checked, files, whole, "api").get(text) == verdict


def test_go_takes_an_older_module_where_the_page_tells_of_both(checked: Checked) -> None:
    files = {
        "go.mod": "module github.com/o/tasked/v2\n\ngo 1.22\n",
        "t.go": "package tasked\n",
    }
    old = "```sh\ngo get github.com/o/tasked\n```"
    both = old + "\n\nWith modules:\n\n```sh\ngo get github.com/o/tasked/v2\n```"
    assert verdicts(checked, files, old, "install")["github.com/o/tasked"] == "false"
    assert verdicts(checked, files, both, "install")["github.com/o/tasked"] == "not_judged"


def test_rust_crates_of_one_name_and_names_that_are_words_of_the_language(
    checked: Checked,
) -> None:
    core = {"Cargo.toml": '[package]\nname = "tasked"\n', "src/lib.rs": "pub fn open() {}\n"}
    page = "```rust\nuse tasked::{shut, r#impl::Task};\n```"
    found = verdicts(checked, core, page, "import")
    assert (found["shut"], found.get("r#impl", "not_judged")) == ("false", "not_judged")
    web = {
        "web/Cargo.toml": '[package]\nname = "tasked-web"\n[lib]\nname = "tasked"\n',
        "web/src/lib.rs": "pub fn draw() {}\n",
    }
    assert verdicts(checked, {**core, **web}, page, "import")["shut"] == "not_judged"


def test_classes_that_an_extension_in_c_registers(checked: Checked) -> None:
    files = {
        "composer.json": '{"name": "o/tasked"}',
        "lib/Server.php": "<?php\nnamespace Tasked;\nclass Server {}\n",
    }
    page = "```php\nuse Tasked\\Serve;\n$s = new Serve();\n```"
    assert "false" in verdicts(checked, files, page, "import").values()
    files["config.m4"] = "PHP_ARG_ENABLE(tasked)\n"
    assert "false" not in verdicts(checked, files, page, "import").values()


def test_declarations_take_names_from_packages_of_others(checked: Checked) -> None:
    files = {
        "package.json": '{"name": "tasked", "main": "index.js", "types": "index.d.ts"}',
        "index.js": "const made = require('./made');\nexports.format = made.all();\n",
        "made.js": "exports.all = () => load();\n",
        "index.d.ts": "declare namespace tasked {\n  export const format: Formats;\n  export const close: any;\n}\n",
    }
    page = "```js\nconst { format } = require('tasked');\nconst { prettyPrint } = format;\n```"
    assert verdicts(checked, files, page, "api")["prettyPrint"] == "false"
    files["index.d.ts"] = "import * as logform from 'logform';\n" + files["index.d.ts"]
    assert verdicts(checked, files, page, "api").get("prettyPrint") != "false"


def test_options_may_be_shortened_where_the_parser_is_not_read(checked: Checked) -> None:
    files = {
        "Makefile": "all:\n\tcc main.c\n",
        "main.c": '#include "argtable3.h"\n'
        + "".join(f'void* {n} = arg_lit0("x", "{n}", "help");\n' for n in ("latitude", "colour", "depth", "quiet")),
    }  # fmt: skip
    page = "It takes `--colour`, `--depth`, `--quiet`, `--latitude`; `--lati` and `--ground`."
    found = verdicts(checked, files, page, "option")
    assert found.get("--lati") != "false"


def test_numbers_are_no_options(checked: Checked) -> None:
    page = '```sh\ntasked show --verbose "-1001,-2002"\n```'
    assert "-2002" not in verdicts(checked, CLI, page, "option")
