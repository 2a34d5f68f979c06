"""Whether a description holds to its inputs: what they do not hold is an invention, and is refused.

Every word must stand in the captions or the job, or be one of words.txt, which name nothing. So a wrong
base model, a number, a person or a thing that nobody mentioned has no way in. That words of captions
are put together anew is not seen: "a red car" and "a blue house" allow "a blue car".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moxi_card.job import Job
from moxi_core.patterns import lazy_pattern

MOST_CHARACTERS = 600
SENTENCES = (2, 3)
_TOKEN = lazy_pattern(r"\d+(?:[.,]\d+)*[^\s,;:!?()]*|[^\s,;:!?()\"“”„«»…—–/]+")
_WORD = lazy_pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_END = lazy_pattern(r"[.!?]+(?=\s|$)")
_MARKUP = lazy_pattern(r"[<>\[\]{}|#*_~\\]|^\s*(?:[-+]|\d+[.)])\s|&\w+;|\n")
_ADDRESS = lazy_pattern(
    r"(?i)[a-z][a-z0-9+.-]*://|\bwww\.|\S@\S|"
    r"\b[\w-]+\.(?:ai|app|art|biz|ch|cn|co|com|de|dev|edu|fr|gg|gov|info|io|jp|ly|me|net|org|ru|shop|site|tv|uk|xyz)\b"
)
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
    "dozen dozens hundreds thousands millions billions percent half third quarter double triple".split()
)
_ENDINGS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "y")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a description may name. `names` are whole tokens, such as `FLUX.1-dev`, in small letters."""

    stems: frozenset[str]
    capitals: frozenset[str]  # words that the inputs write with a capital, in small letters
    names: frozenset[str]

    @classmethod
    def of(cls, job: Job, captions: Iterable[str], images: int) -> Grounds:
        """The grounds that a job and the captions that a model was shown give."""
        names = (job.model_name, job.trigger_word, *job.base.names)
        words = [word for text in captions for word in _WORD.findall(text)]
        words += [word for name in names for word in _WORD.findall(name) if not word[0].isdigit()]
        numbers = {str(images), f"{images:,}", str(job.steps), f"{job.steps:,}"}
        tokens = {token.casefold() for name in names for token in (name, *name.split())}
        whole = tokens | {token.strip("[]().") for token in tokens}
        return cls(
            frozenset(stem for word in words for stem in _stems(word.casefold())) | numbers,
            frozenset(word.casefold() for word in words if not word.islower())
            | {"lora", "ai", "i"},
            frozenset(whole - {""}),
        )


def invented(text: str, grounds: Grounds) -> str:
    """Why a description is refused, as a part of a sentence; "" where it holds."""
    if not text.strip():
        return "it is empty"
    if len(text) > MOST_CHARACTERS:
        return f"it is longer than {MOST_CHARACTERS} characters"
    if found := _ADDRESS.search(_without_names(text, grounds)):
        return f"it holds an address, {found[0]!r}"
    plain = _without_names(text, grounds).replace("`", "")
    if found := _MARKUP.search(plain):
        return f"it holds markup, {found[0].strip()!r}"
    count = len(_END.findall(plain.strip()))
    if not SENTENCES[0] <= count <= SENTENCES[1] or plain.rstrip()[-1:] not in ".!?":
        return f"it must be {SENTENCES[0]} or {SENTENCES[1]} whole sentences"
    unknown = list(dict.fromkeys(_unknown(plain, grounds)))[:8]
    return f"the inputs do not hold {', '.join(map(repr, unknown))}" if unknown else ""


def _without_names(text: str, grounds: Grounds) -> str:
    """The text without whole names of the job, whose points and hyphens mean nothing."""
    for name in sorted(grounds.names, key=len, reverse=True):
        if re.search(r"[\W\d_]", name):
            text = re.sub(rf"(?i)(?<![\w-]){re.escape(name)}(?![\w-]|\.\w)", "it", text)
    return text


def _unknown(text: str, grounds: Grounds) -> Iterator[str]:
    starts = {0, *(found.end() for found in _END.finditer(text))}
    for token in _TOKEN.finditer(text):
        is_start = len(text[: token.start()].rstrip()) in starts
        whole = token[0].strip(".'’-").casefold()
        if whole in _allowed() or whole in grounds.names:
            continue
        words = list(_WORD.finditer(token[0]))
        rest = _WORD.sub("", token[0]).strip(".-'’`&+%$")
        if rest:
            yield token[0]
        for number, word in enumerate(words):
            if not _holds(word[0], grounds, is_start=is_start and number == 0):
                yield word[0]


def _holds(word: str, grounds: Grounds, *, is_start: bool) -> bool:
    folded = word.casefold()
    if folded[0].isdigit():
        return folded in grounds.stems
    stems = _stems(folded)
    if folded in _NUMBER_WORDS:
        return folded in grounds.stems
    if not is_start and not word.islower():  # a name, where a sentence does not begin
        return folded in grounds.capitals
    return not stems.isdisjoint(grounds.stems) or not stems.isdisjoint(_allowed())


@cache
def _allowed() -> frozenset[str]:
    lines = (Path(__file__).parent / "words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _stems(word: str) -> frozenset[str]:
    """A word with its usual endings taken off: of two that share one, each allows the other."""
    found = {word}
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            found.add(stem)
            if ending in ("ing", "ed") and stem[-1] == stem[-2]:
                found.add(stem[:-1])
            if ending == "ing":
                found.add(stem + "e")
    if word.endswith("ies") and len(word) > 4:
        found.add(word[:-3] + "y")
    return frozenset(found)
