"""SARIF 2.1.0: false claims as results that code scanning services read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from moxi_check.check import Report
from moxi_check.claim import Claim
from moxi_check.report import shown_path
from moxi_core import __version__
from moxi_core.console import printable

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_sarif(reports: Sequence[Report], kinds: Mapping[str, str]) -> str:
    """One run with a rule for each kind of claim; `kinds` says what each kind is."""
    names = sorted({*kinds, *(claim.kind for report in reports for claim in report.false)})
    results = [
        _result(report, claim, names.index(claim.kind), number)
        for report in reports
        for claim, number in _numbered(report)
    ]
    run = {
        "tool": {
            "driver": {
                "name": "readme-gen",
                "version": __version__,
                "rules": [_rule(name, kinds.get(name, name)) for name in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(name: str, told: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": f"False {name}"},
        "fullDescription": {"text": f"A README is to hold: {told}."},
        "defaultConfiguration": {"level": "error"},
    }


def _numbered(report: Report) -> list[tuple[Claim, int]]:
    """False claims, those that say the same numbered."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for claim in report.false:
        found.append((claim, seen[claim.kind, claim.text]))
        seen[claim.kind, claim.text] += 1
    return found


def _result(report: Report, claim: Claim, rule: int, number: int) -> dict[str, Any]:
    page = shown_path(report, report.readme)
    result: dict[str, Any] = {
        "ruleId": claim.kind,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": printable(claim.reason) or f"`{printable(claim.text)}` is wrong"},
        "locations": [_location(page, _region(claim))],
        "partialFingerprints": {"claim/v1": _fingerprint(report, claim, number)},
    }
    if claim.evidence is not None and claim.evidence.path:
        region = {"startLine": claim.evidence.line} if claim.evidence.line else None
        place = _location(shown_path(report, claim.evidence.path), region)
        result["relatedLocations"] = [{"id": 1, **place, "message": {"text": "what holds"}}]
    if claim.certain:
        replacement = {
            "deletedRegion": _region(claim),
            "insertedContent": {"text": claim.suggestion},
        }
        change = {"artifactLocation": _artifact(page), "replacements": [replacement]}
        told = {"text": f"Write `{printable(claim.suggestion)}`"}
        result["fixes"] = [{"description": told, "artifactChanges": [change]}]
    return result


def _fingerprint(report: Report, claim: Claim, number: int) -> str:
    """The same for the same claim wherever in the page it moves."""
    said = "\0".join((report.readme, claim.kind, claim.text, str(number)))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def _region(claim: Claim) -> dict[str, int]:
    lines = claim.text.split("\n")
    column = claim.column if len(lines) == 1 else 1
    return {
        "startLine": claim.line,
        "startColumn": claim.column,
        "endLine": claim.line + len(lines) - 1,
        "endColumn": column + len(lines[-1]),
    }


def _location(path: str, region: dict[str, int] | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if region:
        place["region"] = region
    return {"physicalLocation": place}


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path, errors="replace")
    return {"uri": uri} if path.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
