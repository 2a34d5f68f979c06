"""Options that the sources write out and that a page may have meant: forms like one that stands nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from moxi_check.ground import Ground
from moxi_check.kinds.meanings import is_renamed
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# `"--dry-run"`, `'--dry-run <when>'`.
_DASHED = lazy_pattern(rb"[\"'`]--(?P<name>[a-z][a-z0-9-]{2,40})(?![\w-])")
# Where code names an option without its dashes: `"dry-run"`, `dryRun: {`.
_NAMED = lazy_pattern(
    rb"(?m)[\"'`](?P<quoted>[a-z][a-z0-9_-]{2,40})[\"'`]|^\s*(?P<key>[a-z]\w{2,40}):\s*\{"
)


class Written:
    """The long options that sources have as literals."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def dashed(self) -> dict[str, Evidence]:
        """Options that stand in quotes with their dashes, and where."""
        found: dict[str, Evidence] = {}
        for mark in "\"'`":
            for match, place in self._ground.all_matches(f"{mark}--", _DASHED):
                found.setdefault(f"--{match['name'].decode()}", place)
        return found

    def like(self, form: str, files: Iterable[str]) -> str:
        """The option in quotes of which a form is a slip, or that says the same and stands in `files`; or ""."""
        own = frozenset(files)
        same = (o for o, at in self.dashed.items() if at.path in own and is_renamed(form, o))
        return self.meant(form) or next(same, "")

    def meant(self, form: str, files: Iterable[str] = ()) -> str:
        """The option of which a form is a slip: one in quotes, or one named in `files`; or ""."""
        name = form.lstrip("-")
        known = next((other for other in self.dashed if is_slip(name, other[2:])), "")
        if known:
            return known
        for path in sorted(files):
            for found in _NAMED.finditer(self._ground.repo.read(path) or b""):
                other = (found["quoted"] or found["key"]).decode().replace("_", "-")
                if is_slip(name, other):
                    return f"--{other}"
        return ""
