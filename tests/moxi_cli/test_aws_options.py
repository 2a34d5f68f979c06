"""What `moxi train --aws` does with its options: defaults of the environment, the dry run, the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from moxi_cli.aws_options import attach_on_aws, run_on_aws
from moxi_core.errors import SettingsError
from moxi_train.recipe import load_recipe
from tests.moxi_train.aws.aws_world import (
    BUCKET,
    REGION,
    ROLE,
    World,
    aws_world,
    tarball,
    training_set,
)

TINY = load_recipe("tiny-cpu")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A training set in the folder that one stands in, with nothing of AWS set."""
    for name in (
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "MOXI_AWS_ROLE",
        "MOXI_AWS_BUCKET",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return training_set(tmp_path / "sft")


@pytest.fixture
def world(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with aws_world(monkeypatch.setenv) as found:
        yield found


def test_a_dry_run_prints_the_request_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_on_aws(
        TINY, data, name="tiny-cpu", role=ROLE, bucket=BUCKET, region=REGION, spot=False, max_hours=2,
        tags=["team=docs=1"], dry_run=True,
    )  # fmt: skip
    out, err = capsys.readouterr()
    request = json.loads(out)
    assert request["RoleArn"] == ROLE
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 7_200}
    assert {"Key": "team", "Value": "docs=1"} in request["Tags"]
    assert "at most $3.03" in err
    assert "nothing was sent" in err


def test_a_dry_run_as_json(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_on_aws(TINY, data, role=ROLE, bucket=BUCKET, region=REGION, dry_run=True, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["cost"] == {"hourly": 1.515, "most": pytest.approx(12.12)}
    assert answer["request"]["EnableManagedSpotTraining"] is True
    assert answer["upload_bytes"] > 100_000


def test_flags_over_the_environment_over_env_file(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def chosen(**more: str) -> tuple[str, str]:
        run_on_aws(TINY, data, dry_run=True, **more)  # type: ignore[arg-type]
        request = json.loads(capsys.readouterr().out)
        output = request["OutputDataConfig"]["S3OutputPath"].split("/")[2]
        return output, request["AlgorithmSpecification"]["TrainingImage"].split(".")[3]

    Path(".env").write_text(
        f"MOXI_AWS_ROLE={ROLE}\nMOXI_AWS_BUCKET=of-the-file\nAWS_REGION=eu-west-1\n"
    )
    assert chosen() == ("of-the-file", "eu-west-1")
    monkeypatch.setenv("MOXI_AWS_BUCKET", "of-the-environment")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert chosen() == ("of-the-environment", "eu-west-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert chosen(bucket="of-the-flag") == ("of-the-flag", "eu-west-3")
    assert chosen(region="us-east-2") == ("of-the-environment", "us-east-2")


def test_the_region_of_the_profile_comes_last(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError, match=r"no region; say --region"):
        run_on_aws(TINY, data, role=ROLE, bucket=BUCKET, dry_run=True)
    (tmp_path / "config").write_text("[default]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    run_on_aws(TINY, data, role=ROLE, bucket=BUCKET, dry_run=True)
    assert ".ecr.sa-east-1." in capsys.readouterr().out


@pytest.mark.parametrize("tag", ["team", "=docs", " =x"])
def test_tags_that_are_none(data: Path, tag: str) -> None:
    with pytest.raises(SettingsError, match=r"is no tag; write KEY=VALUE"):
        run_on_aws(TINY, data, role=ROLE, bucket=BUCKET, region=REGION, tags=[tag], dry_run=True)


def test_a_job_and_its_answer(
    world: World, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("moxi_train.aws.job.job_name", lambda name: f"moxi-{name}-1")
    world.client("s3").put_object(
        Bucket=BUCKET, Key="moxi/output/moxi-tiny-1/output/model.tar.gz", Body=tarball({"moxi.json": b"{}"})
    )  # fmt: skip
    monkeypatch.setattr("moxi_train.aws.follow._LATE_LOGS", 0)
    run_on_aws(TINY, data, name="tiny", role=ROLE, bucket=BUCKET)
    assert capsys.readouterr().out == "models/moxi-tiny-1\n"
    attach_on_aws("moxi-tiny-1", as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"job": "moxi-tiny-1", "model": "models/moxi-tiny-1"}
