"""One reader's failure must not cost the user the README: it is recorded, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_analyzer.repository import Repository
from moxi_core.errors import ManifestError
from moxi_core.records import Fact

INTERNAL = "internal error"


def guarded(repo: Repository, reader: str, place: str, facts: Iterator[Fact]) -> Iterator[Fact]:
    """Facts of one reader up to where it fails; `place` is the file (or reader) to blame."""
    try:
        yield from facts
    except ManifestError as error:
        repo.problem(place, str(error))
    except RecursionError:
        repo.problem(place, "nested too deeply to read")
    except Exception as error:  # noqa: BLE001 - the boundary between readers and the analysis
        repo.problem(place, f"{INTERNAL} in {reader}: {type(error).__name__}: {error}")
