"""What goes wrong around a store: killed processes, full disks, servers that leave. Nothing is lost."""

from __future__ import annotations

import os
import random
import resource
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import ConnectionFailure

from moxi_core.config import StoreSettings
from moxi_core.errors import StoreError
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, WorkCounts, open_store
from moxi_core.stores import mongo, sqlite
from tests.moxi_core.store_worker import sample

if TYPE_CHECKING:
    from tests.moxi_core.conftest import WireServer

WORKER = Path(__file__).parent / "store_worker.py"
DEADLINE_S = 120


def start(settings: StoreSettings, *arguments: str, max_file: int = 0) -> subprocess.Popen[str]:
    """A worker on the store of the settings, with files of at most `max_file` bytes."""
    environment = os.environ | {
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DB_NAME": settings.mongodb_db_name,
        "MOXI_DATA_DIR": str(settings.data_dir),
    }

    def limit() -> None:
        if max_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (max_file, max_file))

    return subprocess.Popen(
        [sys.executable, WORKER, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def lines_until_killed(process: subprocess.Popen[str], after: int, pause_s: float) -> list[str]:
    """What a worker has printed when it is killed, `pause_s` after so many lines."""
    assert process.stdout
    seen = [process.stdout.readline() for _ in range(after)]
    time.sleep(pause_s)
    process.kill()
    rest, _ = process.communicate(timeout=DEADLINE_S)
    return [line.strip() for line in [*seen, *rest.splitlines()] if line.strip()]


def whole(store: Store) -> list[int]:
    """The numbers of the samples that are stored, each read and compared."""
    found = []
    for one in store.stream(ReadmeSample):
        number = int(one.repo[1:])
        assert one == sample(number)
        found.append(number)
    return found


def killed_while_writing(settings: StoreSettings, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    batch = 40
    writer = start(settings, "write", "1000000", str(batch))
    told = lines_until_killed(writer, chance.randint(1, 8), chance.uniform(0, 0.05))
    with open_store(settings) as store:
        stored = whole(store)
        assert stored == list(range(len(stored)))
        assert len(stored) >= int(told[-1])
        if not settings.mongodb_uri:
            assert len(stored) % batch == 0  # a batch is there as a whole, or not
        store.upsert(map(sample, range(len(stored) + batch)))  # and it can be written on
        assert len(whole(store)) == len(stored) + batch


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_writer_loses_nothing(settings: StoreSettings, seed: int) -> None:
    killed_while_writing(settings, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_a_killed_writer_loses_nothing_at_more_moments(settings: StoreSettings, seed: int) -> None:
    killed_while_writing(settings, seed)


def test_a_killed_writer_leaves_a_sound_file(tmp_path: Path) -> None:
    settings = StoreSettings(data_dir=tmp_path)
    lines_until_killed(start(settings, "write", "1000000", "20"), 3, 0.01)
    with closing(sqlite3.connect(tmp_path / "moxi.sqlite3")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_processes_share_work_without_doubles(settings: StoreSettings) -> None:
    keys = [str(number) for number in range(150)]
    with open_store(settings) as store:
        store.enqueue("q", keys)
        workers = [start(settings, "work", "q", "600") for _ in range(3)]
        printed = [worker.communicate(timeout=DEADLINE_S) for worker in workers]
        assert [errors for _, errors in printed] == ["", "", ""]
        lines = Counter(line for out, _ in printed for line in out.splitlines())
        assert lines == Counter(keys) + Counter(f"done {key}" for key in keys)
        assert whole(store) == list(range(150))


def killed_while_working(settings: StoreSettings, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    keys = [str(number) for number in range(60)]
    finished: Counter[str] = Counter()
    begun: list[str] = []
    with open_store(settings) as store:
        store.enqueue("q", keys)
        for _ in range(3):
            worker = start(settings, "work", "q", "0.3")
            told = lines_until_killed(worker, chance.randint(1, 12), chance.uniform(0, 0.02))
            assert not [
                key for key in told if key in finished
            ]  # nothing is worked on after its end
            finished.update(line.removeprefix("done ") for line in told if line.startswith("done "))
            begun += [line for line in told if not line.startswith("done ")]
        deadline = time.monotonic() + DEADLINE_S
        while store.stats().work["q"].done < len(keys):
            out, errors = start(settings, "work", "q", "60").communicate(timeout=DEADLINE_S)
            assert not errors
            assert not [key for key in out.split() if key in finished and key != "done"]
            finished.update(line[5:] for line in out.splitlines() if line.startswith("done "))
            assert time.monotonic() < deadline
        assert set(finished.values()) == {1}
        assert len(set(begun)) > 0
        assert store.stats().work == {"q": WorkCounts(waiting=0, leased=0, done=len(keys))}
        assert whole(store) == list(range(60))


@pytest.mark.parametrize("seed", range(2))
def test_killed_workers_lose_and_repeat_nothing(settings: StoreSettings, seed: int) -> None:
    killed_while_working(settings, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 215))
def test_more_killed_workers_lose_and_repeat_nothing(settings: StoreSettings, seed: int) -> None:
    killed_while_working(settings, seed)


# A full disk.


def test_a_file_that_cannot_grow_is_told(tmp_path: Path) -> None:
    settings = StoreSettings(data_dir=tmp_path)
    writer = start(settings, "write", "100000", "20", max_file=1_000_000)
    out, errors = writer.communicate(timeout=DEADLINE_S)
    assert "moxi.sqlite3' cannot be written to" in errors.splitlines()[-1]
    assert "free some disk space and run again; what was stored before is kept" in errors
    with open_store(settings) as store:  # with room again
        stored = whole(store)
        assert stored == list(range(int(out.split()[-1])))
        store.upsert(map(sample, range(len(stored) + 20)))
        assert len(whole(store)) == len(stored) + 20


def test_a_full_disk_stops_one_batch_only(tmp_path: Path) -> None:
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        store.upsert(map(sample, range(10)))
        backend = store._backend
        assert isinstance(backend, sqlite.SqliteBackend)
        (pages,) = backend._db.execute("PRAGMA page_count").fetchone()
        backend._db.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(StoreError, match=r"database or disk is full.*free some disk space"):
            store.upsert(map(sample, range(10, 100)))
        assert whole(store) == list(range(10))
        backend._db.execute("PRAGMA max_page_count = 1000000")
        store.upsert(map(sample, range(10, 100)))
        assert whole(store) == list(range(100))


# Files that are no store, or not ours.


def test_what_is_no_store_is_told(tmp_path: Path) -> None:
    def refuse(folder: Path, why: str) -> None:
        with pytest.raises(StoreError, match=why):
            open_store(StoreSettings(data_dir=folder))

    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "moxi.sqlite3").write_bytes(b"not a database, " * 100)
    refuse(tmp_path / "text", "no SQLite file, or a damaged one")
    (tmp_path / "other").mkdir()
    with closing(sqlite3.connect(tmp_path / "other" / "moxi.sqlite3")) as db:
        db.execute("CREATE TABLE albums (name)")
    refuse(tmp_path / "other", "no store of Moxi; move it away")
    (tmp_path / "folder" / "moxi.sqlite3").mkdir(parents=True)
    refuse(tmp_path / "folder", "cannot be opened")
    (tmp_path / "file").write_text("")
    refuse(tmp_path / "file", "folder .* cannot be made")


def test_a_store_that_is_deleted_is_not_written_to(tmp_path: Path) -> None:
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        (tmp_path / "moxi.sqlite3").rename(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match="moved or deleted while it was open"):
            store.upsert([sample(1)])


def test_a_locked_store_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        with closing(sqlite3.connect(tmp_path / "moxi.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="Another process has kept the store"):
                store.upsert([sample(1)])
        store.upsert([sample(1)])
        assert whole(store) == [1]


# Servers that leave.


@pytest.fixture
def served(wire_server: WireServer) -> StoreSettings:
    """A store on a server of its own."""
    return StoreSettings(mongodb_uri=wire_server.uri, mongodb_db_name="moxi")


@pytest.mark.parametrize("seed", range(2))
def test_a_server_that_comes_back_is_waited_for(
    served: StoreSettings, wire_server: WireServer, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    writer = start(served, "write", "800", "20")
    assert writer.stdout
    for _ in range(2):
        for _ in range(chance.randint(1, 8)):
            writer.stdout.readline()
        wire_server.kill()
        time.sleep(chance.uniform(0, 0.3))
        wire_server.start()
    _, errors = writer.communicate(timeout=DEADLINE_S)
    assert not errors
    with open_store(served) as store:
        assert whole(store) == list(range(800))


def test_streams_and_leases_survive_a_server_that_comes_back(
    served: StoreSettings, wire_server: WireServer
) -> None:
    with open_store(served) as store:
        store.upsert(map(sample, range(30)))
        store.enqueue("q", "ab")
        seen = []
        with ThreadPoolExecutor(1) as pool:
            for one in store.stream(ReadmeSample, batch_size=10):
                seen.append(int(one.repo[1:]))
                if len(seen) == 10:
                    wire_server.kill()
                    back = pool.submit(wire_server.start)
            back.result()
        assert seen == list(range(30))
        lease = store.lease("q", "me", 60)
        wire_server.kill()
        wire_server.start()
        assert lease and store.finish(lease, [sample(99)])
        assert store.stats().work["q"] == WorkCounts(waiting=1, leased=0, done=1)


def test_a_lease_whose_answer_got_lost_is_not_lost(
    served: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(served) as store:
        store.enqueue("q", "ab")
        backend = store._backend
        assert isinstance(backend, mongo.MongoBackend)
        find = type(backend._work).find_one_and_update
        lost: list[object] = []

        def lossy(*given: object, **named: object) -> object:
            answer = find(*given, **named)  # type: ignore[arg-type]
            if not lost:
                lost.append(answer)
                raise ConnectionFailure("connection closed")
            return answer

        monkeypatch.setattr(type(backend._work), "find_one_and_update", lossy)
        lease = store.lease("q", "me", 60)
        assert lease and (lease.key, lease.tries) == ("a", 1)
        other = store.lease("q", "you", 60)
        assert other and other.key == "b"


def test_a_server_that_stays_away_is_told(
    served: StoreSettings, wire_server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "PATIENCE_S", 1.0)
    with open_store(served) as store:
        monkeypatch.setattr(store._backend, "_patience_s", 0.5)
        wire_server.kill()
        with pytest.raises(StoreError, match=r"127\.0\.0\.1:\d+ did not answer for .* seconds"):
            store.upsert([sample(1)])
        wire_server.start()
        assert store.upsert([sample(1)]) == 1


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[StoreSettings]:
    """A server that is no MongoDB."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        server.settimeout(0.1)
        is_over = False

        def serve() -> None:
            kept = []
            while not is_over:
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                kept.append(connection)
                answer(connection)
            for connection in kept:
                connection.close()

        pool.submit(serve)
        port = server.getsockname()[1]
        yield StoreSettings(mongodb_uri=f"mongodb://me:hidden@127.0.0.1:{port}/?authSource=admin")
        is_over = True


@pytest.mark.parametrize(
    "answer",
    [
        lambda connection: None,  # never says anything
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9),
    ],
    ids=["stalls", "closes", "speaks HTTP"],
)
def test_what_is_no_mongodb_is_told(
    answer: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "OPEN_PATIENCE_S", 0.5)
    with listening(answer) as settings, pytest.raises(StoreError, match="MongoDB at 127") as told:
        open_store(settings)
    assert "hidden" not in f"{told.value!r}{settings!r}"


@pytest.mark.parametrize(
    "uri",
    ["mongodb://me:hid/den@host/x", "mongodb://me:hid@den@host", "http://hidden", "mongodb://"],
)
def test_an_address_that_is_none_is_told_without_its_password(uri: str) -> None:
    with pytest.raises(StoreError, match="MONGODB_URI or MONGODB_DB_NAME is not under") as told:
        open_store(StoreSettings(mongodb_uri=uri))
    assert "hid" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_database_that_cannot_be_is_told() -> None:
    with pytest.raises(StoreError, match="MONGODB_DB_NAME"):
        open_store(StoreSettings(mongodb_uri="mongodb://127.0.0.1:1", mongodb_db_name="a b.c$"))


def test_without_pymongo_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moxi_core.stores.mongo", None)
    with pytest.raises(StoreError, match=r"pip install 'moxi-readme\[mongo\]'"):
        open_store(StoreSettings(mongodb_uri="mongodb://127.0.0.1:1"))
