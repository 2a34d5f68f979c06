"""Summaries of key files, from a real server on this machine that answers as OpenAI's does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moxi_collect.summarize import summarize
from moxi_core.config import StoreSettings
from moxi_core.errors import LlmError
from moxi_core.llm import Endpoint, Llm
from moxi_core.records import KeyFile
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, open_store
from tests.moxi_core.model_server import ModelServer, Reply, failed, said, serving


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """Says of each file that it is what its path says."""
    with serving(lambda asked: said(f"It is\n {_path(asked)}.")) as server:
        yield server


def _path(asked: dict[str, Any]) -> str:
    return str(asked["messages"][1]["content"]).partition("\n")[0]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(StoreSettings(data_dir=tmp_path)) as opened:
        files = tuple(KeyFile(path=f"{name}.py", content=f"x = '{name}'\n") for name in "abc")
        for repo, reason in (("one", None), ("two", None), ("dropped", "too short")):
            opened.upsert(
                [
                    ReadmeSample(
                        repo_url=f"https://github.com/o/{repo}", owner="o", repo=repo, readme="# x",
                        key_files=files if repo != "two" else files[:1], drop_reason=reason,
                    )
                ]
            )  # fmt: skip
        yield opened


def llm(model: ModelServer, tmp_path: Path, **fields: object) -> Llm:
    given = {"model": "m", "base_url": model.url, "api_key": "sk-k", "retries": 2} | fields
    return Llm(Endpoint(**given), tmp_path / "answers.sqlite3")  # type: ignore[arg-type]


def summaries(store: Store, repo: str) -> list[str]:
    found = store.get(ReadmeSample, f"https://github.com/o/{repo}")
    return [file.summary for file in found.key_files] if found else []


def test_each_file_is_asked_for_once(store: Store, model: ModelServer, tmp_path: Path) -> None:
    with llm(model, tmp_path) as asked:
        done = summarize(store, asked)
    assert (done.samples, done.files, done.failed) == (2, 4, 0)
    assert summaries(store, "one") == ["It is a.py.", "It is b.py.", "It is c.py."]
    assert summaries(store, "dropped") == ["", "", ""]
    assert len(model.requests) == 3, "the same file of two repositories is one question"
    assert set(model.keys) == {"Bearer sk-k"}
    with llm(model, tmp_path) as asked:
        assert summarize(store, asked).samples == 0
    assert len(model.requests) == 3


def test_a_server_that_is_busy_is_asked_again(
    store: Store, model: ModelServer, tmp_path: Path
) -> None:
    model.script = [failed(429, Retry_After="0"), Reply(b"oops", 500)]
    with llm(model, tmp_path) as asked:
        done = summarize(store, asked, jobs=1)
    assert (done.files, done.failed) == (4, 0)
    assert len(model.requests) == 5


def test_what_was_not_answered_is_asked_for_in_the_next_run(
    store: Store, model: ModelServer, tmp_path: Path
) -> None:
    model.script = [said("  "), Reply(b'{"choices": []}'), said("Third.")]
    with llm(model, tmp_path, retries=0) as asked:
        done = summarize(store, asked, jobs=1)
    assert (done.files, done.failed) == (2, 2)
    assert summaries(store, "one") == ["", "", "Third."]
    with llm(model, tmp_path) as asked:
        again = summarize(store, asked, jobs=1)
    assert (again.files, again.failed) == (2, 0)
    assert summaries(store, "one") == ["It is a.py.", "It is b.py.", "Third."]


def test_what_a_model_says_is_cleaned(store: Store, model: ModelServer, tmp_path: Path) -> None:
    model.script = [said("Ask jane@corp.io.")]
    with llm(model, tmp_path) as asked:
        summarize(store, asked, jobs=1)
    assert "jane" not in summaries(store, "one")[0]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refuses the key"),
        (404, "is not there"),
        (429, "no more requests"),
        (418, "status 418"),
    ],
)
def test_refusals_are_one_sentence(
    model: ModelServer, tmp_path: Path, status: int, told: str
) -> None:
    model.script = [failed(status)]
    with llm(model, tmp_path, retries=0) as asked, pytest.raises(LlmError, match=told) as caught:
        asked.complete(
            [{"role": "user", "content": "x"}, {"role": "user", "content": "y"}], max_tokens=5
        )
    assert "sk-" not in str(caught.value)


def test_no_server_is_one_sentence(tmp_path: Path) -> None:
    endpoint = Endpoint(model="m", base_url="http://127.0.0.1:9/v1", retries=0)
    with Llm(endpoint) as asked, pytest.raises(LlmError, match="cannot be reached"):
        asked.complete([{"role": "user", "content": "x"}], max_tokens=5)
    assert "key" not in repr(endpoint)
