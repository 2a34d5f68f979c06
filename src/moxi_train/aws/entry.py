"""What runs inside the container: install the packed code, then the very same `moxi train`.

It begins before anything is installed, so it imports the standard library only. The run folder is
SageMaker's checkpoint folder as a whole: what it holds comes back after a spot interruption.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_ML = Path("/opt/ml")
_NOT_KEPT = ("checkpoints", "encoded", ".*", "*.tmp")  # what a model needs no more
_REASON = 1_024  # characters that SageMaker shows of a failure
_SOURCE = Path(__file__).parents[3]


class Failed(Exception):  # noqa: N818 - the end of this process, not an error to be caught
    """A step has failed; the reason is told to SageMaker."""

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(reason)
        self.code = code


class Places:
    """Where SageMaker puts things: by its variables where its toolkit sets them, else where they always are."""

    def __init__(self, environ: Mapping[str, str], root: Path = _ML) -> None:
        def channel(name: str) -> Path:
            return Path(environ.get(f"SM_CHANNEL_{name.upper()}") or root / "input/data" / name)

        self.data = channel("training")
        self.recipe = channel("recipe") / "recipe.toml"
        self.model = Path(environ.get("SM_MODEL_DIR") or root / "model")
        self.run = Path(environ.get("MOXI_CHECKPOINT_DIR") or root / "checkpoints")
        self.failure = Path(environ.get("SM_OUTPUT_DIR") or root / "output") / "failure"


def train_command(places: Places, gpus: int) -> list[str]:
    """`moxi train` with all that it needs; where checkpoints have come back it goes on from them.

    A resumed run has its recipe and its rows in its folder.
    """
    moxi = shutil.which("moxi", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    given = ["--recipe", str(places.recipe), "--dataset", str(places.data)]
    return [
        moxi or "moxi", "train", *(["--resume"] if has_checkpoints(places.run) else given),
        "--output", str(places.run.parent), "--name", places.run.name,
        *(["--gpus", str(gpus)] if gpus else []),
    ]  # fmt: skip


def has_checkpoints(run: Path) -> bool:
    """Whether a run was begun here and has saved something whole."""
    return (run / "moxi.json").is_file() and any(
        run.glob("checkpoints/checkpoint-*/moxi-seal.json")
    )


def gpu_count(environ: Mapping[str, str]) -> int:
    """SM_NUM_GPUS, else how many the driver lists."""
    if (said := environ.get("SM_NUM_GPUS", "")).isdigit():
        return int(said)
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())


def install_command(environ: Mapping[str, str]) -> list[str]:
    """pip, for the packed code with the extras that the request names."""
    extras = environ.get("MOXI_EXTRAS") or "train"
    return [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--root-user-action=ignore", f"{_SOURCE}[{extras}]",
    ]  # fmt: skip


def secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables of the secret that the request names, such as HF_TOKEN; never told."""
    name = environ.get("MOXI_AWS_SECRET")
    if not name:
        return {}
    import boto3  # AWS's images have it

    try:
        held = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        found = json.loads(held)
    except Exception as error:
        raise Failed(
            f"Secret {name!r} cannot be read ({type(error).__name__}); let the job's role do "
            "secretsmanager:GetSecretValue on it, and keep a JSON object in it",
            1,
        ) from error
    if not isinstance(found, dict):
        raise Failed(f'Secret {name!r} is no JSON object such as {{"HF_TOKEN": "hf_..."}}', 1)
    return {str(key): str(value) for key, value in found.items()}


def run(command: list[str], environ: Mapping[str, str]) -> None:
    """Run a step, its output passed on line by line; SIGTERM goes to it. Raises Failed."""
    last: deque[str] = deque(maxlen=20)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(environ)
    ) as step:

        def end(number: int, _frame: FrameType | None) -> None:
            step.send_signal(number)

        before = signal.signal(signal.SIGTERM, end)
        try:
            assert step.stdout is not None  # noqa: S101 - it was asked for
            for line in step.stdout:
                text = line.decode("utf-8", "replace").rstrip()
                print(text, flush=True)
                last.append(text.strip())
        finally:
            signal.signal(signal.SIGTERM, before)
    if step.returncode:
        why = [line for line in last if line.startswith("error:")] or list(last)[-5:]
        shown = " ".join(Path(word).name if word.startswith("/") else word for word in command[:4])
        raise Failed(
            f"{shown} ended with code {step.returncode}: {' | '.join(why)}", step.returncode
        )


def empty(folder: Path) -> None:
    """Remove what an early interruption left: it is no run that one could go on with."""
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)


@contextmanager
def told(metrics: Path, every: float = 2.0) -> Iterator[None]:
    """While the block runs, each new line of metrics goes to the log, where SageMaker reads figures."""
    ended = threading.Event()
    known = metrics.stat().st_size if metrics.is_file() else 0

    def look() -> None:
        nonlocal known
        size = metrics.stat().st_size if metrics.is_file() else 0
        known = min(known, size)  # a resumed run forgets what it measures again
        with metrics.open("rb") if size > known else io.BytesIO() as file:
            file.seek(known)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # it is being written
                known += len(line)
                print("metrics", line.decode("utf-8", "replace").strip(), flush=True)

    def watch() -> None:
        while not ended.wait(every):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        look()


def keep(places: Places) -> None:
    """Copy what is the model to where SageMaker takes it from; no links, which nobody unpacks."""
    if not places.run.is_dir():
        return
    drop = shutil.ignore_patterns(*_NOT_KEPT)

    def ignore(folder: str, names: list[str]) -> set[str]:
        links = {name for name in names if (Path(folder) / name).is_symlink()}
        return links | set(drop(folder, names))

    shutil.copytree(places.run, places.model, ignore=ignore, dirs_exist_ok=True)


def main(environ: Mapping[str, str] | None = None, root: Path = _ML) -> int:
    """The whole of a job; its exit code."""
    given = dict(os.environ if environ is None else environ)
    places = Places(given, root)
    try:
        given.update(secrets(given))
        run(install_command(given), given)
        if not has_checkpoints(places.run):
            empty(places.run)
        with told(places.run / "metrics.jsonl"):
            run(train_command(places, gpu_count(given)), given)
        keep(places)
    except Failed as error:
        reason = str(error)[:_REASON]
        print(f"error: {reason}", file=sys.stderr)
        places.failure.parent.mkdir(parents=True, exist_ok=True)
        places.failure.write_text(reason, "utf-8")
        return error.code if 0 < error.code < 256 else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
