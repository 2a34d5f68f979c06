"""What became of the sentences of a scripted writer in the README that was made of its drafts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scripted.author import Draft
from scripted.saying import Page, Saying, words_of

Shares = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Fate:
    """One saying: whether the README tells it, in which answer it was, and why it was cut if it was.

    `answer` is `draft`, `again` where a lie of the draft is told in the repair too, or `new` where
    it is told in the repair only.
    """

    saying: Saying
    stands: bool
    answer: str = "draft"
    reason: str = ""

    def as_dict(self) -> dict[str, str]:
        """What is kept of it: where it was told, and what was invented; no words of a repository."""
        said = self.saying
        told = {"kind": said.kind, "place": said.place, "section": said.section}
        return told | ({"answer": self.answer, "invented": said.needle} if said.needle else {})


@dataclass
class Row:
    """One repository."""

    name: str
    ecosystem: str
    seconds: float = 0.0
    error: str = ""
    sections: int = 0
    repairs: int = 0
    replaced: list[str] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)

    def of(self, truth: str) -> list[Fate]:
        return [fate for fate in self.fates if fate.saying.truth == truth]

    def as_dict(self) -> dict[str, Any]:
        """The counts, the lies that stand and the true sentences that are gone."""
        told = asdict(self)
        del told["fates"]
        told["lies"], told["true"] = len(self.of("lie")), len(self.of("true"))
        told["lies_that_stand"] = [fate.as_dict() for fate in self.of("lie") if fate.stands]
        told["true_that_are_gone"] = [fate.as_dict() for fate in self.of("true") if not fate.stands]
        return told


def fates(
    drafts: Mapping[str, list[Draft]], markdown: str, reasons: Mapping[str, str]
) -> list[Fate]:
    """What became of all that was told: lies of every answer, true sentences of the last one."""
    page = Page(markdown)
    found: list[Fate] = []
    for answers in drafts.values():
        first, last = answers[0], answers[-1]
        true = [saying for saying in last.sayings if saying.truth == "true"]
        found += [_fate(saying, page.repeats(saying), "draft", reasons) for saying in true]
        told = {s.text: s for answer in answers for s in answer.sayings if s.truth != "true"}
        before, after = ({s.text for s in draft.sayings} for draft in (first, last))
        for text, saying in told.items():
            answer = (
                "draft"
                if text not in after or first is last
                else "again"
                if text in before
                else "new"
            )
            found.append(_fate(saying, page.tells(saying), answer, reasons))
    return found


def _fate(saying: Saying, stands: bool, answer: str, reasons: Mapping[str, str]) -> Fate:
    own = words_of(saying.text)
    near = (why for text, why in reversed(reasons.items()) if own in text or (text and text in own))
    return Fate(saying, stands, answer, "" if stands else next(near, ""))


def shares(found: Iterable[Fate], key: str, *, standing: bool) -> Shares:
    """(those that stand or do not, all) by a field of the saying, or by `answer`."""
    good: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for fate in found:
        name = fate.answer if key == "answer" else str(getattr(fate.saying, key))
        whole[name] += 1
        good[name] += fate.stands is standing
    return {name: (good[name], whole[name]) for name in sorted(whole)}


def total(found: Iterable[Fate], *, standing: bool) -> tuple[int, int]:
    """(those that stand or do not, all)."""
    kept = list(found)
    return sum(fate.stands is standing for fate in kept), len(kept)
