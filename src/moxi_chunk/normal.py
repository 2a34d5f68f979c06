"""A section as Moxi would write it: links that lead somewhere, headings of one kind, no emoji in them.

Only Markdown; what stands in code blocks is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from moxi_core.patterns import lazy_pattern

_DEFINITION = lazy_pattern(
    r"^ {0,3}\[(?P<name>[^\]\n]+)\]:[ \t]*<?(?P<url>[^\s<>]+)>?(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^)\n]*\)))?[ \t]*$",
    re.MULTILINE,
)
_REFERENCE = lazy_pattern(
    r"(?<![\]\\!])\[(?P<text>[^\[\]\n]+)\](?:\[(?P<name>[^\[\]\n]*)\])?(?![\[(:])"
)
_SETEXT = lazy_pattern(r"^(?P<text>\S[^\n]*)\n(?P<mark>=+|-{2,})[ \t]*$", re.MULTILINE)
_ATX = lazy_pattern(r"^(?P<marks>#{1,6})[ \t]+(?P<text>[^\n]*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_PICTURE = lazy_pattern(r"!\[(?P<alt>[^\]\n]*)\]\([^)\n]*\)")
_ASIDE = lazy_pattern(r"\0(\d+)\0")
_EMOJI_CODE = lazy_pattern(r":[a-z][a-z0-9_\\+-]{1,30}:")
_FENCED = lazy_pattern(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_ASIDE = lazy_pattern(r"\0(\d+)\0")
_CODE = lazy_pattern(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def definitions(readme: str) -> dict[str, str]:
    """Where the names of a page lead that its links give in brackets."""
    found: dict[str, str] = {}
    for match in _DEFINITION.finditer(readme):
        found.setdefault(match["name"].strip().lower(), match["url"])
    return found


def normal(text: str, known: Mapping[str, str], level: int) -> str:
    """The text with its links in place, and headings that begin at `level`."""
    blocks: list[str] = []

    def aside(match: re.Match[str]) -> str:
        blocks.append(match[0])
        return f"\0{len(blocks) - 1}\0"

    plain = _DEFINITION.sub("", _FENCED.sub(aside, text.replace("\0", "")))
    plain = _CODE.sub(aside, plain)
    plain = _headings(_resolved(plain, known), level)
    while "\0" in plain:  # a code span may hold what stood for a block
        plain = _ASIDE.sub(lambda match: blocks[int(match[1])], plain)
    return plain


def without_emoji(heading: str) -> str:
    """A heading's words without pictures of any kind."""
    plain = _EMOJI_CODE.sub(" ", _PICTURE.sub(r"\g<alt>", heading))
    kept = (c for c in plain if not _is_picture(c))
    return " ".join("".join(kept).split())


def _is_picture(char: str) -> bool:
    # A backtick is a symbol, too.
    return (
        not char.isascii() and unicodedata.category(char) in {"So", "Sk"}
    ) or char in "\ufe0f\u200d\u20e3"


def _resolved(text: str, known: Mapping[str, str]) -> str:
    def link(match: re.Match[str]) -> str:
        url = known.get((match["name"] or match["text"]).strip().lower())
        return f"[{match['text']}]({url})" if url else match[0]

    return _REFERENCE.sub(link, text) if known else text


def _headings(text: str, level: int) -> str:
    text = _SETEXT.sub(lambda m: f"{'#' if m['mark'][0] == '=' else '##'} {m['text']}", text)
    depths = [len(match["marks"]) for match in _ATX.finditer(text)]
    shift = level - min(depths, default=level)
    return _ATX.sub(lambda match: _heading(match, shift), text)


def _heading(match: re.Match[str], shift: int) -> str:
    words = without_emoji(match["text"])
    marks = "#" * min(6, max(1, len(match["marks"]) + shift))
    return f"{marks} {words}" if words else ""
