"""reStructuredText pages: what is found in them, and that every place is right."""

from __future__ import annotations

from docutils.parsers.rst import directives, roles
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_check.document import Document, Span
from moxi_check.rst import read_rst

PAGE = """\
Demo
====

Some ``code`` and `a link <docs/a.rst>`_, a ref_, http://x.y/z and :file:`a.py`.

.. |badge| image:: badge.png
   :target: http://badge.example

.. _ref: docs/b.rst

- An item with ``two
  lines`` |badge|

  Run it::

     $ demo it

     more

.. code-block:: python
   :caption: of Sphinx

   import demo

.. image:: picture.png
   :alt: A picture
   :target: docs/big.rst

.. raw:: html

   <a href="raw.md"><img src="raw.png"></a>

Options
-------

-a, --all=FILE   Does all.

.. list-table::
   :header-rows: 1

   * - Name
     - Meaning
   * - ``x``
     - same

+-----+-------------+
| A   | B           |
+=====+=============+
| two | several     |
| ln  | ``line``    |
+-----+-------------+

.. csv-table::
   :header: "a", "b"

   "``c1``", "d"

.. tabs::

   .. tab:: Linux

      Text of an ``unknown`` directive, :envvar:`DEMO_HOME` and :doc:`Guide <guide>`.

>>> print(1)
1

.. moxi: ignore link -- because
"""


def at_place(document: Document, span: Span) -> bool:
    """Whether the page has the (first line of the) text where the span says."""
    line = document.source.split("\n")[span.line - 1]
    text = span.text.split("\n")[0]
    if isinstance(span, Span) and not line[span.column - 1 :].startswith(text):
        # A code span over lines: its line ends there.
        return bool(text) and text.startswith(line[span.column - 1 :].rstrip())
    return True


def spans(document: Document) -> list[Span]:
    return [*document.links, *document.codes, *document.blocks, *document.comments]


def test_every_part_is_found_at_its_place() -> None:
    document = read_rst(PAGE)
    assert [(h.text, h.level, h.anchor) for h in document.headings] == [
        ("Demo", 1, "demo"), ("Options", 2, "options"),
    ]  # fmt: skip
    assert [code.text for code in document.codes] == [
        "code", "a.py", "two lines", "-a", "--all=FILE", "x", "line", "c1", "unknown", "DEMO_HOME",
    ]  # fmt: skip
    assert [(b.language, b.text) for b in document.blocks] == [
        ("", "$ demo it\n\nmore"), ("python", "import demo"), ("pycon", ">>> print(1)\n1"),
    ]  # fmt: skip
    assert {(link.text, link.image) for link in document.links} == {
        ("docs/a.rst", False), ("docs/b.rst", False), ("http://x.y/z", False), ("badge.png", True),
        ("http://badge.example", False), ("picture.png", True), ("docs/big.rst", False),
        ("raw.md", False), ("raw.png", True),
    }  # fmt: skip
    assert [comment.text for comment in document.comments] == ["moxi: ignore link -- because"]
    assert all(at_place(document, span) for span in spans(document))
    assert all(at_place(document, line) for line in document.prose)


def test_tables_have_cells_with_their_codes() -> None:
    tables = read_rst(PAGE).tables
    assert [[cell.text for cell in table.header] for table in tables] == [
        ["Name", "Meaning"], ["A", "B"], ["a", "b"],
    ]  # fmt: skip
    assert [code.text for table in tables for row in table.rows for c in row for code in c.codes] == [
        "x", "line", "c1",
    ]  # fmt: skip
    assert [(c.line, c.column) for c in tables[1].rows[0]] == [(49, 3), (49, 9)]


def test_the_words_around_a_code_span_end_with_its_paragraph() -> None:
    found = read_rst("Before.\n\nUse ``--all`` for all.\n\nAfter.\n").codes[0]
    assert (found.before, found.after, found.section) == ("Use ", " for all.", ())


def test_nothing_is_included_and_no_registration_stays(tmp_path: object) -> None:
    before = set(vars(directives)["_directives"]), set(vars(roles)["_roles"])
    page = ".. include:: /etc/hostname\n\n.. csv-table::\n   :file: /etc/hostname\n\n.. made-up::\n\n   x\n"
    document = read_rst(page + "\n:made-up:`y`\n")
    assert not document.tables
    assert {p.text for p in document.prose} == {"x", ":made-up:`y`"}
    assert (set(vars(directives)["_directives"]), set(vars(roles)["_roles"])) == before


def test_what_a_term_is_of_is_not_looked_for_behind_its_line() -> None:
    page = (
        "Page\n====\n\n.. code:: python\n\n   import demo\n\n"
        "total : ``int``, optional\n    How much.\n\nunit : str\n    Of it.\n\n"
        ".. code:: python\n\n   demo.run()\n\nLast\n----\n\n``int``, optional, and str.\n"
    )
    document = read_rst(page)
    assert [(block.text, block.line) for block in document.blocks] == [
        ("import demo", 6),
        ("demo.run()", 16),
    ]
    assert [(code.text, code.line, code.column) for code in document.codes] == [
        ("int", 8, 11),
        ("int", 21, 3),
    ]


def test_what_is_found_too_late_ends_with_its_section() -> None:
    # The substituted text stands nowhere; that of the next section is not taken for it.
    page = (
        "One\n===\n\n.. code:: sh\n\n\tone\ttwo\n\nThree.\n\n"
        "Two\n===\n\n.. code:: sh\n\n   one     two\n"
    )
    document = read_rst(page)
    assert [(heading.text, heading.line) for heading in document.headings] == [
        ("One", 1),
        ("Two", 10),
    ]
    assert [(p.text, p.line) for p in document.prose if p.text == "Three."] == [("Three.", 8)]
    assert document.blocks[-1].line == 15


def test_deep_nesting_and_long_blocks_are_survived() -> None:
    deep = "".join(" " * n + "- a\n\n" for n in range(2_000))
    assert read_rst(deep).prose
    long = "`a <b" * 10_000
    assert [code.text for code in read_rst(f"{long}\n\n``kept``\n").codes] == ["kept"]


MARKUP = st.lists(
    st.sampled_from(
        ["``", "`", "_", "__", "*", "|", "::", ".. ", "- ", "  ", "   ", "\n", "\n\n", "a", "b c", "=====",
         "\t", ":x:", ".. image:: ", ".. code::", ">>> ", "+--+", "http://x.y", "<", ">", "é", "\\", "\r\n",
         ".. list-table::", "\u2028", "[1]_", ".. |x| replace:: "]
    ), max_size=60,
).map("".join)  # fmt: skip


@given(st.one_of(MARKUP, st.text(max_size=200)))
@settings(deadline=None, max_examples=300)
def test_any_text_is_read_and_places_are_right(text: str) -> None:
    document = read_rst(text)
    for span in spans(document):
        assert at_place(document, span), (span, document.source)
