"""A run as its user starts it: `moxi train`, killed, resumed, refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moxi_core.errors import SettingsError, TrainError
from moxi_train.failures import failures
from moxi_train.run_dir import RunDir
from moxi_train.versions import code
from tests.moxi_train.conftest import TINY, lora_recipe, make_base

MOXI = [sys.executable, "-m", "moxi_cli"]
ENVIRONMENT = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "CUDA_VISIBLE_DEVICES": "",
}
FILES = {
    "moxi.json", "metrics.jsonl", "loss.png", "README.md", "model.safetensors", "config.json",
    "tokenizer.json", "tokenizer_config.json",
}  # fmt: skip


def train_line(sft: Path, name: str, *more: str) -> list[str]:
    changes = [part for change in TINY for part in ("--set", change)]
    return [
        *MOXI,
        "train",
        "--recipe",
        "tiny-cpu",
        *changes,
        "--dataset",
        str(sft),
        "--name",
        name,
        *more,
    ]


def moxi(where: Path, line: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line,
        cwd=where,
        env={**ENVIRONMENT, **more},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def wait_until(
    happened: Callable[[], object], process: subprocess.Popen[bytes] | None = None
) -> None:
    until = time.monotonic() + 240
    while not happened():
        assert time.monotonic() < until
        assert process is None or process.poll() is None
        time.sleep(0.01)


def metrics(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_a_run_leaves_all_that_is_needed_to_use_and_repeat_it(sft: Path, tmp_path: Path) -> None:
    done = moxi(tmp_path, train_line(sft, "one"))
    assert done.returncode == 0, done.stderr
    run = tmp_path / "models" / "one"
    assert done.stdout.strip() == "models/one"
    assert {f.name for f in run.iterdir() if f.is_file()} >= FILES
    assert (tmp_path / "models" / "latest").resolve() == run.resolve()
    record = json.loads((run / "moxi.json").read_text())
    assert record["state"] == "finished"
    assert record["prompt"]["style"] == "alpaca"
    assert record["data"]["rows"] == 20
    assert record["data"]["validation"] == 4
    assert record["versions"]["trl"]
    assert record["code"] == code()
    lines = metrics(run)
    assert [line["step"] for line in lines if "loss" in line] == [1, 2, 3, 4, 5, 6]
    looked = [line for line in lines if "validation_loss" in line]
    assert [line["step"] for line in looked] == [0, 3, 6]
    assert looked[-1]["validation_loss"] < looked[0]["validation_loss"]
    assert set(looked[-1]["by_section"]) == {"usage", "install"}
    assert looked[-1]["truth"]["sections"] == 1
    assert "Traceback" not in done.stderr
    again = moxi(tmp_path, train_line(sft, "one"))
    assert again.returncode == 2
    assert "--resume" in again.stderr


@pytest.mark.slow
def test_killed_and_resumed_it_ends_with_the_very_same_weights(sft: Path, tmp_path: Path) -> None:
    more = ("--set", "train.max_steps=12", "--set", "evaluate.every_steps=0")
    assert moxi(tmp_path, train_line(sft, "whole", *more)).returncode == 0
    killed = tmp_path / "models" / "killed"
    with subprocess.Popen(
        train_line(sft, "killed", *more), cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as process:
        wait_until(lambda: list(killed.glob("checkpoints/checkpoint-4/moxi-seal.json")), process)
        os.kill(process.pid, signal.SIGKILL)
    assert json.loads((killed / "moxi.json").read_text())["state"] == "running"
    done = moxi(tmp_path, [*MOXI, "train", "--resume", "--name", "killed"])
    assert done.returncode == 0, done.stderr
    assert "resumes after step" in done.stderr
    whole = tmp_path / "models" / "whole"
    for name in ("model.safetensors", "tokenizer.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    steps = [line["step"] for line in metrics(killed) if "loss" in line]
    assert steps == list(range(1, 13))
    losses = [[line["loss"] for line in metrics(run) if "loss" in line] for run in (killed, whole)]
    assert losses[0] == losses[1]


@pytest.mark.slow
def test_a_run_that_ended_at_its_last_step_is_finished_without_another(
    sft: Path, tmp_path: Path
) -> None:
    more = ("--set", "train.scheduler=constant_with_warmup")
    assert moxi(tmp_path, train_line(sft, "one", *more)).returncode == 0
    run = tmp_path / "models" / "one"
    weights = (run / "model.safetensors").read_bytes()
    # As a kill leaves it between the last checkpoint and the end.
    record = json.loads((run / "moxi.json").read_text()) | {"state": "running"}
    (run / "moxi.json").write_text(json.dumps(record))
    (run / "model.safetensors").unlink()
    before = metrics(run)
    done = moxi(tmp_path, [*MOXI, "train", "--resume", "--name", "one"])
    assert done.returncode == 0, done.stderr
    assert (run / "model.safetensors").read_bytes() == weights
    assert metrics(run) == before
    assert json.loads((run / "moxi.json").read_text())["state"] == "finished"


@pytest.mark.slow
def test_killed_before_its_first_checkpoint_it_measures_each_step_once(
    sft: Path, tmp_path: Path
) -> None:
    assert moxi(tmp_path, train_line(sft, "one")).returncode == 0
    run = tmp_path / "models" / "one"
    record = json.loads((run / "moxi.json").read_text()) | {"state": "running"}
    (run / "moxi.json").write_text(json.dumps(record))
    shutil.rmtree(run / "checkpoints")
    with (run / "metrics.jsonl").open("a") as file:
        file.write('{"step": 7, "lo')
    assert moxi(tmp_path, [*MOXI, "train", "--resume"]).returncode == 0
    steps = [line["step"] for line in metrics(run) if "loss" in line]
    assert steps == [1, 2, 3, 4, 5, 6]
    for change in ("prompt.context_tokens=600", "lora.r=4", "train.row_tokens=9"):
        done = moxi(tmp_path, [*MOXI, "train", "--resume", "--set", change])
        assert done.returncode == 2
        assert "cannot change on --resume" in done.stderr
    shutil.rmtree(run / "encoded")
    done = moxi(tmp_path, [*MOXI, "train", "--resume", "--set", "train.max_steps=7"])
    assert done.returncode == 2
    assert "The rows of run 'one' are gone" in done.stderr
    assert (run / "base" / "model.safetensors").is_file()


@pytest.mark.slow
def test_a_run_that_is_refused_leaves_its_name_free(sft: Path, tmp_path: Path) -> None:
    for more in (("--set", "train.batch_size=100000"), ("--set", "prompt.answer_tokens=32")):
        done = moxi(tmp_path, train_line(sft, "one", *more))
        assert done.returncode == 2, done.stderr
        assert not (tmp_path / "models" / "one").exists()
    left = tmp_path / "models" / "one"
    (left / "base").mkdir(parents=True)  # as a kill leaves it before the run has begun
    (left / "base" / "model.safetensors").write_bytes(b"half")
    (left / "encoded").mkdir()
    (left / "encoded" / "report.json").write_text('{"rows": 1}')
    done = moxi(tmp_path, train_line(sft, "one", "--set", "train.max_steps=1"))
    assert done.returncode == 0, done.stderr
    assert json.loads((left / "moxi.json").read_text())["data"]["rows"] == 20


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_it_with_the_way_on(sft: Path, tmp_path: Path) -> None:
    import torch

    base = make_base(tmp_path / "base", lambda weight: torch.full_like(weight, torch.inf))
    line = [
        *MOXI,
        "train",
        "--recipe",
        lora_recipe(tmp_path, base),
        "--dataset",
        str(sft),
        "--name",
        "nan",
    ]
    done = moxi(tmp_path, line)
    assert done.returncode == 1, done.stderr
    assert "error: The loss is no number at step 1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_full_disk_ends_it_with_the_way_on(sft: Path, tmp_path: Path) -> None:
    checkpoints = tmp_path / "models" / "full" / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "README.md").symlink_to("/dev/full")  # written with each checkpoint
    done = moxi(tmp_path, train_line(sft, "full"))
    assert done.returncode == 1, done.stderr
    assert (
        "is full: free some room, then go on with `moxi train --resume --name full`" in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_memory_that_is_not_there_is_told_with_what_to_lower(tmp_path: Path) -> None:
    import torch
    from safetensors import SafetensorError

    with (
        pytest.raises(
            TrainError, match=r"ran out of memory: train anew with a smaller prompt\.context_tokens"
        ),
        failures(RunDir(tmp_path)),
    ):
        torch.empty(1 << 60)
    full = SafetensorError('I/O error: Os { code: 28, message: "No space left on device" }')
    with pytest.raises(TrainError, match="disk of"), failures(RunDir(tmp_path)):
        raise full
    with pytest.raises(RuntimeError, match="another"), failures(RunDir(tmp_path)):
        raise RuntimeError("another one is a mistake of ours")


@pytest.mark.slow
def test_two_processes_train_one_run_together(sft: Path, tmp_path: Path) -> None:
    done = moxi(tmp_path, train_line(sft, "two", "--gpus", "2", "--comet", "off"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("models/two")
    run = tmp_path / "models" / "two"
    assert json.loads((run / "moxi.json").read_text())["state"] == "finished"
    lines = metrics(run)
    assert [line["step"] for line in lines if "loss" in line] == [1, 2, 3, 4, 5, 6]
    # Two rows a step each in two processes: 20 rows are an epoch of 5 steps, else of 10.
    assert [line["epoch"] for line in lines if "epoch" in line][4] == pytest.approx(1.0)


@pytest.mark.slow
def test_killed_the_parent_of_two_processes_takes_them_along(sft: Path, tmp_path: Path) -> None:
    more = ("--set", "train.max_steps=60", "--set", "evaluate.every_steps=0", "--gpus", "2")
    run = tmp_path / "models" / "two"
    with subprocess.Popen(
        train_line(sft, "two", *more), cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.DEVNULL
    ) as process:
        wait_until(lambda: list(run.glob("checkpoints/checkpoint-4/moxi-seal.json")), process)
        with pytest.raises(SettingsError, match="Another run"), RunDir(run).locked():
            pass
        os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: is_free(run))
    before = (run / "metrics.jsonl").read_bytes()
    time.sleep(1)
    assert (run / "metrics.jsonl").read_bytes() == before
    assert json.loads((run / "moxi.json").read_text())["state"] == "running"
    line = [*MOXI, "train", "--resume", "--gpus", "2", "--set", "train.max_steps=10"]
    done = moxi(tmp_path, line)
    assert done.returncode == 0, done.stderr
    assert "resumes after step" in done.stderr
    steps = [line["step"] for line in metrics(run) if "loss" in line]
    assert steps == list(range(1, max(10, steps[-1]) + 1))
    assert json.loads((run / "moxi.json").read_text())["state"] == "finished"


def is_free(run: Path) -> bool:
    try:
        with RunDir(run).locked():
            return True
    except SettingsError:
        return False


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--recipe", "llama-9"], "There is no recipe 'llama-9'"),
        (["--dataset", "nowhere"], "There is no training set 'nowhere'"),
        (["--set", "train.epoch=1"], "train.epoch: there is no such key"),
        (["--resume"], "A resumed run has its recipe and its rows"),
        (["--dataset-mongo"], "name two sets"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_made(
    sft: Path, tmp_path: Path, more: list[str], told: str
) -> None:
    done = moxi(tmp_path, train_line(sft, "x", *more))
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "models").exists()
