"""Titles and first paragraphs of Markdown, reStructuredText and AsciiDoc pages; titles of notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from moxi_core.patterns import lazy_pattern

_MIN_CHARS, _MAX_CHARS = 40, 700
_MAX_LINES = 200  # what a page is about stands at its top

_FRONT_TITLE = lazy_pattern(r"^title\s*:\s*[\"']?(?P<title>.+?)[\"']?\s*$")
_MARKDOWN_HEADING = lazy_pattern(r"#{1,2}\s+(?P<title>.+?)\s*#*\s*(?:\{[^}]*\})?\s*$")
_ASCIIDOC_HEADING = lazy_pattern(r"={1,2}\s+(?P<title>\S.*?)\s*$")
_UNDERLINE = lazy_pattern(r"([=\-~^*#\"'`:.+_])\1{2,}\s*$")
_FENCE = lazy_pattern(r"\s{0,3}(?:`{3,}|~{3,}|:{3,}|-{4,}$|\.{4,}$)")
_NOT_PROSE = lazy_pattern(
    r"\s*(?:[#|>!<{\\%=+&;:@]|\[[!^/\[]|[-*+]\s|\d+[.)]\s|\.\.|import\s|export\s|!!!|--8<--|\s{4}|~~~)"
)
_LINK = lazy_pattern(r"!?\[(?P<text>[^\][]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_RST_LINK = lazy_pattern(r"`(?P<text>[^`<>]+?)\s*<[^<>]+>`__?")
_RST_ROLE = lazy_pattern(r":[\w:+-]+:`[~!]?(?P<text>[^`<]+?)\s*(?:<[^>]*>)?`")
_RST_CODE = lazy_pattern(r"``(?P<text>[^`]+)``")
_RST_REFERENCE = lazy_pattern(r"`(?P<text>[^`]+)`_\b|(?<!`)\b(?P<word>[\w-]+)_(?=[\s,.;)])")
_EMPHASIS = lazy_pattern(
    r"(?<![\w`*])(?P<mark>\*{1,3}|_{1,3})(?=\S)(?P<text>[^*_`\n]+?)(?<=\S)(?P=mark)(?!\w)"
)
_ADOC_LINK = lazy_pattern(r"(?:link:|xref:)?(?:https?://[^\s\[]+|[\w./#-]+)\[(?P<text>[^\]]+)\]")
_TAG = lazy_pattern(r"</?[a-zA-Z][^<>]*>")
_LEFTOVER = lazy_pattern(r"[*<>{}|\[\]\\]|https?://|\(\)|::|^\W")
_META = lazy_pattern(
    r"(?i)(?:welcome|this (?:page|document|section|guide|tutorial|chapter|site|website|documentation"
    r"|manual|book|file|folder|directory|article)|these|here|in this|if you|you |we |to |note|see |want"
    r"|the following|before|after|please|thank|for |when |let'?s|let us|click|as of|warning|first|there"
    r"|check|read |looking|below|above|it |they |by |once|now)"
)
_POINTS_ON = lazy_pattern(
    r"(?i)\b(?:read (?:about|more)|see (?:the|our)|section|chapter|this page)\b"
)
_NOTEBOOK_HEAD = 20_000
_NOTEBOOK_TITLE = lazy_pattern(
    r'"cell_type":\s*"markdown"(?:(?!"cell_type").){0,2000}?'
    r'"source":\s*\[?\s*("#\s(?:[^"\\]|\\.){1,300}")',
    re.DOTALL,
)
_SAYS = lazy_pattern(
    r"\b(?:is|are|provides?|lets?|allows?|helps?|makes?|offers?|gives?|enables?|turns?|converts?"
    r"|adds?|implements?|reads?|writes?|generates?|creates?|supports?|brings?|runs?|manages?|builds?"
    r"|simplifies|contains?|includes?|extends?|checks?|finds?|uses|analy[sz]es|replaces|exposes)\b"
)


def title(text: str, path: str) -> tuple[str, int]:
    """(title, line) of a page: from its front matter or its first heading; ("", 0) if it has none."""
    if path.endswith(".ipynb"):
        return _notebook_title(text)
    lines = text.splitlines()[:_MAX_LINES]
    start = 0
    if lines and lines[0].strip() == "---":
        end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        for number, line in enumerate(lines[1:end], 2):
            found = _FRONT_TITLE.match(line)
            if found:
                return plain(found["title"]), number
        start = end + 1
    fenced = False
    for number in range(start, len(lines)):
        line = lines[number]
        if _FENCE.match(line) and not _UNDERLINE.match(line):
            fenced = not fenced
            continue
        heading = "" if fenced else _heading(lines, number, path)
        if heading:
            return heading, number + 1
    return "", 0


def _notebook_title(text: str) -> tuple[str, int]:
    head = text[:_NOTEBOOK_HEAD]
    found = _NOTEBOOK_TITLE.search(head)
    try:
        heading = json.loads(found[1]) if found else ""
    except ValueError:
        heading = ""
    heading = re.sub(
        r"<[^>]*>|[*`#]|\[|\]\([^)]*\)", "", heading.splitlines()[0] if heading else ""
    )
    return heading, head.count("\n", 0, found.start(1)) + 1 if found else 0


def _heading(lines: list[str], number: int, path: str) -> str:
    line = lines[number]
    if path.endswith((".adoc", ".asciidoc")):
        found = _ASCIIDOC_HEADING.match(line)
        return plain(found["title"]) if found else ""
    if not path.endswith(".rst"):
        found = _MARKDOWN_HEADING.match(line)
        if found:
            return plain(found["title"])
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if re.match(r"[\w`\"'(:*@.]", line) and _UNDERLINE.match(following):
        mark = following.strip()[0]
        if path.endswith(".rst") or mark == "=":
            long_enough = len(following.strip()) >= min(len(line.strip()), 3)
            return plain(line) if long_enough and not line.startswith("..") else ""
    return ""


def plain(text: str) -> str:
    """Text without links, emphasis, tags and emoji codes; inline code stays."""
    text = _RST_ROLE.sub(lambda m: m["text"], text)
    text = _RST_LINK.sub(lambda m: m["text"], text)
    text = _RST_CODE.sub(lambda m: f"`{m['text']}`", text)
    text = _LINK.sub(lambda m: "" if m[0].startswith("!") else m["text"], text)
    for _ in range(2):
        text = _EMPHASIS.sub(lambda m: m["text"], text)
    text = re.sub(r"(?<!\w):[a-z0-9_+-]{2,30}:(?!\w)", "", _TAG.sub("", text))
    return re.sub(r" (?=[.,;:!](?:\s|$))", "", " ".join(text.split()))


def first_paragraph(text: str, path: str) -> tuple[str, int] | None:
    """(paragraph, line): the first that says in plain sentences what the project is; else None."""
    for tried, (paragraph, line) in enumerate(_paragraphs(text)):
        if tried >= 4:
            return None
        if path.endswith(".rst"):
            paragraph = _RST_REFERENCE.sub(lambda m: m["text"] or m["word"], paragraph)
        if path.endswith(".adoc"):
            paragraph = _ADOC_LINK.sub(lambda m: m["text"], paragraph)
        shown = plain(paragraph)
        if _is_about(shown):
            return shown, line
    return None


def _is_about(text: str) -> bool:
    if not _MIN_CHARS <= len(text) <= _MAX_CHARS or not text.endswith((".", "!")):
        return False
    outside_code = re.sub(r"`[^`]*`", "x", text)
    if (
        _META.match(text)
        or _POINTS_ON.search(text)
        or _LEFTOVER.search(outside_code)
        or "?" in outside_code
    ):
        return False
    return bool(_SAYS.search(re.split(r"(?<=[.!])\s", outside_code)[0]))


def _paragraphs(text: str) -> Iterator[tuple[str, int]]:
    """(text, first line) of the paragraphs that are neither headings, lists, tables nor code."""
    lines = text.splitlines()[:_MAX_LINES]
    start = 0
    if lines and lines[0].strip() == "---":
        start = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0) + 1
    block: list[str] = []
    fenced = False
    for number in range(start, len(lines) + 1):
        line = lines[number] if number < len(lines) else ""
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.strip():
            block.append(line)
            continue
        if block and not any(_NOT_PROSE.match(part) for part in block[:1]):
            is_heading = len(block) < 3 and _UNDERLINE.match(block[-1])
            listed = any(re.match(r"\s*(?:[-*+]\s|\d+[.)]\s|\|)", part) for part in block)
            if not is_heading and not listed:
                yield " ".join(part.strip() for part in block), number - len(block) + 1
        block = []
