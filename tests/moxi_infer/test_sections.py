"""Sections from hand-made facts: what is said, what is left out, and how much room it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moxi_core.errors import SettingsError
from moxi_core.records import Evidence, Fact, FactKind, FileEntry, ProjectType, RepoSnapshot
from moxi_infer import compose
from moxi_infer.document import Section
from moxi_infer.plan import SECTIONS, write_sections
from moxi_infer.sections.install import version_words
from moxi_infer.subject import Subject, short_name


def fact(kind: FactKind, value: str, scope: str = "", text: str = "", **detail: str) -> Fact:
    return Fact(
        kind=kind,
        value=value,
        scope=scope,
        text=text,
        detail=detail,
        evidence=Evidence(path="demo.py", line=1),
    )


def package(name: str = "demo", scope: str = "", **detail: str) -> Fact:
    return fact("package", name, scope, ecosystem="python", registry="pypi", **detail)


def snapshot(*facts: Fact, kind: str = "library", url: str = "") -> RepoSnapshot:
    files = tuple(FileEntry(path=p, size=9) for p in ("demo.py", "pyproject.toml"))
    return RepoSnapshot(
        name="demo",
        url=url,
        files=files,
        languages={"Python": 9},
        facts=facts,
        project_type=ProjectType(name=kind, evidence=(Evidence(path="demo.py"),)),
    )


def body(name: str, *facts: Fact, kind: str = "library", url: str = "") -> str:
    section = SECTIONS[name](Subject(snapshot(*facts, kind=kind, url=url)))
    return section.body if isinstance(section, Section) else ""


@pytest.mark.parametrize(
    ("version", "runtime", "expected"),
    [
        (">=3.11", "Python", "3.11 or later"),
        (">=3.8,<3.13", "Python", "3.8 or later, below 3.13"),
        (">= 18", "Node.js", "18 or later"),
        ("^20", "Node.js", "`^20`"),
        ("1.22", "Go", "1.22 or later"),
        ("1.80", "Rust", "1.80 or later"),
        ("3.2.1", "Ruby", "3.2.1"),
        ("^22.1 || >=24", "Node.js", "`^22.1 || >=24`"),
        ("", "Python", ""),
        ("*", "PHP", ""),
    ],
)
def test_versions_in_words(version: str, runtime: str, expected: str) -> None:
    assert version_words(version, runtime) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("@scope/tool", "tool"),
        ("vendor/tool", "tool"),
        ("org.example:tool", "tool"),
        ("github.com/a/tool/v4", "tool"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("tool", "tool"),
    ],
)
def test_short_names(name: str, expected: str) -> None:
    assert short_name(name) == expected


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"registry": "pypi"}, "pip install demo"),
        ({"registry": "npm", "ecosystem": "javascript"}, "npm install demo"),
        ({"registry": "crates.io", "role": "binary"}, "cargo install demo"),
        ({"registry": "crates.io", "role": "library"}, "cargo add demo"),
        ({"registry": "nuget"}, "dotnet add package demo"),
        ({"registry": "nuget", "tool": "true"}, "dotnet tool install --global demo"),
        ({"registry": "rubygems"}, "gem install demo"),
        ({"registry": "packagist"}, "composer require demo"),
        ({"registry": "pub.dev"}, "dart pub add demo"),
        ({"registry": "pub.dev", "manager": "flutter"}, "flutter pub add demo"),
        ({"registry": "hackage", "role": "binary"}, "cabal install demo"),
    ],
)
def test_installation_from_each_registry(detail: dict[str, str], expected: str) -> None:
    assert expected in body("install", fact("package", "demo", **detail))


def test_private_packages_are_not_installed_from_a_registry() -> None:
    private = fact("package", "demo", ecosystem="javascript", manager="yarn", private="true")
    assert body("install", private, url="https://github.com/a/demo") == (
        "```sh\ngit clone https://github.com/a/demo.git\ncd demo\nyarn\n```"
    )


def test_maven_without_a_release_is_not_given_a_version() -> None:
    facts = (
        fact("package", "org.x:demo", registry="maven-central", ecosystem="maven"),
        fact("version", "2.0-SNAPSHOT"),
    )
    assert "<version>" not in body("install", *facts)


def test_platform_variables_are_left_out_and_own_ones_come_first() -> None:
    text = body(
        "configuration",
        fact("env_var", "PATH"),
        fact("env_var", "GITHUB_SHA"),
        fact("env_var", "GITHUB_TOKEN"),
        fact("env_var", "DEMO_HOME", default="/srv", text="Where data lives."),
    )
    assert "PATH" not in text
    assert "GITHUB_SHA" not in text
    assert "| `GITHUB_TOKEN` |" in text
    assert "| `DEMO_HOME` | Where data lives. | `/srv` |" in text


def test_a_table_of_names_becomes_a_sentence() -> None:
    facts = (fact("env_var", "DEMO_A"), fact("env_var", "DEMO_B"))
    assert body("configuration", *facts) == "Environment variables: `DEMO_A`, `DEMO_B`."


def _command_line(commands: int, options: int) -> list[Fact]:
    facts = [fact("bin", "demo"), fact("command", "", program="demo", framework="click")]
    for c in range(commands):
        facts.append(fact("command", f"c{c}", text="Does it.", program="demo"))
        facts += [
            fact("option", f"--c{c}-o{o}", f"c{c}", "Sets it.", program="demo", takes="value")
            for o in range(options)
        ]
        facts.append(fact("option", "--shared", f"c{c}", "Everywhere.", program="demo"))
    return facts


def test_small_command_lines_show_every_option_with_its_help() -> None:
    text = body("usage", *_command_line(2, 3), kind="cli")
    assert "| `--c1-o2 <value>` | Sets it. |" in text
    assert text.count("Option of `demo c") == 2


def test_large_command_lines_stay_readable() -> None:
    text = body("usage", *_command_line(40, 10), kind="cli")
    assert text.count("--shared") == 1
    assert "Option of most commands" in text
    assert "Sets it." not in text
    assert "| `demo c0` | `--c0-o0`, `--c0-o1`" in text
    assert len(text) < 12_000


def test_help_texts_cannot_break_the_table() -> None:
    facts = [
        fact("bin", "demo"),
        fact("option", "--x", text="a | b <script>alert(1)</script>\n## no", program="demo"),
    ]
    text = body("usage", *facts, kind="cli")
    assert r"a \| b \<script\>alert(1)\</script\> ## no" in text


def test_tools_of_maintainers_are_not_usage() -> None:
    option = fact("option", "--x", program="python release.py")
    assert body("usage", package(), option) == ""


def test_license_of_manifest_and_text() -> None:
    text = Fact(
        kind="license",
        value="MIT",
        detail={"from": "text"},
        evidence=Evidence(path="LICENSE-MIT"),
    )
    declared = fact("license", "MIT OR Apache-2.0", **{"from": "manifest"})
    assert body("license", declared, text) == (
        "MIT OR Apache-2.0. See [`LICENSE-MIT`](LICENSE-MIT)."
    )
    other = replace(declared, value="BSD-3-Clause")
    assert body("license", other, text).startswith("MIT.")


def test_commands_in_folders_leave_the_reader_where_he_is() -> None:
    text = body("development", fact("test_command", "npm test", "web", purpose="test"))
    assert text == "```sh\n# Run the tests\n(cd web && npm test)\n```"


def test_badges_are_at_most_four_and_need_their_sources() -> None:
    assert body("badges", fact("license", "MIT")) == ""
    facts = (
        package(),
        fact("license", "MIT"),
        fact("workflow", "CI", purpose="test", file="ci.yml"),
    )
    text = body("badges", *facts, url="git@github.com:a/demo.git")
    assert text.count("[![") + text.count("\n![") == 3
    assert "https://github.com/a/demo/actions/workflows/ci.yml/badge.svg" in text


def test_nothing_known_gives_a_title_and_a_line() -> None:
    text = compose(RepoSnapshot(name="demo")).markdown
    assert text == "# demo\n"
    assert compose(snapshot(kind="unknown")).markdown == "# demo\n\nA Python project.\n"


def test_unknown_sections_are_refused_with_a_hint() -> None:
    with pytest.raises(SettingsError, match="did you mean 'usage'"):
        write_sections(Subject(snapshot()), skip=["usge"])
    with pytest.raises(SettingsError, match="choose from"):
        write_sections(Subject(snapshot()), only=["zzz"])


def test_contents_only_over_a_hundred_lines() -> None:
    assert "](#installation)" not in compose(snapshot(package())).markdown
    long = snapshot(*_command_line(30, 1), kind="cli")
    assert "[Usage](#usage)" in compose(long).markdown


def test_usage_lines_tell_required_from_optional_places() -> None:
    common = {"program": "demo", "framework": "click"}
    facts = [
        fact("bin", "demo"),
        fact("command", "add", text="Adds.", aliases="a, plus", **common),
        fact("option", "newName", "add", positional="true", required="true", **common),
        fact("option", "tags", "add", positional="true", repeatable="true", **common),
        fact("option", "--version", **common),
    ]
    text = body("usage", *facts, kind="cli")
    assert "| `demo add <new-name> [tags...]` (or `demo a`, `demo plus`) | Adds. |" in text
    assert "\nOptions: `--version`." in text


def test_two_names_of_one_program_are_told_once() -> None:
    facts = [
        fact("bin", "grab", target="demo:main"),
        fact("bin", "grabs", target="demo:main"),
        fact("option", "--x", program="grab", framework="argparse"),
        fact("option", "--x", program="grabs", framework="man"),
    ]
    text = body("usage", *facts, kind="cli")
    assert text.count("--x") == 1
    assert "`grabs` runs the same program." in text


@pytest.mark.parametrize("version", ["1.2-SNAPSHOT", "0.0.0"])
def test_a_version_that_is_no_release_is_not_told_as_one(version: str) -> None:
    coordinates = {"ecosystem": "gradle", "registry": "maven-central", "group": "org.acme"}
    known = fact("package", "demo", **coordinates, role="library")
    text = body("install", known, fact("version", version))
    assert "Maven Central](https://central.sonatype.com/artifact/org.acme/demo)" in text
    assert "as `org.acme:demo`." in text
    assert version not in text
    assert 'implementation("org.acme:demo:1.2.0")' in body(
        "install", known, fact("version", "1.2.0")
    )


def test_a_program_beside_a_published_library_is_not_its_usage() -> None:
    library = package("demo", "core", role="library")
    helper = fact("package", "helper", "cli", ecosystem="python", role="binary")
    facts = [fact("bin", "helper", "cli"), fact("option", "--loud", program="helper")]
    assert "--loud" not in body("usage", library, helper, *facts)
    assert "--loud" in body("usage", package("demo", "core", role="both"), helper, *facts)


def test_choices_in_a_metavar_keep_their_case() -> None:
    given = {"program": "demo", "takes": "value"}
    facts = [
        fact("bin", "demo"),
        fact("option", "--mode", text="How.", metavar="NW|HW", **given),
        fact("option", "--out", metavar="FILE", **given),
    ]
    text = body("usage", *facts, kind="cli")
    assert "`--mode <NW\\|HW>`" in text
    assert "`--out <file>`" in text


def test_extensions_of_editors_are_installed_in_their_editor() -> None:
    code_extension = fact("package", "lens", ecosystem="javascript", extension="ann.lens")
    assert "code --install-extension ann.lens" in body("install", code_extension)
    plugin = fact(
        "package",
        "glow.nvim",
        ecosystem="vim",
        manager="neovim",
        setup="true",
        **{"import": "glow"},
    )
    text = body("install", plugin, url="https://github.com/ann/glow.nvim")
    assert '{ "ann/glow.nvim", opts = {} }' in text
    assert '`require("glow").setup({})`' in text


def test_the_badge_is_of_the_workflow_named_ci() -> None:
    flows = [
        fact("workflow", "Valgrind", file="valgrind.yml", purpose="test"),
        fact("workflow", "CI", file="ci.yml", purpose="release"),
    ]
    assert "/ci.yml/badge.svg" in body("badges", *flows, url="https://github.com/a/demo")


def test_a_c_library_with_a_program_shows_its_functions() -> None:
    facts = [
        fact("package", "demo", ecosystem="c_cpp", role="both"),
        fact("bin", "demo"),
        fact("option", "-x", program="demo"),
        fact("api_symbol", "demo_run", signature="int demo_run(void)", symbol="function"),
    ]
    assert "`int demo_run(void)`" in body("api", *facts, kind="cli")


def test_a_step_names_the_version_and_the_token_that_an_action_needs() -> None:
    action = fact("package", "ann/tide", ecosystem="github_action", runs="docker", ref="v2")
    text = body(
        "usage",
        action,
        fact("env_var", "GITHUB_TOKEN"),
        kind="github_action",
        url="https://github.com/ann/tide",
    )
    assert "- uses: ann/tide@v2\n  env:\n    GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}" in text


def test_variables_of_scripts_and_tests_stand_apart() -> None:
    def at(path: str, name: str, text: str = "") -> Fact:
        return replace(fact("env_var", name, text=text), evidence=Evidence(path=path))

    text = body(
        "configuration",
        at("src/latest.py", "DEMO_HOME"),
        at("scripts/release.py", "RELEASE_TOKEN"),
        at("scripts/install.sh", "INSTALL_DIR", "Where to put it."),
        at("jest.config.js", "RUNTIME"),
        at("src/time.py", "DEMO_FAKE_TIME"),
    )
    assert "| `DEMO_HOME` |" in text
    assert "| `INSTALL_DIR` | Where to put it. |" in text
    assert "Scripts, builds and tests also read `RELEASE_TOKEN`, `RUNTIME`." in text
    assert "FAKE" not in text


def test_the_only_program_of_a_monorepo_is_its_main_package() -> None:
    npm = {"ecosystem": "javascript", "registry": "npm"}
    facts = [
        fact("package", "@demo/cli", "packages/cli", **npm),
        fact("package", "@demo/git", "packages/git", **npm),
        fact("bin", "demonstrate", "packages/cli"),
    ]
    assert "npm install -g @demo/cli" in body("install", *facts, kind="monorepo")
    both = fact("bin", "git-demo", "packages/git")
    assert Subject(snapshot(*facts, both, kind="monorepo")).main is None


@pytest.mark.parametrize(
    ("paths", "command"),
    [
        (["Demo.sln", "src/Demo/Demo.csproj"], "dotnet build\n"),
        (["src/Demo.slnx", "src/Demo/Demo.csproj"], "dotnet build src/Demo.slnx\n"),
        (["A.sln", "B.sln"], "dotnet build src/Demo/Demo.csproj\n"),
    ],
)
def test_dotnet_builds_the_solution(paths: list[str], command: str) -> None:
    main = fact("package", "Demo", "src/Demo", ecosystem="nuget", project="src/Demo/Demo.csproj")
    files = tuple(FileEntry(path=p, size=9) for p in paths)
    found = replace(snapshot(main), files=files)
    section = SECTIONS["install"](Subject(found))
    assert isinstance(section, Section)
    assert command in section.body
    assert "cd " not in section.body


def test_all_names_of_an_option_are_told() -> None:
    forms = "--sd, --sort-dirs, --group-first, --no-group-first"
    facts = [
        fact("bin", "demo"),
        fact("option", "--group-first", text="Folders first.", program="demo", forms=forms),
    ]
    assert "| `--sd, --sort-dirs, --group-first, --no-group-first` |" in body(
        "usage", *facts, kind="cli"
    )


def test_plugins_beside_the_main_package_are_installed_alike() -> None:
    npm = {"ecosystem": "javascript", "registry": "npm"}
    facts = [
        fact("package", "demo", "packages/demo", **npm),
        fact("package", "@demo/time", "packages/time", **npm),
        fact("package", "@demo/page", "packages/page", ecosystem="javascript", private="true"),
    ]
    text = body("install", *facts, kind="monorepo")
    assert "```sh\nnpm install demo\n```" in text
    assert "installed alike:\n\n```sh\nnpm install @demo/time\n```" in text


def test_variables_of_a_file_to_copy_are_not_those_of_scripts() -> None:
    variable = replace(fact("env_var", "DEMO_KEY"), evidence=Evidence(path="config/.env.dist"))
    copied = fact("config_file", "config/.env.dist", copy_to="config/.env")
    assert "Environment variables: `DEMO_KEY`." in body("configuration", variable, copied)
    assert "tests read `DEMO_KEY`" in body("configuration", variable)


def test_the_package_that_begins_the_others_names_is_the_main_one() -> None:
    nuget = {"ecosystem": "nuget", "role": "library"}
    facts = [
        fact("package", "Demo.Trial", "apps/Trial", ecosystem="nuget", role="binary"),
        fact("package", "Demo.Core.Login", "src/Login", registry="nuget", **nuget),
        fact("package", "Demo.Core", "src/Core", text="It counts.", registry="nuget", **nuget),
        fact("package", "Demo.Tool", "apps/Tool", text="A tool.", ecosystem="nuget", role="binary"),
        fact("api_symbol", "Log", "src/Login", rank="0", **{"import": "using Other.Trace;"}),
        fact("api_symbol", "Count", "src/Core", rank="0", **{"import": "using Demo.Core;"}),
    ]
    text = body("install", *facts, kind="monorepo")
    assert text.startswith("```sh\ndotnet add package Demo.Core\n```")
    assert "installed alike:\n\n```sh\ndotnet add package Demo.Core.Login\n```" in text
    assert body("tagline", *facts, kind="monorepo") == "It counts."
    api = body("api", *facts, kind="monorepo")
    assert "using Demo.Core;" in api
    assert "Other.Trace" not in api
    packages = body("packages", *facts, kind="monorepo")
    assert "`Demo.Tool`" in packages  # described, so meant for readers
    assert "Trial" not in packages
    apart = fact("package", "Other", "src/Other", registry="nuget", **nuget)
    assert Subject(snapshot(*facts, apart, kind="monorepo")).main is None


def test_a_default_is_told_once() -> None:
    facts = [
        fact("bin", "demo"),
        fact("option", "--a", text='Where [default: ".x.json"]', program="demo", default=".x.json"),
        fact("option", "--b", text="How many (default: 3)", program="demo", default="4"),
    ]
    text = body("usage", *facts, kind="cli")
    assert "| Where | `.x.json` |" in text
    assert "How many (default: 3)" in text


def test_targets_without_a_word_follow_those_that_have_one() -> None:
    facts = [
        fact("make_target", "all", run="make all"),
        fact("make_target", "serve", text="Serve it.", run="make serve"),
    ]
    text = body("development", *facts)
    assert "| `make serve` | Serve it. |" in text
    assert text.endswith("Also `make all`.")


def test_required_options_say_so() -> None:
    facts = [
        fact("bin", "demo"),
        fact("option", "--model", text="Which model.", program="demo", required="true"),
        fact("option", "--path", program="demo", positional="true", required="true"),
    ]
    text = body("usage", *facts, kind="cli")
    assert "| Which model. (required) |" in text
    assert text.count("(required)") == 1


def test_inner_workings_of_a_program_are_no_api() -> None:
    common = {"symbol": "class", "signature": "class X"}
    facts = [package(role="both"), fact("bin", "demo"), fact("option", "-x", program="demo")]
    bare = [fact("api_symbol", f"Demo{n}", **common) for n in range(9)]
    told = [fact("api_symbol", f"Told{n}", text="Does it.", **common) for n in range(3)]
    assert not body("api", *facts, *bare, *told[:1], kind="cli")
    assert "Told1" in body("api", *facts, *bare, *told, kind="cli")


def test_what_is_for_the_project_itself_comes_last() -> None:
    common = {"symbol": "function", "signature": "def x()"}
    inner = fact("api_symbol", "demo.a", text="Internal function.", **common, **{"import": "a!"})
    outer = fact("api_symbol", "demo.b", text="Does it.", **common, **{"import": "b!"})
    text = body("api", package(), inner, outer)
    assert "b!" in text
    assert text.index("demo.b") < text.index("demo.a")


def test_a_paragraph_that_says_the_description_again_is_left_out() -> None:
    line = fact("description", "Tool to gather text and data on the Web: crawling, output as CSV.")
    again = fact("about", "Tool to gather text on the Web: crawling, data.")
    more = fact("about", "Tool to gather text from archives of newspapers, with dates and authors.")
    assert not body("about", package(), line, again)
    assert "newspapers" in body("about", package(), line, more)


def test_what_a_build_tool_starts_is_no_command() -> None:
    run = fact("bin", "demo-app", run="./gradlew bootRun")
    assert "demo-app" not in body("about", package(), run)
    assert "The command is `demo-app`." in body("about", package(), fact("bin", "demo-app"))


def test_a_solution_comes_before_the_package_json_of_its_documentation() -> None:
    facts = [
        fact("package", "Demo.One", "src/One", ecosystem="nuget", project="src/One/One.csproj"),
        fact("package", "Demo.Two", "src/Two", ecosystem="nuget", project="src/Two/Two.csproj"),
        fact(
            "package",
            "docs",
            ecosystem="javascript",
            manager="npm",
            private="true",
            role="workspace",
        ),
    ]
    files = tuple(FileEntry(path=p, size=9) for p in ("old/Demo.sln", "src/Demo.sln", "x.sln/a"))
    found = replace(
        snapshot(*facts, kind="monorepo"), files=files, languages={"C#": 9, "JavaScript": 1}
    )
    section = SECTIONS["install"](Subject(found))
    assert isinstance(section, Section)
    assert "dotnet build src/Demo.sln" in section.body


def test_a_person_and_the_same_handle_are_one_author() -> None:
    text = body("authors", fact("person", "ada"), fact("person", "@ada"), fact("person", "Bob"))
    assert text == "ada and Bob."


def test_variables_that_terminals_set_are_left_out() -> None:
    text = body("configuration", fact("env_var", "WT_SESSION"), fact("env_var", "DEMO_PORT"))
    assert "DEMO_PORT" in text
    assert "WT_SESSION" not in text


def test_a_folder_of_specifications_is_not_called_tests() -> None:
    paths = ("specs/one.md", "spec/one_spec.rb", "src/a.py", "src/b.py", "LICENSE")
    files = tuple(FileEntry(path=p, size=9) for p in paths)
    section = SECTIONS["structure"](Subject(replace(snapshot(), files=files)))
    assert isinstance(section, Section)
    assert any(
        line.startswith("├── spec/") and "# tests" in line for line in section.body.split("\n")
    )
    assert not any("specs/" in line and "#" in line for line in section.body.split("\n"))
