"""Options of programs whose parser is not read: held against how the sources write their siblings.

Where nearly all options of a page stand in the sources word for word, one that stands nowhere in
the repository is none of the program's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.option_like import Written
from moxi_check.literal import coded, place_in, quoted
from moxi_core.records import Evidence

_LEAST = 3
_SHARE = 0.75
_MAX_FORMS = 120


class Unread:
    """Gathers the options of one page that no read program has, then judges them together."""

    def __init__(self, ground: Ground, written_out: Written, *, has_programs: bool) -> None:
        self._ground = ground
        self._has_programs = has_programs
        self._written_out = written_out
        self._noted: set[str] = set()
        self._found: list[tuple[Span, str]] = []

    def add(self, span: Span, reason: str) -> None:
        """One more option, and why it could not be judged."""
        self._found.append((span, reason))

    def note(self, form: str) -> None:
        """An option of the page that is known to stand in the code."""
        self._noted.add(form)

    def claims(self) -> Iterator[Claim]:
        """The verdicts."""
        forms = dict.fromkeys(span.text for span, _ in self._found if _is_long(span.text))
        places = {form: self._written(form) for form in list(forms)[:_MAX_FORMS]}
        written = [form for form, place in places.items() if place]
        written += sorted(self._noted.difference(written))
        holds = len(written) >= _LEAST and len(written) >= _SHARE * len(self._noted | places.keys())
        for span, reason in self._found:
            place = places.get(span.text)
            if place:
                yield true("option", span, place, "the source names it")
            elif (
                span.text not in places
                or self._stands(span.text, written)
                or self._shortens(span.text, written)
            ):
                yield not_judged("option", span, reason)
            else:
                files = {place.path for place in places.values() if place}
                meant = self._written_out.meant(span.text, files if len(written) > 1 else ())
                if not holds and not meant:
                    yield not_judged("option", span, reason)
                    continue
                claim = self._false(span, written, meant)
                # Without a program of our own, options of others are told of too.
                is_ours = self._has_programs or claim.certain
                yield claim if is_ours else not_judged("option", span, reason)

    def _written(self, form: str) -> Evidence | None:
        """Where a source has an option as a literal."""
        place = place_in(quoted(form), self._sources(), self._ground)
        return place or self._ground.mention(form, docs=False)

    def _stands(self, form: str, written: list[str]) -> bool:
        """Whether anything in the repository is named like it, other than an option we know."""
        if form.replace("-", "") in {other.replace("-", "") for other in written}:
            return self._ground.mention(form) is not None or self._ground.incomplete
        if self._ground.mention(form) or self._ground.incomplete:
            return True
        if form.startswith("--no-") and self._written("--" + form.removeprefix("--no-")):
            return True
        return place_in(coded(form), self._sources(), self._ground) is not None

    def _shortens(self, form: str, written: list[str]) -> bool:
        """Whether it is the beginning of another option: many parsers take that for the whole."""
        names = [other for other in written if other.startswith(form)]
        quotes = re.compile(rf"[\"'`]-{{0,2}}{re.escape(form.lstrip('-'))}[\w-]+[\"'`]".encode())
        return bool(names) or place_in(quotes, self._sources(), self._ground) is not None

    def _sources(self) -> list[str]:
        return [path for path, entry in self._ground.repo.files.items() if entry.role == "source"]

    def _false(self, span: Span, written: list[str], meant: str) -> Claim:
        best = meant or nearest(span.text, written, cutoff=0.6) or self._beside(span.text, written)
        hint = f"; did you mean `{best}`?" if best else ""
        return false(
            "option", span, f"`{span.text}` stands nowhere in the code, as the other options do{hint}",
            suggestion=best, evidence=self._written(best or written[0]),
            certain=bool(best) and is_slip(span.text.lstrip("-"), best.lstrip("-")),
        )  # fmt: skip

    def _beside(self, form: str, written: list[str]) -> str:
        """The option most like a form, of those in the files that have what the page tells of."""
        dashed = self._written_out.dashed
        files = {dashed[other].path for other in written if other in dashed}
        return nearest(form, (other for other, at in dashed.items() if at.path in files))


def _is_long(form: str) -> bool:
    return form.startswith("--") and len(form) > 4
