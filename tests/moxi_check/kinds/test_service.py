"""Services of Docker Compose."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

FILES = {
    "compose.yml": "services:\n  web:\n    build: .\n  database:\n    image: postgres\n",
    "compose.test.yml": "services:\n  runner:\n    build: .\n",
}


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("docker compose up -d web", "web", "true"),
        ("docker-compose exec database psql -U me", "database", "true"),
        ("docker compose run --rm -e A=1 web sh -c x", "web", "true"),
        ("docker compose -f compose.test.yml up runner", "runner", "true"),
        ("docker compose logs -f web", "web", "true"),
        ("docker compose logs -f databse", "databse", "false"),
        ("docker compose up worker", "worker", "false"),
        ("docker compose -f other.yml up worker", "worker", "not_judged"),
        ("docker compose logs -f -n 100 web", "100", None),
        ("docker compose stop -t 30 web", "30", None),
        ("docker compose ps --filter status=running", "status=running", None),
        ("docker compose run <service>", "<service>", None),
        ("docker run worker", "worker", None),
        ("docker compose up -d", "up", None),
    ],
)
def test_services(checked: Checked, code: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, f"# Demo\n\n```sh\n{code}\n```\n", "service").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_without_a_compose_file_nothing_is_said(checked: Checked) -> None:
    assert checked({"a.py": ""}, "`docker compose up web`\n", "service") == {}


def test_an_include_makes_nothing_false(checked: Checked) -> None:
    files = {"compose.yml": "include: [other.yml]\nservices:\n  web:\n    image: x\n"}
    claim = checked(files, "`docker compose up worker`\n", "service")["worker"]
    assert claim.verdict == "not_judged"


def test_a_service_that_the_page_shows_is_not_judged(checked: Checked) -> None:
    page = "# Demo\n\n```yaml\nservices:\n  cached:\n    image: x\n```\n\n```sh\ndocker compose up cached\n```\n"
    assert checked(FILES, page, "service")["cached"].verdict == "not_judged"
