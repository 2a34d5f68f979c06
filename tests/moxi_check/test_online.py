"""Web links asked at the wire: a local server that answers, refuses, redirects and is slow."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from moxi_check.markdown import read_markdown
from moxi_check.online import USER_AGENT, Answer, Asker, _is_public


class Server(ThreadingHTTPServer):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """`/404` answers 404; `/to/x` leads to `/x`; `/get` allows GET only; `/later` wants patience."""

    server: Server

    def do_HEAD(self) -> None:
        asked = self.server.asked
        asked.append((self.command, self.path, self.headers["User-Agent"]))
        name = self.path.lstrip("/").partition("?")[0]
        status = int(name) if name.isdigit() else 200
        if name == "get" and self.command == "HEAD":
            status = 405
        if name == "hidden" and self.command == "HEAD":
            status = 404
        if name == "later" and len(asked) == 1:
            status = 429
        if name.startswith("to/") or name == "circle":
            status = 302
        self.send_response(status)
        if status == 302:
            self.send_header(
                "Location", self.path.removeprefix("/to") if name != "circle" else "/circle"
            )
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def asker() -> Asker:
    return Asker(timeout_s=5, delay_s=0, allow_private=True)


@pytest.mark.parametrize(
    ("path", "alive"),
    [
        ("/", True), ("/404", False), ("/410", False), ("/403", None), ("/500", None), ("/get", True),
        ("/hidden", True), ("/to/200", True), ("/to/404", False), ("/circle", None), ("/?a=b c#d", True),
    ],
)  # fmt: skip
def test_what_an_answer_means(server: Server, path: str, alive: bool | None) -> None:
    assert asker().ask(server.url + path).alive is alive
    assert {agent for _, _, agent in server.asked} == {USER_AGENT}
    assert server.asked[0][0] == "HEAD"


def test_a_server_that_asks_for_patience_is_asked_again(server: Server) -> None:
    assert asker().ask(server.url + "/later").alive is True
    assert [path for _, path, _ in server.asked] == ["/later", "/later"]


def test_each_address_is_asked_once_and_fragments_are_dropped(server: Server) -> None:
    page = f"[a]({server.url}/x#one) [b]({server.url}/x#two) [c](x.md) [d]({server.url}/404)\n"
    one = asker()
    claims = list(one.claims(read_markdown(page)))
    assert [(c.text, c.verdict) for c in claims] == [
        (f"{server.url}/x#one", "true"), (f"{server.url}/x#two", "true"), (f"{server.url}/404", "false"),
    ]  # fmt: skip
    assert [path for method, path, _ in server.asked if method == "HEAD"].count("/x") == 1
    list(one.claims(read_markdown(page)))
    assert [path for method, path, _ in server.asked if method == "HEAD"].count("/x") == 1


def test_private_addresses_are_never_asked(server: Server) -> None:
    careful = Asker(timeout_s=5, delay_s=0)
    for url in (server.url, server.url.replace("127.0.0.1", "localhost"), "http://[::1]:1/"):
        assert careful.ask(url) == Answer(None, "the address is not a public one")
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("169.254.169.254", False),
        ("192.168.1.1", False), ("::1", False), ("::ffff:127.0.0.1", False), ("fe80::1%eth0", False),
        ("0.0.0.1", False), ("100.64.0.1", False), ("224.0.0.1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert _is_public(address) is public


@pytest.mark.parametrize(
    "url", ["http://[", "http://a:b/", "http://\n/", "http://a\0b/", "https://", "http:///x"]
)
def test_addresses_that_are_none_are_not_judged(url: str) -> None:
    assert asker().ask(url).alive is not True
    assert all(c.verdict == "not_judged" for c in asker().claims(read_markdown(f"[a](<{url}>)\n")))


def test_an_unknown_host_is_false_only_where_others_are_known(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def lookup(host: str, *arguments: object, **options: object) -> object:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return known(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    gone = "[a](http://nowhere.invalid/)"
    (claim,) = asker().claims(read_markdown(gone + "\n"))
    assert claim.verdict == "not_judged"
    claims = list(asker().claims(read_markdown(f"{gone} [b]({server.url}/)\n")))
    assert [c.verdict for c in claims] == ["false", "true"]
    assert "'nowhere.invalid'" in claims[0].reason


def test_a_refused_connection_is_not_judged() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert asker().ask(f"http://127.0.0.1:{port}/").alive is None
