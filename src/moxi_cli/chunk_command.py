"""`moxi chunk`: READMEs in pieces that know where they stand."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.config import load_store_settings
from moxi_core.console import note, printable
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_chunk.publish import ChunkReport

_FILE = "A JSON array of samples, as `moxi store export --json` writes it; without it, the store."


def chunk(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=_FILE)] = None,
    min_length: Annotated[
        int, typer.Option(min=1, metavar="N", help="Characters that a chunk has at least.")
    ] = 1_000,
    max_length: Annotated[
        int, typer.Option(min=100, metavar="N", help="Characters that a chunk has at most.")
    ] = 2_000,
    flat: Annotated[
        bool, typer.Option("--flat", help="Also one JSON array, with the file tree in every item.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Cut the READMEs of the store along their own structure, and write data/chunks/.

    The chunks of a README joined are its text. Nothing that fits is cut within a code block, a
    table, a list item or a run of HTML.
    """
    from moxi_chunk.chunk import Bounds
    from moxi_chunk.publish import publish_chunks
    from moxi_cli.stages import stages
    from moxi_core.samples import ReadmeSample
    from moxi_core.store import open_store
    from moxi_core.store_json import read_samples

    if min_length > max_length:
        raise SettingsError(
            f"--min-length {min_length} is more than --max-length {max_length}; make it smaller."
        )
    settings = load_store_settings(Path())
    bounds = Bounds(min_length=min_length, max_length=max_length)
    folder = settings.data_dir / "chunks"
    with stages(quiet=quiet or as_json) as tell:
        if file is not None:
            source = file
            report = publish_chunks(lambda: read_samples(source), folder, bounds, flat=flat)
        else:
            with open_store(settings) as store:
                total = store.count(ReadmeSample)
                report = publish_chunks(
                    lambda: store.stream(ReadmeSample),
                    folder,
                    bounds,
                    store=store,
                    flat=flat,
                    tell=lambda done: tell("READMEs", done, total),
                )
    _show(report, as_json=as_json)


def _show(report: ChunkReport, *, as_json: bool) -> None:
    if as_json:
        answer = {field.name: getattr(report, field.name) for field in fields(report)}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, default=str))
        return
    if not report.readmes:
        raise SettingsError("There are no README samples; collect some with `moxi collect`.")
    share = report.within / report.chunks if report.chunks else 0
    note(f"{report.chunks:,} chunks of {report.readmes:,} READMEs, {share:.0%} within the bounds")
    note(", ".join(f"{kind} {count:,}" for kind, count in report.sections.most_common()))
    for file in report.files:
        note(f"written: {printable(str(file))}")
