"""`moxi eval`: measures on real repositories; a verb a measure, heavy imports inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from moxi_core.console import printable

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
