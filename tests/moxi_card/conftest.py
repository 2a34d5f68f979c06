"""The Hub of a test, and what a command must know to reach it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.moxi_core.hub import WRITER, Hub, hub

# Cards need the extra `card`.
collect_ignore_glob = [] if find_spec("huggingface_hub") and find_spec("PIL") else ["test_*.py"]


@pytest.fixture(autouse=True)
def _by_lfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_DISABLE_XET, which the library reads only once: the Hub of a test knows LFS."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)


@pytest.fixture
def server() -> Iterator[Hub]:
    """A Hub that keeps weights and images by LFS, as the real one does."""
    with hub(large=True) as made:
        yield made


@pytest.fixture
def known(server: Hub, tmp_path: Path) -> dict[str, str]:
    """The variables by which a command reaches the Hub of the test."""
    return {"HF_ENDPOINT": server.url, "HF_TOKEN": WRITER, "HF_HOME": str(tmp_path / "hf")}
