"""`moxi doctor` as its user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

FAKE = Path(__file__).parent.parent / "moxi_infer" / "fake_vllm"
NAMES = ("MOXI_", "MONGODB_", "OPENAI_", "HF_", "COMET_", "GITHUB_", "VLLM_")

Doctor = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """doctor(*arguments, **environment): run the command in an empty folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(NAMES)}
        return subprocess.run(
            [sys.executable, "-m", "moxi_cli", "doctor", *arguments],
            cwd=tmp_path,
            env=clean | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def finding(done: subprocess.CompletedProcess[str], name: str) -> dict[str, Any]:
    return next(one for one in json.loads(done.stdout)["findings"] if one["name"] == name)


class Models(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_known = self.headers.get("Authorization") == "Bearer s3same"
        self.send_response(200 if is_known else 401)
        self.end_headers()
        if is_known and self.path == "/v1/models":
            self.wfile.write(b'{"data": [{"id": "one"}, {"id": "two"}]}')

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address() -> Iterator[str]:
    """A server of two models that wants a key."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Models)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_it_tells_what_is_here_a_line_each(doctor: Doctor, tmp_path: Path) -> None:
    done = doctor()
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok      Python: 3.") for line in lines)
    assert "ok      packages: all that readme-gen requires" in lines
    assert any(line.startswith("ok      store: data/moxi.sqlite3, made when") for line in lines)
    assert any(
        line.startswith(("ok      recipe tiny-cpu: about", "missing recipe tiny-cpu: about"))
        for line in lines
    )
    assert not list(tmp_path.iterdir())  # it looks, and makes nothing


def test_what_readme_gen_cannot_do_without_is_its_exit_code(doctor: Doctor) -> None:
    done = doctor("--json", PATH="/no/such/folder")
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    git = finding(done, "git")
    assert (git["state"], git["mend"], git["needed"]) == ("missing", "install git", True)


def test_a_key_is_set_or_not_and_never_shown(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HF_TOKEN=s3same\nOPENAI_API_KEY=s5same\n")
    done = doctor("--json", COMET_API_KEY="s4same")
    assert [finding(done, name)["state"] for name in ("HF_TOKEN", "COMET_API_KEY")] == ["ok"] * 2
    assert finding(done, "OPENAI_API_KEY")["state"] == "missing"  # not read from there
    assert "same" not in done.stdout + done.stderr


def test_an_endpoint_is_asked_for_its_models(doctor: Doctor, address: str) -> None:
    def model(**more: str) -> dict[str, Any]:
        return finding(doctor("--json", MOXI_BASE_URL=address, **more), "model")

    found = model(MOXI_API_KEY="s3same", MOXI_MODEL="two")
    assert (found["state"], found["told"]) == ("ok", f"{address} has one, two")
    other = model(MOXI_API_KEY="s3same", MOXI_MODEL="three")
    assert (other["state"], other["mend"]) == ("wrong", "set MOXI_MODEL to one")
    refused = model(MOXI_API_KEY="wrong")
    assert refused["mend"] == "set MOXI_API_KEY to the key of that server"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/v1", "ftp://x", "nonsense", "http://[::"])
def test_an_endpoint_that_is_none_ends_nothing(doctor: Doctor, address: str) -> None:
    done = doctor("--json", MOXI_BASE_URL=address)
    assert done.returncode == 0
    assert finding(done, "model")["state"] == "wrong"


def test_vllm_is_found_without_being_imported(doctor: Doctor) -> None:
    assert finding(doctor("--json", MOXI_VLLM_PYTHON="/no/python"), "vLLM")["state"] == "missing"
    paths = filter(None, (str(FAKE), os.environ.get("PYTHONPATH")))
    done = doctor("--json", PYTHONPATH=os.pathsep.join(paths))
    assert finding(done, "vLLM")["state"] == "ok"


def test_a_store_that_does_not_open_is_told(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "moxi.sqlite3").write_text("no database, whatever its name says" * 40)
    done = doctor("--json")
    assert (done.returncode, finding(done, "store")["state"]) == (0, "wrong")
