"""How much a test lets the code within work, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

# What grows with the square of its input takes minutes where these tests use it; all else, a second or two.
_MOST_S = 40.0


@contextmanager
def little_effort() -> Iterator[None]:
    """Fail what takes more processor time than code that reads its input a few times ever would."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < _MOST_S
