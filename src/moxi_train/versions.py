"""Versions of all that decides what weights come out."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = (
    "torch", "transformers", "trl", "peft", "bitsandbytes", "accelerate", "datasets", "unsloth",
    "tokenizers",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Library versions, those that are installed, and Python's."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
