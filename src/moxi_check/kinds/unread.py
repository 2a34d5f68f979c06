"""Options of programs whose parser is not read: held against how the sources write their siblings.

Where nearly all options of a page stand in the sources word for word, one that stands nowhere in
the repository is none of the program's.
"""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import is_slip
from moxi_check.literal import coded, place_in, quoted
from moxi_core.records import Evidence

_LEAST = 3
_SHARE = 0.75
_MAX_FORMS = 120


class Unread:
    """Gathers the options of one page that no read program has, then judges them together."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._found: list[tuple[Span, str]] = []

    def add(self, span: Span, reason: str) -> None:
        """One more option, and why it could not be judged."""
        self._found.append((span, reason))

    def claims(self) -> Iterator[Claim]:
        """The verdicts."""
        forms = dict.fromkeys(span.text for span, _ in self._found if _is_long(span.text))
        places = {form: self._written(form) for form in list(forms)[:_MAX_FORMS]}
        written = [form for form, place in places.items() if place]
        holds = len(written) >= _LEAST and len(written) >= _SHARE * len(places)
        for span, reason in self._found:
            place = places.get(span.text)
            if place:
                yield true("option", span, place, "the source names it")
            elif not holds or span.text not in places or self._stands(span.text):
                yield not_judged("option", span, reason)
            else:
                yield self._false(span, written, places)

    def _written(self, form: str) -> Evidence | None:
        """Where a source has an option as a literal."""
        place = place_in(quoted(form), self._sources(), self._ground)
        return place or self._ground.mention(form, docs=False)

    def _stands(self, form: str) -> bool:
        """Whether anything in the repository is named like it."""
        if self._ground.mention(form) or self._ground.incomplete:
            return True
        if form.startswith("--no-") and self._written("--" + form.removeprefix("--no-")):
            return True
        return place_in(coded(form), self._sources(), self._ground) is not None

    def _sources(self) -> list[str]:
        return [path for path, entry in self._ground.repo.files.items() if entry.role == "source"]

    def _false(self, span: Span, written: list[str], places: dict[str, Evidence | None]) -> Claim:
        best = nearest(span.text, written, cutoff=0.6)
        hint = f"; did you mean `{best}`?" if best else ""
        return false(
            "option", span, f"`{span.text}` stands nowhere in the code, as the other options do{hint}",
            suggestion=best, evidence=places.get(best or written[0]),
            certain=bool(best) and is_slip(span.text.lstrip("-"), best.lstrip("-")),
        )  # fmt: skip


def _is_long(form: str) -> bool:
    return form.startswith("--") and len(form) > 4
