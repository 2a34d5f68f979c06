"""reStructuredText into a Document, by docutils; nothing is included, run or configured by a page.

Docutils tells lines, and not always the right ones: places are found by the raw text of a node,
looked for after the node before it. What cannot be found is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document

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
from moxi_check.html import read_html
from moxi_check.rst_markup import lenient_markup
from moxi_check.rst_places import AHEAD, Places, head_of
from moxi_core.anchors import Slugger

MAX_CHARS = 1_000_000
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,  # nothing is told
    "halt_level": 6,  # and nothing ends the reading
    "warning_stream": False,
    "line_length_limit": MAX_CHARS,
    "syntax_highlight": "none",
}
# Docutils takes quadratic time over a paragraph of marks that nothing closes: this is some seconds.
_MAX_WORK = 400_000_000
_AROUND = 60
_SKIPPED = (nodes.system_message, nodes.substitution_definition, nodes.target)


def read_rst(source: str, path: str = "") -> Document:
    """Parse a page; a text above MAX_CHARS is read up to there."""
    source = source[:MAX_CHARS].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # Docutils ends lines at these, too: its lines would not be ours.
    source = source.translate(dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " "))
    document = Document(path=path, source=source, format="rst")
    try:
        tree = _tree(_affordable(source))
        _Reader(document, tree).read()
    except RecursionError:  # nested deeper than any page that a person wrote
        return _plain(Document(path=path, source=source, format="rst"))
    return document


def _affordable(text: str) -> str:
    """The text with blocks blanked out, lines kept, from where reading would take too long."""
    if len(text) ** 2 <= _MAX_WORK:
        return text
    left = _MAX_WORK
    blocks = text.split("\n\n")
    for number, block in enumerate(blocks):
        left -= len(block) ** 2
        if left < 0:
            left += len(block) ** 2
            blocks[number] = "\n" * block.count("\n")
    return "\n\n".join(blocks)


def _tree(text: str) -> nodes.document:
    settings = get_default_settings(Parser)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    tree = new_document("page", settings)
    with lenient_markup(text):
        Parser().parse(text, tree)
    return tree


def _plain(document: Document) -> Document:
    """Only the lines: for what docutils cannot take apart."""
    for number, line in enumerate(document.source.split("\n"), 1):
        if line.strip():
            indent = len(line) - len(line.lstrip())
            document.prose.append(Prose(line.strip(), number, indent + 1))
    return document


class _Reader:
    """Walks the nodes of one page, knowing the section it is in and how far it has come."""

    def __init__(self, document: Document, tree: nodes.document) -> None:
        self.document = document
        self.text = document.source
        self.tree = tree
        self.places = Places(self.text)
        sections = list(tree.findall(nodes.section))
        titles = self.places.titles(_title_of(section) for section in sections)
        self.titles = {id(s): at for s, at in zip(sections, titles, strict=True) if at >= 0}
        self.marks = sorted(self.titles.values())
        self.cursor = 0
        self.slugger = Slugger()
        self.section: tuple[str, ...] = ()
        self.lead = ""
        self.targets = {
            name: str(target["refuri"])
            for target in tree.findall(nodes.target)
            if "refuri" in target
            for name in target["names"]
        }
        self.defined = self._definitions()

    def read(self) -> None:
        """Fill the document."""
        for definition in self.tree.findall(nodes.substitution_definition):
            start = self.text.find(head_of(definition.rawsource))
            for image in definition.findall(nodes.image):
                self._image(image, max(start, 0))
        self._walk(self.tree.children, 0)
        self.document.anchors |= {heading.anchor for heading in self.document.headings}
        for node in self.tree.findall(nodes.Element):
            self.document.anchors |= set(node.get("ids", ()))

    def _walk(self, children: Iterable[nodes.Node], depth: int) -> None:
        for node in children:
            if isinstance(node, _SKIPPED):
                continue
            if isinstance(node, nodes.section):
                outer = self.section
                self._section(node, depth + 1)
                self.section = outer
            elif isinstance(node, nodes.table):
                self._table(node)
            elif isinstance(node, nodes.literal_block | nodes.doctest_block):
                self._block(node)
            elif isinstance(node, nodes.comment):
                self._comment(node)
            elif isinstance(node, nodes.raw):
                self._raw(node)
            elif isinstance(node, nodes.image):
                self._image(node, self.cursor)
            elif isinstance(node, nodes.option):
                self._option(node)
            elif isinstance(node, nodes.classifier):
                self._classifier(node)
            elif isinstance(node, nodes.TextElement) and not isinstance(node, nodes.reference):
                self._inline(node)
            elif isinstance(
                node, nodes.Element
            ):  # a reference here is an image that leads somewhere
                self._walk(node.children, depth)

    def _section(self, node: nodes.section, level: int) -> None:
        title = node.next_node(nodes.title)
        text = " ".join(title.astext().split()) if title is not None else ""
        self.section = (*self.section, text)
        self.lead = ""
        self.cursor = self.titles.get(id(node), self.cursor)
        if title is not None:
            at = self._find(title.rawsource or text)
            line, column = self.places.at(at if at >= 0 else self.cursor)
            ids = node.get("ids") or [""]
            self.document.headings.append(Heading(text, line, column, level, str(ids[0])))
            self.document.anchors.add(self.slugger.anchor(text))
        self._walk(node.children, level)

    def _inline(self, node: nodes.TextElement) -> tuple[InlineCode, ...]:
        """What stands in a paragraph, a title, a cell: its lines, code spans and links."""
        raw = node.rawsource or node.astext()
        start = self._find(raw)
        if start < 0:
            return ()
        end = self.places.end(raw, start)
        for span in self.places.lines(start, end):
            self.document.prose.append(Prose(span.text, span.line, span.column, self.section))
            self.lead = span.text
        codes: list[InlineCode] = []
        at = start
        for child in node.findall(nodes.Element):
            if isinstance(child, nodes.literal):
                found = self._code(child, start, at, end)
                if found is not None:
                    codes.append(found)
                    at = self.places.offset_of(found) + len(found.text)
            elif isinstance(child, nodes.reference) and not child.next_node(nodes.image):
                at = self._reference(child, at, end)
            elif isinstance(child, nodes.image):
                self._image(child, at)
        self.document.codes += codes
        self.cursor = max(end, at)
        return tuple(codes)

    def _code(self, node: nodes.literal, start: int, at: int, end: int) -> InlineCode | None:
        text = node.astext()
        head = text.split("\n")[0]
        raw = head_of(node.rawsource) or head
        found = self.text.find(raw, at, end + 1)
        inside = self.text.find(head, found, end + 1) if found >= 0 and head else -1
        if inside < 0:
            return None
        line, column = self.places.at(inside)
        return InlineCode(
            " ".join(text.split("\n")), line, column,
            self.text[max(start, found - _AROUND) : found].rstrip("\n"),
            self.text[inside + len(head) : min(end, inside + len(head) + _AROUND)].lstrip("`"),
            self.section,
        )  # fmt: skip

    def _option(self, node: nodes.option) -> None:
        at = self._find(node.rawsource)
        if at >= 0:
            place = self.places.at(at)
            self.document.codes.append(InlineCode(node.rawsource, *place, section=self.section))

    def _classifier(self, node: nodes.classifier) -> None:
        """What a term is of: its line has been read with the term, but for code spans."""
        start = self.places.line_start(self.cursor)
        codes = (self._code(c, start, start, self.cursor) for c in node.findall(nodes.literal))
        self.document.codes += [code for code in codes if code is not None]

    def _reference(self, node: nodes.reference, at: int, end: int) -> int:
        """A link; returns the offset behind it."""
        uri = str(node.get("refuri") or "")
        name = str(node.get("refname") or "")
        label = " ".join(node.astext().split())
        found = self.text.find(head_of(node.rawsource), at, end + 1) if node.rawsource else -1
        behind = found + len(head_of(node.rawsource)) if found >= 0 else at
        if name and not uri:
            if name in self.tree.nameids and name not in self.targets:
                return behind  # docutils itself has resolved it to a heading
            uri = self.targets.get(name, "")
        if not uri:
            return behind
        inside = self.text.find(uri, found, found + len(node.rawsource) + 200) if found >= 0 else -1
        place = (
            self.places.at(inside)
            if 0 <= inside < end + 1
            else self.defined.get(name or label.lower())
        )
        if place is not None:
            self.document.links.append(Link(uri, *place, label, section=self.section))
        return max(behind, inside + len(uri)) if 0 <= inside < end else behind

    def _definitions(self) -> dict[str, tuple[int, int]]:
        """Where `.. _name: target` has its target."""
        found: dict[str, tuple[int, int]] = {}
        at = 0
        for target in self.tree.findall(nodes.target):
            uri = str(target.get("refuri") or "")
            start = (
                self.text.find(head_of(target.rawsource), at) if uri and target.rawsource else -1
            )
            inside = self.text.find(uri, start) if start >= 0 else -1
            if inside >= 0:
                at = inside
                for name in target["names"]:
                    found[str(name)] = self.places.at(inside)
        return found

    def _image(self, node: nodes.image, start: int) -> None:
        uri = str(node["uri"])
        at = self.text.find(uri, start, start + AHEAD) if uri else -1
        if at < 0:
            return
        self.cursor = max(self.cursor, at + len(uri)) if start == self.cursor else self.cursor
        label = str(node.get("alt", ""))
        self.document.links.append(Link(uri, *self.places.at(at), label, True, self.section))
        parent = node.parent
        if isinstance(parent, nodes.reference) and parent.get("refuri"):
            target = str(parent["refuri"])
            found = self.text.find(target, start, start + AHEAD)
            if found >= 0:
                self.document.links.append(
                    Link(target, *self.places.at(found), label, section=self.section)
                )

    def _block(self, node: nodes.Element) -> None:
        text = node.astext()
        at = self._find(text) if text.strip() else -1
        if at < 0:
            return
        line, column = self.places.at(at)
        names: list[str] = node.get("classes") or []
        classes = [name for name in names if name != "code"]
        language = "pycon" if isinstance(node, nodes.doctest_block) else "".join(classes[:1])
        self.document.blocks.append(
            CodeBlock(text, line, column, language.lower(), self.lead, self.section)
        )
        self.cursor = self.places.end(text, at)

    def _comment(self, node: nodes.comment) -> None:
        at = self._find(node.rawsource)
        if at >= 0:
            self.document.comments.append(Span(node.astext(), *self.places.at(at)))
            self.cursor = self.places.end(node.rawsource, at)

    def _raw(self, node: nodes.raw) -> None:
        at = self._find(node.astext())
        if at < 0 or "html" not in node.get("format", ""):
            return
        end = self.places.end(node.astext(), at)
        line, column = self.places.at(at)
        parts = read_html(self.text[at:end], line, column)
        self.document.anchors |= parts.anchors
        self.document.links += [replace(link, section=self.section) for link in parts.links]
        self.document.codes += [replace(code, section=self.section) for code in parts.codes]
        self.document.blocks += [replace(block, section=self.section) for block in parts.blocks]
        self.document.prose += [
            Prose(span.text, span.line, span.column, self.section) for span in parts.prose
        ]
        self.cursor = end

    def _table(self, node: nodes.table) -> None:
        rows: list[tuple[Cell, ...]] = []
        for row in node.findall(nodes.row):
            start, furthest = self.cursor, self.cursor
            cells: list[Cell] = []
            for entry in row.findall(nodes.entry):
                cells.append(self._cell(entry, start, furthest))
                furthest = max(furthest, self.cursor)
                self.cursor = (
                    start if self.places.row_of(start) != self.places.row_of(furthest) else furthest
                )
            self.cursor = furthest
            rows.append(tuple(cells))
        if rows and rows[0]:
            self.document.tables.append(
                Table(rows[0], tuple(rows[1:]), rows[0][0].line, self.section)
            )

    def _cell(self, entry: nodes.entry, start: int, furthest: int) -> Cell:
        """A cell: first looked for behind the one before it, then from the start of its row."""
        known = len(self.document.codes)
        block = entry.next_node(nodes.TextElement)
        raw = block.rawsource or block.astext() if block is not None else ""
        behind = (
            self.text.find(head_of(raw), furthest, self.places.line_end(furthest)) if raw else -1
        )
        self.cursor = furthest if behind >= 0 else start
        at = self._find(raw) if raw else -1
        place = self.places.at(at if at >= 0 else self.cursor)
        self._walk(entry.children, 9)
        text = raw if len(entry.children) == 1 else entry.astext()
        return Cell(text, *place, tuple(self.document.codes[known:]))

    def _find(self, raw: str) -> int:
        """Where the text of a node stands behind the node before it, in the same section."""
        mark = bisect_right(self.marks, self.cursor)
        end = self.marks[mark] if mark < len(self.marks) else len(self.text)
        return self.places.find(raw, self.cursor, min(end, self.cursor + AHEAD))


def _title_of(section: nodes.section) -> str:
    title = section.next_node(nodes.title)
    return str(title.rawsource) if title is not None else ""
