"""`moxi serve` as its user calls it, with a server that stands in for vLLM at the wire."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

FAKE = Path(__file__).parent.parent / "moxi_infer" / "fake_vllm"
MOXI = [sys.executable, "-m", "moxi_cli", "serve"]
CONFIG = {"max_position_embeddings": 900, "num_hidden_layers": 2, "hidden_size": 64}

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A folder that holds a model, as far as one looks at it before the server does."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG | {"num_attention_heads": 2}))
    return str(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(*arguments, **environment): `moxi serve` in an empty folder, ended after the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MOXI_", "VLLM_"))}
        paths = filter(None, (str(FAKE), os.environ.get("PYTHONPATH")))
        process = subprocess.Popen(
            [*MOXI, *arguments],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": os.pathsep.join(paths), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def ready(process: subprocess.Popen[str]) -> str:
    """The line that it says when the server answers; "" if it ends before."""
    assert process.stdout
    return process.stdout.readline()


def ids(folder: Path) -> list[int]:
    found: list[int] = json.loads((folder / "pids.json").read_text())
    return found


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def status(address: str, key: str = "none") -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(address, headers=headers, trust_env=False).status_code


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_one_line_says_how_to_use_it_and_a_signal_ends_all(
    start: Start, model: str, port: int, tmp_path: Path, sent: signal.Signals
) -> None:
    serving = start(model, "--port", str(port))
    address = f"http://127.0.0.1:{port}/v1"
    use = f"readme-gen PATH --model tiny --base-url {address}"
    assert ready(serving) == f"{address} serves tiny: {use}\n"
    assert status(f"{address}/models") == 200
    started = ids(tmp_path)
    assert all(map(is_alive, started))
    serving.send_signal(sent)
    _, told = serving.communicate(timeout=60)
    assert serving.returncode == 128 + sent
    assert "vLLM: opening the port" in told
    assert "Traceback" not in told
    assert not any(map(is_alive, started))


def test_a_server_that_does_not_listen_is_killed_at_the_second_signal(
    start: Start, model: str, port: int, tmp_path: Path
) -> None:
    serving = start(model, "--port", str(port), FAKE_VLLM="deaf")
    assert ready(serving)
    serving.send_signal(signal.SIGINT)
    time.sleep(1)
    assert all(map(is_alive, ids(tmp_path)))  # it is waited for
    serving.send_signal(signal.SIGINT)
    serving.communicate(timeout=15)
    assert serving.returncode == 130
    assert not any(map(is_alive, ids(tmp_path)))


def test_a_failure_is_one_sentence(start: Start, model: str, port: int) -> None:
    text = "\n".join(
        (
            "(EngineCore pid=7) ERROR 01-01 00:00:00 [core.py:1] torch.OutOfMemoryError: CUDA out of memory.",
            "RuntimeError: Engine core initialization failed. See root cause above.",
        )
    )
    serving = start(model, "--port", str(port), "--quiet", FAKE_VLLM=f"fail={text}")
    out, told = serving.communicate(timeout=60)
    assert (serving.returncode, out) == (1, "")
    assert told.startswith("error: vLLM has ended with code 1: CUDA out of memory (it needs more")
    assert told.endswith(f"its log is 'data/serve-{port}.log'.\n")
    assert told.count("\n") == 1


def test_a_server_that_dies_later_is_told_too(
    start: Start, model: str, port: int, tmp_path: Path
) -> None:
    serving = start(model, "--port", str(port), FAKE_VLLM="dies")
    _, told = serving.communicate(timeout=60)
    assert serving.returncode == 1
    assert "error: vLLM has ended with code 3: the engine is dead;" in told
    assert not any(map(is_alive, ids(tmp_path)))  # what it has left behind is ended as well


def test_a_port_that_is_taken_is_told_before_anything_starts(
    start: Start, model: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        serving = start(model, "--port", str(port))
        _, told = serving.communicate(timeout=60)
    assert serving.returncode == 2
    assert told.startswith(f"error: 127.0.0.1 port {port} is not to be had")
    assert not (tmp_path / "pids.json").exists()


def test_a_key_is_asked_for_and_seen_by_nobody(
    start: Start, model: str, port: int, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MOXI_API_KEY=s3same\n")
    serving = start(model, "--port", str(port))
    told = ready(serving)
    assert ": MOXI_API_KEY=... readme-gen PATH" in told
    models = f"http://127.0.0.1:{port}/v1/models"
    assert (status(models, "other"), status(models, "s3same")) == (401, 200)
    lines = Path(f"/proc/{ids(tmp_path)[0]}/cmdline").read_bytes()
    serving.terminate()
    _, more = serving.communicate(timeout=60)
    assert b"--port" in lines
    assert "s3same" not in told + more + lines.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--host", "192.168.1.2"],
            "--host 192.168.1.2 lets other machines ask this one: set MOXI_",
        ),
        (["--python", "/no/such/python"], "'/no/such/python' is no Python that can be used"),
        (["--", "--host=192.168.1.2"], "--host is decided before `--`"),
    ],
)
def test_what_cannot_be_is_refused(
    start: Start, model: str, arguments: list[str], told: str
) -> None:
    serving = start("--dry-run", model, *arguments)
    out, said = serving.communicate(timeout=60)
    assert (serving.returncode, out) == (2, "")
    assert said.startswith(f"error: {told}")
    assert said.count("\n") == 1


def test_without_vllm_it_says_how_to_get_it(start: Start, model: str) -> None:
    serving = start(model, "--dry-run", PYTHONPATH=os.environ.get("PYTHONPATH", ""))
    _, told = serving.communicate(timeout=60)
    assert serving.returncode == 2
    assert told.startswith("error: vLLM is not here: `make serve` installs it into .venv-vllm;")


def test_dry_run_shows_the_line_without_the_key(start: Start, model: str) -> None:
    serving = start(
        model, "--dry-run", "--host", "192.168.1.2", "--", "--seed", "1", MOXI_API_KEY="s3same"
    )
    out, _ = serving.communicate(timeout=60)
    assert serving.returncode == 0
    assert 'VLLM_API_KEY="$MOXI_API_KEY"' in out
    assert out.endswith("--seed 1\n")
    assert "--max-model-len 900 " in out
    assert "s3same" not in out
