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


OBJECTS = {
    "include/demo/core.h": "#pragma once\n#ifdef DEMO_FAST\n#endif\n#define DEMO_CASE(name) static void name()\n"
    "#define CHECKED( x ) x\nnamespace demo {\nclass Base { public: void open_all(int a); };\n"
    "class Client : public Base { public:\n  int depth(int a);\n  Client &limit_to(int a);\n};\n"
    "class Odd : public std::vector<int> {};\nClient make_client(int a);\nvoid free_all(Client *c);\n}\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("demo::Client c;\nc.depth(1);", "depth", "true"),
        ("demo::Client c{1};\nc.open_all(1);", "open_all", "true"),
        ("demo::Client c;\nc.width(1);", "width", "false"),
        ("demo::Odd c;\nc.width(1);", "width", ""),
        ("auto c = demo::make_client(1);\nc.depth(1);", "depth", "true"),
        ("auto c = demo::make_client(1);\nc.width(1);", "width", ""),
        ("auto c = demo::make_client(1);\nc.limmit_to(1);", "limmit_to", "false"),
        ("demo::Client c;\nc.limit_to(1).depth(2);", "depth", "true"),
        ("std::unique_ptr<demo::Client> c;\nc->depth(1);", "depth", "true"),
        ("std::vector<demo::Client> c;\nc.size();", "size", ""),
        ("void f(demo::Client &c) { c.depth(1); }", "depth", "true"),
        ("c.depth(1);\nc.size();", "depth", "true"),
        ("c.depth(1);\nc.size();", "size", ""),
        ("c.width(1);", "width", ""),
        ("std::string c;\nc.depth(1);", "depth", ""),
        ('DEMO_CASE("a") { CHECKED(1 == 1); }', "DEMO_CASE", "true"),
        ('DEMO_CASE("a") { CHECKED(1 == 1); }', "CHECKED", "true"),
        ('DEMO_CAZE("a");', "DEMO_CAZE", "false"),
        ("#define DEMO_FAST 1", "DEMO_FAST", "true"),
        ("#define OTHER 1", "OTHER", ""),
        ("#include <demo/core.h>\nfree_all(0);", "free_all", "true"),
        ("namespace demo {\nClient make_client(int a);\n}", "make_client", "true"),
    ],
)
def test_objects_and_macros(checked: Checked, code: str, word: str, verdict: str) -> None:
    claim = checked(OBJECTS, page(code), "api").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("demo::to_text(a);", "to_text", "true"),
        ("demo::to_texts(a);", "to_texts", "false"),
        ("demo::frobnicate(a);", "frobnicate", "not_judged"),  # a class may inherit more
        ("other::to_texts(a);", "to_texts", ""),
    ],
)
def test_a_class_under_the_name_of_the_project(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    header = (
        "namespace acme {\ntemplate <class T>\nclass basic_demo {\n public:\n"
        "  static int to_text(T a);\n};\nusing demo = basic_demo<int>;\nusing other = std::list<int>;\n}\n"
    )
    files = {"include/acme/demo.hpp": header}
    claim = checked(files, page(code), "api", url="https://github.com/acme/demo").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("#include <demo/core.h>\nint main() { demo::paint(1); }", "false"),
        ("demo::paint(1);", ""),  # no word says that it is C++
        ("#include <demo/core.h>\n... demo::paint(1) {", ""),  # nor is it
    ],
)
def test_code_without_a_word_for_its_language(checked: Checked, code: str, verdict: str) -> None:
    claim = checked(FILES, f"# Thing\n\n```\n{code}\n```\n", "api").get("paint")
    assert (claim.verdict if claim else "") == verdict
