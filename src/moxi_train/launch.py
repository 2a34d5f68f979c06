"""Several devices: the same command in a process each, started by accelerate."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from moxi_core.errors import SettingsError
from moxi_train.machine import device, has_gpu
from moxi_train.recipe import Recipe, folders
from moxi_train.run_dir import RunDir


def check_gpus(gpus: int) -> None:
    """Raise SettingsError where there are not so many GPUs; a CPU may be shared by any number."""
    if has_gpu() and device().count < gpus:
        raise SettingsError(f"--gpus {gpus}: there are {device().count} here.")


def launch(run: RunDir, recipe: Recipe, gpus: int, options: Sequence[str]) -> int:
    """Train a run that has begun in so many processes, a GPU each; the exit code.

    Without GPUs the processes share the CPU. `options` are passed on to each.
    """
    run.write_record(run.record | {"state": "begun", "recipe": recipe.model_dump(mode="json")})
    cpu = {} if has_gpu() else {"ACCELERATE_USE_CPU": "true"}
    line = [*command(run, recipe, gpus, cpu=bool(cpu)), *options]
    return subprocess.run(line, env={**os.environ, **cpu}, check=False).returncode


def command(run: RunDir, recipe: Recipe, gpus: int, *, cpu: bool = False) -> list[str]:
    """What is run: accelerate with the shipped settings, and `moxi train --resume` in each process."""
    if cpu:  # accelerate starts several processes on a CPU by MPI only
        launcher = ["torch.distributed.run", "--nproc_per_node", str(gpus)]
    else:
        settings = config_file(recipe.gpus.strategy)
        launcher = [
            "accelerate.commands.launch",
            "--config_file",
            str(settings),
            "--num_processes",
            str(gpus),
        ]
    return [
        sys.executable, "-m", *launcher, "-m", "moxi_cli", "train", "--resume",
        "--name", run.folder.name, "--output", str(run.folder.parent),
    ]  # fmt: skip


def config_file(strategy: str) -> Path:
    """The settings of accelerate that are shipped for a strategy."""
    for folder in folders():
        place = folder / "accelerate" / f"{strategy}.yaml"
        if place.is_file():
            return place
    raise SettingsError(f"There are no settings for {strategy!r}; reinstall moxi-readme.")
