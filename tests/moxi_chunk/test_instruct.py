"""Instructions without a model: from patterns, and in the wording of use."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from moxi_chunk.instruct import Request, is_worded, may_be_worded, template, worded
from moxi_chunk.kinds import OTHER
from moxi_chunk.templates import COVERED
from moxi_core.samples import SftInput

TREE = ("README.md", "pyproject.toml", "src/demo/cli.py", "src/demo/core.py", "docs/index.html")


def request(name: str = "1", **fields: object) -> Request:
    given: dict[str, object] = {
        "id": name,
        "section": "usage",
        "heading_path": ("demo", "Usage"),
        "whole": True,
        "text": "## Usage\n\nRun `demo --help`.\n",
        "project": "demo",
        "input": SftInput(file_tree=TREE, project_type="cli"),
    }
    return Request(**(given | fields))  # type: ignore[arg-type]


def texts(**fields: object) -> set[str]:
    return {template(request(str(number), **fields)).text for number in range(200)}


def test_a_template_names_section_project_and_sort() -> None:
    found = texts()
    assert 12 <= len(found) <= 60, "varied, from several patterns"
    for text in found:
        assert "demo" in text and "Python command-line tool" in text, text
        assert re.search(r'\busage section|"Usage" section', text), text
        assert not re.search(r"[{}\n]|  ", text)


def test_a_template_is_the_same_in_every_run() -> None:
    one = template(request("a1"))
    assert one == template(request("a1"))
    assert (one.id, one.source, one.score) == ("a1", "template", None)


def test_what_the_input_does_not_show_is_not_claimed() -> None:
    for text in texts(input=SftInput()):
        assert "a project" in text and "Python" not in text and "pyproject" not in text, text
    assert not any("pyproject.toml" in text for text in texts())
    built = texts(section="built_with", heading_path=("demo", "Built With"))
    assert any("pyproject.toml" in text for text in built)


@pytest.mark.parametrize("kind", [*COVERED, "unheard_of"])
def test_every_kind_has_its_words(kind: str) -> None:
    for text in texts(section=kind, heading_path=("demo", "Words")):
        assert 20 <= len(text) <= 400
        assert text.endswith(".") and ".." not in text


def test_a_part_is_named_by_its_headings() -> None:
    for text in texts(heading_path=("demo", "Usage", "With Docker")):
        assert '"With Docker" part of the "Usage" section' in text
        assert "commands or code" not in text, "a part is not asked for what the whole covers"


def test_a_part_below_a_page_without_title() -> None:
    for text in texts(heading_path=("Usage", "With Docker")):
        assert '"With Docker" part of the "Usage" section' in text


def test_what_stands_before_sub_headings_is_asked_for_as_that() -> None:
    for text in texts(whole=False):
        assert 'opening of the "Usage" section' in text


def test_the_opening_of_a_page() -> None:
    for path in (("demo",), ("A demo of things",), ()):
        asked = request(section="about", heading_path=path, whole=False)
        assert may_be_worded(asked)
        for text in texts(section="about", heading_path=path, whole=False):
            assert "about section" in text or "opening" in text or "Introduce" in text
            assert '"' not in text


@pytest.mark.parametrize(
    ("section", "path", "words"),
    [
        ("usage", ("demo", "Usage"), "the usage section"),
        ("install", ("demo", "Installing demo"), "the install section"),
        ("built_with", ("demo", "Tech Stack"), "the built with section"),
        (OTHER, ("demo", "Wire protocol"), "the Wire protocol section"),
        ("usage", ("demo", "Usage", "With Docker"), "the With Docker section"),
        ("about", ("demo",), "the about section"),
    ],
)
def test_the_wording_of_use(section: str, path: tuple[str, ...], words: str) -> None:
    made = worded(request(section=section, heading_path=path))
    assert made.text == f"Write {words} of the README of demo, a command-line tool."
    assert made.source == "prompt"


def test_only_what_use_asks_for_is_worded_so() -> None:
    assert may_be_worded(request())
    assert not may_be_worded(request(whole=False))


def test_the_share_is_drawn_by_id() -> None:
    names = [f"id{number}" for number in range(4_000)]
    drawn = [name for name in names if is_worded(name, 0.2)]
    assert 0.17 < len(drawn) / len(names) < 0.23
    assert drawn == [name for name in names if is_worded(name, 0.2)]
    assert not any(is_worded(name, 0.0) for name in names)
    assert all(is_worded(name, 1.0) for name in names)
    assert set(drawn) < {name for name in names if is_worded(name, 0.5)}, "a larger share adds"


def test_headings_of_any_form_do_no_harm() -> None:
    for heading in ("{braces}", "100% `code`", "🚀", "x" * 500, "[link](https://a.b)", "a\nb"):
        for text in texts(section=OTHER, heading_path=("demo", heading)):
            assert len(text) <= 400 and "\n" not in text
    assert template(replace(request(), project="{x}")).text.count("{x}") >= 1
