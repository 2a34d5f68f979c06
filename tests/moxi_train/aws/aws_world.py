"""An AWS of our own: moto's server, and before it a server that answers single calls as it is told."""

from __future__ import annotations

import http.client
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from moxi_train.aws.job import AwsOptions

REGION = "us-east-1"
BUCKET = "moxi-tests"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/moxi-training"
OPTIONS = AwsOptions(role=ROLE, bucket=BUCKET, region=REGION)

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]] | None]


class World:
    """What was asked of AWS, and what it answers in place of moto: by the target of a JSON call."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []  # method and path, or the target of a call
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}
        self.url = ""

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=self.url)

    def uploads(self) -> list[str]:
        return [path for method, path in self.asked if method == "PUT" and path.count("/") > 1]

    def calls(self, name: str) -> int:
        return sum(call == ("POST", f"SageMaker.{name}") for call in self.asked)


@contextmanager
def aws_world(environ: Callable[[str, str], None]) -> Iterator[World]:
    """A world with a bucket; `environ` sets a variable, so that all of boto3 lives in it."""
    world = World()
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    _, port = moto.get_host_and_port()
    reset = http.client.HTTPConnection("127.0.0.1", port)
    reset.request("POST", "/moto-api/reset")  # what a former server knew lives on in this process
    reset.getresponse().read()
    reset.close()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world, port))
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    world.url = f"http://127.0.0.1:{proxy.server_address[1]}"
    for name, value in {
        "AWS_ENDPOINT_URL": world.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        environ(name, value)
    try:
        world.client("s3").create_bucket(Bucket=BUCKET)
        world.asked.clear()
        yield world
    finally:
        proxy.shutdown()
        proxy.server_close()
        moto.stop()


def _handler(world: World, port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self._body()
            target = self.headers.get("X-Amz-Target", "")
            world.asked.append((self.command, target or self.path.partition("?")[0]))
            world.headers.append(dict(self.headers))
            answer = world.answers.get(target)
            found = answer(json.loads(body)) if answer else None
            if self.headers.get("x-amz-expected-bucket-owner", ACCOUNT) != ACCOUNT:
                found = 403, {}  # so does S3, which moto does not
            if found is not None:
                status, told = found
                self._say(
                    status,
                    [("Content-Type", "application/x-amz-json-1.1")],
                    json.dumps(told).encode(),
                )
                return
            moto = http.client.HTTPConnection("127.0.0.1", port)
            headers = {k: v for k, v in self.headers.items() if k != "Transfer-Encoding"}
            moto.request(self.command, self.path, body, {**headers, "Content-Length": len(body)})
            said = moto.getresponse()
            content = said.read()
            kept = [
                (k, v)
                for k, v in said.getheaders()
                if k not in ("Content-Length", "Connection", "Transfer-Encoding")
            ]
            length = said.getheader("Content-Length")
            self._say(said.status, kept, content, length if self.command == "HEAD" else None)
            moto.close()

        def _body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            whole = io.BytesIO()
            while size := int(self.rfile.readline().split(b";")[0], 16):
                whole.write(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return whole.getvalue()

        def _say(
            self,
            status: int,
            headers: list[tuple[str, str]],
            content: bytes,
            length: str | None = None,
        ) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", length or str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


def refuse(code: str, message: str, status: int = 400) -> Answer:
    """An answer that refuses, as AWS's JSON calls do."""
    return lambda _asked: (status, {"__type": code, "message": message})


def jobs(name: str, states: Iterable[dict[str, Any]]) -> Answer:
    """Descriptions of a job, one a look; the last one stays."""
    left = list(states)

    def answer(_asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        state = left.pop(0) if len(left) > 1 else left[0]
        return 200, {
            "TrainingJobName": name,
            "ModelArtifacts": {
                "S3ModelArtifacts": f"s3://{BUCKET}/moxi/output/{name}/output/model.tar.gz"
            },
            "ResourceConfig": {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 1},
            "EnableManagedSpotTraining": True,
            "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/moxi/checkpoints/{name}/"},
            **state,
        }

    return answer


def tarball(files: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    """A tar.gz of these files and entries."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for entry in more:
            tar.addfile(entry, io.BytesIO(b"\0" * entry.size))
    return packed.getvalue()


def training_set(folder: Path) -> Path:
    """A folder with the two splits that training reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.jsonl").write_text('{"id": "one"}\n{"id": "two"}\n')
    (folder / "validation.jsonl").write_text('{"id": "three"}\n')
    return folder
