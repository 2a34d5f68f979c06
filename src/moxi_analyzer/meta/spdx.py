"""The SPDX expression that a manifest's license field means, however people wrote it.

A GNU license named without "only" or "or later" is given as its family (`GPL-3.0`), as in license.py.
Ids: https://spdx.org/licenses/.
"""

from __future__ import annotations

import re
from functools import lru_cache

from moxi_core.patterns import lazy_pattern

_MOST = 200  # characters of a name
# The most usual ids, so that they do not wait for the import of all of them.
_USUAL = {
    name.lower(): name
    for name in (
        "MIT ISC Apache-2.0 BSD-2-Clause BSD-3-Clause MPL-2.0 EPL-1.0 EPL-2.0 Unlicense 0BSD Zlib BSL-1.0 CC0-1.0"
        " GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later LGPL-2.1 LGPL-3.0 AGPL-3.0"
    ).split()
}
_NOISE = lazy_pattern(
    r"\b(?:the|licen[cs]e|software|version)\b|(?:\b|(?<=[a-z]))v(?:\.\s*)?(?=\s?\d)|[^a-z0-9+.]"
)
_AT_LEAST = lazy_pattern(r"^([^<>=\u2264\u2265]*?)\s*\(?(?:>=|\u2265)\s*(\d[\d.]*)\)?$")
_BOUND = lazy_pattern(r"[<>=\u2264\u2265]")
_BEHIND = lazy_pattern(r"\s\([^()]*\)$|,\s+[A-Z][a-z]+\s+\d{4}$")
# Names without the words that say nothing: of `Apache License, Version 2.0`, `apache2.0` is left.
_NAMES = {
    r"(?:apache|asl|al|apacheasl|apachepublic)2(?:\.0)?": "Apache-2.0",
    r"(?:mit)+|expat|mitexpat|mitx11": "MIT",
    r"isc(?:iscl?)?": "ISC",
    r"zlib(?:libpng)?": "Zlib",
    r"unlicense": "Unlicense",
    r"bsd3(?:clause(?:neworrevised)?)?|(?:bsd)?3clause(?:bsd)?|(?:new|modified|revised)bsd|bsd(?:new|modified|revised)": "BSD-3-Clause",
    r"bsd2(?:clause)?|(?:bsd)?2clause(?:bsd)?|simplifiedbsd|bsdsimplified": "BSD-2-Clause",
    r"(?:mozillapublic|mpl|mozillapublicmpl)2(?:\.0)?": "MPL-2.0",
    r"(?:eclipsepublic|epl)1(?:\.0)?": "EPL-1.0",
    r"(?:eclipsepublic|epl)2(?:\.0)?": "EPL-2.0",
    r"boost1(?:\.0)?": "BSL-1.0",
}
_GNU = lazy_pattern(
    r"(?:gnu)?(?P<kind>lesser|affero|l|a)?(?:gpl|generalpublic|generalpubliclgpl|generalpublicagpl)"
    r"(?P<version>2\.1|[123])(?:\.0)?(?P<choice>only|\+|or(?:any)?(?:later|newer))?"
)
_KINDS = {"lesser": "LGPL", "l": "LGPL", "affero": "AGPL", "a": "AGPL"}


@lru_cache(maxsize=4_096)
def expression(written: str) -> str:
    """The SPDX expression that a license field means (`Apache License 2.0`); "" if not for certain."""
    name = " ".join(written.split())
    if not 0 < len(name) <= _MOST:
        return ""
    found = _USUAL.get(name.lower()) or _by_name(name) or _canonical(name)
    if not found and "/" in name:  # the old way to write a choice
        parts = [expression(part) for part in name.split("/")]
        found = " OR ".join(parts) if all(parts) else ""
    if not found and (
        more := _BEHIND.search(name)
    ):  # `GNU GPL v3 (GPLv3)`, `Apache 2.0, January 2004`
        found = expression(name[: more.start()])
    return found


def _by_name(name: str) -> str:
    """The id of a license whose name people write in words."""
    told = _AT_LEAST.sub(r"\1 \2+", name.lower())  # `GPL (>= 2)` of R
    plain = "" if _BOUND.search(told) else _NOISE.sub("", told)
    gnu = _GNU.fullmatch(plain)
    if gnu:
        version = gnu["version"] if "." in gnu["version"] else f"{gnu['version']}.0"
        choice = {"": "", "only": "-only"}.get(gnu["choice"] or "", "-or-later")
        return _canonical(f"{_KINDS.get(gnu['kind'] or '', 'GPL')}-{version}{choice}")
    return _USUAL.get(plain) or next(
        (spdx for names, spdx in _NAMES.items() if re.fullmatch(names, plain)), ""
    )


def _canonical(name: str) -> str:
    """An expression of ids in the case that SPDX gives them; "" if one of them is none."""
    from packaging.licenses import (  # late: it brings all ids
        InvalidLicenseExpression,
        canonicalize_license_expression,
    )

    try:
        return str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return ""


def stated(written: str) -> str:
    """The SPDX expression of a field that should hold one; what else stands there, as it stands."""
    return expression(written) or " ".join(written.split())
