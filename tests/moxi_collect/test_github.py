"""The client of GitHub's API against a real local server: what is asked, how often, and what is kept."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from moxi_collect.github import GitHub, Metadata
from moxi_core.errors import CollectError
from tests.moxi_collect.github_server import (
    Answering,
    Asked,
    Reply,
    Server,
    graphql,
    node,
    repository,
    rest,
    serving,
)

TOKEN = "ghp_0123456789secret"  # noqa: S105
NOT_FOUND = Reply({"message": "Not Found", "status": "404"}, 404)
HTML = Reply("<!DOCTYPE html><title>Sign in to the network</title>")
NOW = 1_700_000_000.0


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


class Bench:
    """One client, its server, and the time that it believes in."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.now = NOW
        self.slept: list[float] = []
        self.notes: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def client(
        self, token: str = TOKEN, *, max_wait_s: float = 900, cache: Path | None = None
    ) -> GitHub:
        return GitHub(
            token=token,
            api=self.server.url,
            cache=cache,
            sleep=self.sleep,
            clock=lambda: self.now,
            max_wait_s=max_wait_s,
            on_wait=self.notes.append,
        )

    def ask(self, *slugs: str, token: str = TOKEN) -> dict[str, Metadata | None]:
        with self.client(token) as client:
            return dict(client.metadata(slugs))


Benches = Callable[[Answering | list[Reply]], Bench]


@pytest.fixture
def bench() -> Iterator[Benches]:
    """Starts servers, each with a client beside it; they end with the test."""
    with ExitStack() as stack:
        yield lambda answering: Bench(stack.enter_context(serving(answering)))


def slugs(count: int) -> list[str]:
    return [f"owner{i}/name.{i}" for i in range(count)]


def whole(slug: str, **changes: object) -> Metadata:
    fields: dict[str, object] = {
        "url": f"https://github.com/{slug}",
        "found": True,
        "stars": 42,
        "topics": ("tide", "cli"),
        "license": "MIT",
        "language": "Go",
        "languages": {"Go": 900},
        "default_branch": "main",
        "pushed_at": 1_714_979_289_000,
        "description": f"This is {slug}",
    }
    return Metadata(**(fields | changes))  # type: ignore[arg-type]


def missing(slug: str) -> Metadata:
    return Metadata(url=f"https://github.com/{slug}", found=False, languages={})


def halves_but(bad: set[str], reply: Reply) -> Answering:
    """GraphQL that fails whenever a bad repository is asked for; REST knows all."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return rest(asked)
        return reply if bad & set(asked.slugs) else graphql(asked)

    return answer


# What is asked


def test_120_repositories_are_3_queries(bench: Benches) -> None:
    b = bench(graphql)
    asked = slugs(120)
    answers = b.ask(*asked)
    assert answers == {slug: whole(slug) for slug in asked}
    assert list(answers) == asked
    assert [len(a.slugs) for a in b.server.asked] == [50, 50, 20]
    assert {a.path for a in b.server.asked} == {"/graphql"}
    assert {a.headers["authorization"] for a in b.server.asked} == {f"Bearer {TOKEN}"}
    assert all(a.headers["user-agent"].startswith("moxi-readme/") for a in b.server.asked)
    assert not b.slept
    assert not b.notes


def test_it_asks_as_it_is_read(bench: Benches) -> None:
    b = bench(graphql)
    with b.client() as client:
        answers = client.metadata(slugs(120))
        assert next(answers)[1] is not None
        assert len(b.server.asked) == 1


def test_names_never_become_part_of_the_query(bench: Benches) -> None:
    b = bench(graphql)
    bad = ['a/b") { id } x: viewer { login } #', "a/..", "a/b/c", "a/b\n", "", "a", "/b", "a/b?c"]
    answers = b.ask(*bad, "a/b", "a/b")
    assert answers == dict.fromkeys(bad) | {"a/b": whole("a/b")}
    (asked,) = b.server.asked
    assert asked.slugs == ["a/b"]
    query = json.loads(asked.body)["query"]
    assert "a/b" not in query
    assert "repository(owner: $o0, name: $n0, followRenames: true)" in query


def test_without_a_valid_name_nothing_is_asked(bench: Benches) -> None:
    b = bench([])
    assert b.ask("nonsense") == {"nonsense": None}
    assert b.ask("nonsense", token="") == {"nonsense": None}
    assert not b.server.asked


# What is kept


def test_null_aliases_are_missing_and_the_rest_is_kept(bench: Benches) -> None:
    b = bench(lambda asked: graphql(asked, missing=("owner1/name.1", "owner3/name.3")))
    answers = b.ask(*slugs(5))
    assert [a.found for a in answers.values() if a] == [True, False, True, False, True]
    assert answers["owner1/name.1"] == missing("owner1/name.1")
    assert len(b.server.asked) == 1


def test_moved_archived_forked_and_private_ones(bench: Benches) -> None:
    changes: dict[str, dict[str, object]] = {
        "old/name": {"nameWithOwner": "New/Name"},
        "an/archive": {"isArchived": True, "licenseInfo": {"spdxId": "NOASSERTION"}},
        "a/fork": {"isFork": True, "parent": {"nameWithOwner": "the/source"}},
        "my/secret": {"isPrivate": True},
    }

    def answer(asked: Asked) -> Reply:
        nodes = {f"r{i}": node(s, **changes[s]) for i, s in enumerate(asked.slugs)}
        return Reply({"data": nodes})

    assert bench(answer).ask(*changes) == {
        "old/name": whole("New/Name", description="This is old/name"),
        "an/archive": whole("an/archive", archived=True, license=""),
        "a/fork": whole("a/fork", fork=True, parent="the/source"),
        "my/secret": missing("my/secret"),
    }


def test_fields_of_wrong_types_are_empty(bench: Benches) -> None:
    spoiled = dict.fromkeys(node("a/b"), "\ud800x") | {"nameWithOwner": "a/b", "isPrivate": 0}
    spoiled |= {"stargazerCount": True, "languages": {"edges": [3, {"node": []}, None]}}
    spoiled |= {"repositoryTopics": {"nodes": [None, {"topic": {"name": 1}}, []]}}
    b = bench(lambda asked: Reply({"data": {"r0": spoiled}}))
    expected = Metadata(url="https://github.com/a/b", found=True, languages={}, description="?x")
    assert b.ask("a/b") == {"a/b": expected}
    huge = node("a/b", stargazerCount=10**30, pushedAt="yesterday", description=None)
    b = bench(lambda asked: Reply({"data": {"r0": huge}}))
    assert b.ask("a/b") == {"a/b": whole("a/b", stars=None, pushed_at=None, description="")}


BAD_BODIES = {
    "half JSON": Reply('{"data": {"r0": {"nameWithOwner": "own'),
    "HTML": HTML,
    "empty": Reply(""),
    "a list": Reply([1, 2]),
    "deep": Reply("[" * 100_000),
    "wrong types": Reply({"data": "no", "errors": 7}),
    "no data": Reply({"data": None, "errors": [{"message": "Something went wrong"}]}),
    "forbidden": Reply({"message": "Resource not accessible"}, 403),
    "not gzip": Reply('{"data": {}}', headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_one_bad_entry_does_not_spoil_49(bench: Benches, name: str) -> None:
    b = bench(halves_but({"owner0/name.0"}, BAD_BODIES[name]))
    answers = b.ask(*slugs(50))
    expected = {slug: whole(slug) for slug in slugs(50)}
    expected["owner0/name.0"] = whole("owner0/name.0", languages={"Go": 900, "Shell": 7})
    assert answers == expected
    posts = [a for a in b.server.asked if a.method == "POST"]
    halved = [50, 25, 12, 6, 3, 1]  # with the bad entry; each but the first has its other half
    failing = [len(a.slugs) for a in posts if "owner0/name.0" in a.slugs]
    tries = 5 if name == "not gzip" else 1
    assert failing == [size for size in halved for _ in range(tries)]
    assert len(posts) - len(failing) == len(halved) - 1
    assert b.server.paths[-2:] == ["/repos/owner0/name.0", "/repos/owner0/name.0/languages"]


def test_a_spoiled_alias_is_asked_again_alone(bench: Benches) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return rest(asked)
        nodes = {f"r{i}": node(s) if s != "a/2" else "?" for i, s in enumerate(asked.slugs)}
        return Reply({"data": nodes})

    b = bench(answer)
    assert all(b.ask("a/1", "a/2", "a/3").values())
    assert [a.slugs for a in b.server.asked[:2]] == [["a/1", "a/2", "a/3"], ["a/2"]]
    assert b.server.paths[2:] == ["/repos/a/2", "/repos/a/2/languages"]


def test_what_graphql_may_not_tell_is_asked_of_rest_at_once(bench: Benches) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return Reply({"message": "Resource protected by SAML"}, 403)
        error = {"type": "FORBIDDEN", "path": ["r1"], "message": "SAML"}
        return Reply({"data": {"r0": node("a/1"), "r1": None}, "errors": [error]})

    b = bench(answer)
    assert b.ask("a/1", "a/2") == {"a/1": whole("a/1"), "a/2": None}
    assert b.server.paths == ["/graphql", "/repos/a/2"]


@pytest.mark.parametrize("reply", [HTML, BAD_BODIES["wrong types"]])
def test_an_api_that_is_none_is_soon_left_alone(bench: Benches, reply: Reply) -> None:
    b = bench(lambda asked: reply if asked.method == "POST" else HTML)
    assert b.ask(*slugs(120)) == dict.fromkeys(slugs(120))
    assert len(b.server.asked) == 8 + 3
    assert len(b.notes) == 2
    assert not b.slept


def test_only_failures_in_a_row_count(bench: Benches) -> None:
    bad = {"owner0/name.0", "owner50/name.50"}
    b = bench(halves_but(bad, HTML))
    assert all(b.ask(*slugs(100)).values())
    assert sum(a.method == "POST" for a in b.server.asked) == 2 * 11
    good = Reply(repository("a/1"))
    b = bench([HTML, HTML, good, HTML, HTML, good])
    answers = b.ask(*slugs(6), token="").values()
    assert [answer is not None for answer in answers] == [False, False, True] * 2


def test_a_server_left_alone_is_asked_again_later(bench: Benches) -> None:
    b = bench([HTML] * 3 + [Reply(repository("a/4"))])
    with b.client(token="") as client:
        assert not any(answer for _, answer in client.metadata(["a/1", "a/2", "a/3", "a/4"]))
        b.now += 301
        assert dict(client.metadata(["a/4"])) == {"a/4": whole("a/4", languages={})}


# Without a token


def test_without_a_token_rest_is_asked(bench: Benches) -> None:
    b = bench(rest)
    answers = b.ask("a/1", "a/2", token="")
    assert answers == {slug: whole(slug, languages={}) for slug in ("a/1", "a/2")}
    assert b.server.paths == ["/repos/a/1", "/repos/a/2"]
    assert not any("authorization" in a.headers for a in b.server.asked)


def test_rest_tells_what_is_missing_archived_or_a_fork(bench: Benches) -> None:
    b = bench(
        [
            NOT_FOUND,
            Reply({"message": "Repository access blocked", "block": {"reason": "dmca"}}, 451),
            Reply({"message": "Repository access blocked", "block": {"reason": "tos"}}, 403),
            Reply(repository("a/4", private=True)),
            Reply(repository("a/5", archived=True, license={"spdx_id": "NOASSERTION"})),
            Reply(repository("a/6", fork=True, parent={"full_name": "the/source"}, license=None)),
            Reply("<html>404</html>", 404),
            Reply({"error": "no such route"}, 404),
        ]
    )
    assert b.ask(*(f"a/{i}" for i in range(1, 9)), token="") == {
        **{f"a/{i}": missing(f"a/{i}") for i in range(1, 5)},
        "a/5": whole("a/5", languages={}, archived=True, license=""),
        "a/6": whole("a/6", languages={}, fork=True, parent="the/source", license=""),
        **dict.fromkeys(("a/7", "a/8")),  # not the API's own words: they say nothing of it
    }


def test_the_60_requests_of_an_hour_used_up(bench: Benches) -> None:
    def answer(asked: Asked) -> Reply:
        left = {"X-RateLimit-Remaining": str(2 - len(b.server.asked))}
        return Reply(rest(asked).body, headers=left | {"X-RateLimit-Reset": str(int(NOW) + 3000)})

    b = bench(answer)
    answers = b.ask(*slugs(60), token="")
    assert [slug for slug, answer in answers.items() if answer] == slugs(2)
    assert len(b.server.asked) == 2
    assert not b.slept
    (note,) = b.notes
    assert "GITHUB_TOKEN" in note
    assert "23:03 UTC" in note
    with b.client("", max_wait_s=3600) as client:
        b.server.asked.clear()
        assert all(answer for _, answer in client.metadata(slugs(3)))
    assert b.slept == [3001]


# Limits


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("token", [TOKEN, ""])
def test_retry_after_is_honoured(bench: Benches, status: int, token: str) -> None:
    limited = Reply({"message": "slow down"}, status, {"Retry-After": "37"})

    def answer(asked: Asked) -> Reply:
        if len(b.server.asked) == 1:
            return limited
        return graphql(asked) if asked.method == "POST" else rest(asked)

    b = bench(answer)
    assert all(b.ask("a/1", "a/2", token=token).values())
    assert b.slept == [37]
    assert len(b.server.asked) == (2 if token else 3)
    assert len(b.notes) == 1


def test_retry_after_may_be_a_date(bench: Benches) -> None:
    date = {"Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT"}  # a minute after NOW
    b = bench([Reply({"message": "x"}, 429, date), Reply(repository("a/1"))])
    assert b.ask("a/1", token="")["a/1"]
    assert b.slept == [60]


def test_secondary_limits_without_a_time_are_waited_for_longer_each_time(bench: Benches) -> None:
    limited = Reply({"message": "You have exceeded a secondary rate limit."}, 403)
    in_body = Reply({"errors": [{"type": "RATE_LIMITED", "message": "exceeded"}]})
    replies = [limited, in_body, limited]
    b = bench(lambda asked: replies.pop(0) if replies else graphql(asked))
    assert b.ask("a/1") == {"a/1": whole("a/1")}
    assert b.slept == [60, 120, 240]
    assert len(b.server.asked) == 4


def test_a_limit_used_up_midway_is_waited_for(bench: Benches) -> None:
    def answer(asked: Asked) -> Reply:
        reply = graphql(asked)
        assert isinstance(reply.body, dict)
        if len(b.server.asked) == 1:
            reset = {"cost": 1, "remaining": 0, "resetAt": "2023-11-14T22:18:20Z"}
            reply.body["data"]["rateLimit"] = reset
        return reply

    b = bench(answer)
    assert all(b.ask(*slugs(120)).values())
    assert b.slept == [301]
    assert len(b.server.asked) == 3


def test_a_limit_used_up_for_too_long_leaves_rest_and_then_none(bench: Benches) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 3000)}

    def answer(asked: Asked) -> Reply:
        if asked.method == "POST" and len(b.server.asked) > 1:
            return Reply({"message": "API rate limit exceeded"}, 403, spent)
        if asked.method == "POST":
            return graphql(asked)
        return Reply(
            rest(asked).body, headers=spent if asked.path == "/repos/owner52/name.52" else {}
        )

    b = bench(answer)
    answers = b.ask(*slugs(120))
    assert [slug for slug, answer in answers.items() if answer] == slugs(53)
    assert b.server.paths[:2] == ["/graphql", "/graphql"]
    assert len(b.server.asked) == 2 + 2 * 3 - 1  # the languages of the last one could not be asked
    assert not b.slept
    assert len(b.notes) == 2


def test_waits_of_one_request_are_bounded_together(bench: Benches) -> None:
    b = bench(lambda asked: Reply({"message": "x"}, 429, {"Retry-After": "400"}))
    assert b.ask(*slugs(3), token="") == dict.fromkeys(slugs(3))
    assert b.slept == [400, 400]
    assert len(b.server.asked) == 3  # and the others are not asked for


@pytest.mark.parametrize("value", ["-5", "nan", "1e400", "soon", "", "99999999999999999"])
def test_nonsense_in_headers(bench: Benches, value: str) -> None:
    headers = {"Retry-After": value, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": value}
    b = bench([Reply({"message": "x"}, 429, headers), Reply(repository("a/1"))])
    assert b.ask("a/1", token="")["a/1"]
    assert b.slept == [60]


# Failures


def test_a_server_that_closes_in_the_middle(bench: Benches) -> None:
    replies = [Reply({"data": "x" * 1000}, cut=True), Reply("unicorn", 502), Reply("", 500)]
    b = bench(lambda asked: replies.pop(0) if replies else graphql(asked))
    assert b.ask(*slugs(50)) == {slug: whole(slug) for slug in slugs(50)}
    assert len(b.server.asked) == 4
    assert all(0.5 * 2**i <= wait <= 2**i for i, wait in enumerate(b.slept))
    assert len(b.slept) == 3


def test_at_most_5_tries(bench: Benches) -> None:
    b = bench(lambda asked: Reply("unicorn", 503))
    assert b.ask("a/1", token="") == {"a/1": None}
    assert len(b.server.asked) == 5
    assert len(b.slept) == 4


def test_no_server_at_all(bench: Benches) -> None:
    with serving([]) as server:
        b = Bench(server)
    assert b.ask(*slugs(120)) == dict.fromkeys(slugs(120))
    assert len(b.slept) == 4 * (8 + 3)
    assert sum(b.slept) <= 15 * 11


def test_too_long_an_answer(bench: Benches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moxi_collect.github_http.ANSWER_BYTES", 1000)
    b = bench(lambda asked: Reply({"full_name": "a/1", "more": "x" * 2000}))
    assert b.ask("a/1", token="") == {"a/1": None}


# The token


def test_a_wrong_token_is_one_clear_sentence(bench: Benches) -> None:
    b = bench([Reply({"message": "Bad credentials"}, 401)])
    with pytest.raises(CollectError, match="GITHUB_TOKEN") as caught:
        b.ask("a/1")
    assert len(b.server.asked) == 1
    assert TOKEN not in str(caught.value)
    assert str(caught.value).count(".") == 1


@pytest.mark.parametrize("token", ["ghp secret", "ghp\nsecret", "ghp-sécret"])
def test_a_token_that_cannot_be_one_is_not_shown(token: str) -> None:
    with pytest.raises(CollectError, match="GITHUB_TOKEN") as caught:
        GitHub(token=token)
    assert "cret" not in str(caught.value)


def test_the_token_is_in_no_log_and_no_repr(
    bench: Benches, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    b = bench([Reply("x", 500), HTML, Reply(repository("a/1"), cut=True), NOT_FOUND])
    with b.client(f" {TOKEN}\n") as client:
        assert list(client.metadata(["a/1"]))
        shown = repr(client) + repr(vars(client._http)) + caplog.text + " ".join(b.notes)
    assert b.server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert caplog.text
    assert TOKEN not in shown


@pytest.mark.parametrize(
    "api", ["", "api.github.com", "ftp://x", "https://u:p@x", "https://\n", "https://x:70000"]
)
def test_an_address_that_is_none(api: str) -> None:
    with pytest.raises(CollectError, match="address"):
        GitHub(api=api)


def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://eve:hidden@x")
    with pytest.raises(CollectError, match="HTTPS_PROXY") as caught:
        GitHub()
    assert "hidden" not in str(caught.value)


# Moves


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_moves_are_followed(bench: Benches, status: int) -> None:
    moved = Reply({"message": "Moved"}, status, {"Location": "/repositories/7"})
    b = bench([moved, Reply(repository("New/Name"))])
    assert b.ask("old/name", token="") == {"old/name": whole("New/Name", languages={})}
    assert b.server.paths == ["/repos/old/name", "/repositories/7"]


def test_moves_never_lead_to_another_host(bench: Benches) -> None:
    with serving(rest) as other:
        port = re.sub(r".*:", "", other.url)
        for place in (
            other.url,
            f"http://localhost:{port}",
            "https://127.0.0.1",
            "//x@y",
            "http://[",
        ):

            def answer(asked: Asked, place: str = place) -> Reply:
                if asked.method == "POST" and asked.slugs == ["a/2"]:
                    return Reply("", 307, {"Location": f"{place}/graphql"})
                return Reply("", 301, {"Location": f"{place}/repos/a/1"})

            assert bench(answer).ask("a/1", "a/2") == {"a/1": None, "a/2": None}
        assert not other.asked


def test_a_user_in_a_location_does_not_take_the_place_of_the_token(bench: Benches) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply("", 301, {"Location": b.server.url.replace("//", "//eve:x@") + "/repos/a/2"})

    b = bench(answer)
    assert b.ask("a/1", token="") == {"a/1": None}
    assert len(b.server.asked) == 1


def test_moves_in_a_circle_end(bench: Benches) -> None:
    b = bench(lambda asked: Reply("", 301, {"Location": "/repos/a/1"}))
    assert b.ask("a/1", token="") == {"a/1": None}
    assert len(b.server.asked) == 6


# The cache


def etagged(asked: Asked) -> Reply:
    if asked.path == "/repos/old/name":
        return Reply("", 301, {"Location": "/repositories/7"})
    if asked.headers.get("if-none-match") == 'W/"7"':
        return Reply(status=304)
    slug = asked.path.removeprefix("/repos/")
    name = "New/Name" if slug == "/repositories/7" else slug
    body = repository(name, private=slug == "my/secret", description="hidden", owner={"id": 1})
    return Reply(body, headers={"ETag": 'W/"7"'})


def test_an_unchanged_answer_comes_from_the_cache(bench: Benches, tmp_path: Path) -> None:
    file = tmp_path / "new" / "etags.json"
    b = bench(etagged)
    runs = []
    for _ in range(2):
        with b.client("", cache=file) as client:
            runs.append(dict(client.metadata(["a/1", "old/name", "my/secret"])))
    assert runs[0] == runs[1]
    assert runs[0]["old/name"] == whole("New/Name", languages={}, description="hidden")
    assert [a.headers.get("if-none-match") for a in b.server.asked] == (
        [None] * 4 + ['W/"7"', None, 'W/"7"', None]
    )
    assert [path.name for path in file.parent.iterdir()] == ["etags.json"]
    stored = file.read_text("utf-8")
    assert "my/secret" not in stored  # nothing private is kept
    assert '"owner"' not in stored


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1]", '{"URL": {"etag": "a\\nb", "body": {}}}', '{"URL": {"etag": "x", "body": 1}}'],
)
def test_a_damaged_cache_only_costs_requests(bench: Benches, tmp_path: Path, content: str) -> None:
    file = tmp_path / "etags.json"
    b = bench(etagged)
    file.write_text(content.replace("URL", f"{b.server.url}/repos/a/1"), "utf-8")
    with b.client("", cache=file) as client:
        assert dict(client.metadata(["a/1"]))["a/1"]
    assert "if-none-match" not in b.server.asked[0].headers
    assert list(json.loads(file.read_text("utf-8"))) == [f"{b.server.url}/repos/a/1"]


def test_a_cache_that_cannot_be_written_is_told_once(bench: Benches, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    b = bench(etagged)
    with b.client("", cache=tmp_path / "file" / "etags.json") as client:
        assert all(answer for _, answer in client.metadata(slugs(201)))
    assert len(b.notes) == 1
    assert "etags.json" in b.notes[0]
