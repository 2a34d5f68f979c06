"""A README as spans with places, and the denominator made of them."""

from __future__ import annotations

import pytest

from moxi_eval.checkable import checkables
from moxi_eval.page import Page, parse, slug


def spans(page: Page, *kinds: str) -> list[tuple[str, int, int]]:
    return [(s.text, s.line, s.column) for s in page.spans if s.kind in kinds]


def test_inline_code_and_links_have_their_places() -> None:
    page = parse(
        'Run `demo x`, see [a](docs/a.md) and ![i](i.png).\n\n[r]: ./r.md\n<a href="h.md">'
    )
    assert spans(page, "inline") == [("demo x", 1, 6)]
    assert spans(page, "link") == [("docs/a.md", 1, 23), ("./r.md", 3, 6), ("h.md", 4, 10)]
    assert spans(page, "image") == [("i.png", 1, 43)]


def test_a_badge_is_an_image_within_a_link() -> None:
    page = parse("[![b](https://x.org/b.svg)](docs/a.md)")
    assert [s[0] for s in spans(page, "image")] == ["https://x.org/b.svg"]
    assert [s[0] for s in spans(page, "link")] == ["docs/a.md"]


def test_code_blocks() -> None:
    page = parse(
        "```sh\n$ demo\n```\n\n- a\n    not code\n\ntext\n\n    indented\n\n<!-- `x`\n[a](b) -->\n"
    )
    code = [(s.text, s.line, s.language) for s in page.of("code")]
    assert code == [("$ demo", 2, "sh"), ("indented", 10, "")]
    assert not spans(page, "inline", "link")


def test_tree_lines_know_their_paths() -> None:
    page = parse("```\ndemo\n├── src\n│   └── a.py  # main\n└── b.md\n```")
    tree = [(s.text, s.path, s.line, s.column) for s in page.of("tree")]
    assert tree == [
        ("src", "src", 3, 5),
        ("a.py", "src/a.py", 4, 9),
        ("b.md", "b.md", 5, 5),
    ]


def test_restructured_text() -> None:
    page = parse(
        "Demo\n====\n\nUse ``demo -x`` and `docs <docs/a.rst>`_.\n\n.. code-block:: sh\n\n   demo run\n\n"
        ".. image:: i.png\n",
        rst=True,
    )
    assert spans(page, "inline") == [("demo -x", 4, 7)]
    assert spans(page, "link") == [("docs/a.rst", 4, 28)]
    assert spans(page, "code") == [("demo run", 8, 4)]
    assert spans(page, "image") == [("i.png", 10, 12)]
    assert page.anchors == {"demo"}


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Command-line options", "command-line-options"),
        ("The `--x` flag & more!", "the---x-flag--more"),
        ("[Linked](x.md) **title**", "linked-title"),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_headings_of_one_name_are_counted() -> None:
    assert parse("# A\n\n## A\n\nB\n---\n").anchors == {"a", "a-1", "b"}


def test_the_denominator() -> None:
    page = parse("Python 3.9+ and `x`: [a](a.md), [b](https://b.org).\n\n```sh\ndemo\n```\n")
    assert [(c.kind, c.text) for c in checkables(page)] == [
        ("version", "Python 3.9"),
        ("inline_code", "x"),
        ("link", "a.md"),
        ("external_link", "https://b.org"),
        ("code_line", "demo"),
    ]
