"""The request that starts a training job on SageMaker, field by field, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_train.aws.pack import Packed
    from moxi_train.recipe import Recipe

DEFAULT_INSTANCE = "ml.g5.2xlarge"
DEFAULT_HOURS = 8.0
LONGEST_HOURS = 672.0  # SageMaker ends a job after 28 days, and without a higher quota after 5
HELP = "docs/TRAINING_ON_AWS.md"

# Where SageMaker puts things inside the container.
CHECKPOINTS = "/opt/ml/checkpoints"
_CODE = "/opt/ml/input/data/code/moxi.tar.gz"

# The PyTorch image of AWS Deep Learning Containers whose torch our `[train]` extra accepts as it is,
# and the account that holds it, by region (elsewhere --image says it).
_IMAGE = "pytorch:2.13-{device}-amzn2023-sagemaker"
_ACCOUNT = "763104351884"
_ACCOUNTS = {
    "af-south-1": "626614931356", "ap-east-1": "871362719292", "ap-east-2": "975050140332",
    "ap-northeast-3": "364406365360", "ap-south-2": "772153158452", "ap-southeast-3": "907027046896",
    "ap-southeast-4": "457447274322", "ap-southeast-5": "550225433462",
    "ap-southeast-6": "633930458069", "ap-southeast-7": "590183813437", "ca-west-1": "204538143572",
    "cn-north-1": "727897471807", "cn-northwest-1": "727897471807", "eu-central-2": "380420809688",
    "eu-south-1": "692866216735", "eu-south-2": "503227376785", "il-central-1": "780543022126",
    "me-central-1": "914824155844", "me-south-1": "217643126080", "mx-central-1": "637423239942",
}  # fmt: skip
_SAME_ACCOUNT = (
    "us-east-1 us-east-2 us-west-1 us-west-2 ap-south-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 "
    "ap-southeast-2 ca-central-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1 sa-east-1"
).split()

# Unpack, then go on in Python: `entrypoint.sh` of the image adds CUDA's compatibility libraries where
# the driver is older; other images have none. Each argument has at most 256 characters.
_START = (
    f"set -e; mkdir -p /opt/moxi; tar -xzf {_CODE} -C /opt/moxi --strip-components=1; "
    "E=/usr/local/bin/entrypoint.sh; test -x $E || E=env; "
    "PYTHONPATH=/opt/moxi/src exec $E python3 -m moxi_train.aws.entry"
)

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_INSTANCE = re.compile(r"ml\.[a-z][a-z0-9-]*\.\d*[a-z]+")
_GPUS = re.compile(r"ml\.[gp]\d")
_JOB = re.compile(r"[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62}")
_TAG = re.compile(r"[\w .:/=+@-]*")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,511}")


@dataclass(frozen=True, kw_only=True)
class AwsOptions:
    """Where and how a job runs. What is secret never stands here: `secret` names where it is kept."""

    role: str  # the ARN of the role that the job takes
    bucket: str
    region: str
    prefix: str = "moxi"  # of all keys in the bucket
    instance: str = DEFAULT_INSTANCE
    spot: bool = True
    max_hours: float = DEFAULT_HOURS
    spot_wait_hours: float = 12.0  # to wait for spot capacity, all restarts together
    image: str = ""  # "": the PyTorch image of AWS for the region
    volume_gb: int = 100  # of instances that have no disk of their own
    secret: str = ""  # of Secrets Manager: a JSON object such as {"HF_TOKEN": "..."}
    resume: str = ""  # a job whose checkpoints this one goes on from
    tags: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_gpu(self) -> bool:
        """Whether the instance has a GPU by its family."""
        return bool(_GPUS.match(self.instance))


def check(options: AwsOptions, recipe: Recipe) -> None:
    """Raises SettingsError that tells all that is wrong at once."""
    wrong = [*_missing(options), *_malformed(options)]
    if recipe.model.needs_gpu and not options.has_gpu and _INSTANCE.fullmatch(options.instance):
        wrong.append(
            f"the recipe needs a GPU and {options.instance} has none; say --instance {DEFAULT_INSTANCE}"
        )
    if wrong:
        raise SettingsError(f"Training on AWS cannot start: {'; '.join(wrong)}.")


def _missing(options: AwsOptions) -> list[str]:
    told = {
        "role": "no role; say --role ARN or set MOXI_AWS_ROLE",
        "bucket": "no bucket; say --bucket NAME or set MOXI_AWS_BUCKET",
        "region": "no region; say --region us-east-1 or set AWS_REGION",
    }
    return [f"{text} ({HELP})" for name, text in told.items() if not getattr(options, name)]


def _malformed(options: AwsOptions) -> list[str]:
    rules = (
        ("role", _ROLE, "is no role; write arn:aws:iam::ACCOUNT:role/NAME"),
        ("bucket", _BUCKET, "is no bucket's name; give the name alone, without s3://"),
        ("region", _REGION, "is no region; write it like us-east-1"),
        ("prefix", _PREFIX, "is no prefix of keys; write it like moxi/runs"),
        ("resume", _JOB, "is no job's name; see `aws sagemaker list-training-jobs`"),
        ("instance", _INSTANCE, f"is no instance type; write it like {DEFAULT_INSTANCE}"),
    )
    wrong = [
        f"{value!r} {told}"
        for name, rule, told in rules
        if (value := getattr(options, name)) and not rule.fullmatch(value)
    ]
    if not 0 < options.max_hours <= LONGEST_HOURS:
        wrong.append(f"{options.max_hours:g} hours; say --max-hours from 0.1 to {LONGEST_HOURS:g}")
    if options.spot_wait_hours < 0:
        wrong.append(f"{options.spot_wait_hours:g} hours to wait for spot; say 0 or more")
    if options.volume_gb < 1:
        wrong.append(f"a volume of {options.volume_gb} GB; say 1 or more")
    for key, value in options.tags.items():
        if not key or len(key) > 128 or len(value) > 256 or not _TAG.fullmatch(key + value):
            wrong.append(f"{key}={value!r} is no tag; write letters, digits and . : / = + - @ _")
    for key, value in options.environment.items():
        if not _VARIABLE.fullmatch(key) or len(value) > 512:
            wrong.append(f"{key!r} is no variable of at most 512 characters")
    return wrong


def image_of(options: AwsOptions) -> str:
    """The container image: the one that is given, else AWS's for the region.

    Raises SettingsError where the region has none that is known.
    """
    if options.image:
        return options.image
    account = _ACCOUNTS.get(options.region)
    if account is None and options.region in _SAME_ACCOUNT:
        account = _ACCOUNT
    if account is None:
        raise SettingsError(
            f"No image is known for region {options.region!r}; say --image URI of a PyTorch 2.13 image."
        )
    domain = "amazonaws.com.cn" if options.region.startswith("cn-") else "amazonaws.com"
    image = _IMAGE.format(device="cu133" if options.has_gpu else "cpu")
    return f"{account}.dkr.ecr.{options.region}.{domain}/{image}"


def job_name(recipe_name: str, now: datetime | None = None) -> str:
    """A name for a job that SageMaker accepts: the recipe's, and the time."""
    words = re.sub(r"[^a-zA-Z0-9]+", "-", recipe_name.rpartition("/")[2].removesuffix(".toml"))
    moment = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    return f"moxi-{words.strip('-')[:40].strip('-') or 'run'}-{moment}"


def request(options: AwsOptions, recipe: Recipe, packed: Packed, name: str) -> dict[str, Any]:
    """The whole request of `create_training_job`."""
    place = f"s3://{options.bucket}/{options.prefix}"
    longest = round(options.max_hours * 3600)
    stopping = {"MaxRuntimeInSeconds": longest}
    if options.spot:  # the time that a job waits counts in
        stopping["MaxWaitTimeInSeconds"] = longest + round(options.spot_wait_hours * 3600)
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": image_of(options),
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["bash", "-c"],
            "ContainerArguments": [_START],
            "MetricDefinitions": _METRICS,
        },
        "RoleArn": options.role,
        "InputDataConfig": [
            _channel(part.channel, f"{place}/{part.folder_key}/") for part in packed.parts
        ],
        "OutputDataConfig": {"S3OutputPath": f"{place}/output", "CompressionType": "GZIP"},
        "ResourceConfig": {
            "InstanceType": options.instance,
            "InstanceCount": 1,
            "VolumeSizeInGB": options.volume_gb,
        },
        "StoppingCondition": stopping,
        "EnableManagedSpotTraining": options.spot,
        "CheckpointConfig": {
            "S3Uri": f"{place}/checkpoints/{options.resume or name}/",
            "LocalPath": CHECKPOINTS,
        },
        "Environment": _environment(options, recipe),
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in sorted({"created-by": "moxi", **options.tags}.items())
        ],
        "EnableNetworkIsolation": False,  # pip and the Hub are asked
        "EnableInterContainerTrafficEncryption": False,
    }


# SageMaker reads these figures out of the log and draws them: lines of metrics.jsonl, see moxi_train.aws.entry.
_NUMBER = r"([0-9.]+(?:e[-+]?[0-9]+)?)"
_METRICS = [
    {
        "Name": "train:loss",
        "Regex": rf'metrics \{{"step": [0-9]+, "time": [0-9.]+, "loss": {_NUMBER}',
    },
    {"Name": "validation:loss", "Regex": rf'metrics .*"validation_loss": {_NUMBER}'},
    {"Name": "validation:truth", "Regex": rf'metrics .*"truth": .*"share": {_NUMBER}'},
]


def _channel(name: str, uri: str) -> dict[str, Any]:
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": uri,
        "S3DataDistributionType": "FullyReplicated",
    }
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "CompressionType": "None",
        "InputMode": "File",
    }


def _environment(options: AwsOptions, recipe: Recipe) -> dict[str, str]:
    extras = ["train"]
    if recipe.model.engine == "unsloth":
        extras.append("unsloth")
    if recipe.track.comet != "off":
        extras.append("comet")
    found = {"MOXI_EXTRAS": ",".join(extras), "AWS_DEFAULT_REGION": options.region}
    if options.secret:
        found["MOXI_AWS_SECRET"] = options.secret
    return {**found, **options.environment}
