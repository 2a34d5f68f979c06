"""Which split a repository belongs to: by its owner alone, so that no newcomer moves another one."""

from __future__ import annotations

import hashlib

from moxi_core.samples import Split

VALIDATION, TEST = 0.05, 0.05  # shares of owners


def split_of(owner: str) -> Split:
    """The split of all repositories of an owner, by a hash of the name; case means nothing."""
    made = hashlib.sha256(owner.strip().lower().encode()).digest()
    place = int.from_bytes(made[:8], "big") / 2**64
    if place < TEST:
        return "test"
    return "validation" if place < TEST + VALIDATION else "train"
