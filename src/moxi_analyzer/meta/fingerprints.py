"""Fingerprints of license texts: hashes of every four words that follow one another.

Short licenses keep all their hashes, long ones a sample; a comparison is a few set operations.
`licenses.json` beside this file is made from a folder of SPDX license texts (`<id>.txt`) with
`python -m moxi_analyzer.meta.fingerprints FOLDER`.
"""

from __future__ import annotations

import json
import pkgutil
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moxi_core.patterns import lazy_pattern

_SHINGLE = 4
_KEPT_WHOLE = 300
_SAMPLE = 150

# How far a text may be from its license and still be it.
_MIN_COVERAGE = 0.85
_MIN_COVERAGE_SAMPLED = 0.93
_MAX_ADDED_RUN = 7  # a name in the place of another, never a clause
_MAX_PREAMBLE = 40
_MAX_TRAILER = 6
_MAX_ADDED_SHARE = 0.025
_MAX_ADDED_WORDS = 20
_FREE_WORDS = {"BUSL-1.1": 250}  # parameters that each licensor fills in

_WORD = lazy_pattern(r"[a-z0-9]+")
_URL = lazy_pattern(r"https?://\S+")
_COPYRIGHT = lazy_pattern(
    r"^\W*(?:portions )?(?:copyright\b(?!\s+(?:holders?|owners?|notices?|interests?|laws?|and"
    r"|statements?|or|license|doctrine|treat|in)\b)|(?:\(c\)|©)\s*(?:copyright|\d{4})|all rights reserved).*$",
    re.MULTILINE,
)
# What follows the terms proper tells how to apply them; projects drop or fill it at will.
_TAIL = lazy_pattern(
    r"how to apply (?:these terms|this license|the apache license)|appendix: how to apply"
    r"|creative commons is not a party to its public"
)
_TAIL_END = lazy_pattern(
    r"limitations under the license|instead of this license|that's all there is to it"
    r"|creative commons may be contacted at|the gnu agpl, see"
)
_RESTRICTS = frozenset("except exception commons excluding unless dual either not".split())


@dataclass(frozen=True)
class Template:
    """A license as fingerprint: its length in words and every `modulus`-th of its hashes."""

    spdx: str
    words: int
    modulus: int
    hashes: frozenset[int]


def normal_words(text: str) -> list[str]:
    """The words that matter: lower case, without copyright lines, addresses and appendices."""
    lowered = _COPYRIGHT.sub("", _URL.sub(" ", text.lower().replace("licence", "license")))
    found = _TAIL.search(lowered)
    if found and found.start() > 2_000:
        ends = [end.end() for end in _TAIL_END.finditer(lowered, found.end())]
        lowered = lowered[: found.start()] + (lowered[ends[-1] :] if ends else "")
    return _WORD.findall(lowered)


def _hashes(words: Sequence[str]) -> list[int]:
    runs = zip(*(words[start:] for start in range(_SHINGLE)), strict=False)
    return [zlib.crc32(" ".join(run).encode()) for run in runs]


@cache
def templates() -> tuple[Template, ...]:
    """The licenses that this version knows."""
    text = pkgutil.get_data("moxi_analyzer.meta", "licenses.json") or b""
    table = json.loads(text)
    return tuple(
        Template(spdx, row["words"], row["modulus"], frozenset(row["hashes"]))
        for spdx, row in table.items()
    )


def recognise(text: str) -> str:
    """The SPDX id of the license that a text is, as a whole and without added clauses; else ""."""
    words = normal_words(text)
    if "commons clause" in " ".join(words[:400]):
        return ""
    hashes = _hashes(words)
    found = frozenset(hashes)
    best, best_score = "", 0.0
    for template in templates():
        common = found & template.hashes
        whole = template.modulus == 1
        covered = len(common) / len(template.hashes)
        if covered < (_MIN_COVERAGE if whole else _MIN_COVERAGE_SAMPLED):
            continue
        sample = {value for value in found if value % template.modulus == 0}
        if whole:
            unchanged = _nothing_added(words, hashes, template)
        else:
            spare = _FREE_WORDS.get(template.spdx, 0)
            few = len(sample - template.hashes) <= _MAX_ADDED_SHARE * len(sample) + spare / 40
            unchanged = few and len(words) <= template.words + _MAX_ADDED_WORDS + spare
        score = len(common) / len(sample | template.hashes)
        if unchanged and score > best_score:
            best, best_score = template.spdx, score
    return best


def _nothing_added(words: list[str], hashes: list[int], template: Template) -> bool:
    """Whether the words that are not the template's are a title, names or a closing line."""
    known = [False] * len(words)
    for start, value in enumerate(hashes):
        if value in template.hashes:
            known[start : start + _SHINGLE] = [True] * _SHINGLE
    first = known.index(True)
    last = len(known) - known[::-1].index(True)
    if first > _MAX_PREAMBLE or _RESTRICTS.intersection(words[:first]):
        return False
    if len(words) - last > _MAX_TRAILER or _RESTRICTS.intersection(words[last:]):
        return False
    run = longest = 0
    for is_known in known[first:last]:
        run = 0 if is_known else run + 1
        longest = max(longest, run)
    return longest <= _MAX_ADDED_RUN


def main(folder: str) -> None:
    """Write `licenses.json` from the texts in a folder, one `<SPDX id>.txt` each."""
    rows = []
    for path in sorted(Path(folder).glob("*.txt")):
        words = normal_words(path.read_text("utf-8"))
        found = set(_hashes(words))
        modulus = 1 if len(found) <= _KEPT_WHOLE else -(-len(found) // _SAMPLE)
        kept = sorted(value for value in found if value % modulus == 0)
        row = {"words": len(words), "modulus": modulus, "hashes": kept}
        rows.append(f"{json.dumps(path.stem)}: {json.dumps(row)}")
    out = Path(__file__).with_name("licenses.json")
    out.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
