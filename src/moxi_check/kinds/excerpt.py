"""Lines that a block shows of a file of the repository: help texts, settings, examples, output.

A line alone may stand in many a project; two that follow each other in a file, or one of many words, do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from moxi_check.claim import Claim, true
from moxi_check.document import CodeBlock, Document, Span
from moxi_check.ground import Ground
from moxi_check.shell import SHELLS
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"excerpt": "lines of a block that shows a text stand so in a file of the repository"}

# Blocks of programming languages are judged by what they use.
_LANGUAGES = SHELLS | frozenset(
    "text txt plain plaintext output log yaml yml json json5 jsonc toml ini cfg conf properties dosini diff vim "
    "viml gitconfig editorconfig xml html dockerfile makefile make cmake nix env dotenv sql graphql bnf ebnf help".split()
)
_WORDS = lazy_pattern(r"[^\W\d_]{2,}")
_LEAST = 5
_SPEAKING = (24, 4)  # letters and words of a line that is known by itself
_MOST_LINES = 600
_MOST_TIMES = 30
_NEAR = 3
_Places = dict[str, dict[str, list[int]]]
_MOST_WORK = 2_000_000_000  # bytes of files times lines


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """The lines of blocks that stand in a file together."""
    blocks = [b for b in document.blocks if not b.language or b.language in _LANGUAGES]
    wanted = {span.text for block in blocks for span in _lines(block)}
    if not wanted or len(wanted) > _MOST_LINES:
        return
    places = _places(wanted, ground)
    for block in blocks:
        yield from _of_block(list(_lines(block)), places)


def _lines(block: CodeBlock) -> Iterator[Span]:
    """The lines that say something, without the blanks around them."""
    for line in block.lines():
        text = line.text.strip()
        if len(text) >= _LEAST and _WORDS.search(text):
            yield Span(text, line.line, line.column + line.text.index(text))


def _places(wanted: set[str], ground: Ground) -> _Places:
    """Line -> file -> the numbers of the lines where it stands, as far as the work allows."""
    found: _Places = defaultdict(dict)
    needles = {text: text.encode() for text in wanted}
    work = 0
    for path, content in ground.shown():
        work += len(content) * len(needles)
        if work > _MOST_WORK:
            return found
        for text, needle in needles.items():
            if needle in content:
                numbers = list(islice(_numbers(needle, content), _MOST_TIMES))
                if numbers:
                    found[text][path] = numbers
    return found


def _numbers(needle: bytes, content: bytes) -> Iterator[int]:
    """The lines in which a text stands that no letter continues."""
    number, counted, at = 1, 0, content.find(needle)
    while at >= 0:
        end = at + len(needle)
        begins = not (needle[:1].isalnum() and content[max(at - 1, 0) : at].isalnum())
        if begins and not (needle[-1:].isalnum() and content[end : end + 1].isalnum()):
            number += content.count(b"\n", counted, at)
            counted = at
            yield number
        at = content.find(needle, end)


def _of_block(lines: list[Span], places: _Places) -> Iterator[Claim]:
    """The lines beside which a line of the block stands in the same file, and those of many words."""
    for at, line in enumerate(lines):
        files = places.get(line.text, {})
        beside = lines[max(at - 1, 0) : at] + lines[at + 1 : at + 2]
        place = next(_together(files, beside, places), None)
        if place is None and files and _speaks(line.text):
            path = min(files)
            place = Evidence(path=path, line=files[path][0])
        if place is not None:
            yield true("excerpt", line, place)


def _together(
    files: dict[str, list[int]], beside: list[Span], places: _Places
) -> Iterator[Evidence]:
    """Where a line stands with one of those beside it at most a few lines away."""
    for path, numbers in files.items():
        for other in beside:
            for near in places.get(other.text, {}).get(path, ()):
                for number in numbers:
                    if 0 < abs(near - number) <= _NEAR:
                        yield Evidence(path=path, line=number)


def _speaks(text: str) -> bool:
    return len(text) >= _SPEAKING[0] and len(_WORDS.findall(text)) >= _SPEAKING[1]
