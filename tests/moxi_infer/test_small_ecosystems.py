"""What is written of Swift, Dart, Clojure, Haskell and Elixir projects, from hand-made facts."""

from __future__ import annotations

import pytest

from moxi_core.records import Evidence, Fact, FactKind, FileEntry, ProjectType, RepoSnapshot
from moxi_infer.plan import SECTIONS
from moxi_infer.subject import Subject


def fact(
    kind: FactKind, value: str, path: str = "", scope: str = "", text: str = "", **detail: str
) -> Fact:
    place = Evidence(path=path or "demo", line=1)
    return Fact(kind=kind, value=value, scope=scope, text=text, detail=detail, evidence=place)


def written(name: str, *facts: Fact, kind: str = "library", language: str = "Swift") -> str:
    snapshot = RepoSnapshot(
        name="demo",
        url="https://github.com/a/demo",
        default_branch="trunk",
        files=tuple(FileEntry(path=p, size=9) for p in ("demo", "LICENSE-A", "LICENSE-B")),
        languages={language: 9},
        facts=facts,
        project_type=ProjectType(name=kind, evidence=(Evidence(path="demo"),)),
    )
    section = SECTIONS[name](Subject(snapshot))
    return section.body if section is not None else ""


XCODE = fact(
    "package", "Demo", "Demo.xcodeproj/project.pbxproj",
    ecosystem="swift", manager="xcode", role="binary", private="true", platforms="macOS",
)  # fmt: skip
ENGINE = fact(
    "package", "demo", "engine/Cargo.toml", "engine", "The engine below it.",
    ecosystem="rust", registry="crates.io", role="both",
)  # fmt: skip


def test_an_application_of_xcode_is_not_the_command_line_inside_it() -> None:
    program = fact("bin", "demo", "engine/Cargo.toml", "engine")
    option = fact("option", "--fast", "engine/main.rs", program="demo", takes="flag")
    facts = (XCODE, ENGINE, program, option)
    assert written("usage", *facts, kind="mobile_application") == ""
    assert "open Demo.xcodeproj" in written("install", *facts)
    assert "swift build" not in written("install", *facts)
    assert written("tagline", *facts, kind="mobile_application") == (
        "A Swift application for macOS."
    )


def test_pods_stand_beside_the_swift_package() -> None:
    swift = fact("package", "Demo", ecosystem="swift", manager="swift", registry="swiftpm")
    pod = fact("package", "Demo", "s/Demo.podspec", "s", "Threads for lanterns.",
               ecosystem="cocoapods", registry="cocoapods")  # fmt: skip
    version = fact("version", "0.7", "s/Demo.podspec", "s")
    text = written("install", swift, pod, version)
    assert 'branch: "trunk"' in text  # the pod's version is not the package's
    assert "pod 'Demo'" in text
    assert written("tagline", swift, pod) == "Threads for lanterns."


@pytest.mark.parametrize(
    ("version", "expected"), [("1.2.3", 'from: "1.2.3"'), ("0.7", 'branch: "trunk"')]
)
def test_swift_takes_whole_versions(version: str, expected: str) -> None:
    swift = fact("package", "Demo", ecosystem="swift", manager="swift", registry="swiftpm")
    assert expected in written("install", swift, fact("version", version))


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("org.x/demo", "1.2", 'org.x/demo {:mvn/version "1.2"}'),
        ("demo", "1.2", 'demo/demo {:mvn/version "1.2"}'),
        ("demo", "1.3-SNAPSHOT", 'demo/demo {:mvn/version "RELEASE"}'),
        ("demo", "", 'demo/demo {:mvn/version "RELEASE"}'),
    ],
)
def test_clojars(name: str, version: str, expected: str) -> None:
    facts = [fact("package", name, ecosystem="clojure", registry="clojars")]
    facts += [fact("version", version)] if version else []
    assert expected in written("install", *facts, language="Clojure")


def test_flutter_applications_are_run() -> None:
    application = fact(
        "package", "demo", ecosystem="dart", manager="flutter", role="binary", private="true"
    )
    text = written("usage", application, kind="mobile_application", language="Dart")
    assert "flutter run" in text


def test_all_texts_of_a_choice_are_linked() -> None:
    choice = fact(
        "license", "MIT OR Apache-2.0", "LICENSE-A",
        files="LICENSE-A, LICENSE-B, GONE", **{"from": "text"},
    )  # fmt: skip
    text = written("license", choice)
    assert "(LICENSE-A)" in text
    assert "(LICENSE-B)" in text
    assert "GONE" not in text


def test_links_are_the_main_packages() -> None:
    main = fact("package", "demo", ecosystem="rust", registry="crates.io", role="binary")
    own = fact("link", "http://github.com/a/demo", rel="homepage")
    other = fact("link", "https://docs.rs/part", "part/x", "part", rel="documentation")
    assert written("documentation", main, ENGINE, own, other, language="Rust") == ""


def test_usage_of_a_program_that_takes_a_file_or_a_command() -> None:
    facts = (
        fact("package", "demo", ecosystem="go", registry="go", role="binary"),
        fact("bin", "demo"),
        fact("command", "", program="demo", framework="cobra"),
        fact("command", "new", text="Make a new one", program="demo"),
        fact("option", "file", program="demo", positional="true", required="true"),
        fact("option", "--out", program="demo", takes="value", separator="="),
        fact("example", "demo a.txt", language="sh", **{"from": "help"}),
    )
    text = written("usage", *facts, kind="cli", language="Go")
    assert "demo [options] <file>\ndemo [options] <command>" in text
    assert "--out=<value>" in text
    assert "For example:\n\n```sh\ndemo a.txt\n```" in text


def test_requirements_to_build_a_program_and_pins() -> None:
    go = fact("package", "demo", ecosystem="go", registry="go", role="binary")
    rows = written(
        "requirements", go, fact("requirement", "Go", version="1.22"),
        fact("requirement", "Erlang", ".tool-versions", version="29.0"),
        kind="cli", language="Go",
    )  # fmt: skip
    assert rows == "- Go 1.22 or later, to build it"


def test_requirements_tested_with() -> None:
    tested = fact("requirement", "GHC", version="9.4, 9.6", **{"from": "tested-with"})
    package = fact("package", "demo", ecosystem="haskell", registry="hackage", role="library")
    text = written("requirements", package, tested, language="Haskell")
    assert text == "- GHC, tested with `9.4` and `9.6`"
    flags = [fact("extra", name, text="Does it.") for name in ("fast", "test-lint")]
    text = written("install", package, *flags, language="Haskell")
    assert "`-ffast`" in text
    assert "test-lint" not in text


def test_defaults_of_an_image_are_not_the_programs() -> None:
    text = written(
        "configuration",
        fact("env_var", "DEMO_PORT", "Dockerfile", default="1976"),
        fact("env_var", "DEMO_OTHER", default="1"),
    )
    assert "| `DEMO_PORT` | `1976` in the image |" in text
    assert "| `DEMO_OTHER` | `1` |" in text


def test_variables_of_options_are_told_once() -> None:
    facts = (
        fact("package", "demo", ecosystem="rust", registry="crates.io", role="binary"),
        fact("bin", "demo"),
        fact("option", "--color", program="demo", env="DEMO_COLOR", text="Colors"),
        fact("env_var", "DEMO_COLOR", text="Colors"),
    )
    assert "DEMO_COLOR" in written("usage", *facts, kind="cli")
    assert written("configuration", *facts, kind="cli") == ""


def test_tasks_that_a_package_brings_are_its_use() -> None:
    facts = (
        fact("package", "demo", ecosystem="elixir", registry="hex", role="library"),
        fact("task", "demo.gen", text="Makes it", tool="mix", run="mix demo.gen"),
        fact("task", "lint", tool="just", run="just lint"),
    )
    assert "| `mix demo.gen` | Makes it |" in written("usage", *facts, language="Elixir")
    assert written("development", *facts, language="Elixir") == "Tasks: `just lint`."


def test_settings_of_an_extension_beside_a_program_are_left_out() -> None:
    setting = fact("input", "demo.path", "vscode/package.json", "vscode", group="setting")
    assert written("configuration", setting, kind="cli") == ""
    assert "demo.path" in written("configuration", setting, kind="editor_plugin")


def test_license_of_the_main_package_where_the_root_has_none() -> None:
    main = fact("package", "demo", "p/demo/x", "p/demo", ecosystem="dart", registry="pub.dev")
    texts = [
        fact("license", "MIT", f"{scope}/LICENSE", scope, **{"from": "text"})
        for scope in ("bricks/hello", "p/demo")
    ]
    text = written("license", main, *texts, language="Dart")
    assert text == "MIT. See [`p/demo/LICENSE`](p/demo/LICENSE)."


def test_runners_of_flutter_and_cmake_of_swift_are_not_for_contributors() -> None:
    app = fact("package", "demo", ecosystem="dart", manager="flutter", role="binary")
    gradle = fact("test_command", "gradle build", "android/b", "android", purpose="build")
    assert written("development", app, gradle, language="Dart") == ""
    swift = fact("package", "demo", ecosystem="swift", manager="swift", role="library")
    cmake = fact("test_command", "cmake --build x", purpose="build")
    assert written("development", swift, cmake) == ""


def test_options_of_most_commands_say_only_what_holds_for_all() -> None:
    facts = [fact("package", "demo", ecosystem="go", registry="go", role="binary")]
    facts += [fact("bin", "demo")]
    for name in ("ask", "pick", "show", "tell"):
        facts.append(fact("command", name, text="Does it", program="demo"))
        facts.append(
            fact(
                "option",
                "--wait",
                scope=name,
                text=f"Until {name} ends",
                program="demo",
                takes="value",
                env=f"DEMO_{name.upper()}_WAIT",
                default="0s",
            )
        )
    text = written("usage", *facts, kind="cli", language="Go")
    assert "| `--wait <value>` | `0s` |" in text
    assert "DEMO_ASK_WAIT" not in text
    assert "Until ask" not in text


@pytest.mark.parametrize(
    ("metavar", "expected"),
    [("N[,..]", "n[,..]"), ("<FILE>", "file"), ("[~][-]H[%]", "[~][-]h[%]"), ("[TYPE]", "type")],
)
def test_names_of_values_keep_their_inner_brackets(metavar: str, expected: str) -> None:
    option = fact("option", "--x", program="demo", takes="value", metavar=metavar, text="Sets x.")
    package = fact("package", "demo", ecosystem="go", registry="go", role="binary")
    assert f"`--x <{expected}>`" in written("usage", package, fact("bin", "demo"), option)


def test_a_help_text_does_not_announce_a_list_that_is_not_there() -> None:
    option = fact("option", "--from", program="demo", text="Input format. It can be:")
    package = fact("package", "demo", ecosystem="haskell", registry="hackage", role="binary")
    text = written("usage", package, fact("bin", "demo"), option, language="Haskell")
    assert "| `--from` | Input format. |" in text


def test_a_program_of_the_repositorys_name_heads_the_page() -> None:
    package = fact(
        "package",
        "demo-find",
        ecosystem="rust",
        registry="crates.io",
        role="binary",
    )
    description = fact("description", "demo is a simple way to find things.")
    facts = (package, fact("bin", "demo"), description)
    assert written("tagline", *facts, kind="cli") == "demo is a simple way to find things."
    assert written("about", *facts, kind="cli") == ""


def test_the_namesake_comes_first_of_the_packages_beside() -> None:
    main = fact("package", "github.com/a/demo", ecosystem="go", registry="go", role="binary")
    beside = [
        fact(
            "package", name, f"npm/{name}/x", f"npm/{name}", registry="npm", ecosystem="javascript"
        )
        for name in ("demo-wasm", "demo")
    ]
    text = written("install", main, *beside, language="Go")
    assert text.index("install demo\n") < text.index("install demo-wasm")


def test_features_that_only_name_a_dependency_say_nothing() -> None:
    package = fact("package", "demo", ecosystem="rust", registry="crates.io", role="library")
    extras = [
        fact("extra", "wild", packages="dep:wild"),
        fact("extra", "git", text="Shows changes.", packages="dep:gix"),
    ]
    text = written("install", package, *extras, language="Rust")
    assert "`git`" in text
    assert "`wild`" not in text


def test_a_maintainers_script_is_not_how_a_program_is_used() -> None:
    script = fact(
        "task", "update.py", "tools/update.py", "tools", tool="python", run="python update.py"
    )
    package = fact("package", "demo", ecosystem="haskell", registry="hackage", role="library")
    assert written("usage", package, script, language="Haskell") == ""
    assert "python update.py" in written("usage", script, kind="scripts", language="Python")
