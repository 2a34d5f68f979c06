"""Jobs from start to end against moto's server: real boto3, real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moxi_core.errors import SettingsError, TrainError
from moxi_train.aws.job import Plan, attach, plan, submit
from moxi_train.recipe import load_recipe
from tests.moxi_train.aws.aws_world import (
    BUCKET,
    OPTIONS,
    REGION,
    World,
    aws_world,
    jobs,
    refuse,
    tarball,
    training_set,
)

TINY = load_recipe("tiny-cpu")
MODEL = {"moxi.json": b"{}", "adapter/adapter_model.safetensors": b"weights"}
DESCRIBE = "SageMaker.DescribeTrainingJob"
CREATE = "SageMaker.CreateTrainingJob"
LOGS = "/aws/sagemaker/TrainingJobs"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MOXI_AWS_ROLE", "MOXI_AWS_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    with aws_world(monkeypatch.setenv) as found:
        yield found


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[Plan]:
    with plan(OPTIONS, TINY, training_set(tmp_path / "sft"), "tiny-cpu") as found:
        yield found


def quick(_seconds: float) -> None:
    """A pause that does not last."""


def put_model(world: World, name: str, content: bytes | None = None) -> None:
    world.client("s3").put_object(
        Bucket=BUCKET, Key=f"moxi/output/{name}/output/model.tar.gz",
        Body=tarball(MODEL) if content is None else content,
    )  # fmt: skip
    world.asked.clear()
    world.headers.clear()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_whole_round(
    world: World, planned: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_model(world, planned.name)
    folder = submit(planned, tmp_path / "models", pause=quick)
    assert folder == tmp_path / "models" / planned.name
    assert files(folder) == MODEL
    assert {p.name for p in folder.parent.iterdir()} == {
        planned.name,
        "latest",
    }  # no scratch is left
    assert (folder.parent / "latest").resolve() == folder.resolve()
    job = world.client("sagemaker").describe_training_job(TrainingJobName=planned.name)
    sent = {k: v for k, v in planned.request.items() if k not in ("Tags", "Environment")}
    sent.pop("AlgorithmSpecification")  # moto puts its own metrics in
    assert {key: job[key] for key in sent} == sent
    told = capsys.readouterr().err
    assert "uploaded s3://moxi-tests/moxi/training/" in told
    assert f"starting job {planned.name}: at most $12.12" in told
    assert "Completed" in told


def test_what_is_uploaded_is_what_was_packed(world: World, planned: Plan, tmp_path: Path) -> None:
    put_model(world, planned.name)
    submit(planned, tmp_path / "models", pause=quick)
    s3 = world.client("s3")
    for part in planned.packed.parts:
        for name, place in part.files.items():
            key = f"moxi/{part.folder_key}/{name}"
            held = s3.get_object(Bucket=BUCKET, Key=key)
            assert held["Body"].read() == place.read_bytes()
            assert held["ServerSideEncryption"] == "AES256"


def test_every_call_to_the_bucket_names_its_owner(
    world: World, planned: Plan, tmp_path: Path
) -> None:
    put_model(world, planned.name)
    submit(planned, tmp_path / "models", pause=quick)
    to_bucket = [
        headers
        for (_, path), headers in zip(world.asked, world.headers, strict=True)
        if path.startswith(f"/{BUCKET}")
    ]
    assert len(to_bucket) > 8
    for headers in to_bucket:
        assert headers["x-amz-expected-bucket-owner"] == "123456789012"


def test_the_same_content_is_uploaded_once(world: World, tmp_path: Path) -> None:
    data = training_set(tmp_path / "sft")
    counts = []
    for number in range(3):
        if number == 2:
            (data / "validation.jsonl").write_text('{"id": "other"}\n')
        with plan(OPTIONS, TINY, data, f"run{number}") as planned:
            put_model(world, planned.name)
            submit(planned, tmp_path / "models", pause=quick)
            counts.append(len(world.uploads()))
    assert counts == [4, 0, 2]  # both splits lie under one new key


def test_status_log_and_cost_are_told_as_they_come(
    world: World, planned: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_model(world, planned.name)
    logs = world.client("logs")
    world.answers[DESCRIBE] = jobs(
        planned.name,
        [
            {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Starting"},
            {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"},
            {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Interrupted"},
            {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"},
            {
                "TrainingJobStatus": "Completed",
                "SecondaryStatus": "Completed",
                "TrainingTimeInSeconds": 7_200,
                "BillableTimeInSeconds": 2_880,
            },
        ],
    )
    lines = iter(["step 1 loss 4.2", "evil \x1b[2J line", "step 2 loss 4.1", "late"])

    def pause(_seconds: float) -> None:
        if (line := next(lines, None)) is None:
            return
        stream = f"{planned.name}/algo-1-1"
        if line.startswith("step 1"):
            logs.create_log_group(logGroupName=LOGS)
            logs.create_log_stream(logGroupName=LOGS, logStreamName=stream)
        logs.put_log_events(
            logGroupName=LOGS,
            logStreamName=stream,
            logEvents=[{"timestamp": _now(), "message": line}],
        )

    submit(planned, tmp_path / "models", pause=pause)
    told = capsys.readouterr().err
    for status in ("Starting", "Training", "Interrupted", "Completed"):
        assert f"{planned.name}: " in told
        assert status in told
    assert told.count("  step 1 loss 4.2\n") == 1
    assert told.count("  step 2 loss 4.1\n") == 1
    assert "  evil \\u001b[2J line\n" in told
    assert "\x1b" not in told
    assert "  late\n" in told
    assert "trained for 2:00:00, billed for 0:48:00, about $1.21" in told


def _now() -> int:
    import time

    return int(time.time() * 1000)


def test_a_failed_job_tells_why_and_where_its_checkpoints_are(
    world: World, planned: Plan, tmp_path: Path
) -> None:
    world.answers[DESCRIBE] = jobs(
        planned.name,
        [
            {
                "TrainingJobStatus": "Failed",
                "SecondaryStatus": "Failed",
                "FailureReason": "AlgorithmError: moxi train ended with code 1: error: out of memory",
            }
        ],
    )
    with pytest.raises(TrainError, match=r"failed: AlgorithmError: .*out of memory; its checkpoints stay in s3://.*`--aws-resume moxi-") as error:  # fmt: skip
        submit(planned, tmp_path / "models", pause=quick)
    assert error.value.exit_code == 1
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("secondary", "mend"),
    [
        ("MaxRuntimeExceeded", "longer than --max-hours"),
        ("MaxWaitTimeExceeded", "no spot capacity came in time; try --on-demand"),
        ("Stopped", "was stopped: by hand"),
    ],
)
def test_a_stopped_job(
    world: World, planned: Plan, tmp_path: Path, secondary: str, mend: str
) -> None:
    world.answers[DESCRIBE] = jobs(
        planned.name, [{"TrainingJobStatus": "Stopped", "SecondaryStatus": secondary}]
    )
    with pytest.raises(TrainError, match=re.escape(mend)):
        submit(planned, tmp_path / "models", pause=quick)


def test_ctrl_c_leaves_the_job_and_attach_goes_on(
    world: World, planned: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_model(world, planned.name)
    running = {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"}
    world.answers[DESCRIBE] = jobs(planned.name, [running])

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        submit(planned, tmp_path / "models", pause=interrupted)
    told = capsys.readouterr().err
    assert f"moxi train --aws-attach {planned.name} --region {REGION}" in told
    assert f"aws sagemaker stop-training-job --training-job-name {planned.name}" in told
    assert world.calls("CreateTrainingJob") == 1
    assert world.calls("StopTrainingJob") == 0
    del world.answers[DESCRIBE]
    folder = attach(planned.name, REGION, tmp_path / "models", pause=quick)
    assert files(folder) == MODEL
    assert world.calls("CreateTrainingJob") == 1
    world.asked.clear()
    assert attach(planned.name, REGION, tmp_path / "models", pause=quick) == folder
    assert not [path for _, path in world.asked if path.endswith("model.tar.gz")]


def test_a_network_that_goes_away_is_waited_for(
    world: World, planned: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_model(world, planned.name)
    states = jobs(planned.name, [{"TrainingJobStatus": "Completed"}])
    looks = 0

    def answer(asked: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        nonlocal looks
        looks += 1
        if looks <= 12:  # more than boto3 tries by itself
            return 503, {"__type": "ServiceUnavailable", "message": "away"}
        return states(asked)

    world.answers[DESCRIBE] = answer
    assert files(submit(planned, tmp_path / "models", pause=quick)) == MODEL
    assert capsys.readouterr().err.count("AWS cannot be reached for now") == 1


def test_credentials_that_expire_on_the_way(world: World, planned: Plan, tmp_path: Path) -> None:
    world.answers[DESCRIBE] = refuse("ExpiredTokenException", "The security token has expired")
    with pytest.raises(TrainError, match=r"credentials have expired.*aws sso login"):
        submit(planned, tmp_path / "models", pause=quick)


def test_a_log_that_may_not_be_read_is_said_once(
    world: World, planned: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_model(world, planned.name)
    world.answers["Logs_20140328.DescribeLogStreams"] = refuse("AccessDeniedException", "no")
    world.answers[DESCRIBE] = jobs(
        planned.name,
        [{"TrainingJobStatus": "InProgress"}] * 3 + [{"TrainingJobStatus": "Completed"}],
    )
    submit(planned, tmp_path / "models", pause=quick)
    assert capsys.readouterr().err.count("its log cannot be read") == 1


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        (
            "ResourceLimitExceeded",
            "The account-level service limit 'ml.g5.2xlarge for spot training job usage' is 0 Instances.",
            r"quota of ml.g5.2xlarge .* is 0 Instances\. Ask for more of \"ml.g5.2xlarge for spot",
        ),
        (
            "ValidationException",
            "Could not assume role arn:aws:iam::123456789012:role/moxi-training.",
            r"does not take the job: Could not assume role .*; let SageMaker take role",
        ),
        (
            "ValidationException",
            "Unsupported instance type",
            r"does not take the job: Unsupported instance type; see docs",
        ),
        (
            "AccessDeniedException",
            "User: arn:aws:iam::1:user/x is not authorized to perform: sagemaker:CreateTrainingJob",
            r"does not allow this user to start the job .*policy of docs/TRAINING_ON_AWS.md",
        ),
        ("UnrecognizedClientException", "bad token", r"does not know these credentials"),
        (
            "InternalFailure",
            "sorry",
            r"does not let one start the job .*: sorry \(InternalFailure\)",
        ),
    ],
)
def test_what_sagemaker_refuses(
    world: World, planned: Plan, tmp_path: Path, code: str, message: str, told: str
) -> None:
    world.answers[CREATE] = refuse(code, message)
    with pytest.raises((SettingsError, TrainError), match=told) as error:
        submit(planned, tmp_path / "models", pause=quick)
    assert "\n" not in str(error.value)


def test_a_bucket_that_is_not_there(world: World, tmp_path: Path) -> None:
    options = replace(OPTIONS, bucket="nobodys-bucket")
    with (
        plan(options, TINY, training_set(tmp_path / "sft")) as planned,
        pytest.raises(SettingsError, match=r"no bucket 'nobodys-bucket'; make it with `aws s3 mb"),
    ):
        submit(planned, tmp_path / "models", pause=quick)
    assert not world.uploads()


def test_a_bucket_of_another_account(
    world: World, planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moxi_train.aws.clients.Aws.account", lambda _self: "999999999999")
    with pytest.raises(SettingsError, match=r"'moxi-tests' is not one of account 999999999999"):
        submit(planned, tmp_path / "models", pause=quick)
    assert not world.uploads()


def test_a_bucket_elsewhere(world: World, tmp_path: Path) -> None:
    world.client("s3").create_bucket(
        Bucket="in-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    options = replace(OPTIONS, bucket="in-ireland")
    with (
        plan(options, TINY, training_set(tmp_path / "sft")) as planned,
        pytest.raises(SettingsError, match=r"is in region eu-west-1.*say --region eu-west-1"),
    ):
        submit(planned, tmp_path / "models", pause=quick)


def test_no_credentials(
    world: World, planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SettingsError, match=r"no usable AWS credentials .*aws configure"):
        submit(planned, tmp_path / "models", pause=quick)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SettingsError, match=r"no usable AWS credentials .*nobody"):
        submit(planned, tmp_path / "models", pause=quick)


def test_an_unknown_job(world: World, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no training job 'moxi-none' in region us-east-1"):
        attach("moxi-none", REGION, tmp_path / "models", pause=quick)
    with pytest.raises(SettingsError, match=r"no region to look for the job in"):
        attach("moxi-none", "", tmp_path / "models")


def test_a_model_that_is_gone(world: World, planned: Plan, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"no model at s3://moxi-tests/moxi/output/"):
        submit(planned, tmp_path / "models", pause=quick)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_hostile_model_leaves_nothing(world: World, planned: Plan, tmp_path: Path) -> None:
    put_model(world, planned.name, tarball({"good": b"1", "../../evil": b"2"}))
    with pytest.raises(TrainError, match=r"leads out of its folder"):
        submit(planned, tmp_path / "models", pause=quick)
    assert list((tmp_path / "models").iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_without_boto3(planned: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    with pytest.raises(SettingsError, match=r"pip install 'moxi-readme\[aws\]'"):
        submit(planned, tmp_path / "models", pause=quick)
