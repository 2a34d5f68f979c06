"""Who writes instructions: the options that say it, and what they make."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.console import note, printable
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_chunk.dataset import Instruct
    from moxi_chunk.instruct import Request
    from moxi_core.llm import Endpoint, Llm


class Wanted(StrEnum):
    """Who writes instructions."""

    template = "template"
    openai = "openai"


Provider = Annotated[
    Wanted,
    typer.Option(help="Patterns, or a model on an OpenAI-compatible server (OPENAI_API_KEY)."),
]
Model = Annotated[str, typer.Option(metavar="NAME", help="The model that is asked.")]
BaseUrl = Annotated[
    str, typer.Option(metavar="URL", help="The server (default: OPENAI_BASE_URL, else OpenAI's).")
]
BatchSize = Annotated[
    int, typer.Option(min=1, max=20, metavar="N", help="Sections that one request asks for.")
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, max=64, metavar="N", help="Requests at a time.")
]
MinScore = Annotated[
    int,
    typer.Option(min=1, max=5, metavar="N", help="Leave out what the model scores lower, 1 to 5."),
]
MaxCost = Annotated[
    float | None,
    typer.Option(min=0, metavar="USD", help="Stop before more than this would be spent."),
]
PriceOf = Annotated[
    str,
    typer.Option(metavar="IN/OUT", help="US dollars for a million tokens in and out: 0.25/2."),
]
Batch = Annotated[
    bool, typer.Option("--batch", help="Use the Batch API: half the price, within a day.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say how much would be asked, and what it costs.")
]


@contextmanager
def instructor(
    provider: Wanted,
    model: str,
    base_url: str,
    data_dir: Path,
    wanted: Callable[[], Iterable[Request]],
    *,
    price: str,
    batch_size: int,
    jobs: int,
    min_score: int,
    max_cost: float | None,
    batch: bool,
) -> Iterator[Instruct]:
    """What turns requests into instructions. At the end it says what a model has taken."""
    from moxi_chunk.instruct import template

    if provider is Wanted.template:
        yield lambda requests: map(template, requests)
        return
    from moxi_chunk.instruct_model import Instructor
    from moxi_core.llm import Llm
    from moxi_core.llm_batch import Batches
    from moxi_core.llm_prices import Budget

    budget = None if max_cost is None else Budget(max_cost)
    with Llm(_endpoint(model, base_url, price), cache_of(data_dir), budget=budget) as llm:
        asking = Instructor(
            llm, batch_size=batch_size, jobs=jobs, min_score=min_score, kept_only=batch
        )
        try:
            if batch:
                for reason, count in asking.fetch(wanted, Batches(llm, tell=note)).items():
                    note(f"batch: {count:,} {printable(reason)}")
            yield asking.instructions
        finally:
            _tell(llm)


def _tell(llm: Llm) -> None:
    tally = llm.tally
    cost = "cost unknown" if tally.cost is None else f"${tally.cost:.4f}"
    note(
        f"asked {tally.asked:,} times, {tally.kept:,} answers were kept before; "
        f"{tally.prompt_tokens:,} tokens in, {tally.completion_tokens:,} out, {cost}"
    )


def show_estimate(
    requests: Iterable[Request],
    provider: Wanted,
    model: str,
    base_url: str,
    price: str,
    batch_size: int,
    data_dir: Path,
    *,
    batch: bool,
) -> None:
    """Say what asking would take."""
    from moxi_chunk.instruct_model import estimate

    if provider is Wanted.template:
        note(f"{sum(1 for _ in requests):,} sections get an instruction from patterns, for nothing")
        return
    found = estimate(
        requests,
        _endpoint(model, base_url, price),
        cache_of(data_dir),
        batch_size=batch_size,
        batch=batch,
    )
    cost = "cost unknown (--price IN/OUT tells it)" if found.cost is None else f"${found.cost:.4f}"
    note(
        f"{found.sections:,} sections in {found.requests:,} requests of {printable(model)}, {found.kept:,} "
        f"answered before: about {found.prompt_tokens:,} tokens in, {found.completion_tokens:,} out, {cost}"
    )


def cache_of(data_dir: Path) -> Path:
    """Where a model's answers are kept."""
    return data_dir / "llm-answers.sqlite3"


def _endpoint(model: str, base_url: str, price: str) -> Endpoint:
    from moxi_core.llm import Endpoint
    from moxi_core.llm_prices import OPENAI, parse_price

    address = base_url or os.environ.get("OPENAI_BASE_URL", "") or OPENAI
    key = os.environ.get("OPENAI_API_KEY", "")
    if address == OPENAI and not key:
        raise SettingsError(
            "OPENAI_API_KEY is not set; set it, name another server with --base-url, or use "
            "--provider template."
        )
    return Endpoint(
        model=model, base_url=address, api_key=key, price=parse_price(price) if price else None
    )
