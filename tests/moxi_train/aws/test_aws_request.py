"""The request of a job, field by field; what is wrong told at once; what it may cost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from moxi_core.errors import SettingsError
from moxi_train.aws.cost import PRICES, estimate, so_far
from moxi_train.aws.job import plan, shown
from moxi_train.aws.pack import pack
from moxi_train.aws.request import AwsOptions, check, image_of, job_name, request
from moxi_train.recipe import load_recipe
from tests.moxi_train.aws.aws_world import BUCKET, OPTIONS, REGION, ROLE, training_set

NAMED = "moxi/tokens"  # where a secret is kept
TINY, LLAMA = load_recipe("tiny-cpu"), load_recipe("llama-3.2-3b-qlora")


def made(tmp_path: Path, options: AwsOptions = OPTIONS, name: str = "moxi-x") -> dict[str, Any]:
    packed = pack(LLAMA, training_set(tmp_path / "sft"), tmp_path)
    found = request(options, LLAMA, packed, name)
    shape = get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob")
    assert not validate_parameters(found, shape.input_shape)
    return found


def channel(name: str, digest: str) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": f"s3://{BUCKET}/moxi/{name}/{digest}/",
                "S3DataDistributionType": "FullyReplicated",
            }
        },
        "CompressionType": "None",
        "InputMode": "File",
    }


def test_every_field_of_a_spot_job(tmp_path: Path) -> None:
    options = replace(
        OPTIONS, max_hours=2.5, spot_wait_hours=1, secret=NAMED, volume_gb=200,
        tags={"team": "docs"}, environment={"HF_HUB_ENABLE_HF_TRANSFER": "0"},
    )  # fmt: skip
    found = made(tmp_path, options)
    packed = pack(LLAMA, tmp_path / "sft", tmp_path)
    algorithm = found.pop("AlgorithmSpecification")
    (start,) = algorithm.pop("ContainerArguments")
    assert len(start) <= 256  # SageMaker allows no more
    assert start.startswith(
        "set -e; mkdir -p /opt/moxi; tar -xzf /opt/ml/input/data/code/moxi.tar.gz"
    )
    assert start.endswith("exec $E python3 -m moxi_train.aws.entry")
    assert {m["Name"] for m in algorithm.pop("MetricDefinitions")} == {
        "train:loss", "validation:loss", "validation:truth",
    }  # fmt: skip
    assert algorithm == {
        "TrainingImage": "763104351884.dkr.ecr.us-east-1.amazonaws.com/"
        "pytorch:2.13-cu133-amzn2023-sagemaker",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["bash", "-c"],
    }
    assert found == {
        "TrainingJobName": "moxi-x",
        "RoleArn": ROLE,
        "InputDataConfig": [channel(p.channel, p.digest[:32]) for p in packed.parts],
        "OutputDataConfig": {
            "S3OutputPath": f"s3://{BUCKET}/moxi/output", "CompressionType": "GZIP",
        },
        "ResourceConfig": {
            "InstanceType": "ml.g5.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 200,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 9_000, "MaxWaitTimeInSeconds": 12_600},
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {
            "S3Uri": f"s3://{BUCKET}/moxi/checkpoints/moxi-x/", "LocalPath": "/opt/ml/checkpoints",
        },
        "Environment": {
            "MOXI_EXTRAS": "train", "AWS_DEFAULT_REGION": REGION, "MOXI_AWS_SECRET": NAMED,
            "HF_HUB_ENABLE_HF_TRANSFER": "0",
        },
        "Tags": [{"Key": "created-by", "Value": "moxi"}, {"Key": "team", "Value": "docs"}],
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
    }  # fmt: skip
    assert [p.channel for p in packed.parts] == ["training", "code", "recipe"]


def test_figures_are_read_from_lines_of_metrics(tmp_path: Path) -> None:
    definitions = made(tmp_path)["AlgorithmSpecification"]["MetricDefinitions"]
    step = (
        'metrics {"step": 7, "time": 1764.123, "loss": 2.5e-05, "learning_rate": 0.1, "epoch": 1.0}'
    )
    look = (
        'metrics {"step": 7, "time": 1764.1, "validation_loss": 1.25, "perplexity": 3.4, "by_section": '
        '{"usage": {"loss": 9.0}}, "truth": {"stated": 4, "share": 0.75}}'
    )

    def read(line: str) -> dict[str, str]:
        found = {d["Name"]: re.search(d["Regex"], line) for d in definitions}
        return {name: match[1] for name, match in found.items() if match}

    assert read(step) == {"train:loss": "2.5e-05"}
    assert read(look) == {"validation:loss": "1.25", "validation:truth": "0.75"}


def test_on_demand_waits_for_nothing(tmp_path: Path) -> None:
    found = made(tmp_path, replace(OPTIONS, spot=False))
    assert found["StoppingCondition"] == {"MaxRuntimeInSeconds": 28_800}
    assert found["EnableManagedSpotTraining"] is False
    assert "MOXI_AWS_SECRET" not in found["Environment"]


def test_a_job_that_goes_on_from_another(tmp_path: Path) -> None:
    found = made(tmp_path, replace(OPTIONS, resume="moxi-old"))
    assert found["TrainingJobName"] == "moxi-x"
    assert found["CheckpointConfig"]["S3Uri"] == f"s3://{BUCKET}/moxi/checkpoints/moxi-old/"
    with pytest.raises(SettingsError, match=r"'\.\./x' is no job's name"):
        check(replace(OPTIONS, resume="../x"), LLAMA)


def test_extras_follow_the_recipe(tmp_path: Path) -> None:
    recipe = load_recipe(
        "llama-3.2-3b-qlora", ["model.engine=unsloth", "track.comet=online"]
    )  # fmt: skip
    packed = pack(recipe, training_set(tmp_path / "sft"), tmp_path)
    found = request(OPTIONS, recipe, packed, "x")
    assert found["Environment"]["MOXI_EXTRAS"] == "train,unsloth,comet"


@pytest.mark.parametrize(
    ("region", "instance", "image"),
    [
        ("eu-central-1", "ml.g6.xlarge", "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch:2.13-cu133"),
        ("eu-south-1", "ml.p4d.24xlarge", "692866216735.dkr.ecr.eu-south-1.amazonaws.com/pytorch:2.13-cu133"),
        ("cn-north-1", "ml.g5.xlarge", "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch:2.13-cu133"),
        ("us-west-2", "ml.m5.xlarge", "763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch:2.13-cpu"),
    ],
)  # fmt: skip
def test_image_of_the_region(region: str, instance: str, image: str) -> None:
    options = replace(OPTIONS, region=region, instance=instance)
    assert image_of(options) == f"{image}-amzn2023-sagemaker"


def test_an_unknown_region_needs_an_image() -> None:
    with pytest.raises(SettingsError, match=r"'xx-moon-1'; say --image"):
        image_of(replace(OPTIONS, region="xx-moon-1"))
    assert image_of(replace(OPTIONS, region="xx-moon-1", image="mine:1")) == "mine:1"


def test_all_that_is_wrong_is_told_at_once() -> None:
    nothing = AwsOptions(role="", bucket="", region="")
    with pytest.raises(SettingsError, match=r"no role; .*no bucket; .*no region; "):
        check(nothing, TINY)
    wrong = replace(
        OPTIONS, role="moxi", bucket="s3://Mine", region="Frankfurt", instance="g5", max_hours=0,
        prefix="/a", tags={"a": "*"}, environment={"1A": ""}, volume_gb=0, spot_wait_hours=-1,
    )  # fmt: skip
    with pytest.raises(SettingsError) as error:
        check(wrong, TINY)
    for part in (
        "'moxi' is no role", "'s3://Mine' is no bucket", "'Frankfurt' is no region",
        "'g5' is no instance", "0 hours; say --max-hours", "'/a' is no prefix", "a='*' is no tag",
        "'1A' is no variable", "a volume of 0 GB", "-1 hours to wait",
    ):  # fmt: skip
        assert part in str(error.value)


def test_a_recipe_that_needs_a_gpu_gets_one() -> None:
    with pytest.raises(SettingsError, match=r"ml.m5.xlarge has none; say --instance ml.g5.2xlarge"):
        check(replace(OPTIONS, instance="ml.m5.xlarge"), LLAMA)
    check(replace(OPTIONS, instance="ml.m5.xlarge"), TINY)
    for instance in PRICES:
        if instance[3] != "m":
            check(replace(OPTIONS, instance=instance), LLAMA)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("llama-3.2-3b-qlora", "llama-3-2-3b-qlora"), ("./my recipes/A_b.toml", "A-b"),
        ("ünï", "n"), ("é", "run"), ("x" * 90, "x" * 40),
    ],
)  # fmt: skip
def test_names_that_sagemaker_accepts(recipe: str, words: str) -> None:
    name = job_name(recipe, datetime(2026, 11, 29, 12, 0, 5, tzinfo=UTC))
    assert name == f"moxi-{words}-20261129-120005"
    assert len(name) <= 63


def test_a_dry_run_packs_and_tells_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_more: object) -> None:
        raise AssertionError("a dry run opens no connection")

    monkeypatch.setattr("socket.socket.connect", refused)
    options = replace(OPTIONS, environment={"WANDB_MODE": "private"})
    with plan(options, LLAMA, training_set(tmp_path / "sft"), "llama") as planned:
        assert planned.packed.size > 100_000
        assert planned.cost.most == pytest.approx(8 * 1.515)
        assert shown(planned)["Environment"]["WANDB_MODE"] == "(given)"
        assert planned.request["Environment"]["WANDB_MODE"] == "private"


def test_costs() -> None:
    spot = estimate("ml.g5.2xlarge", 4, spot=True)
    assert spot.most == pytest.approx(6.06)
    assert spot.often == pytest.approx((1.818, 4.242))
    assert spot.told() == (
        "at most $6.06: 4 h of ml.g5.2xlarge at $1.515 an hour on demand (July 2026, us-east-1; "
        "yours may differ); on spot often $1.82 to $4.24"
    )
    assert estimate("ml.g5.2xlarge", 10, spot=False).often is None
    unknown = estimate("ml.x9.large", 1, spot=True)
    assert unknown.most is None
    assert unknown.often is None
    assert "is not in the table of July 2026" in unknown.told()
    assert so_far("ml.g5.2xlarge", 1_800) == "about $0.76"
    assert so_far("ml.x9.large", 1_800) == ""
