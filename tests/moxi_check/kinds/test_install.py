"""Package names in commands that install them and in dependency snippets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

PYTHON = {
    "pyproject.toml": '[project]\nname = "demo-kit"\nversion = "1"\ndependencies = ["rich>=13"]\n'
}
NODE = {"package.json": '{"name": "@acme/render", "version": "1.0.0", "bin": {"render": "a.js"}}'}
RUST = {"Cargo.toml": '[package]\nname = "fastgrep"\nversion = "0.1.0"\n', "src/main.rs": ""}
GO = {
    "go.mod": "module github.com/acme/tool/v2\n\ngo 1.22\n",
    "main.go": "package main\n\nfunc main() {}\n",
    "cmd/extra/main.go": "package main\n\nfunc main() {}\n",
}
POM = "<project><groupId>org.acme</groupId><artifactId>engine</artifactId><version>1</version></project>"


def page(code: str, language: str = "sh") -> str:
    return f"# Demo\n\n## Installation\n\n```{language}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("files", "code", "text", "verdict"),
    [
        (PYTHON, "pip install demo-kit", "demo-kit", "true"),
        (PYTHON, "pip install Demo_Kit==1.2", "Demo_Kit", "true"),
        (PYTHON, "python3 -m pip install 'demo-kit[all]>=1'", "demo-kit", "true"),
        (PYTHON, "sudo pip3 install -U demo-kits", "demo-kits", "false"),
        (PYTHON, "uv tool install demokit-cli", "demokit-cli", None),
        (PYTHON, "pip install demo-kit-cli", "demo-kit-cli", "false"),
        (PYTHON, "pip install demo-kti rich", "demo-kti", "false"),
        (PYTHON, "pip install demo-kti rich", "rich", "true"),
        (PYTHON, "uvx --from demo-kit demo", "demo-kit", "true"),
        (PYTHON, "pip install -r requirements.txt", "requirements.txt", None),
        (PYTHON, "pip install .", ".", None),
        (PYTHON, "pip install numpy", "numpy", None),
        (PYTHON, "npm install demo-kits", "demo-kits", None),
        (NODE, "npm i -g @acme/render@latest", "@acme/render", "true"),
        (NODE, "npx @acme/rendr --help", "@acme/rendr", "false"),
        (NODE, "yarn add --dev render", "render", "false"),
        (NODE, "npm i acme/render", "acme/render", None),
        (RUST, "cargo install --locked fastgrep", "fastgrep", "true"),
        (RUST, "cargo install --locked fastgreb", "fastgreb", "false"),
        (RUST, "cargo install --git https://github.com/a/fastgreb", "fastgreb", None),
        (GO, "go install github.com/acme/tool/v2@latest", "github.com/acme/tool/v2", "true"),
        (
            GO,
            "go install github.com/acme/tool/v2/cmd/extra@v2.1",
            "github.com/acme/tool/v2/cmd/extra",
            "true",
        ),
        (
            GO,
            "go install github.com/acme/tool/v2/cmd/extras@latest",
            "github.com/acme/tool/v2/cmd/extras",
            "false",
        ),
        (GO, "go install github.com/acme/tool@latest", "github.com/acme/tool", "false"),
        (GO, "go install github.com/acme/tool/v3@latest", "github.com/acme/tool/v3", "false"),
        (NODE, "npm i @acme/render-cli other", "@acme/render-cli", "false"),
        (GO, "go get github.com/other/thing", "github.com/other/thing", None),
    ],
)
def test_commands(
    checked: Checked, files: dict[str, str], code: str, text: str, verdict: str | None
) -> None:
    claim = checked(files, page(code), "install").get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("files", "language", "code", "text", "verdict"),
    [
        (
            {"pom.xml": POM},
            "xml",
            "<dependency>\n  <groupId>org.acme</groupId>\n  <artifactId>engine</artifactId>\n</dependency>",
            "engine",
            "true",
        ),
        (
            {"pom.xml": POM},
            "xml",
            "<dependency>\n  <groupId>org.acme</groupId>\n  <artifactId>engines</artifactId>\n</dependency>",
            "engines",
            "false",
        ),
        (
            {"pom.xml": POM},
            "groovy",
            'implementation "org.acme:engine:1"',
            "org.acme:engine",
            "true",
        ),
        ({"pom.xml": POM}, "kotlin", 'api("org.acme:engin:1")', "org.acme:engin", "false"),
        ({"pom.xml": POM}, "kotlin", 'api("com.other:thing:1")', "com.other:thing", None),
        (RUST, "toml", '[dependencies]\nserde = "1"\nfastgrep = "0.1"', "fastgrep", "true"),
        (RUST, "toml", '[dependencies]\nfast-grepp = "0.1"', "fast-grepp", None),
        (RUST, "toml", '[dependencies]\nfastgrepp = "0.1"', "fastgrepp", "false"),
        (RUST, "toml", '[settings]\nfastgrepp = "0.1"', "fastgrepp", None),
    ],
)
def test_snippets(
    checked: Checked,
    files: dict[str, str],
    language: str,
    code: str,
    text: str,
    verdict: str | None,
) -> None:
    claim = checked(files, page(code, language), "install").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_slip_of_the_only_package_is_certain(checked: Checked) -> None:
    # A letter changed in a short word makes another word.
    assert checked(PYTHON, page("pip install demo-kot"), "install") == {}
    claim = checked(RUST, page("cargo install fast-grep"), "install")["fast-grep"]
    assert (claim.suggestion, claim.certain) == ("fastgrep", True)
    assert claim.evidence is not None
    assert claim.evidence.path == "Cargo.toml"


def test_packages_that_the_page_tells_of_are_left_alone(checked: Checked) -> None:
    text = (
        page("pip install demo-kit-cli")
        + "\n[The program](https://pypi.org/project/demo-kit-cli).\n"
    )
    assert checked(PYTHON, text, "install")["demo-kit-cli"].verdict == "not_judged"


def test_names_that_the_repository_uses_are_left_alone(checked: Checked) -> None:
    files = {**RUST, "ci.yml": "run: cargo install 'fastgrepp'\n"}
    claim = checked(files, page("cargo install fastgrepp"), "install")["fastgrepp"]
    assert claim.verdict == "not_judged"


@pytest.mark.parametrize(
    ("title", "verdict"),
    [("Alternatives", "not_judged"), ("Alternative ways to install", "false")],
)
def test_a_section_on_other_projects_is_not_judged(
    checked: Checked, title: str, verdict: str
) -> None:
    text = f"# Demo\n\n## {title}\n\n```sh\ncargo install fastgreb\n```\n"
    assert checked(RUST, text, "install")["fastgreb"].verdict == verdict


def test_a_package_that_an_environment_is_named_after(checked: Checked) -> None:
    files = {**PYTHON, "environment.yml": "name: demo-kit\ndependencies: [python]\n"}
    claim = checked(files, "# Demo\n\nInstall with `pip install demo-kits`.\n", "install")
    assert claim["demo-kits"].verdict == "false"


def test_placeholders_are_no_packages(checked: Checked) -> None:
    assert checked(PYTHON, page("pip install your-package\npip install <name>"), "install") == {}


def test_types_are_of_another_hand(checked: Checked) -> None:
    files = {"package.json": '{"name": "demo-kit", "version": "1.0.0"}'}
    assert checked(files, page("npm install @types/demo-kit"), "install") == {}


def test_a_dependency_by_address_is_called_what_its_user_likes(checked: Checked) -> None:
    files = {"project.clj": '(defproject acme/demo-kit "1.0.0")'}
    block = '```clojure\n{:deps {acme/demo-kits {:git/url "https://x.example/y"}}}\n```\n'
    assert checked(files, block, "install") == {}


def test_a_package_of_composer_with_its_version(checked: Checked) -> None:
    files = {"composer.json": '{"name": "acme/painter"}'}
    page = '```sh\ncomposer global require "acme/painter=*"\n```\n'
    assert checked(files, page, "install")["acme/painter"].verdict == "true"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("acme/css-inline", "false"),
        ("acme/css", "false"),
        ("acme/inline", None),
        ("other/css-inline", None),
    ],
)
def test_the_last_words_of_a_package_are_left_out(
    checked: Checked, name: str, verdict: str | None
) -> None:
    files = {"composer.json": '{"name": "acme/css-inline-styles"}'}
    claim = checked(files, page(f"composer require {name}"), "install").get(name)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(("end", "verdict"), [("-styles", "false"), ("", "not_judged")])
def test_a_link_to_a_longer_name_tells_of_that(checked: Checked, end: str, verdict: str) -> None:
    files = {"composer.json": '{"name": "acme/css-inline-styles"}'}
    text = page("composer require acme/css-inline")
    text += f"\nSee [it](https://packagist.org/packages/acme/css-inline{end}).\n"
    assert checked(files, text, "install")["acme/css-inline"].verdict == verdict


def test_a_go_module_of_an_older_major_version(checked: Checked) -> None:
    files = {"go.mod": "module github.com/me/demo/v2\n", "demo.go": "package demo\n"}
    page = "```sh\ngo get github.com/me/demo@v1.6.0\n```\n"
    assert checked(files, page, "install")["github.com/me/demo"].verdict == "not_judged"
    page = "```sh\ngo get github.com/me/demo@v2.1.0\n```\n"
    assert checked(files, page, "install")["github.com/me/demo"].verdict == "false"


def test_a_name_that_another_manifest_has_in_quotes(checked: Checked) -> None:
    files = {
        "package.json": '{"name": "lexo", "version": "1.0.0", "bin": {"lexo": "a.js"}}',
        "a.js": "",
        "docs/a.md": "To add it: deno add jsr:@quinn/lexo\n",
        "jsr.jsonc": '{\n  "name": "@quinn/lexo",\n}\n',
    }
    page = "# Lexo\n\n## Install\n\n```sh\ndeno add jsr:@quinn/lexo\n```\n"
    claims = checked(files, page, "install")
    assert claims["@quinn/lexo"].verdict == "not_judged"
    del files["jsr.jsonc"], files["docs/a.md"]
    assert checked(files, page, "install")["@quinn/lexo"].verdict == "false"


@pytest.mark.parametrize(
    ("line", "verdicts"),
    [("gem 'acme-js'", {"false"}), ("gem 'acme'", {"true"}), ("gem install rake", set())],
)
def test_a_line_of_a_gemfile_shown_as_a_command(
    checked: Checked, line: str, verdicts: set[str]
) -> None:
    files = {"acme.gemspec": "Gem::Specification.new do |s|\n  s.name = 'acme'\nend\n"}
    claims = checked(files, page(line, "bash"), "install")
    assert {claim.verdict for claim in claims.values()} == verdicts


@pytest.mark.parametrize(
    ("code", "title", "text", "verdict"),
    [
        ("npx create-app app\nnpm install @acme/rendr", "Installation", "@acme/rendr", "false"),
        ("npx create-app app\nnpm install render", "Installation", "render", "not_judged"),
        (
            "npx create-app app\nnpm install @acme/rendr",
            "Alternatives",
            "@acme/rendr",
            "not_judged",
        ),
    ],
)
def test_a_slip_is_one_in_the_readers_project_too(
    checked: Checked, code: str, title: str, text: str, verdict: str
) -> None:
    claims = checked(NODE, f"# Demo\n\n## {title}\n\n```sh\n{code}\n```\n", "install")
    assert claims[text].verdict == verdict


SCOPED = {
    "package.json": '{"name": "root", "private": true, "workspaces": ["packages/*"]}',
    **{
        f"packages/{name}/package.json": f'{{"name": "@acme/{name}", "version": "1.0.0", "publishConfig": {{"access": "public"}}}}'
        for name in ("recipes", "css", "mock-data")
    },
}
IMPORTS = "```js\nimport {{ a }} from '{}'\n```\n"


@pytest.mark.parametrize(
    ("command", "imported", "text", "verdict"),
    [
        ("npm install recipes other", "@acme/recipes", "recipes", "false"),
        ("npm install @other/recipes", "@acme/recipes/lib", "@other/recipes", "false"),
        ("npm install @acme/css @acme/mock", "@acme/mock-data", "@acme/mock", "false"),
        ("npm install recipes other", "recipes", "recipes", None),
        ("npm install recipes other", "@acme/css", "recipes", None),
        ("npm install recipes @acme/recipes", "@acme/recipes", "recipes", None),
        ("npm install @types/recipes", "@acme/recipes", "@types/recipes", None),
    ],
)
def test_a_package_is_installed_under_the_name_that_is_imported(
    checked: Checked, command: str, imported: str, text: str, verdict: str | None
) -> None:
    claim = checked(SCOPED, page(command) + IMPORTS.format(imported), "install").get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("prose", "verdict"), [("It has recipes.", "false"), ("It needs `recipes`.", "not_judged")]
)
def test_a_word_in_prose_is_no_package(checked: Checked, prose: str, verdict: str) -> None:
    text = f"{page('npm install recipes')}{IMPORTS.format('@acme/recipes')}\n{prose}\n"
    assert checked(SCOPED, text, "install")["recipes"].verdict == verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("npm install tree-view", "false"),
        ("npm install tree-view\nyarn add tree-view-kit", "false"),
        ("npm install tree-view\nnpm install tree-view-kit", None),
        ("npm install tree-view-kit\n\nyarn add tree-view", None),
        ("npm install tree-view\nyarn add tree-view", None),
        ("npm install tree", None),
    ],
)
def test_the_last_words_of_a_name_are_left_out(
    checked: Checked, code: str, verdict: str | None
) -> None:
    files = {"package.json": '{"name": "tree-view-kit", "version": "1.0.0", "files": ["lib"]}'}
    claims = checked(files, f"{page(code)}\nThis is tree-view-kit.\n", "install")
    found = [claim.verdict for name, claim in claims.items() if name != "tree-view-kit"]
    assert found == ([verdict] if verdict else [])


@pytest.mark.parametrize(("built", "verdict"), [("demo-core", "not_judged"), ("other", "false")])
def test_a_part_that_a_build_publishes(checked: Checked, built: str, verdict: str) -> None:
    files = {
        "settings.gradle": "rootProject.name = 'demo'\ninclude ':part'\n",
        "build.gradle": "plugins { id 'java-library' }\ngroup = 'io.acme'\n",
        f"{built}/A.java": "class A {}\n",
    }
    page = '# demo\n\n```groovy\nimplementation "io.acme:demo-core:1.0"\n```\n'
    assert checked(files, page, "install")["io.acme:demo-core"].verdict == verdict


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        ("yarn add tree-view", "false"),
        ("npm install tree-view", None),
        ("yarn add tree-view d3", None),
    ],
)
def test_of_three_tools_each_installs_the_same(
    checked: Checked, last: str, verdict: str | None
) -> None:
    files = {"package.json": '{"name": "tree-view-kit", "version": "1.0.0", "files": ["lib"]}'}
    code = f"# npm\nnpm install tree-view-kit\n\n# pnpm\npnpm add tree-view-kit\n\n# other\n{last}"
    claim = checked(files, page(code), "install").get("tree-view")
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("bin_", "flag", "verdict"),
    [("", " -g", "not_judged"), ("", "", "false"), (', "bin": {"demo": "cli.js"}', " -g", "false")],
)
def test_what_brings_a_command_may_be_another_package(
    checked: Checked, bin_: str, flag: str, verdict: str
) -> None:
    files = {
        "package.json": f'{{"name": "demo", "version": "1.0.0", "files": ["cli.js"]{bin_}}}',
        "cli.js": "",
    }
    page = f"# Demo\n\n## Install\n\n```sh\nnpm install demo-cli{flag}\n```\n"
    assert checked(files, page, "install")["demo-cli"].verdict == verdict
