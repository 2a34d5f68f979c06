"""`moxi dataset shard`: the training set of more READMEs than one process should do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from moxi_cli.set_options import (
    HoldBack,
    MaxLength,
    Similarity,
    WordedShare,
    kept_for_measuring,
)
from moxi_core.config import load_store_settings
from moxi_core.console import note, printable


def shard(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PARQUET...",
            help="Samples as `moxi collect` writes them (default: all of data/collection/).",
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FOLDER", help="Default: data/shards.")
    ] = "",
    tasks: Annotated[
        int, typer.Option(min=1, metavar="N", help="Shares that the samples come in.")
    ] = 16,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Shares that are worked on at a time.")
    ] = 2,
    max_length: MaxLength = 4_000,
    worded_share: WordedShare = 0.25,
    similarity: Similarity = 0.8,
    hold_back: HoldBack = None,
) -> None:
    """Make the training set from Parquet files, in shards: chunks, sections, samples by split.

    It has the samples that `moxi dataset build` makes, with instructions from patterns. Stopped at any
    moment, the same command goes on: shards that are done are not made again.
    """
    from moxi_chunk.dataset import Recipe
    from moxi_chunk.plan import Limits
    from moxi_chunk.scale import begin, run_here

    data_dir = load_store_settings(Path()).data_dir
    recipe = Recipe(
        limits=Limits(max_length=max_length, similarity=similarity), worded_share=worded_share
    )
    job = begin(
        files or [str(data_dir / "collection" / "awesome_readme_data.parquet")],
        output or str(data_dir / "shards"),
        tasks,
        recipe,
        kept_for_measuring(hold_back),
    )
    report = run_here(job, workers)
    note(
        f"{sum(report.splits.values()):,} samples of {report.repositories:,} repositories: "
        + ", ".join(f"{name} {count:,}" for name, count in report.splits.most_common())
    )
    for reason, count in report.dropped.most_common():
        note(f"  dropped: {count:,} {reason}")
    note(f"written: {printable(job.folder)}")
