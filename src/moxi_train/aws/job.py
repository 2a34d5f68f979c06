"""Training as an Amazon SageMaker job: uploaded, started, followed, and its model fetched.

Nothing is asked of AWS before `plan` has checked all that can be checked here.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_core.console import note
from moxi_core.errors import MoxiError, SettingsError, TrainError
from moxi_train.aws.clients import Aws, code_of, told
from moxi_train.aws.cost import Cost, estimate
from moxi_train.aws.fetch import fetch
from moxi_train.aws.follow import Pause, describe, follow
from moxi_train.aws.pack import Packed, Part, pack
from moxi_train.aws.request import HELP, AwsOptions, check, job_name, request
from moxi_train.run_dir import RunDir

if TYPE_CHECKING:
    from moxi_train.recipe import Recipe

__all__ = ["AwsOptions", "Plan", "attach", "plan", "shown", "submit"]
_HIDDEN = "(given)"


@dataclass(frozen=True, slots=True)
class Plan:
    """A job that could be started: what is uploaded, what is asked for, what it may cost."""

    name: str
    options: AwsOptions
    packed: Packed
    request: dict[str, Any]
    cost: Cost


@contextmanager
def plan(
    options: AwsOptions, recipe: Recipe, data_folder: Path, name: str = "run"
) -> Iterator[Plan]:
    """Pack a job and make its request, without a network; its files are there inside the block.

    `name` is that of the recipe. Raises SettingsError that tells all that is wrong at once.
    """
    check(options, recipe)
    job = job_name(name)
    with tempfile.TemporaryDirectory(prefix="moxi-aws-") as scratch:
        packed = pack(recipe, data_folder, Path(scratch))
        cost = estimate(options.instance, options.max_hours, spot=options.spot)
        yield Plan(job, options, packed, request(options, recipe, packed, job), cost)


def shown(planned: Plan) -> dict[str, Any]:
    """The request as a dry run prints it: values of the user's own variables are not told."""
    told_ones = {
        name: _HIDDEN if name in planned.options.environment else value
        for name, value in planned.request["Environment"].items()
    }
    return {**planned.request, "Environment": told_ones}


def submit(planned: Plan, models: Path, *, pause: Pause = time.sleep) -> Path:
    """Upload, start, follow to the end; the folder of the model below `models`.

    Raises TrainError where the job fails, SettingsError for what AWS refuses.
    """
    options = planned.options
    aws = Aws(options.region)
    owner = aws.account()
    _own_bucket(aws, options, owner)
    for part in planned.packed.parts:
        _upload(aws, options, part, owner)
    note(f"starting job {planned.name}: {planned.cost.told()}")
    _start(aws, planned)
    return _followed(aws, planned.name, models, owner, pause)


def attach(name: str, region: str, models: Path, *, pause: Pause = time.sleep) -> Path:
    """Go on following a job that was started before; the folder of its model below `models`."""
    if not region:
        raise SettingsError(
            "There is no region to look for the job in; say --region us-east-1 or set AWS_REGION."
        )
    aws = Aws(region)
    owner = aws.account()
    describe(aws, name)
    return _followed(aws, name, models, owner, pause)


def _followed(aws: Aws, name: str, models: Path, owner: str, pause: Pause) -> Path:
    folder = fetch(aws, follow(aws, name, pause=pause), models, owner)
    RunDir(
        folder
    ).make_latest()  # so that later stages find it unnamed, as one that was trained here
    return folder


def _own_bucket(aws: Aws, options: AwsOptions, owner: str) -> None:
    """Raises SettingsError where there is no such bucket, or it is another's, or elsewhere."""
    from botocore.exceptions import ClientError

    with told(f"look at bucket {options.bucket!r} (s3:ListBucket)"):
        try:
            found = aws("s3").head_bucket(Bucket=options.bucket, ExpectedBucketOwner=owner)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchBucket"):
                raise SettingsError(
                    f"There is no bucket {options.bucket!r}; make it with `aws s3 mb "
                    f"s3://{options.bucket} --region {options.region}`."
                ) from error
            if code_of(error) in ("403", "AccessDenied", "Forbidden"):
                raise SettingsError(
                    f"Bucket {options.bucket!r} is not one of account {owner}, or this user may not see "
                    f"it; give your own bucket, and the user the policy of {HELP}."
                ) from error
            headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
            if (elsewhere := headers.get("x-amz-bucket-region", "")) not in ("", options.region):
                raise _wrong_region(options, elsewhere) from error
            raise
    elsewhere = found.get("BucketRegion") or options.region
    if elsewhere != options.region:
        raise _wrong_region(options, elsewhere)


def _wrong_region(options: AwsOptions, elsewhere: str) -> SettingsError:
    return SettingsError(
        f"Bucket {options.bucket!r} is in region {elsewhere}, the job would be in {options.region}; "
        f"say --region {elsewhere}, or take a bucket of {options.region}."
    )


def _upload(aws: Aws, options: AwsOptions, part: Part, owner: str) -> None:
    """Upload what is not there yet: its key is made of its content."""
    for name, place in sorted(part.files.items()):
        key = f"{options.prefix}/{part.folder_key}/{name}"
        size = place.stat().st_size
        if _is_there(aws, options.bucket, key, size, owner):
            note(f"s3://{options.bucket}/{key} is there already")
            continue
        with told(f"write to bucket {options.bucket!r} (s3:PutObject)"):
            aws("s3").upload_file(
                str(place), options.bucket, key,
                ExtraArgs={"ServerSideEncryption": "AES256", "ExpectedBucketOwner": owner},
            )  # fmt: skip
        note(f"uploaded s3://{options.bucket}/{key}: {size:,} bytes")


def _is_there(aws: Aws, bucket: str, key: str, size: int, owner: str) -> bool:
    from botocore.exceptions import ClientError

    with told(f"look into bucket {bucket!r} (s3:GetObject, s3:ListBucket)"):
        try:
            found = aws("s3").head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey"):
                return False
            raise
    return int(found["ContentLength"]) == size


def _start(aws: Aws, planned: Plan) -> None:
    from botocore.exceptions import ClientError

    with told("start the job (sagemaker:CreateTrainingJob, iam:PassRole)"):
        try:
            aws("sagemaker").create_training_job(**planned.request)
        except ClientError as error:
            if (known := _not_started(planned.options, error.response)) is not None:
                raise known from error
            raise


def _not_started(options: AwsOptions, response: Mapping[str, Any]) -> MoxiError | None:
    found = response.get("Error", {})
    said = " ".join(str(found.get("Message", "")).split())[:400].rstrip(".")
    if found.get("Code") == "ResourceLimitExceeded":
        kind = "spot training job usage" if options.spot else "training job usage"
        return TrainError(
            f"Training cannot go on: the quota of {options.instance} is used up or was never raised: {said}. "
            f'Ask for more of "{options.instance} for {kind}" in Service Quotas, or take another '
            f"--instance ({HELP})."
        )
    if found.get("Code") in ("ValidationException", "ValidationError"):
        about_role = "role" in said.lower()
        mend = (
            f"let SageMaker take role {options.role!r} (its trust policy in {HELP})"
            if about_role
            else f"see {HELP}"
        )
        return SettingsError(f"SageMaker does not take the job: {said}; {mend}.")
    return None
