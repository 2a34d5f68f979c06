"""Ruby, PHP, C, C++ and shell manifests: golden files, tricky forms, and hostile input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.autotools import parse_macros, split_arguments
from moxi_analyzer.manifests.cmake import parse_commands
from moxi_analyzer.manifests.meson import parse_calls
from moxi_core.records import Fact, RepoSnapshot

_KINDS = [
    "package", "description", "version", "requirement", "dependency", "bin", "script", "task",
    "input", "license", "person", "link", "keyword", "extra", "command", "option", "env_var",
    "api_symbol",
]  # fmt: skip
_FIXTURES = [
    "ruby_optparse", "symfony_console", "cmake", "meson", "autotools", "shell", "vcpkg",
    "platformio", "plain_make",
]  # fmt: skip
_NAMES = [
    "x.gemspec", "Gemfile", "Rakefile", "composer.json", "CMakeLists.txt", "CMakePresets.json",
    "meson.build", "meson_options.txt", "configure.ac", "Makefile.am", "Makefile", "vcpkg.json",
    "conanfile.py", "conanfile.txt", "library.properties", "platformio.ini", ".tool-versions",
    "mise.toml", ".ruby-version", "install.sh", "demo.plugin.zsh", "Formula/demo.rb",
]  # fmt: skip


@pytest.mark.parametrize("fixture", _FIXTURES)
def test_golden(fixture: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(fixture, _KINDS)


def _facts(root: Path, files: dict[str, str], kinds: Iterable[str]) -> list[Fact]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [fact for fact in analyze(root).facts if fact.kind in set(kinds)]


def test_gem_for_a_private_server_is_not_on_rubygems(tmp_path: Path) -> None:
    spec = (
        'Gem::Specification.new do |s|\n  s.name = "inner"\n'
        '  s.metadata["allowed_push_host"] = "https://gems.example.org"\nend\n'
    )
    (package,) = _facts(tmp_path, {"inner.gemspec": spec}, ["package"])
    assert package.detail["private"] == "true"
    assert "registry" not in package.detail


def test_placeholder_summary_is_no_description(tmp_path: Path) -> None:
    spec = 'Gem::Specification.new do |s|\n s.name = "a"\n s.summary = "TODO: write"\nend\n'
    assert not _facts(tmp_path, {"a.gemspec": spec}, ["description"])


def test_gemfile_of_a_tool_is_no_ruby_application(tmp_path: Path) -> None:
    files = {"Gemfile": 'gem "fastlane"\nruby "3.2"\n', "App.swift": "let a = 1\n"}
    assert not _facts(tmp_path, files, ["package", "requirement", "dependency"])


def test_rails_application(tmp_path: Path) -> None:
    files = {
        "Gemfile": 'ruby "3.3.0"\ngem "rails", "~> 8.0"\ngroup :test do\n  gem "capybara"\nend\n',
        "config/application.rb": "module Bookshop\n  class Application\n  end\nend\n",
        "lib/tasks/db.rake": "desc 'Fill'\ntask fill: :environment do\nend\n",
    }
    facts = _facts(tmp_path, files, ["package", "dependency", "task", "requirement"])
    found = {fact.value: fact for fact in facts}
    assert found["Bookshop"].detail["private"] == "true"
    assert found["rails"].detail["group"] == "runtime"
    assert found["capybara"].detail["group"] == "dev"
    assert found["fill"].detail["run"] == "bin/rails fill"
    assert found["Ruby"].detail["version"] == "3.3.0"


def test_cmake_brackets_quotes_and_comments() -> None:
    text = '#[[ option(A "a" ON) ]]\noption(B "say \\"hi\\" (now)" OFF) # option(C)\nset(D [=[x ]] y]=])'
    commands = [(c.name, c.args, c.line) for c in parse_commands(text)]
    assert commands == [
        ("option", ["B", 'say "hi" (now)', "OFF"], 2),
        ("set", ["D", "x ]] y"], 3),
    ]


def test_cmake_default_that_varies_is_not_told(tmp_path: Path) -> None:
    text = 'project(x)\nif(A)\n set(V ON)\nendif()\noption(O "o" ${V})\noption(P "p")\n'
    found = {f.value: f.detail for f in _facts(tmp_path, {"CMakeLists.txt": text}, ["input"])}
    assert "default" not in found["O"]
    assert found["P"]["default"] == "OFF"


def test_meson_calls_inside_arguments_are_not_top_level() -> None:
    calls = list(parse_calls("x = executable('a', files('b.c'), install: true)\n"))
    assert [(c.name, c.args, c.get("install"), c.assigned) for c in calls] == [
        ("executable", ["a"], "true", "x")
    ]


def test_autoconf_arguments_split_outside_brackets() -> None:
    assert split_arguments("[a, b], c(d, e), [[f]])", 0) == ["a, b", "c(d, e)", "f"]
    assert [m.args for m in parse_macros("dnl AC_INIT([x])\nAC_INIT([y], [1])")] == [["y", "1"]]


@pytest.mark.parametrize("data", ["[]", "3", '{"bin": 3, "require": [], "authors": {}, "name": 4}'])
def test_odd_composer_files_raise_nothing(tmp_path: Path, data: str) -> None:
    assert not _facts(tmp_path, {"composer.json": data}, ["package"])


_TEXT = st.text(alphabet=st.sampled_from("aZ_-(){}[]<>'\"\\#$%,.:;=|&* \n\t0.1"), max_size=300)
_WORDS = st.lists(
    st.sampled_from(
        "project( option( AC_INIT( AC_ARG_ENABLE([ Gem::Specification.new do |s| s.name = <<~X ${A "
        "[[ ]] ''' [env:a] lib_deps = name= \\ \n task :a desc ' \" %w[ end ) ] } {".split(" ")
    ),
    max_size=60,
).map(" ".join)


@pytest.mark.parametrize("name", _NAMES)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.one_of(_TEXT, _WORDS))
def test_arbitrary_text_only_records_problems(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or " ", "utf-8")
    analyze(tmp_path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "bin", "require", "scripts", "autoload", "psr-4", "authors"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=_JSON)
def test_arbitrary_composer_structures(tmp_path: Path, data: Any) -> None:
    (tmp_path / "composer.json").write_text(json.dumps(data), "utf-8")
    (tmp_path / "vcpkg.json").write_text(json.dumps(data), "utf-8")
    analyze(tmp_path)


def test_automake_gives_install_and_clean(tmp_path: Path) -> None:
    (tmp_path / "configure.ac").write_text("AC_INIT([tide],[1.0])\nAM_INIT_AUTOMAKE\n", "utf-8")
    (tmp_path / "Makefile.am").write_text("bin_PROGRAMS = tide\n", "utf-8")
    runs = [f.detail["run"] for f in analyze(tmp_path).of("make_target")]
    assert runs == ["make install", "make clean"]


def test_variables_that_phpunit_gives_the_tests(tmp_path: Path) -> None:
    text = '<phpunit><php><env name="TIDE_DB" value="x"/><env name="APP_ENV" value="test"/></php></phpunit>'
    (tmp_path / "phpunit.xml.dist").write_text(text, "utf-8")
    found = [(f.value, f.detail) for f in analyze(tmp_path).of("env_var")]
    assert found == [("TIDE_DB", {"group": "test"})]


@pytest.mark.parametrize(
    ("extra", "registry", "kind"),
    [
        ({"type": "application"}, "packagist", "project"),
        ({"type": "application", "bin": ["bin/tide"]}, "packagist", ""),
        ({"scripts": {"start": "php -S localhost:8000 -t src"}}, "", ""),
        (
            {"scripts": {"start": "php -S :80"}, "autoload": {"psr-4": {"T\\": "src"}}},
            "packagist",
            "",
        ),
        ({}, "packagist", ""),
    ],
)
def test_what_composer_is_told_of_an_application(
    tmp_path: Path, extra: dict[str, Any], registry: str, kind: str
) -> None:
    (tmp_path / "composer.json").write_text(json.dumps({"name": "acme/tide", **extra}), "utf-8")
    package = analyze(tmp_path).first("package")
    assert package is not None
    assert (package.detail.get("registry", ""), package.detail.get("type", "")) == (registry, kind)


def test_pages_that_php_serves_are_a_web_application(tmp_path: Path) -> None:
    data = {"name": "acme/tide", "scripts": {"start": "php -S localhost:8000 -t src"}}
    (tmp_path / "composer.json").write_text(json.dumps(data), "utf-8")
    assert analyze(tmp_path).project_type.name == "web_application"
