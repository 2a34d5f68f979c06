"""What languages share when they look for a name in our own sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.code.uses import Use
from moxi_check.ground import Ground, nearest, reordered
from moxi_check.kinds.names import is_slip
from moxi_core.records import Evidence, Fact


@dataclass
class Offered:
    """Names with their places; `why` tells why there may be more, "" if these are all.

    With `is_written`, what is more is at least written out somewhere in our own sources.
    """

    names: dict[str, Evidence] = field(default_factory=dict)
    why: str = ""
    is_written: bool = False

    def add(self, other: Offered) -> None:
        """Take over what another offers."""
        for name, place in other.names.items():
            self.names.setdefault(name, place)
        self.is_written = (
            other.is_written
            if not self.why
            else (self.is_written and (other.is_written or not other.why))
        )
        self.why = self.why or other.why


def symbol(ground: Ground, language: str, *names: str) -> Fact | None:
    """The `api_symbol` fact of one of some names, in a language."""
    for name in names:
        for fact in ground.named("api_symbol", name):
            if fact.detail.get("language", language) == language:
                return fact
    return None


def missing(
    use: Use,
    word: str,
    what: str,
    known: Iterable[str],
    evidence: Evidence | None = None,
    *,
    closed: bool = False,
) -> Claim:
    """The false claim that `word` is not `what`: "`rendr` is not in `demo`; did you mean …?".

    `known` are the true values that it may mean; a mend is certain where only case and `_` differ.
    """
    known = list(known)
    best = nearest(word, known) or _slip_of(word, known) or reordered(word, known)
    hint = f"; did you mean `{best}`?" if best else ""
    certain = bool(best) and _plain(best) == _plain(word) and use.span.text == word
    return false(
        use.kind, use.span, f"`{word}` is not {what}{hint}", suggestion=best, evidence=evidence,
        certain=certain, closed=closed,
    )  # fmt: skip


def meant(use: Use, word: str, what: str, best: str, evidence: Evidence) -> Claim:
    """The false claim that `word` is not `what`, with the one that it means, found in another way."""
    claim = missing(use, word, what, [], evidence)
    return replace(claim, suggestion=best, reason=f"{claim.reason}; did you mean `{best}`?")


def judged(
    ground: Ground, use: Use, word: str, offered: Offered, what: str, place: Evidence
) -> Claim:
    """The claim that `word` is among what is offered; false only where nothing else can be.

    One that is not judged has the nearest true name as its suggestion: it may be a slip of that.
    """
    if word in offered.names:
        return true(use.kind, use.span, offered.names[word])
    is_closed = use.kind == "import" and not offered.why
    claim = missing(use, word, what, offered.names, place, closed=is_closed)
    if not offered.why:
        if not claim.suggestion and _is_spoken_of(word, place, ground):
            return not_judged(
                use.kind, use.span, f"{place.path} has the word, and may make the name"
            )
        return claim
    if offered.is_written and claim.suggestion and ground.mention(word, docs=False) is None:
        return claim
    return replace(
        not_judged(use.kind, use.span, offered.why),
        suggestion=claim.suggestion, evidence=offered.names.get(claim.suggestion),
    )  # fmt: skip


def _is_spoken_of(word: str, place: Evidence, ground: Ground) -> bool:
    """Whether the file that should have a name has the word: in a string, or what is generated."""
    text = ground.repo.text(place.path) or ""
    if place.path.endswith("_pb2.py"):
        return word in text
    return f'"{word}"' in text or f"'{word}'" in text


def shared(ground: Ground, use: Use, written: str) -> Claim | None:
    """The claim that an import of others is one that own code has too; none where it has not."""
    place = ground.mention(written, docs=False)
    return true(use.kind, use.span, place, "own code imports it too") if place else None


def _slip_of(word: str, known: Iterable[str]) -> str:
    """The name that a word is a slip of, however short they are: `verifies` of `verify`; or ""."""
    return next((name for name in known if is_slip(word, name)), "")


def _plain(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()
