"""What this machine has: devices, their memory, and the libraries that are installed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
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
        flops = _peak(seen.name) * _REACHED
        return Device(seen.name, torch.cuda.device_count(), seen.total_memory, flops)
    return Device("CPU", 1, memory(), _cpu_flops())


def nvidia() -> Device | None:
    """NVIDIA devices as their driver tells of them, without PyTorch; None where it tells of none."""
    line = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(line, capture_output=True, text=True, timeout=30, check=True).stdout
        name, _, size = told.splitlines()[0].rpartition(", ")
        return Device(name, len(told.splitlines()), int(size) << 20, _peak(name) * _REACHED)
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _peak(gpu: str) -> float:
    return next((flops for name, flops in _PEAK.items() if name in gpu), _UNKNOWN_GPU)


def memory() -> int:
    """Bytes of memory that this process may have; 0 where that is not told."""
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
