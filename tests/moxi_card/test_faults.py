"""What ends in the middle: a Hub that is down, storage in its place, a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.moxi_card.jobs import card, command, environment, write_job, write_trained
from tests.moxi_core.hub import Hub

NAME = "org/pepe-frog"
BUCKET = "cards"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-real-secret"}
GONE = "http://127.0.0.1:9"


def test_killed_during_an_upload_and_run_again(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path, samples=6)
    assert card("publish", job, **known).returncode == 0
    server.faults.put_pause_s = 0.4
    arguments = command("finish", job, "--weights", weights, "--samples", samples)
    running = subprocess.Popen(arguments, env=environment(**known))
    deadline = time.monotonic() + 60
    while not server.puts and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    server.faults.put_pause_s = 0
    time.sleep(0.6)  # what the server has whole, it keeps
    before = dict(server.puts)
    assert len(before) > 0 and len(server.commits[NAME]) == 1
    assert "weights are being trained" in server.files[NAME]["README.md"].decode()
    again = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert again.returncode == 0, again.stderr
    assert len(server.commits[NAME]) == 2
    assert len(server.puts) == 7 and set(server.puts.values()) == {1}
    for name, content in server.files[NAME].items():
        assert content == (tmp_path / "upload_package" / name).read_bytes()


def test_an_object_that_does_not_arrive_is_sent_again(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path)
    assert card("publish", job, **known).returncode == 0
    server.faults.answers["put"] = [503]
    done = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert done.returncode == 0, done.stderr
    assert len(server.files[NAME]) == 7


# Storage in place of the Hub


@pytest.fixture
def storage() -> Iterator[Any]:
    """An S3 of this machine with a bucket; `known` is what boto3 must know."""
    pytest.importorskip("moto.server")
    import boto3
    from moto.server import ThreadedMotoServer

    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    url = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()  # noqa: S310
    client = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="x", aws_secret_access_key="x",  # noqa: S106
    )  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
    yield client, {"AWS_ENDPOINT_URL_S3": url, "MOXI_CARD_BUCKET": BUCKET, **KEYS}
    moto.stop()


def test_the_hub_is_down_and_storage_stands_in(
    server: Hub, known: dict[str, str], storage: Any, tmp_path: Path
) -> None:
    client, own = storage
    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path)
    assert card("publish", job, **known).returncode == 0
    call = ("finish", job, "--weights", weights, "--samples", samples)
    done = card(*call, **known | own | {"HF_ENDPOINT": GONE})
    assert done.returncode == 1, done.stderr
    assert "The Hub cannot be reached" in done.stderr and "nothing new is on the Hub" in done.stderr
    assert "uploaded to storage instead, links are good for seven days" in done.stderr
    package = tmp_path / "upload_package"
    links = done.stdout.split()
    names = sorted(str(p.relative_to(package)) for p in package.rglob("*") if p.is_file())
    assert len(names) == 7
    for name, link in zip(names, links, strict=True):
        assert f"/{BUCKET}/{NAME}/{name}?" in link and "X-Amz-Signature=" in link
        with urllib.request.urlopen(link) as answer:  # noqa: S310
            assert answer.read() == (package / name).read_bytes()
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr

    # Again: nothing is sent twice.
    def times() -> list[Any]:
        return [row["LastModified"] for row in client.list_objects_v2(Bucket=BUCKET)["Contents"]]

    first = times()
    time.sleep(1.1)
    assert card(*call, **known | own | {"HF_ENDPOINT": GONE}).returncode == 1
    assert times() == first
    # And when the Hub is back, it gets all.
    assert card(*call, **known | own).returncode == 0
    assert set(server.files[NAME]) == set(names)


def test_a_hub_that_fails_to_the_end(
    server: Hub,
    known: dict[str, str],
    storage: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("moxi_core.hub._PAUSES_S", (0, 0, 0, 0))
    server.faults.answers["commit"] = [503] * 5
    done = card("publish", write_job(tmp_path), **known | storage[1])
    assert done.returncode == 1, done.stderr
    assert "The Hub answers with status 503" in done.stderr
    assert len(done.stdout.split()) == 2 and server.commits == {}


def test_a_refusal_of_the_hub_is_no_reason_for_storage(
    known: dict[str, str], storage: Any, tmp_path: Path
) -> None:
    done = card("publish", write_job(tmp_path), **known | storage[1] | {"HF_TOKEN": "hf_bad"})
    assert done.returncode == 2 and done.stdout == ""
    assert "Contents" not in storage[0].list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"MOXI_CARD_BUCKET": "none"}, "Neither the Hub nor bucket 'none' takes the package"),
        ({"AWS_ENDPOINT_URL_S3": GONE}, "EndpointConnectionError"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "Neither the Hub nor bucket"),
    ],
)
def test_storage_that_does_not_work(
    known: dict[str, str], storage: Any, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    own = storage[1] | change | {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = card("publish", write_job(tmp_path), **known | own | {"HF_ENDPOINT": GONE})
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1]
    assert "not-a-real-secret" not in done.stderr
