"""What is here and what is missing: each a finding, with the one command that mends it.

Nothing heavy is imported: what is installed is read from the metadata of packages.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from urllib.request import url2pathname

from moxi_core.config import load_store_settings
from moxi_core.errors import MoxiError

if TYPE_CHECKING:
    from moxi_train.machine import Device

State = Literal["ok", "missing", "wrong"]

_PACKAGE = "moxi-readme"
_OLDEST = (3, 11)
_GB = 1 << 30
# What each extra is for; those that are not named here are told without it.
_USES = {
    "collect": "moxi collect",
    "dataset": "moxi dataset",
    "train": "moxi train, moxi export",
    "unsloth": "faster training on one GPU",
    "comet": "tracking of training",
    "aws": "moxi train --aws",
    "llm": "asking a model",
    "mongo": "the store on MongoDB",
    "scale": "moxi dataset shard",
    "eval": "moxi eval write --metrics",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Without what is `needed`, `readme-gen` itself cannot work."""

    name: str
    state: State
    told: str
    mend: str = ""
    needed: bool = False


def program() -> Iterator[Finding]:
    """What `readme-gen` stands on: Python, git, the packages that it requires."""
    version = platform.python_version()
    told = f"{version}, {sys.executable}"
    if sys.version_info >= _OLDEST:
        yield Finding("Python", "ok", told, needed=True)
    else:
        yield Finding("Python", "wrong", told, "install Python 3.11 or later", needed=True)
    yield _git()
    lacking = missing_packages("")
    if lacking is None:
        mend = f"{_pip()} ."
        yield Finding("packages", "missing", f"{_PACKAGE} is not installed here", mend, needed=True)
    elif lacking:
        yield Finding("packages", "missing", ", ".join(lacking), install_line(), needed=True)
    else:
        yield Finding("packages", "ok", "all that readme-gen requires", needed=True)


def _git() -> Finding:
    try:
        line = ["git", "--version"]
        told = subprocess.run(line, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return Finding("git", "missing", "not on the path", "install git", needed=True)
    return Finding("git", "ok", told.strip().removeprefix("git version "), needed=True)


def machine(gpu: Device | None) -> Iterator[Finding]:
    """Cores, memory, disk, and the GPU where there is one."""
    from moxi_train.machine import memory

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("cores", "ok", f"{cores}, {platform.machine()}")
    yield Finding("memory", "ok", f"{memory() / _GB:.0f} GB")
    yield Finding("disk", "ok", f"{shutil.disk_usage(Path()).free / _GB:.0f} GB free here")
    if gpu:
        yield Finding("GPU", "ok", f"{gpu.count} x {gpu.name}, {gpu.memory / _GB:.0f} GB")
    else:
        yield Finding("GPU", "missing", "none: tiny models train, small ones are served slowly")


def extras() -> Iterator[Finding]:
    """The optional parts, installed or not."""
    try:
        known = importlib.metadata.metadata(_PACKAGE).get_all("Provides-Extra") or []
    except importlib.metadata.PackageNotFoundError:
        return
    for extra in sorted(known):
        lacking = missing_packages(extra) or []
        use = _USES.get(extra, "")
        if lacking:
            told = f"{use}: {', '.join(lacking)}" if use else ", ".join(lacking)
            yield Finding(f"extra {extra}", "missing", told, install_line(extra))
        else:
            yield Finding(f"extra {extra}", "ok", use)


def missing_packages(extra: str) -> list[str] | None:
    """What an extra ("": the package itself) requires and is not installed so; None: no package."""
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = []
    for line in lines:
        wanted = Requirement(line)
        is_core = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if is_core != (not extra):
            continue
        if extra and not (wanted.marker and wanted.marker.evaluate({"extra": extra})):
            continue
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            found.append(wanted.name)
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            found.append(f"{wanted.name} {version} is not {wanted.specifier}")
    return found


def install_line(extra: str = "") -> str:
    """The command that installs an extra from where the package itself came."""
    source, is_editable = _PACKAGE, False
    try:
        text = importlib.metadata.distribution(_PACKAGE).read_text("direct_url.json")
        told = json.loads(text or "{}")
        if told.get("url", "").startswith("file:"):
            source = url2pathname(urlsplit(told["url"]).path)
            is_editable = bool(told.get("dir_info", {}).get("editable"))
    except (importlib.metadata.PackageNotFoundError, ValueError):
        pass
    wanted = f"{source}[{extra}]" if extra else source
    return f"{_pip()} {'-e ' * is_editable}{shlex.quote(wanted)}"


def _pip() -> str:
    return f"{shlex.quote(sys.executable)} -m pip install"


def store() -> Finding:
    """Whether the store answers; one that is not there yet is not made."""
    from moxi_core.store import FILE_NAME, open_store

    settings = load_store_settings(Path())
    file = settings.data_dir / FILE_NAME
    if not settings.mongodb_uri and not file.exists():
        place = next(p for p in (file.absolute().parents) if p.exists())
        if os.access(place, os.W_OK):
            return Finding("store", "ok", f"{file}, made when it is needed")
        mend = "set MOXI_DATA_DIR to a folder that can be written"
        return Finding("store", "wrong", f"{str(place)!r} cannot be written", mend)
    try:
        with open_store(settings) as opened:
            return Finding("store", "ok", opened.address)
    except MoxiError as error:
        mend = "docker compose up -d mongodb" if settings.mongodb_uri else ""
        return Finding("store", "wrong", str(error), mend)
