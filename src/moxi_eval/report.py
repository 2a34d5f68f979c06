"""The report of `moxi eval write`: its tables as Markdown, and two pictures beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from moxi_core.errors import MoxiError
from moxi_core.files import write_whole
from moxi_eval.writing import Written
from moxi_eval.written import Table, by_writer, remarks, summary, tables

NAME, SHARES, SENTENCES = "report.md", "shares.png", "sentences.png"


def need_pictures() -> None:
    """Raise MoxiError unless matplotlib is installed: before the work, not after it."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MoxiError(
            "A report has pictures, which need matplotlib: run pip install 'moxi-readme[eval]', "
            "or leave out --report."
        ) from error


def write_report(results: Sequence[Written], folder: Path) -> Path:
    """Write the report into a folder; the place of its Markdown. Raises OutputError."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [SHARES] if draw_shares(results, folder / SHARES) else []
    pictures += [SENTENCES] if draw_sentences(results, folder / SENTENCES) else []
    place = folder / NAME
    write_whole(place, ("\n".join(_lines(results, pictures)) + "\n").encode("utf-8", "replace"))
    return place


def _lines(results: Sequence[Written], pictures: Sequence[str]) -> Iterator[str]:
    measured = sum(bool(result.readmes) for result in results)
    yield f"# READMEs of {measured} repositories, by writer"
    for picture in pictures:
        yield from ("", f"![{picture.removesuffix('.png').capitalize()} by writer]({picture})")
    for table in tables(results):
        yield ""
        yield from _table(table)
    found = list(remarks(results))
    if found:
        yield from ("", "## Remarks", "")
        yield from (f"- {_cell(line)}" for line in found)


def _table(table: Table) -> Iterator[str]:
    headers, rows = table
    yield f"| {' | '.join(map(_cell, headers))} |"
    yield f"| --- |{' --: |' * (len(headers) - 1)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    """What a README says is shown as it is, and does nothing here."""
    plain = " ".join(text.split())
    for mark in "\\`*_[]<>|!":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def draw_shares(results: Sequence[Written], place: Path) -> bool:
    """Bars of what holds and what is covered, a group a writer; whether there was anything to draw."""
    from matplotlib.figure import Figure

    told = {writer: summary(measures) for writer, measures in by_writer(results).items()}
    labels = {
        "hold": "statements that hold",
        "facts": "facts of the human README",
        "sections": "its sections",
    }
    shown = {key: label for key, label in labels.items() if any(one[key] for one in told.values())}
    picture = Figure(figsize=(3 + 1.6 * len(told), 4), layout="constrained")
    axes = picture.subplots()
    for number, (key, label) in enumerate(shown.items()):
        places = [index + 0.27 * (number - 1) for index in range(len(told))]
        axes.bar(places, [one[key] or 0.0 for one in told.values()], 0.25, label=label)
    axes.set_xticks(range(len(told)), list(told))
    axes.set_ylim(0, 1.25)
    axes.set_ylabel("share, mean over repositories")
    axes.legend(loc="upper center", ncols=3, fontsize="small")
    picture.savefig(place, format="png", dpi=110)
    return bool(told)


def draw_sentences(results: Sequence[Written], place: Path) -> bool:
    """Stacked bars of the models' sentences, per README; whether there was anything to draw."""
    from matplotlib.figure import Figure

    used = {
        writer: found
        for writer, measures in by_writer(results).items()
        if (found := [measure.usage for measure in measures if measure.usage])
    }
    if not used:
        return False
    picture = Figure(figsize=(3 + 1.6 * len(used), 4), layout="constrained")
    axes = picture.subplots()
    bottom = [0.0] * len(used)
    parts = {
        "kept": [mean(one.kept for one in found) for found in used.values()],
        "cut: not confirmed": [
            mean(one.cut - one.false for one in found) for found in used.values()
        ],
        "cut: against the code": [mean(one.false for one in found) for found in used.values()],
    }
    for label, heights in parts.items():
        axes.bar(list(used), heights, 0.6, bottom=bottom, label=label)
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    axes.set_ylabel("sentences of a README")
    axes.set_ylim(0, 1.2 * max(bottom) or 1)
    axes.legend(loc="upper center", ncols=3, fontsize="small")
    picture.savefig(place, format="png", dpi=110)
    return True
