"""Work done by a second process of our own, on a second core, while the first goes on.

The process is a fork: it knows all that is known so far, and sends back what it made. Where there
can be none (one core, threads, another system than Linux), or where it dies, its work is done here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Self, TypeVar, cast

T = TypeVar("T")
_MAX_JOBS = 256  # a ticket is one byte
_ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} if sys.platform == "linux" else set()


def possible() -> bool:
    """Whether a second process may be forked, and would run beside this one.

    A fork knows no other threads, whose locks it would wait for: with any there is none.
    """
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
    )


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """`work` goes on in a second process; the call that is given waits for what it returned.

    It must change nothing that is needed here: its changes stay there. It does not outlive the block.
    """
    started = _started(work) if possible() else None
    if started is None:
        done = work()
        yield lambda: done
        return
    with started:
        yield lambda: started.answer(work)


def shared(jobs: Sequence[Callable[[], T]], costs: Sequence[int]) -> list[T]:
    """What the jobs return, in their order; a second process takes its share of them.

    Whoever is free takes the costliest that is left, so that both end at about the same time.
    """
    if len(jobs) < 2 or len(jobs) > _MAX_JOBS or not possible():
        return [job() for job in jobs]
    tickets, desk = os.pipe()
    os.write(desk, bytes(n for _, n in sorted((-cost, n) for n, cost in enumerate(costs))))
    os.close(desk)

    def take() -> dict[int, T]:
        """Jobs until no ticket is left: a read of one byte is one process's alone."""
        return {ticket[0]: jobs[ticket[0]]() for ticket in iter(lambda: os.read(tickets, 1), b"")}

    try:
        with beside(take) as others:
            done = take()
            done |= others()
    finally:
        os.close(tickets)
    # Of a process that died nobody knows what it had taken.
    return [done[n] if n in done else job() for n, job in enumerate(jobs)]


class _Second:
    """A second process; leaving it as a context ends it."""

    def __init__(self, pid: int, answer: int) -> None:
        self._pid = pid
        self._answer = answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._wait()
        os.close(self._answer)

    def _wait(self) -> int:
        code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        self._pid = 0
        return code

    def answer(self, work: Callable[[], T]) -> T:
        """What it made; or what it should have made, made here, where it died."""
        if self._wait() != 0:
            return work()
        import pickle

        os.lseek(self._answer, 0, os.SEEK_SET)
        with os.fdopen(os.dup(self._answer), "rb") as told:
            return cast("T", pickle.load(told))  # noqa: S301 - our own process wrote it


def _started(work: Callable[[], object]) -> _Second | None:
    """A process that does the work; None where there can be none."""
    gc.freeze()  # looking for cycles would write to every object, and so copy their memory
    try:
        # No pipe: who is done shall end, and give its memory back, before it is asked.
        answer = os.memfd_create("moxi")
    except OSError:
        return None
    # A signal that comes between would be handled there as it is here, by what called us.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        pid = os.fork()
        if pid == 0:
            _do(work, answer)
    except OSError:  # no memory, or too many processes
        os.close(answer)
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return _Second(pid, answer)


def _do(work: Callable[[], object], answer: int) -> None:
    """The life of the second process: it ends here, whatever happens, and says nothing."""
    import pickle  # late: small repositories never need it

    code = 1
    try:
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        with os.fdopen(answer, "wb") as told:
            pickle.dump(work(), told, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)
