"""update_readme(): our sections of a README are written anew; what a person wrote stays as it is.

Edits are ranges of the old text: all bytes outside of them are the same afterwards, whatever the
encoding and the line ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from moxi_core.errors import OutputError, TemplateError
from moxi_core.section_names import shown
from moxi_infer.document import Readme
from moxi_infer.edits import Edit, joined, kept_lines, plain
from moxi_infer.locate import LEAD, Locator, first_heading
from moxi_infer.markers import CONTENTS, Region, seal, wrapped
from moxi_infer.outline import Heading, Outline
from moxi_infer.plan import SECTIONS
from moxi_infer.write import contents

MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was left as it is, and why; `line` counts from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Update:
    """An updated README. `kept` are its lines, from 1, that were not written just now."""

    content: bytes
    written: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    kept: frozenset[int]


def update_readme(
    content: bytes,
    readme: Readme,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    force: bool = False,
    markers: bool = True,
) -> Update:
    """The README `content` with the sections of `readme`, which was composed with markers.

    Without `only`, sections between markers are rewritten, as long as nobody changed what they
    enclose. Those named in `only` are found by their heading too, and added where there is none;
    those in `skip` are not looked at.
    `force` rewrites sections that were changed by hand. Without `markers`, what is rewritten loses
    them. Raises OutputError for what is no text.
    """
    if len(content) > MAX_BYTES or b"\0" in content:
        raise OutputError("The README is no text that can be updated: too large, or not in UTF-8.")
    fresh = _fresh(readme)
    outline = Outline(content.decode("utf-8", "surrogateescape"))
    plan = _Plan(outline, fresh, readme.title, force=force, markers=markers)
    plan.decide(only, skip)
    return plan.result()


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A section as we would write it now; `title` is "" where it has no heading."""

    title: str
    body: str

    def text(self, level: int, heading: str | None = None) -> str:
        """The section under a heading of `level`: its own, or one that is given ("" for none)."""
        own = f"{'#' * level} {self.title}" if self.title else ""
        top = own if heading is None else heading
        body = _shifted(self.body, level - 2)
        return f"{top}\n\n{body}" if top else body


def _fresh(readme: Readme) -> dict[str, _Fresh]:
    outline = Outline(readme.markdown)
    if readme.sections and not outline.regions:
        raise TemplateError(
            "The template writes no markers, so its sections cannot be told apart: put "
            "`<!-- moxi:{{ part.kind }} -->` before each, and `<!-- /moxi:{{ part.kind }} -->` after it."
        )
    found: dict[str, _Fresh] = {}
    for region in outline.regions:
        heading = first_heading(outline, region)
        start = heading.end if heading else region.start + 1
        body = outline.between(start, region.end).strip("\n")
        found[region.kind] = _Fresh(heading.text if heading else "", body)
    return found


def _shifted(markdown: str, by: int) -> str:
    """A text of ours with its headings `by` levels lower."""
    if not by or "#" not in markdown:
        return markdown
    outline = Outline(markdown)
    lines = list(outline.lines)
    for heading in outline.headings:
        level = min(max(heading.level + by, 1), 6)
        lines[heading.start] = "#" * level + lines[heading.start].lstrip("#")
    return "\n".join(lines)


class _Plan:
    """The edits of one README, and the reasons for those that are not made."""

    def __init__(
        self, outline: Outline, fresh: dict[str, _Fresh], title: str, *, force: bool, markers: bool
    ) -> None:
        self.outline = outline
        self.fresh = fresh
        self.force = force
        self.markers = markers
        self.edits: list[Edit] = []
        self.current: set[str] = set()  # what is as we would write it
        self.written: list[str] = []
        self.conflicts: list[Conflict] = []
        text = outline.text
        self.newline = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
        if "\r" in text and "\n" not in text:
            self.newline = "\r"
        self.is_utf8 = not any("\udc80" <= char <= "\udcff" for char in text)
        self.where = Locator(outline, title)
        self.regions = self.where.regions
        self.broken = {kind for fault in outline.faults for kind in fault.kinds}

    def decide(self, only: Collection[str], skip: Collection[str]) -> None:
        """Plan an edit, or tell of a conflict, for each section that is asked for."""
        for fault in self.outline.faults:
            if fault.kinds & set(only) or not (only or fault.kinds <= set(skip)):
                self._conflict(fault.line, fault.reason)
        for kind in SECTIONS:
            if kind in self.broken or kind in skip or (only and kind not in only):
                continue
            if kind in self.regions:
                self._rewrite(self.regions[kind], asked=kind in only)
            elif only:
                self._find(kind)
        for kind, region in self.regions.items():
            if kind not in SECTIONS and kind != CONTENTS and not only:
                self._conflict(region.start, f"there is no section `{kind}`; left as it is.")
        if not (only or self.outline.regions or self.outline.faults):
            self._conflict(
                0, "no section here is marked as ours; name those to write by --section."
            )
        if CONTENTS in self.regions:
            self._rewrite_contents(self.regions[CONTENTS], quiet=bool(only))

    def _conflict(self, line: int, reason: str) -> None:
        self.conflicts.append(Conflict(line + 1, reason))

    def _rewrite(self, region: Region, *, asked: bool) -> None:
        """A section between markers: rewritten if it is as we left it, or is ours to take."""
        kind, outline = region.kind, self.outline
        old = outline.between(region.start + 1, region.end)
        intact = is_intact(outline, region)
        if kind not in self.fresh:
            self._conflict(
                region.start, f"nothing here proves what `{kind}` says any more; left as it is."
            )
            return
        heading = first_heading(outline, region)
        before = self.where.heading_before(region.start)
        stays = before is not None and kind in self.where.kinds_of(before)
        if heading is not None and before is not None and stays and heading.level > before.level:
            heading = None  # a part of what stands under a person's heading
        if heading is not None:
            kept = None if intact else outline.between(heading.start, heading.end).rstrip()
            text = self.fresh[kind].text(heading.level, kept)
        elif intact or stays:
            text = self.fresh[kind].text(before.level if before else 2, "")
        else:
            text = self.fresh[kind].text(2)
        block = wrapped(kind, text)
        if not intact and block.partition("\n")[2].startswith(plain(old) + "<!--"):
            intact = True  # only the check sum differs: nothing is lost
        if not (intact or self.force or (asked and not region.seal)):
            self._conflict(
                region.start,
                f"the section `{kind}` was changed by hand since it was written; --force rewrites it, "
                "--force --diff shows how."
                if region.seal
                else f"the markers of `{kind}` have no check sum; --section {kind} writes it.",
            )
            return
        if not self.markers:
            block = self._spaced(text, region.start, region.end + 1)
        self._replace(
            kind, outline.starts[region.start], outline.end_of(region.end), block, region.start
        )

    def _spaced(self, text: str, start: int, end: int) -> str:
        """A text in place of the lines from `start` to before `end`, set off by blank lines."""
        before = "" if self.outline.is_blank(start - 1) else "\n"
        return f"{before}{text}" if self.outline.is_blank(end) else f"{before}{text}\n"

    def _replace(self, kind: str, start: int, end: int, text: str, line: int) -> None:
        """An edit, unless it changes nothing, or the README's encoding is unknown."""
        if plain(self.outline.text[start:end]) == text:
            self.current.add(kind)
            return
        if not self.is_utf8 and not text.isascii():
            self._conflict(line, f"`{kind}` needs UTF-8, which this README is not in; convert it.")
            return
        if self._edit(start, end, text):
            self.written.append(kind)
        else:
            self._conflict(line, f"`{kind}` stands inside of another section that is rewritten.")

    def _edit(self, start: int, end: int, text: str) -> bool:
        """Plan an edit; False where it would cross another one."""
        if any(edit.start < end and start < edit.end for edit in self.edits):
            return False
        self.edits.append(Edit(start, end, text))
        return True

    def _find(self, kind: str) -> None:
        """A section without markers: the one with such a heading, or a new one."""
        if kind not in self.fresh:
            self._conflict(
                0, f"nothing in the repository tells what `{kind}` could say; left as it is."
            )
            return
        found = self.where.best(kind)
        mend = f"put `<!-- moxi:{kind} -->` before and `<!-- /moxi:{kind} -->` after what is meant."
        if len(found) > 1:
            others = ", ".join(str(h.start + 1) for h in found[1:6])
            self._conflict(found[0].start, f"this and line {others} could both be `{kind}`; {mend}")
        elif not found and kind in LEAD:
            self._conflict(0, f"`{kind}` has no heading to be found by; {mend}")
        elif not found:
            self._insert(kind)
        else:
            others = ", ".join(sorted(set(self.where.kinds_of(found[0])) - {kind}))
            if others:
                self._conflict(found[0].start, f"this section is `{others}` as well; {mend}")
            else:
                self._take_over(kind, found[0])

    def _take_over(self, kind: str, heading: Heading) -> None:
        """Replace what stands under a person's heading; the heading stays, so that links hold."""
        outline = self.outline
        end = self.where.own_end(heading)
        fault = next((f for f in outline.faults if heading.body <= f.line < end), None)
        if fault is not None:
            self._conflict(heading.start, f"`{kind}` holds broken markers (line {fault.line + 1}).")
            return
        text = self.fresh[kind].text(heading.level, "")
        block = wrapped(kind, text) if self.markers else text
        own = {shown(h.text).lower() for h in Outline(self.fresh[kind].body).headings}
        pieces = self.where.kept_inside(kind, heading, end, own)
        first = pieces[0][0] if pieces else end
        start = heading.body
        while start < first and outline.is_blank(start):
            start += 1
        last = outline.trimmed(start, first) if pieces else end
        while last > start and outline.is_blank(last - 1):
            last -= 1
        self._put(kind, heading, start, last, block)
        for (_, after), (before, _) in pairwise([*pieces, (end, end)] if pieces else []):
            self._drop(after, before)

    def _drop(self, start: int, end: int) -> None:
        """Delete lines after a kept piece, and its blank lines where others follow."""
        outline = self.outline
        while end > start and outline.is_blank(end - 1):
            end -= 1
        if start == end:
            return
        while outline.is_blank(start - 1) and outline.is_blank(end):
            start -= 1
        self._edit(outline.end_of(start - 1), outline.end_of(end - 1), "")

    def _put(self, kind: str, heading: Heading, start: int, last: int, block: str) -> None:
        """A block in place of the lines from `start` to the one before `last`."""
        outline = self.outline
        if last > start:
            text = self._spaced(block, start, last)
            self._replace(
                kind, outline.starts[start], outline.end_of(last - 1), text, heading.start
            )
            return
        # Nothing stands under the heading.
        text = f"\n\n{block}" if outline.is_blank(heading.body) else f"\n\n{block}\n"
        point = outline.end_of(heading.body - 1)
        self._replace(kind, point, point, text, heading.start)

    # New sections

    def _insert(self, kind: str) -> None:
        """A section that the README does not have, beside the nearest one in our order."""
        outline = self.outline
        near, is_after = self.where.neighbour(kind)
        level = near.level if near else self.where.usual_level()
        text = self.fresh[kind].text(level)
        block = wrapped(kind, text) if self.markers else text
        if near is None:
            line = outline.trimmed(0, len(outline.lines))
        elif is_after:
            line = near.end
        else:
            line = outline.trimmed(
                max((h.end for h in outline.headings if h.start < near.start), default=0),
                near.start,
            )
        if line == 0:
            rest = "\n\n" if outline.lines else "\n"
            self._replace(kind, outline.starts[0], outline.starts[0], f"{block}{rest}", 0)
            return
        point = outline.end_of(line - 1)
        text = f"\n\n{block}" if outline.is_blank(line) else f"\n\n{block}\n"
        self._replace(kind, point, point, text, line - 1)

    # The table of contents

    def _rewrite_contents(self, region: Region, *, quiet: bool) -> None:
        """Our table of contents, of the headings that the new text has."""
        if not is_intact(self.outline, region) and not self.force:
            if not quiet:
                self._conflict(
                    region.start, "the table of contents was changed by hand; left as it is."
                )
            return
        new = Outline(joined(self.outline.text, self.edits, "\n"))
        titles = [shown(h.text) for h in new.headings if h.level == 2]
        text = contents(titles)
        self._replace(
            CONTENTS, self.outline.starts[region.start], self.outline.end_of(region.end),
            wrapped(CONTENTS, text) if self.markers else self._spaced(text, region.start, region.end + 1),
            region.start,
        )  # fmt: skip

    def result(self) -> Update:
        """The new text; the old one where an edit would not be found again."""
        text = joined(self.outline.text, self.edits, self.newline)
        new = Outline(text)
        if self.edits and not self._holds(new):
            self.edits, self.written, text, new = [], [], self.outline.text, self.outline
            reason = (
                "what would be written could not be told from the text around it; nothing is done."
            )
            self._conflict(0, reason)
        kept = kept_lines(self.outline.text, self.edits)
        for region in new.regions:
            if region.kind in self.current:
                kept -= set(range(region.start + 1, region.end + 2))
        return Update(
            text.encode("utf-8", "surrogateescape"),
            tuple(self.written),
            tuple(sorted(self.conflicts, key=lambda conflict: conflict.line)),
            frozenset(kept),
        )

    def _holds(self, new: Outline) -> bool:
        """Whether all that is written, and all that was marked before, is found again."""
        intact = {r.kind for r in new.regions if is_intact(new, r)}
        faults = {kind for fault in new.faults for kind in fault.kinds}
        if faults != self.broken:
            return False
        if self.markers:
            known = {region.kind for region in new.regions}
            return set(self.written) <= intact and set(self.regions) <= known
        again = _Plan(new, self.fresh, self.where.title, force=self.force, markers=False)
        again.decide([k for k in self.written if k in self.fresh and self.fresh[k].title], ())
        return not again.edits


def is_intact(outline: Outline, region: Region) -> bool:
    """Whether what two markers enclose is what we wrote."""
    return region.seal == seal(outline.between(region.start + 1, region.end))
