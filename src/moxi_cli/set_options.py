"""What a training set is made of: options that each way of making one has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EVALUATION = Path("benchmarks/repos.toml")

MaxLength = Annotated[
    int, typer.Option(min=200, metavar="N", help="Characters that a section has at most.")
]
WordedShare = Annotated[
    float,
    typer.Option(min=0, max=1, metavar="SHARE", help="Samples with the very wording of use."),
]
Similarity = Annotated[
    float, typer.Option(min=0.1, max=1, metavar="SHARE", help="From when on two are alike.")
]
HoldBack = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Repositories kept for measuring: [[repo]] of a TOML file, or owner/name a line "
        "(default: benchmarks/repos.toml, where it is).",
    ),
]


def kept_for_measuring(file: Path | None) -> list[str]:
    """The repositories that a file names, or the default one where it is."""
    from moxi_chunk.held_back import read_names

    chosen = file or (EVALUATION if EVALUATION.is_file() else None)
    return read_names(chosen) if chosen else []
