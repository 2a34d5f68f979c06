"""How fast the store is beside bare sqlite3 and a JSONL file, and whether its memory stays flat.

    python benchmarks/store.py [--counts 1000,10000,100000] [--wire-counts 1000,10000] [--folder DIR]

Writes and reads generated samples, each way and count in a process of its own. `wire` is the nx-27017
of requirements-dev.txt, a MongoDB-protocol server in Python: it measures our side, not MongoDB; with
MONGODB_TEST_URI set that server is measured too. Results go to benchmarks/results/store.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from moxi_core.config import StoreSettings
from moxi_core.records import KeyFile
from moxi_core.samples import ReadmeSample
from moxi_core.store import BATCH, Store, open_store
from moxi_core.stores.mongo import MongoBackend

RESULTS = Path(__file__).parent / "results" / "store.md"
WORDS = "a the of to build install run file option server config test value code user data".split()
WAYS = ("JSONL", "sqlite3", "store on SQLite", "store on wire", "store on MongoDB")
BASELINES = WAYS[:2]


@dataclass(frozen=True)
class Measured:
    """One way, one count: seconds of processor time and on the clock, and the memory at its peak."""

    way: str
    count: int
    write_cpu_s: float
    write_s: float
    read_cpu_s: float
    read_s: float
    peak_mb: float


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Generated rows of about 9 kB, the same each time."""
    chance = random.Random(1)  # noqa: S311
    pool = [" ".join(chance.choices(WORDS, k=400)) for _ in range(50)]
    tree = tuple(f"src/package_{n % 7}/module_{n}.py" for n in range(80))
    for number in range(count):
        yield {
            "repo_url": f"https://github.com/owner/r{number:07}",
            "owner": "owner",
            "repo": f"r{number}",
            "readme": f"# r{number}\n\n" + "\n\n".join(chance.choices(pool, k=2)),
            "file_tree": tree,
            "key_files": [{"path": "src/cli.py", "content": pool[number % 50]}],
            "language": "Python",
            "languages": {"Python": 1000, "ASP.NET": 3},
            "stars": number,
        }


def samples(count: int) -> Iterator[ReadmeSample]:
    """The same as records."""
    for row in rows(count):
        key_files = tuple(KeyFile(**one) for one in row.pop("key_files"))
        yield ReadmeSample(key_files=key_files, **row)


def write_jsonl(folder: Path, count: int) -> None:
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for row in rows(count):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_jsonl(folder: Path) -> Iterable[object]:
    with (folder / "rows.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def write_sqlite3(folder: Path, count: int) -> None:
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE rows (key TEXT PRIMARY KEY, body TEXT)")
        given = ((row["repo_url"], json.dumps(row, ensure_ascii=False)) for row in rows(count))
        while batch := list(islice(given, BATCH)):
            with db:
                db.executemany("INSERT INTO rows VALUES (?, ?)", batch)


def read_sqlite3(folder: Path) -> Iterable[object]:
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as db:
        for (body,) in db.execute("SELECT body FROM rows ORDER BY key"):
            yield json.loads(body)


def store_of(folder: Path, uri: str) -> Store:
    """The store on SQLite in a folder, or on a server at an address."""
    if uri:
        return Store(MongoBackend(uri, f"moxi_benchmark_{folder.name.replace('.', '_')}"))
    return open_store(StoreSettings(data_dir=folder))


def measure(way: str, count: int, folder: Path, uri: str) -> Measured:
    """One way in this process."""
    if way in BASELINES:
        write, read = {
            "JSONL": (write_jsonl, read_jsonl),
            "sqlite3": (write_sqlite3, read_sqlite3),
        }[way]
        written = timed(lambda: write(folder, count))
        found = timed(lambda: check(read(folder), count))
    else:
        with store_of(folder, uri) as store:
            written = timed(lambda: check_equal(store.upsert(samples(count)), count))
            found = timed(lambda: check(store.stream(ReadmeSample), count))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(way, count, *written, *found, peak)


def check(records: Iterable[object], count: int) -> None:
    check_equal(sum(1 for _ in records), count)


def check_equal(got: int, wanted: int) -> None:
    if got != wanted:
        raise SystemExit(f"{got} samples instead of {wanted}")


def timed(call: Callable[[], None]) -> tuple[float, float]:
    """Seconds of processor time and on the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - cpu, time.perf_counter() - clock


@contextmanager
def wire_server() -> Iterator[str]:
    """The address of a new nx-27017."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        files = {"--data-dir": "data", "--log-file": "server.log", "--pid-file": "server.pid"}
        options = [word for name, file in files.items() for word in (name, f"{folder}/{file}")]
        nx = Path(sys.executable).parent / "nx-27017"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([nx, "-p", str(port), *options], **quiet) as server:
            try:
                yield f"mongodb://127.0.0.1:{port}"
            finally:
                server.kill()


def in_process(way: str, count: int, folder: Path, uri: str = "") -> Measured:
    """One way in a process of its own, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        call = [sys.executable, __file__, "--one", way, str(count), own, uri]
        done = subprocess.run(call, capture_output=True, text=True, check=True)
    measured = Measured(**json.loads(done.stdout))
    print(
        f"{way:<18}{count:>9,}  written in {measured.write_s:.1f} s, read in {measured.read_s:.1f} s"
    )
    return measured


def report(results: list[Measured]) -> Iterator[str]:
    """The tables, with ratios to the baselines of the same count."""
    yield "# The store beside bare sqlite3 and JSONL"
    yield ""
    yield "`python benchmarks/store.py`: generated samples of about 9 kB (making them included), batches of 500; each line is a process of its own."
    yield "Samples per second of processor time of that process; in brackets what the clock says. `wire` is a"
    yield "MongoDB-protocol server in Python on the same machine: its clock time is mostly the server's own."
    yield ""
    yield "| way | samples | write/s | read/s | write vs sqlite3 | read vs sqlite3 | write vs JSONL | peak memory |"
    yield "| --- | --: | --: | --: | --: | --: | --: | --: |"
    base = {(one.way, one.count): one for one in results}
    for one in results:
        raw, lines = (base.get((way, one.count), one) for way in ("sqlite3", "JSONL"))
        yield (
            f"| {one.way} | {one.count:,} "
            f"| {one.count / one.write_cpu_s:,.0f} ({one.count / one.write_s:,.0f}) "
            f"| {one.count / one.read_cpu_s:,.0f} ({one.count / one.read_s:,.0f}) "
            f"| {raw.write_cpu_s / one.write_cpu_s:.2f}× | {raw.read_cpu_s / one.read_cpu_s:.2f}× "
            f"| {lines.write_cpu_s / one.write_cpu_s:.2f}× | {one.peak_mb:.0f} MB |"
        )
    yield ""
    for way in WAYS[2:]:
        own = sorted((one for one in results if one.way == way), key=lambda one: one.count)
        if len(own) > 1:
            first, last = own[0], own[-1]
            yield (
                f"Memory of the {way}: {first.peak_mb:.0f} MB for {first.count:,} samples, "
                f"{last.peak_mb:.0f} MB for {last.count:,} ({last.peak_mb / first.peak_mb:.2f}×)."
            )


def counts(given: str) -> list[int]:
    return [int(count) for count in given.split(",") if count]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--counts", type=counts, default=[1_000, 10_000, 100_000])
    parser.add_argument("--wire-counts", type=counts, default=[1_000, 10_000])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        way, count, folder, uri = given.one
        print(json.dumps(asdict(measure(way, int(count), Path(folder), uri))))
        return
    results = [in_process(way, n, given.folder) for n in given.counts for way in WAYS[:3]]
    with wire_server() as uri:
        results += [in_process(WAYS[3], n, given.folder, uri) for n in given.wire_counts]
    if real := os.environ.get("MONGODB_TEST_URI"):
        results += [in_process(WAYS[4], n, given.folder, real) for n in given.counts]
    text = "\n".join(report(results)) + "\n"
    print(text)
    RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
