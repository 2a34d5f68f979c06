"""Training on AWS: the options that say where and how a job runs, and what they start."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.config import load_aws_settings
from moxi_core.console import note, printable
from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_train.recipe import Recipe

# Those of moxi_train.aws.request, which --help is not to import.
INSTANCE, HOURS = "ml.g5.2xlarge", 8.0

OnAws = Annotated[bool, typer.Option("--aws", help="Train as an Amazon SageMaker job.")]
Attach = Annotated[
    str,
    typer.Option("--aws-attach", metavar="JOB", help="Go on following a job, and fetch its model."),
]
Resume = Annotated[
    str,
    typer.Option("--aws-resume", metavar="JOB", help="Go on from the checkpoints of an ended job."),
]
Instance = Annotated[str, typer.Option("--instance", metavar="TYPE", help="The machine on AWS.")]
Spot = Annotated[
    bool,
    typer.Option(
        "--spot/--on-demand", help="Spare capacity, cheaper, may be interrupted; or the full price."
    ),
]
MaxHours = Annotated[
    float,
    typer.Option("--max-hours", metavar="N", help="AWS ends the job after this long; caps costs."),
]
Role = Annotated[
    str,
    typer.Option(
        "--role", metavar="ARN", help="The role that the job takes (default: MOXI_AWS_ROLE)."
    ),
]
Bucket = Annotated[
    str,
    typer.Option("--bucket", metavar="NAME", help="Your own bucket (default: MOXI_AWS_BUCKET)."),
]
Region = Annotated[
    str,
    typer.Option(
        "--region", metavar="NAME", help="Region of job and bucket (default: AWS_REGION)."
    ),
]
Image = Annotated[
    str,
    typer.Option("--image", metavar="URI", help="The container (default: AWS's with PyTorch)."),
]
Secret = Annotated[
    str,
    typer.Option(
        "--secret",
        metavar="NAME",
        help='A secret of Secrets Manager with variables of the job: {"HF_TOKEN": "..."}.',
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="KEY=VALUE", help="A tag of the job; may be repeated."),
]


def run_on_aws(
    recipe: Recipe,
    data_folder: Path,
    *,
    name: str = "run",
    instance: str = INSTANCE,
    spot: bool = True,
    max_hours: float = HOURS,
    role: str = "",
    bucket: str = "",
    region: str = "",
    image: str = "",
    secret: str = "",
    resume: str = "",
    tags: Iterable[str] | None = None,
    models: Path = Path("models"),
    dry_run: bool = False,
    as_json: bool = False,
) -> None:
    """Train on SageMaker and fetch the model; or only print the request and its cost.

    `name` is that of the recipe, for the job's. Raises SettingsError and TrainError.
    """
    from moxi_train.aws.job import AwsOptions, plan, shown, submit

    known = load_aws_settings(Path())
    options = AwsOptions(
        role=role or known.role,
        bucket=bucket or known.bucket,
        region=region or known.region or _profile_region(),
        instance=instance,
        spot=spot,
        max_hours=max_hours,
        image=image,
        secret=secret,
        resume=resume,
        tags=_tags(tags or ()),
    )
    with plan(options, recipe, data_folder, name) as planned:
        if not dry_run:
            _show(planned.name, submit(planned, models), as_json)
            return
        answer = {
            "request": shown(planned),
            "cost": {"hourly": planned.cost.hourly, "most": planned.cost.most},
            "upload_bytes": planned.packed.size,
        }
        typer.echo(json.dumps(answer if as_json else answer["request"], indent=2))
        note(f"to upload: {planned.packed.size:,} bytes, unless they are there already")
        note(planned.cost.told())
        note("nothing was sent; start it without --dry-run")


def attach_on_aws(
    job: str, *, region: str = "", models: Path = Path("models"), as_json: bool = False
) -> None:
    """Go on following a job, and fetch its model. Raises SettingsError and TrainError."""
    from moxi_train.aws.job import attach

    found = region or load_aws_settings(Path()).region or _profile_region()
    _show(job, attach(job, found, models), as_json)


def _show(job: str, folder: Path, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"job": job, "model": str(folder)}))
    else:
        typer.echo(printable(str(folder)))


def _profile_region() -> str:
    from moxi_train.aws.clients import profile_region

    return profile_region()


def _tags(given: Iterable[str]) -> dict[str, str]:
    found = {}
    for tag in given:
        key, equals, value = tag.partition("=")
        if not equals or not key.strip():
            raise SettingsError(f"--tag {tag!r} is no tag; write KEY=VALUE, such as team=docs.")
        found[key.strip()] = value
    return found
