"""How blocks of Markdown begin and go on: patterns that take in a whole block, line after line.

They are tried where a line begins, in a text of which each line ends with a line feed. What ends in
`+` after another count never gives back what it took, so that no page takes more than linear time.
"""

from __future__ import annotations

from itertools import groupby

from moxi_core.patterns import lazy_pattern

BLOCK_TAGS = frozenset(
    "address article aside blockquote center details dialog div dl fieldset figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr main nav ol p picture pre section script source style summary table ul "
    "iframe td tr th tbody thead li dd dt".split()
)

BLANK = r"[^\S\n]*+\n"
BLANKS = r"(?:\s*\n)?"
_HASHES = r"##{0,5}+(?![^ \t\n])"
_FENCE = r"(?:`{3,}+(?=[^`\n]*+\n)|~{3,}+)"
# To the mark that closes a fence, if no backtick stands before it.
_CLOSED = r"[^`\n]*+\n[^`]*+(?<=\n)`(?P=ticks)`*+[ \t]*+"
_MARK = r"(?:[-*+]|[0-9]{1,9}[.)])"
_BREAK = "(?:" + "|".join(rf"(?:{mark}[ \t]*+){{3,}}+\n" for mark in (r"\*", "-", "_")) + ")"
UNDERLINE = r"(?:=++|-++)[ \t]*+\n"
_BY_LETTER = "|".join(
    f"{letter}(?:{'|'.join(tag[1:] for tag in tags)})"
    for letter, tags in groupby(sorted(BLOCK_TAGS), key=lambda tag: tag[0])
)
_TAG = rf"<(?:!--|/?(?i:{_BY_LETTER})(?=[\s/>]))"
_CELL = r"[ \t]*+:?-++:?[ \t]*+"
_RULE = rf" {{0,3}}(?=[|:-])(?=[^|:\n]*+[|:])\|?{_CELL}(?:\|{_CELL})*+(?:\|[ \t]*+)?\n"
_TABLE = rf"[^|\n]*+\|[^\n]*+\n{_RULE}"
# A line that ends a paragraph, and one that does not.
_ENDS = (
    rf"(?:{BLANK}| {{0,3}}+(?:{_HASHES}|>|{_FENCE}|{UNDERLINE}|{_BREAK}|{_TAG}"
    rf"|(?:[-*+]|1[.)])[ \t])|{_TABLE})"
)
# Most lines begin with what begins nothing else, and are no head of a table.
_PLAIN = rf"[^\s#>`~=+*_<|:0-9-][^\n]*+\n(?!{_RULE})"
_GOES_ON = rf"(?:{_PLAIN}|(?!{_ENDS})[^\n]++\n)*+"
# The last line of a quote may be a paragraph that goes on without the mark.
_QUOTE = rf"(?: {{0,3}}>[> \t]*+(?:[^#`~\s][^\n]*+\n{_GOES_ON}|[^\n]*+\n))++"

# Items, by the place at which their text begins: at 2, at 3 or further on.
_ITEMS = {
    "at_2": r"(?:[-*+](?:[ \t](?![ \t])|(?=\n)))",
    "at_3": r"(?:(?: [-*+][ \t]|[-*+][ \t]{2}|[0-9][.)][ \t])(?![ \t])|(?: [-*+]|[0-9][.)])(?=\n))",
    "at_4": rf" {{0,3}}+{_MARK}(?:[ \t]++|(?=\n))",
}
# What is indented so far, less than the text, is no part of the item if it begins an item or a fence.
_LESS = {"at_2": "", "at_3": "  ", "at_4": "   ?"}
_INDENT = r"(?:  | ?\t)"
_INNER_FENCE = rf"(?:{_MARK}[ \t]++)*+{_FENCE}"


def _item(place: str) -> str:
    """The lines of an item below its first, up to a fence within it, of which the mark is captured."""
    less = _LESS[place]
    other = rf"(?!{less}(?:{_MARK}[ \t\n]|{_FENCE}))" if less else ""
    return (
        rf"(?:(?![-*+#][ \t\n])(?:{other}{_INDENT}[ \t]*+(?!{BLANK}|{_INNER_FENCE})[^\n]++\n"
        rf"|(?:{BLANK})++(?={_INDENT}[^\S\n]*+\S)"
        rf"|{_PLAIN}"
        rf"|(?!{_INDENT}| {{0,3}}{_MARK}[ \t\n]|{_ENDS})[^\n]++\n))*+"
        rf"(?:{other}{_INDENT}[ \t]*+(?:{_MARK}[ \t]++)*+(?P<{place}>{_FENCE})|{BLANKS})"
    )


def _first_line(place: str) -> str:
    """An item that begins with a fence is one of no lines, and a fence within it."""
    fence = rf"(?:{_MARK}[ \t]++)*+(?P<first_{place}>{_FENCE})"
    return rf"(?:{_ITEMS[place]}(?:{fence}|[^\n]*+\n{_item(place)}))"


ITEM = "|".join(map(_first_line, _ITEMS))
ITEM_LINES = {place: lazy_pattern(_item(place)) for place in _ITEMS}
# The last group tells of what kind a block is; a fence and HTML are only begun.
BLOCK = lazy_pattern(
    rf"{_PLAIN}{_GOES_ON}(?: {{0,3}}(?P<under>{UNDERLINE}))?{BLANKS}"
    rf"| {{0,3}}(?:(?P<heading>{_HASHES})[^\n]*+\n{BLANKS}|(?P<fence>{_FENCE})|(?P<html>{_TAG})"
    rf"|{_BREAK}{BLANKS})"
    rf"|(?P<item>)(?:{ITEM})"
    rf"|{_QUOTE}{BLANKS}"
    rf"|(?P<table>){_TABLE}{_GOES_ON}{BLANKS}"
    rf"|(?:{BLANK}|[^\n]*+\n{_GOES_ON}(?: {{0,3}}(?P<under_2>{UNDERLINE}))?){BLANKS}"
)
# What can begin a heading, a fence or HTML, and at last what may be a part of another block: what is
# indented or within an item, and what may be an underline. Of a heading no group tells. Each begins
# with its own character, outside of groups: so most lines are passed over without trying any.
OPENING = lazy_pattern(
    rf"\n(?:{_HASHES}"
    rf"|`(?P<ticks>``++)(?:{_CLOSED}(?=\n)(?P<closed>)|(?=[^`\n]*+\n))"
    r"|~~~++(?P<tildes>)"
    rf"|{_TAG}(?P<html>)"
    rf"|[ \t0-9*+=-][ \t0-9.)*+=-]*+(?:(?:{_HASHES}|```|~~~|{_TAG})(?P<inner>)|(?=\n)(?P<line>)))"
)
HASHED = lazy_pattern(rf"{_HASHES}[^\n]*+\n{BLANKS}")
ATX = lazy_pattern(rf"\n {{0,3}}{_HASHES}")
