"""How many samples of what kind and length a training set has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moxi_core.errors import OutputError
from moxi_core.prompt import PromptStyle, context, estimated_tokens
from moxi_core.sft_set import SPLITS, read_samples

STEP = 250  # characters of a text, and tokens of a prompt, that one bar stands for
_WIDTH = 40
_FULL, _PARTS = "█", " ▏▎▍▌▋▊▉"


@dataclass(slots=True)
class Figures:
    """Samples by split and section; texts by characters and prompts by tokens, in steps of STEP."""

    splits: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    characters: Counter[int] = field(default_factory=Counter)
    prompt_tokens: Counter[int] = field(default_factory=Counter)


def figures(folder: Path) -> Figures:
    """Count the samples of a folder. Raises OutputError where it holds no training set."""
    found = Figures()
    style = PromptStyle()
    for split in SPLITS:
        for sample in read_samples(folder / f"{split}.jsonl"):
            found.splits[split] += 1
            found.sections[sample.section] += 1
            found.characters[len(sample.content) // STEP * STEP] += 1
            tokens = estimated_tokens(context(sample.input, style))
            found.prompt_tokens[tokens // STEP * STEP] += 1
    return found


def histograms(found: Figures) -> Iterator[str]:
    """Bars of text, a line each."""
    for title, counts in (("split", found.splits), ("section", found.sections)):
        yield from _bars(title, counts.most_common())
    for title, lengths in (
        ("characters of a text, from", found.characters),
        ("tokens of a prompt (estimated), from", found.prompt_tokens),
    ):
        yield from _bars(title, [(f"{least:,}", lengths[least]) for least in sorted(lengths)])


def _bars(title: str, rows: list[tuple[str, int]]) -> Iterator[str]:
    yield title
    most = max((count for _, count in rows), default=1)
    wide = max((len(name) for name, _ in rows), default=0)
    for name, count in rows:
        eighths = round(count / most * _WIDTH * 8)
        bar = _FULL * (eighths // 8) + _PARTS[eighths % 8]
        yield f"  {name:>{wide}} {count:7,} {bar}".rstrip()
    yield ""


def draw(found: Figures, place: Path) -> None:
    """The same as a picture. Raises OutputError where it cannot be drawn or written."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise OutputError(
            "Drawing needs matplotlib; run: pip install 'moxi-readme[dataset]'"
        ) from error
    picture = Figure(figsize=(11, 7), layout="constrained")
    axes = picture.subplots(2, 2)
    for axis, title, counts in (
        (axes[0][0], "samples by split", found.splits),
        (axes[0][1], "samples by section", found.sections),
    ):
        rows = counts.most_common()[::-1]
        axis.barh([name for name, _ in rows], [count for _, count in rows])
        axis.set_title(title)
    for axis, title, lengths in (
        (axes[1][0], "characters of a text", found.characters),
        (axes[1][1], "tokens of a prompt (estimated)", found.prompt_tokens),
    ):
        starts = sorted(lengths)
        axis.bar(starts, [lengths[start] for start in starts], width=STEP * 0.95, align="edge")
        axis.set_title(title)
    try:
        picture.savefig(place, format="png", dpi=100)
    except OSError as error:
        raise OutputError(f"Cannot write {str(place)!r}: {error.strerror}.") from error
