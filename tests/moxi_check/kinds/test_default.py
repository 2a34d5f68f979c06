"""Defaults that a page tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

FILES = {
    "pyproject.toml": '[project]\nname = "demo"\n[project.scripts]\ndemo = "demo.cli:main"\n',
    "demo/cli.py": (
        "import argparse\nimport os\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
        '    parser.add_argument("-p", "--port", type=int, default=8080)\n'
        '    parser.add_argument("--mode", default="fast")\n'
        '    parser.add_argument("--limit", default=os.cpu_count())\n'
        "    parser.parse_args()\n\n\n"
        'HOST = os.environ.get("DEMO_HOST", "localhost")\n'
    ),
}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("`--port` defaults to `8080`.", "8080", "true"),
        ("`-p` sets the port (default: 8080).", "8080", "true"),
        ("`--mode`, by default `fast`", "fast", "true"),
        ('`--mode` (default "fast")', "fast", "true"),
        (
            "The default of `DEMO_HOST` is here: `DEMO_HOST` (default: `localhost`)",
            "localhost",
            "true",
        ),
        ("`--port` defaults to `9090`.", "9090", "false"),
        ("`--mode` (default: `slow`)", "slow", "false"),
        ("`DEMO_HOST` (default: `remote`)", "remote", "false"),
        ("`--port` defaults to `9090` on Windows.", "9090", "not_judged"),
        ("`--limit` defaults to `9090`.", "9090", "not_judged"),
        ("It stops unless `--mode` is passed. Default: slow.", "slow", "not_judged"),
        ("`--mode`: how it goes. Default: slow.", "slow", "false"),
        ("On Windows, `--mode` defaults to `slow`.", "slow", "not_judged"),
        ("`--mode` (curl's own default is `slow`)", "slow", "not_judged"),
        ("`--port`, the pair (defaults: 80, 8080)", "80", "not_judged"),
        (
            "| Option | Told | Default |\n| --- | --- | --- |\n| x | unlike `--port` | 90 |",
            "90",
            None,
        ),
        ("`DEMO_HOST` (default: `127.0.0.1`)", "127.0.0.1", "true"),
        ("`--mode` (default: `8`)", "8", "not_judged"),  # of another sort
        ("`other` defaults to `9090`.", "9090", None),
        ("Up to `--port` (default 8,080).", "8,080", "true"),
        ("Up to `--port` (default 9,090).", "9,090", "false"),
        ("```text\n  -p, --port N  see --mode (default: 9090)\n```", "9090", "false"),
        ("| Option | Default |\n| --- | --- |\n| `--port` | 9090 |", "9090", "false"),
        ("| Option | Default |\n| --- | --- |\n| `-p`, `--port` | `8080` |", "8080", "true"),
        ("| Option | Default |\n| --- | --- |\n| `--mode` | - |", "-", "not_judged"),
    ],
)
def test_defaults(checked: Checked, page: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, f"# Demo\n\n{page}\n", "default").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_false_one_has_its_mend(checked: Checked) -> None:
    claim = checked(FILES, "# Demo\n\n`--port` defaults to `9090`.\n", "default")["9090"]
    assert (claim.suggestion, claim.certain) == ("8080", True)
    assert claim.reason == "the default of `--port` is `8080`"


TABLE = {
    "package.json": '{"name": "demo"}',
    "lib/options.js": (
        "const options = defaults(given, {\n  passes: 1,\n  quotes: 'single',\n  width: wide(),\n});\n"
        "const flags = [\n  {\n    flag: 'max-size',\n    help: 'how much (default: 20)',\n  },\n];\n"
        "const other = {\n  depth: 4,\n};\n"
    ),
    "src/settings.rs": "fn default_shell_is_known() {\n  let one = Settings {\n    strict: true,\n  };\n}\n"
    "impl Default for Settings {\n  fn default() -> Self {\n    Self {\n      level: 3,\n    }\n  }\n}\n",
    "lib/compress.js": "exports.defaults = {\n  width: 80,\n};\n",
    "app.py": "cache = os.environ.get('DEMO_CACHE', '1')\n",
}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("- `passes` (default: `1`)", "1", "true"),
        ("- `passes` (default: `2`)", "2", "false"),
        ("- `quotes` (default `single`)", "single", "true"),
        ("- `width` (default: `80`)", "80", "true"),
        ("- `width` (default: `90`)", "90", "not_judged"),  # one of its defaults is computed
        ("- `depth` (default: `5`)", "5", None),  # no table of defaults
        ("- `strict` (default: `false`)", "false", None),
        ("- `level` (default: `4`)", "4", "false"),
        ("```\n--max-size <n>   how much (default: 30)\n```", "30", "false"),
        ("| Name | Meaning |\n| --- | --- |\n| DEMO_CACHE | Default '2'. |", "2", "false"),
    ],
)
def test_defaults_that_only_stand_in_the_code(
    checked: Checked, page: str, text: str, verdict: str | None
) -> None:
    claim = checked(TABLE, page + "\n", "default").get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        ("| isCard(text [, quotes]) | `quotes` is a word, default: `double`", None),
        ("| minify(text [, quotes]) | `quotes` is a word, default: `double`", "false"),
    ],
)
def test_a_default_is_of_the_function_that_the_line_tells_of(
    checked: Checked, page: str, verdict: str | None
) -> None:
    files = {
        "lib/minify.js": "const defaults = {\n  quotes: 'single',\n};\nfunction minify(text) {}\n"
    }
    claim = checked(files, page + "\n", "default").get("double")
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("told", "text", "verdict"),
    [
        ("(default true)", "true", "true"),
        ("(default false)", "false", "false"),
        ("(default mode)", "mode", None),  # words
    ],
)
def test_a_switch_as_help_tells_it(
    checked: Checked, told: str, text: str, verdict: str | None
) -> None:
    files = {
        "go.mod": "module example.com/demo\n",
        "main.go": (
            'package main\n\nimport "github.com/spf13/cobra"\n\nvar loud bool\n\n'
            'var rootCmd = &cobra.Command{Use: "demo"}\n\nfunc main() {\n'
            '\trootCmd.Flags().BoolVar(&loud, "loud", true, "Say it loud")\n\trootCmd.Execute()\n}\n'
        ),
    }
    page = f"# Demo\n\n```\nFlags:\n      --loud   Say it loud {told}\n```\n"
    claim = checked(files, page, "default").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_what_stands_behind_another_option_is_of_that(checked: Checked) -> None:
    more = '"""Held to --top-speed and to\n    --runs-each-minute (default 6)."""\n\nADD = [("--top-speed", 1)]\n'
    page = "# Demo\n\n| Option | Default |\n| --- | --- |\n| `--top-speed` | 0 |\n"
    claims = checked({**FILES, "demo/more.py": more}, page, "default")
    assert "false" not in {claim.verdict for claim in claims.values()}


def test_of_two_defaults_behind_a_name_the_second_may_be_anothers(checked: Checked) -> None:
    page = "# Demo\n\n| Option | |\n| --- | --- |\n| `--port` | Port (default 8080); rounds (default 3000) |\n"
    claims = checked(FILES, page, "default")
    assert (claims["8080"].verdict, claims["3000"].verdict) == ("true", "not_judged")
