"""Roles: the part a file plays, from its path alone."""

from __future__ import annotations

import pytest

from moxi_analyzer.roles import is_own, role_of


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/demo/cli.py", "source"),
        ("demo/__init__.py", "source"),
        ("demo/test/client.py", "source"),
        ("test/helper.rb", "test"),
        ("packages/a/test/x.ts", "test"),
        ("src/test/java/AppTest.java", "test"),
        ("_tests/clone/index.ts", "test"),
        ("core/src/commonTest/kotlin/App.kt", "test"),
        ("core/src/latest/App.kt", "source"),
        ("lib/_test/helper.dart", "test"),
        ("pkg/thing_test.go", "test"),
        ("web/button.spec.tsx", "test"),
        ("tests/fixtures/package.json", "test"),
        ("examples/basic/main.go", "example"),
        ("demo/app.js", "example"),
        ("lib/vendor/jquery.js", "vendored"),
        ("third_party/zlib/zlib.h", "vendored"),
        ("docs/conf.py", "doc"),
        ("CHANGELOG.md", "doc"),
        ("package-lock.json", "generated"),
        ("static/app.min.js", "generated"),
        ("dist/index.js", "generated"),
        ("api/service.pb.go", "generated"),
        ("{{cookiecutter.name}}/setup.py", "template"),
        ("templates/app/package.json", "template"),
        ("blog/templates/page.html", "source"),
        ("logo.png", "asset"),
        ("pyproject.toml", "config"),
        (".github/workflows/ci.yml", "config"),
        ("Makefile", "config"),
    ],
)
def test_role(path: str, role: str) -> None:
    assert role_of(path) == role


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("package.json", True),
        ("packages/core/package.json", True),
        ("examples/app/package.json", False),
        ("tests/fixtures/pyproject.toml", False),
        ("docs/package.json", False),
        ("vendor/x/composer.json", False),
        ("packages/create-app/templates/react/package.json", False),
        ("node_modules/a/package.json", False),
    ],
)
def test_manifests_of_others_do_not_speak_for_the_project(path: str, expected: bool) -> None:
    assert is_own(path) is expected
