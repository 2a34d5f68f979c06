"""The MongoDB backend: for many machines. The only module that imports pymongo (extra `mongo`).

A document is the record itself, its key as `_id`, which is unique and what to shard by. Names
within a record that MongoDB cannot hold everywhere (`ASP.NET`, `$ref`) are written with %-escapes.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import bson
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient, ReplaceOne, ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    CursorNotFound,
    OperationFailure,
    PyMongoError,
)

from moxi_core.errors import RecordError, StoreError
from moxi_core.stores.backend import (
    MAX_DOCUMENT_BYTES,
    PAGE_BYTES,
    Document,
    Lease,
    Query,
    WorkCounts,
    require_known,
    too_large,
)

PATIENCE_S = 60.0  # how long a server that went away is waited for
OPEN_PATIENCE_S = 10.0  # the same before the first answer: it may not run at all
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_NOT_ALLOWED = {13, 18}  # Unauthorized, AuthenticationFailed
_RACES = {11000, 112}  # two that upsert the same key at once: DuplicateKey, WriteConflict

Fields = dict[str, Any]
Result = TypeVar("Result")


def _create_collections(db: Database[Fields]) -> None:
    db["readme_samples"].create_index("drop_reason", name="by_drop")
    db["readme_chunks"].create_index("repo_url", name="by_repo")
    db["sft_samples"].create_index("repo_url", name="by_repo")


def _create_work(db: Database[Fields]) -> None:
    order = [("queue", 1), ("done_at", 1), ("free_at", 1), ("key", 1)]
    db["work"].create_index(order, name="next")


# Applied in this order, each by name. One that is cut short is done again: repeating it is harmless.
MIGRATIONS: tuple[tuple[str, Callable[[Database[Fields]], None]], ...] = (
    ("collections", _create_collections),
    ("work", _create_work),
)


class MongoBackend:
    """Documents and work in a MongoDB database."""

    def __init__(self, uri: str, db_name: str, *, patience_s: float = PATIENCE_S) -> None:
        self._address = uri.rpartition("@")[2].rpartition("://")[2].partition("/")[0]
        self._patience_s = min(patience_s, OPEN_PATIENCE_S)
        try:
            self._client: MongoClient[Fields] = MongoClient(
                uri,
                appname="moxi",
                journal=True,  # an answer means that it is on disk
                serverSelectionTimeoutMS=2_000,
                connectTimeoutMS=5_000,
                socketTimeoutMS=60_000,
            )
            self._db = (
                self._client[db_name] if db_name else self._client.get_default_database("moxi")
            )
        except (PyMongoError, ValueError):
            raise StoreError(  # not the error itself: it may quote the password
                "MONGODB_URI or MONGODB_DB_NAME is not understood, or its host is not known; write "
                "mongodb://USER:PASSWORD@HOST:27017/?authSource=admin, with %-escapes in the password."
            ) from None
        try:
            self._repeat(self._migrate)
        except BaseException:
            self._client.close()
            raise
        self._patience_s = patience_s

    @property
    def address(self) -> str:
        return f"mongodb://{self._address}/{self._db.name}"

    def write(self, collection: str, documents: Sequence[Document]) -> None:
        changes: list[ReplaceOne[Fields]] = [
            ReplaceOne({"_id": document.key}, _to_bson(document), upsert=True)
            for document in documents
        ]
        self._repeat(lambda: self._db[collection].bulk_write(changes, ordered=False))

    def read(self, collection: str, key: str) -> str | None:
        found = self._repeat(lambda: self._db[collection].find_one({"_id": key}))
        return None if found is None else _to_document(found).json

    def page(self, collection: str, query: Query, limit: int) -> list[Document]:
        wanted: Fields = {"_id": {"$gt": query.after or ""}}
        if query.repo_url is not None:
            wanted["repo_url"] = query.repo_url
        if not query.with_dropped:
            wanted["drop_reason"] = {"$eq": None}

        def read() -> list[Document]:
            found: list[Document] = []
            size = 0
            cursor = self._db[collection].find(wanted).sort("_id", 1).skip(query.skip).limit(limit)
            if query.repo_url is None:
                cursor.hint([("_id", 1)])  # never sort a whole collection in memory
            with cursor:
                for fields in cursor:
                    found.append(_to_document(fields))
                    size += len(found[-1].json)
                    if size >= PAGE_BYTES:
                        break
            return found

        return self._repeat(read)

    def count(self, collection: str) -> dict[str | None, int]:
        by_reason: list[Fields] = [{"$group": {"_id": "$drop_reason", "count": {"$sum": 1}}}]
        found = self._repeat(lambda: list(self._db[collection].aggregate(by_reason)))
        return {group["_id"]: group["count"] for group in found}

    def remove(self, collection: str, repo_url: str) -> int:
        wanted = {"repo_url": repo_url}
        return self._repeat(lambda: self._db[collection].delete_many(wanted).deleted_count)

    def enqueue(self, queue: str, keys: Sequence[str], *, again: bool) -> None:
        blank = {"owner": "", "token": "", "tries": 0, "free_at": 0, "done_at": 0, "reason": ""}
        changes = [
            UpdateOne(
                {"_id": _work_id(queue, key)},
                {"$setOnInsert": {"queue": queue, "key": key, **blank}},
                upsert=True,
            )
            for key in keys
        ]
        self._repeat(lambda: self._work.bulk_write(changes, ordered=False))
        if again:
            reopened = [
                UpdateOne({"_id": _work_id(queue, key), "done_at": {"$gt": 0}}, {"$set": blank})
                for key in keys
            ]
            self._repeat(lambda: self._work.bulk_write(reopened, ordered=False))

    def lease(self, queue: str, owner: str, token: str, now: int, until: int) -> Lease | None:
        is_repeated = False

        def take() -> Fields | None:
            nonlocal is_repeated
            if is_repeated and (had := self._work.find_one({"queue": queue, "token": token})):
                return had  # it was granted, and only the answer got lost
            is_repeated = True
            return self._work.find_one_and_update(
                {"queue": queue, "done_at": 0, "free_at": {"$lte": now}},
                {"$set": {"owner": owner, "token": token, "free_at": until}, "$inc": {"tries": 1}},
                sort=[("free_at", 1), ("key", 1)],
                return_document=ReturnDocument.AFTER,
            )

        got = self._repeat(take)
        if got is None:
            return None
        return Lease(queue, got["key"], owner, token, got["tries"], until, got["reason"])

    def renew(self, lease: Lease, until: int) -> bool:
        return self._change(lease, {"free_at": until})

    def release(self, lease: Lease, free_at: int, reason: str) -> bool:
        return self._change(lease, {"owner": "", "token": "", "free_at": free_at, "reason": reason})

    def finish(self, lease: Lease, results: dict[str, list[Document]], now: int) -> bool:
        # Without transactions, which need a replica set: results first, so that a crash in between
        # repeats the work and loses nothing.
        if self._repeat(lambda: self._work.find_one(_ours(lease))) is None:
            return False
        for collection, documents in results.items():
            self.write(collection, documents)
        ours = {"_id": _work_id(lease.queue, lease.key), "token": lease.token}
        done = self._repeat(lambda: self._work.update_one(ours, {"$set": {"done_at": now}}))
        return done.matched_count == 1

    def queues(self, now: int) -> dict[str, WorkCounts]:
        def count(queue: str, **wanted: Any) -> int:
            return self._work.count_documents({"queue": queue, **wanted})

        def read() -> dict[str, WorkCounts]:
            found = {}
            for queue in sorted(self._work.distinct("queue")):
                is_open = count(queue, done_at=0)
                leased = count(queue, done_at=0, token={"$gt": ""}, free_at={"$gt": now})
                done = count(queue, done_at={"$gt": 0})
                found[queue] = WorkCounts(is_open - leased, leased, done)
            return found

        return self._repeat(read)

    def close(self) -> None:
        self._client.close()

    @property
    def _work(self) -> Collection[Fields]:
        return self._db["work"]

    def _change(self, lease: Lease, fields: Fields) -> bool:
        """Change a piece of work, if it is still ours."""
        done = self._repeat(lambda: self._work.update_one(_ours(lease), {"$set": fields}))
        return done.matched_count == 1

    def _repeat(self, call: Callable[[], Result]) -> Result:
        """What the call answers; a server that goes away is waited for, with growing pauses."""
        deadline = time.monotonic() + self._patience_s
        pause = _FIRST_PAUSE_S
        while True:
            try:
                return call()
            except PyMongoError as error:
                if not _may_pass(error) or time.monotonic() + pause > deadline:
                    raise StoreError(self._sentence(error)) from error
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  so that workers do not come all at once
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _sentence(self, error: PyMongoError) -> str:
        if isinstance(error, OperationFailure) and error.code in _NOT_ALLOWED:
            return (
                f"MongoDB at {self._address} does not let this user in; see the user, the password "
                "and authSource in MONGODB_URI."
            )
        if isinstance(error, ConnectionFailure):
            return (
                f"MongoDB at {self._address} did not answer for {self._patience_s:.0f} seconds; start "
                "it (docker compose up -d mongodb), or unset MONGODB_URI for the store in data/."
            )
        return f"MongoDB at {self._address} failed: {_reason(error)}."

    def _migrate(self) -> None:
        ledger = self._db["migrations"]
        applied = [entry["_id"] for entry in ledger.find()]
        require_known(applied, [name for name, _ in MIGRATIONS], self.address)
        for name, change in MIGRATIONS:
            if name not in applied:
                change(self._db)
                now = {"$setOnInsert": {"applied_at": time.time_ns() // 10**6}}
                ledger.update_one({"_id": name}, now, upsert=True)


def _work_id(queue: str, key: str) -> str:
    return f"{queue}\n{key}"


def _ours(lease: Lease) -> Fields:
    return {"_id": _work_id(lease.queue, lease.key), "token": lease.token, "done_at": 0}


def _may_pass(error: PyMongoError) -> bool:
    """Whether the same call may do better a moment later."""
    if isinstance(error, BulkWriteError):
        codes = {one.get("code") for one in error.details.get("writeErrors", [])}
        return bool(codes) and codes <= _RACES
    if isinstance(error, OperationFailure) and error.code in _RACES:
        return True
    return isinstance(error, ConnectionFailure | CursorNotFound)


def _reason(error: PyMongoError) -> str:
    """What a server said, in one line and without what it was asked."""
    details: Mapping[str, Any] = getattr(error, "details", None) or {}
    first = next(iter(details.get("writeErrors", [])), details)
    said = first.get("errmsg") or f"{type(error).__name__}: {error}"
    return " ".join(str(said).split())[:300].rstrip(".")


def _to_bson(document: Document) -> RawBSONDocument:
    fields = {"_id": document.key, **_with_names(json.loads(document.json), _escaped)}
    try:
        encoded = bson.encode(fields)
    except (BSONError, OverflowError, RecursionError) as error:
        raise RecordError(
            f"{document.repo_url or document.key} cannot be stored in MongoDB: {error}."
        ) from error
    if len(encoded) > MAX_DOCUMENT_BYTES:
        raise too_large(document, len(encoded))
    return RawBSONDocument(encoded)


def _to_document(fields: Fields) -> Document:
    key = fields.pop("_id")
    text = json.dumps(_with_names(fields, _unescaped), ensure_ascii=False)
    return Document(key, text, fields.get("repo_url"), fields.get("drop_reason"))


def _with_names(value: Any, change: Callable[[str], str]) -> Any:
    """The same value, with all names in it changed."""
    if isinstance(value, dict):
        return {change(name): _with_names(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_names(inner, change) for inner in value]
    return value


def _escaped(name: str) -> str:
    if name.isidentifier():
        return name
    name = name.replace("%", "%25").replace(".", "%2E")
    return name.replace("$", "%24").replace("\0", "%00")


def _unescaped(name: str) -> str:
    if "%" not in name:
        return name
    name = name.replace("%00", "\0").replace("%24", "$")
    return name.replace("%2E", ".").replace("%25", "%")
