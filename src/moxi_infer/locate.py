"""Where the sections of a README stand, whoever wrote them, and where a new one would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from moxi_core.section_names import PART_OF, kinds_of, shown
from moxi_infer.markers import Region
from moxi_infer.outline import Heading, Outline
from moxi_infer.plan import SECTIONS

LEAD = ("badges", "tagline", "about")  # sections that we write without a heading


@dataclass(frozen=True, slots=True)
class Place:
    """Where a section stands: its level, first line, and the line after it."""

    level: int
    start: int
    end: int


def first_heading(outline: Outline, region: Region) -> Heading | None:
    """The heading that a region begins with."""
    line = region.start + 1
    while line < region.end and outline.is_blank(line):
        line += 1
    return next((h for h in outline.headings if h.start == line < region.end), None)


class Locator:
    """Finds sections in an outline; `title` is the project's name, which headings may hold."""

    def __init__(self, outline: Outline, title: str) -> None:
        self.outline = outline
        self.title = title
        self.regions = {region.kind: region for region in outline.regions}
        pairs = [
            (line, region) for region in outline.regions for line in (region.start, region.end)
        ]
        self._ends = dict(sorted(pairs, key=lambda pair: pair[0]))
        self._page_title = self._lone_title()
        self._candidates = self._find_candidates()

    def kinds_of(self, heading: Heading) -> dict[str, int]:
        """The kinds of section that a heading announces, each with its rank; the page's title none."""
        return {} if heading is self._page_title else kinds_of(heading.text, self.title)

    def _lone_title(self) -> Heading | None:
        """The first heading, where no other is of the outermost level: it heads the page, and no section."""
        outermost = [heading for heading in self.outline.headings if heading.level == 1]
        is_lone = len(outermost) == 1 and outermost == self.outline.headings[:1]
        return outermost[0] if is_lone else None

    def heading_before(self, line: int) -> Heading | None:
        """The heading that stands right before a line."""
        above = [h for h in self.outline.headings if h.body <= line]
        if above and all(self.outline.is_blank(n) for n in range(above[-1].body, line)):
            return above[-1]
        return None

    def _find_candidates(self) -> dict[str, list[tuple[int, Heading]]]:
        """By kind, the headings outside our markers that could begin it, each with its rank."""
        found: dict[str, list[tuple[int, Heading]]] = {}
        ours = {n for region in self.outline.regions for n in range(region.start, region.end)}
        for heading in self.outline.headings:
            if heading.start in ours:
                continue
            for kind, rank in self.kinds_of(heading).items():
                found.setdefault(kind, []).append((rank, heading))
        return found

    def best(self, kind: str) -> list[Heading]:
        """The headings that most likely begin a section: several where it cannot be told."""
        known = self._candidates.get(kind, [])
        rank = min((r for r, _ in known), default=0)
        outer: list[Heading] = []
        for heading in (h for r, h in known if r == rank):
            if not outer or heading.start >= self.outline.limits[outer[-1].start]:
                outer.append(heading)
        level = min((h.level for h in outer), default=0)
        tops = [h for h in outer if h.level == level]
        return tops if len(tops) == 1 else outer

    def own_end(self, heading: Heading, *, outside: bool = False) -> int:
        """The end of a section, before any marker that pairs with one outside of it."""
        outline = self.outline
        end = outline.section_end(heading, outside=outside)
        for line, region in self._ends.items():
            if heading.body <= line < end and not heading.body <= region.start <= region.end < end:
                return outline.trimmed(heading.body, line)
        return end

    def kept_inside(
        self, kind: str, heading: Heading, end: int, own: Collection[str]
    ) -> list[tuple[int, int]]:
        """Lines of a section that are not replaced: other sections, ours, definitions of links.

        Headings named in `own` are of the kind itself.
        """
        outline = self.outline
        spans = [
            (region.start, region.end + 1)
            for region in outline.regions
            if heading.body <= region.start < end
        ]
        for child in outline.headings:
            if heading.body <= child.start < end and shown(child.text).lower() not in own:
                known = self.kinds_of(child).items()
                if any(k != kind and (not r or PART_OF.get(k) != kind) for k, r in known):
                    spans.append((child.start, min(outline.limits[child.start], end)))
        spans += [(line, line + 1) for line in outline.definitions if heading.body <= line < end]
        merged: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            after = last
            while after < end and outline.is_blank(after):
                after += 1
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], after))
            else:
                merged.append((first, after))
        return merged

    def neighbour(self, kind: str) -> tuple[Place | None, bool]:
        """The present section that is nearest in our order, and whether the new one follows it."""
        order = list(SECTIONS)
        at = order.index(kind)
        places = {k: place for k in order if (place := self._place(k)) is not None}
        nearest = min(
            places, key=lambda k: (abs(order.index(k) - at), order.index(k)), default=None
        )
        if nearest is None:
            return None, False
        return places[nearest], order.index(nearest) < at

    def _place(self, kind: str) -> Place | None:
        region = self.regions.get(kind)
        if region is not None:
            inner = first_heading(self.outline, region)
            outer = None if inner or kind in LEAD else self.heading_before(region.start)
            heading = inner or outer
            start = outer.start if outer else region.start
            end = max(region.end + 1, self.own_end(outer, outside=True) if outer else 0)
            return Place(heading.level if heading else self.usual_level(), start, end)
        found = self.best(kind)
        if not found:
            return None
        return Place(found[0].level, found[0].start, self.own_end(found[0], outside=True))

    def usual_level(self) -> int:
        """The level of most sections: the second, where the title is the only one of the first."""
        tops = [h for h in self.outline.headings if h.level == 1]
        return 1 if len(tops) > 2 else 2
