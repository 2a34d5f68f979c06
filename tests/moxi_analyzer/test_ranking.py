"""What is shown first of a project, by paths alone."""

from __future__ import annotations

import random

import pytest

from moxi_analyzer.ranking import ranked
from moxi_analyzer.roles import role_of
from moxi_core.records import FileEntry


def best(paths: str, *named: str, most: int = 24) -> list[str]:
    files = [FileEntry(path=path, size=10, role=role_of(path)) for path in paths.split()]
    random.Random(1).shuffle(files)  # noqa: S311
    return ranked(files, named, most)


def test_manifests_then_programs_then_entry_points() -> None:
    assert best(
        "pyproject.toml Makefile demo/run.py demo/cli.py demo/a.py README.md LICENSE", "demo/run.py"
    ) == ["Makefile", "pyproject.toml", "demo/run.py", "demo/cli.py", "demo/a.py"]


def test_depth_counts_from_where_the_sources_part() -> None:
    deep = "core/src/main/java/org/demo"
    found = best(
        f"pom.xml core/pom.xml core/src/main/java/org/demo/Mapper.java {deep}/spi/Naming.java "
        f"{deep}/spi/deep/Er.java .github/scripts/site.sh core/src/test/java/org/demo/MapperTest.java"
    )
    assert found == [
        "pom.xml", "core/pom.xml", f"{deep}/Mapper.java", f"{deep}/spi/Naming.java",
        f"{deep}/spi/deep/Er.java", ".github/scripts/site.sh",
    ]  # fmt: skip


def test_manifests_of_many_modules_leave_room_for_code() -> None:
    modules = [
        f"module{n}/build.gradle.kts module{n}/src/main/kotlin/x/Part{n}.kt" for n in range(30)
    ]
    found = best(" ".join(["build.gradle.kts", *modules]), most=12)
    assert sum(path.endswith(".kts") for path in found) == 3
    assert found[0] == "build.gradle.kts"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("src/parse/deep/tree.ts", "index.css"),
        ("src/parse/deep/tree.ts", "webpack.config.js"),
        ("src/parse/deep/tree.ts", "src/parse/deep/index.html"),
        ("src/parse/deep/tree.ts", "scripts/release.js"),
        ("src/parse/deep/tree.ts", "integrationtest/main.ts"),
        ("src/parse.ts", "src/scan.ts"),  # it has a folder of its name
        ("src/tool/tool.ts", "src/tool/list.ts"),
    ],
)
def test_what_comes_first(first: str, second: str) -> None:
    others = "src/parse/a.ts src/parse/b.ts src/tool/c.ts src/parse/deep/d.ts src/e.ts"
    found = best(f"{others} {first} {second}")
    assert found.index(first) < found.index(second)


def test_scripts_do_not_stand_for_a_project_in_another_language() -> None:
    code = " ".join(f"projects/part{n}/lib/src/main/kotlin/org/x/P{n}.kt" for n in range(20))
    assert all(
        path.endswith(".kt") for path in best(f"{code} projects/a.sh projects/b.sh", most=12)
    )


def test_readmes_tests_and_vendored_files_are_never_shown() -> None:
    assert best("readme.py tests/a.py _tests/b.py node_modules/c/index.js docs/d.py e.py") == [
        "e.py"
    ]
