"""`moxi export`: a run as merged weights, on the Hub, or as GGUF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from moxi_cli.train_command import libraries
from moxi_core.console import note, printable
from moxi_core.errors import SettingsError


def export(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="A run by its name or folder (default: the newest)."),
    ] = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where runs are kept.")
    ] = Path("models"),
    merged: Annotated[
        bool, typer.Option("--merged", help="Write merged weights, and the base they stand on.")
    ] = False,
    gguf: Annotated[bool, typer.Option("--gguf", help="Also as GGUF, by llama.cpp.")] = False,
    llama_cpp: Annotated[
        Path | None, typer.Option("--llama-cpp", metavar="FOLDER", help="A clone of llama.cpp.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--gguf-type", metavar="TYPE", help="f32, f16, bf16 or q8_0.")
    ] = "f16",
    push: Annotated[
        str, typer.Option("--push", metavar="ORG/NAME", help="Upload to the Hub (HF_TOKEN).")
    ] = "",
    private: Annotated[bool, typer.Option("--private/--public", help="Who may see it.")] = True,
) -> None:
    """Make a trained run ready for others: merged, as GGUF, or on the Hub."""
    if not (merged or gguf or push):
        raise SettingsError("Say what to make of the run: --merged, --gguf or --push ORG/NAME.")
    if kind not in ("f32", "f16", "bf16", "q8_0"):
        raise SettingsError(f"--gguf-type {kind!r} is not known; say f32, f16, bf16 or q8_0.")
    with libraries():
        from moxi_train import export as making
        from moxi_train.run_dir import open_run

        found = open_run(run, output)
        if merged:
            typer.echo(printable(str(making.merge(found, note))))
        if gguf:
            typer.echo(printable(str(making.to_gguf(found, llama_cpp, kind, note))))
        if push:
            typer.echo(printable(making.push(found, push, private=private, merged=merged)))
