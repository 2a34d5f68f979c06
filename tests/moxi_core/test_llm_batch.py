"""The Batch API: half the price, and paid once however often the run ends in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moxi_core import llm_batch
from moxi_core.errors import LlmBudgetError, LlmCutOffError, LlmError, LlmQuotaError, LlmServerError
from moxi_core.llm import Endpoint, Llm, Question
from moxi_core.llm_batch import Batches
from moxi_core.llm_prices import Budget, Price
from tests.moxi_core.model_server import ModelServer, Reply, failed, said, serving

PRICE = Price(1_000.0, 1_000.0)


def answer(asked: dict[str, Any]) -> Reply:
    text = asked["messages"][0]["content"]
    if text == "bad":
        return failed(400, "context_length_exceeded")
    return said(f"You said {text}.", finish="length" if text == "long" else "stop")


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with serving(answer) as server:
        yield server


def llm(model: ModelServer, folder: Path, budget: Budget | None = None) -> Llm:
    endpoint = Endpoint(model="m", base_url=model.url, retries=0, price=PRICE)
    return Llm(endpoint, folder / "answers.sqlite3", budget=budget)


def question(text: str) -> Question:
    return Question(messages=({"role": "user", "content": text},), max_tokens=5)


def fetch(asked: Llm, texts: str) -> Counter[str]:
    return Batches(asked, poll_s=0.01).fetch(map(question, texts.split()))


def test_answers_come_at_half_the_price(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        assert not fetch(asked, "a b c a")
        assert len(model.requests) == 3, "the same question once"
        assert asked.tally.cost == pytest.approx(0.03)
        assert [asked.ask(question(text)).text for text in "cab"] == [
            "You said c.", "You said a.", "You said b.",
        ]  # fmt: skip
        assert not fetch(asked, "a b c")
    assert len(model.batches) == 1
    assert model.batches[0]["endpoint"] == "/v1/chat/completions"
    assert len(model.requests) == 3


def test_what_fails_is_counted_and_the_rest_kept(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        assert fetch(asked, "a bad long") == {"context_length_exceeded": 1}
        assert asked.ask(question("a"))
        with pytest.raises(LlmCutOffError):
            asked.ask(question("long"))
        assert fetch(asked, "a bad") == {"context_length_exceeded": 1}
    assert len(model.batches) == 2, "what has no answer may be asked again"


class EndedError(Exception):
    """The run ends here."""


def ending(_: str) -> None:
    raise EndedError


def test_a_run_that_ends_while_it_waits_goes_on_waiting(model: ModelServer, tmp_path: Path) -> None:
    model.polls_before_done = 3
    for _ in range(2):
        with llm(model, tmp_path) as asked, pytest.raises(EndedError):
            # Told when it is sent, and then at each look.
            Batches(asked, poll_s=0.01, tell=ending).fetch(map(question, "abc"))
    with llm(model, tmp_path) as asked:
        assert not fetch(asked, "a b c d")
        assert asked.ask(question("a")).text == "You said a."
    assert len(model.batches) == 2, "one for what was new"
    assert Counter(str(r["messages"][0]["content"]) for r in model.requests) == Counter("abcd")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_batch_whose_name_was_not_heard_is_paid_once(
    model: ModelServer, tmp_path: Path, moment: str
) -> None:
    model.drops_batch = moment
    with llm(model, tmp_path) as asked, pytest.raises(LlmServerError):
        fetch(asked, "a b")
    assert len(model.batches) == (1 if moment == "after" else 0)
    model.drops_batch = ""
    with llm(model, tmp_path) as asked:
        assert not fetch(asked, "a b")
        assert asked.ask(question("a"))
    assert len(model.batches) == 1
    assert len(model.requests) == 2


def test_one_killed_while_it_takes_the_answers_takes_them_again(
    model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with llm(model, tmp_path) as asked, monkeypatch.context() as patched:
        patched.setattr(asked, "take", lambda *_, **__: ending(""))
        with pytest.raises(EndedError):
            fetch(asked, "a b")
    with llm(model, tmp_path) as asked:
        assert not fetch(asked, "a b")
        assert asked.tally.cost == pytest.approx(0.02)
    assert len(model.batches) == 1


def test_a_batch_that_expires_gives_what_it_has(model: ModelServer, tmp_path: Path) -> None:
    model.batch_status = "expired"
    with llm(model, tmp_path) as asked:
        assert fetch(asked, "a bad") == {"context_length_exceeded": 1}
        assert asked.ask(question("a"))


def test_a_batch_that_is_refused_says_why(model: ModelServer, tmp_path: Path) -> None:
    model.batch_status = "failed"
    with llm(model, tmp_path) as asked:
        with pytest.raises(LlmQuotaError, match="billing_hard_limit_reached"):
            fetch(asked, "a")
        model.batch_status = "completed"
        assert not fetch(asked, "a")


def test_garbage_in_a_file_of_answers_is_counted(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda _: Reply(b'{"choices": []}')
    with llm(model, tmp_path) as asked:
        assert fetch(asked, "a b") == {"a line that is no answer": 2}


def test_large_sets_go_in_several_files(
    model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llm_batch, "MOST_REQUESTS", 2)
    with llm(model, tmp_path) as asked:
        assert not fetch(asked, "a b c d e")
        assert asked.ask(question("e"))
    assert len(model.batches) == 3
    assert len(model.requests) == 5


def test_a_budget_holds_for_a_batch(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path, Budget(0.01)) as asked:
        with pytest.raises(LlmBudgetError):
            fetch(asked, "a b c")
        assert not model.batches
    budget = Budget(0.2)
    with llm(model, tmp_path, budget) as asked:
        assert not fetch(asked, "a b c")
        assert budget.spent == pytest.approx(0.03)


def test_answers_need_a_file(model: ModelServer) -> None:
    with (
        Llm(Endpoint(model="m", base_url=model.url)) as asked,
        pytest.raises(LlmError, match="file"),
    ):
        Batches(asked)
