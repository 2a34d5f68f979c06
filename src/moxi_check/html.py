"""HTML inside a README: links, images, anchors, headings, code and comments, with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from moxi_check.document import CodeBlock, Heading, InlineCode, Link, Span
from moxi_core.patterns import lazy_pattern

_MAX_OPEN = 20  # tags within each other that hold text
_PICTURES = frozenset({"img", "picture", "source", "video"})  # of which `href` is no attribute
_ATTRIBUTE = lazy_pattern(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SRCSET_URL = lazy_pattern(r"[^\s,]+(?=[\s,]|$)")


@dataclass(slots=True)
class HtmlParts:
    """What one piece of HTML holds."""

    links: list[Link] = field(default_factory=list)
    codes: list[InlineCode] = field(default_factory=list)
    blocks: list[CodeBlock] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    prose: list[Span] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    comments: list[Span] = field(default_factory=list)


def read_html(source: str, line: int, column: int, *, only_tags: bool = False) -> HtmlParts:
    """Parts of HTML that begins at a line and column (from 1).

    With `only_tags`, text between tags is not taken: a Markdown reader has it already.
    """
    reader = _HtmlReader(line, column, only_tags)
    reader.feed(_closed(source))
    reader.close()
    return reader.parts


def _closed(source: str) -> str:
    """The text without what opens a comment or a tag that nothing closes.

    The parser would look for the end of each anew; lengths stay.
    """
    behind = source.rfind("-->") + 1
    source = source[:behind] + source[behind:].replace("<!--", "    ")
    behind = source.rfind(">") + 1
    return source[:behind] + source[behind:].replace("<", " ")


class _HtmlReader(HTMLParser):
    def __init__(self, line: int, column: int, only_tags: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts = HtmlParts()
        self._line, self._column, self._only_tags = line, column, only_tags
        self._open: list[tuple[str, Span, list[str]]] = []

    def _place(self, offset: int = 0) -> tuple[int, int]:
        row, col = self.getpos()
        return self._line + row - 1, col + 1 + (self._column - 1 if row == 1 else 0) + offset

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """`<![x`: a comment to browsers; the parser's own way raises AssertionError for some."""
        return self.parse_bogus_comment(i, False)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.parts.anchors |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag in {"a", "img", "source", "video"}:
            self._targets(tag, values)
        if len(self._open) < _MAX_OPEN and tag in {
            "code",
            "pre",
            "kbd",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        }:
            self._open.append(
                (tag, Span("", *self._place(len(self.get_starttag_text() or ""))), [])
            )

    def _targets(self, tag: str, values: dict[str, str]) -> None:
        raw = self.get_starttag_text() or ""
        for found in _ATTRIBUTE.finditer(raw):
            name = found[1].lower()
            group = next((g for g in (2, 3, 4) if found[g] is not None), 2)
            if name == "srcset":
                targets = [(m[0], m.start()) for m in _SRCSET_URL.finditer(found[group])][::1]
                targets = [t for t in targets if not t[0].rstrip("wx").replace(".", "").isdigit()]
            elif name == "src" or (name == "href" and tag not in _PICTURES):
                targets = [(values.get(name, ""), 0)]
            else:
                continue
            for target, shift in targets:
                at = found.start(group) + shift
                rows = raw.count("\n", 0, at)
                line, column = self._place(at)
                if rows:
                    line, column = line + rows, at - raw.rfind("\n", 0, at)
                if target:
                    self.parts.links.append(
                        Link(target, line, column, values.get("alt", ""), tag != "a")
                    )

    def handle_endtag(self, tag: str) -> None:
        at = next((i for i in range(len(self._open) - 1, -1, -1) if self._open[i][0] == tag), None)
        if at is None:
            return
        _, start, texts = self._open[at]
        del self._open[at:]
        text = "".join(texts)
        if tag[0] == "h":
            self.parts.headings.append(
                # Line ends are no blanks in an anchor: the reader makes it of the raw text.
                Heading(" ".join(text.split()), start.line, start.column, int(tag[1]), text)
            )
        elif tag == "pre":
            lead = text.startswith("\n")
            self.parts.blocks.append(
                CodeBlock(text.strip("\n"), start.line + lead, 1 if lead else start.column)
            )
        elif tag == "code" and not any(name == "pre" for name, _, _ in self._open) and text:
            self.parts.codes.append(InlineCode(text, start.line, start.column))

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)
        if not self._only_tags and data.strip() and not self._open:
            line, column = self._place()
            for number, text in enumerate(data.split("\n")):
                if text.strip():
                    indent = len(text) - len(text.lstrip()) + 1
                    self.parts.prose.append(
                        Span(text.strip(), line + number, indent if number else column + indent - 1)
                    )

    def handle_comment(self, data: str) -> None:
        self.parts.comments.append(Span(data.strip(), *self._place()))
