"""A real HTTP server that answers as GitHub does, or as it should not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]  # lower case names
    body: bytes

    @property
    def slugs(self) -> list[str]:
        """The repositories that a GraphQL query asks for."""
        names = json.loads(self.body)["variables"]
        return [f"{names[f'o{i}']}/{names[f'n{i}']}" for i in range(len(names) // 2)]


@dataclass(frozen=True)
class Reply:
    body: object = ""  # JSON, unless it is text
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # close in the middle of the body

    @property
    def content(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Answering = Callable[[Asked], Reply]


@dataclass
class Server:
    url: str
    asked: list[Asked]
    answering: Answering | list[Reply]  # a list: one after the other

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if not isinstance(self.answering, list):
            return self.answering(asked)
        return self.answering.pop(0) if self.answering else Reply(status=418)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@contextmanager
def serving(answering: Answering | list[Reply]) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self.rfile.read(length))
            reply = server.reply(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            if reply.status != 304:
                half = len(reply.content) // 2 if reply.cut else None
                self.wfile.write(reply.content[:half])
            self.close_connection = reply.cut

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(f"http://127.0.0.1:{http.server_port}", [], answering)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def node(slug: str, **changes: Any) -> dict[str, Any]:
    """A repository as GraphQL gives it."""
    return {
        "nameWithOwner": slug,
        "isPrivate": False,
        "stargazerCount": 42,
        "isArchived": False,
        "isFork": False,
        "pushedAt": "2024-05-06T07:08:09Z",
        "description": f"This is {slug}",
        "parent": None,
        "licenseInfo": {"spdxId": "MIT"},
        "primaryLanguage": {"name": "Go"},
        "defaultBranchRef": {"name": "main"},
        "repositoryTopics": {"nodes": [{"topic": {"name": "tide"}}, {"topic": {"name": "cli"}}]},
        "languages": {"edges": [{"size": 900, "node": {"name": "Go"}}]},
    } | changes


def repository(slug: str, **changes: Any) -> dict[str, Any]:
    """A repository as REST gives it."""
    return {
        "full_name": slug,
        "private": False,
        "stargazers_count": 42,
        "archived": False,
        "fork": False,
        "pushed_at": "2024-05-06T07:08:09Z",
        "description": f"This is {slug}",
        "license": {"key": "mit", "spdx_id": "MIT"},
        "language": "Go",
        "default_branch": "main",
        "topics": ["tide", "cli"],
    } | changes


def graphql(asked: Asked, missing: tuple[str, ...] = (), **changes: Any) -> Reply:
    """An answer to a query; the missing ones are null with an error entry beside."""
    data: dict[str, Any] = {"rateLimit": {"cost": 1, "remaining": 4999, "resetAt": None}}
    errors = []
    for i, slug in enumerate(asked.slugs):
        data[f"r{i}"] = None if slug in missing else node(slug, **changes)
        if slug in missing:
            errors.append({"type": "NOT_FOUND", "path": [f"r{i}"], "message": f"No {slug}."})
    return Reply({"data": data} | ({"errors": errors} if errors else {}))


def rest(asked: Asked) -> Reply:
    """An answer to `GET /repos/…`, languages too."""
    slug = asked.path.removeprefix("/repos/")
    if slug.endswith("/languages"):
        return Reply({"Go": 900, "Shell": 7})
    return Reply(repository(slug))
