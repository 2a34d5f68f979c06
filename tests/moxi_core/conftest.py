"""Stores to test against: the embedded one, a MongoDB-protocol server over TCP, and a real MongoDB."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from moxi_core.config import StoreSettings
from moxi_core.store import Store, open_store

SERVER_STARTS_S = 60
WHY_SKIPPED = "MONGODB_TEST_URI is not set: give the address of a MongoDB to test against it too"


class WireServer:
    """nx-27017, a server that speaks MongoDB's protocol, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.uri = f"mongodb://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        files = {"--data-dir": "data", "--log-file": "server.log", "--pid-file": "server.pid"}
        options = [
            word for name, file in files.items() for word in (name, str(self._folder / file))
        ]
        self._process = subprocess.Popen(
            [Path(sys.executable).parent / "nx-27017", "-p", str(self._port), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + SERVER_STARTS_S
        with MongoClient[dict[str, int]](self.uri, serverSelectionTimeoutMS=500) as client:
            while True:
                try:
                    client.admin.command("ping")
                    return
                except PyMongoError:
                    assert self._process.poll() is None, "the wire server has ended"
                    assert time.monotonic() < deadline, "the wire server does not answer"

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def shared_wire_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireServer]:
    """One server for all tests that leave it alive."""
    server = WireServer(tmp_path_factory.mktemp("wire"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def wire_server(tmp_path: Path) -> Iterator[WireServer]:
    """A server to be killed."""
    server = WireServer(tmp_path)
    server.start()
    yield server
    server.kill()


OpenStore = Callable[..., Store]


@pytest.fixture(params=["sqlite", "wire", "mongodb"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreSettings]:
    """Where a new and empty store is, on each backend."""
    if request.param == "sqlite":
        yield StoreSettings(data_dir=tmp_path / "data")
        return
    if request.param == "wire":
        uri = request.getfixturevalue("shared_wire_server").uri
    elif not (uri := os.environ.get("MONGODB_TEST_URI", "")):
        pytest.skip(WHY_SKIPPED)
    name = f"moxi_test_{uuid.uuid4().hex[:12]}"
    yield StoreSettings(mongodb_uri=uri, mongodb_db_name=name)
    with MongoClient[dict[str, int]](uri) as client:
        client.drop_database(name)


@pytest.fixture
def store(settings: StoreSettings) -> Iterator[Store]:
    """A new and empty store."""
    with open_store(settings) as opened:
        yield opened


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the store, moved by hand."""
    made = Clock()
    monkeypatch.setattr(store, "_clock", made)
    return made
