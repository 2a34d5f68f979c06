"""A server on this machine that answers as OpenAI's does, or fails as one may: for tests at the wire."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What is sent back, after a while."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


def said(
    text: str | None, *, finish: str = "stop", refusal: str | None = None, tokens: int = 10
) -> Reply:
    """A chat completion that took `tokens` to ask, and as many to answer."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
    return Reply(json.dumps(body | {"choices": [choice], "usage": usage}).encode())


def continued(text: str) -> Reply:
    """A completion of a text."""
    choice = {"index": 0, "text": text, "finish_reason": "stop"}
    usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    body = {"id": "1", "object": "text_completion", "created": 1, "model": "m"}
    return Reply(json.dumps(body | {"choices": [choice], "usage": usage}).encode())


def failed(status: int, sort: str = "", **headers: str) -> Reply:
    """An error; `sort` is its type and its code."""
    error = {"message": "sk-secret is what you sent", "type": sort, "code": sort, "param": None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps({"error": error}).encode(), status, named)


class ModelServer(ThreadingHTTPServer):
    """Answers with what is in `script`, in turn; then with what `answer` makes of the request."""

    daemon_threads = True

    def __init__(self, answer: Callable[[dict[str, Any]], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.script: list[Reply] = []
        self.models: list[dict[str, Any]] | None = None  # what GET /v1/models tells; None: nothing
        self.refuses_lists = False  # whether that needs a key
        self.tokens: Callable[[dict[str, Any]], int] | None = None  # what POST /tokenize counts
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.lock = threading.Lock()
        # The Batch API: what was uploaded, what was made of it, and how often it is "in_progress".
        self.files: dict[str, bytes] = {}
        self.batches: list[dict[str, Any]] = []
        self.polls_before_done = 1
        self.batch_status = "completed"
        self.drops_batch = ""  # "before" or "after" it is made, the connection breaks

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reply(self, request: dict[str, Any], key: str) -> Reply:
        """What a chat request gets."""
        with self.lock:
            self.requests.append(request)
            self.keys.append(key)
            if self.script:
                return self.script.pop(0)
        return self.answer(request)

    def begin_batch(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take a batch; its answers are made when it is done."""
        with self.lock:
            batch = {
                "id": f"batch_{len(self.batches)}", "object": "batch", "status": "validating",
                "created_at": int(time.time()), "polls": 0, **given,
            }  # fmt: skip
            self.batches.insert(0, batch)
        return batch

    def poll_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A batch as it stands now."""
        batch["polls"] += 1
        if batch["polls"] <= self.polls_before_done:
            return batch | {"status": "in_progress"}
        if "output_file_id" not in batch:
            self._finish(batch)
        return batch

    def _finish(self, batch: dict[str, Any]) -> None:
        lines: dict[bool, list[str]] = {True: [], False: []}
        asked = (
            self.files[batch["input_file_id"]].splitlines() if self.batch_status != "failed" else []
        )
        for line in asked:
            row = json.loads(line)
            reply = self.reply(row["body"], "")
            response = {"status_code": reply.status, "body": json.loads(reply.body)}
            answered = {"custom_id": row["custom_id"], "response": response, "error": None}
            lines[reply.status == 200].append(json.dumps(answered))
        lines[True].reverse()  # the order is not that of the questions
        for name, is_good in (("output_file_id", True), ("error_file_id", False)):
            batch[name] = f"{batch['id']}-{name}" if lines[is_good] else None
            self.files[f"{batch['id']}-{name}"] = "\n".join(lines[is_good]).encode()
        batch["status"] = self.batch_status
        if self.batch_status == "failed":
            batch["errors"] = {"data": [{"code": "billing_hard_limit_reached", "message": "x"}]}


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in {"/v1/chat/completions", "/v1/completions"}:
            key = self.headers.get("Authorization", "")
            self._send(self.server.reply(json.loads(content), key))
        elif self.path == "/tokenize" and self.server.tokens:
            self._json({"count": self.server.tokens(json.loads(content))})
        elif self.path == "/v1/files":
            name = f"file_{len(self.server.files)}"
            rows = [line for line in content.splitlines() if line.startswith(b'{"custom_id"')]
            self.server.files[name] = b"\n".join(rows)
            self._json({"id": name, "object": "file"})
        elif self.path == "/v1/batches":
            self._begin_batch(json.loads(content))
        else:
            self._send(failed(404))

    def _begin_batch(self, given: dict[str, Any]) -> None:
        if self.server.drops_batch != "before":
            made = self.server.begin_batch(given)
        if self.server.drops_batch:
            self.close_connection = True
        else:
            self._json(made)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/v1/")
        if path == "models" and self.server.refuses_lists:
            self._send(failed(401))
        elif path == "models" and self.server.models is not None:
            self._json({"object": "list", "data": self.server.models})
        elif path == "batches":
            self._json({"object": "list", "data": self.server.batches, "has_more": False})
        elif path.startswith("batches/"):
            batch = next((b for b in self.server.batches if path.endswith(b["id"])), None)
            self._json(self.server.poll_batch(batch)) if batch else self._send(failed(404))
        elif path.startswith("files/") and path.endswith("/content"):
            self._send(Reply(self.server.files[path.split("/")[1]]))
        else:
            self._send(failed(404))

    def _json(self, value: object) -> None:
        self._send(Reply(json.dumps(value).encode()))

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.delay_s)
        try:
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
        except OSError:  # the client did not wait
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def serving(answer: Callable[[dict[str, Any]], Reply]) -> Iterator[ModelServer]:
    """A server for a while."""
    server = ModelServer(answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
