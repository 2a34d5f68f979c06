"""A README as blocks: prose lines, inline code, links, headings, code blocks, tree diagrams."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field

FENCE = re.compile(r"^\s*(?:[>*+-]\s+|\d+\.\s+)?(`{3,}|~{3,})\s*\{?\.?([\w+#.-]*)")
HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
HTML_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
INLINE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
HTML_CODE = re.compile(r"<code>(.*?)</code>", re.IGNORECASE | re.DOTALL)
LINK = re.compile(
    r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?[^)]*\)"
)
REFERENCE = re.compile(r"^ {0,3}\[([^\]^]+)\]:\s*<?(\S+?)>?(?:\s|$)")
HTML_LINK = re.compile(
    r"<(a|img|source)\b[^>]*?\b(?:href|src|srcset)\s*=\s*"
    r"(?:\"([^\"]*)\"|'([^']*)'|([^\"'\s>]+))",
    re.IGNORECASE,
)
HTML_ID = re.compile(r"<\w+[^>]*?\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
BRANCH = re.compile(
    r"^(?P<indent>(?:[│|┃][ \u00a0]*|[ \u00a0]{2,4})*)(?:[├└┣┗|+`]|\\)[─━-]{1,3}[ \u00a0]*(?P<name>.+)$"
)


@dataclass(frozen=True)
class Code:
    """A code block: its language word, first line number and lines."""

    language: str
    line: int
    lines: tuple[str, ...]
    fenced: bool = True


@dataclass(frozen=True)
class Span:
    """Inline code, link target or prose at a line."""

    text: str
    line: int
    image: bool = False
    table: bool = False
    heading: str = ""


@dataclass
class Document:
    """All that the judges look at."""

    text: str
    inline: list[Span] = field(default_factory=list)
    links: list[Span] = field(default_factory=list)
    prose: list[Span] = field(default_factory=list)
    blocks: list[Code] = field(default_factory=list)
    headings: list[Span] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


def slug(heading: str) -> str:
    """GitHub's anchor of a heading."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", heading)
    text = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("`", "")
    text = re.sub(r":[a-z0-9_+-]+:", lambda m: m[0] if " " in m[0] else "", text)
    text = re.sub(r"(\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))", "", text)
    kept = (c for c in text.strip().lower() if c in "- _" or unicodedata.category(c)[0] in "LMN")
    return "".join(kept).replace(" ", "-")


def rst_to_markdown(text: str) -> str:
    """Just enough for the oracle: literals, code blocks, links and section titles."""
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    text = re.sub(r"`([^`<]+)<([^>`]+)>`__?", r"[\1](\2)", text)
    text = re.sub(r"^([^\n]+)\n([=~^\"'*-])\2{3,}\s*$", r"## \1", text, flags=re.MULTILINE)
    text = re.sub(r"^\.\. (?:image|figure):: *(\S+)", r"![](\1)", text, flags=re.MULTILINE)

    def fenced(match: re.Match[str]) -> str:
        body = match["body"].rstrip("\n")
        return f"{match['head'] or ''}\n```{match['language'] or ''}\n{body}\n```\n"

    block = (
        r"^(?:\.\. (?:code-block|code|highlight|sourcecode):: *(?P<language>\w*)[^\n]*|(?P<head>[^\n]*)::)"
        r"[ ]*\n(?:[ ]+:\w+:[^\n]*\n)*[ ]*\n(?P<body>(?:[ ]+[^\n]*\n|[ ]*\n)+)"
    )
    return re.sub(block, fenced, text, flags=re.MULTILINE)


def parse(text: str, rst: bool = False) -> Document:
    if rst:
        text = rst_to_markdown(text)
    text = text.replace("\r\n", "\n")
    text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    document = Document(text)
    prose = _split_blocks(text, document)
    section, previous = "", ""
    paragraph: list[str] = []
    for number, line in prose:
        match = HEADING.match(line)
        title = match[2] if match else ""
        if not match and re.fullmatch(r"\s{0,3}(=+|-{3,})\s*", line) and previous.strip():
            title = "".join(paragraph)  # GitHub's anchor leaves the line breaks out
        if title and not title.startswith("|"):
            section = title
            document.headings.append(Span(title, number))
        _spans(line, number, section, document)
        previous = line
        paragraph = [*paragraph, line.strip()] if line.strip() and not title else []
    _html(prose, document)
    _anchors(document)
    return document


def _split_blocks(text: str, document: Document) -> list[tuple[int, str]]:
    """Code blocks go into the document; the other lines come back."""
    prose: list[tuple[int, str]] = []
    fence, language, start, body = "", "", 0, list[str]()
    indented: list[str] = []
    blank, in_list = True, False
    for number, line in enumerate(text.split("\n"), 1):
        match = FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2]:
                document.blocks.append(Code(language, start, tuple(body)))
                fence = ""
            else:
                body.append(line)
            continue
        if indented and not (line.startswith(("    ", "\t")) or not line.strip()):
            first = number - len(indented)
            document.blocks.append(Code("", first, tuple(indented), fenced=False))
            indented = []
        if match and "`" not in line[match.end(1) :]:
            fence, language, start, body = match[1], match[2].lower(), number + 1, []
            continue
        in_list = bool(re.match(r"\s*(?:[*+-]|\d+[.)])\s", line)) or (
            in_list and (not line.strip() or line.startswith(" "))
        )
        if (line.startswith(("    ", "\t")) and (indented or (blank and not in_list))) or indented:
            indented.append(line)
        else:
            prose.append((number, line))
        blank = not line.strip()
    if fence or indented:
        document.blocks.append(Code(language if fence else "", start, tuple(body or indented)))
    return prose


def _spans(line: str, number: int, section: str, document: Document) -> None:
    table = line.lstrip().startswith("|") or line.count(" | ") > 1
    for match in INLINE.finditer(line):
        document.inline.append(Span(match[2].strip(), number, table=table, heading=section))
    for match in HTML_CODE.finditer(line):
        text = html.unescape(re.sub(r"<[^>]+>", "", match[1])).strip()
        document.inline.append(Span(text, number, table=table, heading=section))
    bare = INLINE.sub(lambda m: " " * len(m[0]), line)
    for match in LINK.finditer(INLINE.sub(lambda m: "x" * len(m[0]), line)):
        document.links.append(Span(match[3], number, image=bool(match[1])))
        for inner in LINK.finditer(match[2]):
            document.links.append(Span(inner[3], number, image=bool(inner[1])))
    reference = REFERENCE.match(line)
    if reference and not reference[1].startswith("^"):
        document.links.append(Span(reference[2], number))
    document.prose.append(Span(bare, number, table=table, heading=section))


def _html(prose: list[tuple[int, str]], document: Document) -> None:
    """Tags may run over several lines."""
    kept = "\n".join(INLINE.sub(lambda m: " " * len(m[0]), line) for _, line in prose)
    numbers = [number for number, _ in prose]

    def at(offset: int) -> int:
        return numbers[kept.count("\n", 0, offset)] if numbers else 0

    for match in HTML_LINK.finditer(kept):
        target = (match[2] or match[3] or match[4]).strip()
        document.links.append(Span(target, at(match.start()), image=match[1].lower() != "a"))
    document.anchors |= {html.unescape(match[1]) for match in HTML_ID.finditer(kept)}
    for match in HTML_HEADING.finditer(kept):
        document.headings.append(Span(re.sub(r"\s*\n\s*", "", match[2]).strip(), at(match.start())))
    document.headings.sort(key=lambda span: span.line)


def _anchors(document: Document) -> None:
    seen: dict[str, int] = {}
    for heading in document.headings:
        name = slug(heading.text)
        count = seen.get(name, 0)
        seen[name] = count + 1
        document.anchors.add(f"{name}-{count}" if count else name)


def tree_paths(block: Code) -> list[Span]:
    """Full paths of a tree diagram, `[]` when the block is none."""
    found: list[Span] = []
    stack: list[tuple[int, str]] = []
    drawn = [line for line in block.lines if re.search(r"[├└┣┗][─━]|^[|`+\\ ]*[|`+]--", line)]
    if len(drawn) < 2:
        return []
    for number, line in enumerate(block.lines, block.line):
        match = BRANCH.match(line.rstrip())
        if not match:
            continue
        depth = match.start("name")
        name = re.split(
            r"\s+(?:#|//|<-|←|→|--|—|–|-|\*|\(|:)\s*|\s{2,}|\s+#", match["name"].strip()
        )[0]
        name = name.strip().strip("`*")
        while stack and stack[-1][0] >= depth:
            stack.pop()
        stack.append((depth, name.rstrip("/")))
        found.append(Span("/".join(part for _, part in stack), number))
    return found
