"""Failures of the machine, told as what can be done about them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from moxi_core.errors import TrainError
from moxi_train.run_dir import RunDir


@contextmanager
def failures(run: RunDir) -> Iterator[None]:
    """Raise TrainError where memory or the disk is full; all else goes on as it is."""
    again = f"`moxi train --resume --name {run.folder.name}`"
    try:
        yield
    except Exception as error:
        if is_out_of_memory(error):
            raise TrainError(
                "The device ran out of memory: train anew with a smaller prompt.context_tokens, or go on "
                f"with {again} --set train.batch_size=1, raising train.gradient_accumulation instead."
            ) from error
        if is_full(error):
            raise TrainError(
                f"The disk of {str(run.folder)!r} is full: free some room, then go on with {again}; "
                "what was saved before is whole."
            ) from error
        raise


def is_of_machine(error: BaseException) -> bool:
    """Whether memory or the disk is to blame, and not what was asked for."""
    return is_out_of_memory(error) or is_full(error)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device's or a CPU's memory is full: torch tells the latter in words."""
    is_named = type(error).__name__ in ("OutOfMemoryError", "MemoryError")
    return is_named or "can't allocate memory" in str(error)


def is_full(error: BaseException) -> bool:
    """Whether a disk is full: torch and safetensors tell it in words."""
    told = str(error)
    words = ("No space left", "PytorchStreamWriter failed", "unexpected pos")
    return getattr(error, "errno", None) == errno.ENOSPC or any(word in told for word in words)
