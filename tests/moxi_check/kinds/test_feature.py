"""Extras of Python packages and features of crates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

PYTHON = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n[project.optional-dependencies]\n'
    'server = ["flask"]\nall_of_it = ["flask"]\n[dependency-groups]\ndev = ["pytest"]\n'
}
RUST = {
    "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n[features]\ntls = []\n'
    '[dependencies]\nserde = { version = "1", optional = true }\n',
    "src/lib.rs": "",
}


@pytest.mark.parametrize(
    ("files", "text", "feature", "verdict"),
    [
        (PYTHON, "`pip install 'demo[server]'`", "server", "true"),
        (PYTHON, "`pip install demo[all-of-it,servr]`", "all-of-it", "true"),
        (PYTHON, "`pip install demo[all-of-it,servr]`", "servr", "false"),
        (PYTHON, '`pip install -e ".[server, cli]"`', "cli", "false"),
        (PYTHON, "```sh\ncd $OTHER\npip install -e .[cli]\n```", "cli", None),
        (PYTHON, "`uv sync --extra server`", "server", "true"),
        (PYTHON, "`demo[serve]`", "serve", "false"),
        (PYTHON, "`pip install demo[dev]`", "dev", "not_judged"),
        (PYTHON, "`pip install other[cli]`", "cli", None),
        (RUST, "`cargo install demo --features tls,serde`", "tls", "true"),
        (RUST, "`cargo install demo --features tls,serde`", "serde", "true"),
        (RUST, "`cargo build -F tsl`", "tsl", "false"),
        (RUST, "`cargo install other --features fast`", "fast", None),
        (
            RUST,
            '```toml\n[dependencies]\ndemo = { version = "1", features = ["tls"] }\n```',
            "tls",
            "true",
        ),
        (
            RUST,
            '```toml\n[dependencies]\ndemo = { version = "1", features = [\n  "fast",\n] }\n```',
            "fast",
            "false",
        ),
        (RUST, '```toml\nother = { version = "1", features = ["fast"] }\n```', "fast", None),
    ],
)
def test_features(
    checked: Checked, files: dict[str, str], text: str, feature: str, verdict: str | None
) -> None:
    claim = checked(files, text + "\n", "feature").get(feature)
    assert (claim.verdict if claim else None) == verdict


def test_without_known_extras_nothing_is_false(checked: Checked) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='demo', extras_require=load())\n"
    }
    claims = checked(files, "`pip install demo[cli]`\n", "feature")
    assert {claim.verdict for claim in claims.values()} <= {"not_judged"}
