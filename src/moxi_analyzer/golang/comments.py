"""Doc comments: the comment above a package clause or a declaration, and its prose."""

from __future__ import annotations

import re

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.modules import Folder
from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_CLAUSE = lazy_pattern(r"^package[ \t]+\w+", re.MULTILINE)
_LEGAL = lazy_pattern(r"(?i)copyright|licensed? under|spdx-license|all rights reserved|@license")
_DIRECTIVE = lazy_pattern(r"//(?:go:|\s*\+build|nolint|line |export )")
_LINK = lazy_pattern(r"(?<![\w\]])\[(\*?[A-Za-z][\w.]*)\](?![\w(\[])")
_ONLY_A_LINK = lazy_pattern(r"(?:\w+:? )?https?://\S+")
_MIN_ABOUT, _MAX_ABOUT = 40, 700


def package_comment(repo: Repository, package: Folder) -> tuple[str, Evidence] | None:
    """The doc comment of a package and its place: that of doc.go, else the longest."""
    best: tuple[str, Evidence] | None = None
    for path in sorted(package.files, key=lambda p: not p.endswith("doc.go")):
        text = repo.text(path) or ""
        clause = _CLAUSE.search(text)
        if clause is None:
            continue
        found = _comment_before(text[: clause.start()])
        if found is None or _LEGAL.search(found[0][:300]):
            continue
        if best is None or len(found[0]) > len(best[0]):
            best = found[0], Evidence(path=path, line=found[1])
        if path.endswith("doc.go"):
            return best
    return best


def _comment_before(text: str) -> tuple[str, int] | None:
    """The comment that ends on the last line of `text`, and the line it begins on."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if not lines:
        return None
    if lines[-1].rstrip().endswith("*/"):
        opening = text.rfind("/*")
        body = text[opening + 2 : text.rfind("*/")]
        return (body.strip("\n"), text[:opening].count("\n") + 1) if opening >= 0 else None
    start = len(lines)
    while start and lines[start - 1].startswith("//"):
        start -= 1
    kept = [line for line in lines[start:] if not _DIRECTIVE.match(line)]
    return ("\n".join(map(_stripped, kept)), start + 1) if kept else None


def _stripped(line: str) -> str:
    return line[2:].removeprefix(" ")


def prose(comment: str) -> str:
    """The opening paragraphs of a doc comment as one of plain sentences; "" if there is none."""
    said = ""
    for paragraph in re.split(r"\n\s*\n", comment.strip("\n")):
        if said and (len(said) >= _MIN_ABOUT or paragraph.startswith(("#", "\t", "  "))):
            break
        if paragraph.startswith(("\t", "    ", "#", "-", "*")) or "\n\t" in paragraph:
            break
        folded = _LINK.sub(r"\1", " ".join(paragraph.split()))
        said = f"{said} {folded}".strip()
    if not _MIN_ABOUT <= len(said) <= _MAX_ABOUT or not said.rstrip().endswith((".", "!")):
        return ""
    return said


def doc_comment(node: Node) -> str:
    """The comment directly above a declaration, as text."""
    lines: list[str] = []
    row, above = node.start_point.row, node.prev_sibling
    while above is not None and above.type == "comment" and above.end_point.row == row - 1:
        text = text_of(above)
        if text.startswith("/*"):
            lines.insert(0, text[2:-2].strip())
        elif not _DIRECTIVE.match(text):
            lines.insert(0, _stripped(text))
        row, above = above.start_point.row, above.prev_sibling
    return "\n".join(lines).strip()


def first_sentence(comment: str) -> str:
    """The first sentence of a doc comment on one line."""
    paragraph = re.split(r"\n\s*\n", comment)[0]
    folded = _LINK.sub(r"\1", " ".join(paragraph.split()))
    found = re.match(r".*?(?:(?<!e\.g)(?<!i\.e)(?<!etc)[.!?])(?=\s+[A-Z(`\"]|\s*$)", folded)
    sentence = found[0] if found else folded
    return "" if _ONLY_A_LINK.fullmatch(sentence) else one_line(sentence)
