"""What is wrong with a draft as a whole, or with a sentence as such, whatever it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from moxi_core.patterns import lazy_pattern
from moxi_infer.drafting.draft import Piece, unwrapped

_ECHO = lazy_pattern(
    r"###\s*(?:Instruction|Input|Response)\b|Below is a repository, and an instruction|State only what the repository shows|"
    r"A README has these sections|^Project type: |^Files:$|<\|\w+\|>|\[/?INST\]",
    re.M,
)
_OPENING = lazy_pattern(r"[A-Z0-9`*_\[\"'(“<@-]")
_CLOSING = lazy_pattern(r"(?:[.!?:…]|[.!?][)\"'”’*_`\]]+)$")
_TWICE = lazy_pattern(r"(?i)\b(\w+)(?:\s+\1\b)+")
_FAIR_TWICE = frozenset("that had is very".split())
# What no English sentence has side by side: an article or a preposition, and a word that ends or begins a clause.
_HALTING = lazy_pattern(
    r"(?i)\b(?:(?:a|an|the)\s+(?:a|an|the|of|to|for|with|by|from|is|are|was|be|and|or|but|it|you|we|they|its|your|this|that|in|on|at|can|will)"
    r"|(?:of|from|with|into|and|or|but)\s+(?:is|are|was|and|or|but|of|to\s+the\s+(?:of|to)))\b(?!\s*[-`])"
    r"|\b(?:a|an|the|of|to|for|with|and|or|is|are|by|from|into|your|its)[.,;:!?](?:\s|$)"
)
_MIN_WORDS, _MAX_WORDS = 3, 70
_MAX_SHARE_REPEATED = 0.3


def fault_of(draft: str, parts: Sequence[Piece]) -> str:
    """Why nothing of a draft is of use; "" where its sentences are worth judging."""
    text = unwrapped(draft)
    if not text:
        return "it is empty"
    if _ECHO.search(text):
        return "it repeats the prompt"
    if "\ufffd" in text or "\0" in text:
        return "it is no text"
    sentences = [s for part in parts for s in part.sentences]
    if not sentences:
        return "it has no sentence"
    counts = Counter(_plain(sentence) for sentence in sentences)
    repeated = sum(count - 1 for count in counts.values())
    if repeated > 1 and repeated > _MAX_SHARE_REPEATED * len(sentences):
        return "it repeats itself"
    return ""


def is_cut_off(sentence: str) -> bool:
    """Whether a sentence has no end."""
    return _CLOSING.search(sentence) is None


def slip_of(sentence: str, *, item: bool = False, names: Collection[str] = ()) -> str:
    """Why a sentence is none; "" for a sound one. Items of lists need no full stop; `names` may begin one."""
    bare = re.sub(r"`+[^`]*`+", "`x`", sentence)
    words = re.findall(r"[^\W_]+", bare)
    head = sentence.split(" ")[0].rstrip(".,:;")
    if not item and not _OPENING.match(sentence) and head.removesuffix("'s") not in names:
        return "it does not begin as a sentence"
    if not item and is_cut_off(sentence):
        return "it does not end"
    if len(words) < (1 if item else _MIN_WORDS) or len(words) > _MAX_WORDS:
        return "it is no sentence"
    if bare.count("`") % 2 or any(bare.count(a) != bare.count(b) for a, b in ("()", "[]", "“”")):
        return "its marks do not pair"
    if bare.count("**") % 2 or re.search(r"([!?.,;:*_#-])\1{3,}", bare):
        return "its marks do not pair"
    twice = _TWICE.search(bare)
    if twice and twice[1].lower() not in _FAIR_TWICE and not twice[1].isdigit():
        return f"it says {twice[1]!r} twice"
    if halting := _HALTING.search(bare):
        return f"it halts at {halting[0].strip()!r}"
    trigrams = Counter(zip(words, words[1:], words[2:], strict=False))
    if any(count > 2 for count in trigrams.values()):
        return "it repeats itself"
    return ""


def _plain(sentence: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", sentence.lower()))
