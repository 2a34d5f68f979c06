"""A Hugging Face Hub on this machine, as far as its own client needs one to upload and download."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

WRITER, READER = "hf_good", "hf_read"
_LARGE = (".safetensors", ".png", ".bin", ".parquet")


@dataclass
class Faults:
    """What goes wrong on purpose: by step, the status of each coming answer; 0 breaks the connection.

    Steps are `create`, `validate`, `preupload`, `batch`, `put`, `commit`, `get`. `after_commit` breaks
    the connection when the commit is made. `put_pause_s` is how long storing an object takes.
    """

    answers: dict[str, list[int]] = field(default_factory=dict)
    after_commit: bool = False
    put_pause_s: float = 0.0


class Hub(ThreadingHTTPServer):
    """Keeps what is committed, by repository and path. Only `hf_good` may write; `hf_read` reads.

    `namespaces` are those in which the writer may create. Without `large`, no file goes by LFS.
    """

    daemon_threads = True

    def __init__(self, *, large: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.commits: dict[str, list[list[str]]] = {}
        self.objects: dict[str, bytes] = {}
        self.puts: Counter[str] = Counter()  # whole objects that were stored, by their hash
        self.begun: Counter[str] = Counter()  # objects that somebody began to send
        self.gated: set[str] = set()
        self.namespaces = {"org", "user"}
        self.faults = Faults()
        self.large = large
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, name: str, files: dict[str, bytes], *, private: bool = False) -> None:
        """A repository that is there already."""
        self.repos[name] = {"visibility": "private" if private else "public"}
        self.files.setdefault(name, {}).update(files)

    def head(self, name: str) -> str:
        """The newest commit."""
        made = self.commits.get(name, [])
        return hashlib.sha1(f"{name}{len(made)}".encode(), usedforsecurity=False).hexdigest()


def _oid(path: str, content: bytes, *, large: bool) -> str:
    if large and path.endswith(_LARGE):
        return hashlib.sha256(content).hexdigest()
    blob = b"blob %d\0" % len(content) + content
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece
    disable_nagle_algorithm = True

    @property
    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(urlsplit(self.path).path)
        step = next(
            (
                step
                for mark, step in (
                    ("/repos/create", "create"), ("/validate-yaml", "validate"),
                    ("/preupload/", "preupload"), ("/objects/batch", "batch"),
                    ("/commit/", "commit"), ("/verify", "verify"),
                )
                if mark in path
            ),
            "",
        )  # fmt: skip
        if self._faulty(step):
            return
        if step in ("validate", "verify"):
            getattr(self, f"_{step}")(body)
        elif self._token not in (WRITER, READER):
            self._error(401, "Invalid username or password.")
        elif self._token == READER:
            self._error(403, "You don't have the rights to create a model under this namespace")
        elif step == "create":
            self._create(json.loads(body))
        elif step:
            getattr(self, f"_{step}")(_name(path), body)
        else:
            self._error(404, f"no {path}")

    def _create(self, given: dict[str, Any]) -> None:
        owner = given.get("organization") or "user"
        name = f"{owner}/{given['name']}"
        kind = "datasets/" if given.get("type") == "dataset" else ""
        url = f"{self.server.url}/{kind}{name}"
        if owner not in self.server.namespaces:
            self._error(403, f"You don't have the rights to create a model under {owner}")
        elif name in self.server.repos:
            self._answer({"error": "You already created this model repo", "url": url}, 409)
        else:
            self.server.repos[name] = given
            self._answer({"url": url})

    def _validate(self, body: bytes) -> None:
        content = json.loads(body)["content"]
        errors = []
        try:
            data = yaml.safe_load(content.split("---\n")[1]) if content.startswith("---") else {}
            prompt = data.get("instance_prompt", "")
            if not isinstance(prompt, str):
                errors.append({"message": '"instance_prompt" must be a string'})
            if data.get("license") == "other" and not data.get("license_name"):
                errors.append({"message": '"license_name" is required'})
        except (yaml.YAMLError, AttributeError, IndexError) as error:
            errors.append({"message": str(error)})
        self._answer({"errors": errors, "warnings": []}, 400 if errors else 200)

    def _verify(self, body: bytes) -> None:
        self._answer({}, 200 if json.loads(body)["oid"] in self.server.objects else 404)

    def _preupload(self, name: str, body: bytes) -> None:
        if self._is_missing(name):
            return
        kept = self.server.files.get(name, {})
        rows = []
        for file in json.loads(body)["files"]:
            path = file["path"]
            is_large = self.server.large and path.endswith(_LARGE)
            oid = _oid(path, kept[path], large=self.server.large) if path in kept else None
            mode = "lfs" if is_large else "regular"
            rows.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        self._answer({"files": rows})

    def _batch(self, _: str, body: bytes) -> None:
        rows = []
        for wanted in json.loads(body)["objects"]:
            row: dict[str, Any] = dict(wanted)
            if wanted["oid"] not in self.server.objects:
                row["actions"] = {
                    "upload": {"href": f"{self.server.url}/lfs/{wanted['oid']}"},
                    "verify": {"href": f"{self.server.url}/verify"},
                }
            rows.append(row)
        self._answer({"transfer": "basic", "objects": rows})

    def do_PUT(self) -> None:
        oid = self.path.rpartition("/")[2]
        self.server.begun[oid] += 1
        length = int(self.headers["Content-Length"])
        content = self.rfile.read(length)
        time.sleep(self.server.faults.put_pause_s)
        if self._faulty("put"):
            return
        if len(content) == length and hashlib.sha256(content).hexdigest() == oid:
            self.server.objects[oid] = content
            self.server.puts[oid] += 1
        self._answer({})

    def _commit(self, name: str, body: bytes) -> None:
        if self._is_missing(name):
            return
        changed = []
        with self.server.lock:
            kept = self.server.files.setdefault(name, {})
            for line in map(json.loads, body.splitlines()):
                value = line["value"]
                if line["key"] == "file":
                    kept[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "lfsFile":
                    kept[value["path"]] = self.server.objects[value["oid"]]
                elif line["key"] == "deletedFile":
                    kept.pop(value["path"])
                if line["key"] != "header":
                    changed.append(value["path"])
            self.server.commits.setdefault(name, []).append(sorted(changed))
        if self.server.faults.after_commit:
            self.server.faults.after_commit = False
            self._break()
            return
        head = self.server.head(name)
        self._answer({"commitUrl": f"{self.server.url}/{name}/commit/{head}", "commitOid": head})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self._faulty("get"):
            return
        path = unquote(urlsplit(self.path).path)
        name = _name(path)
        if self._is_missing(name):
            return
        if "/resolve/" in path:
            self._file(name, path.split("/resolve/")[1].partition("/")[2])
        elif "/tree/" in path:
            large = self.server.large
            self._answer(
                [
                    {"type": "file", "path": p, "size": len(c), "oid": _oid(p, c, large=large)}
                    for p, c in self.server.files.get(name, {}).items()
                ]
            )
        else:
            siblings = [{"rfilename": file} for file in self.server.files.get(name, {})]
            private = self.server.repos[name].get("visibility") == "private"
            self._answer(
                {"id": name, "sha": self.server.head(name), "siblings": siblings}
                | {"private": private, "tags": [], "gated": name in self.server.gated}
            )

    def _file(self, name: str, path: str) -> None:
        if name in self.server.gated:
            self._error(403, "Access to this model is restricted", "GatedRepo")
            return
        content = self.server.files.get(name, {}).get(path)
        if content is None:
            self._error(404, "Entry not found", "EntryNotFound")
            return
        self._send(
            200,
            content,
            {
                "ETag": f'"{_oid(path, content, large=True)}"',
                "X-Repo-Commit": self.server.head(name),
                "Content-Type": "application/octet-stream",
            },
        )

    def _is_missing(self, name: str) -> bool:
        repo = self.server.repos.get(name)
        is_seen = repo is not None and (
            repo.get("visibility") != "private" or self._token in (WRITER, READER)
        )
        if not is_seen:
            self._error(404, "Repository not found", "RepoNotFound")
        return not is_seen

    def _faulty(self, step: str) -> bool:
        """Whether this step goes wrong now; the answer is sent."""
        coming = self.server.faults.answers.get(step)
        if not coming:
            return False
        status = coming.pop(0)
        if status:
            self._error(status, "It does not work now")
        else:
            self._break()
        return True

    def _break(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _error(self, status: int, message: str, code: str = "") -> None:
        told = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self._send(status, json.dumps({"error": message}).encode(), told)

    def _answer(self, body: object, status: int = 200) -> None:
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        with suppress(OSError):  # the client may be gone
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        return


def _name(path: str) -> str:
    """The repository that a path of the API, of LFS or of a file is about."""
    parts = path.removeprefix("/api/models").removeprefix("/api/datasets").split("/")
    parts = parts[2:] if parts[1:2] == ["datasets"] else parts[1:]
    return "/".join(parts[:2]).removesuffix(".git")


@contextmanager
def hub(*, large: bool = False) -> Iterator[Hub]:
    """A hub for the time of a test."""
    server = Hub(large=large)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
