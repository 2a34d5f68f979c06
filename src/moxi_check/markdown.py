"""Markdown, as GitHub reads it, into a Document. CommonMark by markdown-it-py; HTML inside it too."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from markdown_it import MarkdownIt
from markdown_it.token import Token

from moxi_check.document import (
    Cell,
    CodeBlock,
    Document,
    Heading,
    InlineCode,
    Link,
    Prose,
    Span,
    Table,
)
from moxi_check.html import HtmlParts, read_html
from moxi_core.anchors import Slugger, slug
from moxi_core.patterns import lazy_pattern

MAX_CHARS = 2_000_000
_FRONT_MATTER = lazy_pattern(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# `{#name}` after a heading or a word: generators of sites make an anchor of it, a forge text.
_ID = lazy_pattern(r"\{:?\s{0,4}#(?P<id>[\w.:-]{1,200})[\s}]")
_LINE_END = lazy_pattern(r"\n")
_NOTE = lazy_pattern(r"\[\^(?P<name>[^\]\s]{1,80})\](?P<defined>:)?")
_LABEL = lazy_pattern(
    r"^[^\[<]*[\[<]+"
)  # what stands before a label: marks of lists and headings, ends of links
_AROUND = 60


def read_markdown(source: str, path: str = "") -> Document:
    """Parse a README; line ends may be \\n or \\r\\n, a text above MAX_CHARS is read up to there."""
    source = source[:MAX_CHARS].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    document = Document(path=path, source=source)
    _Reader(document, _without_front_matter(source)).read()
    return document


def _without_front_matter(source: str) -> str:
    """The text with its front matter blanked out, so that line numbers stay."""
    found = _FRONT_MATTER.match(source)
    return "\n" * found[0].count("\n") + source[found.end() :] if found else source


def _parser() -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    # Targets as they are written: encoding and refusal are a renderer's task.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


class _Reader:
    """Walks the tokens of one document, knowing the section it is in."""

    def __init__(self, document: Document, source: str) -> None:
        self.document = document
        self.lines = source.split("\n")
        self.environment: dict[str, object] = {}
        self.tokens = _parser().parse(source, self.environment)
        self.slugger = Slugger()
        self.path: list[tuple[int, str]] = []
        self.lead = ""
        self.used: set[str] = set()

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(title for _, title in self.path)

    def read(self) -> None:
        index, tokens = 0, self.tokens
        while index < len(tokens):
            token = tokens[index]
            if token.type == "heading_open":
                self._heading(token, tokens[index + 1])
                index += 2
            elif token.type == "table_open":
                end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                self._table(tokens[index : end + 1])
                index = end
            elif token.type in {"fence", "code_block"}:
                self._code(token)
            elif token.type == "html_block":
                self._html(token.content, token.map[0] if token.map else 0)
            elif token.type == "inline":
                self._inline(token)
            index += 1
        self.document.anchors |= {heading.anchor for heading in self.document.headings}
        self.document.anchors |= {found["id"] for found in _ID.finditer(self.document.source)}

    def _heading(self, opened: Token, inline: Token) -> None:
        level = int(opened.tag[1])
        self._open_section(level, _shown(inline).strip())
        first = opened.map[0] if opened.map else 0
        column = len(self.lines[first]) - len(self.lines[first].lstrip("# \t")) + 1
        whole = _shown(inline)
        text = whole.strip()
        self.document.anchors.add(slug(whole, trim=False))
        if "[^" in inline.content:  # a forge shows the number of the note
            numbered = _NOTE.sub(self._number_of_note, inline.content)
            self.document.anchors.add(slug(numbered, trim=False))
        named = _ID.search(text)
        if named:
            self.document.anchors.add(slug(text[: named.start()]))
        self.document.headings.append(
            Heading(text, first + 1, column, level, self.slugger.anchor(text))
        )
        self._inline(inline)

    def _number_of_note(self, found: re.Match[str]) -> str:
        return str(self._notes.get(found["name"], found[0]))

    @cached_property
    def _notes(self) -> dict[str, int]:
        """The footnotes of the page, numbered as they are first referred to."""
        found = [*_NOTE.finditer(self.document.source)]
        defined = {note["name"] for note in found if note["defined"]}
        order = dict.fromkeys(note["name"] for note in found if not note["defined"])
        return {name: n for n, name in enumerate((o for o in order if o in defined), start=1)}

    def _open_section(self, level: int, title: str) -> None:
        self.path = [(known, name) for known, name in self.path if known < level]
        self.path.append((level, title))
        self.lead = ""

    def _code(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        words = token.info.strip().split(maxsplit=1)
        start = first + (1 if token.type == "fence" else 0)
        content = token.content.removesuffix("\n")
        if not content and start >= len(self.lines):  # opened on the last line
            return
        head = content.split("\n", 1)[0]
        line = self.lines[start] if start < min(last, len(self.lines)) else ""
        column = max(line.find(head), 0) + 1 if head else 1
        language = re.split(r"[,{:;]", words[0])[0].lower().lstrip(".") if words else ""
        self.document.blocks.append(
            CodeBlock(content, start + 1, column, language, self.lead, self.section)
        )

    def _html(self, content: str, first: int) -> None:
        self._take(read_html(content, first + 1, 1))

    def _take(self, parts: HtmlParts) -> None:
        """What a piece of HTML holds, in the section that its own headings open."""
        self.document.anchors |= parts.anchors
        for heading in parts.headings:
            self._open_section(heading.level, heading.text)
            self.document.headings.append(
                replace(heading, anchor=self.slugger.anchor(heading.anchor))
            )
        section = self.section
        self.document.links += [replace(link, section=section) for link in parts.links]
        self.document.codes += [replace(code, section=section) for code in parts.codes]
        self.document.blocks += [replace(block, section=section) for block in parts.blocks]
        self.document.prose += [Prose(s.text, s.line, s.column, section) for s in parts.prose]
        self.document.comments += parts.comments

    def _inline(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        text = "\n".join(self.lines[first:last])
        for place in _prose_lines(self.lines, first, last):
            self.document.prose.append(Prose(place.text, place.line, place.column, self.section))
        self.lead = self.lines[last - 1].strip() if last else ""
        codes, links, html = self._children(token.children or [], text, first)
        self.document.codes += codes
        self.document.links += links
        if html:
            self._take(read_html(_without_code(text, codes, first), first + 1, 1, only_tags=True))

    def _children(
        self, children: list[Token], text: str, first: int
    ) -> tuple[list[InlineCode], list[Link], bool]:
        """Code spans and links of one block; each is looked for after the one before it."""
        codes: list[InlineCode] = []
        links: list[Link] = []
        html = False
        cursor = 0
        block = _Block(text, first)
        opened: list[tuple[Token, int]] = []
        for child in children:
            if child.type == "code_inline":
                start, end = _find_code(text, child, cursor)
                if start >= 0:
                    place = block.place(start)
                    codes.append(
                        InlineCode(
                            child.content, *place,
                            text[max(0, start - _AROUND) : start].rstrip("` "),
                            text[end : end + _AROUND].lstrip(), self.section,
                        )
                    )  # fmt: skip
                    cursor = end
            elif child.type == "link_open":
                opened.append((child, cursor))
            elif child.type == "link_close" and opened:
                token, began = opened.pop()
                link, cursor = self._link(token, block, began, cursor)
                links.append(link)
            elif child.type == "image":
                link, cursor = self._link(child, block, cursor, cursor)
                links.append(link)
            elif child.type == "html_inline":
                html = True
            elif child.type == "text" and child.content:
                found = text.find(child.content, cursor)
                cursor = found + len(child.content) if found >= 0 else cursor
        return codes, links, html

    def _link(self, token: Token, block: _Block, began: int, cursor: int) -> tuple[Link, int]:
        image = token.type == "image"
        text = block.text
        target = str(token.attrs.get("src" if image else "href", ""))
        label = token.content if image else _LABEL.sub("", text[began:cursor], count=1)
        if token.markup == "autolink":
            at = text.find(label, began)
            return Link(target, *block.place(at), label, section=self.section), at + len(label)
        close = text.find("]", cursor)
        opened = text.find("](", cursor)
        at = text.find(target, max(opened, cursor))
        is_inline = opened == close or target not in self._definitions
        if target and 0 <= opened < at and is_inline:
            place = block.place(at)
            return Link(target, *place, label, image, self.section), at + len(target)
        place = self._definitions.get(target) or block.place(cursor)
        shown = text.find(f"![{label}]", cursor) if image else -1
        after = shown + len(label) + 3 if shown >= 0 else close + 1 if close >= 0 else cursor
        if text[after : after + 1] == "[":  # the name of the reference
            after = text.find("]", after) + 1 or after
        return Link(target, *place, label, image, self.section), after

    @cached_property
    def _definitions(self) -> dict[str, tuple[int, int]]:
        """Where the targets of references are written: `[name]: target`."""
        found: dict[str, tuple[int, int]] = {}
        references = self.environment.get("references")
        for known in references.values() if isinstance(references, dict) else ():
            first, last = known.get("map") or (0, 0)
            for number in range(first, last):
                column = self.lines[number].find(known["href"])
                if column >= 0:
                    found.setdefault(known["href"], (number + 1, column + 1))
                    break
        return found

    def _table(self, tokens: list[Token]) -> None:
        rows: list[tuple[Cell, ...]] = []
        cells: list[Cell] = []
        cursor, number = 0, tokens[0].map[0] if tokens[0].map else 0
        for token in tokens:
            if token.type == "tr_open":
                number = token.map[0] if token.map else number
                cells, cursor = [], 0
            elif token.type == "inline":
                line = self.lines[number]
                raw = token.content.replace("|", r"\|")
                at = next(
                    (
                        a
                        for a in (line.find(token.content, cursor), line.find(raw, cursor))
                        if a >= 0
                    ),
                    cursor,
                )
                codes, links, html = self._children(token.children or [], line[at:], number)
                codes = [replace(code, column=code.column + at) for code in codes]
                self.document.codes += codes
                self.document.links += [
                    link if link.line != number + 1 else replace(link, column=link.column + at)
                    for link in links
                ]
                if html:
                    self._take(read_html(token.content, number + 1, at + 1, only_tags=True))
                cells.append(Cell(token.content, number + 1, at + 1, tuple(codes)))
                cursor = at + len(token.content)
            elif token.type == "tr_close":
                rows.append(tuple(cells))
        if rows:
            first = tokens[0].map[0] if tokens[0].map else 0
            self.document.tables.append(Table(rows[0], tuple(rows[1:]), first + 1, self.section))


class _Block:
    """The text of a block that begins on line `first` (from 0)."""

    def __init__(self, text: str, first: int) -> None:
        self.text = text
        self.first = first
        self.starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        row = bisect_right(self.starts, offset) - 1
        return self.first + row + 1, offset - self.starts[row] + 1


def _without_code(text: str, codes: list[InlineCode], first: int) -> str:
    """A block with its code spans blanked out: what looks like a tag in them is none."""
    lines = text.split("\n")
    for code in codes:
        row = code.line - first - 1
        start = code.column - 1
        lines[row] = (
            lines[row][:start] + " " * len(code.text) + lines[row][start + len(code.text) :]
        )
    return "\n".join(lines)


def _shown(inline: Token) -> str:
    """A heading's text without its markup; of images, nothing."""
    parts = []
    for child in inline.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts) if inline.children else inline.content


def _find_code(text: str, child: Token, cursor: int) -> tuple[int, int]:
    """(start, end) of a code span's content and of its closing mark; (-1, -1) if not found."""
    wanted = child.content
    at = text.find(child.markup, cursor)
    while at >= 0:
        start = at + len(child.markup)
        while start < len(text) and text[start] == "`":  # a longer run of ticks is another mark
            start += 1
        body = text[start : start + len(wanted) + 40]
        offset = 1 if body[:1] in {" ", "\n"} and not wanted.startswith(" ") else 0
        seen = body[offset : offset + len(wanted)]
        if seen == wanted or seen.replace("\n", " ") == wanted:
            end = text.find(child.markup, start + offset + len(wanted))
            return start + offset, (end + len(child.markup)) if end >= 0 else len(text)
        if wanted.replace(" ", "") and _squeezed(body).startswith(_squeezed(wanted)):
            end = text.find(child.markup, start)
            return start, (end + len(child.markup)) if end >= 0 else len(text)
        at = text.find(child.markup, start)
    return -1, -1


def _squeezed(text: str) -> str:
    """Without blanks, quote marks and escapes, which continuation lines bring in."""
    return re.sub(r"[\s>\\]+", "", text)


def _prose_lines(lines: list[str], first: int, last: int) -> Iterator[Span]:
    for number in range(first, last):
        text = lines[number].strip()
        if text:
            yield Span(text, number + 1, len(lines[number]) - len(lines[number].lstrip()) + 1)
