"""Clojure's namespaces that commands run: `clojure -M -m demo.main`, `lein run -m demo.main`."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.claim import Claim, false, true
from moxi_check.code.clojure import Namespaces
from moxi_check.kinds.told import values_of
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern

_NAMESPACE = lazy_pattern(r"[a-z][\w-]*(?:\.[a-z][\w-]*)+")
# What may bring in other libraries, some of which begin as ours does.
_BRINGS = lazy_pattern(r"-Sdeps|-[AMX]:")
_PROGRAMS = frozenset({"clj", "clojure", "lein"})


def named(words: tuple[Word, ...]) -> Iterator[Word]:
    """The namespaces that a command runs."""
    if words and words[0].text in _PROGRAMS:
        for word in values_of(words, "-m", "--main"):
            if _NAMESPACE.fullmatch(word.text):
                yield word


def judge(word: Word, words: tuple[Word, ...], known: Namespaces) -> Claim | None:
    """The verdict on a namespace that a command runs; None where it may be another's."""
    place = known.place(word.text)
    root = word.text.partition(".")[0]
    if place is not None:
        return true("run", word, place) if root in known.roots else None
    best = known.meant(word.text)
    is_all = known.is_alone(root) and not any(_BRINGS.match(other.text) for other in words)
    if not known.is_missing(word.text) or not (best or is_all):
        return None
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "run", word, f"there is no namespace `{word.text}`{hint}", suggestion=best,
        evidence=known.own[best] if best else None,
    )  # fmt: skip
