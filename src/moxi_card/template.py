"""Templates with {{PLACEHOLDERS}}: filled in one pass, so that nothing in a value is read again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path

from moxi_core.errors import TemplateError
from moxi_infer.markers import with_code, wrapped

MAX_BYTES = 1_000_000
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_OPEN = re.compile(r"\{\{")
_LEFT_OVER = re.compile(r"\{\{|\}\}")
_ALONE = re.compile(r" {0,3}\{\{\s*([A-Z_]+)\s*\}\}\s*")


def read_template(place: Path) -> str:
    """A user's template. Raises TemplateError where it cannot be read."""
    try:
        if place.stat().st_size > MAX_BYTES:
            raise TemplateError(f"Template {str(place)!r} is too large.")
        return place.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise TemplateError(f"Template {str(place)!r} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"Template {str(place)!r} is not in UTF-8; convert it.") from error


def default_template() -> str:
    """The card's template that comes with Moxi."""
    return (Path(__file__).parent / "templates" / "card.md").read_text("utf-8")


def fill(template: str, values: Mapping[str, str], name: str = "template") -> str:
    """A configuration's template, filled. Raises TemplateError for an unknown or broken placeholder.

    Two closing braces alone are no fault: tables end in them.
    """
    _check(template, values.keys(), name, left_over=_OPEN)
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def fill_marked(template: str, values: Mapping[str, str], name: str = "template") -> str:
    """A card's template, filled; a placeholder alone on its line is put between markers, by which it is found again.

    Inside of code there are no markers: readers would see them. Raises TemplateError as `fill` does.
    """
    _check(template, values.keys(), name, left_over=_LEFT_OVER)
    marked: set[str] = set()
    lines: list[str] = []
    for line, is_code in with_code(template.split("\n")):
        alone = None if is_code else _ALONE.fullmatch(line)
        if alone and alone[1] not in marked:
            marked.add(alone[1])
            lines.append(wrapped(kind_of(alone[1]), values[alone[1]]))
        else:
            lines.append(_PLACEHOLDER.sub(lambda found: values[found[1]], line))
    return "\n".join(lines)


def kind_of(placeholder: str) -> str:
    """What the markers of a placeholder are called."""
    return placeholder.lower().replace("_", "-")


def _check(template: str, known: Collection[str], name: str, *, left_over: re.Pattern[str]) -> None:
    for number, line in enumerate(template.split("\n"), 1):
        for found in _PLACEHOLDER.finditer(line):
            if found[1] not in known:
                near = get_close_matches(found[1].upper(), known, 1, cutoff=0.5)
                mend = (
                    f"did you mean {{{{{near[0]}}}}}?" if near else f"it knows {', '.join(known)}."
                )
                raise TemplateError(
                    f"Line {number} of {name} has an unknown placeholder {found[0]}; {mend}"
                )
        if left_over.search(_PLACEHOLDER.sub("", line)):
            raise TemplateError(
                f"Line {number} of {name} has a brace pair that is no placeholder; "
                "write {{NAME}}, or part the braces by a space."
            )
