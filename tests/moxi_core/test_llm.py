"""The one client: what it sends, keeps, counts and refuses. Against a server on this machine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moxi_core.errors import (
    LlmBudgetError,
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
from moxi_core.llm import Endpoint, Llm, Question
from moxi_core.llm_cache import AnswerCache
from moxi_core.llm_prices import Budget, Price, least_effort, parse_price, price_of
from tests.moxi_core.model_server import ModelServer, Reply, failed, said, serving

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with serving(lambda asked: said(f"You said {asked['messages'][0]['content']}.")) as server:
        yield server


def llm(server: ModelServer, folder: Path, budget: Budget | None = None, /, **fields: Any) -> Llm:
    given: dict[str, Any] = {
        "model": "m",
        "base_url": server.url,
        "api_key": "sk-k",
        "retries": 0,
    } | fields
    return Llm(Endpoint(**given), folder / "answers.sqlite3", budget=budget)


def question(text: str = "x", **fields: Any) -> Question:
    return Question(messages=({"role": "user", "content": text},), max_tokens=20, **fields)


def test_a_schema_is_sent_strictly(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        asked.ask(question(schema=SCHEMA))
    sent = model.requests[0]
    schema = {"name": "answer", "strict": True, "schema": SCHEMA}
    assert sent["response_format"] == {"type": "json_schema", "json_schema": schema}
    assert (sent["max_tokens"], sent["temperature"]) == (20, 0.0)


@pytest.mark.parametrize(
    ("name", "effort", "temperature"),
    [
        ("gpt-6-luna", "none", None),
        ("openai/gpt-5-mini-2025-08-07", "minimal", None),
        ("gpt-4.1-mini", None, 0.0),
        ("o3", None, None),
    ],
)
def test_models_of_openai_are_asked_as_they_want_it(
    model: ModelServer, tmp_path: Path, name: str, effort: str | None, temperature: float | None
) -> None:
    with llm(model, tmp_path, model=name) as asked:
        asked.ask(question())
    sent = model.requests[0]
    assert sent["max_completion_tokens"] == 20 and "max_tokens" not in sent
    assert (sent.get("reasoning_effort"), sent.get("temperature")) == (effort, temperature)


def test_other_models_are_asked_in_the_older_way(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path, model="openai/gpt-oss-20b") as asked:
        asked.ask(question())
    assert "max_tokens" in model.requests[0] and "reasoning_effort" not in model.requests[0]


def test_what_was_answered_is_kept_with_what_it_took(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path, price=Price(1.0, 3.0)) as asked:
        assert asked.ask(question()).text == "You said x."
        tally = asked.tally
        assert (tally.asked, tally.kept, tally.prompt_tokens, tally.completion_tokens) == (
            1,
            0,
            10,
            10,
        )
        assert tally.cost == pytest.approx(40 / 1_000_000)
    with llm(model, tmp_path, price=Price(1.0, 3.0)) as asked:
        answer = asked.ask(question())
        assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == (
            "You said x.",
            10,
            10,
        )
        assert (asked.tally.asked, asked.tally.kept, asked.tally.cost) == (0, 1, 0.0)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"model": "n"},
        {"effort": "low"},
    ],
)
def test_another_model_or_effort_is_another_question(
    model: ModelServer, tmp_path: Path, other: dict[str, Any]
) -> None:
    none: dict[str, Any] = {}
    for fields in (none, other):
        with llm(model, tmp_path, **fields) as asked:
            asked.ask(question())
            asked.ask(question(schema=SCHEMA))
    assert len(model.requests) == 4


def test_a_file_of_an_earlier_version_is_read(model: ModelServer, tmp_path: Path) -> None:
    place = tmp_path / "answers.sqlite3"
    key = Endpoint(model="m").key(question())
    with sqlite3.connect(place) as db:
        db.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, text TEXT)")
        db.execute("INSERT INTO answers VALUES (?, 'Kept.')", (key,))
    db.close()
    with llm(model, tmp_path) as asked:
        assert asked.complete([{"role": "user", "content": "x"}], max_tokens=20) == "Kept."
        asked.ask(question("y"))
    assert len(model.requests) == 1


def test_a_file_of_answers_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    places = [tmp_path / f"{number}.sqlite3" for number in range(5)]
    errors: list[Exception] = []

    def opened(place: Path) -> None:
        try:
            AnswerCache(place).close()
        except LlmError as error:
            errors.append(error)

    threads = [threading.Thread(target=opened, args=(place,)) for place in places * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_a_refusal_and_a_cut_off_are_told_and_kept(model: ModelServer, tmp_path: Path) -> None:
    model.script = [
        said(None, refusal="No."),
        said("half", finish="length"),
        said("", finish="content_filter"),
    ]
    for _ in range(2):
        with llm(model, tmp_path) as asked:
            with pytest.raises(LlmRefusalError, match="refuses to answer"):
                asked.ask(question("a"))
            with pytest.raises(LlmCutOffError, match="cut off"):
                asked.ask(question("b"))
            with pytest.raises(LlmRefusalError):
                asked.ask(question("c"))
            assert asked.complete([{"role": "user", "content": "b"}], max_tokens=20) == "half"
    assert len(model.requests) == 3, "what was paid for is not asked for again"


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (failed(401), LlmKeyError, "OPENAI_API_KEY"),
        (failed(403), LlmKeyError, "OPENAI_API_KEY"),
        (failed(404), LlmStopError, "is not there"),
        (failed(429), LlmRateError, "no more requests"),
        (failed(429, "insufficient_quota"), LlmQuotaError, "no quota left"),
        (failed(400, "context_length_exceeded"), LlmError, "context_length_exceeded"),
        (failed(503), LlmServerError, "503"),
        (Reply(b"<html>"), LlmServerError, "none of its kind"),
        (Reply(b'"text"'), LlmServerError, "none of its kind"),
        (Reply(b"[]"), LlmServerError, "none of its kind"),
        (Reply(b'{"choices": [{"message": null}]}'), LlmServerError, "none of its kind"),
        (said(" "), LlmEmptyError, "empty"),
        (Reply(delay_s=1.0), LlmServerError, "does not answer in 0.3 s"),
    ],
)  # fmt: skip
def test_each_failure_has_its_error(
    model: ModelServer, tmp_path: Path, reply: Reply, error: type[LlmError], told: str
) -> None:
    model.script = [reply]
    with llm(model, tmp_path, timeout_s=0.3) as asked:
        with pytest.raises(LlmError, match=told) as caught:
            asked.ask(question("secret"))
        assert type(caught.value) is error
        assert "secret" not in str(caught.value) and "sk-" not in str(caught.value)


def test_the_server_says_when_to_ask_again(model: ModelServer, tmp_path: Path) -> None:
    model.script = [failed(429, Retry_After="1.5")]
    begun = time.monotonic()
    with llm(model, tmp_path, retries=1) as asked:
        asked.ask(question())
    assert 1.4 < time.monotonic() - begun < 3.0
    model.script = [failed(503, retry_after_ms="20"), failed(500, retry_after_ms="20")]
    begun = time.monotonic()
    with llm(model, tmp_path, retries=2) as asked:
        asked.ask(question("y"))
    assert time.monotonic() - begun < 0.4


def test_garbage_is_a_failure_of_the_server(model: ModelServer, tmp_path: Path) -> None:
    model.script = [Reply(b"\x00"), Reply(b"{}"), Reply(b"[" * 100_000)]
    with llm(model, tmp_path, retries=3) as asked:
        assert asked.ask(question()).text == "You said x."
    assert len(model.requests) == 4


def test_a_quota_that_is_used_up_ends_it_at_once(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path, retries=5) as asked:
        asked.ask(question("a"))
        model.script = [failed(429, "insufficient_quota")]
        with pytest.raises(LlmQuotaError):
            asked.ask(question("b"))
        with pytest.raises(LlmQuotaError):
            asked.ask(question("c"))
        assert asked.ask(question("a")).text == "You said a.", "what is kept still counts"
    assert len(model.requests) == 2


def test_stop_ends_the_retries_under_way(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda _: failed(503, retry_after_ms="50")
    with llm(model, tmp_path, retries=1_000) as asked:
        threading.Timer(0.3, asked.stop).start()
        with pytest.raises(LlmStopError, match="Stopped"):
            asked.ask(question())
    assert len(model.requests) < 20


def test_a_budget_refuses_before_it_is_exceeded(model: ModelServer, tmp_path: Path) -> None:
    price = Price(1_000.0, 1_000.0)  # each answer costs 2 cents, and may cost more
    budget = Budget(0.1)
    with llm(model, tmp_path, budget, price=price) as asked:
        with pytest.raises(LlmBudgetError, match="raise --max-cost"):
            for number in range(20):
                asked.ask(question(str(number)))
        assert 0.06 <= budget.spent <= 0.1
        assert asked.tally.cost == pytest.approx(budget.spent)
        assert asked.ask(question("0")).text == "You said 0."
    assert len(model.requests) == round(budget.spent / 0.02)


def test_a_budget_holds_with_many_at_once(model: ModelServer, tmp_path: Path) -> None:
    budget = Budget(0.1)
    with llm(model, tmp_path, budget, price=Price(1_000.0, 1_000.0)) as asked:
        refused: list[LlmBudgetError] = []

        def ask(number: int) -> None:
            try:
                asked.ask(question(str(number)))
            except LlmBudgetError as error:
                refused.append(error)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert 0.06 <= budget.spent <= 0.1
    assert len(refused) == 12 - len(model.requests)


def test_what_failed_costs_nothing(model: ModelServer, tmp_path: Path) -> None:
    budget = Budget(1.0)
    model.script = [failed(500), Reply(b"x")]
    with llm(model, tmp_path, budget, price=Price(1_000.0, 1_000.0)) as asked:
        for _ in range(2):
            with pytest.raises(LlmError):
                asked.ask(question())
    assert budget.spent == 0.0


def test_a_budget_needs_a_price(model: ModelServer, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--price"):
        llm(model, tmp_path, Budget(1.0))


def test_prices_are_those_of_openai() -> None:
    assert price_of("gpt-6-luna") == Price(0.10, 0.50)
    assert price_of("gpt-5.4-mini-2026-03-17") == price_of("gpt-5.4-mini")
    assert price_of("gpt-6-luna", "http://localhost:8000/v1") is None
    assert price_of("unheard-of") is None
    assert Price(0.10, 0.50).cost(1_000_000, 2_000_000) == pytest.approx(1.10)
    assert Price(0.10, 0.50).half() == Price(0.05, 0.25)
    assert least_effort("unheard-of") == ""


def test_a_price_may_be_given() -> None:
    assert parse_price("0.1 / 2") == Price(0.1, 2.0)
    for text in ("", "1", "1/2/3", "a/b", "1,2", "-1/2", "nan/1", "inf/1"):
        with pytest.raises(SettingsError, match=r"0\.10/0\.50"):
            parse_price(text)
