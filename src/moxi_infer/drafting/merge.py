"""A judged draft and our own section made one: its sentences, our code, tables and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from moxi_core.patterns import lazy_pattern
from moxi_infer.document import Section, Statement
from moxi_infer.drafting.judge import Judged, Part
from moxi_infer.markdown import fence, visible

_SPOKEN = frozenset({"prose", "item", "definition"})
_STOP = frozenset(
    "a an the this that these those it its is are was be been has have of to for with by in on at from and or as into you your we our "
    "project repository".split()
)
_FEW = 4
_FILLERS = frozenset(
    "short brief summary simply basically essentially tool package library called named also".split()
)
_LEADS = lazy_pattern(r":[*_]*$")
_TARGET = lazy_pattern(r"\]\(([^)\s]+)")
_FENCE = lazy_pattern(r"\s{0,3}(?:`{3,}|~{3,})")


@dataclass(slots=True)
class Block:
    """A block of our own section, with the statements that it is made of."""

    statements: list[Statement] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its Markdown."""
        return "\n".join(one.text for one in self.statements)

    @property
    def is_prose(self) -> bool:
        """Whether it is a paragraph: no code, table, list or heading."""
        first = self.text.lstrip()[:4]
        return not (_FENCE.match(self.text) or first.startswith(("|", "- ", "#", "* ", "<", "1. ")))


def blocks_of(section: Section) -> list[Block]:
    """The blocks of a section of ours, blank lines left out."""
    found = [Block()]
    fence = ""
    for one in section.statements:
        if not one.text and not fence:
            found.append(Block())
            continue
        found[-1].statements.append(one)
        for line in one.text.split("\n"):
            mark = _FENCE.match(line)
            if mark and (not fence or line.strip() == fence):
                fence = "" if fence else re.match(r"[`~]+", line.strip())[0]  # type: ignore[index]
    return [block for block in found if block.statements]


class Merger:
    """Joins the drafts of one README with our sections; what was said in one is not said again."""

    def __init__(self, told: Iterable[str] = (), *, with_code: bool = False) -> None:
        self._with_code = with_code
        self._told = [words for text in told if (words := _words(text))]

    def merge(self, ours: Section, parts: Sequence[Part]) -> Section:
        """Our section, with what holds of the draft in it; ours itself where nothing is new."""
        blocks = blocks_of(ours)
        own = [_words(block.text) for block in blocks if block.is_prose]
        made = _Joined(blocks)
        for number, part in enumerate(parts):
            after = parts[number + 1] if number + 1 < len(parts) else None
            if part.piece.sort == "definition" and _is_listed(part, ours):
                continue
            if part.piece.sort in _SPOKEN:
                made.add_prose(part, self._new(part.kept, own), after)
            elif part.piece.sort == "code" and self._with_code:
                made.add_code(part.piece.text)
            elif part.piece.sort in {"code", "table"}:
                made.place_like(part.piece.text)
        statements = made.statements()
        return Section(kind=ours.kind, title=ours.title, statements=tuple(statements))

    def _new(self, sentences: Sequence[Judged], own: Sequence[frozenset[str]]) -> list[Judged]:
        fresh: list[Judged] = []
        for sentence in sentences:
            words = _words(sentence.text)
            if words and any(_says(words, said) for said in (*self._told, *own)):
                continue
            self._told.append(words)
            fresh.append(sentence)
        return fresh


class _Joined:
    """A section as it grows: sentences of the draft, and our blocks in their order."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._next = 0
        self._made: list[Statement] = []
        self._said: set[str] = set()
        self._lead: Judged | None = None
        self._was_item = False
        self._joins = False  # whether the last paragraph is the one that the lead ends

    def add_prose(self, part: Part, sentences: list[Judged], after: Part | None) -> None:
        """The sentences of a paragraph or an item; one that leads to code waits for that.

        One that leads to a list stays if an item of that stays; what leads nowhere goes.
        """
        self._lead = None
        if sentences and _LEADS.search(sentences[-1].text):
            leads_to = after.piece.sort if after else ""
            if leads_to in {"code", "table"}:
                self._lead = sentences[-1]
            if leads_to != "item" or not (after and after.kept):
                sentences = sentences[:-1]
        self._joins = bool(sentences)
        if not sentences:
            return
        is_item = bool(part.piece.mark)
        if not (is_item and self._was_item):
            self._open()
        text = " ".join(sentence.text for sentence in sentences)
        evidence = tuple(dict.fromkeys(place for s in sentences for place in s.evidence))
        mark = f"{part.piece.mark} " if is_item else ""
        self._made.append(Statement(text=mark + text, evidence=evidence))
        self._said |= _words(text)
        self._was_item = is_item

    def place_like(self, code: str) -> None:
        """Our block that has a line of the draft's code or table in it, with all that stands before it."""
        lead, self._lead = self._lead, None
        lines = {line.strip() for line in code.splitlines() if len(line.strip()) > 2}
        for at in range(self._next, len(self._blocks)):
            block = self._blocks[at]
            if block.text.startswith("#"):
                return  # what stands under a heading of its own stays there
            if not block.is_prose and lines & {line.strip() for line in block.text.splitlines()}:
                self._place(at, lead)
                return

    def add_code(self, text: str) -> None:
        """The draft's own code, as text that nobody checked."""
        if self._lead:
            self._add_lead(self._lead)
        self._open()
        mark = fence(text)
        self._made.append(Statement(text=f"{mark}text\n{visible(text).rstrip()}\n{mark}"))
        self._was_item = self._joins = False

    def _place(self, until: int, lead: Judged | None) -> None:
        own_lead = until - 1 if until and self._blocks[until - 1].is_prose else -1
        for at in range(self._next, until):
            if not (lead and at == own_lead):
                self._append(self._blocks[at])
        if lead:
            self._add_lead(lead)
        self._append(self._blocks[until])
        self._next = until + 1

    def _add_lead(self, lead: Judged) -> None:
        """The words that lead to a block, in the paragraph that they ended."""
        last = self._made[-1] if self._made else None
        if last and self._joins and not self._was_item:
            evidence = tuple(dict.fromkeys((*last.evidence, *lead.evidence)))
            self._made[-1] = Statement(text=f"{last.text} {lead.text}", evidence=evidence)
            return
        self._open()
        self._made.append(Statement(text=lead.text, evidence=lead.evidence))

    def _append(self, block: Block) -> None:
        self._open()
        self._made.extend(block.statements)
        self._was_item = self._joins = False

    def _open(self) -> None:
        if self._made:
            self._made.append(Statement(text=""))

    def statements(self) -> list[Statement]:
        """All of it; of our own paragraphs, those that the draft has said are left out."""
        for at in range(self._next, len(self._blocks)):
            block = self._blocks[at]
            leads = at + 1 < len(self._blocks) and not self._blocks[at + 1].is_prose
            if not (block.is_prose and not leads and self._has_said(block.text)):
                self._append(block)
        return self._made

    def _has_said(self, text: str) -> bool:
        return not _TARGET.search(text) and bool(words := _words(text)) and words <= self._said


def _is_listed(part: Part, ours: Section) -> bool:
    """Whether a list or table of ours tells what an item defines, in these words."""
    words = _words(part.piece.text)
    return any(
        words <= _words(line) for line in ours.body.split("\n") if line.startswith(("|", "-"))
    )


def _words(text: str) -> frozenset[str]:
    shown = re.sub(r"\]\([^)]*\)", "]", text)
    return frozenset(re.findall(r"\w[\w./-]*\w|\w", shown.lower())) - _STOP


def _says(words: frozenset[str], said: frozenset[str]) -> bool:
    """Whether words say nothing beside what was said; of few words that is more often chance."""
    return len(words) >= _FEW and words - _FILLERS <= said and len(words) >= 0.5 * len(said)


def sentences_of(parts: Iterable[Part]) -> Iterator[Judged]:
    """All sentences of a draft that count: those of code and tables are ours to say."""
    for part in parts:
        if part.piece.sort in _SPOKEN:
            yield from part.sentences
