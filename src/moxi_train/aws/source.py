"""Moxi's own source as a tree that pip can install: of the clone it runs from, or of what is installed.

Only what a build needs is taken, by name; what may hold a secret is left out wherever it lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from moxi_core.errors import TrainError

NAME = "moxi-readme"
_ROOT = Path(__file__).parents[3]
_AT_ROOT = ("pyproject.toml", "README.md", "LICENSE")
_FOLDERS = ("src", "recipes")
_NEVER = (
    ".*", "__pycache__", "*.pyc", "*.pyo", "*.egg-info",
    "*.pem", "*.key", "*.p12", "*.pfx", "*.kdbx", "id_rsa*", "id_ed25519*", "*credentials*", "*secret*",
    "*.sqlite3*", "*.log", "*.tmp", "*~",
)  # fmt: skip
_EXTRA = re.compile(r"""\(?extra\s*==\s*['"]([\w.-]+)['"]\)?""")


def source_files(root: Path = _ROOT) -> dict[str, bytes]:
    """Path in the tree and content, in order.

    Raises TrainError where the source holds links, or cannot be found.
    """
    if (root / "pyproject.toml").is_file() and (root / "src" / "moxi_train").is_dir():
        return dict(sorted(_of_clone(root)))
    return dict(sorted(_of_installed()))


def is_packed(name: str) -> bool:
    """Whether a file or folder of this name may leave the machine."""
    return not any(fnmatch(name.lower(), pattern) for pattern in _NEVER)


def _of_clone(root: Path) -> Iterator[tuple[str, bytes]]:
    for name in _AT_ROOT:
        if (root / name).exists():
            yield name, _content(root / name)
    for folder in _FOLDERS:
        if (root / folder).is_dir():
            yield from _below(root / folder, folder)


def _below(folder: Path, named: str) -> Iterator[tuple[str, bytes]]:
    for place in folder.iterdir():
        if not is_packed(place.name):
            continue
        if place.is_dir() and not place.is_symlink():
            yield from _below(place, f"{named}/{place.name}")
        else:
            yield f"{named}/{place.name}", _content(place)


def _content(place: Path) -> bytes:
    if place.is_symlink() or not place.is_file():
        raise TrainError(
            f"{str(place)!r} is a link or no plain file; Moxi's source is packed without such: remove it."
        )
    return place.read_bytes()


def _of_installed() -> Iterator[tuple[str, bytes]]:
    """The tree of an installed wheel, with a pyproject.toml made from its metadata."""
    try:
        found = distribution(NAME)
    except PackageNotFoundError as error:
        raise TrainError(
            "Moxi's source cannot be found; run from a clone, or install moxi-readme."
        ) from error
    packages = set()
    for file in found.files or ():
        top = file.parts[0]
        if re.fullmatch(r"moxi_[a-z]+", top) and all(map(is_packed, file.parts)):
            packages.add(top)
            yield f"src/{file.as_posix()}", _content(Path(str(file.locate())))
    if "moxi_train" not in packages:
        raise TrainError(
            "Moxi is installed without a list of its files; install it with pip, or use a clone."
        )
    yield "pyproject.toml", _pyproject(found, sorted(packages)).encode()


def _pyproject(found: Distribution, packages: list[str]) -> str:
    """What is needed to install the same code with the same extras."""
    plain, extras = _requirements(found.requires or [])
    scripts = {e.name: e.value for e in found.entry_points if e.group == "console_scripts"}
    lines = [
        "[build-system]", 'requires = ["hatchling>=1.27"]', 'build-backend = "hatchling.build"',
        "[project]", f"name = {json.dumps(NAME)}", f"version = {json.dumps(found.version)}",
        f"dependencies = {json.dumps(plain)}",
        "[project.optional-dependencies]",
        *(f"{json.dumps(name)} = {json.dumps(wanted)}" for name, wanted in sorted(extras.items())),
        "[project.scripts]",
        *(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in sorted(scripts.items())),
        "[tool.hatch.build.targets.wheel]",
        f"packages = {json.dumps([f'src/{name}' for name in packages])}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _requirements(lines: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Requirements without an extra, and those of each extra."""
    plain: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in lines:
        wanted, _, marker = (part.strip() for part in line.partition(";"))
        named = _EXTRA.search(marker)
        if named is None:
            plain.append(line)
            continue
        rest = re.sub(r"^\s*and\s+|\s+and\s*$", "", _EXTRA.sub("", marker)).strip()
        extras.setdefault(named[1], []).append(f"{wanted}; {rest}" if rest else wanted)
    return plain, extras
