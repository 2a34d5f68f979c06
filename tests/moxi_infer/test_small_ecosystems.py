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
