"""C and C++ code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "include/demo/core.h": "#pragma once\n\nnamespace demo {\nclass Client { public: int depth; };\n"
    "template <typename T> void render(T value);\nnamespace io { void write(); }\n}\n",
    "include/demo/config.h.in": "",
    "src/core.cpp": "namespace demo { void hidden_away() {} }\n",
}


def page(code: str) -> str:
    return f"# Thing\n\n```cpp\n{code}\n```\n"


@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        ("demo/core.h", "true"),
        ("core.h", "true"),
        ("demo/cores.h", "false"),
        ("demo/config.h", "not_judged"),
    ],
)
def test_includes(checked: Checked, header: str, verdict: str) -> None:
    assert checked(FILES, page(f"#include <{header}>"), "import")[header].verdict == verdict


@pytest.mark.parametrize("header", ["vector", "other/core.hpp", "boost/asio.hpp"])
def test_includes_of_others_are_no_claims(checked: Checked, header: str) -> None:
    assert checked(FILES, page(f"#include <{header}>"), "import") == {}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("demo::render(1);", "render", "true"),
        ("demo::render<int>(1);", "render", "true"),
        ("demo::Client c;", "Client", "true"),
        ("demo::io::write();", "write", "true"),
        ("demo::paint(1);", "paint", "false"),
        ("demo::Clients c;", "Clients", "false"),
        ("demo::io::writes();", "writes", "false"),
        ("demo::hidden_away();", "hidden_away", "not_judged"),
    ],
)
def test_names(checked: Checked, code: str, word: str, verdict: str) -> None:
    assert checked(FILES, page(code), "api")[word].verdict == verdict


@pytest.mark.parametrize("code", ["std::paint();", "namespace demo = other;\ndemo::paint();"])
def test_names_of_others_are_no_claims(checked: Checked, code: str) -> None:
    assert checked(FILES, page(code), "api") == {}


def test_functions_that_begin_with_the_name_of_the_project(checked: Checked) -> None:
    files = {"thing.h": "int thingOpen(void);\n", "thing.c": "int thingOpen(void) { return 1; }\n"}
    url = "https://github.com/o/thing"
    claims = checked(files, page("thingOpen();\nthingShut();\nother();"), "api", url)
    assert {name: claim.verdict for name, claim in claims.items()} == {
        "thingOpen": "true",
        "thingShut": "false",
    }
