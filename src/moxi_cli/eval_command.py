"""`moxi eval`: measures on real repositories; a verb a measure, heavy imports inside."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_cli.writer_options import WriterOptions
from moxi_core.config import load_store_settings
from moxi_core.console import note, printable
from moxi_core.errors import SettingsError
from moxi_core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moxi_eval.drafted import ModelWriter
    from moxi_eval.judged import ReadmeJudge
    from moxi_eval.writing import Written

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
    model: Annotated[
        str, typer.Option(metavar="NAME", help="A model that writes: on a server, or a folder.")
    ] = "",
    baseline_model: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A model to compare it with (repeatable)."),
    ] = None,
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="The server of all models (MOXI_BASE_URL).")
    ] = "",
    judge_model: Annotated[
        str, typer.Option(metavar="NAME", help="A model on the server that scores READMEs.")
    ] = "",
    judge_url: Annotated[
        str, typer.Option(metavar="URL", help="The judge's server, where it is another one.")
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where READMEs by models are kept (data/eval)."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write a report in Markdown with pictures."),
    ] = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also those of generate-readme-eval.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell all measures as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write into a file.")
    ] = None,
) -> None:
    """Write a README for each repository, offline and with models, and measure it beside the human one and others.

    What a model has written is kept: the same again asks for nothing, and goes on where it was stopped.
    """
    from moxi_eval.report import need_pictures, write_report
    from moxi_eval.writing import read_targets, write_all
    from moxi_eval.written import as_dict

    rivals = dict(map(_named_folder, rival or []))
    targets = read_targets(repos, trees)
    if report:
        need_pictures()
    kept = folder or load_store_settings(Path()).data_dir / "eval"
    names = [*(baseline_model or []), *([model] if model else [])]
    with ExitStack() as stack:
        writers = list(map(stack.enter_context, _writers(names, base_url, kept, list(rivals))))
        judge = None
        if judge_model:
            judge = _judge(stack, judge_model, judge_url or base_url, kept)
        results = write_all(
            targets, rivals=rivals, metrics=metrics, models=writers, judge=judge, tell=note
        )
    if report:
        note(f"Wrote {write_report(results, report)}")
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


def _writers(
    names: list[str], base_url: str, folder: Path, rivals: list[str]
) -> Iterator[ModelWriter]:
    """The models that write; each is opened when it is needed. Raises SettingsError."""
    from moxi_eval.drafted import ModelWriter, distinct
    from moxi_eval.writing import HUMAN, OURS

    if len(set(names)) < len(names):
        raise SettingsError(
            "A model is named twice; give --model and --baseline-model other names."
        )
    for name, shown in zip(names, distinct(names, [OURS, HUMAN, *rivals]), strict=True):
        options = WriterOptions(model=name, base_url=base_url or None, cache=False)
        settings = options.settings()
        if settings:
            yield ModelWriter(shown, settings, folder)


def _judge(stack: ExitStack, name: str, base_url: str, folder: Path) -> ReadmeJudge:
    """The model that scores, whose answers are kept."""
    from moxi_core.llm import Endpoint, Llm
    from moxi_core.llm_prices import OPENAI
    from moxi_eval.judged import ReadmeJudge

    own = WriterOptions(model=name, base_url=base_url or None, cache=False).settings()
    key, url = (own.api_key, own.base_url) if own else ("", "")
    endpoint = Endpoint(model=name, base_url=url or OPENAI, api_key=key)
    return ReadmeJudge(stack.enter_context(Llm(endpoint, folder / "answers.sqlite3")))


def _named_folder(given: str) -> tuple[str, Path]:
    name, _, folder = given.partition("=")
    if not name or not folder or not Path(folder).is_dir():
        raise SettingsError(f"--rival takes NAME=FOLDER, a folder that is there; not {given!r}.")
    return name, Path(folder)


def _told(results: Sequence[Written]) -> Iterator[str]:
    """Tables in plain columns, then the remarks."""
    from moxi_eval.written import remarks, tables

    for headers, rows in tables(results):
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

    from moxi_eval.written import remarks, tables

    console = Console(highlight=False)
    for headers, rows in tables(results):
        table = Table(headers[0], *(Column(name, justify="right") for name in headers[1:]))
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for line in remarks(results):
        console.print(Text(printable(line)), soft_wrap=True)
