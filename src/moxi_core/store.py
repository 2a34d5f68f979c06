"""The store: what the training street has collected, and who works on what.

    with open_store() as store:
        store.upsert(samples)
        for sample in store.stream(ReadmeSample):
            ...

MongoDB where MONGODB_URI is set, else one SQLite file in the data folder; see docs/store.md. The
functions at the end are the short way for scripts and notebooks.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from moxi_core.config import StoreSettings, load_store_settings
from moxi_core.errors import RecordError, StoreError
from moxi_core.records import from_json, to_json
from moxi_core.samples import STORED, ReadmeSample, SftSample, StoredRecord
from moxi_core.stores.backend import (
    MAX_DOCUMENT_BYTES,
    PAGE_BYTES,
    Document,
    Lease,
    Query,
    WorkCounts,
    too_large,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from moxi_core.stores.backend import Backend

__all__ = [
    "Lease",
    "Stats",
    "Store",
    "WorkCounts",
    "export_sft_to_list",
    "find_readme_samples",
    "insert_readme_samples",
    "insert_sft_samples",
    "open_store",
    "stream_sft_samples",
]

BATCH = 500
FILE_NAME = "moxi.sqlite3"

Stored = TypeVar("Stored", bound=StoredRecord)


class Stats(NamedTuple):
    """What a store holds."""

    address: str
    records: dict[str, int]
    dropped: dict[str, int]  # README samples, by drop reason
    work: dict[str, WorkCounts]


class Store:
    """Records by key, and work to share out. Safe to use from several threads.

    Every method raises StoreError when the store is out of reach or full. What has returned is kept,
    whatever happens to the process; what has not can be repeated.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.time) -> None:
        self._backend = backend
        self._clock = clock

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and connections."""
        self._backend.close()

    @property
    def address(self) -> str:
        """Where the records are, for people; without any password."""
        return self._backend.address

    def upsert(self, records: Iterable[StoredRecord], batch_size: int = BATCH) -> int:
        """Add records, or replace those of the same key; how many were written.

        They are taken as they come, and written a batch at a time; a batch is in the store as a whole
        or, on SQLite, not at all. Raises RecordError for one that no store can hold; its batch is not
        written then.
        """
        count = 0
        for batch in _batches(map(to_document, records), batch_size):
            for collection, documents in batch.items():
                self._backend.write(collection, documents)
                count += len(documents)
        return count

    def get(self, kind: type[Stored], key: str) -> Stored | None:
        """The record of a kind with a key, or None."""
        found = self._backend.read(kind.collection, key)
        return None if found is None else self._record(kind, key, found)

    def stream(
        self,
        kind: type[Stored],
        *,
        repo_url: str | None = None,
        with_dropped: bool = False,
        skip: int = 0,
        batch_size: int = BATCH,
    ) -> Iterator[Stored]:
        """Records in the order of their keys, undropped ones unless asked, a batch in memory.

        A record that is changed meanwhile comes as it was or as it is, and none comes twice.
        """
        after = None
        while True:
            query = Query(after, repo_url, with_dropped or kind is not ReadmeSample, skip)
            page = self._backend.page(kind.collection, query, batch_size)
            if not page:
                return
            for document in page:
                yield self._record(kind, document.key, document.json)
            after, skip = page[-1].key, 0

    def count(self, kind: type[StoredRecord], *, with_dropped: bool = False) -> int:
        """How many records of a kind there are, undropped ones unless asked."""
        counts = self._backend.count(kind.collection)
        return sum(counts.values()) if with_dropped else counts.get(None, 0)

    def remove(self, kind: type[StoredRecord], repo_url: str) -> int:
        """Forget the records of a kind that are of a repository; how many there were."""
        return self._backend.remove(kind.collection, repo_url)

    def enqueue(self, queue: str, keys: Iterable[str], *, again: bool = False) -> None:
        """Add work to a queue. Known work stays as it is; `again` opens what is done once more."""
        remaining = iter(keys)
        while batch := list(dict.fromkeys(islice(remaining, BATCH))):
            self._backend.enqueue(queue, batch, again=again)

    def lease(self, queue: str, owner: str, seconds: float) -> Lease | None:
        """A piece of work that is neither done nor anybody's, ours for so many seconds.

        None where there is none now. What a killed worker had is free again when its lease is over;
        workers on several machines need clocks that agree to within a part of a lease.
        """
        now = self._now()
        return self._backend.lease(queue, owner, uuid.uuid4().hex, now, now + _ms(seconds))

    def renew(self, lease: Lease, seconds: float) -> bool:
        """Keep a lease for so many seconds from now; False where it is no longer ours."""
        return self._backend.renew(lease, self._now() + _ms(seconds))

    def release(self, lease: Lease, reason: str = "", delay: float = 0) -> bool:
        """Give work back undone, for anybody to take after `delay` seconds; False if it is not ours.

        The next lease of it tells the reason, and how many tries there were.
        """
        return self._backend.release(lease, self._now() + _ms(delay), reason)

    def finish(self, lease: Lease, records: Iterable[StoredRecord] = ()) -> bool:
        """Store what came of a piece of work, and mark it done, for good.

        False, with nothing stored, where the lease is no longer ours: another worker has the work.
        On SQLite both happen or neither. On MongoDB the records come first: who is killed in between
        leaves work that is done again, to the same result.
        """
        results: dict[str, dict[str, Document]] = {}
        for record in records:
            document = to_document(record)[1]
            results.setdefault(record.collection, {})[document.key] = document
        ready = {name: list(documents.values()) for name, documents in results.items()}
        return self._backend.finish(lease, ready, self._now())

    def work_of(self, queue: str) -> WorkCounts:
        """How the work of one queue stands; all zero where there is none of that name."""
        return self._backend.queues(self._now()).get(queue, WorkCounts())

    def stats(self) -> Stats:
        """What the store holds, and how its work stands."""
        counts = {kind.collection: self._backend.count(kind.collection) for kind in STORED}
        dropped = {
            reason: count
            for reason, count in sorted(counts[ReadmeSample.collection].items(), key=str)
            if reason is not None
        }
        records = {collection: sum(found.values()) for collection, found in counts.items()}
        return Stats(self.address, records, dropped, self._backend.queues(self._now()))

    def _now(self) -> int:
        return _ms(self._clock())

    def _record(self, kind: type[Stored], key: str, text: str) -> Stored:
        try:
            return from_json(kind, text)
        except ValueError as error:
            raise StoreError(
                f"{key!r} in {kind.collection} of {self.address} is no {kind.__name__} of this Moxi: "
                f"{' '.join(str(error).split())[:300]}"
            ) from error


def open_store(settings: StoreSettings | None = None) -> Store:
    """The store of the settings, else of the environment and .env where one stands.

    A new one is made, an older one is brought up to date. Raises StoreError where that fails.
    """
    settings = settings or load_store_settings(Path())
    if settings.mongodb_uri:
        try:
            from moxi_core.stores.mongo import MongoBackend
        except ImportError as error:
            raise StoreError(
                "MONGODB_URI is set, and pymongo is not installed; run: pip install 'moxi-readme[mongo]'"
            ) from error
        return Store(MongoBackend(settings.mongodb_uri, settings.mongodb_db_name))
    from moxi_core.stores.sqlite import SqliteBackend

    return Store(SqliteBackend(settings.data_dir / FILE_NAME))


def insert_readme_samples(samples: Iterable[ReadmeSample], store: Store | None = None) -> int:
    """Add samples, or replace those of the same repo_url; how many were written."""
    with _opened(store) as opened:
        return opened.upsert(samples)


def find_readme_samples(
    skip: int = 0,
    limit: int | None = None,
    *,
    with_dropped: bool = False,
    store: Store | None = None,
) -> list[ReadmeSample]:
    """Samples in the order of repo_url, after the first `skip`; undropped ones unless asked."""
    with _opened(store) as opened:
        found = opened.stream(
            ReadmeSample,
            with_dropped=with_dropped,
            skip=skip,
            batch_size=BATCH if limit is None else max(1, min(limit, BATCH)),
        )
        return list(islice(found, limit))


def insert_sft_samples(samples: Iterable[SftSample], store: Store | None = None) -> int:
    """Add training samples, or replace those of the same id; how many were written."""
    with _opened(store) as opened:
        return opened.upsert(samples)


def export_sft_to_list(store: Store | None = None) -> list[dict[str, Any]]:
    """All training samples as plain dictionaries, in the order of their ids."""
    with _opened(store) as opened:
        return [json.loads(to_json(sample)) for sample in opened.stream(SftSample)]


def stream_sft_samples(batch_size: int = BATCH, store: Store | None = None) -> Iterator[SftSample]:
    """Training samples one by one, in the order of their ids; `batch_size` of them in memory."""
    with _opened(store) as opened:
        yield from opened.stream(SftSample, batch_size=batch_size)


def _opened(store: Store | None) -> AbstractContextManager[Store]:
    """The store that is given, which stays open, or the one of the settings for this block."""
    return nullcontext(store) if store else open_store()


def to_document(record: StoredRecord) -> tuple[str, Document]:
    """A record's collection, and the record as the backends take it.

    Raises RecordError for one that no store can hold.
    """
    repo_url = getattr(record, "repo_url", None)
    name = repo_url or record.key
    if not record.key:
        raise RecordError(f"A {type(record).__name__} without {record.key_field} cannot be stored.")
    try:
        text = to_json(record)
    except ValueError as error:
        raise RecordError(
            f"The record of {name} cannot be stored: {' '.join(str(error).split())[:300]}"
        ) from error
    document = Document(record.key, text, repo_url, getattr(record, "drop_reason", None))
    # An upper bound first: counting bytes takes a copy.
    if 4 * len(text) > MAX_DOCUMENT_BYTES and (size := len(text.encode())) > MAX_DOCUMENT_BYTES:
        raise too_large(document, size)
    return record.collection, document


def _batches(
    documents: Iterable[tuple[str, Document]], batch_size: int
) -> Iterator[dict[str, list[Document]]]:
    """Documents by collection, as many at a time as the size and the memory allow.

    Of two with the same key in a batch the later one counts.
    """
    batch: dict[tuple[str, str], Document] = {}
    size = 0
    for collection, document in documents:
        batch[collection, document.key] = document
        size += len(document.json)
        if len(batch) >= batch_size or size >= PAGE_BYTES:
            yield _by_collection(batch)
            batch, size = {}, 0
    if batch:
        yield _by_collection(batch)


def _by_collection(batch: dict[tuple[str, str], Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for (collection, _), document in batch.items():
        found.setdefault(collection, []).append(document)
    return found


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
