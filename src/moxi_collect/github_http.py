"""One host, asked politely: limits waited for, failures tried again, moves followed, answers remembered.

`github.py` says what is asked; this says how. Nothing here knows what a repository is.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from moxi_collect.github_cache import Entry, EtagCache
from moxi_core import __version__
from moxi_core.errors import CollectError

TRIES = 5  # of one request, the first among them
MOVES = 5  # redirects of one request
ANSWER_BYTES = 16 * 1024 * 1024
ANSWER_S = 120.0  # a server that sends a byte now and then is given up on
FIRST_SECONDARY_S = 60.0  # what GitHub asks for where its answer names no time; doubled each time
COOL_DOWN_S = 300.0  # a server that failed again and again is left alone for so long
# Failures in a row. One bad entry among 50 makes 7 queries in a row fail, so GraphQL is given one more.
PATIENCE = {"graphql": 8, "core": 3}

Json = dict[str, object]


class UnansweredError(Exception):
    """No usable answer came; asking for less, or elsewhere, may help. Never leaves this package."""


class StoppedError(UnansweredError):
    """A limit is used up for longer than we may wait, or the server is down: do not ask now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer whose body is a JSON object; of a redirect and a 304 the body is empty."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: Json


class Http:
    """A client of one API host. Not for sharing between threads."""

    def __init__(
        self,
        *,
        token: str,
        api: str,
        cache: EtagCache,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        max_wait_s: float,
        note: Callable[[str], None],
    ) -> None:
        self._api = _base(api)
        self._cache = cache
        self._sleep = sleep
        self._clock = clock
        self._max_wait_s = max_wait_s
        self._note = note
        self._open_at: dict[str, float] = {}  # resource -> when its limit is reset
        self._down_until: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._told: dict[str, float] = {}
        self.authorised = bool(token.strip())
        self._client = _client(_headers(token.strip()))

    def close(self) -> None:
        self._client.close()
        self._cache.save()

    def post(self, body: Json) -> Answer:
        """The answer to a GraphQL query."""
        path = self._api.path.rstrip("/").removesuffix(
            "/v3"
        )  # GitHub Enterprise: /api/v3, /api/graphql
        url = self._api.copy_with(path=f"{path}/graphql")
        return self._send("graphql", self._client.build_request("POST", url, json=body))

    def get(self, path: str, keep: Callable[[Json], Json | None]) -> Answer:
        """The answer to GET, moves followed. What `keep` returns is remembered with its ETag."""
        url = self._api.copy_with(path=f"{self._api.path.rstrip('/')}/{path}")
        for _ in range(MOVES + 1):
            known = self._cache.get(str(url))
            headers = {"If-None-Match": known.etag} if known else {}
            answer = self._send("core", self._client.build_request("GET", url, headers=headers))
            if answer.status == 304 and known:
                return Answer(url, 200, answer.headers, known.body)
            if answer.status not in (301, 302, 307, 308):
                self._remember(answer, keep)
                return answer
            url = self._moved_to(url, answer.headers.get("location", ""))
        raise UnansweredError("moved in a circle")

    def worked(self, resource: str) -> None:
        self._failures[resource] = 0

    def failed(self, resource: str) -> None:
        """Count a failure; after too many in a row the resource is left alone for a while."""
        self._failures[resource] = self._failures.get(resource, 0) + 1
        if self._failures[resource] >= PATIENCE[resource]:
            self._failures[resource] = PATIENCE[resource] - 1  # one more failure after the pause
            self._down_until[resource] = self._clock() + COOL_DOWN_S
            self._note(
                f"{_named(resource)} of {self._api.host} gives no usable answers; "
                f"going on without it for {COOL_DOWN_S / 60:.0f} minutes"
            )

    def spend(self, resource: str, spent: bool, reset: float | None) -> None:
        """What an answer says of its own quota, beside the headers."""
        if spent and reset is not None:
            self._block((resource,), max(reset - self._clock(), 0) + 1)

    def _send(self, resource: str, request: httpx.Request) -> Answer:
        """Up to `TRIES` tries of one request; limits are waited for, `max_wait_s` in all."""
        waited, reason = 0.0, "a limit"
        for attempt in range(TRIES):
            waited += self._wait_for_turn(resource, waited)
            try:
                answer = self._once(request)
            except httpx.RequestError as error:
                reason = type(error).__name__  # its text may hold what a server sent
            else:
                if self._limited(resource, answer, attempt):
                    continue
                if answer.status < 500:
                    return self._checked(answer)
                reason = f"HTTP {answer.status}"
            if attempt < TRIES - 1:
                # Half of the pause is jitter, so that many machines do not come back as one.
                self._sleep(2**attempt * (0.5 + secrets.randbelow(501) / 1000))
        if self._open_at.get(resource, 0) > self._clock():
            self._stop(resource)
        raise UnansweredError(f"{TRIES} tries, the last: {reason}")

    def _once(self, request: httpx.Request) -> Answer:
        started = time.monotonic()
        response = self._client.send(request, stream=True)
        try:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > ANSWER_BYTES or time.monotonic() - started > ANSWER_S:
                    raise httpx.ReadError("too long an answer", request=request)
        finally:
            response.close()
        return Answer(request.url, response.status_code, response.headers, _json(bytes(content)))

    def _checked(self, answer: Answer) -> Answer:
        if answer.status == 401 and self.authorised:
            raise CollectError(
                "GitHub refused the token in GITHUB_TOKEN (HTTP 401): put a valid one there, "
                "or unset it to go on without."
            )
        if not answer.body and not 300 <= answer.status < 400:
            raise UnansweredError("not a JSON object")
        return answer

    def _wait_for_turn(self, resource: str, waited: float) -> float:
        """Sleep until the limit of the resource is reset; the seconds slept."""
        now = self._clock()
        if now < self._down_until.get(resource, 0):
            raise StoppedError(resource)
        left = self._open_at.get(resource, 0) - now
        if left <= 0:
            return 0
        if waited + left > self._max_wait_s:
            self._stop(resource)
        self._note(f"waiting {left:.0f} s: the limit of {_named(resource)} is used up")
        self._sleep(left)
        self._open_at.pop(resource, None)
        return left

    def _stop(self, resource: str) -> None:
        """Give up on the resource until its limit is reset, and say so once."""
        until = self._down_until[resource] = self._open_at[resource]
        if self._told.get(resource) != until:
            self._told[resource] = until
            mend = "" if self.authorised else "; a GITHUB_TOKEN allows 5,000 requests an hour"
            self._note(
                f"the limit of {_named(resource)} is used up until {_time(until)}, "
                f"going on without it{mend}"
            )
        raise StoppedError(resource)

    def _limited(self, resource: str, answer: Answer, attempt: int) -> bool:
        """Whether a limit refused this answer. Notes when the next request may be sent."""
        now = self._clock()
        spent = answer.headers.get("x-ratelimit-remaining") == "0"
        reset = _number(answer.headers.get("x-ratelimit-reset", ""))
        after = _seconds(answer.headers.get("retry-after", ""), now)
        refused = _refused(answer, spent, after)
        if refused and after is not None:
            self._block(PATIENCE, max(after, 1))  # secondary limits are shared by both interfaces
        elif spent and reset is not None:
            self._block((resource,), max(reset - now, 0) + 1)  # a second for clocks that differ
        elif refused:
            self._block(PATIENCE, FIRST_SECONDARY_S * 2**attempt)
        return refused

    def _block(self, resources: Iterable[str], seconds: float) -> None:
        for resource in resources:
            self._open_at[resource] = self._clock() + seconds

    def _moved_to(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            raise UnansweredError("moved to no address") from None
        if not location or _origin(target) != _origin(self._api) or target.userinfo:
            raise UnansweredError("moved to another host")
        return target

    def _remember(self, answer: Answer, keep: Callable[[Json], Json | None]) -> None:
        etag = answer.headers.get("etag", "")
        kept = keep(answer.body) if answer.status == 200 and etag else None
        if kept is not None:
            self._cache.put(str(answer.url), Entry(etag, kept))


def _headers(token: str) -> dict[str, str]:
    headers = {
        "Accept": "application/vnd.github+json",
        "User-Agent": f"moxi-readme/{__version__}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    if not token:
        return headers
    if not re.fullmatch(r"[\x21-\x7e]+", token):  # else the error of the HTTP library would show it
        raise CollectError("GITHUB_TOKEN holds characters that no token has: copy it again.")
    return headers | {"Authorization": f"Bearer {token}"}


def _client(headers: dict[str, str]) -> httpx.Client:
    """The token lives in its headers only, whose repr hides it. Redirects are ours to follow."""
    timeout = httpx.Timeout(30, connect=10)
    try:
        return httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)
    except (ValueError, ImportError, httpx.InvalidURL):  # their text may hold a proxy's password
        raise CollectError(
            "The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names cannot be used: "
            "correct or unset it (SOCKS needs the package socksio)."
        ) from None


def _base(api: str) -> httpx.URL:
    try:
        url = httpx.URL(api)
    except httpx.InvalidURL:
        url = httpx.URL()
    wrong = not url.host or url.userinfo or url.query or (url.port or 0) > 65535
    if wrong or url.scheme not in ("http", "https"):
        raise CollectError(
            "The address of the API is not one: give it like https://api.github.com, "
            "without user, password or query."
        )
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _json(content: bytes) -> Json:
    """The JSON object, or an empty one where there is none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _refused(answer: Answer, spent: bool, after: float | None) -> bool:
    if answer.status == 200:  # GraphQL says so in the body
        errors = answer.body.get("errors")
        data = answer.body.get("data")
        return isinstance(errors, list) and not data and any(_says_limit(e) for e in errors)
    if answer.status in (429, 503) and after is not None:
        return True
    return answer.status == 429 or (
        answer.status == 403 and (spent or after is not None or _says_limit(answer.body))
    )


def _says_limit(error: object) -> bool:
    if not isinstance(error, dict):
        return False
    text = str(error.get("message")).lower()
    return error.get("type") == "RATE_LIMITED" or "rate limit" in text or "abuse detection" in text


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _seconds(text: str, now: float) -> float | None:
    """`Retry-After`: seconds, or a date."""
    if (number := _number(text)) is not None:
        return number
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0)
    except (ValueError, OverflowError):
        return None


def _named(resource: str) -> str:
    return "GitHub's GraphQL API" if resource == "graphql" else "GitHub's REST API"


def _time(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return "an unknown time"
