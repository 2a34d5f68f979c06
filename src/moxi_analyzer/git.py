"""Calls to git, hardened for repositories of strangers: no hooks, no prompts, no lazy fetches."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from moxi_core.errors import SourceError, SourceTimeoutError

LOCAL_TIMEOUT_S = 30.0
PROBE_TIMEOUT_S = 8.0
STALL_S = 45.0
# What git may say before it is taken for a repository made to fill the memory: a tree that holds
# itself ten times over, ten levels deep, has as many files as there are bytes on a disk.
MAX_OUTPUT = 96_000_000
_LOOK_EVERY_S = 0.25

# Options that keep a repository's own configuration from running anything.
_SAFE_OPTIONS = (
    # Whose files they are says nothing here: what another user's configuration could run is off.
    "-c", "safe.directory=*",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.untrackedCache=false",
    "-c", "credential.helper=",
    "-c", "protocol.allow=never",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
)  # fmt: skip


def environment(protocols: str = "none") -> dict[str, str]:
    """The environment git runs in; `protocols` is git's GIT_ALLOW_PROTOCOL list."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return kept | {
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        "LC_ALL": "C",
    }


@cache
def program() -> str | None:
    """The git that PATH names; None if there is none.

    Only absolute folders count: a stranger's `git.exe` in the folder one stands in is never run,
    though Windows would look there first.
    """
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        place = Path(folder, name)
        if place.is_absolute() and os.access(place, os.X_OK) and place.is_file():
            return str(place)
    return None


def command(directory: Path | None, *arguments: str) -> list[str]:
    """The argument list of a hardened git call in `directory`."""
    place = [] if directory is None else ["-C", str(directory)]
    return [program() or "git", *place, *_SAFE_OPTIONS, *arguments]


def ask(directory: Path, *arguments: str) -> str:
    """The answer to a small local question; "" where git is missing or refuses.

    Raises SourceError when there is no answer in good time: a repository made to hang git.
    """
    return ask_all(directory, arguments)[0]


def ask_all(directory: Path, *questions: Sequence[str]) -> list[str]:
    """The answers to several such questions, for which git looks side by side."""
    with ExitStack() as stack:
        answers = [
            stack.enter_context(started(directory, *question, timeout_s=PROBE_TIMEOUT_S))
            for question in questions
        ]
        return [(answer() or b"").decode("utf-8", "replace").strip() for answer in answers]


class Done(NamedTuple):
    """How a git call ended: exit code, standard output, and what it complained of."""

    code: int
    out: bytes
    err: str


def run(
    directory: Path | None,
    *arguments: str,
    stdin: bytes | None = None,
    timeout_s: float = LOCAL_TIMEOUT_S,
) -> bytes | None:
    """Standard output of a local git call; None if git is missing or refuses.

    Raises SourceError as `call` does.
    """
    done = call(directory, *arguments, stdin=stdin, timeout_s=timeout_s)
    return done.out if done.code == 0 else None


def call(
    directory: Path | None,
    *arguments: str,
    protocols: str = "none",
    stdin: bytes | None = None,
    timeout_s: float = LOCAL_TIMEOUT_S,
    settings: Mapping[str, str] | None = None,
    watch: Callable[[float], None] | None = None,
) -> Done:
    """A git call to its end; where git is missing, its code is 127.

    `watch` is told now and then for how many seconds it has run, and may raise to end it. Raises
    SourceError when it runs past `timeout_s`, or says more than can be meant: the whole process
    group is ended.
    """
    place = subprocess.PIPE if stdin is not None else subprocess.DEVNULL
    call = [*_options(settings), *arguments]
    process = _spawn(directory, call, place, environment(protocols))
    if process is None:
        return Done(127, b"", "")
    try:
        out, err = _output(process, stdin, timeout_s, watch)
    except subprocess.TimeoutExpired as error:
        end_group(process)
        told = f"git {arguments[0]} ran longer than {error.timeout:.3g} s"
        if protocols == "none":
            raise SourceError(f"{told}; is the repository damaged?") from error
        raise SourceTimeoutError(f"{told}; give it more: --timeout.") from error
    except BaseException:
        end_group(process)
        raise
    return Done(process.returncode, out, err.decode("utf-8", "replace"))


@contextmanager
def started(
    directory: Path, *arguments: str, timeout_s: float = LOCAL_TIMEOUT_S
) -> Iterator[Callable[[], bytes | None]]:
    """A local git call that goes on while other work is done; its answer is as that of `run`.

    It does not outlive the block.
    """
    process = _spawn(directory, arguments, subprocess.DEVNULL, environment())

    def answer() -> bytes | None:
        if process is None:
            return None
        try:
            out = process.communicate(timeout=timeout_s)[0]
        except subprocess.TimeoutExpired as error:
            raise SourceError(f"git {arguments[0]} ran longer than {error.timeout:g} s.") from error
        return out if process.returncode == 0 else None

    try:
        yield answer
    finally:
        if process is not None and process.poll() is None:
            end_group(process)


def _spawn(
    directory: Path | None,
    arguments: Sequence[str],
    stdin: int,
    variables: Mapping[str, str],
) -> subprocess.Popen[bytes] | None:
    if program() is None:
        return None
    try:
        return subprocess.Popen(
            command(directory, *arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            start_new_session=True,
        )
    except OSError:
        return None


def _output(
    process: subprocess.Popen[bytes],
    stdin: bytes | None,
    timeout_s: float,
    watch: Callable[[float], None] | None,
) -> tuple[bytes, bytes]:
    """Standard output and error; TimeoutExpired after `timeout_s`."""
    start = time.monotonic()
    while True:
        left = start + timeout_s - time.monotonic()
        try:
            return process.communicate(stdin, timeout=max(0.0, min(left, _LOOK_EVERY_S)))
        except subprocess.TimeoutExpired as error:
            said = len(error.output or b"") + len(error.stderr or b"")
        stdin = None  # it was sent, or is being sent
        if said > MAX_OUTPUT:
            raise SourceError("git says more than any repository holds; is this one forged?")
        elapsed = time.monotonic() - start
        if elapsed >= timeout_s:
            raise subprocess.TimeoutExpired(process.args, timeout_s)
        if watch is not None:
            watch(elapsed)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a git process with its helpers (git-remote-https, index-pack) and reap it.

    The helpers hold its pipes: when those are closed, nothing writes into a folder any more.
    """
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        pass
    with suppress(subprocess.TimeoutExpired, ValueError, OSError):
        process.communicate(timeout=_LOOK_EVERY_S * 8)
    process.wait()


def _options(settings: Mapping[str, str] | None) -> Sequence[str]:
    return [part for key, value in (settings or {}).items() for part in ("-c", f"{key}={value}")]
