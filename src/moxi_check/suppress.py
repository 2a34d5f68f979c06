"""False claims that someone has decided to keep, with a reason: in the page, or in settings.

In a page `<!-- moxi: ignore link, path -- made by the build -->` is for its own line or the next
one (the whole of a code block, table or paragraph that begins there); `ignore-start` and
`ignore-end` are for what stands between them, `ignore-file` for all of the page. A kind may be
narrowed to one claim: ``option `--colour` ``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from moxi_check import kinds
from moxi_check.claim import Claim
from moxi_check.document import Document, Span
from moxi_core.config import Ignore
from moxi_core.patterns import lazy_pattern

KINDS = {
    "ignore": "a moxi comment names what it ignores, gives a reason, and is still needed",
}
ALL_KINDS = kinds.KINDS | kinds.ONLINE_KINDS | KINDS
_COMMENT = lazy_pattern(r"(?s)moxi:\s*(ignore(?:-start|-end|-file)?)(?![\w-])\s*(.{0,1000})")
_REASON = lazy_pattern(r"(?:^|\s)(?:--|—|–)\s+")
_ITEM = lazy_pattern(r"\s*([a-z][a-z_]*)?\s*(?:(`+)\s?(.+?)\s?\2)?\s*(?:,|$)")
_FENCE = lazy_pattern(r"[ \t>]*(`{3,}|~{3,})")


@dataclass(slots=True)
class _Rule:
    """One comment: what it ignores, and on which lines. `names` are (kind, text), "" for any."""

    comment: Span
    names: tuple[tuple[str, str], ...]
    reason: str
    first: int
    last: int
    used: set[tuple[str, str]] = field(default_factory=set)

    def takes(self, claim: Claim) -> bool:
        """Whether the rule is for this claim; then it is used."""
        if not self.first <= claim.line <= self.last:
            return False
        for kind, text in self.names:
            if kind in {"", claim.kind} and text in {"", claim.text}:
                self.used.add((kind, text))
                return True
        return False


@dataclass(slots=True)
class Ignores:
    """The entries of settings, and which of them were needed."""

    entries: Sequence[Ignore] = ()
    used: set[Ignore] = field(default_factory=set)

    def reasons(self, claim: Claim, page: str) -> list[str]:
        """Why a claim is to be ignored; none if it is not."""
        found = [entry for entry in self.entries if _names(entry, claim, page)]
        self.used.update(found)
        return [entry.reason for entry in found]


def ignored(
    document: Document, claims: Iterable[Claim], judged: frozenset[str], ignores: Ignores
) -> list[Claim]:
    """The claims, those to be ignored no longer judged, and comments that are wrong or not needed.

    `judged` are the kinds that were looked for: only for these can a comment be unneeded.
    """
    rules, wrong = _rules(document, judged)
    result = list(wrong)
    for claim in claims:
        if claim.verdict != "false":
            result.append(claim)
            continue
        reasons = [rule.reason for rule in rules if rule.takes(claim)]
        reasons += ignores.reasons(claim, document.path)
        result.append(_kept(claim, f"ignored: {reasons[0]}") if reasons else claim)
    if "ignore" in judged:
        result += [claim for rule in rules for claim in _unused(rule, judged)]
    return result


def _kept(claim: Claim, reason: str) -> Claim:
    return replace(claim, verdict="not_judged", reason=reason, suggestion="", certain=False)


def _names(entry: Ignore, claim: Claim, page: str) -> bool:
    return (
        entry.kind in {"", claim.kind}
        and entry.text in {"", claim.text}
        and (not entry.file or fnmatchcase(page, entry.file))
    )


def _unused(rule: _Rule, judged: frozenset[str]) -> list[Claim]:
    unneeded = [
        (kind, text)
        for kind, text in rule.names
        if (kind, text) not in rule.used and (kind in judged or (not kind and len(judged) > 1))
    ]
    if not unneeded:
        return []
    named = ", ".join(f"{kind} `{text}`".strip() if text else kind for kind, text in unneeded)
    return [_told(rule.comment, f"there is no false {named} here: the comment is not needed")]


def _told(comment: Span, reason: str) -> Claim:
    text = comment.text.split("\n")[0]
    return Claim("ignore", text, comment.line, comment.column, "false", reason)


def _rules(document: Document, judged: frozenset[str]) -> tuple[list[_Rule], list[Claim]]:
    """The comments of a page as rules, and the ones that cannot be understood."""
    rules: list[_Rule] = []
    wrong: list[Claim] = []
    opened: list[_Rule] = []
    end = document.source.count("\n") + 1
    for comment in sorted(document.comments, key=lambda span: span.line):
        found = _COMMENT.match(comment.text.strip())
        if found is None:
            continue
        comment = _at_words(document, comment)
        if found[1] == "ignore-end":
            if opened:
                opened.pop().last = comment.line
            else:
                wrong.append(_told(comment, "nothing is open here: there is no `ignore-start`"))
            continue
        rule, problem = _parsed(comment, found[2])
        if problem:
            wrong.append(_told(comment, problem))
            continue
        rule.first, rule.last = {
            "ignore": _reach(document, comment),
            "ignore-start": (comment.line, end),
            "ignore-file": (1, end),
        }[found[1]]
        rules.append(rule)
        if found[1] == "ignore-start":
            opened.append(rule)
    wrong += [_told(rule.comment, "there is no `ignore-end` for it") for rule in opened]
    return rules, wrong if "ignore" in judged else []


def _parsed(comment: Span, given: str) -> tuple[_Rule, str]:
    """A rule, or what is wrong with it."""
    parts = _REASON.split(given, maxsplit=1)
    reason = " ".join(parts[1].split()) if len(parts) == 2 else ""
    names: list[tuple[str, str]] = []
    problem = "" if reason else "it gives no reason: write `moxi: ignore KIND -- reason`"
    at, named = 0, parts[0].strip()
    while at < len(named) and not problem:
        found = _ITEM.match(named, at)
        if found is None or not (found[1] or found[3]) or found[1] not in {None, *ALL_KINDS}:
            problem = (
                f"`{named[at:].strip()}` is no kind of claim: write `moxi: ignore KIND -- reason`"
            )
            break
        names.append((found[1] or "", found[3] or ""))
        at = found.end()
    if not names and not problem:
        problem = "it names no kind of claim: write `moxi: ignore KIND -- reason`"
    return _Rule(comment, tuple(names), reason, comment.line, comment.line), problem


def _at_words(document: Document, comment: Span) -> Span:
    """The comment at its words, rather than at its opening mark."""
    lines = document.source.split("\n")[comment.line - 1 : comment.line + 2]
    text = comment.text.split("\n")[0].strip()
    for number, line in enumerate(lines):
        column = line.find(text, comment.column - 1 if not number else 0)
        if column >= 0:
            return Span(comment.text, comment.line + number, column + 1)
    return comment


def _reach(document: Document, comment: Span) -> tuple[int, int]:
    """First and last line that a comment is for."""
    lines = document.source.split("\n")
    row = comment.line - 1
    line = lines[row]
    if not _is_alone(line, comment):
        return comment.line, comment.line
    row += comment.text.count("\n") + 1
    while row < len(lines) and not lines[row].strip():
        row += 1
    if row >= len(lines):
        return comment.line, comment.line
    last = row
    fence = _FENCE.match(lines[row])
    if fence:
        while last + 1 < len(lines) and not lines[last + 1].lstrip(" \t>").startswith(fence[1]):
            last += 1
        return row + 1, min(last + 2, len(lines))
    while last + 1 < len(lines) and _goes_on(lines, row, last + 1, document.format):
        last += 1
    return row + 1, last + 1


def _goes_on(lines: list[str], first: int, row: int, form: str) -> bool:
    """Whether a line belongs to the block that begins on line `first`."""
    if form == "rst" and lines[first].rstrip().endswith("::"):  # a directive, or a literal block
        indent = len(lines[first]) - len(lines[first].lstrip())
        return not lines[row].strip() or lines[row][: indent + 1].isspace()
    return bool(lines[row].strip())


def _is_alone(line: str, comment: Span) -> bool:
    """Whether a comment's line holds nothing else."""
    before = line[: comment.column - 1]
    after = line[comment.column - 1 :].replace(comment.text.split("\n")[0], "", 1)
    return not before.strip().strip(">.-* <!") and not after.strip().strip("-> ")
