"""`moxi eval`: measures on real repositories; a verb a measure, heavy imports inside."""

from __future__ import annotations

import typer

app = typer.Typer(help="Measure writers and checkers on real repositories.")


@app.callback()
def evaluate() -> None:
    """Measure writers and checkers on real repositories."""
