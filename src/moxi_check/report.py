"""Reports of checked READMEs: for people, for programs, and for GitHub's annotations."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from moxi_check.check import Report
from moxi_check.claim import Claim
from moxi_core.console import printable
from moxi_core.patterns import lazy_pattern

MAX_LINE = 120
# Reasons quote with backticks; a terminal shows them as they are.
_BREAK = lazy_pattern(r"\s+")

Piece = tuple[str, str]  # a text and its style, in the words of rich; "" is plain


def count(reports: Sequence[Report]) -> Counter[str]:
    """How many claims have which verdict."""
    return Counter(claim.verdict for report in reports for claim in report.claims)


def shown_path(report: Report, path: str) -> str:
    """A path of the repository as it is seen from where the user stands."""
    return f"{report.base}/{path}" if report.base and path else path or report.base


# Programs


def as_json(reports: Sequence[Report]) -> str:
    """One object for one README, an array of them for several."""
    told = [_told(report) for report in reports]
    return json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2) + "\n"


def _told(report: Report) -> dict[str, Any]:
    verdicts = count([report])
    return {
        "readme": report.readme,
        "claims": [
            {
                "kind": claim.kind,
                "text": claim.text,
                "line": claim.line,
                "column": claim.column,
                "verdict": claim.verdict,
                "reason": claim.reason,
                "suggestion": claim.suggestion,
                "evidence": claim.evidence
                and {"path": claim.evidence.path, "line": claim.evidence.line},
            }
            for claim in report.claims
        ],
        "summary": {
            "claims": len(report.claims),
            **{verdict: verdicts[verdict] for verdict in ("true", "false", "not_judged")},
        },
    }


def as_github(reports: Sequence[Report]) -> str:
    """Workflow commands that make GitHub annotate the lines of false claims."""
    lines = []
    for report in reports:
        for claim in report.false:
            fields = {
                "file": shown_path(report, report.readme),
                "line": str(claim.line),
                "col": str(claim.column),
                "endColumn": str(claim.column + len(claim.text.split("\n")[0])),
                "title": f"readme-gen: {claim.kind}",
            }
            given = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
            lines.append(f"::error {given}::{_data(_message(claim))}\n")
    return "".join(lines)


def _message(claim: Claim) -> str:
    place = f" ({claim.evidence})" if claim.evidence else ""
    return (claim.reason or f"`{claim.text}` is wrong") + place


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# People


def as_text(reports: Sequence[Report], *, verbose: bool = False) -> Iterator[Piece]:
    """What a terminal shows: each false claim underlined in its line, the reason and the mend."""
    for report in reports:
        lines = report.source.split("\n")
        for claim in report.claims:
            if claim.verdict == "false" or (verbose and claim.verdict == "not_judged"):
                yield from _shown(report, claim, lines)


def styled(pieces: Iterable[Piece], put: Callable[[str], None]) -> None:
    """Show pieces in colour on a terminal that has it, and by `put` in a pipe."""
    if sys.stdout is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        put("".join(text for text, _ in pieces))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    console.print(Text.assemble(*pieces), end="")


def summary(reports: Sequence[Report], seconds: float) -> list[Piece]:
    """The last line: how many claims hold."""
    verdicts = count(reports)
    pages = ", ".join(shown_path(report, report.readme) for report in reports[:3])
    more = f" and {len(reports) - 3} more" if len(reports) > 3 else ""
    false = verdicts["false"]
    return [
        (printable(pages) + more + ": ", ""),
        (f"{sum(verdicts.values())} claims", ""),
        (f": {verdicts['true']} true, ", ""),
        (f"{false} false", "bold red" if false else "bold green"),
        (f", {verdicts['not_judged']} not judged ({seconds:.1f} s)\n", ""),
    ]


def _shown(report: Report, claim: Claim, lines: list[str]) -> Iterator[Piece]:
    style = "red" if claim.verdict == "false" else "yellow"
    yield printable(shown_path(report, report.readme)), "bold"
    yield f":{claim.line}:{claim.column} ", ""
    yield claim.kind, f"bold {style}"
    yield ("" if claim.verdict == "false" else " (not judged)") + "\n", ""
    gutter = " " * len(str(claim.line))
    line = lines[claim.line - 1] if 0 < claim.line <= len(lines) else ""
    before, marked, after = _cut(line, claim)
    yield f"{gutter} |\n{claim.line} | ", "blue"
    yield before + marked + after + "\n", ""
    yield f"{gutter} | ", "blue"
    yield " " * _width(before) + "^" * max(_width(marked), 1), f"bold {style}"
    yield f" {printable(_BREAK.sub(' ', claim.reason))}\n", style
    if claim.evidence:
        place = shown_path(report, str(claim.evidence))
        yield f"{gutter} = ", "blue"
        yield f"see {printable(place)}\n", ""
    if claim.suggestion:
        yield f"{gutter} = ", "blue"
        how = " (--fix writes it)" if claim.certain else ""
        yield f"write `{printable(claim.suggestion)}`{how}\n", "green"
    yield "\n", ""


def _cut(line: str, claim: Claim) -> tuple[str, str, str]:
    """A line as what stands before the claim, the claim, and what follows; long ones shortened."""
    start = min(claim.column - 1, len(line))
    end = min(start + len(claim.text.split("\n")[0]), len(line))
    before, marked, after = line[:start], line[start:end], line[end:]
    if len(line) > MAX_LINE:
        marked = marked if len(marked) <= MAX_LINE else marked[: MAX_LINE - 1] + "…"
        room = max((MAX_LINE - len(marked)) // 2, 20)
        before = "…" + before[-room:] if len(before) > room else before
        after = after[:room] + "…" if len(after) > room else after
    before, marked, after = (
        printable(part.replace("\t", "    ")) for part in (before, marked, after)
    )
    return before, marked, after.rstrip()


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )
