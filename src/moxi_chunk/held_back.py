"""What is kept for measuring is never taught: repositories by name, and all that shares their words."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from moxi_core.errors import SettingsError
from moxi_core.patterns import lazy_pattern

RUN = 12  # words in a row that are enough to give a text away
_WORD = lazy_pattern(r"\w+")
_SLUG = lazy_pattern(r"(?:https?://(?:www\.)?[\w.-]+/)?(?P<slug>[\w.-]+/[\w.-]+?)(?:\.git)?/?")


class HeldBack:
    """Repositories kept for measuring, and the runs of words of their READMEs."""

    def __init__(self, slugs: Iterable[str] = ()) -> None:
        self._slugs = frozenset(slug.lower() for slug in slugs)
        self._runs: set[int] = set()

    def is_held_back(self, url: str) -> bool:
        """Whether the repository of an address is kept for measuring."""
        return "/".join(url.rstrip("/").lower().split("/")[-2:]) in self._slugs

    def add(self, readme: str) -> None:
        """Take in the README of a repository that is kept for measuring."""
        self._runs.update(_runs(readme))

    def overlaps(self, text: str) -> bool:
        """Whether a text has twelve words in a row with one of those READMEs."""
        return bool(self._runs) and any(run in self._runs for run in _runs(text))


def read_names(file: Path) -> list[str]:
    """The owner/name of repositories that a list names: `[[repo]]` of a TOML file, else one a line.

    Raises SettingsError where the file cannot be read or a line is no repository.
    """
    try:
        text = file.read_text("utf-8")
        if file.suffix == ".toml":
            names = [str(entry["name"]) for entry in tomllib.loads(text)["repo"]]
        else:
            lines = (line.partition("#")[0].strip() for line in text.splitlines())
            names = [line for line in lines if line]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{str(file)!r} cannot be read: {error}.") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{str(file)!r} is no list of repositories: it needs [[repo]] entries with a name."
        ) from error
    found = [_SLUG.fullmatch(name) for name in names]
    for name, match in zip(names, found, strict=True):
        if match is None:
            raise SettingsError(f"{name!r} in {str(file)!r} is no owner/name.")
    return [match["slug"] for match in found if match]


def _runs(text: str) -> Iterator[int]:
    words = re.findall(_WORD.pattern, text.lower())
    for at in range(len(words) - RUN + 1):
        made = hashlib.blake2b(" ".join(words[at : at + RUN]).encode(), digest_size=8).digest()
        yield int.from_bytes(made, "big")
