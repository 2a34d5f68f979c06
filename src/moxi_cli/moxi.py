"""`moxi`: the command of those who build and measure; `readme-gen` is the one of those who use it."""

from __future__ import annotations

import typer

from moxi_cli import (
    analyze_command,
    card_command,
    chunk_command,
    collect_command,
    dataset_command,
    doctor_command,
    eval_command,
    export_command,
    serve_command,
    store_command,
    train_command,
)
from moxi_cli.readme_gen import run_app

app = typer.Typer(
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(collect_command.app, name="collect")
app.command("analyze")(analyze_command.analyze)
app.command("chunk")(chunk_command.chunk)
app.add_typer(dataset_command.app, name="dataset")
app.add_typer(eval_command.app, name="eval")
app.add_typer(store_command.app, name="store")
app.command("train")(train_command.train)
app.command("export")(export_command.export)
app.command("serve")(serve_command.serve)
app.command("doctor")(doctor_command.doctor)
app.add_typer(card_command.app, name="card")


@app.callback()
def moxi() -> None:
    """Build and measure what writes and checks READMEs."""


def main() -> None:
    """Entry point of `moxi`."""
    run_app(app)
