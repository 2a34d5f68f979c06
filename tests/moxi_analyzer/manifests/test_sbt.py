"""sbt: settings of one project, modules, and what publishes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_core.records import Fact, RepoSnapshot
from moxi_infer import compose

_ONE = '''name := "Tide Table" // "name := no"
/* description := "never" */
scalaVersion := "2.13.12"
crossScalaVersions := Seq("2.13.12", "3.3.1")
libraryDependencies += "org.typelevel" %% "cats-core" % "2.10.0"
libraryDependencies += "org.scalatest" %% "scalatest" % "3.2.17" % Test
inThisBuild(
  List(
    organization := "org.acme",
    description := """
      Tells the tides
      of a port.
    """,
    homepage := Some(url("https://github.com/acme/tide")),
    licenses := List("Apache-2.0" -> url("https://www.apache.org/licenses/LICENSE-2.0")),
    developers := List(Developer(id = "ada", name = "Ada Example", email = "", url = url("https://a.org")))
  )
)
'''
_MANY = """ThisBuild / organization := "org.acme"
ThisBuild / scalaVersion := "3.3.1"
lazy val root = (project in file("."))
  .aggregate(core, tool)
  .settings(name := "tide", publish / skip := true)
lazy val core = project
  .settings(
    name := "tide-core",
    description := "The tables"
  )
lazy val tool = (project in file("apps/tool")).settings(name := "tide-tool", publish / skip := true)
lazy val gone = project.settings(name := "nowhere")
"""


def _read(root: Path, **files: str) -> RepoSnapshot:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return analyze(root)


def _packages(snapshot: RepoSnapshot) -> dict[str, Fact]:
    return {f.scope: f for f in snapshot.of("package")}


def test_one_project(tmp_path: Path) -> None:
    plugins = 'addSbtPlugin("com.github.sbt" % "sbt-ci-release" % "1.5.12")\n'
    snapshot = _read(
        tmp_path, build_dot_sbt=_ONE, src__main__scala__T_dot_scala="", project__p_dot_sbt=plugins
    )
    package = _packages(snapshot)[""]
    assert (package.value, package.text, package.evidence.line) == (
        "Tide Table",
        "Tells the tides of a port.",
        1,
    )
    assert package.detail["registry"] == "maven-central"
    assert package.detail["artifact"] == "tide-table_2.13"
    assert [f.detail["version"] for f in snapshot.of("requirement")] == ["2.13 or 3"]
    groups = {f.value: f.detail["group"] for f in snapshot.of("dependency")}
    assert groups == {"org.typelevel:cats-core": "runtime", "org.scalatest:scalatest": "dev"}
    assert [f.value for f in snapshot.of("license")] == ["Apache-2.0"]
    assert [(f.value, f.evidence.line) for f in snapshot.of("person")] == [("Ada Example", 16)]
    text = compose(snapshot).markdown
    assert "as `org.acme:tide-table_2.13`." in text
    assert "- Scala 2.13 or 3" in text
    assert "sbt package" in text


def test_nothing_publishes_without_a_plugin_for_it(tmp_path: Path) -> None:
    snapshot = _read(tmp_path, build_dot_sbt=_ONE, src__main__scala__T_dot_scala="")
    assert "registry" not in _packages(snapshot)[""].detail


def test_modules(tmp_path: Path) -> None:
    snapshot = _read(
        tmp_path,
        build_dot_sbt=_MANY + 'ThisBuild / version := "1.4.0"\n',
        core__src__main__scala__C_dot_scala="",
        apps__tool__src__main__scala__T_dot_scala="",
        project__p_dot_sbt='addSbtPlugin("org.xerial.sbt" % "sbt-sonatype" % "3.10")\n',
    )
    found = _packages(snapshot)
    assert {scope: f.value for scope, f in found.items()} == {
        "": "tide",
        "core": "tide-core",
        "apps/tool": "tide-tool",
    }
    assert found[""].detail["role"] == "workspace"
    assert found["core"].detail["registry"] == "maven-central"
    assert found["core"].detail["artifact"] == "tide-core_3"
    assert found["core"].text == "The tables"
    assert "registry" not in found["apps/tool"].detail


@pytest.mark.parametrize("text", ["", 'name := s"x$y"', "lazy val", 'name := "'])
def test_what_says_nothing_is_no_package(tmp_path: Path, text: str) -> None:
    snapshot = _read(tmp_path, build_dot_sbt=text, src__main__scala__T_dot_scala="")
    assert not _packages(snapshot)
    assert not snapshot.problems


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='name:=" lazy val project(in file)/*\n.%', max_size=200))
def test_any_text_is_a_build(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert not _read(tmp_path_factory.mktemp("sbt"), build_dot_sbt=text).problems
