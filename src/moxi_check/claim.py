"""What a README says that the repository can confirm, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moxi_check.document import Span
from moxi_core.records import Evidence

Verdict = Literal["true", "false", "not_judged"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a README; line and column count from 1.

    `text` is what the README says, word for word. For a false one `suggestion` is the nearest true
    value; where `certain`, it may replace `text` as it stands. `closed` tells that it was held
    against a list to which nothing is added while the code runs: then it is false even where nothing
    in it is like it, if the code has it nowhere else. `whole` tells that it is false even then.
    """

    kind: str
    text: str
    line: int
    column: int
    verdict: Verdict
    reason: str = ""
    suggestion: str = ""
    evidence: Evidence | None = None
    certain: bool = False
    whole: bool = False
    closed: bool = False


def true(kind: str, span: Span, evidence: Evidence | None = None, reason: str = "") -> Claim:
    """A claim that the repository confirms."""
    return Claim(kind, span.text, span.line, span.column, "true", reason, evidence=evidence)


def false(
    kind: str,
    span: Span,
    reason: str,
    *,
    suggestion: str = "",
    evidence: Evidence | None = None,
    certain: bool = False,
    whole: bool = False,
    closed: bool = False,
) -> Claim:
    """A claim that the repository contradicts."""
    return Claim(
        kind, span.text, span.line, span.column, "false", reason, suggestion, evidence,
        certain and bool(suggestion), whole, closed,
    )  # fmt: skip


def not_judged(kind: str, span: Span, reason: str) -> Claim:
    """A claim that nothing here confirms or contradicts."""
    return Claim(kind, span.text, span.line, span.column, "not_judged", reason)


def undecided(claim: Claim, reason: str) -> Claim:
    """A claim whose verdict is taken back."""
    return Claim(claim.kind, claim.text, claim.line, claim.column, "not_judged", reason)
