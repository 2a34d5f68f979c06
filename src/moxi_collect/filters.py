"""Which samples are worth learning from: named filters over what is stored, each drop counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from moxi_core.likeness import Likeness
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store

# Licenses under which text may be learned from and passed on with attribution. SPDX ids.
LICENSES = frozenset(
    "0BSD AFL-3.0 Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause "
    "BSD-3-Clause-Clear BSL-1.0 CC-BY-4.0 CC0-1.0 ECL-2.0 EPL-2.0 ISC MIT MIT-0 MPL-2.0 MS-PL "
    "NCSA PostgreSQL PSF-2.0 Python-2.0 Ruby Unicode-3.0 Unlicense UPL-1.0 Vim WTFPL Zlib ZPL-2.1".split()
)
PENDING = "not collected yet"
FAILED = "failed: "

_SPDX_WORD = re.compile(r"[^\s()]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The bounds of the filters. Empty sets ask for nothing."""

    min_chars: int = 500
    max_chars: int = 60_000
    min_words: int = 50
    max_link_share: float = 0.8
    languages: frozenset[str] = frozenset()  # main programming languages, lower case
    english_only: bool = True
    licenses: frozenset[str] = LICENSES
    archived: bool = False  # whether archived repositories are wanted
    forks: bool = False
    max_false_share: float = 0.25
    min_judged: int = 4  # claims; fewer say nothing of a README
    similarity: float = 0.8  # of two READMEs, from which on one of them is enough


def _length(sample: ReadmeSample, rules: Rules) -> str:
    size = len(sample.readme)
    if size < rules.min_chars or sample.quality.get("words", 0) < rules.min_words:
        return "too short"
    return "too long" if size > rules.max_chars else ""


def _format(sample: ReadmeSample, rules: Rules) -> str:
    return "" if sample.quality.get("readable", 1.0) else "format not read"


def _links(sample: ReadmeSample, rules: Rules) -> str:
    return "mostly links" if sample.quality.get("link_share", 0) > rules.max_link_share else ""


def _natural_language(sample: ReadmeSample, rules: Rules) -> str:
    if not rules.english_only:
        return ""
    latin, english = (sample.quality.get(key, 1.0) for key in ("latin_share", "english_share"))
    return "not in English" if latin < 0.7 or english < 0.08 else ""


def _language(sample: ReadmeSample, rules: Rules) -> str:
    if not rules.languages or sample.language.lower() in rules.languages:
        return ""
    return "another language"


def _license(sample: ReadmeSample, rules: Rules) -> str:
    if not rules.licenses:
        return ""
    if not sample.license:
        return "no license"
    return "" if is_allowed(sample.license, rules.licenses) else "license not allowed"


def is_allowed(expression: str, licenses: Iterable[str]) -> bool:
    """Whether an SPDX expression leaves a choice of which all parts are allowed.

    `OR` gives a choice, `AND` asks for both, an exception that is granted takes nothing away.
    """
    allowed = {name.lower() for name in licenses}
    words = [word.lower() for word in _SPDX_WORD.findall(expression)]
    choices: list[list[str]] = [[]]
    for before, word in zip(["", *words], words, strict=False):
        if word == "or":
            choices.append([])
        elif word not in {"and", "with"} and before != "with":
            choices[-1].append(word)
    return any(choice and all(word in allowed for word in choice) for choice in choices)


def _state(sample: ReadmeSample, rules: Rules) -> str:
    if sample.archived and not rules.archived:
        return "archived"
    return "fork" if sample.fork and not rules.forks else ""


def _truth(sample: ReadmeSample, rules: Rules) -> str:
    enough = sample.quality.get("judged_claims", 0) >= rules.min_judged
    wrong = sample.quality.get("false_share", 0) > rules.max_false_share
    return "contradicted by the code" if enough and wrong else ""


FILTERS: tuple[Callable[[ReadmeSample, Rules], str], ...] = (
    _format, _length, _links, _natural_language, _language, _license, _state, _truth,
)  # fmt: skip


def drop_reason(sample: ReadmeSample, rules: Rules) -> str:
    """The first filter that refuses a sample, "" for none; what was never collected stays so."""
    if is_missing(sample):
        return sample.drop_reason or "no README"
    return next((reason for test in FILTERS if (reason := test(sample, rules))), "")


def is_missing(sample: ReadmeSample) -> bool:
    """Whether there is no README to judge: not collected yet, or not to be had."""
    return not sample.readme.strip()


def validate(store: Store, rules: Rules) -> Mapping[str, int]:
    """Filter all that is stored anew; how many samples there are, by reason, "" for those kept.

    The same store and rules give the same result, in whatever order samples came.
    """
    with Likeness() as likeness:
        for sample in store.stream(ReadmeSample, with_dropped=True):
            if not drop_reason(sample, rules):
                likeness.add(sample.repo_url, sample.readme, sample.stars or 0)
        alike = {one.name for one in likeness.near_duplicates(rules.similarity)}
    counts: Counter[str] = Counter()
    store.upsert(_changed(store, rules, alike, counts))
    return dict(sorted(counts.items()))


def _changed(
    store: Store, rules: Rules, alike: Collection[str], counts: Counter[str]
) -> Iterator[ReadmeSample]:
    for sample in store.stream(ReadmeSample, with_dropped=True):
        reason = drop_reason(sample, rules)
        if not reason and sample.repo_url in alike:
            reason = "near-duplicate"
        counts[reason] += 1
        if (reason or None) != sample.drop_reason:
            yield replace(sample, drop_reason=reason or None)
