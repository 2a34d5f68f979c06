"""A model's draft of a section, taken apart into pieces: prose sentence by sentence, and the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from moxi_core.patterns import lazy_pattern
from moxi_infer.drafting.sentences import split_sentences

if TYPE_CHECKING:
    from markdown_it.token import Token

Sort = Literal["prose", "item", "heading", "code", "table", "definition", "html"]

_THOUGHT = lazy_pattern(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_WRAPPED = lazy_pattern(r"\A\s*```+(?:markdown|md)?[ \t]*\n(.*?)\n?```+\s*\Z", re.S | re.I)
# An item that tells what an option, a file or a name is: facts tell that better.
_DEFINES = lazy_pattern(
    r"[*_\[]{0,3}`[^`]+`(?:[*_\])]|\([^)]*\)|,?\s*`[^`]+`)*\s*(?:[:–—]|-+\s|\()"
)
_MAX_CHARS = 40_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a draft. `mark` begins an item: `-`, or `1.` in a list with numbers.

    `text` is the block's source; prose and items are also taken apart into `sentences`.
    """

    sort: Sort
    text: str
    sentences: tuple[str, ...] = ()
    mark: str = ""


def pieces(draft: str, names: Collection[str] = ()) -> list[Piece]:
    """The blocks of a draft in order; thoughts and a fence around it all are taken off.

    `names` are those that may begin a sentence, as they are written.
    """
    return [piece for piece in _pieces(unwrapped(draft), names) if piece.text.strip()]


def unwrapped(draft: str) -> str:
    """The draft itself, without what models like to put around it."""
    text = _THOUGHT.sub("", draft[:_MAX_CHARS].replace("\r\n", "\n"))
    whole = _WRAPPED.match(text)
    if whole and "```" not in whole[1]:
        text = whole[1]
    return text.strip()


def _pieces(text: str, names: Collection[str]) -> Iterator[Piece]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").disable("inline").parse(text)
    lines = text.split("\n")
    marks: list[str] = []
    in_table = False
    for index, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open":
                marks.append("-")
            case "ordered_list_open":
                marks.append("1.")
            case "bullet_list_close" | "ordered_list_close":
                marks.pop()
            case "table_open":
                in_table = True
                yield Piece("table", _source(token, lines))
            case "table_close":
                in_table = False
            case "fence" | "code_block":
                yield Piece("code", token.content)
            case "html_block":
                yield Piece("html", token.content)
            case "inline" if not in_table:
                opener = tokens[index - 1]
                if opener.type == "heading_open":
                    yield Piece("heading", token.content, mark=opener.tag)
                else:
                    yield _prose(token.content, marks, names)


def _prose(content: str, marks: list[str], names: Collection[str]) -> Piece:
    if marks and _DEFINES.match(content):
        return Piece("definition", content, tuple(split_sentences(content, names)), marks[-1])
    sort: Sort = "item" if marks else "prose"
    return Piece(sort, content, tuple(split_sentences(content, names)), marks[-1] if marks else "")


def _source(token: Token, lines: list[str]) -> str:
    start, end = token.map or (0, 0)
    return "\n".join(lines[start:end])
