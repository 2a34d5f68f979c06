"""Runs a checker over planted copies of a README and scores what it finds.

Caught: on the planted line there is a finding of that claim that the untouched README has not.
Exact: caught, by nothing but that, and nothing new is flagged elsewhere in the copy.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from moxi_eval.checkable import Checkable
from moxi_eval.plants import Plant, apply, copies


@dataclass(frozen=True)
class Finding:
    """Something that a checker flags: the line, its kind, the words flagged and what is said."""

    line: int
    kind: str
    text: str = ""
    message: str = ""


Check = Callable[[str], list[Finding]]


@dataclass(frozen=True)
class Outcome:
    """What became of one plant.

    `judged`: what stood there before, the checker had held to be true.
    """

    repository: str
    plant: Plant
    caught: bool
    exact: bool
    judged: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "repository": self.repository,
            **self.plant.as_dict(),
            "caught": self.caught,
            "exact": self.exact,
            "judged": self.judged,
        }


@dataclass
class Score:
    """The outcomes of one checker on one repository, its findings on the untouched README."""

    outcomes: list[Outcome] = field(default_factory=list)
    untouched: list[Finding] = field(default_factory=list)
    stray: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "outcomes": [outcome.as_dict() for outcome in self.outcomes],
            "untouched": [asdict(finding) for finding in self.untouched],
            "stray": [asdict(finding) for finding in self.stray],
        }


def score(
    repository: str, text: str, plants: list[Plant], check: Check, *, together: bool = True
) -> Score:
    """Check the untouched README once and each planted copy once.

    Plants on different lines share a copy, so that slow checkers can be run; without `together`,
    each has a copy of its own, as a README that has gone wrong in one place.
    """
    untouched = check(text)
    result = Score(untouched=untouched)
    if not plants:
        return result
    known = _counted(untouched)
    for group in copies(plants) if together else [[plant] for plant in plants]:
        fresh = _new(check(apply(text, group)), known)
        planted_lines = {plant.line for plant in group}
        stray = [
            f for line, findings in fresh.items() if line not in planted_lines for f in findings
        ]
        result.stray += stray
        for plant in group:
            own = [f for f in fresh[plant.line] if is_of(f, plant)]
            foreign = len(fresh[plant.line]) - len(own)
            result.outcomes.append(
                Outcome(repository, plant, bool(own), bool(own) and not foreign and not stray)
            )
    return result


def with_judged(score: Score, confirmed: list[Finding]) -> Score:
    """The score, told which plants broke something that the checker had confirmed."""
    by_line: dict[int, list[str]] = defaultdict(list)
    for finding in confirmed:
        by_line[finding.line].append(finding.text)
    outcomes = [
        replace(o, judged=any(_overlap(t, o.plant.original) for t in by_line[o.plant.line]))
        for o in score.outcomes
    ]
    return replace(score, outcomes=outcomes)


def is_of(finding: Finding, plant: Plant) -> bool:
    """Whether a finding on the planted line speaks of the plant: by the words that it flags.

    A checker that flags no words is believed when its message names the plant or nothing at all.
    """
    if finding.text:
        return _overlap(finding.text, plant.planted)
    return not finding.message or _overlap(finding.message, plant.planted)


def _overlap(said: str, planted: str) -> bool:
    said, planted = said.strip("`'\"/ ").lower(), planted.strip("/").lower()
    if planted in said:
        return True
    # A part of a path or a module is enough: `sub` of `pkg.sub`, `docs` of `docs/x.md`.
    return len(said) > 2 and said in [planted, *re.split(r"[\s=,]+|(?<=\w)[/.:](?=\w)", planted)]


def _counted(findings: Iterable[Finding]) -> Counter[tuple[int, str, str]]:
    return Counter((f.line, f.kind, f.text or f.message) for f in findings)


def _new(findings: list[Finding], known: Counter[tuple[int, str, str]]) -> dict[int, list[Finding]]:
    """The findings that the untouched README has not, by line."""
    left = known.copy()
    fresh: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        key = (finding.line, finding.kind, finding.text or finding.message)
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh[finding.line].append(finding)
    return fresh


@dataclass(frozen=True)
class Recall:
    """How many plants there were, were caught, and were caught and nothing else flagged.

    `judged` of them broke what the checker had confirmed; of those it caught `judged_caught`.
    """

    plants: int
    caught: int
    exact: int
    judged: int = 0
    judged_caught: int = 0

    @property
    def share(self) -> float:
        return self.caught / self.plants if self.plants else 0.0


def recall(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], str] = lambda _: "all"
) -> dict[str, Recall]:
    """Recall by whatever `key` tells of a plant."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return {
        name: Recall(
            len(group),
            sum(o.caught for o in group),
            sum(o.exact for o in group),
            sum(o.judged for o in group),
            sum(o.judged and o.caught for o in group),
        )
        for name, group in sorted(groups.items())
    }


def misses(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A line for each plant that was not caught."""
    for outcome in outcomes:
        plant = outcome.plant
        if not outcome.caught:
            yield (
                f"{outcome.repository}:{plant.line}:{plant.column} {plant.kind} "
                f"{plant.original} → {plant.planted}  ({plant.absent})"
            )


def judged_share(claims: list[Checkable], judged: Iterable[Finding]) -> dict[str, tuple[int, int]]:
    """Kind -> (judged, all) of the checkable statements; judged is what overlaps on its line."""
    by_line: dict[int, list[str]] = defaultdict(list)
    for finding in judged:
        by_line[finding.line].append(finding.text.strip("`'\" "))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for claim in claims:
        hit = any(t and (t in claim.text or claim.text in t) for t in by_line[claim.line])
        counts[claim.kind][0] += hit
        counts[claim.kind][1] += 1
    return {kind: (hit, whole) for kind, (hit, whole) in sorted(counts.items())}
