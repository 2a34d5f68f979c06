"""Project types, each decided by what the repository holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_analyzer import analyze

PYPROJECT = '[project]\nname = "demo"\nversion = "1.0"\n'

CASES: dict[str, dict[str, str]] = {
    "cli": {
        "pyproject.toml": PYPROJECT + '[project.scripts]\ndemo = "demo:main"\n',
        "demo.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\n",
    },
    "library": {
        "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n',
        "src/lib.rs": "/// Adds.\npub fn add(a: u8, b: u8) -> u8 { a + b }\n",
    },
    "web_application": {
        "package.json": '{"name": "demo", "private": true, "scripts": {"dev": "next dev"},'
        ' "dependencies": {"next": "15.0.0"}}',
    },
    "service": {
        "go.mod": "module example.org/demo\n\ngo 1.22\n\nrequire github.com/gin-gonic/gin v1.10.0\n",
        "main.go": "package main\n\nfunc main() {}\n",
        "Dockerfile": "FROM golang:1.22\nEXPOSE 8080\n",
    },
    "ml_project": {
        "requirements.txt": "torch\npandas\n",
        "train.py": "import torch\n",
        "notebooks/explore.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4}',
    },
    "github_action": {
        "action.yml": "name: Demo\ndescription: Says hello.\nruns:\n  using: node20\n  main: x.js\n",
    },
    "editor_plugin": {
        "plugin/demo.vim": "command Demo echo 1\n",
        "autoload/demo.vim": "function demo#x()\nendfunction\n",
    },
    "mobile_application": {
        "pubspec.yaml": "name: demo\npublish_to: none\nenvironment:\n  sdk: ^3.0.0\n"
        "dependencies:\n  flutter:\n    sdk: flutter\n",
        "lib/main.dart": "void main() {}\n",
        "android/build.gradle": "",
    },
    "game": {"project.godot": "config_version=5\n", "player.gd": "extends Node\n"},
    "monorepo": {
        "package.json": '{"private": true, "workspaces": ["packages/*"]}',
        "packages/a/package.json": '{"name": "@demo/a", "version": "1.0.0"}',
        "packages/b/package.json": '{"name": "@demo/b", "version": "1.0.0"}',
    },
    "documentation": {"a.md": "# A\n", "b.md": "# B\n", "c/d.md": "# D\n"},
    "website": {"index.html": "<html></html>", "style.css": "a {}"},
}


@pytest.mark.parametrize("name", CASES)
def test_project_type(tmp_path: Path, name: str) -> None:
    for path, text in CASES[name].items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    found = analyze(tmp_path).project_type
    assert found.name == name
    assert found.evidence
    assert all(tmp_path.joinpath(place.path).is_file() for place in found.evidence)


def test_an_application_of_xcode_with_a_published_part(tmp_path: Path) -> None:
    target = (
        "/* x */ = {\n\t\t\tisa = PBXNativeTarget;\n\t\t\tname = Demo;\n\t\t\tproductType = "
        '"com.apple.product-type.application";\n\t\t};\nMACOSX_DEPLOYMENT_TARGET = 14.0;\n'
    )
    (tmp_path / "Demo.xcodeproj").mkdir()
    (tmp_path / "Demo.xcodeproj/project.pbxproj").write_text(target)
    (tmp_path / "engine/src").mkdir(parents=True)
    (tmp_path / "engine/src/main.rs").write_text("fn main() {}\n")
    crate = '[package]\nname = "demo"\nversion = "1.0.0"\nlicense = "MIT"\ndescription = "x"\n'
    (tmp_path / "engine/Cargo.toml").write_text(crate)
    found = analyze(tmp_path).project_type
    assert found.name == "mobile_application"
    assert found.evidence[0].path == "Demo.xcodeproj/project.pbxproj"


def test_scripts_beside_a_cabal_file_are_its_maintainers(tmp_path: Path) -> None:
    (tmp_path / "demo.cabal").write_text("name: demo\nversion: 1\nsynopsis: x\n\nlibrary\n")
    (tmp_path / "quickrun").write_text("#!/bin/sh\ncabal run\n")
    assert list(analyze(tmp_path).of("bin")) == []


def test_a_helper_script_makes_no_library_a_tool(tmp_path: Path) -> None:
    files = {
        "CMakeLists.txt": "project(demo CXX)\nadd_library(demo src/demo.cc)\ninstall(TARGETS demo)\n",
        "src/demo.cc": "int x;\n",
        "include/demo.h": "/// Adds.\nint add(int a, int b);\n" * 20,
        "support/table.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    snapshot = analyze(tmp_path)
    assert snapshot.project_type.name == "library"
    assert next(iter(snapshot.languages)) == "C++"  # its headers are no C


def test_headers_at_the_root_are_a_library(tmp_path: Path) -> None:
    (tmp_path / "demo.h").write_text("#pragma once\n/// Adds.\nint add(int a, int b);\n", "utf-8")
    (tmp_path / "demo.cpp").write_text('#include "demo.h"\n', "utf-8")
    assert analyze(tmp_path).project_type.name == "library"
