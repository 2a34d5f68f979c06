"""What a scripted writer says, and whether a README says it too."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Truth = Literal["true", "lie", "feature", "praise"]
Place = Literal["prose", "list", "table", "code", "picture"]

# Of a sentence, what may differ without its being another: marks of code and emphasis, escapes.
_MARKS = re.compile(r"[`*]|\\(?=[^\w\s])")
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^()\s]*)\)")


@dataclass(frozen=True)
class Saying:
    """One sentence, list item, table row, line of code or picture of a draft.

    `kind` is the kind of fact that it is about. `needle` is what is invented in a lie, or praised.
    `parts` are the cells of a true item, row or line of code, or the words that a true sentence
    repeats. `fact` is what a true one tells, in whatever form. `text` is Markdown.
    """

    text: str
    kind: str
    truth: Truth = "true"
    place: Place = "prose"
    needle: str = ""
    parts: tuple[str, ...] = ()
    fact: str = ""
    section: str = ""

    def within(self, section: str) -> Saying:
        """The same, said in a section."""
        return replace(self, section=section)


def words_of(text: str) -> str:
    """A text by its words: without marks of code and emphasis, links as what they show and where they lead."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1 \2", text)).split())


def bounded(needle: str) -> re.Pattern[str]:
    """A pattern of the words of a needle that are no part of longer words; case tells nothing."""
    plain = words_of(needle)
    spaced = r"\s+".join(map(re.escape, plain.split()))
    before = r"(?<![\w-])" if re.match(r"[\w-]", plain) else ""
    after = r"(?![\w-]|\.\w)" if re.search(r"\w$", plain) else ""
    return re.compile(before + spaced + after, re.IGNORECASE)


class Page:
    """A README, asked for what it says."""

    def __init__(self, markdown: str) -> None:
        self._text = words_of(markdown)
        self._lines = [words_of(line) for line in markdown.splitlines() if line.strip()]

    def repeats(self, saying: Saying) -> bool:
        """Whether a true saying stands in the page.

        A sentence has to stand there by its words, in their order; one that only repeats words of
        the repository, by those. Of a list item, a table row or a line of code all parts have to
        stand in one line: a table of facts may say the same.
        """
        if saying.place == "prose" and words_of(saying.text).rstrip(".:") in self._text:
            return True
        if saying.place == "prose" and not saying.parts:
            return False
        patterns = [bounded(part) for part in saying.parts or (saying.text,)]
        return any(all(p.search(line) for p in patterns) for line in self._lines)

    def tells(self, saying: Saying) -> bool:
        """Whether what is invented in a saying stands in the page, in whatever words."""
        return self.has(saying.needle) or words_of(saying.text) in self._text

    def has(self, needle: str) -> bool:
        """Whether the words of a needle stand in the page, on their own."""
        return bool(needle) and bounded(needle).search(self._text) is not None
