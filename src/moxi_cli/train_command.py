"""`moxi train`: from the training set to an adapter, here or on rented machines."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_cli.aws_options import (
    HOURS,
    INSTANCE,
    Attach,
    Bucket,
    Image,
    Instance,
    MaxHours,
    OnAws,
    Region,
    Resume,
    Role,
    Secret,
    Spot,
    Tags,
    attach_on_aws,
    run_on_aws,
)
from moxi_core.config import env_file_values, load_store_settings
from moxi_core.console import note, printable
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_train.prepare import DataReport
    from moxi_train.recipe import Recipe
    from moxi_train.rows import Rows
    from moxi_train.run_dir import RunDir
    from moxi_train.train import Outcome

_NEEDS = "Training needs more libraries; run: pip install 'moxi-readme[train]'"


def train(
    recipe: Annotated[
        str,
        typer.Option("--recipe", "-r", metavar="NAME|FILE", help="recipes/NAME.toml, or a file."),
    ] = "",
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="TABLE.KEY=VALUE", help="Change a value of the recipe (repeatable)."
        ),
    ] = None,
    dataset: Annotated[
        str,
        typer.Option(
            metavar="PATH|ORG/NAME",
            help="A folder of splits, a JSON array, or a dataset of the Hub (default: data/sft).",
        ),
    ] = "",
    dataset_mongo: Annotated[
        bool, typer.Option("--dataset-mongo", help="Train on the samples of the store.")
    ] = False,
    public_dataset: Annotated[
        str,
        typer.Option(
            envvar="PUBLIC_DATASET_NAME", metavar="NAME", help="General instructions to mix in."
        ),
    ] = "",
    public_size: Annotated[
        int | None,
        typer.Option(
            "--public-dataset-size",
            envvar="PUBLIC_DATASET_SIZE",
            min=1,
            metavar="N",
            help="How many of them.",
        ),
    ] = None,
    no_public: Annotated[
        bool, typer.Option("--no-public-dataset", help="Mix no general instructions in.")
    ] = False,
    name: Annotated[
        str, typer.Option(metavar="RUN", help="The run's name (default: recipe and time).")
    ] = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where runs are kept.")
    ] = Path("models"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run --name, or with the newest.")
    ] = False,
    gpus: Annotated[
        int, typer.Option(min=1, metavar="N", help="Train in so many processes, a GPU each.")
    ] = 1,
    comet: Annotated[
        str, typer.Option(metavar="HOW", help="online, offline or off: track metrics in Comet.")
    ] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Show a batch as the model sees it, and end.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say steps, tokens, memory and time, and end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    aws: OnAws = False,
    aws_attach: Attach = "",
    aws_resume: Resume = "",
    instance: Instance = INSTANCE,
    spot: Spot = True,
    max_hours: MaxHours = HOURS,
    role: Role = "",
    bucket: Bucket = "",
    region: Region = "",
    image: Image = "",
    secret: Secret = "",
    tags: Tags = None,
) -> None:
    """Train a model on the training set: QLoRA of Llama 3.2 by default, `--recipe tiny-cpu` anywhere.

    Stopped at any moment, `--resume` goes on from the last checkpoint to the very same weights.
    """
    from moxi_train.recipe import DEFAULT, load_recipe, short_name

    if aws_attach:
        attach_on_aws(aws_attach, region=region, models=output, as_json=as_json)
        return
    more = [f"track.comet={comet}"] if comet else []
    public = _public(public_dataset, public_size, no_public=no_public)
    if aws or aws_resume:
        run_on_aws(
            load_recipe(recipe or DEFAULT, [*public, *(changes or ()), *more]),
            Path(dataset) if dataset else load_store_settings(Path()).data_dir / "sft",
            name=name or short_name(recipe or DEFAULT), instance=instance, spot=spot,
            max_hours=max_hours, role=role, bucket=bucket, region=region, image=image, secret=secret,
            resume=aws_resume, tags=tags, models=output, dry_run=dry_run, as_json=as_json,
        )  # fmt: skip
        return
    with libraries():
        if resume:
            if (
                recipe
                or dataset
                or dataset_mongo
                or public_dataset
                or public_size
                or dry_run
                or preview
            ):
                raise SettingsError(
                    "A resumed run has its recipe and its rows; only --set, --comet, --gpus and --name go with "
                    "--resume."
                )
            _resume(name, output, [*(changes or ()), *more], gpus, as_json=as_json, quiet=quiet)
            return
        made = load_recipe(recipe or DEFAULT, [*public, *(changes or ()), *more])
        rows = _rows(dataset, from_store=dataset_mongo)
        if dry_run or preview:
            _look(made, rows, gpus, is_preview=preview, as_json=as_json)
            return
        run = _new_run(output, name, recipe or DEFAULT)
        _train(run, made, rows, gpus, as_json=as_json, quiet=quiet)


@contextmanager
def libraries() -> Iterator[None]:
    """Tell which extra to install where a library of training is missing."""
    for name, value in env_file_values(Path(), ("HF_TOKEN", "COMET_API_KEY")).items():
        os.environ.setdefault(name, value)  # where their libraries look for them
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("moxi"):
            raise
        raise SettingsError(f"{_NEEDS} ({error.name} is missing)") from error


def _public(name: str, size: int | None, *, no_public: bool) -> Iterator[str]:
    """What the options, the environment and .env say of general instructions."""
    told = env_file_values(
        Path(), ("MERGE_PUBLIC_DATASET", "PUBLIC_DATASET_NAME", "PUBLIC_DATASET_SIZE")
    )
    merge = os.environ.get("MERGE_PUBLIC_DATASET") or told.get("MERGE_PUBLIC_DATASET", "")
    if no_public or merge.lower() in ("false", "0", "no"):
        yield "data.merge_public=false"
        return
    name = name or told.get("PUBLIC_DATASET_NAME", "")
    if name:
        yield f"data.public_name={json.dumps(name)}"
    if size or told.get("PUBLIC_DATASET_SIZE"):
        yield f"data.public_size={size or told['PUBLIC_DATASET_SIZE']}"


def _rows(dataset: str, *, from_store: bool) -> Rows:
    from moxi_train.rows import rows_of, rows_of_store

    settings = load_store_settings(Path())
    if from_store and dataset:
        raise SettingsError("--dataset and --dataset-mongo name two sets; give one of them.")
    return rows_of_store(settings) if from_store else rows_of(dataset, settings.data_dir / "sft")


def _new_run(output: Path, name: str, recipe: str) -> RunDir:
    from moxi_train.recipe import short_name
    from moxi_train.run_dir import RECORD, RunDir, new_name

    folder = output / (name or new_name(short_name(recipe)))
    if (folder / RECORD).is_file():
        raise SettingsError(
            f"There is a run in {str(folder)!r}; go on with it by --resume, or give another --name."
        )
    return RunDir(folder)


def _resume(
    name: str,
    output: Path,
    changes: list[str],
    gpus: int,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    from moxi_train.recipe import changed, resolve
    from moxi_train.run_dir import newest, open_run

    run = open_run(name or newest(output), output)
    known = run.record
    if known.get("state") == "finished" and not changes:
        note(f"{printable(str(run.folder))} is finished; nothing is left to do.")
        return
    table = known["recipe"] | {"model": known["recipe"]["model"] | {"engine": known["engine"]}}
    made = changed(resolve(table, run.folder.name), changes, run.folder.name)
    _train(run, made, None, gpus, as_json=as_json, quiet=quiet)


def _train(
    run: RunDir, recipe: Recipe, rows: Rows | None, gpus: int, *, as_json: bool, quiet: bool
) -> None:
    """Train on rows, or without any on those that the run has begun with."""
    from moxi_cli.stages import stages
    from moxi_train import estimate
    from moxi_train import train as training
    from moxi_train.engines.choose import choose
    from moxi_train.launch import check_gpus, end_with_launcher, launch
    from moxi_train.machine import device, is_launched, is_main

    say = note if is_main() and not quiet else lambda _: None
    engine, why = choose(recipe)  # first of all: Unsloth patches what is imported after it
    launches = gpus > 1 and not is_launched()
    with run.locked(shared=is_launched()):
        if is_launched():
            end_with_launcher()
        else:
            check_gpus(gpus)
            say(why)
            with _undone(run):
                report = (
                    training.begin(run, recipe, rows, engine, say) if rows else training.begun(run)
                )
                estimate.refuse_too_large(estimate.of(recipe, report, device(), gpus))
            _tell_data(report, recipe.row_tokens, say)
        if not launches:
            with stages(quiet=quiet or not is_main()) as tell:
                outcome = training.train(run, recipe, engine, say, tell)
    if launches:
        passed_on = [*(["--json"] if as_json else []), *(["--quiet"] if quiet else [])]
        sys.exit(launch(run, recipe, gpus, passed_on))
    if is_main():
        _tell(outcome, as_json=as_json)


@contextmanager
def _undone(run: RunDir) -> Iterator[None]:
    """What a refused run has written is taken away, so that its name is free again."""
    is_new = not run.record
    try:
        yield
    except SettingsError:
        if is_new:
            shutil.rmtree(run.folder, ignore_errors=True)
        raise


def _tell_data(report: DataReport, row_tokens: int, say: Callable[[str], None]) -> None:
    from moxi_train.report import lines

    for line in lines(report, row_tokens):
        say(line)


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**asdict(outcome), "folder": str(outcome.folder)}, indent=2))
        return
    loss, validation = outcome.loss, outcome.validation_loss
    note(
        f"{outcome.steps:,} steps in {outcome.seconds:,.0f} s"
        + (f", loss {loss:.3f}" if loss is not None else "")
        + (f", validation loss {validation:.3f}" if validation is not None else "")
        + (
            f", {outcome.truth:.0%} of generated statements true"
            if outcome.truth is not None
            else ""
        )
        + (
            ", stopped: the share of true statements no longer grew"
            if outcome.stopped_early
            else ""
        )
    )
    typer.echo(printable(str(outcome.folder)))


def _look(recipe: Recipe, rows: Rows, gpus: int, *, is_preview: bool, as_json: bool) -> None:
    """Prepare into a scratch folder, and tell of it: nothing is trained, nothing is kept."""
    from moxi_train import estimate
    from moxi_train.preview import preview
    from moxi_train.quiet import quiet_libraries
    from moxi_train.run_dir import RunDir

    quiet_libraries()
    with TemporaryDirectory(prefix="moxi-train-") as scratch:
        run = RunDir(Path(scratch) / "run")
        if is_preview:
            import click

            click.echo_via_pager(preview(run, recipe, rows, note))
            return
        found = estimate.estimate(run, recipe, rows, gpus, note)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    for line in estimate.lines(found, recipe):
        typer.echo(line)
