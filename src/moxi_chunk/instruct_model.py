"""Instructions from a model: in groups, several at a time, only what is missing asked again.

What was answered is kept by the client, so that a run that was ended asks only for the rest.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from moxi_chunk.instruct import MODEL, Failure, Instruction, Request
from moxi_chunk.instruct_prompt import TRIES, Item, question, read
from moxi_core.errors import LlmError, LlmRateError, LlmServerError, LlmStopError
from moxi_core.llm import Endpoint, Llm, Question
from moxi_core.llm_batch import Batches
from moxi_core.llm_cache import Answer, AnswerCache

BATCH_SIZE = 3
_MOST_IN_A_ROW = 5  # groups that the server fails for; it is down then
_EXPECTED_TOKENS = 70  # of an item of an answer
_NOT_IN_BATCH = "the batch brought none"

Group = Sequence[Request]


@dataclass(slots=True)
class _Outcome:
    """What became of a group; `down` where the server failed, retries included."""

    results: list[Instruction | Failure]
    again: Counter[str] = field(default_factory=Counter)  # why something was asked again
    down: LlmError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would take, were no answer asked for again. `cost` is None where no price is known."""

    sections: int = 0
    requests: int = 0
    kept: int = 0  # requests whose answer is kept
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None


class Instructor:
    """Asks a model for instructions; what was asked again and what failed is counted by its reason.

    With `kept_only` nothing is asked: what a batch has brought is all there is.
    """

    def __init__(
        self,
        llm: Llm,
        *,
        batch_size: int = BATCH_SIZE,
        jobs: int = 4,
        min_score: int = 1,
        kept_only: bool = False,
    ) -> None:
        self._llm = llm
        self._size = batch_size
        self._jobs = jobs
        self._min_score = min_score
        self._kept_only = kept_only
        self._source = MODEL + llm.endpoint.model
        self.again: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def instructions(self, requests: Iterable[Request]) -> Iterator[Instruction | Failure]:
        """One result for each request, in their order; a few groups are in memory at a time.

        Raises LlmStopError where asking on is of no use, after results for all that was under way.
        A consumer that stops early stops the client too: nothing more is asked.
        """
        stops: list[LlmStopError] = []
        in_a_row = 0
        is_done = False
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="instruct")
        try:
            for group, future in self._window(pool, requests, lambda: not stops):
                try:
                    outcome = future.result()
                except LlmStopError as error:
                    stops.append(error)
                    outcome = _Outcome([Failure(id=one.id, reason=str(error)) for one in group])
                in_a_row = in_a_row + 1 if outcome.down and not self._kept_only else 0
                if in_a_row == _MOST_IN_A_ROW:
                    stops.append(LlmStopError(f"{in_a_row} times in a row: {outcome.down}"))
                    self._llm.stop()
                yield from self._counted(outcome)
            is_done = True
        finally:
            if not is_done:
                self._llm.stop()
            pool.shutdown(wait=True, cancel_futures=True)
        if stops:
            raise stops[0]

    def missing(self, requests: Iterable[Request]) -> Iterator[Question]:
        """What would be asked next, going by the answers that are kept."""
        for group in groups(requests, self._size):
            rounds = self._rounds(group)
            asked = next(rounds)
            while True:
                answers = [self._kept(one) for one in asked]
                unanswered = [one for one, kept in zip(asked, answers, strict=True) if kept is None]
                if unanswered:
                    yield from unanswered
                    break
                try:
                    asked = rounds.send([answer for answer in answers if answer is not None])
                except StopIteration:
                    break

    def fetch(self, requests: Callable[[], Iterable[Request]], batches: Batches) -> Counter[str]:
        """Have all of it answered by the Batch API, what is malformed again; what failed there.

        The requests are read once for each of the rounds.
        """
        failed: Counter[str] = Counter()
        for _ in range(TRIES):
            failed = batches.fetch(self.missing(requests()))
        return failed

    def _window(
        self, pool: ThreadPoolExecutor, requests: Iterable[Request], go_on: Callable[[], bool]
    ) -> Iterator[tuple[Group, Future[_Outcome]]]:
        """Groups under way, in order: enough to keep all busy, few enough for any input."""
        window: deque[tuple[Group, Future[_Outcome]]] = deque()
        for group in groups(requests, self._size):
            if not go_on():
                break
            window.append((group, pool.submit(self._outcome, group)))
            if len(window) >= self._jobs * 3:
                yield window.popleft()
        while window:
            yield window.popleft()

    def _counted(self, outcome: _Outcome) -> Iterator[Instruction | Failure]:
        self.again += outcome.again
        for result in outcome.results:
            if isinstance(result, Failure):
                self.failed[result.reason] += 1
            yield result

    def _outcome(self, group: Group) -> _Outcome:
        """All rounds for one group."""
        rounds = self._rounds(group)
        asked = next(rounds)
        while True:
            try:
                asked = rounds.send([self._answer(one) for one in asked])
            except StopIteration as end:
                outcome: _Outcome = end.value
                return outcome

    def _answer(self, asked: Question) -> Answer | LlmError:
        if self._kept_only:
            return self._kept(asked) or LlmServerError(_NOT_IN_BATCH)
        try:
            return self._llm.ask(asked)
        except LlmStopError:
            raise
        except LlmError as error:
            return error

    def _kept(self, asked: Question) -> Answer | LlmError | None:
        try:
            return self._llm.kept_answer(asked)
        except LlmError as error:
            return error

    def _rounds(self, group: Group) -> Generator[list[Question], list[Answer | LlmError], _Outcome]:
        """The questions of each round, given the answers of the last: all at once, then one by one."""
        outcome = _Outcome([])
        answer = (yield [question(group)])[0]
        found = read(answer, group)
        outcome.down = _down(answer)
        for attempt in range(2, TRIES + 1):
            todo = [(n, one) for n, one in enumerate(found) if isinstance(one, str)]
            if not todo or outcome.down:
                break
            outcome.again.update(why for _, why in todo)
            answers = yield [question([group[n]], attempt, why) for n, why in todo]
            for (n, _), one in zip(todo, answers, strict=True):
                (found[n],) = read(one, [group[n]])
                outcome.down = outcome.down or _down(one)
        outcome.results = [
            self._result(request, one) for request, one in zip(group, found, strict=True)
        ]
        return outcome

    def _result(self, request: Request, found: Item | str) -> Instruction | Failure:
        if isinstance(found, str):
            return Failure(id=request.id, reason=found)
        if found.score < self._min_score:
            return Failure(id=request.id, reason=f"score {found.score} of 5")
        return Instruction(id=request.id, text=found.text, source=self._source, score=found.score)


def _down(answer: Answer | LlmError) -> LlmError | None:
    """The error where the server failed, and not the model: its retries are used up already."""
    return answer if isinstance(answer, LlmServerError | LlmRateError) else None


def groups(requests: Iterable[Request], size: int) -> Iterator[list[Request]]:
    """Neighbours of one project, at most `size`: what other projects there are changes no group."""
    for _, same in groupby(requests, key=lambda one: (one.project, one.input.file_tree)):
        while group := list(islice(same, size)):
            yield group


def estimate(
    requests: Iterable[Request],
    endpoint: Endpoint,
    cache: Path | None = None,
    *,
    batch_size: int = BATCH_SIZE,
    batch: bool = False,
) -> Estimate:
    """What asking for instructions would take, by the answers that are kept already; asks nothing."""
    kept_answers = AnswerCache(cache) if cache and cache.exists() else None
    sections = asked = kept = sent = answered = 0
    for group in groups(requests, batch_size):
        sections += len(group)
        one = question(group)
        if kept_answers and kept_answers.get(endpoint.key(one)):
            kept += 1
            continue
        asked += 1
        sent += one.prompt_tokens()
        answered += _EXPECTED_TOKENS * len(group)
    if kept_answers:
        kept_answers.close()
    price = endpoint.price_of_tokens()
    price = price.half() if price and batch else price
    return Estimate(
        sections=sections,
        requests=asked,
        kept=kept,
        prompt_tokens=sent,
        completion_tokens=answered,
        cost=price.cost(sent, answered) if price else None,
    )
