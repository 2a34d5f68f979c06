"""The one client of OpenAI-compatible servers: retries are the library's, answers are kept.

An answer is kept by all that decides it (model, parameters, messages), in one SQLite file: asking the
same again costs nothing, in this process or any other. A key is sent to the named server only.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from moxi_core.errors import (
    LlmCutOffError,
    LlmEmptyError,
    LlmError,
    LlmKeyError,
    LlmQuotaError,
    LlmRateError,
    LlmRefusalError,
    LlmServerError,
    LlmStopError,
    SettingsError,
)
from moxi_core.llm_cache import Answer, AnswerCache
from moxi_core.llm_endpoint import Endpoint, Question
from moxi_core.llm_prices import Budget, Price

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

__all__ = ["Endpoint", "Llm", "Question", "Tally", "answer_of"]

_OF_SOME = frozenset({"chat_template_kwargs"})  # fields that the library has no name for
_FOREIGN = "moxi_foreign"  # marks a response whose body is no chat completion


@dataclass(slots=True)
class Tally:
    """What was asked of a model, and what it took."""

    asked: int = 0  # requests that were not answered from what is kept
    kept: int = 0  # answers from what is kept
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None  # US dollars; None where the price is not known

    def add(self, answer: Answer, price: Price | None) -> None:
        """An answer that was paid for."""
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens
        if price and self.cost is not None:
            self.cost += price.cost(answer.prompt_tokens, answer.completion_tokens)


class Llm:
    """Asks one model; safe to use from several threads. A context manager."""

    def __init__(
        self, endpoint: Endpoint, cache: Path | None = None, *, budget: Budget | None = None
    ) -> None:
        self.endpoint = endpoint
        self.where = f"{endpoint.model!r} at {endpoint.base_url}"
        self.price = endpoint.price_of_tokens()
        if budget and not self.price:
            raise SettingsError(f"The price of {self.where} is not known; give it with --price.")
        self.tally = Tally(cost=0.0 if self.price else None)
        self.kept = AnswerCache(cache) if cache else None
        self.budget = budget
        self._stopped: LlmStopError | None = None
        self._lock = threading.Lock()
        self.client = _client(endpoint, self._may_send, _told_apart)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        if self.kept:
            self.kept.close()

    @property
    def asked(self) -> int:
        """Requests that were not answered from what is kept."""
        return self.tally.asked

    def complete(self, messages: Sequence[Mapping[str, str]], *, max_tokens: int) -> str:
        """The answer to some messages, cut off or not. Raises LlmError in one sentence."""
        return self.said(Question(messages=tuple(messages), max_tokens=max_tokens)).text

    def said(self, question: Question) -> Answer:
        """The answer to a question, cut off or not. Raises LlmError in one sentence."""
        answer = self._answer(question, again_if_empty=True)
        return answer if answer.ending == "length" and answer.text else self._whole(answer)

    def ask(self, question: Question) -> Answer:
        """The answer to a question, whole. Raises LlmError in one sentence."""
        return self._whole(self._answer(question))

    def kept_answer(self, question: Question) -> Answer | None:
        """The answer if it is kept. Raises LlmError where it is a refusal, or was cut off."""
        kept = self.kept.get(self.endpoint.key(question)) if self.kept else None
        return kept and self._whole(kept)

    def is_kept(self, key: str) -> bool:
        """Whether an answer is kept, of whatever ending."""
        return self.kept is not None and self.kept.get(key) is not None

    def stop(self) -> None:
        """Send nothing more, retries included; what is under way may end."""
        self._stopped = self._stopped or LlmStopError("Stopped; what was answered is kept.")

    def take(self, key: str, answer: Answer, *, batch: bool = False) -> None:
        """Count an answer that was paid for, at half the price in a batch, and keep it."""
        price = self.price.half() if self.price and batch else self.price
        with self._lock:
            self.tally.add(answer, price)
        if self.kept:
            self.kept.put(key, answer)

    def _whole(self, answer: Answer) -> Answer:
        if answer.ending == "refusal":
            raise LlmRefusalError(f"{self.where} refuses to answer.")
        if answer.ending == "length":
            raise LlmCutOffError(f"{self.where} did not come to an end; the answer is cut off.")
        if not answer.text.strip():
            raise LlmEmptyError(f"{self.where} gives an empty answer.")
        return answer

    def _answer(self, question: Question, *, again_if_empty: bool = False) -> Answer:
        key = self.endpoint.key(question)
        kept = self.kept.get(key) if self.kept else None
        if kept is not None and (kept.text.strip() or not again_if_empty):
            with self._lock:
                self.tally.kept += 1
            return kept
        with self._paid(question) as costs:
            answer = self._send(self.endpoint.body(question))
            costs.append(answer)
        self.take(key, answer)
        return answer

    @contextmanager
    def _paid(self, question: Question) -> Iterator[list[Answer]]:
        """Within the budget; what is put into the list is what was answered."""
        answers: list[Answer] = []
        if self.budget is None or self.price is None:
            yield answers
            return
        price = self.price
        reserved = self.budget.reserve(price.cost(question.prompt_tokens(), question.max_tokens))
        try:
            yield answers
        finally:
            cost = sum(price.cost(a.prompt_tokens, a.completion_tokens) for a in answers)
            # Where a server tells no tokens, what was reserved is the best that is known.
            self.budget.settle(reserved, cost or (reserved if answers else 0.0))

    def _send(self, body: dict[str, object]) -> Answer:
        import openai

        with self._lock:
            if self._stopped:
                raise type(self._stopped)(str(self._stopped))
            self.tally.asked += 1
        try:
            of: Any = self.client.completions if "prompt" in body else self.client.chat.completions
            known = {name: value for name, value in body.items() if name not in _OF_SOME}
            made = of.with_raw_response.create(
                **known, extra_body={name: body[name] for name in _OF_SOME & body.keys()}
            )
            return answer_of(json.loads(made.http_response.content))
        except openai.OpenAIError as error:
            told = self.told(error)
            if isinstance(told, LlmStopError):
                self._stopped = self._stopped or told
            raise told from error

    def told(self, error: Exception) -> LlmError:
        """What went wrong, in one sentence that holds nothing of the request."""
        import openai

        where = self.where
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return LlmKeyError(f"{where} refuses the key; set OPENAI_API_KEY to a valid one.")
            case openai.NotFoundError():
                return LlmStopError(f"{where} is not there; check the model's name and --base-url.")
            case openai.RateLimitError() if error.type == "insufficient_quota":
                return LlmQuotaError(
                    f"{where} has no quota left for this key; what was answered is kept."
                )
            case openai.RateLimitError():
                return LlmRateError(f"{where} allows no more requests now; run it again later.")
            case openai.APIStatusError() if error.response.extensions.get(_FOREIGN):
                return LlmServerError(f"{where} answers in a form that is none of its kind.")
            case openai.APIStatusError():
                why = " ".join(str(part) for part in (error.code, error.param) if part)[:100]
                told = f"{where} answers with status {error.status_code}{why and f' ({why})'}."
                return LlmServerError(told) if error.status_code >= 500 else LlmError(told)
            case openai.APITimeoutError():
                return LlmServerError(f"{where} does not answer in {self.endpoint.timeout_s:g} s.")
            case openai.APIConnectionError():
                return LlmServerError(f"{where} cannot be reached; is the server running?")
            case _ if self._stopped:
                return type(self._stopped)(str(self._stopped))
        return LlmServerError(f"{where} fails in a way that is not known.")

    def _may_send(self, _: httpx2.Request) -> None:
        """Called before each request and each retry."""
        if self._stopped:
            import openai

            raise openai.OpenAIError(str(self._stopped))


def answer_of(body: Any) -> Answer:
    """The answer in a completion, of a chat or a text. Raises LookupError, TypeError or ValueError for others."""
    choice = body["choices"][0]
    message = choice["message"] if "message" in choice else {"content": choice["text"]}
    reason = choice.get("finish_reason")
    usage = body.get("usage") or {}
    text = message.get("content") or ""
    if not isinstance(text, str):
        raise TypeError("an answer is text")
    refused = message.get("refusal") or reason == "content_filter"
    return Answer(
        text=text,
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        ending="refusal" if refused else "length" if reason == "length" else "stop",
    )


def _told_apart(response: httpx2.Response) -> None:
    """Tell the library what is worth a retry, where the status alone misleads."""
    if response.status_code == 429 and b"insufficient_quota" in response.read():
        response.headers["x-should-retry"] = "false"  # a quota that is used up, not a busy server
    if response.status_code == 200 and response.request.url.path.endswith("/completions"):
        try:
            answer_of(json.loads(response.read()))
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
            response.extensions[_FOREIGN] = True
            response.status_code = 502  # what a proxy says of a server that talks nonsense


def _client(
    endpoint: Endpoint,
    before: Callable[[httpx2.Request], None],
    after: Callable[[httpx2.Response], None],
) -> OpenAI:
    try:
        from openai import DefaultHttpxClient, OpenAI
    except ImportError as error:
        raise LlmError(
            "Asking a model needs the openai package; run: pip install 'moxi-readme[llm]'"
        ) from error
    return OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        timeout=endpoint.timeout_s,
        max_retries=endpoint.retries,
        http_client=DefaultHttpxClient(event_hooks={"request": [before], "response": [after]}),
    )
