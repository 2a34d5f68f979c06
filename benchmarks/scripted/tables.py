"""The tables of what became of lies and of true sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripted.outcome import Fate, Row, Shares, shares, total

Target = tuple[str, str, str, bool]


def percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def all_of(rows: Sequence[Row], truth: str) -> list[Fate]:
    return [fate for row in rows for fate in row.of(truth)]


def liar_targets(rows: Sequence[Row], fewest: int) -> list[Target]:
    """(what, target, seen, reached) of the liar."""
    gone, lies = total(all_of(rows, "lie"), standing=False)
    kept, true = total(all_of(rows, "true"), standing=True)
    fluent = sum(fate.saying.place == "prose" for fate in all_of(rows, "lie"))
    ecosystems = len({row.ecosystem for row in rows})
    return [
        ("READMEs written", "all", f"{sum(not r.error for r in rows)} of {len(rows)}", not any(r.error for r in rows)),
        ("ecosystems", "≥ 6", str(ecosystems), ecosystems >= 6),
        ("checkable lies told", f"≥ {fewest}", f"{lies}, {fluent} of them inside sentences", lies >= fewest and fluent > lies / 2),
        ("checkable lies gone", "≥ 98 %", f"{gone} of {lies} ({percent(gone, lies)})", gone >= 0.98 * lies),
        ("true sentences kept", "≥ 95 %", f"{kept} of {true} ({percent(kept, true)})", kept >= 0.95 * true),
    ]  # fmt: skip


def faithful_targets(rows: Sequence[Row]) -> list[Target]:
    """(what, target, seen, reached) of the faithful writer."""
    cut, true = total(all_of(rows, "true"), standing=False)
    return [
        ("READMEs written", "all", f"{sum(not r.error for r in rows)} of {len(rows)}", not any(r.error for r in rows)),
        ("its sentences cut", "≤ 1 %", f"{cut} of {true} ({percent(cut, true)})", cut <= 0.01 * true),
    ]  # fmt: skip


def target_table(targets: Sequence[Target]) -> Iterator[str]:
    yield from ("| measure | target | seen | |", "| --- | --- | --- | --- |")
    for what, goal, seen, reached in targets:
        yield f"| {what} | {goal} | {seen} | {'✓' if reached else '✗'} |"


def share_table(title: str, verb: str, found: Shares) -> Iterator[str]:
    yield from ("", f"| {title} | told | {verb} | |", "| --- | --: | --: | --: |")
    for name, (good, whole) in found.items():
        yield f"| {name} | {whole} | {good} | {percent(good, whole)} |"


def liar_report(rows: Sequence[Row], targets: Sequence[Target]) -> Iterator[str]:
    """The tables of the liar, line by line."""
    lies, true = all_of(rows, "lie"), all_of(rows, "true")
    yield from ("# A scripted liar behind the model interface", "")
    yield from target_table(targets)
    yield from ("", "## Lies by kind, by place, and by the answer that told them", "")
    yield "`draft`: told once; `again`: told again when the draft was sent back; `new`: told then for the first time."
    for title, key in (
        ("kind of lie", "kind"),
        ("place", "place"),
        ("answer", "answer"),
        ("section", "section"),
    ):
        yield from share_table(title, "gone", shares(lies, key, standing=False))
    yield from ("", "## What is not among the checkable lies", "")
    yield "Praise cannot be checked; invented features can be by a reader only, they name nothing that a file could hold."
    apart = [*all_of(rows, "praise"), *all_of(rows, "feature")]
    yield from share_table("apart", "gone", shares(apart, "truth", standing=False))
    yield from ("", "## True sentences")
    for title, key in (("kind of fact", "kind"), ("place", "place"), ("section", "section")):
        yield from share_table(title, "kept", shares(true, key, standing=True))
    yield from repositories(rows)
    standing = [(row, fate) for row in rows for fate in row.of("lie") if fate.stands]
    if standing:
        yield from ("", "## Lies that stand in a README", "")
    for row, fate in standing:
        said = fate.saying
        yield f"- {said.kind} `{said.needle}` ({row.name}, {said.section}, {said.place}, {fate.answer})"


def faithful_report(rows: Sequence[Row], targets: Sequence[Target]) -> Iterator[str]:
    """The tables of the faithful writer, line by line."""
    yield from ("# A scripted writer of facts behind the model interface", "")
    yield from target_table(targets)
    for title, key in (("kind of fact", "kind"), ("place", "place"), ("section", "section")):
        yield from share_table(title, "kept", shares(all_of(rows, "true"), key, standing=True))
    yield from repositories(rows)


def repositories(rows: Sequence[Row]) -> Iterator[str]:
    heads = (
        "repository", "ecosystem", "s", "sections", "sent back", "replaced", "lies", "gone", "true",
        "kept", "praise", "gone",
    )  # fmt: skip
    yield from ("", f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}")
    for row in rows:
        gone, lies = total(row.of("lie"), standing=False)
        kept, true = total(row.of("true"), standing=True)
        quiet, praise = total(row.of("praise"), standing=False)
        cells = [
            row.name, row.ecosystem, f"{row.seconds:.1f}", row.sections, row.repairs,
            ", ".join(row.replaced), lies, gone, true, kept, praise, quiet,
        ]  # fmt: skip
        yield f"| {' | '.join(map(str, cells))} |" + (f" {row.error}" if row.error else "")


def examples(rows: Sequence[Row]) -> Iterator[str]:
    """Whole sentences, for the screen: results keep no words of the repositories."""
    for title, truth, stands in (("LIE STANDS", "lie", True), ("TRUE IS GONE", "true", False)):
        for row in rows:
            for fate in (fate for fate in row.of(truth) if fate.stands is stands):
                said = fate.saying
                why = f" <- {fate.reason}" if fate.reason else ""
                place = f"{row.name}, {said.section}, {said.place}, {fate.answer}"
                yield f"{title} {said.kind} ({place}): {' '.join(said.text.split())}{why}"
