"""Maven, Gradle, Spring, Ant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.gradle_script import Script, statements
from moxi_analyzer.manifests.jvm import is_product, java_version
from moxi_analyzer.manifests.xml_document import XmlDocument
from moxi_core.errors import ManifestError
from moxi_core.records import RepoSnapshot

_MANIFEST = (
    "package description version requirement dependency bin task test_command license person link "
    "keyword port env_var"
).split()


@pytest.mark.parametrize("fixture", ["maven", "gradle", "spring", "ant"])
def test_fixture(golden_facts: Callable[..., RepoSnapshot], fixture: str) -> None:
    snapshot = golden_facts(fixture, _MANIFEST)
    assert not snapshot.problems


def _write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def test_a_property_that_refers_to_itself_ends(tmp_path: Path) -> None:
    pom = (
        "<project><artifactId>a</artifactId><version>${v}</version>"
        "<properties><v>${w}${w}</v><w>${v}${v}</w></properties></project>"
    )
    snapshot = analyze(_write(tmp_path, pom_dot_xml=pom))
    assert snapshot.first("package") is not None
    assert snapshot.first("version") is None


def test_a_parent_that_is_itself_is_no_parent(tmp_path: Path) -> None:
    pom = (
        "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version>"
        "<relativePath>pom.xml</relativePath></parent><artifactId>a</artifactId></project>"
    )
    version = analyze(_write(tmp_path, pom_dot_xml=pom)).first("version")
    assert version is not None and version.value == "1.0"


def test_without_evidence_of_publishing_there_is_no_registry(tmp_path: Path) -> None:
    pom = "<project><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version></project>"
    package = analyze(_write(tmp_path, pom_dot_xml=pom)).first("package")
    assert package is not None and "registry" not in package.detail


def test_broken_poms_are_problems(tmp_path: Path) -> None:
    snapshot = analyze(
        _write(tmp_path, pom_dot_xml="<project><a></project>", a__pom_dot_xml="<x/>")
    )
    assert [p.path for p in snapshot.problems] == ["pom.xml", "a/pom.xml"]


def test_dependencies_under_conditions_are_not_certain(tmp_path: Path) -> None:
    script = "dependencies {\n  if (ci) {\n    implementation 'a:b:1'\n  }\n  api('c:d:2')\n}\n"
    snapshot = analyze(_write(tmp_path, build_dot_gradle=script))
    assert [f.value for f in snapshot.of("dependency")] == ["c:d"]


def test_statements_know_their_blocks_and_lines() -> None:
    text = 'android {\n  // minSdk 1\n  defaultConfig {\n    minSdk = 24; note("{")\n  }\n}\n'
    found = [(s.text, s.line, s.names) for s in statements(text)]
    assert found == [
        ("android", 1, ()),
        ("defaultConfig", 3, ("android",)),
        ("minSdk = 24", 4, ("android", "defaultConfig")),
        ('note("{")', 4, ("android", "defaultConfig")),
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"1.$minor"', "1.7"),
        ("'plain'", "plain"),
        ('"${missing}.1"', ""),
        ("JavaVersion.VERSION_17", "VERSION_17"),
        ("JavaLanguageVersion.of(21)", "21"),
        ("libs.versions.min.sdk.get().toInt()", "24"),
        ('project.findProperty("minor")', "7"),
        ("compute()", ""),
    ],
)
def test_values(expression: str, value: str) -> None:
    script = Script("build.gradle", "", {"minor": "7"}, {"min.sdk": "24"})
    assert script.value(expression) == value


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.8", "8"), ("17", "17"), ("VERSION_1_8", "8"), ("JVM_11", "11"), ("${x}", ""), ("999", "")],
)
def test_java_version(written: str, version: str) -> None:
    assert java_version(written) == version


def test_what_is_a_product() -> None:
    assert is_product("core/pom.xml")
    assert is_product("src/main/java/com/example/App.java")
    assert not is_product("integration-tests/pom.xml")
    assert not is_product("picocli-examples/src/main/java/App.java")


@settings(max_examples=60)
@given(st.text(alphabet="{}()[]\"'/*\\$=;.\n abc123", max_size=400))
def test_any_text_is_a_build_script(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("gradle")
    (folder / "settings.gradle").write_text(text, "utf-8")
    (folder / "build.gradle.kts").write_text(f"plugins {{ application }}\n{text}", "utf-8")
    (folder / "gradle.properties").write_text(text, "utf-8")
    analyze(folder, include=["*.gradle", "*.kts", "*.properties"])


@settings(max_examples=60)
@given(
    st.recursive(
        st.text(alphabet="${}ab.1", max_size=12),
        lambda inner: st.dictionaries(
            st.sampled_from(
                "parent groupId artifactId version properties dependencies dependency build plugins "
                "plugin configuration mainClass licenses license name modules module scm url".split()
            ),
            inner,
            max_size=4,
        ),
        max_leaves=20,
    )
)
def test_any_structure_is_a_pom(tmp_path_factory: pytest.TempPathFactory, tree: object) -> None:
    folder = tmp_path_factory.mktemp("maven")
    (folder / "pom.xml").write_text(f"<project>{_xml(tree)}</project>", "utf-8")
    analyze(folder)


def _xml(tree: object) -> str:
    if isinstance(tree, dict):
        return "".join(f"<{key}>{_xml(value)}</{key}>" for key, value in tree.items())
    return str(tree)


@given(st.text(alphabet="<>/!-[]?ab \n'\"=&;", max_size=200))
def test_any_text_is_xml_or_a_problem(text: str) -> None:
    try:
        document = XmlDocument("x.xml", text)
    except ManifestError:
        return
    assert all(document.at(element).line > 0 for element in document.root.iter())


def test_gradle_names_that_a_loop_gives(tmp_path: Path) -> None:
    settings_text = (
        'rootProject.name = "tide"\nval parts = listOf(\n  "ebb",\n  "flow",\n)\n'
        'parts.forEach {\n  include(":part:$it")\n  project(":part:$it").name = "tide-$it"\n}\n'
        'listOf("moon").forEach { name -> include(name) }\n'
    )
    build = "plugins { `java-library` }\ngroup = rootProject.group.toString()\n"
    files = {
        "settings.gradle.kts": settings_text,
        "build.gradle.kts": 'group = "org.acme"\n',
        **{f"{place}/build.gradle.kts": build for place in ("part/ebb", "part/flow", "moon")},
        **{f"{place}/src/main/java/A.java": "" for place in ("part/ebb", "part/flow", "moon")},
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    packages = {f.scope: f for f in analyze(tmp_path).of("package")}
    assert packages["part/ebb"].value == "tide-ebb"
    assert packages["part/flow"].value == "tide-flow"
    assert packages["moon"].value == "moon"
    assert packages["moon"].detail["group"] == "org.acme"


def test_what_the_published_pom_says_describes_the_build(tmp_path: Path) -> None:
    files = {
        "settings.gradle": "rootProject.name = 'tide'\ninclude 'core'\n",
        "core/build.gradle": "plugins { id 'java-library' }\n",
        "core/src/main/java/A.java": "",
        "buildSrc/src/main/groovy/tide.publish.gradle": (
            "publishing { publications { maven(MavenPublication) {\n"
            "  pom {\n    name = 'tide'\n    description = 'Tells the tides'\n  }\n} } }\n"
        ),
        "build.gradle": "plugins { id 'base' }\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    assert [(f.value, f.scope) for f in analyze(tmp_path).of("description")] == [
        ("Tells the tides", "")
    ]


def test_tasks_of_a_module_run_where_the_wrapper_is(tmp_path: Path) -> None:
    files = {
        "settings.gradle": "include 'app'\n",
        "gradlew": "",
        "app/build.gradle": "plugins { id 'application' }\napplication { mainClass = 'A' }\n",
        "app/src/main/java/A.java": "",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    found = [(f.scope, f.detail["run"]) for f in analyze(tmp_path).of("task")]
    assert found == [("", "./gradlew :app:run")]
