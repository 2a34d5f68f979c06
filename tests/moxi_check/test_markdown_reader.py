"""Markdown pages: what is found in them, and that every place is right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_check.document import Document, Span
from moxi_check.markdown import read_markdown

PAGE = """\
---
title: demo
---

# Demo `tool` #

See [a](docs/a.md "t"), ![i](<my image.png>), [b][ref], <https://x.y/z> and ``a ` b``.
Over `two
lines` and `x`.

> - quoted `code` and [q](q.md)
>   ```sh
>   demo it
>   ```

[ref]: docs/b.md

| Name | Meaning |
| --- | --- |
| `a\\|b` | [c](c.md) `d` |
|`e`|

\tindented code

<p align="center"><a href="h.md" id="top"><img src="h.png"
  alt="x"></a> <code>html</code></p>

~~~ python {title="x"}
import demo
~~~

<!-- a comment -->
"""


def spans(document: Document) -> list[Span]:
    return [*document.links, *document.codes, *document.blocks, *document.prose]


def at_place(document: Document, span: Span) -> bool:
    """Whether the page has the first line of the text where the span says."""
    line = document.source.split("\n")[span.line - 1][span.column - 1 :]
    return line.startswith(span.text.split("\n")[0])


def test_every_part_is_found_at_its_place() -> None:
    document = read_markdown(PAGE)
    assert [(h.text, h.line, h.column, h.anchor) for h in document.headings] == [
        ("Demo tool", 5, 3, "demo-tool")
    ]
    assert [code.text for code in document.codes] == [
        "tool", "a ` b", "two lines", "x", "code", "a|b", "d", "e", "html",
    ]  # fmt: skip
    written = {"two lines": "two", "a|b": "a\\|b"}  # what stands there is not what is meant
    for code in document.codes:
        assert at_place(document, Span(written.get(code.text, code.text), code.line, code.column))
    assert [(b.language, b.text, b.line, b.column) for b in document.blocks] == [
        ("sh", "demo it", 13, 5), ("", "indented code", 23, 2), ("python", "import demo", 29, 1),
    ]  # fmt: skip
    assert [link.text for link in document.links] == [
        "docs/a.md", "my image.png", "docs/b.md", "https://x.y/z", "q.md", "c.md", "h.md", "h.png",
    ]  # fmt: skip
    assert all(at_place(document, link) for link in document.links)
    assert [(c.text, c.line) for c in document.comments] == [("a comment", 32)]
    assert document.anchors == {"demo-tool", "top"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_marks_of_byte_order_move_nothing(end: str) -> None:
    plain, other = read_markdown(PAGE), read_markdown("\ufeff" + PAGE.replace("\n", end))
    assert spans(other) == spans(plain)


MARKUP = st.lists(
    st.sampled_from(
        ["`", "``", "```\n", "[", "](", ")", "![", "*", "_", "|", "| - |\n", "> ", "- ", "    ", "\t", "\n",
         "\n\n", "# ", "a", "b c", "<b>", "<code>", "</code>", "<!-- ", "-->", "<a href='", "'>", "\\", "&amp;",
         "é", "\r\n", "[x]: y\n", "http://x.y", "<", ">", "~~~", "1. ", "\u00a0", "\u2028", "\0"]
    ), max_size=60,
).map("".join)  # fmt: skip


@given(st.one_of(MARKUP, st.text(max_size=200)))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_and_places_are_on_the_page(text: str) -> None:
    document = read_markdown(text)
    lines = document.source.split("\n")
    for span in [*spans(document), *document.headings, *document.comments]:
        assert 1 <= span.line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1


def test_a_reference_is_placed_at_its_definition() -> None:
    found = read_markdown("[a][r] then [b](x.md) and <a@b.c>\n\n[r]: x.md\n").links
    assert [(link.text, link.line, link.column) for link in found] == [
        ("x.md", 3, 6), ("x.md", 1, 17), ("mailto:a@b.c", 1, 28),
    ]  # fmt: skip


WORD = st.from_regex(r"[a-z][a-z./_-]{0,8}[a-z]", fullmatch=True)
PART = st.one_of(
    WORD, WORD.map("`{}`".format), WORD.map("``{}``".format), WORD.map("[a]({})".format),
    WORD.map("![i]({} 't')".format), WORD.map("**`{}`**".format), WORD.map("[`x`]({})".format),
)  # fmt: skip
LINE = st.lists(PART, min_size=1, max_size=5).map(" ".join)
BLOCK = st.one_of(
    LINE, LINE.map("> {}".format), LINE.map("- {}".format), LINE.map("> - {}".format),
    LINE.map("## {}".format), LINE.map("    {}".format), LINE.map("```sh\n{}\n```".format),
    LINE.map("> ```\n> {}\n> ```".format), LINE.map("- a\n\n  ```\n  {}\n  ```".format),
    st.tuples(LINE, LINE).map("| a | b |\n|---|---|\n| {0[0]} | {0[1]} |".format),
    LINE.map("1. a\n   {}".format), LINE.map("<b>{}</b>".format), LINE.map("\t- {}".format),
)  # fmt: skip


@given(st.lists(BLOCK, max_size=8).map("\n\n".join))
@settings(deadline=None, max_examples=300)
def test_all_code_spans_and_links_of_a_page_are_at_their_places(page: str) -> None:
    document = read_markdown(page)
    for span in [*document.links, *document.codes, *document.blocks]:
        assert at_place(document, span), (span, page)


@pytest.mark.parametrize(
    "page", ["<![x", "<![x>", "<![x y]>", "<p><![CDATA[ a ]]>", "<!x>", "<?>", "</ a>"]
)
def test_html_that_is_none_is_survived(page: str) -> None:
    assert [code.text for code in read_markdown(f"{page}\n\n`kept`\n").codes] == ["kept"]


def test_hostile_pages_end() -> None:
    for unit in ("`a ", "`a` ", "[a](b) ", "[", "<!--", "<pre>\n", "<?", "> ", "|a", "<code>"):
        assert read_markdown(unit * 20_000).source


def test_a_footnote_in_a_heading_shows_its_number() -> None:
    page = "Text[^a] and[^none].\n\n## Overview [^b]\n\n## Use [^none]\n\n[^b]: B.\n[^a]: A.\n"
    assert {"overview-2", "use-none"} <= read_markdown(page).anchors


@pytest.mark.parametrize(
    "text",
    [
        "- [Other](x.md)", "### [Other](x.md)", "*[Other](x.md)*", "[One](y.md) [Other](x.md)",
        "> 1. [Other][x]\n\n[x]: x.md",
    ],
)  # fmt: skip
def test_the_label_of_a_link_is_what_is_shown(text: str) -> None:
    assert read_markdown(text + "\n", "README.md").links[-1].label == "Other"
