"""`moxi doctor`: what this machine can run, what is missing, and how to get it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.console import printable

if TYPE_CHECKING:
    from moxi_cli.diagnosis import Finding

_STYLES = {"ok": "green", "missing": "yellow", "wrong": "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Tell what this machine can run and what is missing, each with the command that mends it.

    Ends with 0 if `readme-gen` itself can work, else with 1. Values of keys are never shown.
    """
    found = list(_findings())
    works = all(one.state == "ok" for one in found if one.needed)
    if as_json:
        answer = {"ok": works, "findings": [asdict(one) for one in found]}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        _table(found)
    else:
        for line in _lines(found):
            typer.echo(line)
    if not works:
        raise typer.Exit(1)


def _findings() -> Iterator[Finding]:
    from moxi_cli import diagnosis, diagnosis_models
    from moxi_train.machine import nvidia

    gpu = nvidia()
    yield from diagnosis.program()
    yield from diagnosis.machine(gpu)
    yield from diagnosis.extras()
    yield diagnosis.store()
    yield diagnosis_models.vllm()
    yield diagnosis_models.endpoint()
    yield from diagnosis_models.keys()
    yield from diagnosis_models.recipes(gpu)


def _lines(found: Iterable[Finding]) -> Iterator[str]:
    for one in found:
        mend = f" -> {one.mend}" if one.mend else ""
        yield printable(f"{one.state:8}{one.name}: {one.told}{mend}")


def _table(found: Iterable[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("", "", "what is here", "what mends it", box=None, pad_edge=False)
    for one in found:
        cells = (one.name, one.told, one.mend)
        style = _STYLES[one.state]
        table.add_row(Text(one.state, style), *(Text(printable(cell)) for cell in cells))
    Console().print(table)
