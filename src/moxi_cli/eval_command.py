"""`moxi eval`: measures on real repositories; a verb a measure, heavy imports inside."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.console import printable
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moxi_eval.writing import Written
    from moxi_eval.written import Table

app = typer.Typer(help="Measure writers and checkers on real repositories.")


@app.callback()
def evaluate() -> None:
    """Measure writers and checkers on real repositories."""


@app.command()
def check(
    repos: Annotated[
        Path, typer.Option(metavar="FILE", help="A TOML list: [[repo]] with name, path, ecosystem.")
    ],
    trees: Annotated[
        str | None, typer.Option(metavar="TEMPLATE", help="Folders, with {owner} and {name}.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed plants the same claims.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print all outcomes as JSON.")] = False,
) -> None:
    """Plant false claims into READMEs, and tell which of them `readme-gen check` finds."""
    from moxi_eval.checking import check_all, read_targets, report

    result = check_all(read_targets(repos, trees), seed=seed)
    if as_json:
        typer.echo(json.dumps(result.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(map(printable, report(result))))


@app.command()
def write(
    repos: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="TOML, [[repo]] with path or url, or a path or URL on each line."
        ),
    ],
    trees: Annotated[
        str | None, typer.Option(metavar="TEMPLATE", help="Folders, with {owner} and {name}.")
    ] = None,
    rival: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FOLDER", help="READMEs by others, owner+name.md (repeatable)."),
    ] = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also those of generate-readme-eval.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell all measures as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write into a file.")
    ] = None,
) -> None:
    """Write a README for each repository, and measure it beside the human one and others."""
    from moxi_core.files import write_whole
    from moxi_eval.writing import read_targets, write_all
    from moxi_eval.written import as_dict

    rivals = dict(map(_named_folder, rival or []))
    results = write_all(read_targets(repos, trees), rivals=rivals, metrics=metrics)
    if as_json:
        text = json.dumps(as_dict(results), indent=2, ensure_ascii=False) + "\n"
    else:
        text = "\n".join(_told(results)).rstrip("\n") + "\n"
    if output:
        write_whole(output, text.encode("utf-8", "replace"), named=True)
    elif as_json or not sys.stdout.isatty():
        typer.echo(text, nl=False)
    else:
        _show(results)


def _named_folder(given: str) -> tuple[str, Path]:
    name, _, folder = given.partition("=")
    if not name or not folder or not Path(folder).is_dir():
        raise SettingsError(f"--rival takes NAME=FOLDER, a folder that is there; not {given!r}.")
    return name, Path(folder)


def _tables(results: Sequence[Written]) -> list[Table]:
    from moxi_eval.written import kind_table, score_table, truth_table

    tables = (truth_table(results), kind_table(results), score_table(results))
    return [table for table in tables if table]


def _told(results: Sequence[Written]) -> Iterator[str]:
    """Tables in plain columns, then the remarks."""
    from moxi_eval.written import remarks

    for headers, rows in _tables(results):
        widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
        for row in (headers, *rows):
            first, *cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join([first.strip().ljust(widths[0]), *cells])
        yield ""
    yield from map(printable, remarks(results))


def _show(results: Sequence[Written]) -> None:
    """The same on a terminal."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    from moxi_eval.written import remarks

    console = Console(highlight=False)
    for headers, rows in _tables(results):
        table = Table(headers[0], *(Column(name, justify="right") for name in headers[1:]))
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for line in remarks(results):
        console.print(Text(printable(line)), soft_wrap=True)
