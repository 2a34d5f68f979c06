"""Lines that a block shows of a file of the repository: help texts, settings, examples, output.

A line alone may stand in many a project; two that follow each other in a file, or one of many words, do not.
A name that stands otherwise in the file, between lines that are the same, is false where nothing else has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from moxi_check.claim import Claim, false, true
from moxi_check.document import CodeBlock, Document, Span
from moxi_check.ground import Ground, is_alike
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
_PIECE = lazy_pattern(r"[^\W\d][\w-]*|\d+|\S")
# A variable anywhere in a line, or the key at its beginning; what stands behind a key is the reader's to choose.
_VARIABLE = lazy_pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_KEY = lazy_pattern(r"[\W_]*(?:export\s+)?(?P<key>[A-Za-z]+(?:[_-][A-Za-z0-9]+)+)[\"']?\s*[:=]")
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
        lines = list(_lines(block))
        yield from _of_block(lines, places)
        yield from _changed(lines, places, ground)


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


def _changed(lines: list[Span], places: _Places, ground: Ground) -> Iterator[Claim]:
    """Names that stand otherwise in the one line of a file between two that a block shows."""
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if line.text in places:
            continue
        for place, text in _between(before.text, after.text, places, ground):
            names = _renamed(line.text, text)
            if names is None or ground.incomplete or ground.mention(names[0]) is not None:
                continue
            name, meant = names
            span = Span(name, line.line, line.column + line.text.index(name))
            reason = f"{place} has `{meant}` here, and nothing has `{name}`"
            yield false("excerpt", span, reason, suggestion=meant, evidence=place)
            break


def _between(
    before: str, after: str, places: _Places, ground: Ground
) -> Iterator[tuple[Evidence, str]]:
    """The one line of a file that says something between two others, where there is only one."""
    for path, numbers in places.get(before, {}).items():
        ends = places.get(after, {}).get(path, ())
        pairs = [(one, two) for one in numbers for two in ends if 1 < two - one <= _NEAR]
        if not pairs:
            continue
        content = (ground.repo.text(path) or "").split("\n")
        for one, two in pairs:
            told = [n for n in range(one + 1, two) if len(content[n - 1].strip()) >= _LEAST]
            if len(told) == 1:
                yield Evidence(path=path, line=told[0]), content[told[0] - 1].strip()


def _renamed(shown: str, text: str) -> tuple[str, str] | None:
    """The one name in which two lines differ, as shown and as it is; None where there is no such."""
    ours, theirs = _PIECE.findall(text), _PIECE.findall(shown)
    if len(ours) != len(theirs):
        return None
    pairs = [(two, one) for one, two in zip(ours, theirs, strict=True) if one != two]
    if len(pairs) != 1:
        return None
    name, meant = pairs[0]
    key = _KEY.match(shown)
    if not (_VARIABLE.fullmatch(name) or (key and key["key"] == name)):
        return None
    return (name, meant) if is_alike(name, meant) else None


def _speaks(text: str) -> bool:
    return len(text) >= _SPEAKING[0] and len(_WORDS.findall(text)) >= _SPEAKING[1]
