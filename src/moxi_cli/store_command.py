"""`moxi store`: what has been collected, in and out as JSON, and how much there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.config import load_store_settings
from moxi_core.console import note, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moxi_core.store import Stats, Store

app = typer.Typer(
    help="The records of the training street: MongoDB if MONGODB_URI is set, else a file in data/."
)


@app.callback()
def store() -> None:
    """Import, export and count what the store holds."""


@app.command("import")
def import_(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="A JSON array of {repo_url, owner, repo, readme, file_tree, language, ...} "
            "(data/collection/awesome_readme_clean.json).",
        ),
    ] = None,
) -> None:
    """Add README samples, or replace those of the same repo_url: all of a file, or none."""
    from moxi_core.store_json import import_samples

    if file is None:
        file = load_store_settings(Path()).data_dir / "collection" / "awesome_readme_clean.json"
    with _open() as opened:
        note(f"{import_samples(opened, file)} README samples are in {opened.address}.")


@app.command()
def export(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON array; without it, one sample a line (JSONL).")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write into a file.")
    ] = None,
    with_dropped: Annotated[
        bool, typer.Option("--with-dropped", help="Also samples that a filter refused.")
    ] = False,
) -> None:
    """Write the README samples, in the form that `import` takes with --json."""
    from moxi_cli.write_command import show
    from moxi_core.files import write_whole
    from moxi_core.samples import ReadmeSample
    from moxi_core.store_json import array_of, lines_of

    with _open() as opened:
        samples = opened.stream(ReadmeSample, with_dropped=with_dropped)
        parts = array_of(samples) if as_json else lines_of(samples)
        if output:
            write_whole(output, parts, named=True)
        else:
            for part in parts:
                show(part.decode())


@app.command()
def stats(
    as_json: Annotated[bool, typer.Option("--json", help="Tell the counts as JSON.")] = False,
) -> None:
    """Tell how many records there are, why samples were dropped, and how work stands."""
    with _open() as opened:
        found = opened.stats()
    if as_json:
        work = {queue: counts._asdict() for queue, counts in found.work.items()}
        typer.echo(json.dumps(found._asdict() | {"work": work}, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(map(printable, _told(found))))


def _told(found: Stats) -> Iterator[str]:
    yield f"Store: {found.address}"
    for collection, count in found.records.items():
        yield f"{collection:<16}{count:>10,}"
    for reason, count in found.dropped.items():
        yield f"  dropped: {count:,} {reason}"
    for queue, counts in found.work.items():
        told = ", ".join(f"{count:,} {state}" for state, count in counts._asdict().items())
        yield f"work of {queue}: {told}"


def _open() -> Store:
    from moxi_core.store import open_store

    return open_store(load_store_settings(Path()))
