"""What a backend of the store does: keeps documents by key, and shares out work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from moxi_core.errors import RecordError, StoreError

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024  # MongoDB's limit; kept by all, so that all hold the same
PAGE_BYTES = 8 * 1024 * 1024  # a page ends with the document that reaches this


class Document(NamedTuple):
    """A record as the backends see it: its JSON, and what they look it up by."""

    key: str
    json: str
    repo_url: str | None = None
    drop_reason: str | None = None


class Lease(NamedTuple):
    """A piece of work that is ours until `until` (milliseconds since 1970).

    `token` is new with each lease: whoever lost it can no longer renew, release or finish.
    """

    queue: str
    key: str
    owner: str
    token: str
    tries: int
    until: int
    reason: str = ""  # why it was released the last time


class Query(NamedTuple):
    """Which documents of a collection to take, in the order of their keys."""

    after: str | None = None
    repo_url: str | None = None
    with_dropped: bool = True
    skip: int = 0


class WorkCounts(NamedTuple):
    """How the work of a queue stands."""

    waiting: int = 0
    leased: int = 0
    done: int = 0


class Backend(Protocol):
    """Keeps documents and work. Every call can be repeated after a failure, to the same effect.

    Times are milliseconds since 1970, given by the caller. Failures are StoreErrors in one sentence.
    """

    @property
    def address(self) -> str:
        """Where the data is, for people; without any password."""

    def write(self, collection: str, documents: Sequence[Document]) -> None:
        """Add documents, or replace those of the same key; all of them in one go."""

    def read(self, collection: str, key: str) -> str | None:
        """The JSON of one document."""

    def page(self, collection: str, query: Query, limit: int) -> list[Document]:
        """The next documents, at most `limit`; fewer where they are large, none at the end."""

    def count(self, collection: str) -> dict[str | None, int]:
        """How many documents there are, by drop reason."""

    def remove(self, collection: str, repo_url: str) -> int:
        """Forget the documents of a repository; how many there were."""

    def enqueue(self, queue: str, keys: Sequence[str], *, again: bool) -> None:
        """Add work; what is known stays as it is, but `again` opens what is done."""

    def lease(self, queue: str, owner: str, token: str, now: int, until: int) -> Lease | None:
        """The free piece of work that waits longest, made ours; None where none is free."""

    def renew(self, lease: Lease, until: int) -> bool:
        """Keep a lease for longer; False where it is no longer ours."""

    def release(self, lease: Lease, free_at: int, reason: str) -> bool:
        """Give work back, to be taken again from `free_at` on; False where it is not ours."""

    def finish(self, lease: Lease, results: dict[str, list[Document]], now: int) -> bool:
        """Write what came of the work, and mark it done; False, and nothing, if it is not ours."""

    def queues(self, now: int) -> dict[str, WorkCounts]:
        """All queues, and how their work stands."""

    def close(self) -> None:
        """Let go of files and connections."""


def require_known(applied: Sequence[str], known: Sequence[str], address: str) -> None:
    """Refuse a store that a newer Moxi has changed."""
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise StoreError(
            f"The store {address!r} was changed by a newer Moxi ({unknown[0]!r}); upgrade this one."
        )


def too_large(document: Document, size: int) -> RecordError:
    """The refusal of a document that is larger than any store takes, with its repository's name."""
    return RecordError(
        f"The record of {document.repo_url or document.key} takes {size / 2**20:.1f} MB; a store "
        f"takes at most {MAX_DOCUMENT_BYTES / 2**20:.0f} MB."
    )
