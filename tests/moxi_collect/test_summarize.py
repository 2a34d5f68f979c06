"""Summaries of key files, from a real server on this machine that answers as OpenAI's does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from moxi_collect.summarize import summarize
from moxi_core.config import StoreSettings
from moxi_core.errors import LlmError
from moxi_core.llm import Endpoint, Llm
from moxi_core.records import KeyFile
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, open_store

Answer = tuple[int, dict[str, str], bytes]


def said(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return json.dumps(body).encode()


class Model(ThreadingHTTPServer):
    """Answers with what is in `script`, in turn; then with the path that it was shown."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, object]] = []
        self.keys: list[str] = []
        self.script: list[Answer] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        model = self.server
        assert isinstance(model, Model)
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = request["messages"][1]["content"].partition("\n")[0]
        with model.lock:
            model.requests.append(request)
            model.keys.append(self.headers.get("Authorization", ""))
            scripted = model.script.pop(0) if model.script else (200, {}, said(f"It is\n {path}."))
        status, headers, body = scripted
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def model() -> Iterator[Model]:
    server = Model()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


def llm(model: Model, tmp_path: Path, **fields: object) -> Llm:
    given = {"model": "m", "base_url": model.url, "api_key": "sk-k", "retries": 2} | fields
    return Llm(Endpoint(**given), tmp_path / "answers.sqlite3")  # type: ignore[arg-type]


def summaries(store: Store, repo: str) -> list[str]:
    found = store.get(ReadmeSample, f"https://github.com/o/{repo}")
    return [file.summary for file in found.key_files] if found else []


def test_each_file_is_asked_for_once(store: Store, model: Model, tmp_path: Path) -> None:
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


def test_a_server_that_is_busy_is_asked_again(store: Store, model: Model, tmp_path: Path) -> None:
    model.script = [(429, {"Retry-After": "0"}, b"{}"), (500, {}, b"oops")]
    with llm(model, tmp_path) as asked:
        done = summarize(store, asked, jobs=1)
    assert (done.files, done.failed) == (4, 0)
    assert len(model.requests) == 5


def test_what_was_not_answered_is_asked_for_in_the_next_run(
    store: Store, model: Model, tmp_path: Path
) -> None:
    model.script = [(200, {}, said("  ")), (200, {}, b'{"choices": []}'), (200, {}, said("Third."))]
    with llm(model, tmp_path, retries=0) as asked:
        done = summarize(store, asked, jobs=1)
    assert (done.files, done.failed) == (2, 2)
    assert summaries(store, "one") == ["", "", "Third."]
    with llm(model, tmp_path) as asked:
        again = summarize(store, asked, jobs=1)
    assert (again.files, again.failed) == (2, 0)
    assert summaries(store, "one") == ["It is a.py.", "It is b.py.", "Third."]


def test_what_a_model_says_is_cleaned(store: Store, model: Model, tmp_path: Path) -> None:
    model.script = [(200, {}, said("Ask jane@corp.io."))]
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
def test_refusals_are_one_sentence(model: Model, tmp_path: Path, status: int, told: str) -> None:
    model.script = [(status, {}, b'{"error": {"message": "sk-secret"}}')]
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
