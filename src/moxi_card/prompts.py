"""Prompts made of captions, always the same for the same captions: samples, examples, a short one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from moxi_core.patterns import lazy_pattern
from moxi_infer.markdown import plain

SAMPLES = 4
EXAMPLES = 4
LEAST_WORDS, MOST_WORDS = 8, 15  # of an example, the trigger included
_SHORT_WORDS = 8
# Letters of scripts that set no spaces count as words of their own.
_PIECE = lazy_pattern(
    r"\s*(?:[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|"
    r"[^\s\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+)"
)
_ADDRESS = lazy_pattern(r"(?i)\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)\S+|\S+@\S+\.\S+")
_TAG = lazy_pattern(r"</?[A-Za-z!][^<>]{0,300}>")
_MARKUP = lazy_pattern(r"[<>\[\]{}|`*#\\\"]+|\bhref\b")
# A phrase begins with these: a text is cut before one rather than after.
_OPENERS = frozenset(
    "and at beside behind by for from holding in inside into near next of on onto or over outside "
    "through to toward towards under while wearing with within without".split()
)
# Where captions are too short for an example: words of composition, which claim nothing of the images.
_PLAIN = (
    "centered composition, even light, plain background, fine detail",
    "seen from the side, soft light, simple background, fine detail",
    "close view, soft shadows, plain background, sharp focus, fine detail",
)


def has_word(text: str, word: str) -> bool:
    """Whether a text holds a word, or a run of words, whole."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def with_trigger(caption: str, trigger: str) -> str:
    """A caption that holds the trigger word; trainers write `[trigger]` for it."""
    text = caption.replace("[trigger]", trigger)
    return text if has_word(text, trigger) else f"{trigger}, {text}"


def sample_prompts(captions: Sequence[str], trigger: str, count: int = SAMPLES) -> list[str]:
    """Up to `count` captions at even distances, no two alike, each with the trigger word.

    Without any caption it is the trigger word alone.
    """
    prompts = _distinct(with_trigger(caption, trigger) for caption in captions if caption.strip())
    if not prompts:
        return [trigger]
    wanted = min(count, len(prompts))
    return [prompts[number * len(prompts) // wanted] for number in range(wanted)]


def example_prompts(captions: Sequence[str], trigger: str, count: int = EXAMPLES) -> list[str]:
    """3 or 4 prompts of 8 to 15 words that begin with the trigger word.

    A short caption is joined with one that is no example itself; else plain words of composition
    fill up.
    """
    bodies = [body for body in (shown_body(c, trigger) for c in captions) if body]
    chosen = sample_prompts(bodies, trigger, count) if bodies else []
    starts = [shown_body(prompt, trigger) for prompt in chosen]
    left = [body for body in bodies if body not in starts]
    room = MOST_WORDS - len(_pieces(trigger))
    least = max(1, LEAST_WORDS - len(_pieces(trigger)))
    made: list[str] = []
    for number in range(max(3, len(starts))):
        start = starts[number] if number < len(starts) else ""
        others = left[number : number + 1] if start else []
        body = _filled(start, [*others, *_PLAIN[number % 3 :], *_PLAIN], least, room)
        made.append(f"{trigger}, {body}")
    return _distinct(made)


def short_prompt(captions: Sequence[str], trigger: str) -> str:
    """One prompt of a few words, which may stand between double quotes in code."""
    body = next((body for c in captions if (body := shown_body(c, trigger))), "")
    first = re.split(r"[,.;:!?]", body)[0]
    cut = _cut(first, 2, max(2, _SHORT_WORDS - len(_pieces(trigger))))
    return f"{trigger}, {cut}" if cut else trigger


def shown(caption: str) -> str:
    """A caption without what acts: addresses, markup, quotes."""
    return " ".join(_MARKUP.sub(" ", _ADDRESS.sub(" ", plain(_TAG.sub(" ", caption)))).split())


def shown_body(caption: str, trigger: str) -> str:
    """A caption's words without the trigger word, to be put behind it."""
    text = caption.replace("[trigger]", trigger)
    text = re.sub(rf"(?<![\w-]){re.escape(trigger)}(?![\w-])", " ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", shown(text))
    text = re.sub(r"([,;])(?:\s*[,;])+", r"\1", text)
    return text.strip(" ,.;:!?-–—")


def _filled(start: str, more: Iterable[str], least: int, most: int) -> str:
    body = start
    for piece in more:
        if len(_pieces(body)) >= least:
            break
        if piece not in body:
            body = f"{body}, {piece}" if body else piece
    return _cut(body, least, most)


def _cut(text: str, least: int, most: int) -> str:
    """A text's first words, to the end of the last phrase that leaves enough of them."""
    pieces = _pieces(text)
    if len(pieces) <= most:
        return text.rstrip(" ,.;:!?")
    for length in range(most, least - 1, -1):
        if pieces[length - 1].endswith((",", ".", ";")):
            return "".join(pieces[:length]).strip(" ,.;:!?")
    openers = (n for n in range(most, least - 1, -1) if pieces[n].strip().lower() in _OPENERS)
    length = next(openers, most)
    return "".join(pieces[:length]).strip(" ,.;:!?")


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Texts in their order, of those that differ in case and spaces only the first."""
    return list(_by_key(texts))


def _by_key(texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        key = " ".join(text.casefold().split())
        if key not in seen:
            seen.add(key)
            yield text
