"""A draft held against the code, sentence by sentence: what stays, what is cut, and why."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_check.check import Report, check_page
from moxi_check.claim import Claim
from moxi_check.ground import LISTED, Ground
from moxi_check.vouch import Doubt, Known, Voucher
from moxi_check.vouch.code import spelled
from moxi_core.records import Evidence, RepoSnapshot
from moxi_infer.drafting.draft import Piece
from moxi_infer.drafting.faults import slip_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of a draft. `evidence` proves what holds of it; `doubt` is why it is cut."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a draft with its sentences judged."""

    piece: Piece
    sentences: tuple[Judged, ...] = ()

    @property
    def kept(self) -> list[Judged]:
        """The sentences that hold."""
        return [sentence for sentence in self.sentences if sentence.doubt is None]


class Judge:
    """Judges drafts against one repository. `said` is what we write of it ourselves, which holds.

    `title` is what the project is called. With `listed`, only its files' names are known: what they do not deny stays. Threads take turns.
    """

    def __init__(
        self,
        repo: Repository,
        snapshot: RepoSnapshot,
        said: str,
        *,
        title: str = "",
        listed: bool = False,
    ) -> None:
        self._ground = Ground(repo, snapshot, {"README.md", *readmes(repo)})
        self._known = Known(self._ground, said)
        self._voucher = Voucher(self._known, listed=listed)
        self._title = title
        self._listed = listed
        self._lock = threading.Lock()

    @cached_property
    def names(self) -> frozenset[str]:
        """Names that begin a sentence as they are written: of packages, programs, symbols and variables."""
        kinds = {
            "package",
            "bin",
            "api_symbol",
            "dependency",
            "service",
            "task",
            "script",
            "make_target",
            "extra",
        }
        facts = [fact for fact in self._known.facts if fact.kind in kinds]
        tools = {fact.detail.get(key, "") for fact in facts for key in ("manager", "registry")}
        return frozenset(
            {fact.value for fact in facts} | tools | {self._title, self._ground.snapshot.name}
        )

    def judge(self, title: str, parts: Sequence[Piece]) -> list[Part]:
        """The pieces of a section under its title, each sentence with a verdict."""
        with self._lock:
            claims = self._claims(title, parts)
            return [self._part(number, part, claims) for number, part in enumerate(parts)]

    def holds(self, text: str) -> list[Claim]:
        """The false claims of a whole README."""
        with self._lock:
            return self._checked(text).false

    def _checked(self, text: str) -> Report:
        """A page, judged strictly: what a model names must be known."""
        return check_page(text, "README.md", self._ground, strict=True)

    def _part(self, number: int, part: Piece, claims: dict[tuple[int, int], list[Claim]]) -> Part:
        judged = (
            self._judged(sentence, part, claims[number, at])
            for at, sentence in enumerate(part.sentences)
        )
        return Part(part, tuple(judged))

    def _judged(self, sentence: str, part: Piece, claims: Sequence[Claim]) -> Judged:
        is_item = part.sort in {"item", "definition"} or (part.sort == "prose" and bool(part.mark))
        slip = slip_of(spelled(sentence), item=is_item, names=self.names)
        doubt = Doubt(slip) if slip else self._voucher.doubt(sentence, claims)
        places = dict.fromkeys(c.evidence for c in claims if c.evidence and c.verdict == "true")
        return Judged(sentence, tuple(places), doubt)

    def _counts(self, claim: Claim) -> bool:
        """Whether a verdict counts: not what a file with words for a model confirms, nor what no listing can tell."""
        if (
            claim.verdict == "true"
            and claim.evidence
            and self._known.is_planted(claim.evidence.path)
        ):
            return False
        return not self._listed or claim.kind in LISTED

    def _claims(self, title: str, parts: Sequence[Piece]) -> dict[tuple[int, int], list[Claim]]:
        """The claims of each sentence: as it stands, and with back-ticks around what is code."""
        found: dict[tuple[int, int], list[Claim]] = defaultdict(list)
        for written in (str, spelled):
            lines, places = _page(title, parts, written)
            for claim in self._checked("\n".join(lines)).claims:
                if claim.line in places and self._counts(claim):
                    found[places[claim.line]].append(claim)
        return found


def _page(
    title: str, parts: Iterable[Piece], written: Callable[[str], str]
) -> tuple[list[str], dict[int, tuple[int, int]]]:
    """The lines of a page that has each sentence on a line of its own, and which sentence is on which."""
    lines = [f"## {title}", ""]
    places: dict[int, tuple[int, int]] = {}
    for number, part in enumerate(parts):
        for at, sentence in enumerate(part.sentences):
            begin = (
                f"{part.mark} "
                if part.mark and not at
                else " " * (len(part.mark) + 1)
                if part.mark
                else ""
            )
            lines.append(begin + written(sentence))
            places[len(lines)] = (number, at)
        if part.sentences and not part.mark:
            lines.append("")
    return lines, places
