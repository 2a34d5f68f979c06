"""Options of programs whose parser is not read: held against how the sources write their siblings.

Where nearly all options of a page stand in the sources word for word, one that stands nowhere in
the repository is none of the program's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.flags import group_of
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.option_like import Written
from moxi_check.kinds.told import own_names
from moxi_check.literal import all_quoted, coded, place_in, quoted
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_LEAST = 3
_SHARE = 0.75
# So many options of a help text, and such a share of them, tell that it is of a program of ours.
_MANY, _NEARLY_ALL = 8, 0.8
_USAGE = lazy_pattern(r"(?i)\busage:?[ \t]*(?:\n[ \t]*)?\S[^\n]{0,200}")


class Unread:
    """Gathers the options of one page that no read program has, then judges them together."""

    def __init__(
        self, ground: Ground, document: Document, written_out: Written, *, has_programs: bool
    ) -> None:
        self._ground = ground
        self._document = document
        self._has_programs = has_programs
        self._written_out = written_out
        self._noted: set[str] = set()
        self._found: list[tuple[Span, str, str]] = []
        self._noted_of: dict[str, set[str]] = defaultdict(set)

    def add(self, span: Span, reason: str, group: str = "") -> None:
        """One more option, and why it could not be judged; `group` is the help text it stands in."""
        self._found.append((span, reason, group))

    def note(self, form: str, group: str = "") -> None:
        """An option of the page that is known to stand in the code."""
        self._noted.add(form)
        self._noted_of[group].add(form)

    def claims(self) -> Iterator[Claim]:
        """The verdicts."""
        forms = dict.fromkeys(span.text for span, *_ in self._found if _is_long(span.text))
        places = self._written(forms)
        written = [form for form, place in places.items() if place]
        written += sorted(self._noted.difference(written))
        holds = len(written) >= _LEAST and len(written) >= _SHARE * len(self._noted | places.keys())
        own_texts = set(self._own_texts(places))
        for span, reason, group in self._found:
            place = places.get(span.text)
            if place:
                yield true("option", span, place, "the source names it")
            elif (
                span.text not in places
                or self._stands(span.text, written)
                or self._shortens(span.text, written)
                or _is_numbered(span.text, written)
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
                is_ours = self._has_programs or claim.certain or group in own_texts
                yield claim if is_ours else not_judged("option", span, reason)

    def _own_texts(self, places: dict[str, Evidence | None]) -> Iterator[str]:
        """The help texts of which nearly all options stand in the sources: they are of a program of ours."""
        said: dict[str, set[str]] = defaultdict(set)
        for span, _, group in self._found:
            if span.text in places:
                said[group].add(span.text)
        for group, forms in said.items():
            known = self._noted_of[group] | {form for form in forms if places[form]}
            is_most = len(known) >= max(_MANY, _NEARLY_ALL * len(known | forms))
            if group and is_most and self._names_us(group):
                yield group

    def _names_us(self, group: str) -> bool:
        """Whether the usage line of a help text names the project, or what stands around where it has none.

        Else it may be of a program that ours wraps.
        """
        names = "|".join(map(re.escape, sorted(own_names(self._ground))))
        named = re.compile(rf"(?i)(?<![\w-])(?:{names})(?![\w-])")
        block = next(b for b in self._document.blocks if group == group_of(b))
        usage = _USAGE.search(block.text)
        return bool(names) and bool(
            named.search(usage[0] if usage else f"{block.lead} {block.text}")
        )

    def _written(self, forms: Iterable[str]) -> dict[str, Evidence | None]:
        """Where a source has each option as a literal."""
        known = all_quoted(forms, self._sources(), self._ground)
        return {f: known.get(f) or self._ground.mention(f, docs=False) for f in forms}

    def _place(self, form: str) -> Evidence | None:
        """Where a source has one option as a literal."""
        place = place_in(quoted(form), self._sources(), self._ground)
        return place or self._ground.mention(form, docs=False)

    def _stands(self, form: str, written: list[str]) -> bool:
        """Whether anything in the repository is named like it, other than an option we know."""
        if form.replace("-", "") in {other.replace("-", "") for other in written}:
            return self._ground.mention(form) is not None or self._ground.incomplete
        if self._ground.mention(form) or self._ground.incomplete:
            return True
        if form.startswith("--no-") and self._place("--" + form.removeprefix("--no-")):
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
            suggestion=best, evidence=self._place(best or written[0]),
            certain=bool(best) and is_slip(span.text.lstrip("-"), best.lstrip("-")),
        )  # fmt: skip

    def _beside(self, form: str, written: list[str]) -> str:
        """The option most like a form, of those in the files that have what the page tells of."""
        dashed = self._written_out.dashed
        files = {dashed[other].path for other in written if other in dashed}
        return nearest(form, (other for other, at in dashed.items() if at.path in files))


def _is_numbered(form: str, written: list[str]) -> bool:
    """Whether it is one of several that have numbers in their names, which code may read with a pattern."""
    bare = [re.sub(r"\d+", "0", each) for each in (form, *written)]
    return bare[0] != form and bare[0] in bare[1:]


def _is_long(form: str) -> bool:
    return form.startswith("--") and len(form) > 4
