"""`moxi card`: the model card of an image LoRA, before its training and after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.console import note, printable, status
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_card.card import Material
    from moxi_card.describe import Describe
    from moxi_card.job import Job
    from moxi_card.package import Place
    from moxi_card.publish import Outcome

app = typer.Typer(help="The model card of an image LoRA, before its training and after it.")

JobFile = Annotated[Path, typer.Argument(metavar="JOB", help="The job, a TOML or JSON file.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FOLDER", help="Where to write (default: beside the job)."
    ),
]
Dataset = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Manifest, metadata.jsonl or folder of images (default: the job's dataset).",
    ),
]
Model = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="A model that writes the description, on a server or in a folder (MOXI_MODEL); else none is asked.",
    ),
]
BaseUrl = Annotated[
    str,
    typer.Option(
        metavar="URL", help="Its server, OpenAI-compatible (MOXI_BASE_URL; key: MOXI_API_KEY)."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Also write anew what was changed by hand.")]


@app.callback()
def card() -> None:
    """Plan a card, publish it before training, finish it afterwards, check one."""


@app.command()
def plan(
    job: JobFile,
    output: Output = None,
    dataset: Dataset = None,
    model: Model = "",
    base_url: BaseUrl = "",
    force: Force = False,
) -> None:
    """Write the card, sample prompts and the training's configuration; nothing is sent to the Hub."""
    from moxi_card import publish as making

    material, place = _prepared(job, output, dataset, model, base_url)
    outcome = making.plan(material, place, force=force)
    _tell(outcome)
    typer.echo(printable(str(place.card)))


@app.command()
def publish(
    job: JobFile,
    output: Output = None,
    dataset: Dataset = None,
    private: Annotated[bool, typer.Option("--private/--public", help="Who may see it.")] = True,
    model: Model = "",
    base_url: BaseUrl = "",
    force: Force = False,
) -> None:
    """Create the repository on the Hub (HF_TOKEN) and upload the card, before training."""
    from moxi_card import publish as making

    material, place = _prepared(job, output, dataset, model, base_url)
    with status(f"publishing {material.job.repo_id}"):
        outcome = making.publish(material, place, private=private, force=force)
    _show(outcome)


@app.command()
def finish(
    job: JobFile,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The weights, a safetensors file.")
    ] = None,
    samples: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="The sample images.")
    ] = None,
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="ssh://HOST/FOLDER",
            help="Fetch both from a machine's job folder first.",
        ),
    ] = "",
    known_hosts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Host keys to trust (default: ~/.ssh/known_hosts)."),
    ] = None,
    output: Output = None,
    dataset: Dataset = None,
    model: Model = "",
    base_url: BaseUrl = "",
    force: Force = False,
) -> None:
    """Upload weights, samples and the finished card to the repository that `publish` created."""
    from moxi_card import publish as making

    if not weights and not source:
        raise SettingsError(
            "Say where the weights are: --weights FILE, or --from ssh://HOST/FOLDER."
        )
    material, place = _prepared(job, output, dataset, model, base_url)
    if source:
        from moxi_card.fetch_remote import fetch

        names = (material.job.slug, material.job.model_name)
        with status(f"fetching from {source}"):
            fetched = fetch(source, names, place.folder / "fetched", known_hosts)
        weights, samples = weights or fetched.weights, samples or fetched.samples
    assert weights is not None  # noqa: S101
    with status(f"uploading {material.job.repo_id}"):
        outcome = making.finish(material, place, weights, samples, force=force)
    _show(outcome)


@app.command()
def check(
    readme: Annotated[Path, typer.Argument(metavar="README", help="A model card.")] = Path(
        "README.md"
    ),
) -> None:
    """Check a card: metadata, pictures, license, links, trigger word. Exit code 1 if something is wrong."""
    from moxi_card.check import check_card

    found = check_card(readme)
    for problem in found:
        where = f"{readme}:{problem.line}" if problem.line else str(readme)
        typer.echo(printable(f"{where}: {problem.message}"))
    if found:
        raise typer.Exit(1)
    note(f"{readme}: nothing is wrong")


def _prepared(
    file: Path, output: Path | None, dataset: Path | None, model: str, base_url: str
) -> tuple[Material, Place]:
    """All that a card is made of, and where its files go."""
    from moxi_card.captions import load_captions
    from moxi_card.card import ModelCardGenerator
    from moxi_card.job import load_job
    from moxi_card.package import Place

    job = load_job(file)
    place = Place(output or file.parent)
    captions = load_captions(dataset or _dataset(job))
    if captions.missing:
        note(f"{captions.missing:,} of {captions.images:,} images have no caption")
    describe = _describer(model, base_url)
    kept = place.description() if describe is None else None
    made = ModelCardGenerator((lambda *_: kept) if kept else describe).material(job, captions)
    if made.description.why:
        note(f"the description is the plain sentence: {made.description.why}")
    return made, place


def _dataset(job: Job) -> Path:
    if not job.dataset:
        raise SettingsError(
            'The job names no dataset; write dataset = "images", or use --dataset PATH.'
        )
    return job.path(job.dataset)


def _describer(model: str, base_url: str) -> Describe | None:
    """What writes descriptions; None where no model is named: a key alone sends nothing."""
    from moxi_cli.writer_options import WriterOptions

    settings = WriterOptions(model=model or None, base_url=base_url or None).settings()
    if settings is None:
        return None
    from moxi_card.describe import asker, describer

    return describer(asker(settings))


def _tell(outcome: Outcome) -> None:
    for line in outcome.notes:
        note(line)


def _show(outcome: Outcome) -> None:
    """The address on the Hub; where storage stood in, its links, and exit code 1."""
    _tell(outcome)
    note(f"package: {outcome.package}")
    if outcome.links:
        note(f"{outcome.why}; uploaded to storage instead, links are good for seven days:")
        for link in outcome.links:
            typer.echo(link)
        raise typer.Exit(1)
    typer.echo(printable(outcome.url))
