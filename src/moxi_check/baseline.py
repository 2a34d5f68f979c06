"""False claims that are known: an old README is held against what is new in it only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from moxi_check.check import Report
from moxi_core.errors import SettingsError

VERSION = 1
_FIELDS = ("readme", "kind", "text")

Key = tuple[str, str, str]  # readme, kind, text


@dataclass(slots=True)
class Baseline:
    """How often each false claim is known; places do not count, so that text may move."""

    known: Counter[Key] = field(default_factory=Counter)

    def without_known(self, reports: Iterable[Report]) -> list[Report]:
        """The reports with known false claims no longer judged; what is met is taken off."""
        return [self._without(report) for report in reports]

    def _without(self, report: Report) -> Report:
        claims = []
        for claim in report.claims:
            key = (report.readme, claim.kind, claim.text)
            if claim.verdict == "false" and self.known[key] > 0:
                self.known[key] -= 1
                claim = replace(
                    claim, verdict="not_judged", reason=f"known: {claim.reason}", certain=False
                )
            claims.append(claim)
        return replace(report, claims=tuple(claims))

    def gone(self, reports: Iterable[Report], kinds: frozenset[str]) -> list[Key]:
        """Entries that were not met, of the pages and kinds that were looked at."""
        pages = {report.readme for report in reports}
        left = [key for key, count in self.known.items() if count > 0]
        return sorted(key for key in left if key[0] in pages and key[1] in kinds)


def read_baseline(content: bytes, name: str) -> Baseline:
    """A baseline from its JSON. Raises SettingsError where it is none."""
    mend = "write a new one with --update-baseline"
    try:
        told = json.loads(content)
        if told["version"] != VERSION:
            raise SettingsError(f"{name!r} is a baseline of another version; {mend}.")
        known: Counter[Key] = Counter()
        for entry in told["known"]:
            readme, kind, text = (str(entry[name]) for name in _FIELDS)
            known[readme, kind, text] += int(entry.get("count", 1))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(f"{name!r} is not a baseline; {mend}.") from error
    return Baseline(known)


def write_baseline(
    reports: Sequence[Report], kinds: frozenset[str], before: Baseline | None = None
) -> str:
    """The JSON of a baseline that knows every false claim of the reports.

    What an older one knows of other pages and kinds is kept.
    """
    known = Counter(
        (report.readme, claim.kind, claim.text) for report in reports for claim in report.false
    )
    pages = {report.readme for report in reports}
    for key, count in (before or Baseline()).known.items():
        if key[0] not in pages or key[1] not in kinds:
            known[key] = count
    entries = []
    for key, count in sorted(known.items()):
        entry: dict[str, str | int] = dict(zip(_FIELDS, key, strict=True))
        entries.append(entry | ({"count": count} if count > 1 else {}))
    told = {"version": VERSION, "known": entries}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
