"""Web links, asked politely and only on request: `readme-gen check --online`.

A README is untrusted: only public addresses are asked, and the address that was looked up is the
one that is connected to. Redirects are asked in the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_core import __version__

USER_AGENT = f"readme-gen/{__version__} (link check)"
_GONE = {404: "not found", 410: "gone"}
MAX_ASKED = 1_000
_MAX_REDIRECTS = 8
_MAX_WAIT_S = 20.0
_NO_HEAD = frozenset({400, 401, 403, 404, 405, 410, 500, 501, 503})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the web says of an address; `alive` is None where it says nothing certain."""

    alive: bool | None
    reason: str = ""


_NOT_ASKED = Answer(None, f"only {MAX_ASKED} addresses are asked in one run")


class _PrivateError(Exception):
    """The address is not a public one."""


class _UnknownError(Exception):
    """The name is not known to DNS."""


@dataclass(slots=True)
class Asker:
    """Asks each address once; of a host one at a time, with `delay_s` between."""

    timeout_s: float = 10.0
    delay_s: float = 0.2
    retries: int = 2
    threads: int = 8
    allow_private: bool = False
    _answers: dict[str, Answer] = field(default_factory=dict)
    _is_connected: bool = False

    def claims(self, document: Document) -> Iterator[Claim]:
        """The web links of a page, judged."""
        spans = [link for link in document.links if _is_web(link.text.strip())]
        self._ask_all({_address(span.text) for span in spans})
        for span in spans:
            answer = self._answers.get(_address(span.text), _NOT_ASKED)
            if answer.alive is False and not self._is_connected:
                yield not_judged("url", span, "no name can be looked up: there may be no network")
            elif answer.alive is None:
                yield not_judged("url", span, answer.reason)
            elif answer.alive:
                yield true("url", span, reason=answer.reason)
            else:
                yield false("url", span, answer.reason)

    def _ask_all(self, addresses: Iterable[str]) -> None:
        hosts: dict[str, list[str]] = defaultdict(list)
        for address in sorted(set(addresses) - set(self._answers))[:MAX_ASKED]:
            hosts[address.split("/")[2].lower()].append(address)
        with ThreadPoolExecutor(self.threads) as pool:
            for found in pool.map(self._ask_host, hosts.values()):
                self._answers.update(found)

    def _ask_host(self, addresses: list[str]) -> dict[str, Answer]:
        return {address: self.ask(address) for address in addresses}

    def ask(self, url: str) -> Answer:
        """HEAD, then GET where HEAD is no proof; only 404, 410 and an unknown name are a no."""
        url = _address(url)
        try:
            for method in ("HEAD", "GET"):
                status = self._status(method, url)
                if method == "GET" or status not in _NO_HEAD:
                    break
        except _PrivateError:
            return Answer(None, "the address is not a public one")
        except _UnknownError as error:
            return Answer(False, f"there is no host {str(error)!r}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(None, f"no answer: {type(error).__name__}")
        if status in _GONE:
            return Answer(False, f"the server says {status} {_GONE[status]}")
        if 200 <= status < 300:
            return Answer(True, f"the server says {status}")
        return Answer(None, f"the server says {status}")

    def _status(self, method: str, url: str) -> int:
        """The status that an address ends in, redirects followed."""
        tries = 0
        for _ in range(_MAX_REDIRECTS):
            status, headers = self._request(method, url)
            time.sleep(self.delay_s)
            if status in {429, 503} and tries < self.retries:
                tries += 1
                time.sleep(_wait(headers.get("Retry-After", ""), tries))
                continue
            location = headers.get("Location", "")
            if status not in {301, 302, 303, 307, 308} or not location:
                return status
            url = _address(urljoin(url, location))
            if not _is_web(url):
                return status
        return 310  # redirected in circles

    def _request(self, method: str, url: str) -> tuple[int, http.client.HTTPMessage]:
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        connection = http.client.HTTPConnection(
            host, parts.port or (443 if secure else 80), timeout=self.timeout_s
        )
        try:
            connection.sock = self._connect(host, connection.port)
            if secure:
                context = ssl.create_default_context()
                connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
            connection.request(method, target, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.msg
        finally:
            connection.close()

    def _connect(self, host: str, port: int) -> socket.socket:
        """A connection to a public address of a host, the very one that was looked at."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", -5)}:
                raise _UnknownError(host) from error
            raise
        except UnicodeError as error:
            raise ValueError(host) from error
        self._is_connected = True
        last: OSError = OSError("no address")
        for family, kind, protocol, _, address in found:
            if not self.allow_private and not _is_public(str(address[0])):
                raise _PrivateError
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self.timeout_s)
                connection.connect(address)
            except OSError as error:
                connection.close()
                last = error
            else:
                return connection
        raise last


def _is_public(address: str) -> bool:
    """Whether an address is one of the open internet, also where it hides in IPv6."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo or (None,))[-1]
        if inner is not None and not inner.is_global:
            return False
    return known.is_global and not known.is_multicast


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _address(url: str) -> str:
    """An address as it is sent: without fragment, other characters encoded."""
    return quote(url.strip().partition("#")[0], safe="!#$%&'()*+,/:;=?@[]~")


def _wait(told: str, tries: int) -> float:
    """Seconds to wait before asking again, as the server wants it, within reason."""
    seconds = float(told) if told.strip().isdigit() else 2.0**tries
    return min(seconds, _MAX_WAIT_S)
