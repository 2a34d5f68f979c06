"""Which sections a README has, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches

from moxi_core.errors import SettingsError
from moxi_infer.document import Section
from moxi_infer.sections.api import api, packages
from moxi_infer.sections.closing import authors, contributing, documentation, license_section
from moxi_infer.sections.configuration import configuration
from moxi_infer.sections.development import development
from moxi_infer.sections.install import install, requirements
from moxi_infer.sections.intro import about, badges, tagline
from moxi_infer.sections.structure import structure
from moxi_infer.sections.usage import usage
from moxi_infer.subject import Subject

SECTIONS: dict[str, Callable[[Subject], Section | None]] = {
    "badges": badges,
    "tagline": tagline,
    "about": about,
    "packages": packages,
    "requirements": requirements,
    "install": install,
    "usage": usage,
    "api": api,
    "configuration": configuration,
    "structure": structure,
    "development": development,
    "documentation": documentation,
    "contributing": contributing,
    "license": license_section,
    "authors": authors,
}


def _order(subject: Subject) -> list[str]:
    """The names of all sections; packages beside the main one come after its use."""
    names = list(SECTIONS)
    if subject.main is not None:
        names.remove("packages")
        names.insert(names.index("api"), "packages")
    return names


def write_sections(
    subject: Subject, *, only: Collection[str] = (), skip: Collection[str] = ()
) -> list[Section]:
    """The sections that the evidence supports, in order.

    Raises SettingsError for a name that is no section's.
    """
    for name in (*only, *skip):
        if name not in SECTIONS:
            near = get_close_matches(name, SECTIONS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(SECTIONS)}."
            raise SettingsError(f"There is no section {name!r}; {hint}")
    wanted = [name for name in _order(subject) if (not only or name in only) and name not in skip]
    written = (SECTIONS[name](subject) for name in wanted)
    return [section for section in written if section is not None]
