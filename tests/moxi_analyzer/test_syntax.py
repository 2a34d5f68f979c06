"""Literals in every carried grammar, and queries over trees that were made to be slow."""

from __future__ import annotations

import pytest

from moxi_analyzer.syntax import Source, descendants, literal, source_of, text_of, unquote


def first_string(grammar: str, code: str) -> str | None:
    """The value of the first node that is a literal, depth first."""
    pending = [Source("x", grammar, code.encode()).root]
    while pending:
        node = pending.pop()
        value = literal(node)
        if value is not None:
            return value
        pending += reversed(node.children)
    return None


@pytest.mark.parametrize(
    ("grammar", "code", "expected"),
    [
        ("python", "x = 'a' 'b'", "ab"),
        ("python", 'x = r"\\d"', "\\d"),
        ("python", 'x = """a\n"b" c"""', 'a\n"b" c'),
        ("python", "x = 'it\\'s \\u00e9'", "it's é"),
        ("javascript", "x = `plain`", "plain"),
        ("javascript", "x = 'a' + 'b' + \"c\"", "abc"),
        ("go", 'package x\nvar a = "one" + `two`', "onetwo"),
        ("rust", 'const A: &str = r#"a "b""#;', 'a "b"'),
        ("ruby", "x = :name", "name"),
        ("kotlin", 'val x = "cost \\$5"', "cost $5"),
        ("java", 'class A { String x = "a\\tb"; }', "a\tb"),
        ("php", "<?php $x = 'a';", "a"),
        ("c_sharp", 'class A { string x = "a"; }', "a"),
    ],
)
def test_literals(grammar: str, code: str, expected: str) -> None:
    assert first_string(grammar, code) == expected


@pytest.mark.parametrize(
    ("grammar", "code"),
    [
        ("javascript", "x = `a${b}`"),
        ("python", "x = f'{a}'"),
        ("python", "x = 'a' + b"),
        ("ruby", 'x = "#{a}"'),
    ],
)
def test_computed_strings_are_not_guessed(grammar: str, code: str) -> None:
    source = Source("x", grammar, code.encode())
    right = source.root.children[0]
    while right.child_by_field_name("right") is None:
        right = right.children[0]
    assert literal(right.child_by_field_name("right")) is None


def test_long_sums_do_not_recurse() -> None:
    code = "x = " + " + ".join(["'a'"] * 20_000)
    assert first_string("javascript", code) == "a" * 20_000


@pytest.mark.parametrize("code", ["a" + ".b()" * 20_000, "(" * 100_000, "f(" * 50_000])
def test_hostile_trees_end(code: str) -> None:
    source = Source("x.js", "javascript", code.encode())
    assert list(source.matches("env_javascript")) == []


def test_unquote_of_what_is_not_one_literal() -> None:
    assert unquote("name") is None
    assert unquote('"open') is None


def test_a_file_asked_for_again_is_not_parsed_again() -> None:
    source = source_of("a.py", "python", b"x = 1\n")

    assert source_of("a.py", "python", b"x = 1\n") is source


@pytest.mark.parametrize(
    ("path", "grammar", "content"),
    [
        ("b.py", "python", b"x = 1\n"),
        ("a.py", "ruby", b"x = 1\n"),
        ("a.py", "python", b"x = 2\n"),  # the file of the same name in another repository
    ],
)
def test_another_file_is_another_source(path: str, grammar: str, content: bytes) -> None:
    source = source_of("a.py", "python", b"x = 1\n")
    other = source_of(path, grammar, content)

    assert other is not source
    assert (other.path, other.grammar, other.content) == (path, grammar, content)


def test_descendants_come_in_the_order_of_the_text() -> None:
    root = Source("a.py", "python", b"def a():\n  def b(): c()\nd()\n").root

    found = [text_of(node)[:5] for node in descendants(root, "function_definition", "call")]

    assert found == ["def a", "def b", "c()", "d()"]
