"""The lists of repositories that measures run over."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError


def read_entries(file: Path) -> list[dict[str, Any]]:
    """The `[[repo]]` entries of a TOML file. Raises SettingsError, with the mend."""
    try:
        entries = tomllib.loads(read_list(file)).get("repo", [])
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"Cannot read the list {str(file)!r}: {error}.") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SettingsError(f"{str(file)!r} holds no [[repo]] entries; see benchmarks/repos.toml.")
    return entries


def read_list(file: Path) -> str:
    """The text of a list. Raises SettingsError."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Cannot read the list {str(file)!r}: {error}.") from error


def folder_of_entry(file: Path, entry: dict[str, Any], trees: str | None) -> Path | None:
    """Where an entry's folder is: by the template `trees` ({owner}, {name}), or by its `path`."""
    owner, _, name = str(entry.get("name", "")).rpartition("/")
    place = trees.format(owner=owner, name=name) if trees else entry.get("path")
    return file.parent / str(place) if place else None
