"""What this machine has: devices, their memory, and the libraries that are installed."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device: `flops` of matrix products a second, `memory` in bytes, of each of `count`."""

    name: str
    count: int
    memory: int
    flops: float


# Dense bfloat16 of the data sheets, and what of it training of this kind reaches (about a third).
_PEAK = {
    "T4": 65e12, "V100": 125e12, "A10": 125e12, "L4": 121e12, "A100": 312e12, "L40": 181e12,
    "RTX 3090": 71e12, "RTX 4090": 165e12, "H100": 989e12, "H200": 989e12, "B200": 2_250e12,
}  # fmt: skip
_REACHED = 0.33
_UNKNOWN_GPU = 60e12
_CPU_TRY = 768  # size of the matrices that are multiplied to see how fast a CPU is


def has_module(name: str) -> bool:
    """Whether a module can be imported; it is not."""
    return importlib.util.find_spec(name) is not None


@cache
def has_gpu() -> bool:
    """Whether PyTorch can use an NVIDIA or AMD device."""
    import torch

    return bool(torch.cuda.is_available())


def local_rank() -> int:
    """Which of the processes of this machine this one is."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def is_launched() -> bool:
    """Whether this is one of several processes that a launcher has started."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def is_main() -> bool:
    """Whether this process writes and tells."""
    return int(os.environ.get("RANK", "0")) == 0


@cache
def device() -> Device:
    """What training runs on; a CPU's speed is measured in a fraction of a second."""
    import torch

    if has_gpu():
        seen = torch.cuda.get_device_properties(0)
        peak = next((f for name, f in _PEAK.items() if name in seen.name), _UNKNOWN_GPU)
        return Device(seen.name, torch.cuda.device_count(), seen.total_memory, peak * _REACHED)
    return Device("CPU", 1, _memory(), _cpu_flops())


def _memory() -> int:
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
    try:  # what a container may have of it
        return min(whole, int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    except (OSError, ValueError):
        return whole


def _cpu_flops() -> float:
    import time

    import torch

    a = torch.ones(_CPU_TRY, _CPU_TRY)
    _ = a @ a
    begun = time.perf_counter()
    for _ in range(5):
        _ = a @ a
    return 5 * 2 * _CPU_TRY**3 / (time.perf_counter() - begun) * _REACHED
