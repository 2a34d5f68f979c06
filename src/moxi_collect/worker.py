"""A worker: takes repositories from the store's queue, one by one, until none is left.

Any number of workers, on any number of machines, share the work by leases. One that is killed loses
its lease, and another takes the repository up; what was finished is never done again.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from moxi_collect.filters import FAILED
from moxi_collect.sample import Origin, collected, stub
from moxi_collect.sources import Listed, names_of
from moxi_core.errors import (
    RecordError,
    SourceError,
    SourceGoneError,
    SourceTimeoutError,
    SourceTooLargeError,
    SourceUnreachableError,
    StoreError,
)
from moxi_core.samples import ReadmeSample
from moxi_core.store import Lease, Store

QUEUE = "collect"
# Repositories that ended so many workers are left alone: one that takes all memory, say.
MAX_DEATHS = 12

Outcome = Literal["collected", "unchanged", "again", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class Event:
    """What became of one repository; `told` is a sentence where it went wrong."""

    url: str
    outcome: Outcome
    received_bytes: int = 0
    seconds: float = 0.0
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a worker works. Times in seconds."""

    origin: Origin = field(default_factory=Origin)
    lease_s: float = 60.0
    tries: int = 4
    backoff_s: float = 5.0
    poll_s: float = 0.5
    excluded: frozenset[str] = frozenset()  # who opted out, as `opted_out` makes it


def work(
    store: Store,
    manner: Manner,
    tell: Callable[[Event], None],
    is_wanted: Callable[[], bool] = lambda: True,
) -> None:
    """Take work while there is any, and while `is_wanted` says so.

    Raises StoreError when the store is out of reach: what was begun is free again after its lease.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}"
    while is_wanted():
        lease = store.lease(QUEUE, owner, manner.lease_s)
        if lease is None:
            counts = store.work_of(QUEUE)
            if not counts.waiting and not counts.leased:
                return
            time.sleep(manner.poll_s)
            continue
        with _kept(store, lease, manner.lease_s):
            tell(_one(store, lease, manner))


@contextmanager
def _kept(store: Store, lease: Lease, seconds: float) -> Iterator[None]:
    """Keep a lease while the block runs; give it back where the block is left by an interruption."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(seconds / 3):
            try:
                if not store.renew(lease, seconds):
                    return
            except StoreError:  # the worker itself will hear of it
                return

    keeper = threading.Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        store.release(lease)
        raise
    finally:
        done.set()
        keeper.join()


def _one(store: Store, lease: Lease, manner: Manner) -> Event:
    """Collect one repository, and mark it done or give it back."""
    begun = time.monotonic()
    known = store.get(ReadmeSample, lease.key) or stub(Listed(url=lease.key, source=""))

    def event(outcome: Outcome, size: int = 0, told: str = "") -> Event:
        return Event(lease.key, outcome, size, time.monotonic() - begun, told)

    def ended(
        outcome: Outcome, records: Iterable[ReadmeSample] = (), size: int = 0, told: str = ""
    ) -> Event:
        """Mark the work as done; where the lease was lost, another worker has it."""
        return event(outcome if store.finish(lease, records) else "lost", size, told)

    def failed(kind: str, told: str) -> Event:
        """Record why there is no sample; an older one stays."""
        record = replace(known, drop_reason=FAILED + kind)
        return ended("failed", [] if known.readme else [record], told=told)

    if not manner.excluded.isdisjoint(names_of(lease.key)):
        return ended("unchanged")
    if lease.tries > MAX_DEATHS and not lease.reason:
        return failed("ended its workers", f"{lease.key!r} ended {MAX_DEATHS} workers.")
    try:
        is_known = bool(known.collected_at and known.commit)
        if is_known and manner.origin.head(lease.key) == known.commit:
            return ended("unchanged")
        sample, size = collected(known, manner.origin)
        return ended("collected", [sample], size)
    except (SourceUnreachableError, SourceTimeoutError) as error:
        if lease.tries < manner.tries:
            delay = manner.backoff_s * 2 ** (lease.tries - 1)
            store.release(lease, str(error), delay * random.uniform(0.8, 1.2))  # noqa: S311
            return event("again", told=str(error))
        kind = "timed out" if isinstance(error, SourceTimeoutError) else "unreachable"
        return failed(kind, str(error))
    except SourceGoneError as error:
        return failed("gone or private", str(error))
    except (SourceTooLargeError, RecordError) as error:
        return failed("too large", str(error))
    except SourceError as error:
        return failed("not readable", str(error))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  (a stranger's repository must not end the run)
        return failed("internal error", f"{lease.key!r}: {type(error).__name__}: {error}.")
