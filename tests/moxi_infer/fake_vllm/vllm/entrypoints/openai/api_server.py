"""The server: FAKE_VLLM says what it does besides answering, with the same words whatever it is asked.

`fail=TEXT` says TEXT and ends with 1; `deaf` does not end when asked to; `dies` ends after it has
answered once. It starts a process of its own, as vLLM does, and writes both ids to pids.json.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOW = os.environ.get("FAKE_VLLM", "")
SAID = "It is a small program, and it is written in Python."
KEY = os.environ.get("VLLM_API_KEY", "")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_open = self.path == "/health" or not KEY
        if not is_open and self.headers.get("Authorization") != f"Bearer {KEY}":
            self.send_response(401)
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/v1/models":
            self.wfile.write(json.dumps({"data": [{"id": given.name}]}).encode())
        if HOW == "dies":
            print("ValueError: the engine is dead", flush=True)
            os._exit(3)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        is_chat = self.path == "/v1/chat/completions"
        answer = {
            "index": 0,
            "message": {"role": "assistant", "content": SAID},
            "finish_reason": "stop",
        }
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        whole = {"id": "1", "object": "chat.completion", "created": 1, "model": given.name}
        self.send_response(200 if is_chat else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(whole | {"choices": [answer], "usage": usage}).encode())

    def log_message(self, *_: object) -> None:
        return


parser = argparse.ArgumentParser()
parser.add_argument("--host", required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--served-model-name", dest="name")
given, _ = parser.parse_known_args()
print("non-default args: {}", flush=True)
if HOW.startswith("fail="):
    print(HOW.removeprefix("fail="), flush=True)
    sys.exit(1)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
Path("pids.json").write_text(json.dumps([os.getpid(), worker.pid]))
if HOW == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("Starting vLLM server", flush=True)
time.sleep(1)  # the log is read a few times meanwhile
ThreadingHTTPServer((given.host, given.port), Handler).serve_forever()
