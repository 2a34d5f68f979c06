"""Several workers as processes of this machine, and what they tell."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from moxi_collect.worker import Event, Manner, work
from moxi_core.config import StoreSettings
from moxi_core.errors import CollectError, StoreError
from moxi_core.scratch import scratch, sweep
from moxi_core.store import open_store

MAX_RESTARTS = 50
_ENDS_S = 15.0


@dataclass(frozen=True, slots=True)
class _Broken:
    """The last word of a worker that cannot go on."""

    told: str


def run_crew(
    jobs: int, store: StoreSettings, manner: Manner, tell: Callable[[Event], None]
) -> None:
    """Work with `jobs` processes until the queue is empty; `tell` hears of each repository.

    A worker that is killed is replaced. Raises CollectError where workers keep dying, StoreError
    where they lose the store. Nothing is left running, however this ends.
    """
    context = multiprocessing.get_context("spawn")
    restarts = 0
    sweep(store.data_dir)
    with _hired() as hired:
        for _ in range(jobs):
            _hire(context, hired, store, manner)
        while hired:
            ready = wait(list(hired))
            for pipe in [pipe for pipe in hired if pipe in ready]:
                try:
                    said = pipe.recv()
                except (EOFError, OSError):
                    if not _has_ended_well(hired.pop(pipe)):
                        restarts += 1
                        if restarts > MAX_RESTARTS:
                            raise CollectError(
                                f"{restarts} workers were killed; is there enough memory? Run it with "
                                "fewer --jobs, it goes on where it was."
                            ) from None
                        _hire(context, hired, store, manner)
                    continue
                if isinstance(said, _Broken):
                    raise StoreError(said.told)
                tell(said)
    sweep(store.data_dir)


@contextmanager
def _hired() -> Iterator[dict[Connection, BaseProcess]]:
    """Processes by the pipe on which they tell; all are ended when the block ends."""
    hired: dict[Connection, BaseProcess] = {}
    try:
        yield hired
    finally:
        for process in hired.values():
            process.terminate()
        until = time.monotonic() + _ENDS_S
        for pipe, process in hired.items():
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()


def _hire(
    context: multiprocessing.context.SpawnContext,
    hired: dict[Connection, BaseProcess],
    store: StoreSettings,
    manner: Manner,
) -> None:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_worker, args=(store, manner, theirs), daemon=True)
    # Ctrl-C reaches every process of a terminal: only this one hears it, and ends the others.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    theirs.close()
    hired[ours] = process


def _has_ended_well(process: BaseProcess) -> bool:
    process.join()
    return process.exitcode == 0


def _worker(settings: StoreSettings, manner: Manner, pipe: Connection) -> None:
    """The main function of a worker's process."""
    parent = multiprocessing.parent_process()
    ended = _Ended()
    signal.signal(signal.SIGTERM, ended)
    try:
        with scratch(settings.data_dir), open_store(settings) as store:
            work(store, manner, pipe.send, lambda: parent is None or parent.is_alive())
    except StoreError as error:
        pipe.send(_Broken(str(error)))
    except (KeyboardInterrupt, BrokenPipeError):
        return
    except RuntimeError:
        # An interruption in the middle of a lock's own code comes out as an error of that lock.
        if not ended.asked:
            raise
    finally:
        pipe.close()


class _Ended:
    """The handler of SIGTERM: interrupts once, and remembers it."""

    asked = False

    def __call__(self, number: int, frame: object) -> None:
        if not self.asked:
            self.asked = True
            raise KeyboardInterrupt
