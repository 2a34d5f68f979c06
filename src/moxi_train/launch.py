"""Several devices: the same command in a process each, started by accelerate."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from moxi_core.errors import SettingsError
from moxi_train.machine import device, has_gpu, has_module
from moxi_train.recipe import Recipe, folders
from moxi_train.run_dir import RunDir

_ALIVE = "MOXI_LAUNCHER_ALIVE"  # names the file that is locked for as long as the launcher lives


def check_gpus(gpus: int) -> None:
    """Raise SettingsError where there are not so many GPUs; a CPU may be shared by any number."""
    if has_gpu() and device().count < gpus:
        raise SettingsError(f"--gpus {gpus}: there are {device().count} here.")


def launch(run: RunDir, recipe: Recipe, gpus: int, options: Sequence[str]) -> int:
    """Train a run that has begun in so many processes, a GPU each; the exit code.

    Without GPUs the processes share the CPU. `options` are passed on to each. The processes share
    the lock of the run, and end when this one does.
    """
    cpu = {} if has_gpu() else {"ACCELERATE_USE_CPU": "true"}
    line = [*command(run, recipe, gpus, cpu=bool(cpu)), *options]
    with run.locked(shared=True), _alive() as alive:
        run.write_record(run.record | {"state": "begun", "recipe": recipe.model_dump(mode="json")})
        return subprocess.run(line, env={**os.environ, **cpu, **alive}, check=False).returncode


@contextmanager
def _alive() -> Iterator[dict[str, str]]:
    """A sign that this process lives, as a variable for those that it launches."""
    if not has_module("fcntl"):  # no such locks there
        yield {}
        return
    import fcntl

    with NamedTemporaryFile(prefix="moxi-launcher-") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield {_ALIVE: file.name}


def end_with_launcher() -> None:
    """From now on end this process, with code 1, when the one that launched it has ended.

    Killed, a launcher tells nobody: without this its processes would train on behind the next run.
    """
    alive = os.environ.get(_ALIVE)
    if not alive:  # launched by other means
        return
    import fcntl

    def watch() -> None:
        with suppress(FileNotFoundError), Path(alive).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)  # waits until nobody holds it alone
        os._exit(1)

    threading.Thread(target=watch, name="launcher-watch", daemon=True).start()


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
