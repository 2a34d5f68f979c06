"""Drafts of sections: paragraphs, lists, tables and code in which true sentences and lies are mixed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TypeVar

from moxi_core.section_names import kinds_of
from scripted import lies, truths
from scripted.known import Known
from scripted.lies import Invention
from scripted.saying import Page, Place, Saying
from scripted.wording import FORMS, Hand, sentence

_MOST_OF = {"dependency": 2}
MOST_TRUTHS, MOST_LIES, MOST_ITEMS = 9, 5, 3
REPAIRS = ("honest", "same", "honest", "other")  # what is answered when a draft is sent back
_WITH_ITEMS = frozenset({"usage", "configuration", "features"})
_OTHER = "other"
_TITLES = {"about": "About", "install": "Installation", "api": "API", "built_with": "Built With"}

Item = TypeVar("Item")


@dataclass(frozen=True)
class Draft:
    """One answer: its Markdown, and what is said in it."""

    section: str
    text: str
    sayings: tuple[Saying, ...]


def in_turns(sources: Sequence[Iterator[Item]]) -> Iterator[Item]:
    """One of each source in turn, until all are at their ends."""
    missing = object()
    rounds = chain.from_iterable(zip_longest(*sources, fillvalue=missing))
    return (item for item in rounds if item is not missing)  # type: ignore[misc]


class Author:
    """Writes about one repository; the same seed writes the same, in whatever order it is asked.

    A lie that the offline README tells by chance is not told: whatever is found later is ours.
    """

    def __init__(
        self, known: Known, offline: str, *, seed: int = 0, faithful: bool = False
    ) -> None:
        self._known = known
        self._offline = Page(offline)
        self._hand = Hand(random.Random(f"{seed} {known.name}"))  # noqa: S311
        self._told: set[str] = set()
        self._faithful = faithful
        self._drafts: dict[str, Draft] = {}
        self._repaired: dict[str, Draft] = {}
        start = self._hand.dice.randrange(len(REPAIRS))
        for number, section in enumerate([*truths.SECTIONS, _OTHER], start):
            self._compose(section, REPAIRS[number % len(REPAIRS)])

    def draft(self, section: str) -> Draft:
        """The first answer for a section."""
        return self._drafts[self._name_of(section)]

    def repair(self, section: str) -> Draft:
        """The answer after a draft was sent back: honest, with the same lies, or with others."""
        return self._repaired[self._name_of(section)]

    def _name_of(self, section: str) -> str:
        name = section.strip().lower().replace(" ", "_")
        return name if name in self._drafts else next(iter(kinds_of(section)), _OTHER)

    def _compose(self, section: str, repair: str) -> None:
        true = self._true(section)
        first = [] if self._faithful else self._false(section)
        heading = self._hand.dice.random() < 0.5
        self._drafts[section] = self._laid_out(section, [*true, *first], heading)
        again = {
            "honest": [],
            "same": first,
            "other": [] if self._faithful else self._false(section),
        }
        self._repaired[section] = self._laid_out(section, [*true, *again[repair]], heading)

    def _true(self, section: str) -> list[Saying]:
        makers = truths.SECTIONS.get(section, truths.EVERYTHING)
        items = truths.option_items(self._known, self._hand) if section in _WITH_ITEMS else iter(())
        found = self._fresh(
            in_turns([make(self._known, self._hand) for make in makers]), MOST_TRUTHS
        )
        found += self._fresh(items, MOST_ITEMS)
        return [saying.within(section) for saying in found]

    def _fresh(self, sayings: Iterator[Saying], most: int) -> list[Saying]:
        found: list[Saying] = []
        kinds: Counter[str] = Counter()
        for saying in sayings:
            if len(found) == most:
                break
            kinds[saying.kind] += 1
            if (saying.fact or saying.text) not in self._told and kinds[
                saying.kind
            ] <= _MOST_OF.get(saying.kind, 5):
                self._told.add(saying.fact or saying.text)
                found.append(saying)
        return found

    def _false(self, section: str) -> list[Saying]:
        inventors = lies.SECTIONS.get(section, lies.EVERYTHING)
        wanted = MOST_LIES if len(inventors) > 2 else 3
        found = self._invented(
            in_turns([tell(self._known, self._hand) for tell in inventors]), wanted
        )
        if self._hand.dice.random() < 0.6:
            found += self._invented(lies.praise(self._known, self._hand), 1)
        if section in {"about", "usage", "features"}:
            found += self._invented(lies.features(self._known, self._hand), 1)
        spare = [s for s in self._true_clauses(section) if ":" not in s.text]
        return [self._said(lie, spare).within(section) for lie in found]

    def _true_clauses(self, section: str) -> list[Saying]:
        makers = truths.SECTIONS.get(section, truths.EVERYTHING)
        found = in_turns([make(self._known, self._hand) for make in makers])
        return [s for s in self._fresh(found, 2) if s.place == "prose"]

    def _invented(self, found: Iterator[Invention], most: int) -> list[Invention]:
        kept: list[Invention] = []
        for lie in found:
            if len(kept) == most:
                break
            if lie.needle not in self._told and not self._offline.has(lie.needle):
                self._told.add(lie.needle)
                kept.append(lie)
        return kept

    def _said(self, lie: Invention, spare: list[Saying]) -> Saying:
        """A lie in its place: mostly a sentence, sometimes as the end of a true one."""
        dice = self._hand.dice
        given = Saying("", lie.kind, lie.truth, needle=lie.needle)
        if lie.picture:
            return replace(given, text=lie.picture, place="picture")
        chance = dice.random()
        if lie.row and chance < 0.12:
            return replace(given, text=f"`{lie.value}`: {lie.row}", place="list")
        if lie.row and chance < 0.18:
            return replace(given, text=f"| `{lie.value}` | {lie.row} |", place="table")
        if lie.command and chance < 0.27:
            return replace(given, text=lie.command, place="code")
        shown = self._hand.code(lie.value) if lie.is_name else lie.value
        form = dice.choice(FORMS["false"][lie.form]) if lie.form else "{v}"
        words = {"v": shown} | lie.words
        if spare and lie.truth == "lie" and dice.random() < 0.25:
            before = spare.pop().text.rstrip(".")
            return replace(
                given,
                text=f"{before}{dice.choice((', and ', '; '))}{form.format(**words)}",
            )
        return replace(given, text=sentence(form, words))

    def _laid_out(self, section: str, sayings: list[Saying], heading: bool) -> Draft:
        dice = random.Random(f"{section} {len(sayings)} {self._known.name}")  # noqa: S311
        mixed = list(sayings)
        dice.shuffle(mixed)
        by_place: dict[Place, list[str]] = {}
        for saying in mixed:
            by_place.setdefault(saying.place, []).append(saying.text)
        title = _TITLES.get(section, section.replace("_", " ").title())
        blocks = [f"## {title}"] if heading else []
        blocks += by_place.get("picture", [])
        sentences = by_place.get("prose", [])
        while sentences:
            count = dice.randint(2, 4)
            blocks.append(" ".join(sentences[:count]))
            sentences = sentences[count:]
        for place in ("list", "table", "code"):
            if place in by_place:
                blocks += _block(place, by_place[place])
        return Draft(section, "\n\n".join(blocks) + "\n", tuple(sayings))


def _block(place: str, lines: list[str]) -> list[str]:
    """A list, a table or a block of code, and what leads to it."""
    if place == "list":
        return ["At a glance:", "\n".join(f"- {line}" for line in lines)]
    if place == "table":
        return ["\n".join(["| Name | Meaning |", "| --- | --- |", *lines])]
    return ["\n".join(["```sh", *lines, "```"])]
