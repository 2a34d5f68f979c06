"""A README taken apart: headings, links, code and tables, each with its place.

Readers of other formats than Markdown fill the same shapes, so that a kind of claim never asks
what format a README has.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Text at a place; line and column count from 1, columns in characters."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class InlineCode(Span):
    """A code span. `before` and `after` are the words around it, in its own paragraph or cell."""

    before: str = ""
    after: str = ""
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prose(Span):
    """A line of plain words; `text` is the source line, markup included."""

    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading(Span):
    """A heading; `anchor` is what a link to it ends in, as GitHub makes it."""

    level: int = 1
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Link(Span):
    """A link or image; `text` is its target as written, `label` what is shown."""

    label: str = ""
    image: bool = False
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeBlock(Span):
    """A block of code; line and column are those of its first line of content.

    `language` is the lower-case first word after the fence, "" for none. `lead` is the last line
    of prose before it.
    """

    language: str = ""
    lead: str = ""
    section: tuple[str, ...] = ()

    def lines(self) -> list[Span]:
        """The lines of the block with their places."""
        return [
            Span(text, self.line + number, self.column)
            for number, text in enumerate(self.text.split("\n"))
        ]


@dataclass(frozen=True, slots=True)
class Cell(Span):
    """A table cell; `codes` are the code spans in it."""

    codes: tuple[InlineCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `header` and `rows` of cells."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    line: int
    section: tuple[str, ...] = ()


@dataclass(slots=True)
class Document:
    """One parsed README. `path` is where it stands in the repository, "" if outside.

    `format` is markdown, rst or text; `anchors` are all names that a link within it may end in.
    """

    path: str
    source: str
    format: str = "markdown"
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    codes: list[InlineCode] = field(default_factory=list)
    blocks: list[CodeBlock] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    comments: list[Span] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The directory that relative links start from; "" is the root."""
        return self.path.rpartition("/")[0]
