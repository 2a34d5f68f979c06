"""The license that a README names, held against its text and the manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Span
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

KINDS = {"license": "the license named is the one of the license file or manifest"}

_NAMES: tuple[tuple[str, str], ...] = (
    (r"AGPL(?:[-\s]?v?3(?:\.0)?)?|(?:GNU )?Affero General Public License", "AGPL"),
    (r"LGPL(?:[-\s]?v?[23](?:\.[01])?)?|(?:GNU )?Lesser General Public License", "LGPL"),
    (r"(?:GNU )?GPL[-\s]?v?3(?:\.0)?|(?:GNU )?General Public License,?\s*(?:version|v)?\s*3(?:\.0)?", "GPL-3"),
    (r"(?:GNU )?GPL[-\s]?v?2(?:\.0)?|(?:GNU )?General Public License,?\s*(?:version|v)?\s*2(?:\.0)?", "GPL-2"),
    (r"(?:GNU )?GPL|(?:GNU )?General Public License", "GPL"),
    (r"Apache(?:[-\s]+(?:Software\s+)?Licen[cs]e)?(?:,?[-\s]+(?:version|v)?\s*2(?:\.0)?)?|ASL[-\s]?2(?:\.0)?", "Apache-2.0"),
    (r"(?:the\s+)?MIT(?:[-\s]+Licen[cs]ed?)?|Expat", "MIT"),
    (r"BSD[-\s]?3(?:[-\s]Clause)?|3[-\s]Clause BSD|(?:New|Modified|Revised) BSD", "BSD-3-Clause"),
    (r"BSD[-\s]?2(?:[-\s]Clause)?|2[-\s]Clause BSD|Simplified BSD", "BSD-2-Clause"),
    (r"BSD", "BSD"),
    (r"MPL[-\s]?(?:v?2(?:\.0)?)?|Mozilla Public Licen[cs]e(?:,?\s*(?:version|v)?\s*2(?:\.0)?)?", "MPL-2.0"),
    (r"ISC", "ISC"),
    (r"Unlicen[cs]e", "Unlicense"),
    (r"EPL[-\s]?(?:v?[12](?:\.0)?)?|Eclipse Public Licen[cs]e", "EPL"),
    (r"BSL[-\s]?1(?:\.0)?|Boost Software Licen[cs]e", "BSL-1.0"),
    (r"WTFPL", "WTFPL"),
    (r"Zlib", "Zlib"),
    (r"CC0(?:[-\s]1\.0)?", "CC0-1.0"),
    (r"0BSD", "0BSD"),
    (r"EUPL[-\s]?(?:1\.2)?", "EUPL"),
    (r"Artistic(?:[-\s]2\.0|\s+Licen[cs]e(?:\s+2\.0)?)", "Artistic-2.0"),
)  # fmt: skip
_NAME = lazy_pattern(
    "|".join(
        rf"(?P<n{i}>(?<![\w./-])(?:{pattern})(?![\w/]))" for i, (pattern, _) in enumerate(_NAMES)
    )
)
_SAYS = lazy_pattern(
    r"(?i)\b(?:licen[cs]ed (?:under|with|by)|(?:released|distributed|available|published|provided|covered|"
    r"made available|open[- ]?sourced?(?: software)?(?: licensed)?)\s+(?:\w+\s+){0,3}(?:under|by)|licen[cs]e\s*[:=|-]|"
    r"is (?:\w+ )?licensed|under the (?:terms of )?)"
)
_OTHERS = lazy_pattern(
    r"(?i)\b(?:except|docs?|documentation|fonts?|icons?|images?|logos?|artwork|assets?|data(?:set)?s?|models?|weights|"
    r"third[- ]part\w+|depend\w+|vendor\w*|bundled|includes?|which is|formerly|previously|prior|before|"
    r"until|unlike|compatible|based on|fork|derived|originally|contribut\w+|choose|example|some|parts?|portions?|"
    r"generated|template|content|plugin|library is|uses?|using|from|snippets?|files?)\b"
)
_SHIELD = lazy_pattern(
    r"img\.shields\.io/badge/licen[cs]e-([^\s?)]+?)-[A-Za-z0-9]+(?:\.svg|\.png)?(?:[?\s)]|$)", re.I
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Licenses named where the README says which one the project has, and on badges."""
    known = ground.facts("license")
    for link in document.links:
        badge = _SHIELD.search(link.text)
        if badge:
            label = badge[1].replace("--", "-").replace("_", " ").replace("%20", " ")
            found = _NAME.search(label)
            if found:
                span = Span(badge[1], link.line, link.column + badge.start(1))
                yield _judge(span, _family(found), known, sure=True)
    for line in document.prose:
        in_section = bool(line.section) and bool(
            re.fullmatch(
                r"(?i)\W*(?:the )?(?:copyright (?:and|&) )?licen[cs](?:e|es|ing)\W*(?:information)?",
                line.section[-1],
            )
        )
        says = _SAYS.search(line.text)
        if not (in_section or says) or ("://" in line.text and "badge" in line.text):
            continue
        for found in _NAME.finditer(line.text):
            before = line.text[: found.start()]
            if before.count("(") > before.count(")") and "](" in before[-60:]:
                continue  # inside a link's target
            span = Span(found[0], line.line, line.column + found.start())
            sure = not _OTHERS.search(line.text)
            yield _judge(span, _family(found), known, sure=sure)


def _family(found: re.Match[str]) -> str:
    return _NAMES[int(str(found.lastgroup)[1:])][1]


def _judge(span: Span, family: str, facts: list[Fact], *, sure: bool) -> Claim:
    if not facts:
        return not_judged("license", span, "no license file or manifest says which it is")
    for fact in facts:
        if _agrees(family, fact.value):
            return true("license", span, fact.evidence)
    if not sure or any(fact.value.startswith(("LicenseRef", "NOASSERTION")) for fact in facts):
        return not_judged("license", span, "the sentence may speak of something else")
    told = " and ".join(dict.fromkeys(f"`{fact.value}`" for fact in facts))
    return false(
        "license", span, f"the license of this repository is {told}",
        suggestion=facts[0].value, evidence=facts[0].evidence,
    )  # fmt: skip


def _agrees(family: str, expression: str) -> bool:
    """Whether a name such as GPL fits one license of an SPDX expression."""
    parts = re.split(r"\s+(?:OR|AND|WITH)\s+|[()/]", expression)
    return any(_fits(family, part.strip()) for part in parts)


def _fits(family: str, identifier: str) -> bool:
    if family == "GPL":
        return identifier.startswith("GPL")
    if family == "BSD":
        return identifier.startswith("BSD") or identifier == "0BSD"
    return identifier == family or identifier.startswith((family + "-", family + "."))
