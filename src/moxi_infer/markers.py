"""Markers: comments around what we wrote, with a check sum that tells whether a person changed it.

    <!-- moxi:install 3f9a2c1e -->
    ...
    <!-- /moxi:install -->

A marker stands alone on its line. One without a check sum marks a place that a person chose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from moxi_core.patterns import lazy_pattern

CONTENTS = "contents"  # the table of contents: marked like a section, but none
_MARKER = lazy_pattern(
    r" {0,3}<!--[ \t]*(/?)moxi:([\w-]{1,40})(?:[ \t]+([^\s>]{1,80}))?[ \t]*-->[ \t]*"
)
_FENCE = lazy_pattern(r"^(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker; `line` counts from 0. `seal` is its check sum, "" for none."""

    line: int
    kind: str
    is_end: bool
    seal: str


@dataclass(frozen=True, slots=True)
class Region:
    """A pair of markers; `start` and `end` are their lines, from 0."""

    kind: str
    start: int
    end: int
    seal: str

    def __contains__(self, line: int) -> bool:
        return self.start <= line <= self.end


@dataclass(frozen=True, slots=True)
class Fault:
    """Markers that do not pair up; nothing of `kinds` may be rewritten."""

    line: int
    kinds: frozenset[str]
    reason: str


def seal(text: str) -> str:
    """The check sum of what two markers enclose; line ends do not count."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(plain.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def wrapped(kind: str, text: str) -> str:
    """A text between markers of its kind, blank lines around it: not every reader needs them."""
    enclosed = f"\n{text}\n\n"
    return f"<!-- moxi:{kind} {seal(enclosed)} -->\n{enclosed}<!-- /moxi:{kind} -->"


def sealed(markdown: str) -> str:
    """A text of ours whose markers get their check sums."""
    lines = markdown.split("\n")
    code = {number for number, (_, is_code) in enumerate(with_code(lines)) if is_code}
    regions, _ = pair_up(find_markers(lines, code))
    for region in regions:
        inside = "".join(f"{line}\n" for line in lines[region.start + 1 : region.end])
        lines[region.start] = f"<!-- moxi:{region.kind} {seal(inside)} -->"
    return "\n".join(lines)


def with_code(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each line of a text of ours, and whether it is inside a fenced block (its fences are not)."""
    mark = ""
    for line in lines:
        found = _FENCE.match(line)
        if mark:
            closes = bool(found and found[1].startswith(mark) and line.strip() == found[1])
            yield line, not closes
            mark = "" if closes else mark
        else:
            mark = found[1] if found else ""
            yield line, False


def find_markers(lines: Sequence[str], code: Collection[int]) -> list[Marker]:
    """The markers of a text, but for those in its lines of `code`."""
    found: list[Marker] = []
    for number, line in enumerate(lines):
        if "moxi:" not in line or number in code:
            continue
        match = _MARKER.fullmatch(line)
        if match:
            found.append(Marker(number, match[2], bool(match[1]), match[3] or ""))
    return found


def pair_up(markers: Sequence[Marker]) -> tuple[list[Region], list[Fault]]:
    """The whole regions, in order, and what is wrong with the other markers."""
    regions, faults = _pairs(markers)
    broken = {kind for fault in faults for kind in fault.kinds}
    first: dict[str, Region] = {}
    for region in regions:
        known = first.setdefault(region.kind, region)
        if known is not region:
            broken.add(region.kind)
            faults.append(
                Fault(
                    region.start, frozenset({region.kind}),
                    f"`{region.kind}` is marked twice, first in line {known.start + 1}; "
                    "remove the markers of one.",
                )
            )  # fmt: skip
    last: Region | None = None
    for region in regions:
        if last is not None and region.start < last.end:
            kinds = frozenset({last.kind, region.kind})
            broken |= kinds
            faults.append(
                Fault(
                    region.start, kinds,
                    f"the markers of `{last.kind}` and `{region.kind}` overlap; move them apart.",
                )
            )  # fmt: skip
        if last is None or region.end > last.end:
            last = region
    whole = [region for region in regions if region.kind not in broken]
    return whole, sorted(faults, key=lambda fault: fault.line)


def _pairs(markers: Sequence[Marker]) -> tuple[list[Region], list[Fault]]:
    """Each beginning with the next end of its kind, and faults for those that have no partner."""
    regions: list[Region] = []
    faults: list[Fault] = []
    opened: dict[str, Marker] = {}

    def unclosed(marker: Marker) -> None:
        mend = f"put `<!-- /moxi:{marker.kind} -->` after the section, or remove this marker."
        faults.append(
            Fault(
                marker.line,
                frozenset({marker.kind}),
                f"the marker of `{marker.kind}` is never closed; {mend}",
            )
        )

    for marker in markers:
        begin = opened.pop(marker.kind, None)
        if not marker.is_end:
            if begin is not None:
                unclosed(begin)
            opened[marker.kind] = marker
        elif begin is not None:
            regions.append(Region(marker.kind, begin.line, marker.line, begin.seal))
        else:
            faults.append(
                Fault(
                    marker.line, frozenset({marker.kind}),
                    f"the marker that ends `{marker.kind}` has no beginning; "
                    f"put `<!-- moxi:{marker.kind} -->` before the section, or remove this marker.",
                )
            )  # fmt: skip
    for marker in opened.values():
        unclosed(marker)
    return sorted(regions, key=lambda region: region.start), faults
