from collections.abc import Iterator

from moxi_analyzer.repository import Repository
from moxi_core.records import Fact


def read(repo: Repository) -> Iterator[Fact]:
    yield from ()
