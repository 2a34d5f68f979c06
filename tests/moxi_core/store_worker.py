"""A process of its own for the tests of the store: it writes, or works, until it is done or killed.

    store_worker.py write COUNT BATCH     upserts samples; prints how many are in after each batch
    store_worker.py work QUEUE SECONDS    leases, prints the key, finishes with a sample, until none is free

It finds the store as any user does: by the environment.
"""

from __future__ import annotations

import os
import sys

from moxi_core.samples import ReadmeSample
from moxi_core.store import open_store


def sample(number: int) -> ReadmeSample:
    """A sample of a few kilobytes."""
    name = f"r{number:06}"
    url = f"https://github.com/o/{name}"
    return ReadmeSample(repo_url=url, owner="o", repo=name, readme=f"# {name}\n" * 300)


def write(count: int, batch: int) -> None:
    """Upsert `count` samples, `batch` at a time."""
    with open_store() as store:
        for start in range(0, count, batch):
            store.upsert(sample(number) for number in range(start, start + batch))
            print(start + batch, flush=True)


def work(queue: str, seconds: float) -> None:
    """Take work until none is free."""
    with open_store() as store:
        while lease := store.lease(queue, str(os.getpid()), seconds):
            print(lease.key, flush=True)
            if store.finish(lease, [sample(int(lease.key))]):
                print(f"done {lease.key}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(int(sys.argv[2]), int(sys.argv[3]))
    else:
        work(sys.argv[2], float(sys.argv[3]))
