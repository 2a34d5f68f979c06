"""The loss curve: training, validation, and the share of true statements."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def draw(metrics: Iterable[dict[str, Any]], place: Path) -> None:
    """Draw lines of metrics.jsonl as PNG."""
    from matplotlib.figure import Figure

    lines = list(metrics)
    picture = Figure(figsize=(9, 5), layout="constrained")
    left = picture.subplots()
    for name, label, style in (
        ("loss", "training loss", {"linewidth": 1, "alpha": 0.7}),
        ("validation_loss", "validation loss", {"marker": "o"}),
    ):
        points = [(line["step"], line[name]) for line in lines if name in line]
        if points:
            left.plot(*zip(*points, strict=True), label=label, **style)
    left.set_xlabel("step")
    left.set_ylabel("loss of an answer token")
    left.set_ylim(bottom=0)
    shares = [
        (line["step"], line["truth"]["share"])
        for line in lines
        if line.get("truth") and line["truth"]["share"] is not None
    ]
    if shares:
        right = left.twinx()
        right.plot(*zip(*shares, strict=True), "g--s", label="true statements")
        right.set_ylim(0, 1)
        right.set_ylabel("share of true statements")
        right.legend(loc="upper right")
    left.legend(loc="lower left")
    left.grid(alpha=0.3)
    made = place.with_name(f".{place.name}")
    picture.savefig(made, format="png", dpi=110)
    made.replace(place)
