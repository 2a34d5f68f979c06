"""The Batch API: many questions in one file, answered within a day, at half the price.

What was sent is remembered beside the answers, before it is sent: a run that ends in between goes on
waiting for the same batch in the next one, and pays once.
"""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from moxi_core.errors import LlmError, LlmQuotaError, LlmStopError
from moxi_core.llm import Llm, Question, answer_of
from moxi_core.llm_cache import AnswerCache
from moxi_core.llm_prices import Price

if TYPE_CHECKING:
    from openai.types import Batch

MOST_REQUESTS = 50_000  # OpenAI's limits of one file
MOST_BYTES = 190_000_000
_OVER = frozenset({"completed", "failed", "expired", "cancelled"})
_PATH: Final = "/v1/chat/completions"
_TAG = "moxi"  # the metadata by which a batch is found again
_GONE_AFTER_S = 2 * 86_400


class _Sent(NamedTuple):
    """A batch: our name of it, the server's ("" where it was not told), and when it was sent."""

    tag: str
    batch_id: str
    created: float


class _Asked(NamedTuple):
    """What one file of requests asks, and what it may cost at most."""

    keys: set[str]
    most_cost: float


class Batches:
    """Has questions answered by the Batch API, into the file of answers. Waits until all are."""

    def __init__(
        self, llm: Llm, *, poll_s: float = 30.0, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        if llm.kept is None:
            raise LlmError("A batch needs a file that keeps its answers; name one.")
        self._llm = llm
        self._ledger = _Ledger(llm.kept, llm.endpoint.base_url)
        self._poll_s = poll_s
        self._tell = tell
        self._reserved: dict[str, float] = {}

    def fetch(self, questions: Iterable[Question]) -> Counter[str]:
        """Have those answered that are not kept; what failed, counted by its reason.

        Batches of earlier runs are waited for first. Raises LlmError where the server refuses.
        """
        failed: Counter[str] = Counter()
        for sent in self._ledger.open():
            if not sent.batch_id:
                self._find(sent)
        self._send(questions)
        while waiting := self._ledger.open():
            for sent in waiting:
                failed += self._look(sent)
            if self._ledger.open():
                time.sleep(self._poll_s)
        return failed

    def _find(self, sent: _Sent) -> None:
        """A batch that was sent, its answer not heard: it is there under our name, or it is not."""
        with self._errors():
            for batch in self._llm.client.batches.list(limit=100):
                if (batch.metadata or {}).get(_TAG) == sent.tag:
                    self._ledger.name(sent.tag, batch.id)
                    return
                if batch.created_at < sent.created - 3_600:
                    break
        self._ledger.drop(sent.tag)

    def _send(self, questions: Iterable[Question]) -> None:
        """Send what is neither kept nor under way, in files within the limits."""
        todo = self._open(questions)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "questions.jsonl")
            while asked := self._write(place, todo):
                tag = uuid.uuid4().hex
                if self._llm.budget:
                    cost = self._llm.budget.reserve(asked.most_cost, wait=False)
                    self._reserved[tag] = cost
                self._ledger.begin(tag, asked.keys)
                self._create(place, tag)
                self._llm.tally.asked += len(asked.keys)
                self._tell(f"a batch of {len(asked.keys):,} requests is sent")

    def _open(self, questions: Iterable[Question]) -> Iterator[tuple[str, Question]]:
        """Questions with their keys, those left out whose answer is here or on its way."""
        for question in questions:
            key = self._llm.endpoint.key(question)
            if not self._llm.is_kept(key) and not self._ledger.holds(key):
                yield key, question

    def _write(self, place: Path, todo: Iterator[tuple[str, Question]]) -> _Asked | None:
        """Write one file of requests; None where there are no more."""
        price = self._llm.price.half() if self._llm.price else Price(0, 0)
        keys: set[str] = set()
        cost = 0.0
        with place.open("wb") as file:
            for key, question in todo:
                if key in keys:
                    continue
                body = self._llm.endpoint.body(question)
                row = {"custom_id": key, "method": "POST", "url": _PATH, "body": body}
                file.write(json.dumps(row).encode() + b"\n")
                keys.add(key)
                cost += price.cost(question.prompt_tokens(), question.max_tokens)
                if len(keys) >= MOST_REQUESTS or file.tell() >= MOST_BYTES:
                    break
        return _Asked(keys, cost) if keys else None

    def _create(self, place: Path, tag: str) -> None:
        with self._errors():
            client = self._llm.client
            with place.open("rb") as file:
                uploaded = client.files.create(file=file, purpose="batch")
            # Not tried again by the library: a batch whose answer got lost would be paid twice.
            batch = client.with_options(max_retries=0).batches.create(
                input_file_id=uploaded.id,
                endpoint=_PATH,
                completion_window="24h",
                metadata={_TAG: tag},
            )
        self._ledger.name(tag, batch.id)

    def _look(self, sent: _Sent) -> Counter[str]:
        """Take the answers of a batch that is over."""
        import openai

        try:
            with self._errors():
                batch = self._llm.client.batches.retrieve(sent.batch_id)
        except LlmStopError as error:
            is_gone = isinstance(error.__cause__, openai.NotFoundError)
            if is_gone and time.time() - sent.created > _GONE_AFTER_S:
                self._ledger.drop(sent.tag)
                return Counter({"the batch is no longer there": 1})
            raise
        if batch.status not in _OVER:
            done = batch.request_counts
            self._tell(
                f"{batch.id}: {batch.status}" + (f", {done.completed:,} done" if done else "")
            )
            return Counter()
        failed: Counter[str] = Counter()
        before = self._llm.tally.cost or 0.0
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            failed += self._take(file_id)
        self._settle(sent.tag, (self._llm.tally.cost or 0.0) - before)
        self._ledger.drop(sent.tag)
        if batch.status == "failed":
            raise self._refused(batch)
        return failed

    def _settle(self, tag: str, cost: float) -> None:
        if self._llm.budget is None:
            return
        if tag in self._reserved:
            self._llm.budget.settle(self._reserved.pop(tag), cost)
        else:
            self._llm.budget.charge(cost)

    def _take(self, file_id: str) -> Counter[str]:
        """Keep the answers of a file of results; what is none, by its reason."""
        failed: Counter[str] = Counter()
        with (
            self._errors(),
            self._llm.client.files.with_streaming_response.content(file_id) as response,
        ):
            for line in response.iter_lines():
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                    told = row.get("response") or {}
                    if told.get("status_code") == 200:
                        self._llm.take(row["custom_id"], answer_of(told["body"]), batch=True)
                    else:
                        failed[_reason(row)] += 1
                except (AttributeError, LookupError, TypeError, ValueError):
                    failed["a line that is no answer"] += 1
        return failed

    def _refused(self, batch: Batch) -> LlmError:
        codes = [str(error.code) for error in (batch.errors and batch.errors.data) or ()]
        why = codes[0] if codes else "no reason is given"
        told = f"{self._llm.where} refuses the batch {batch.id}: {why}."
        return LlmQuotaError(told) if "quota" in why or "billing" in why else LlmError(told)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        import openai

        try:
            yield
        except openai.OpenAIError as error:
            raise self._llm.told(error) from error


def _reason(row: dict[str, Any]) -> str:
    """Why a request of a batch has no answer, in a word."""
    told = row.get("response") or {}
    body = told.get("body") or {}
    error = row.get("error") or body.get("error") or {}
    return str(error.get("code") or error.get("type") or f"status {told.get('status_code')}")[:60]


class _Ledger:
    """What was sent and is not over, in the file of answers."""

    def __init__(self, kept: AnswerCache, base_url: str) -> None:
        self._kept = kept
        self._base_url = base_url
        with kept.writing() as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS batches"
                " (tag TEXT PRIMARY KEY, batch_id TEXT, base_url TEXT, created REAL)"
            )
            db.execute("CREATE TABLE IF NOT EXISTS batch_requests (key TEXT PRIMARY KEY, tag TEXT)")

    def open(self) -> list[_Sent]:
        """All that are not over, oldest first."""
        with self._kept.writing() as db:
            rows = db.execute(
                "SELECT tag, batch_id, created FROM batches WHERE base_url = ? ORDER BY created",
                (self._base_url,),
            ).fetchall()
        return [_Sent(*row) for row in rows]

    def begin(self, tag: str, keys: Iterable[str]) -> None:
        """A batch that is about to be sent, and what it asks."""
        with self._kept.writing() as db:
            row = (tag, "", self._base_url, time.time())
            db.execute("INSERT INTO batches VALUES (?, ?, ?, ?)", row)
            rows = ((key, tag) for key in keys)
            db.executemany("INSERT OR REPLACE INTO batch_requests VALUES (?, ?)", rows)

    def holds(self, key: str) -> bool:
        """Whether a request is under way."""
        with self._kept.writing() as db:
            found = db.execute("SELECT 1 FROM batch_requests WHERE key = ?", (key,)).fetchone()
        return found is not None

    def name(self, tag: str, batch_id: str) -> None:
        """The server's name of a batch."""
        with self._kept.writing() as db:
            db.execute("UPDATE batches SET batch_id = ? WHERE tag = ?", (batch_id, tag))

    def drop(self, tag: str) -> None:
        """A batch that is over."""
        with self._kept.writing() as db:
            db.execute("DELETE FROM batch_requests WHERE tag = ?", (tag,))
            db.execute("DELETE FROM batches WHERE tag = ?", (tag,))
