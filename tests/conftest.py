"""Fixtures shared by all tests, and the golden-file option."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from moxi_analyzer import analyze
from moxi_analyzer.guard import INTERNAL
from moxi_analyzer.repository import Repository
from moxi_core.records import Fact, RepoSnapshot

# A loaded machine is slow at times: no example fails for that.
settings.register_profile("moxi", deadline=None)
settings.load_profile("moxi")

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start to send it one.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIXTURES = Path(__file__).parent / "fixtures"
GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


def fact_line(fact: Fact) -> str:
    """One fact as one readable line of a golden file."""
    detail = " ".join(f"{k}={v!r}" for k, v in sorted(fact.detail.items()))
    return (
        f"{fact.kind} {fact.value!r} scope={fact.scope!r} at {fact.evidence} {fact.text!r} {detail}"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """compare(name, text): `text` equals `tests/golden/<name>`; --update-golden rewrites it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")

    return compare


@pytest.fixture
def golden_facts(golden: Callable[[str, str], None]) -> Callable[..., RepoSnapshot]:
    """check(fixture, kinds): facts of `tests/fixtures/<fixture>` equal their golden file."""

    def check(fixture: str, kinds: Iterable[str]) -> RepoSnapshot:
        snapshot = analyze(FIXTURES / fixture)
        assert not [p for p in snapshot.problems if INTERNAL in p.reason]
        wanted = set(kinds)
        lines = [fact_line(f) for f in snapshot.facts if f.kind in wanted]
        golden(f"facts/{fixture}.txt", "\n".join(sorted(lines)) + "\n")
        return snapshot

    return check


class MemoryTree:
    """A FileTree of given texts."""

    def __init__(self, files: Mapping[str, str], url: str) -> None:
        self._files = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
        self.name = "demo"
        self.url = url
        self.commit = ""
        self.default_branch = "main"

    def list(self) -> list[tuple[str, int]]:
        return sorted((path, len(content)) for path, content in self._files.items())

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


MakeRepository = Callable[..., Repository]


@pytest.fixture(scope="session")
def repository() -> MakeRepository:
    """make({path: text}, url=""): a Repository of these files."""

    def make(files: Mapping[str, str], url: str = "") -> Repository:
        return Repository(MemoryTree(files, url))

    return make
