"""Instructions from a model that fails in all ways that models and servers have."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moxi_chunk.instruct import Failure, Instruction, Request
from moxi_chunk.instruct_model import Instructor, estimate
from moxi_core.errors import LlmBudgetError, LlmKeyError, LlmQuotaError, LlmStopError
from moxi_core.llm import Endpoint, Llm
from moxi_core.llm_batch import Batches
from moxi_core.llm_prices import Budget, Price
from moxi_core.samples import SftInput
from tests.moxi_chunk.sections import JOBS, asked_for, good, items, requests, saying
from tests.moxi_core.model_server import ModelServer, Reply, failed, said, serving

Answer = Callable[[dict[str, Any]], Reply]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with serving(good) as server:
        yield server


def llm(server: ModelServer, folder: Path, budget: Budget | None = None, /, **fields: Any) -> Llm:
    given: dict[str, Any] = {"model": "m", "base_url": server.url, "retries": 0} | fields
    return Llm(Endpoint(**given), folder / "answers.sqlite3", budget=budget)


def results(
    server: ModelServer, folder: Path, count: int, **fields: Any
) -> tuple[list[Instruction | Failure], Instructor]:
    with llm(server, folder) as asked:
        instructor = Instructor(asked, **fields)
        return list(instructor.instructions(requests(count))), instructor


def test_each_section_gets_its_own(model: ModelServer, tmp_path: Path) -> None:
    found, instructor = results(model, tmp_path, 20)
    assert [one.id for one in found] == [f"s{number}" for number in range(20)]
    for number, one in enumerate(found):
        assert isinstance(one, Instruction)
        assert one.text == f"Write the Usage section for the tool of section {number}."
        assert (one.source, one.score) == ("model:m", 4)
    assert len(model.requests) == 7
    assert not instructor.again and not instructor.failed
    again, _ = results(model, tmp_path, 20)
    assert again == found
    assert len(model.requests) == 7, "a second run costs nothing"
    results(model, tmp_path, 23)
    assert len(model.requests) == 9, "the last group of before has grown, one is new"


def test_the_model_is_shown_what_it_needs(model: ModelServer, tmp_path: Path) -> None:
    results(model, tmp_path, 2)
    system, user = (message["content"] for message in model.requests[0]["messages"])
    for word in ("About, Built With, Getting Started, Usage, License", "secrets", "project type"):
        assert word in system
    for word in ("p0", "cli", "usage", "p0 > Usage", "go.mod", "Text of section 1.", "as above"):
        assert word in user
    assert user.count("go.mod") == 1, "the files of one project once"
    assert model.requests[0]["response_format"]["json_schema"]["strict"] is True


def test_long_texts_and_trees_are_cut(model: ModelServer, tmp_path: Path) -> None:
    tree = tuple(f"src/module_{number}.py" for number in range(5_000))
    asked = Request(
        id="1", section="usage", heading_path=(), whole=True, text="word " * 20_000, project="p",
        input=SftInput(file_tree=tree),
    )  # fmt: skip
    with llm(model, tmp_path) as client:
        list(Instructor(client).instructions([asked]))
    assert len(model.requests[0]["messages"][1]["content"]) < 6_000


def bad(asked: dict[str, Any], reply: Callable[[dict[str, Any]], Reply]) -> Reply:
    """Bad for several sections at once, good for one alone."""
    return good(asked) if len(asked_for(asked)) == 1 else reply(asked)


def text_of(asked: dict[str, Any]) -> str:
    return json.dumps({"items": items(asked)})


BAD: dict[str, tuple[Answer, str]] = {
    "prose": (lambda _: said("Sure! Here are your instructions."), "the answer is no JSON"),
    "half": (lambda a: said(text_of(a)[:-30]), "the answer is no JSON"),
    "foreign": (lambda a: said(json.dumps({"results": items(a)})), "the answer is JSON of another form"),
    "a list": (lambda a: said(json.dumps(items(a))), "the answer is JSON of another form"),
    "deep": (lambda _: said("[" * 100_000), "the answer is no JSON"),
    "silent": (lambda _: said(""), "the answer is empty"),
    "refused": (lambda _: said(None, refusal="I cannot help."), "the model refuses"),
    "cut off": (lambda a: said(text_of(a)[:-30], finish="length"), "the answer is cut off"),
    "few": (lambda a: saying(items(a)[:1]), "no item has this index"),
    "none": (lambda _: saying([]), "no item has this index"),
    "many": (lambda a: saying([*items(a), items(a)[0] | {"index": 9}]), "that was not asked for"),
    "from 0": (lambda a: saying([i | {"index": i["index"] - 1} for i in items(a)]), "that was not asked for"),
    "as text": (lambda a: saying([i | {"index": "1"} for i in items(a)]), "that was not asked for"),
    "true": (lambda a: saying([i | {"index": True} for i in items(a)]), "that was not asked for"),
    "twice": (lambda a: saying(items(a) * 2), "several items have this index"),
    "all 1": (lambda a: saying(items(a, index=1)), "several items have this index"),
    "not items": (lambda a: saying([1, None, "x"]), "that was not asked for"),
    "empty": (lambda a: saying(items(a, instruction="  ")), "the item has no instruction"),
    "null": (lambda a: saying(items(a, instruction=None)), "the item has no instruction"),
    "score 6": (lambda a: saying(items(a, score=6)), "the item has no score from 1 to 5"),
    "no score": (lambda a: saying(items(a, score=None)), "the item has no score from 1 to 5"),
    "short": (lambda a: saying(items(a, instruction="Write it.")), "shorter than 20 characters"),
    "long": (lambda a: saying(items(a, instruction="Write " * 80)), "longer than 400 characters"),
    "lines": (lambda a: saying(items(a, instruction="Write the usage section.\n\nNow.")), "more than one line"),
    "same": (lambda a: saying(items(a, instruction="Write the Usage section for the CLI.")),
             "the instruction is the same for different sections"),
    "copy": (lambda a: saying([i | {"instruction": f"Write: {asked_for(a)[i['index']]}"} for i in items(a)]),
             "the instruction copies the text"),
    "placeholder": (lambda a: saying(items(a, instruction="Write the Usage section of [Project Name].")),
                    "holds a placeholder"),
    "secret": (lambda a: saying(items(a, instruction=f"Write the Usage section with the key ghp_{'aB3dE5gH7j' * 4}.")),
               "holds a secret"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_malformed_is_asked_again_alone(
    model: ModelServer, tmp_path: Path, name: str
) -> None:
    reply, reason = BAD[name]
    model.answer = lambda asked: bad(asked, reply)
    found, instructor = results(model, tmp_path, 3)
    assert [one.id for one in found] == ["s0", "s1", "s2"]
    assert all(isinstance(one, Instruction) for one in found)
    assert any(reason in told for told in instructor.again), instructor.again
    assert 2 <= sum(instructor.again.values()) == len(model.requests) - 1
    content = str(model.requests[1]["messages"][1]["content"])
    assert "your last answer was refused" in content
    assert reason in content or name in ("few", "all 1")


def test_what_is_too_long_together_may_fit_alone(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda asked: bad(asked, lambda _: failed(400, "context_length_exceeded"))
    found, _ = results(model, tmp_path, 3)
    assert all(isinstance(one, Instruction) for one in found)
    assert "127.0.0.1" not in str(model.requests)


def test_only_what_is_missing_is_asked_again(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda asked: bad(asked, lambda a: saying(items(a)[:2]))
    _, instructor = results(model, tmp_path, 3)
    (asked,) = model.requests[1:]
    assert [text[:17] for text in asked_for(asked).values()] == ["Text of section 2"]
    assert instructor.again == {"no item has this index": 1}


@pytest.mark.parametrize("name", BAD)
def test_what_stays_malformed_is_named(model: ModelServer, tmp_path: Path, name: str) -> None:
    reply, _ = BAD[name]

    def answer(asked: dict[str, Any]) -> Reply:
        return (
            reply(asked)
            if any("section 1." in text for text in asked_for(asked).values())
            else good(asked)
        )

    model.answer = answer
    with llm(model, tmp_path) as asked:
        instructor = Instructor(asked, batch_size=1)
        found = list(instructor.instructions(requests(3)))
    is_alone_good = name in ("few", "same", "all 1")
    assert isinstance(found[1], Instruction if is_alone_good else Failure)
    assert isinstance(found[0], Instruction) and isinstance(found[2], Instruction)
    if isinstance(found[1], Failure):
        assert instructor.failed == {found[1].reason: 1}
        assert len(model.requests) == 5, "three tries for one, one for each other"
    before = len(model.requests)
    with llm(model, tmp_path) as asked:
        assert list(Instructor(asked, batch_size=1).instructions(requests(3))) == found
    assert len(model.requests) == before, "what was paid for is not asked for again"


def test_low_scores_are_left_out(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda asked: saying([i | {"score": 1 + i["index"]} for i in items(asked)])
    found, instructor = results(model, tmp_path, 3, min_score=4)
    assert [getattr(one, "reason", "") for one in found] == ["score 2 of 5", "score 3 of 5", ""]
    assert instructor.failed == {"score 2 of 5": 1, "score 3 of 5": 1}
    assert len(model.requests) == 1


def test_a_third_of_the_calls_fails(model: ModelServer, tmp_path: Path) -> None:
    """Rate limits, errors, stalls and garbage: every section arrives once, in order."""
    draw = random.Random(3)  # noqa: S311
    kinds = itertools.cycle(
        [
            failed(429, Retry_After="0.05"),
            failed(500, retry_after_ms="20"),
            Reply(delay_s=0.6),
            Reply(b"\x00garbage"),
            failed(503, retry_after_ms="20"),
            Reply(b'{"choices": [{"mess'),
        ]
    )
    lock = threading.Lock()

    def answer(asked: dict[str, Any]) -> Reply:
        with lock:
            return next(kinds) if draw.random() < 1 / 3 else good(asked)

    model.answer = answer
    with llm(model, tmp_path, timeout_s=0.4, retries=9) as asked:
        found = list(Instructor(asked, jobs=8).instructions(requests(120)))
    assert [one.id for one in found] == [f"s{number}" for number in range(120)]
    assert [one for one in found if isinstance(one, Failure)] == []
    assert len({one.text for one in found if isinstance(one, Instruction)}) == 120
    assert len(model.requests) > 50


def test_a_wrong_key_ends_it(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda _: failed(401)
    with llm(model, tmp_path) as asked, pytest.raises(LlmKeyError, match="OPENAI_API_KEY"):
        list(Instructor(asked).instructions(requests(1_000)))
    assert len(model.requests) <= JOBS


def test_a_quota_that_ends_in_the_middle(model: ModelServer, tmp_path: Path) -> None:
    calls = itertools.count(1)
    model.answer = lambda asked: (
        good(asked) if next(calls) <= 10 else failed(429, "insufficient_quota")
    )
    found: list[Instruction | Failure] = []
    with llm(model, tmp_path) as asked, pytest.raises(LlmQuotaError):
        found.extend(Instructor(asked).instructions(requests(90)))
    assert [one.id for one in found] == [f"s{number}" for number in range(len(found))]
    answered = [one for one in found if isinstance(one, Instruction)]
    assert len(answered) == 30, "what was answered is handed out"
    assert all("no quota left" in one.reason for one in found if isinstance(one, Failure))
    model.answer = good
    before = len(model.requests)
    rest, _ = results(model, tmp_path, 90)
    assert len(rest) == 90 and [one for one in rest if one in answered] == answered
    assert len(model.requests) - before == 20


def test_a_server_that_is_down_is_not_asked_for_ever(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda _: failed(500)
    with llm(model, tmp_path) as asked:
        instructor = Instructor(asked)
        found: list[Instruction | Failure] = []
        with pytest.raises(LlmStopError, match="5 times in a row"):
            found.extend(instructor.instructions(requests(3_000)))
    assert all(isinstance(one, Failure) for one in found)
    assert len([one for one in found if "status 500" in getattr(one, "reason", "")]) >= 15
    assert len(model.requests) < 40


def test_a_budget_is_not_exceeded(model: ModelServer, tmp_path: Path) -> None:
    budget = Budget(0.05)
    with llm(model, tmp_path, budget, price=Price(10.0, 10.0)) as asked:
        with pytest.raises(LlmBudgetError):
            for _ in Instructor(asked).instructions(requests(3_000)):
                pass
        assert 0 < budget.spent <= 0.05
        assert asked.tally.cost == pytest.approx(budget.spent)


def test_a_consumer_may_stop_early(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        stream = Instructor(asked).instructions(requests(100_000))
        assert [next(stream).id for _ in range(4)] == ["s0", "s1", "s2", "s3"]
        stream.close()  # type: ignore[attr-defined]
    assert len(model.requests) < 40


def test_memory_does_not_grow_with_the_input(model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        list(Instructor(asked).instructions(requests(60)))
        tracemalloc.start()
        for _ in Instructor(asked, batch_size=3).instructions(
            one for _ in range(20) for one in requests(60)
        ):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 3_000_000


class Run:
    """A run as a process of its own."""

    def __init__(self, model: ModelServer, folder: Path, count: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.moxi_chunk.sections", model.url,
             str(folder / "answers.sqlite3"), str(count)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip

    def end(self, number: signal.Signals) -> str:
        """What it printed till it was ended."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)[0]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def shown(asked: list[dict[str, Any]]) -> Counter[str]:
    return Counter(str(one["messages"]) for one in asked)


def test_a_run_that_was_killed_repeats_nothing(model: ModelServer, tmp_path: Path) -> None:
    """After 12 answers all calls hang; when each worker hangs, all that was answered is kept."""
    answered: list[dict[str, Any]] = []
    hanging: list[dict[str, Any]] = []
    lock = threading.Lock()

    def answer(asked: dict[str, Any]) -> Reply:
        with lock:
            if len(answered) < 12:
                answered.append(asked)
                return good(asked)
            hanging.append(asked)
        return Reply(delay_s=30)

    model.answer = answer
    run = Run(model, tmp_path, 90)
    until(lambda: len(hanging) == JOBS)
    run.end(signal.SIGKILL)
    assert run.process.returncode == -signal.SIGKILL
    model.answer = good
    model.requests.clear()
    found, _ = results(model, tmp_path, 90, jobs=JOBS)
    assert [one.id for one in found] == [f"s{number}" for number in range(90)]
    assert len(model.requests) == 30 - 12
    assert not shown(answered) & shown(model.requests)
    assert max(shown(model.requests).values()) == 1


def test_a_run_that_is_interrupted_ends_cleanly(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda asked: Reply(good(asked).body, delay_s=0.05)
    run = Run(model, tmp_path, 3_000)
    until(lambda: len(model.requests) >= 10)
    assert run.end(signal.SIGINT).splitlines()[-1] == "ended"
    assert run.process.returncode == 0
    answered = shown(model.requests)
    assert len(answered) < 900
    model.requests.clear()
    results(model, tmp_path, 60)
    assert not answered & shown(model.requests), "what was under way was kept too"


def test_a_batch_brings_all_of_it(model: ModelServer, tmp_path: Path) -> None:
    """What is malformed goes into a second batch; nothing is asked at the full price."""
    model.answer = lambda asked: bad(asked, lambda a: saying(items(a)[:2]))
    with llm(model, tmp_path) as asked:
        instructor = Instructor(asked, kept_only=True)
        assert not instructor.fetch(lambda: requests(12), Batches(asked, poll_s=0.01))
        found = list(instructor.instructions(requests(12)))
        assert asked.asked == len(model.requests) == 8
    assert all(isinstance(one, Instruction) for one in found) and len(found) == 12
    assert len(model.batches) == 2
    assert instructor.again == {"no item has this index": 4}


def test_what_a_batch_did_not_bring_is_named(model: ModelServer, tmp_path: Path) -> None:
    model.answer = lambda _: failed(400, "context_length_exceeded")
    with llm(model, tmp_path) as asked:
        instructor = Instructor(asked, kept_only=True)
        told = instructor.fetch(lambda: requests(30), Batches(asked, poll_s=0.01))
        found = list(instructor.instructions(requests(30)))
    assert told == {"context_length_exceeded": 10}
    assert instructor.failed == {"no answer: the batch brought none": 30} and len(found) == 30


def test_the_cost_is_estimated_before(model: ModelServer, tmp_path: Path) -> None:
    endpoint = Endpoint(model="gpt-6-luna")
    told = estimate(requests(30), endpoint)
    assert (told.sections, told.requests, told.kept) == (30, 10, 0)
    assert told.cost and told.cost > 0
    half = estimate(requests(30), endpoint, batch=True).cost
    assert half == pytest.approx(told.cost / 2)
    assert estimate(requests(30), Endpoint(model="mine")).cost is None
    place = tmp_path / "answers.sqlite3"
    assert estimate(requests(30), Endpoint(model="m"), place).kept == 0
    assert not place.exists()
    results(model, tmp_path, 15)
    told = estimate(requests(30), Endpoint(model="m"), place)
    assert (told.requests, told.kept) == (5, 5)
    sent = sum(len(str(one["messages"])) for one in model.requests)
    assert told.prompt_tokens > sent / 5
