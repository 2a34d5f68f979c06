"""`moxi dataset`: the training set, made, looked at, counted and passed on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_cli.model_options import (
    BaseUrl,
    Batch,
    BatchSize,
    DryRun,
    Jobs,
    MaxCost,
    MinScore,
    Model,
    PriceOf,
    Provider,
    Wanted,
    instructor,
    show_estimate,
)
from moxi_cli.set_options import (
    HoldBack,
    MaxLength,
    Similarity,
    WordedShare,
    kept_for_measuring,
)
from moxi_cli.shard_command import shard
from moxi_core.config import load_store_settings
from moxi_core.console import note, printable
from moxi_core.errors import OutputError, SettingsError
from moxi_core.llm_prices import DEFAULT_MODEL

if TYPE_CHECKING:
    from moxi_chunk.dataset import Recipe
    from moxi_chunk.instruct import Request
    from moxi_chunk.report import Report
    from moxi_core.samples import SftSample

app = typer.Typer(help="The training set: sections of READMEs, each with an instruction.")

_Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="Where the set is (default: data/sft).")
]


@app.callback()
def dataset() -> None:
    """Make the training set from what is collected; look at it, count it, pass it on."""


@app.command()
def build(
    provider: Provider = Wanted.template,
    model: Model = DEFAULT_MODEL,
    base_url: BaseUrl = "",
    batch_size: BatchSize = 3,
    jobs: Jobs = 4,
    min_score: MinScore = 1,
    max_cost: MaxCost = None,
    price: PriceOf = "",
    batch: Batch = False,
    dry_run: DryRun = False,
    max_length: MaxLength = 4_000,
    worded_share: WordedShare = 0.25,
    similarity: Similarity = 0.8,
    hold_back: HoldBack = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Also one JSON array, sft_dataset.json.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Make the training set of all samples in the store, and write data/sft/.

    Without a model, instructions come from patterns. Answers of a model are kept: stopped at any
    moment, the next run pays for nothing twice.
    """
    from moxi_chunk import dataset as making
    from moxi_chunk.plan import Limits
    from moxi_cli.stages import stages
    from moxi_core.samples import ReadmeSample
    from moxi_core.store import open_store

    settings = load_store_settings(Path())
    recipe = making.Recipe(
        limits=Limits(max_length=max_length, similarity=similarity),
        worded_share=worded_share,
        as_array=as_json,
    )
    held_back = kept_for_measuring(hold_back)
    with open_store(settings) as store, stages(quiet=quiet) as tell:
        if not store.count(ReadmeSample):
            raise SettingsError("There are no README samples; collect some with `moxi collect`.")

        def wanted() -> Iterator[Request]:
            return making.requests(store, settings.data_dir, recipe, held_back, tell)

        if dry_run:
            show_estimate(
                wanted(),
                provider,
                model,
                base_url,
                price,
                batch_size,
                settings.data_dir,
                batch=batch,
            )
            return
        with instructor(
            provider, model, base_url, settings.data_dir, wanted, price=price, batch_size=batch_size,
            jobs=jobs, min_score=min_score, max_cost=max_cost, batch=batch,
        ) as instruct:  # fmt: skip
            report = making.build(store, settings.data_dir, instruct, recipe, held_back, tell)
    _show_report(report, recipe)
    if report.failed:
        raise typer.Exit(1)


def _show_report(report: Report, recipe: Recipe) -> None:
    total = sum(report.splits.values())
    looked = sum(report.looked_at.values())
    note(f"{total:,} samples of {report.repositories:,} repositories, of {looked:,} sections:")
    note("  " + ", ".join(f"{name} {count:,}" for name, count in report.splits.most_common()))
    note("  " + ", ".join(f"{name} {count:,}" for name, count in report.sections.most_common()))
    note("  instructions: " + ", ".join(f"{n} {c:,}" for n, c in report.sources.most_common()))
    if total:
        note(f"  code shortened to {recipe.style.context_tokens:,} tokens in {report.shortened:,}")
    for reason, count in report.dropped.most_common():
        note(f"  dropped: {count:,} {reason}")
    for reason, count in report.failed.most_common():
        note(f"  failed: {count:,} {reason}")
    for url, section, reason in report.failures[:20]:
        note(f"    {printable(url)} {section}: {printable(reason)}")
    for file in report.files:
        note(f"written: {printable(str(file))}")


@app.command()
def show(
    folder: _Folder = None,
    split: Annotated[
        str, typer.Option(metavar="NAME", help="train, validation or test.")
    ] = "train",
    section: Annotated[str, typer.Option(metavar="KIND", help="Only sections of this kind.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N")] = 20,
    style: Annotated[
        str, typer.Option(metavar="NAME", help="chat or alpaca: how a model is asked.")
    ] = "chat",
) -> None:
    """Page through samples exactly as a model will see them."""
    from itertools import islice

    import click

    from moxi_core.sft_set import read_samples

    if style not in ("chat", "alpaca"):
        raise SettingsError(f"--style {style!r} is not known; say chat or alpaca.")
    samples = (s for s in read_samples(_file(folder, split)) if section in ("", s.section))
    chosen = islice(samples, limit)
    click.echo_via_pager(text for sample in chosen for text in _rendered(sample, style))


def _rendered(sample: SftSample, style: str) -> Iterator[str]:
    from moxi_core.prompt import PromptStyle, render

    made = render(
        sample.input,
        sample.instruction,
        PromptStyle(style="alpaca" if style == "alpaca" else "chat"),
    )
    head = (sample.repo_url, sample.section, sample.split, sample.instruction_source)
    yield f"{'=' * 80}\n{printable('  '.join(head))}\n"
    if made.messages:
        for message in made.messages:
            yield f"{'-' * 30} {message['role']}\n{_safe(message['content'])}\n"
        yield f"{'-' * 30} assistant\n"
    else:
        yield _safe(made.text)
    yield f"{_safe(sample.content)}\n"


def _safe(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


@app.command()
def stats(
    folder: _Folder = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw the histograms, as PNG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Count the samples: by split and section, and how long prompts and texts are."""
    from moxi_chunk.stats import draw, figures, histograms

    found = figures(_folder(folder))
    if plot is not None:
        draw(found, plot)
        note(f"written: {printable(str(plot))}")
    if as_json:
        answer = {field.name: getattr(found, field.name) for field in fields(found)}
        typer.echo(json.dumps(answer, indent=2))
        return
    for line in histograms(found):
        typer.echo(line)


@app.command()
def push(
    name: Annotated[str, typer.Argument(metavar="ORG/NAME", help="The dataset on the Hub.")],
    folder: _Folder = None,
    private: Annotated[bool, typer.Option("--private/--public", help="Who may see it.")] = True,
) -> None:
    """Upload the set to the Hugging Face Hub (HF_TOKEN), so that load_dataset finds it."""
    from moxi_chunk.push import push as upload

    url = upload(_folder(folder), name, private=private)
    typer.echo(printable(url))


app.command()(shard)


def _folder(folder: Path | None) -> Path:
    return folder or load_store_settings(Path()).data_dir / "sft"


def _file(folder: Path | None, split: str) -> Path:
    from moxi_core.sft_set import SPLITS

    if split not in SPLITS:
        raise SettingsError(f"--split {split!r} is not known; say {', '.join(SPLITS)}.")
    place = _folder(folder) / f"{split}.jsonl"
    if not place.is_file():
        raise OutputError(
            f"There is no {str(place)!r}; make the training set with `moxi dataset build`."
        )
    return place
