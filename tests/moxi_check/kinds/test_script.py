"""Scripts that package managers run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

NODE = {
    "package.json": '{"name": "demo", "scripts": {\n"build": "tsc",\n"test": "jest",\n"build:watch": "tsc -w",\n'
    '"prepare": "husky"}, "devDependencies": {"eslint": "9"}}',
    "packages/web/package.json": '{"name": "web", "scripts": {"preview": "vite"}}',
}
PHP = {"composer.json": '{"name": "acme/demo", "scripts": {"lint": "phpcs", "test": "phpunit"}}'}


def page(code: str, title: str = "Development") -> str:
    return f"# Demo\n\n## {title}\n\n```sh\n{code}\n```\n"


@pytest.mark.parametrize(
    ("files", "code", "text", "verdict"),
    [
        (NODE, "npm run build", "build", "true"),
        (NODE, "npm run prepare", "prepare", "true"),
        (NODE, "npm test", "test", "true"),
        (NODE, "npm t -- --watch", "t", "true"),
        (NODE, "yarn build:watch", "build:watch", "true"),
        (NODE, "cd packages/web && pnpm preview", "preview", "true"),
        (NODE, "npm run preview -w packages/web", "preview", "true"),
        (NODE, "node --run build", "build", "true"),
        (NODE, "npm run biuld", "biuld", "false"),
        (NODE, "npm run compile", "compile", "false"),
        (NODE, "npm start", "start", "false"),
        (NODE, "yarn tests", "tests", "false"),
        (NODE, "yarn deploy", "deploy", "false"),
        (NODE, "yarn eslint .", "eslint", None),
        (NODE, "yarn tsc", "tsc", None),
        (NODE, "yarn install", "install", None),
        (NODE, "bun run index.ts", "index.ts", None),
        (NODE, "npm run <script>", "<script>", None),
        (NODE, "npm create vite@latest app\ncd app\nnpm run dev", "dev", "not_judged"),
        (NODE, "git clone https://github.com/other/thing\nnpm run biuld", "biuld", "not_judged"),
        (PHP, "composer run-script lint", "lint", "true"),
        (PHP, "composer test", "test", "true"),
        (PHP, "composer tests", "tests", "false"),
        (PHP, "composer install", "install", None),
        (PHP, "npm run lint", "lint", "not_judged"),
    ],
)
def test_commands(
    checked: Checked, files: dict[str, str], code: str, text: str, verdict: str | None
) -> None:
    claim = checked(files, page(code), "script").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_inline_commands_are_read(checked: Checked) -> None:
    claim = checked(NODE, "Run `npm run biuld`.\n", "script")["biuld"]
    assert (claim.verdict, claim.column, claim.suggestion) == ("false", 14, "build")
    assert claim.certain
    assert claim.evidence is not None
    assert (claim.evidence.path, claim.evidence.line) == ("package.json", 2)


def test_scripts_that_the_page_declares_are_the_readers(checked: Checked) -> None:
    text = page("npm run tests") + '\n```json\n{"scripts": {"tests": "demo"}}\n```\n'
    assert checked(NODE, text, "script")["tests"].verdict == "not_judged"


def test_outside_of_development_only_a_near_name_is_false(checked: Checked) -> None:
    assert checked(NODE, page("npm run size", "Usage"), "script")["size"].verdict == "not_judged"
    assert checked(NODE, page("npm run builds", "Usage"), "script")["builds"].verdict == "false"


def test_scripts_of_python_tools(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\n[tool.pdm.scripts]\nlinting = "ruff check"\n'
        '[tool.poe.tasks]\nserve = "demo"\n'
    }
    code = "pdm run linting\npdm run lintting\nuv run poe serve\npdm run ruff\npoe unknown"
    claims = checked(files, page(code), "script")
    verdicts = {text: claim.verdict for text, claim in claims.items()}
    assert verdicts["linting"] == verdicts["serve"] == "true"
    assert verdicts["lintting"] == "false"
    assert "ruff" not in verdicts


def test_a_manifest_that_cannot_be_read_makes_nothing_false(checked: Checked) -> None:
    files = {**NODE, "packages/broken/package.json": '{"scripts": {'}
    assert checked(files, page("npm run biuld"), "script")["biuld"].verdict == "not_judged"


@pytest.mark.parametrize("line", ["yarn run v1.22.19", "web-1  | npm run biuld"])
def test_what_a_tool_prints_runs_nothing(checked: Checked, line: str) -> None:
    assert checked(NODE, page(line), "script") == {}


def test_a_line_of_several_that_are_not_there_is_an_example(checked: Checked) -> None:
    line = "Before: `npm run builds && npm run sheets:css && npm run sheets:html`"
    claims = checked(NODE, f"# Demo\n\n{line}\n", "script")
    assert "false" not in {claim.verdict for claim in claims.values()}


def test_what_npm_has_itself_is_no_script(checked: Checked) -> None:
    files = {
        "package.json": '{"name": "demo", "scripts": {"start": "node a.js", "stop": "kill 1"}}'
    }
    claims = checked(files, page("npm run env\nnpm restart\nnpm run sart"), "script")
    assert {name: claim.verdict for name, claim in claims.items()} == {"sart": "false"}
