"""Manifest formats: every loader gives plain values or a ManifestError, whatever it is fed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_analyzer.formats import Lines, load_json, load_toml, load_xml, load_yaml, one_line
from moxi_core.errors import ManifestError

LOADERS: tuple[Callable[[str], Any], ...] = (load_json, load_toml, load_xml, load_yaml)


@pytest.mark.parametrize("load", LOADERS)
@given(text=st.text(max_size=200) | st.text(alphabet="{}[]<>:=-,&*!|\"'\n \t#ab1", max_size=80))
def test_any_text_loads_or_is_refused(load: Callable[[str], Any], text: str) -> None:
    try:
        load(text)
    except ManifestError as error:
        assert str(error).startswith(("not valid", "more YAML"))


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("unit", ["[", "{", "<a>", "a:\n ", "- ", '{"a":', "? ", "{a: ", "/*"])
def test_deep_nesting_is_refused(load: Callable[[str], Any], unit: str) -> None:
    try:
        load(unit * 20_000)
    except ManifestError:
        return


def test_yaml_bomb_is_refused() -> None:
    levels = ['a0: &a0 ["x","x"]'] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 30)}]" for n in range(1, 12)
    ]
    with pytest.raises(ManifestError, match="aliases"):
        load_yaml("\n".join(levels))


def test_xml_bomb_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    with pytest.raises(ManifestError):
        load_xml(f'<!DOCTYPE x [<!ENTITY e0 "x">{entities}]><x>&e8;</x>')


def test_yaml_reads_unknown_tags_as_values() -> None:
    assert load_yaml("a: !reference [b, c]\nd: !vault x\n") == {"a": ["b", "c"], "d": "x"}


def test_json_with_comments_and_trailing_commas() -> None:
    text = '{\n // note\n "a": "http://x", /* more */ "b": [1, 2,],\n}'
    assert load_json(text) == {"a": "http://x", "b": [1, 2]}


def test_xml_namespaces_are_dropped() -> None:
    root = load_xml('<project xmlns="http://maven"><name>x</name></project>')
    assert root.tag == "project"
    assert root.findtext("name") == "x"


def test_lines_of_toml_and_json_keys() -> None:
    lines = Lines('[a]\nname = "x"\n[b]\n"name" = "y"\n[[c]]\nz = 1\n')
    assert (lines.toml("a", "name"), lines.toml("b", "name"), lines.toml("c", "z")) == (2, 4, 6)
    assert lines.toml("d") == 0
    lines = Lines('{\n "scripts": {\n  "test": "x"\n },\n "test": 1\n}')
    assert lines.json("scripts", "test") == 3
    assert lines.json("nothing") == 0


def test_one_line() -> None:
    assert one_line("a\n  b") == "a b"
    assert one_line("word " * 100, 12) == "word word…"
