"""What happens inside the container, with pip and `moxi` replaced where processes begin."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from moxi_cli.moxi import app
from moxi_train.aws.entry import Places, gpu_count, install_command, keep, train_command
from moxi_train.aws.pack import archive
from moxi_train.aws.request import _START
from moxi_train.aws.source import source_files
from moxi_train.run_dir import RECORD, SEAL
from tests.moxi_train.aws.aws_world import REGION, aws_world

SOURCE = Path(__file__).parents[3] / "src/moxi_train/aws/entry.py"
MOXI = """#!{python}
import json, os, pathlib, signal, sys, time
option = lambda name: sys.argv[sys.argv.index(name) + 1]
out = pathlib.Path(option("--output")) / option("--name")
assert "--resume" in sys.argv or not (out / "moxi.json").exists()
assert "--resume" not in sys.argv or "--recipe" not in sys.argv
(out / "checkpoints/checkpoint-1").mkdir(parents=True, exist_ok=True)
(out / "encoded").mkdir(exist_ok=True)
(out / "encoded/rows").write_text("x")
(out / ".lock").write_text("")
(out / "adapter").mkdir(exist_ok=True)
(out / "adapter/adapter_model.safetensors").write_text("weights")
(out / "adapter/link").symlink_to("/etc/passwd")
(out / "moxi.json").write_text(json.dumps([sys.argv[1:], os.environ.get("HF_TOKEN", "")]))
def end(*_):
    os.write(1, b"saved at SIGTERM\\n")
    os._exit(3)
signal.signal(signal.SIGTERM, end)
with (out / "metrics.jsonl").open("a") as metrics:
    metrics.write(json.dumps({{"step": 1, "time": 1.5, "loss": 4.2}}) + "\\n")
print("begun", flush=True)
if os.environ.get("FAKE") == "fail":
    print("error: Training cannot go on: no memory.", file=sys.stderr)
    sys.exit(1)
if os.environ.get("FAKE") == "wait":
    time.sleep(60)
"""


class Box:
    """A container's folders, its environment, and a Python with a pip that only notes what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.ml = folder / "opt/ml"
        self.folder = folder
        for name in ("training", "code", "recipe"):
            (self.ml / "input/data" / name).mkdir(parents=True)
        (self.ml / "input/data/code/moxi.tar.gz").write_bytes(archive(source_files()))
        venv.create(folder / "python", symlinks=True, with_pip=False)
        self.python = folder / "python/bin/python3"
        (self.site,) = (folder / "python").glob("lib/python3*/site-packages")
        (self.site / "pip").mkdir()
        (self.site / "pip/__init__.py").write_text("")
        (self.site / "pip/__main__.py").write_text(
            "import pathlib, sys\n"
            f"pathlib.Path({str(folder / 'pip.txt')!r}).write_text('\\n'.join(sys.argv[1:]))\n"
            f"sys.exit(pathlib.Path({str(folder / 'pip-fails')!r}).exists())\n"
        )
        moxi = folder / "python/bin/moxi"
        moxi.write_text(MOXI.format(python=self.python))
        moxi.chmod(0o755)

    def start(self, **more: str) -> subprocess.Popen[str]:
        """Start what SageMaker starts, with its /opt here."""
        return subprocess.Popen(
            ["bash", "-c", _START.replace("/opt/", f"{self.folder}/opt/")],
            env=self.environ | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=self.folder,
        )  # fmt: skip

    def ended(self, **more: str) -> tuple[int, str]:
        with self.start(**more) as job:
            said, _ = job.communicate(timeout=120)
            return job.returncode, said

    @property
    def environ(self) -> dict[str, str]:
        data = self.ml / "input/data"
        return {
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "SM_CHANNEL_TRAINING": str(data / "training"),
            "SM_CHANNEL_RECIPE": str(data / "recipe"),
            "SM_MODEL_DIR": str(self.ml / "model"),
            "SM_OUTPUT_DIR": str(self.ml / "output"),
            "SM_NUM_GPUS": "4",
            "MOXI_CHECKPOINT_DIR": str(self.ml / "checkpoints"),
            "MOXI_EXTRAS": "train,comet",
        }

    def ran_with(self) -> list[str]:
        found: list[str] = json.loads((self.ml / "model/moxi.json").read_text())[0]
        return found


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_job_from_its_start(box: Box) -> None:
    code, said = box.ended()
    assert code == 0, said
    assert "begun" in said
    assert said.count('metrics {"step": 1, "time": 1.5, "loss": 4.2}\n') == 1
    data = box.ml / "input/data"
    assert box.ran_with() == [
        "train", "--recipe", str(data / "recipe/recipe.toml"), "--dataset", str(data / "training"),
        "--output", str(box.ml), "--name", "checkpoints", "--gpus", "4",
    ]  # fmt: skip
    asked = (box.folder / "pip.txt").read_text().splitlines()
    assert asked[0] == "install"
    assert asked[-1] == f"{box.folder}/opt/moxi[train,comet]"
    assert sorted(p.relative_to(box.ml / "model").as_posix() for p in (box.ml / "model").rglob("*")) == [
        "adapter", "adapter/adapter_model.safetensors", "metrics.jsonl", "moxi.json",
    ]  # fmt: skip
    assert not (box.ml / "output/failure").exists()


def test_after_a_spot_interruption_it_resumes(box: Box) -> None:
    run = box.ml / "checkpoints"
    (run / "checkpoints/checkpoint-50").mkdir(parents=True)
    (run / "checkpoints/checkpoint-50/moxi-seal.json").write_text("{}")
    (run / "moxi.json").write_text("{}")
    (run / "metrics.jsonl").write_text('{"step": 50, "time": 1.0, "loss": 9.9}\n')
    code, said = box.ended()
    assert code == 0, said
    assert box.ran_with() == [
        "train", "--resume", "--output", str(box.ml), "--name", "checkpoints", "--gpus", "4",
    ]  # fmt: skip
    assert "9.9" not in said  # it was told before the interruption
    assert '"loss": 4.2' in said


def test_an_interruption_before_the_first_whole_checkpoint_begins_anew(box: Box) -> None:
    run = box.ml / "checkpoints"
    (run / "checkpoints/checkpoint-50").mkdir(parents=True)
    (run / "checkpoints/checkpoint-50/model.safetensors").write_text("half")
    (run / "moxi.json").write_text("{}")
    code, said = box.ended()
    assert code == 0, said
    assert "--resume" not in box.ran_with()
    assert not (run / "checkpoints/checkpoint-50").exists()


def test_the_reason_of_a_failure_is_told_to_sagemaker(box: Box) -> None:
    code, said = box.ended(FAKE="fail")
    assert code == 1, said
    reason = (box.ml / "output/failure").read_text()
    assert reason.endswith("ended with code 1: error: Training cannot go on: no memory.")
    assert len(reason) <= 1_024
    assert not (box.ml / "model/moxi.json").exists()


def test_what_pip_cannot_install_ends_the_job(box: Box) -> None:
    (box.folder / "pip-fails").touch()
    code, _said = box.ended()
    assert code == 1
    assert "python3 -m pip install ended with code 1" in (box.ml / "output/failure").read_text()


def test_code_that_cannot_be_unpacked_ends_the_job(box: Box) -> None:
    (box.ml / "input/data/code/moxi.tar.gz").write_bytes(b"broken")
    code, said = box.ended()
    assert code != 0
    assert "aws_entry" not in said


def test_sigterm_reaches_the_training(box: Box) -> None:
    with box.start(FAKE="wait") as job:
        assert job.stdout is not None
        for line in job.stdout:
            if "begun" in line:
                break
        began = time.monotonic()
        job.send_signal(signal.SIGTERM)
        said = job.stdout.read()
        code = job.wait(timeout=30)
    assert "saved at SIGTERM" in said
    assert time.monotonic() - began < 20
    assert code == 3, said


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with aws_world(monkeypatch.setenv) as world:
        manager = world.client("secretsmanager")
        manager.create_secret(Name="moxi/tokens", SecretString='{"HF_TOKEN": "hf_of_the_test"}')
        manager.create_secret(Name="moxi/text", SecretString="hf_of_the_test")
        yield {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}


def test_a_secret_becomes_variables_and_is_not_told(box: Box, secret: dict[str, str]) -> None:
    import boto3

    places = [box.site, f"{box.folder}/opt/moxi/src", Path(boto3.__file__).parents[1]]
    path = {"PYTHONPATH": ":".join(map(str, places))}
    environ = box.environ | secret | path | {"AWS_DEFAULT_REGION": REGION}
    (box.folder / "opt/moxi").mkdir()
    with tarfile.open(box.ml / "input/data/code/moxi.tar.gz") as tar:
        tar.extractall(box.folder / "opt", filter="data")

    def run(name: str) -> tuple[int, str]:
        done = subprocess.run(
            [box.python, "-m", "moxi_train.aws.entry"], env=environ | path | {"MOXI_AWS_SECRET": name},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    code, said = run("moxi/tokens")
    assert code == 0, said
    assert "hf_of_the_test" not in said
    assert json.loads((box.ml / "model/moxi.json").read_text())[1] == "hf_of_the_test"
    code, said = run("moxi/none")
    assert code == 1
    assert "secretsmanager:GetSecretValue" in (box.ml / "output/failure").read_text()
    code, said = run("moxi/text")
    assert code == 1
    assert "hf_of_the_test" not in said + (box.ml / "output/failure").read_text()


def test_places_without_the_toolkit(tmp_path: Path) -> None:
    places = Places({}, tmp_path)
    assert places.data == tmp_path / "input/data/training"
    assert places.recipe == tmp_path / "input/data/recipe/recipe.toml"
    assert places.model == tmp_path / "model"
    assert places.run == tmp_path / "checkpoints"
    assert places.failure == tmp_path / "output/failure"
    command = train_command(places, 0)
    assert "--gpus" not in command
    assert "--resume" not in command
    keep(places)  # nothing was made: nothing to keep
    assert not places.model.exists()


def test_moxi_train_knows_what_it_is_asked(tmp_path: Path) -> None:
    """The options of the container are those of the command, resumed or not."""
    command = typer.main.get_command(app).commands["train"]  # type: ignore[attr-defined]
    places = Places({}, tmp_path)
    begun = command.make_context("train", train_command(places, 2)[2:]).params
    assert begun["recipe"] == str(places.recipe)
    assert begun["dataset"] == str(places.data)
    assert begun["output"] / begun["name"] == places.run
    assert begun["gpus"] == 2
    assert not begun["resume"]
    (places.run / "checkpoints/checkpoint-1").mkdir(parents=True)
    (places.run / "checkpoints/checkpoint-1" / SEAL).touch()
    (places.run / RECORD).touch()
    resumed = command.make_context("train", train_command(places, 2)[2:]).params
    assert resumed["resume"]
    assert resumed["recipe"] == ""
    assert resumed["output"] / resumed["name"] == places.run


def test_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gpu_count({"SM_NUM_GPUS": "8"}) == 8
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_count({}) == 0
    smi = tmp_path / "nvidia-smi"
    smi.write_text(
        "#!/bin/sh\necho 'GPU 0: A10G (UUID: GPU-1)'\necho 'GPU 1: A10G (UUID: GPU-2)'\n"
    )
    smi.chmod(0o755)
    assert gpu_count({"SM_NUM_GPUS": ""}) == 2


def test_pip_is_that_of_the_same_python() -> None:
    command = install_command({})
    assert command[:3] == [sys.executable, "-m", "pip"]
    assert command[-1].endswith("[train]")


def test_it_begins_with_the_standard_library_alone() -> None:
    tree = ast.parse(SOURCE.read_text())
    names = {
        name.split(".")[0]
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= set(sys.stdlib_module_names)
