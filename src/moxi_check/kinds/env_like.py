"""Variables that the sources read and that a page may have meant: names like one that stands nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# A line that reads or sets variables of the environment, before the name: `getenv("X")`, `${X:-1}`, `$(X)`, `ENV X=1`.
_READ = lazy_pattern(rb"(?i)environ|getenv|putenv|setenv|env_?var|\benv\b|\bexport\b|[$%][{(]?$")
# Files that hold little else.
_OF_VARIABLES = lazy_pattern(
    r"(?i)(?:.*\.)?env(?:[._-].*)?|dockerfile.*|(?:docker-)?compose.*\.ya?ml|entrypoint.*|.*\.(?:service|envrc)"
)


def variations(name: str, ground: Ground) -> Iterator[tuple[str, Evidence]]:
    """Variables that differ from a name in one word, or go on behind it, each at a place that reads it."""
    words = name.split("_")
    seen = {name}
    for number in range(len(words)):
        head = "".join(f"{word}_" for word in words[:number])
        tail = "".join(f"_{word}" for word in words[number + 1 :])
        for found, place in _places(head, "[A-Z0-9]+", tail, ground):
            if found not in seen:
                seen.add(found)
                yield found, place
    for found, place in _places(f"{name}_", "[A-Z0-9_]+", "", ground):
        if found not in seen:
            seen.add(found)
            yield found, place


def _places(head: str, word: str, tail: str, ground: Ground) -> Iterator[tuple[str, Evidence]]:
    pattern = re.compile(rf"(?<![A-Za-z0-9_]){head}{word}{tail}(?![A-Za-z0-9_])".encode())
    for found, place in ground.all_matches(max(head, tail, key=len), pattern, everywhere=True):
        start = found.string.rfind(b"\n", 0, found.start()) + 1
        is_list = _OF_VARIABLES.fullmatch(posixpath.basename(place.path))
        if is_list or _READ.search(found.string[start : found.start()]):
            yield found[0].decode(), place
