"""An OpenAI-compatible server on this machine behind which an author answers, streamed or whole."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripted.author import Author, Draft

MODEL, CONTEXT_TOKENS = "scripted", 131_072
_ASKED = re.compile(r"Write the ([\w /&-]{1,60}?) section of the README")


def section_of(prompt: str) -> str:
    """The section that a prompt asks for: its last instruction; "" where there is none."""
    found = _ASKED.findall(prompt)
    return found[-1] if found else ""


@dataclass
class Talk:
    """What was asked and answered for one README."""

    author: Author
    drafts: dict[str, list[Draft]] = field(default_factory=dict)
    unclear: int = 0
    prompt_chars: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: dict[str, Any]) -> str:
        """The draft of the section asked for; of one that was asked for before, its repair."""
        messages = body.get("messages") or [{"role": "user", "content": body.get("prompt", "")}]
        asked = [text_of(m) for m in messages if m.get("role") == "user"]
        section = section_of(asked[0]) if asked else ""
        with self._lock:
            self.prompt_chars += sum(len(text_of(m)) for m in messages)
            if not section:
                self.unclear += 1
                return ""
            before = self.drafts.setdefault(section, [])
            draft = self.author.repair(section) if before else self.author.draft(section)
            before.append(draft)
        return draft.text


def text_of(message: dict[str, Any]) -> str:
    """The words of a message, also where they come in parts."""
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(p.get("text", "") for p in content)


class Server(ThreadingHTTPServer):
    """Serves one talk after the other."""

    daemon_threads = True
    talk: Talk
    names: tuple[str, ...] = (MODEL,)

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.rstrip("/").endswith("/models"):
            model = {"object": "model", "created": 1, "max_model_len": CONTEXT_TOKENS}
            listed = [model | {"id": name} for name in self.server.names]
            self._json({"object": "list", "data": listed})
        else:
            self._json({"error": {"message": "not here", "type": "not_found"}}, 404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.rstrip("/")
        if not path.endswith("/completions"):
            self._json({"error": {"message": "not here", "type": "not_found"}}, 404)
            return
        is_chat = path.endswith("/chat/completions")
        text = self.server.talk.answer(body)
        if body.get("stream"):
            self._stream(text, is_chat)
        else:
            self._json(_whole(text, is_chat))

    def _stream(self, text: str, is_chat: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for part in _parts(text, is_chat):
            self.wfile.write(f"data: {json.dumps(part)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _json(self, value: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(value).encode()
        with suppress(OSError):  # the client did not wait
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


def _head(kind: str) -> dict[str, Any]:
    return {"id": "scripted-1", "object": kind, "created": int(time.time()), "model": MODEL}


def _usage(text: str) -> dict[str, int]:
    count = len(text) // 4 + 1
    return {"prompt_tokens": 1, "completion_tokens": count, "total_tokens": count + 1}


def _whole(text: str, is_chat: bool) -> dict[str, Any]:
    said = {"message": {"role": "assistant", "content": text}} if is_chat else {"text": text}
    choice = {"index": 0, "finish_reason": "stop", "logprobs": None, **said}
    kind = "chat.completion" if is_chat else "text_completion"
    return _head(kind) | {"choices": [choice], "usage": _usage(text)}


def _parts(text: str, is_chat: bool) -> Iterator[dict[str, Any]]:
    kind = "chat.completion.chunk" if is_chat else "text_completion"
    for piece in [*re.findall(r".{1,80}", text, re.DOTALL), None]:
        said = {"content": piece} if piece else {}
        where = {"delta": said} if is_chat else {"text": piece or ""}
        choice = {"index": 0, "finish_reason": None if piece else "stop", **where}
        yield _head(kind) | {"choices": [choice]}
    yield _head(kind) | {"choices": [], "usage": _usage(text)}


@contextmanager
def serving() -> Iterator[Server]:
    """A server for a while; its `talk` is set before each README."""
    server = Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
