"""Following a job on SageMaker: its status, its log, what it costs so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moxi_core.console import note
from moxi_core.errors import SettingsError, TrainError
from moxi_train.aws.clients import Aws, code_of, is_passing, told
from moxi_train.aws.cost import so_far
from moxi_train.aws.request import HELP

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_ENDED = ("Completed", "Failed", "Stopped")
_SECONDS = 15.0  # between two looks
_COST_SECONDS = 300.0  # between two lines that tell costs
_PATIENCE = 40  # looks in a row that may fail: ten minutes without a network
_LATE_LOGS = 3  # looks at the log after the end: its last lines arrive late
_PAGES = 200  # of a log, at one look

Pause = Callable[[float], None]


def describe(aws: Aws, name: str) -> dict[str, Any]:
    """What SageMaker knows of a job. Raises SettingsError where it knows none of that name."""
    from botocore.exceptions import ClientError

    with told(f"look at job {name!r} (sagemaker:DescribeTrainingJob)"):
        try:
            found: dict[str, Any] = aws("sagemaker").describe_training_job(TrainingJobName=name)
        except ClientError as error:
            message = str(error)
            if "not found" in message.lower() or "could not find" in message.lower():
                raise SettingsError(
                    f"There is no training job {name!r} in region {aws.region}; see "
                    "`aws sagemaker list-training-jobs`, or say --region."
                ) from error
            raise
    return found


def follow(aws: Aws, name: str, *, pause: Pause = time.sleep) -> dict[str, Any]:
    """Tell status, log and cost until the job has ended; its last description.

    Raises TrainError where it failed or was stopped. Ctrl-C leaves it running, and says so.
    """
    try:
        job = _watch(aws, name, pause)
    except KeyboardInterrupt:
        note(
            f"Job {name} goes on without us, and costs. Follow it: moxi train --aws-attach {name} "
            f"--region {aws.region}; end it: aws sagemaker stop-training-job --training-job-name {name} "
            f"--region {aws.region}"
        )
        raise
    note(f"{name}: {_bill(job)}")
    if job["TrainingJobStatus"] != "Completed":
        raise TrainError(_why(job))
    return job


def _watch(aws: Aws, name: str, pause: Pause) -> dict[str, Any]:
    log, last, failures, spoken = Log(aws, name), "", 0, time.monotonic()
    while True:
        try:
            job = aws("sagemaker").describe_training_job(TrainingJobName=name)
            failures = 0
        except Exception as error:
            failures += 1
            if not _may_wait(error, failures, name):
                with told(f"look at job {name!r}"):
                    raise
            pause(_SECONDS)
            continue
        if (now := _status(job)) != last:
            note(f"{name}: {now}")
            last = now
        log.tell()
        if job["TrainingJobStatus"] in _ENDED:
            for _ in range(_LATE_LOGS):
                if not log.is_read:
                    break
                pause(_SECONDS / _LATE_LOGS)
                log.tell()
            return dict(job)
        if time.monotonic() - spoken >= _COST_SECONDS:
            spoken = time.monotonic()
            note(f"{name}: {_bill(job)}")
        pause(_SECONDS)


def _may_wait(error: Exception, failures: int, name: str) -> bool:
    if not is_passing(error) or failures > _PATIENCE:
        return False
    if failures == 1:
        note(f"{name}: AWS cannot be reached for now ({type(error).__name__}); the job goes on")
    return True


def _status(job: dict[str, Any]) -> str:
    told_last = [t.get("StatusMessage", "") for t in job.get("SecondaryStatusTransitions", [])][-1:]
    words = [job["TrainingJobStatus"], job.get("SecondaryStatus", ""), *told_last]
    return ": ".join(dict.fromkeys(filter(None, words)))


def _bill(job: dict[str, Any]) -> str:
    """How long it has trained, and what that costs; before the end it is not known what spot saves."""
    ran, billed = job.get("TrainingTimeInSeconds"), job.get("BillableTimeInSeconds")
    if ran is None and (start := job.get("TrainingStartTime")) is not None:
        ran = ((job.get("TrainingEndTime") or datetime.now(UTC)) - start).total_seconds()
    seconds = billed if billed is not None else ran or 0
    cost = so_far(job.get("ResourceConfig", {}).get("InstanceType", ""), seconds)
    text = f"trained for {_clock(ran or 0)}"
    if billed is not None and billed != ran:
        text += f", billed for {_clock(billed)}"
    if cost:
        most = " at most" if billed is None and job.get("EnableManagedSpotTraining") else ""
        text += f", {cost}{most}"
    return text


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _why(job: dict[str, Any]) -> str:
    name, status = job["TrainingJobName"], job.get("SecondaryStatus", "")
    kept = job.get("CheckpointConfig", {}).get("S3Uri", "")
    known = kept.rstrip("/").rpartition("/")[2]
    where = (
        f"; its checkpoints stay in {kept}, `--aws-resume {known}` goes on from there"
        if kept
        else ""
    )
    if job["TrainingJobStatus"] == "Failed":
        reason = " ".join(str(job.get("FailureReason") or "AWS gives no reason").split())
        return f"Training cannot go on: job {name} failed: {reason.rstrip('.')}{where} ({HELP})."
    mends = {
        "MaxRuntimeExceeded": "it took longer than --max-hours; give it more",
        "MaxWaitTimeExceeded": "no spot capacity came in time; try --on-demand or another --instance",
    }
    return f"Training cannot go on: job {name} was stopped: {mends.get(status, 'by hand')}{where}."


@dataclass
class Log:
    """The lines of a job's log that were not told yet."""

    aws: Aws
    name: str
    is_read: bool = True  # until AWS refuses it
    _tokens: dict[str, str] = field(default_factory=dict)

    def tell(self) -> None:
        """Tell what is new. A log that cannot be read is said once: the job does not depend on it."""
        if not self.is_read:
            return
        try:
            for stream in self._streams():
                self._read(stream)
        except Exception as error:
            from botocore.exceptions import BotoCoreError, ClientError

            if not isinstance(error, BotoCoreError | ClientError):
                raise
            if code_of(error) == "ResourceNotFoundException" or is_passing(error):
                return  # it has not begun, or the network is away
            self.is_read = False
            note(f"{self.name}: its log cannot be read ({error}); see CloudWatch, {LOG_GROUP}")

    def _streams(self) -> list[str]:
        found = self.aws("logs").describe_log_streams(
            logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self.name}/"
        )
        return [stream["logStreamName"] for stream in found["logStreams"]]

    def _read(self, stream: str) -> None:
        for _ in range(_PAGES):
            known = self._tokens.get(stream)
            page = self.aws("logs").get_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True,
                **({"nextToken": known} if known else {}),
            )  # fmt: skip
            for event in page["events"]:
                for line in event["message"].splitlines():
                    note(f"  {line}")  # note() writes out what a terminal would obey
            self._tokens[stream] = page["nextForwardToken"]
            if page["nextForwardToken"] == known:
                return
