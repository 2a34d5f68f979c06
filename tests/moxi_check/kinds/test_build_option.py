"""Options that CMake and Meson are given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
CMAKE = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(demo)\n"
    'option(DEMO_ENABLE_TLS "With TLS" ON)\noption(DEMO_BUILD_TESTS "Tests" OFF)\n'
    'option(BUILD_DOCS "Pages" OFF)\nadd_library(demo a.cpp)\n',
    "a.cpp": "int a;\n",
}
MESON = {
    "meson.build": "project('demo', 'c')\n",
    "meson_options.txt": "option('docs', type: 'boolean')\noption('with_tls', type: 'boolean')\n",
}


@pytest.mark.parametrize(
    ("files", "page", "name", "verdict"),
    [
        (CMAKE, "```sh\ncmake -B build -DDEMO_ENABLE_TLS=ON\n```", "DEMO_ENABLE_TLS", "true"),
        (CMAKE, "```sh\ncmake -B build -D DEMO_USE_TLS=ON\n```", "DEMO_USE_TLS", "false"),
        (CMAKE, "```sh\ncmake -B build -DDEMO_BUILD_TEST:BOOL=ON\n```", "DEMO_BUILD_TEST", "false"),
        (CMAKE, "Enable it with `-DDEMO_ENABLE_SSL=ON`.", "DEMO_ENABLE_SSL", "false"),
        (CMAKE, "```sh\ncmake -B build -DCMAKE_BUILD_TYPE=Release\n```", "CMAKE_BUILD_TYPE", None),
        (CMAKE, "```sh\ncmake -B build -DBUILD_SHARED_LIBS=ON\n```", "BUILD_SHARED_LIBS", None),
        (CMAKE, "Start it with `java -Ddemo.key=1 -Dfile=x`.", "file", None),
        (CMAKE, "```sh\ncd ../other\ncmake -DDEMO_USE_TLS=ON .\n```", "DEMO_USE_TLS", "not_judged"),
        (
            {**CMAKE, "parts.cmake": 'option(DEMO_ENABLE_${part} "x" ON)\n'},
            "Give it `-DDEMO_ENABLE_SSL=ON`.", "DEMO_ENABLE_SSL", "not_judged",
        ),
        (
            {**CMAKE, "b.cpp": "#ifdef DEMO_TRACE\n#endif\n"},
            "Give it `-DDEMO_TRACE=ON`.", "DEMO_TRACE", "true",
        ),
        (CMAKE, "```sh\ncmake -S third_party/zlib -B z -DDEMO_USE_TLS=ON\n```", "DEMO_USE_TLS", "not_judged"),
        (CMAKE, "```sh\nmkdir build && cd build\ncmake .. -DDEMO_USE_TLS=ON\n```", "DEMO_USE_TLS", "false"),
        (CMAKE, "Find it by `-DDEMO_ROOT=/opt/demo`.", "DEMO_ROOT", None),
        (CMAKE, "Run `mvn package -DbuildDocs`.", "buildDocs", None),
        (CMAKE, "There is no `-DDEMO_USE_TLS`.", "DEMO_USE_TLS", "not_judged"),
        (MESON, "```sh\nmeson setup build -Dwith_tls=true\n```", "with_tls", "true"),
        (MESON, "```sh\nmeson setup build -Dwith-tls=true\n```", "with", None),
        (MESON, "```sh\nmeson setup build -Dbuildtype=release\n```", "buildtype", None),
    ],
)  # fmt: skip
def test_what_a_build_is_given(
    checked: Checked, files: dict[str, str], page: str, name: str, verdict: str | None
) -> None:
    claim = checked(files, f"# Demo\n\n{page}\n", "build_option").get(name)
    assert (claim.verdict if claim else None) == verdict


def test_the_option_that_is_meant(checked: Checked) -> None:
    page = "# Demo\n\n```sh\ncmake -B build -DDEMO_USE_TLS=ON\n```\n"
    claim = checked(CMAKE, page, "build_option")["DEMO_USE_TLS"]
    assert (claim.suggestion, str(claim.evidence)) == ("DEMO_ENABLE_TLS", "CMakeLists.txt:3")
    assert (claim.line, claim.column) == (4, 18)
    other = checked(CMAKE, "# Demo\n\nGive it `-DDEMO_ENABLE_REDIS=ON`.\n", "build_option")
    assert other["DEMO_ENABLE_REDIS"].suggestion == ""
