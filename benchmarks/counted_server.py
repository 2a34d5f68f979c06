"""Git directories served by `git daemon`, behind a port that counts the bytes which pass it.

Nothing of the directories is changed: what the daemon needs to be told comes by its environment.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from checkout import GIT_ENVIRONMENT

# As the large forges have it: partial clones, and single objects by their names.
SETTINGS = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "safe.directory": "*",
    "core.bigFileThreshold": "512m",
}
CHUNK = 1 << 16


@dataclass
class Counter:
    """Bytes and connections that passed since the last `reset`, and the line they pass."""

    mbit: float = 0.0  # a second; 0: as quick as it goes
    round_trip_s: float = 0.0
    received: int = 0
    sent: int = 0
    connections: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, received: int = 0, sent: int = 0, connections: int = 0) -> None:
        with self._lock:
            self.received += received
            self.sent += sent
            self.connections += connections

    def reset(self) -> None:
        with self._lock:
            self.received = self.sent = self.connections = 0


@contextmanager
def served(directories: Mapping[str, Path], folder: Path) -> Iterator[tuple[str, Counter]]:
    """(template of addresses, counter): `owner/name` of `directories` at git://…/owner/name.git."""
    for name, directory in directories.items():
        place = folder / f"{name}.git"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(directory.resolve())
    port = free_port()
    command = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}"]
    daemon = subprocess.Popen(
        [*command, f"--base-path={folder}", "--max-connections=32"],
        env=GIT_ENVIRONMENT | as_environment(SETTINGS),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    counter = Counter()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        answers(port)
        threading.Thread(target=accept, args=(listener, port, counter), daemon=True).start()
        yield f"git://127.0.0.1:{listener.getsockname()[1]}/{{owner}}/{{name}}.git", counter
    finally:
        listener.close()
        with suppress(ProcessLookupError):
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()


def as_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Git's settings as it takes them from the environment."""
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(port: int, wait_s: float = 20.0) -> None:
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("git daemon does not answer")


def accept(listener: socket.socket, port: int, counter: Counter) -> None:
    """Lead each connection on to `port`, until the listener is closed."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        counter.add(connections=1)
        time.sleep(counter.round_trip_s)
        for source, target, name in ((client, server, "sent"), (server, client, "received")):
            threading.Thread(target=pump, args=(source, target, name, counter), daemon=True).start()


def pump(source: socket.socket, target: socket.socket, name: str, counter: Counter) -> None:
    """Pass on what comes, counted, until there is no more."""
    with suppress(OSError):
        while data := source.recv(CHUNK):
            counter.add(**{name: len(data)})
            if name == "sent":  # each time that one side waits for the other
                time.sleep(counter.round_trip_s)
            elif counter.mbit:
                time.sleep(len(data) * 8e-6 / counter.mbit)
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
