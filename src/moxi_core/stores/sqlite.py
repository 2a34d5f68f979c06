"""The embedded backend: one SQLite file, shared by any number of processes of one machine."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

from moxi_core.errors import StoreError
from moxi_core.stores.backend import (
    PAGE_BYTES,
    Document,
    Lease,
    Query,
    WorkCounts,
    require_known,
)

BUSY_S = 60.0  # how long to wait for another process that is writing

_TABLE = (
    "CREATE TABLE {0} (key TEXT PRIMARY KEY, repo_url TEXT, drop_reason TEXT, body TEXT NOT NULL)"
)
# Applied in this order, each once, by name. What stands here is never changed, only added to.
MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "collections",
        (
            *map(_TABLE.format, ("readme_samples", "readme_chunks", "sft_samples", "runs")),
            "CREATE INDEX readme_samples_by_drop ON readme_samples (drop_reason, key)",
            "CREATE INDEX readme_chunks_by_repo ON readme_chunks (repo_url, key)",
            "CREATE INDEX sft_samples_by_repo ON sft_samples (repo_url, key)",
        ),
    ),
    (
        "work",
        (
            "CREATE TABLE work (queue TEXT NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '',"
            " token TEXT NOT NULL DEFAULT '', tries INTEGER NOT NULL DEFAULT 0,"
            " free_at INTEGER NOT NULL DEFAULT 0, done_at INTEGER NOT NULL DEFAULT 0,"
            " reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (queue, key))",
            "CREATE INDEX work_next ON work (queue, done_at, free_at, key)",
        ),
    ),
)

_LEASE = """
    UPDATE work SET owner = ?, token = ?, tries = tries + 1, free_at = ?
    WHERE rowid = (SELECT rowid FROM work WHERE queue = ? AND done_at = 0 AND free_at <= ?
                   ORDER BY free_at, key LIMIT 1)
    RETURNING key, tries, reason
"""
_IS_OURS = "WHERE queue = ? AND key = ? AND token = ? AND done_at = 0"
_REOPEN = (
    "DO UPDATE SET owner = '', token = '', tries = 0, free_at = 0, done_at = 0, reason = '' "
    "WHERE done_at <> 0"
)


class SqliteBackend:
    """Documents and work in one SQLite file: a write-ahead log, one transaction a batch."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()  # one connection, many threads
        with self._told():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"The folder {str(path.parent)!r} of the store cannot be made: {error.strerror}."
                ) from error
            self._db = sqlite3.connect(
                path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._migrate()
                self._file = path.stat().st_ino
            except BaseException:
                self._db.close()
                raise

    @property
    def address(self) -> str:
        return str(self._path)

    def write(self, collection: str, documents: Sequence[Document]) -> None:
        with self._transaction() as db:
            _upsert(db, collection, documents)

    def read(self, collection: str, key: str) -> str | None:
        with self._reading() as db:
            found = db.execute(
                f"SELECT body FROM {collection} WHERE key = ?",  # noqa: S608  a name of ours
                (key,),
            ).fetchone()
        return found[0] if found else None

    def page(self, collection: str, query: Query, limit: int) -> list[Document]:
        where, given = "key > ?", [query.after or ""]
        if query.repo_url is not None:
            where, given = f"{where} AND repo_url = ?", [*given, query.repo_url]
        if not query.with_dropped:
            where = f"{where} AND drop_reason IS NULL"
        found: list[Document] = []
        size = 0
        with self._reading() as db:
            rows = db.execute(
                f"SELECT key, body, repo_url, drop_reason FROM {collection} "  # noqa: S608  as above
                f"WHERE {where} ORDER BY key LIMIT ? OFFSET ?",
                (*given, limit, query.skip),
            )
            for row in rows:
                found.append(Document(*row))
                size += len(row[1])
                if size >= PAGE_BYTES:
                    break
            rows.close()
        return found

    def count(self, collection: str) -> dict[str | None, int]:
        with self._reading() as db:
            return dict(
                db.execute(
                    f"SELECT drop_reason, count(*) FROM {collection} GROUP BY drop_reason"  # noqa: S608  as above
                )
            )

    def remove(self, collection: str, repo_url: str) -> int:
        with self._transaction() as db:
            return db.execute(
                f"DELETE FROM {collection} WHERE repo_url = ?",  # noqa: S608  as above
                (repo_url,),
            ).rowcount

    def enqueue(self, queue: str, keys: Sequence[str], *, again: bool) -> None:
        known = _REOPEN if again else "DO NOTHING"
        with self._transaction() as db:
            db.executemany(
                f"INSERT INTO work (queue, key) VALUES (?, ?) ON CONFLICT (queue, key) {known}",  # noqa: S608  as above
                [(queue, key) for key in keys],
            )

    def lease(self, queue: str, owner: str, token: str, now: int, until: int) -> Lease | None:
        with self._transaction() as db:
            found = db.execute(_LEASE, (owner, token, until, queue, now)).fetchall()
        for key, tries, reason in found:
            return Lease(queue, key, owner, token, tries, until, reason)
        return None

    def renew(self, lease: Lease, until: int) -> bool:
        with self._transaction() as db:
            return _change(db, lease, "free_at = ?", until)

    def release(self, lease: Lease, free_at: int, reason: str) -> bool:
        with self._transaction() as db:
            return _change(
                db, lease, "owner = '', token = '', free_at = ?, reason = ?", free_at, reason
            )

    def finish(self, lease: Lease, results: dict[str, list[Document]], now: int) -> bool:
        with self._transaction() as db:
            is_ours = _change(db, lease, "done_at = ?", now)
            if is_ours:
                for collection, documents in results.items():
                    _upsert(db, collection, documents)
        return is_ours

    def queues(self, now: int) -> dict[str, WorkCounts]:
        with self._reading() as db:
            rows = db.execute(
                "SELECT queue, sum(done_at = 0 AND (token = '' OR free_at <= ?)),"
                " sum(done_at = 0 AND token <> '' AND free_at > ?), sum(done_at <> 0)"
                " FROM work GROUP BY queue",
                (now, now),
            )
            return {queue: WorkCounts(*counts) for queue, *counts in rows}

    def close(self) -> None:
        with self._lock, self._told():
            self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            yield self._db

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All that the block writes, or nothing of it."""
        with self._lock, self._told():
            self._require_in_place()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # it may have rolled back by itself
                    self._db.execute("ROLLBACK")
                raise

    def _require_in_place(self) -> None:
        """Refuse to write into a file that was deleted or moved: nobody would find it again."""
        try:
            is_there = self._path.stat().st_ino == self._file
        except OSError:
            is_there = False
        if not is_there:
            raise StoreError(f"The store {self.address!r} was moved or deleted while it was open.")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of SQLite as one sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(_sentence(error, self.address)) from error

    def _migrate(self) -> None:
        db = self._db
        if _applied(db, self.address) == [name for name, _ in MIGRATIONS]:
            return
        _use_write_ahead_log(db)
        db.execute("BEGIN IMMEDIATE")  # of those who open a new store at once, one does it
        try:
            applied = _applied(db, self.address)
            db.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER)"
            )
            for name, statements in MIGRATIONS:
                if name in applied:
                    continue
                for statement in statements:
                    db.execute(statement)
                db.execute("INSERT INTO migrations VALUES (?, ?)", (name, time.time_ns() // 10**6))
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise


def _applied(db: sqlite3.Connection, address: str) -> list[str]:
    """The migrations that a file has seen; StoreError where it is no store, or one of the future."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return []
    if "migrations" not in tables:
        raise StoreError(f"{address!r} is an SQLite file, but no store of Moxi; move it away.")
    applied = [name for (name,) in db.execute("SELECT name FROM migrations ORDER BY rowid")]
    require_known(applied, [name for name, _ in MIGRATIONS], address)
    return applied


def _use_write_ahead_log(db: sqlite3.Connection) -> None:
    """Switch once, for good. SQLite does not wait for others by itself here."""
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _upsert(db: sqlite3.Connection, collection: str, documents: Sequence[Document]) -> None:
    db.executemany(
        f"INSERT INTO {collection} (key, body, repo_url, drop_reason) VALUES (?, ?, ?, ?) "  # noqa: S608  a name of ours
        "ON CONFLICT (key) DO UPDATE SET body = excluded.body, repo_url = excluded.repo_url, "
        "drop_reason = excluded.drop_reason WHERE body <> excluded.body",
        documents,
    )


def _change(db: sqlite3.Connection, lease: Lease, change: str, *given: object) -> bool:
    """Change a piece of work, if it is still ours."""
    done = db.execute(
        f"UPDATE work SET {change} {_IS_OURS}",  # noqa: S608  words of ours
        (*given, lease.queue, lease.key, lease.token),
    )
    return done.rowcount == 1


def _sentence(error: sqlite3.Error, address: str) -> str:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return (
            f"The store {address!r} cannot be written to ({error}): free some disk space and run "
            "again; what was stored before is kept."
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"Another process has kept the store {address!r} locked for {BUSY_S:.0f} seconds."
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return f"The store {address!r} is no SQLite file, or a damaged one ({error}); move it away."
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return f"The store {address!r} cannot be opened for writing ({error})."
    return f"The store {address!r} failed: {error}."
