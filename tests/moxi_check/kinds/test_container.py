"""Container images that commands run and pull."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "pyproject.toml": '[project]\nname = "demo"\n',
    ".github/workflows/release.yml": (
        "name: Release\non: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: docker/build-push-action@v6\n        with:\n          push: true\n"
        "          tags: acme/painter:latest\n"
    ),
    "setup.cfg": "url = https://github.com/acme/brush\n",
}


@pytest.mark.parametrize(
    ("command", "text", "verdict"),
    [
        ("docker pull acme/painter", "acme/painter", "true"),
        ("docker run --rm docker.io/acme/painter:1.2 --help", "docker.io/acme/painter", "true"),
        ("docker run acme/paintr", "acme/paintr", "false"),
        ("docker run acme/brush", "acme/brush", None),  # an address is no image
        ("docker run other/thing", "other/thing", None),
        ("docker run python", "python", None),
    ],
)
def test_images(checked: Checked, command: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, f"```sh\n{command}\n```\n", "container").get(text)
    assert (claim.verdict if claim else None) == verdict
