"""vLLM as a child process: started, waited for, watched, and ended with all that it has started.

with started(line, log) as child:
    wait_until_ready(child, serving, tell)
    watch(child)
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from moxi_core.errors import OutputError, ServeError, SettingsError
from moxi_infer.serve_line import CommandLine, Serving
from moxi_infer.serve_log import reason, stage_of

GRACE_S = 20.0  # for a server that is asked to end, before it is killed
_PAUSE_S = 0.3
_PROBE_S = 2.0

Hear = Callable[[str], None]


class Child:
    """A server in a process group of its own; what it says goes into a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        self._read = 0

    def new_lines(self) -> list[str]:
        """What it has said since this was asked for last, as whole lines."""
        with self.log.open("rb") as file:
            file.seek(self._read)
            whole, _, _ = file.read().rpartition(b"\n")
        self._read += len(whole) + bool(whole)
        return whole.decode("utf-8", "replace").splitlines()

    def end(self) -> None:
        """End it, and whatever it has started: first by asking."""
        try:
            if self.process.poll() is None:
                self.process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(GRACE_S)
        finally:  # also where a user does not want to wait for that
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def failure(self) -> ServeError:
        """Why it has ended, as far as its log tells."""
        text = self.log.read_text("utf-8", "replace")
        return ServeError(f"{reason(text, self.process.returncode)}; its log is {str(self.log)!r}.")


def refuse_taken(serving: Serving) -> None:
    """Raise SettingsError where something serves at this address already, or none is to be had."""
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((serving.host, serving.port))
    except OSError as error:
        raise SettingsError(
            f"{serving.host} port {serving.port} is not to be had ({error.strerror or error}): give another "
            "--port, or end what serves there."
        ) from error


@contextmanager
def started(line: CommandLine, log: Path) -> Iterator[Child]:
    """The server, for as long as the block runs. Raises OutputError and SettingsError."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("wb")
    except OSError as error:
        raise OutputError(f"Cannot write {str(log)!r}: {error.strerror}.") from error
    with output:
        try:
            process = subprocess.Popen(
                line.arguments,
                env={**os.environ, **line.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours alone: the server is ended in order
            )
        except OSError as error:
            raise SettingsError(
                f"{line.arguments[0]!r} cannot be run: {error.strerror}."
            ) from error
    child = Child(process, log)
    try:
        yield child
    finally:
        child.end()


def wait_until_ready(child: Child, serving: Serving, stage: Hear, said: Hear) -> None:
    """Return when it answers. `stage` hears what it is at, `said` each line of its log.

    Raises ServeError where it ends before that.
    """
    last = ""
    while True:
        for text in child.new_lines():
            said(text)
            now = stage_of(text)
            if now and now != last:
                last = now
                stage(now)
        if child.process.poll() is not None:
            raise child.failure()
        if _answers(serving):
            return
        time.sleep(_PAUSE_S)


def watch(child: Child, said: Hear) -> None:
    """Stay until the server ends by itself, which it should not. Raises ServeError."""
    while child.process.poll() is None:
        for text in child.new_lines():
            said(text)
        time.sleep(_PAUSE_S)
    raise child.failure()


def _answers(serving: Serving) -> bool:
    """Whether /health is answered well. No proxy is asked, whatever the environment says."""
    connection = http.client.HTTPConnection(serving.near, serving.port, timeout=_PROBE_S)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
