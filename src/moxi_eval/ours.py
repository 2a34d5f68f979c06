"""The checker of this project as the measures use it: a repository opened once, many texts held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moxi_analyzer import open_repository
from moxi_analyzer.readmes import readmes
from moxi_check import Claim
from moxi_check.check import check_page
from moxi_check.ground import Ground
from moxi_eval.planted import Finding


@dataclass(frozen=True)
class OwnChecker:
    """`check_text` on one repository, in the words of the measure."""

    claims: Callable[[str], tuple[Claim, ...]]

    def findings(self, text: str) -> list[Finding]:
        """What is false in a text."""
        return [as_finding(claim) for claim in self.claims(text) if claim.verdict == "false"]

    def judged(self, text: str) -> list[Finding]:
        """What is judged, true or false."""
        return [as_finding(claim) for claim in self.claims(text) if claim.verdict != "not_judged"]


def as_finding(claim: Claim) -> Finding:
    """A claim in the words of the measure."""
    return Finding(claim.line, claim.kind, claim.text, claim.reason)


@contextmanager
def own_checker(root: Path, readme: str, *, strict: bool = False) -> Iterator[OwnChecker]:
    """Our checker over a repository, its README at this path."""
    with open_repository(str(root), key_files=False) as (repo, snapshot):
        ground = Ground(repo, snapshot, {readme, *readmes(repo)})
        yield OwnChecker(lambda text: check_page(text, readme, ground, strict=strict).claims)
