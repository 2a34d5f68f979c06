"""What GitHub knows of repositories beside their code: stars, topics, license, languages, moves.

With a token through GraphQL, 50 repositories a query; what it cannot tell, and all without a token,
through REST. Whatever the API does, the answers that came are kept and the others are None.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Self

from moxi_analyzer.repository import well_formed
from moxi_collect.github_cache import EtagCache
from moxi_collect.github_http import Http, Json, StoppedError, UnansweredError
from moxi_core import console

BATCH = 50
SITE = "https://github.com/"
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")

_FIELDS = """fragment F on Repository {
  nameWithOwner isPrivate stargazerCount isArchived isFork pushedAt description
  parent { nameWithOwner }
  licenseInfo { spdxId }
  primaryLanguage { name }
  defaultBranchRef { name }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  languages(first: 100, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
}"""
# What is read of a REST answer, and so what the cache keeps of it.
_KEPT = (
    "full_name private stargazers_count archived fork pushed_at description language "
    "default_branch topics"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the API says of one repository; a field that it left out or spoiled is empty."""

    url: str  # https://github.com/Owner/name as the API spells it, after moves
    found: bool  # False: deleted, private or blocked; all other fields are empty then
    stars: int | None = None
    topics: tuple[str, ...] = ()
    license: str = ""  # SPDX id; "" if there is none or GitHub does not know it
    language: str = ""
    languages: dict[str, int]  # bytes; empty through REST without a token
    archived: bool = False
    fork: bool = False
    parent: str = ""  # owner/name of what was forked
    default_branch: str = ""
    pushed_at: int | None = None  # milliseconds since 1970
    description: str = ""


class GitHub:
    """A client of GitHub's API, to be used in a `with` statement by one thread.

    One request waits for limits `max_wait_s` at most. `cache` is a JSON file of ETags. `on_wait`
    is told of waits and of limits, a sentence each.
    """

    def __init__(
        self,
        *,
        token: str = "",
        api: str = "https://api.github.com",
        cache: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        max_wait_s: float = 900,
        on_wait: Callable[[str], None] = console.note,
    ) -> None:
        self._http = Http(
            token=token,
            api=api,
            cache=EtagCache(cache, on_wait),
            sleep=sleep,
            clock=clock,
            max_wait_s=max_wait_s,
            note=on_wait,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def metadata(self, slugs: Iterable[str]) -> Iterator[tuple[str, Metadata | None]]:
        """Each "owner/name" as asked, in order, with its answer; None: the API could not tell.

        Raises CollectError where GitHub refuses the token.
        """
        rest = iter(slugs)
        size = BATCH if self._http.authorised else 1
        while batch := list(islice(rest, size)):
            valid = list(dict.fromkeys(slug for slug in batch if _SLUG.fullmatch(slug)))
            answers = self._graphql(valid) if self._http.authorised else {}
            for slug in valid:
                if slug not in answers and (answer := self._rest(slug)):
                    answers[slug] = answer
            for slug in batch:
                yield slug, answers.get(slug)

    def _graphql(self, slugs: list[str]) -> dict[str, Metadata]:
        """The answers that GraphQL gives; a query that fails is asked again in halves."""
        try:
            answers, refused = self._query(slugs) if slugs else ({}, set())
        except StoppedError:
            return {}
        left = [slug for slug in slugs if slug not in answers and slug not in refused]
        if len(left) < len(slugs):
            return answers | self._graphql(left)
        if len(left) < 2:
            return {}
        middle = len(left) // 2
        return self._graphql(left[:middle]) | self._graphql(left[middle:])

    def _query(self, slugs: list[str]) -> tuple[dict[str, Metadata], set[str]]:
        """One query: the answers, and the repositories that GraphQL may not tell of."""
        try:
            body = self._http.post(_query_of(slugs)).body
        except StoppedError:
            raise
        except UnansweredError:
            self._http.failed("graphql")
            return {}, set()
        data = _object(body.get("data"))
        self._http.spend("graphql", *_rate_limit(data))
        errors = _errors(body)
        answers: dict[str, Metadata] = {}
        for i, slug in enumerate(slugs):
            if node := _object(data.get(f"r{i}")):
                if answer := _from_graphql(slug, node):
                    answers[slug] = answer
            elif errors.get(f"r{i}") == "NOT_FOUND":
                answers[slug] = _missing(slug)
        refused = {
            slug
            for i, slug in enumerate(slugs)
            if slug not in answers and errors.get(f"r{i}") == "FORBIDDEN"
        }
        (self._http.worked if answers or refused else self._http.failed)("graphql")
        return answers, refused

    def _rest(self, slug: str) -> Metadata | None:
        try:
            answer = self._http.get(f"repos/{slug}", _kept)
        except StoppedError:
            return None
        except UnansweredError:
            self._http.failed("core")
            return None
        self._http.worked("core")
        # The message tells an answer of the API from a page of something else at its address.
        blocked = answer.status == 403 and "block" in answer.body
        if isinstance(answer.body.get("message"), str) and (
            blocked or answer.status in (404, 410, 451)
        ):
            return _missing(slug)
        if answer.status != 200:
            return None
        return _from_rest(slug, answer.body, self._languages)

    def _languages(self, slug: str) -> dict[str, int]:
        """Bytes by language: one more request, which without a token would be too dear."""
        if not self._http.authorised:
            return {}
        try:
            answer = self._http.get(f"repos/{slug}/languages", lambda body: body)
        except UnansweredError:
            return {}
        return _sizes(answer.body.items()) if answer.status == 200 else {}


def _query_of(slugs: list[str]) -> Json:
    """The names go in variables: nothing that a list says becomes part of the query."""
    names = ", ".join(f"$o{i}: String!, $n{i}: String!" for i in range(len(slugs)))
    asked = " ".join(
        f"r{i}: repository(owner: $o{i}, name: $n{i}, followRenames: true) {{ ...F }}"
        for i in range(len(slugs))
    )
    variables = {}
    for i, slug in enumerate(slugs):
        variables[f"o{i}"], variables[f"n{i}"] = slug.split("/")
    query = f"query({names}) {{ rateLimit {{ cost remaining resetAt }} {asked} }}\n{_FIELDS}"
    return {"query": query, "variables": variables}


def _errors(body: Json) -> dict[str, str]:
    """Alias -> type of error, of the errors that concern a whole repository."""
    found: dict[str, str] = {}
    for error in _list(body.get("errors")):
        path, kind = _list(_object(error).get("path")), _object(error).get("type")
        if len(path) == 1 and isinstance(path[0], str) and isinstance(kind, str):
            found[path[0]] = kind
    return found


def _rate_limit(data: Json) -> tuple[bool, float | None]:
    """Whether the next query cannot be paid, and when it can."""
    limit = _object(data.get("rateLimit"))
    remaining, cost = _number(limit.get("remaining")), _number(limit.get("cost"))
    reset = _milliseconds(limit.get("resetAt"))
    spent = remaining is not None and remaining < max(cost or 1, 1)
    return spent, None if reset is None else reset / 1000


def _from_graphql(slug: str, node: Json) -> Metadata | None:
    name = _slug(node.get("nameWithOwner"))
    if not name:
        return None
    if node.get("isPrivate") is True:
        return _missing(slug)
    topics = _list(_object(node.get("repositoryTopics")).get("nodes"))
    languages = _list(_object(node.get("languages")).get("edges"))
    return Metadata(
        url=SITE + name,
        found=True,
        stars=_number(node.get("stargazerCount")),
        topics=_texts(_object(_object(topic).get("topic")).get("name") for topic in topics),
        license=_license(_object(node.get("licenseInfo")).get("spdxId")),
        language=_text(_object(node.get("primaryLanguage")).get("name")),
        languages=_sizes(
            (_object(_object(edge).get("node")).get("name"), _object(edge).get("size"))
            for edge in languages
        ),
        archived=node.get("isArchived") is True,
        fork=node.get("isFork") is True,
        parent=_slug(_object(node.get("parent")).get("nameWithOwner")),
        default_branch=_text(_object(node.get("defaultBranchRef")).get("name")),
        pushed_at=_milliseconds(node.get("pushedAt")),
        description=_text(node.get("description")),
    )


def _from_rest(
    slug: str, body: Json, languages: Callable[[str], dict[str, int]]
) -> Metadata | None:
    name = _slug(body.get("full_name"))
    if not name:
        return None
    if body.get("private") is True:
        return _missing(slug)
    return Metadata(
        url=SITE + name,
        found=True,
        stars=_number(body.get("stargazers_count")),
        topics=_texts(_list(body.get("topics"))),
        license=_license(_object(body.get("license")).get("spdx_id")),
        language=_text(body.get("language")),
        languages=languages(name),
        archived=body.get("archived") is True,
        fork=body.get("fork") is True,
        parent=_slug(_object(body.get("parent")).get("full_name")),
        default_branch=_text(body.get("default_branch")),
        pushed_at=_milliseconds(body.get("pushed_at")),
        description=_text(body.get("description")),
    )


def _kept(body: Json) -> Json | None:
    """The part of a REST answer that is read again from the cache; of private ones nothing."""
    if not _slug(body.get("full_name")) or body.get("private") is True:
        return None
    kept = {key: body[key] for key in _KEPT if key in body}
    kept["license"] = {"spdx_id": _object(body.get("license")).get("spdx_id")}
    kept["parent"] = {"full_name": _object(body.get("parent")).get("full_name")}
    return kept


def _missing(slug: str) -> Metadata:
    return Metadata(url=SITE + slug, found=False, languages={})


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return well_formed(value).strip() if isinstance(value, str) else ""


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(text for value in values if (text := _text(value)))


def _slug(value: object) -> str:
    return value if isinstance(value, str) and _SLUG.fullmatch(value) else ""


def _license(value: object) -> str:
    spdx = _text(value)
    return "" if spdx == "NOASSERTION" else spdx


def _number(value: object) -> int | None:
    """A count that any store can hold."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 <= value < 2**63 else None


def _sizes(pairs: Iterable[tuple[object, object]]) -> dict[str, int]:
    sizes = ((_text(name), _number(size)) for name, size in pairs)
    return {name: size for name, size in sizes if name and size}


def _milliseconds(value: object) -> int | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
