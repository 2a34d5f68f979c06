"""Markdown from a repository's own words: escaped, so that nothing in them acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from moxi_core.patterns import lazy_pattern

_CODE_SPAN = lazy_pattern(r"`[^`\n]+`")
_RST_ROLE = lazy_pattern(r":[a-z:+-]+:`~?!?([^`<]+?)(?:\s*<[^>`]*>)?`")
_RST_LINK = lazy_pattern(r"`([^`<]+?)\s*<[^>`]*>`_{1,2}")
_DOUBLE_TICKS = lazy_pattern(r"``([^`\n]+)``")
_JAVADOC = lazy_pattern(r"\{@(?:link|linkplain|code|literal|value)\s+#?([^}]*)\}")
_INTRA_DOC = lazy_pattern(r"\[(`[^`\]]+`)\](?:\([^)\s]*\)|\[[^\]]*\])?")
_MARKDOWN_LINK = lazy_pattern(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_TAG = lazy_pattern(r"</?(?:p|b|i|em|strong|code|tt|br|a|pre|ul|li|see|c|para)\b[^>]{0,200}>", re.I)
_SPECIAL = lazy_pattern(r"([\\*\[\]<>|])")
_UNDERSCORES = lazy_pattern(r"(?<![^\W_])_+|_+(?![^\W_])")
_STRAY_SPACE = lazy_pattern(r" ([.,;:!?])(?=\s|$)")  # what a dropped link leaves behind
_SENTENCE_END = lazy_pattern(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\beg)(?<!\bie)(?<!\betc)(?<!\bvs)(?<!\bcf)[.!?](?=\s+[^a-z])"
)
_EMOJI = lazy_pattern(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\U000e0020-\U000e007f]+"
)
# Control characters reach terminals, and direction marks make text read as what it is not.
_UNSEEN = lazy_pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_EMOJI_CODE = lazy_pattern(r"(?<![\w:]):[a-z][a-z0-9_+-]{2,30}:(?![\w:])")


_MAX_WORDS = 5_000  # more than anybody reads, and little enough for every pattern
_RAW_TARGET = lazy_pattern(r"[\s()<>\[\]\\`\"'{}|^*]")
_SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BLOCK_START = lazy_pattern(
    r"^(#{1,6}(?=\s|$)|[+-](?=\s|$)|~{3,}|-[ -]*$|=+$|\d{1,9}(?=[.)](?:\s|$)))"
)


def visible(text: str) -> str:
    """The text without what is not seen: control characters, marks of direction, half surrogates.

    Line ends and tabs stay.
    """
    return _UNSEEN.sub("", text) if not text.isprintable() else text


def plain(text: str) -> str:
    """One line of plain words: documentation markup resolved, emoji and links dropped."""
    text = _RST_ROLE.sub(r"`\1`", visible(text[:_MAX_WORDS]))
    text = _RST_LINK.sub(r"\1", text)
    text = _DOUBLE_TICKS.sub(r"`\1`", text)
    text = _JAVADOC.sub(lambda m: f"`{m[1].strip()}`", text)
    whole = _INTRA_DOC.sub(r"\1", text)
    text = _TAG.sub(" ", _MARKDOWN_LINK.sub(r"\1", whole))
    text = _EMOJI_CODE.sub("", text if text.isascii() else _EMOJI.sub("", text))
    folded = " ".join(text.split())
    return folded if text == whole else _STRAY_SPACE.sub(r"\1", folded)


def prose(text: str, limit: int = 0) -> str:
    """The repository's words as Markdown: plain, escaped, code spans kept; cut at `limit`."""
    text = plain(text)
    if limit and len(text) > limit:
        text = shorten(text, limit)
    text = re.sub("`{2,}", "'", text)  # of runs of unlike length, no two readers pair the same
    if text.count("`") % 2:
        text = text.replace("`", "'")
    parts: list[str] = []
    end = 0
    for span in _CODE_SPAN.finditer(text):
        parts += [_escape(text[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*parts, _escape(text[end:])])


def _escape(text: str) -> str:
    text = _UNDERSCORES.sub(lambda m: r"\_" * len(m[0]), _SPECIAL.sub(r"\\\1", text))
    return _BLOCK_START.sub(_held, text)


def _held(found: re.Match[str]) -> str:
    """What would begin a heading, a list or a fence, made plain text."""
    return f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}"


def shorten(text: str, limit: int) -> str:
    """Cut after the last whole sentence within `limit`, or at a word with an ellipsis."""
    head = text[: limit + 1]
    stops = [m.start() for m in _SENTENCE_END.finditer(head)]
    if stops and stops[-1] >= limit // 3:
        return head[: stops[-1] + 1]
    return head[:limit].rsplit(" ", 1)[0].rstrip(",;:–-") + "…"


def sentence(text: str) -> str:
    """Text that begins with a capital (unless a name) and ends with a mark."""
    text = text.strip()
    if not text:
        return ""
    first = text.split(" ", 1)[0]
    if first.rstrip(",;").isalpha() and first.islower():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…:)`" and not text.endswith("..") else text.rstrip(".") + "."


def code(text: str) -> str:
    """An inline code span, whatever the text holds."""
    text = " ".join(visible(text).split())
    if not text:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def codes(values: Iterable[str], join: str = ", ") -> str:
    """Several code spans in a row."""
    return join.join(code(value) for value in values if value)


def table_row(cells: Sequence[str]) -> str:
    """A row of a table; bars inside cells are escaped, in code spans too."""
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    # Some readers see an escape in an odd number of backslashes before a bar only.
    return re.sub(
        r"(\\*)\|", lambda m: m[0] if len(m[1]) % 2 else rf"{m[1]}\|", " ".join(text.split())
    )


def fence(text: str) -> str:
    """Back-ticks longer than any run of them in `text`, at least three."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    return "`" * (longest + 1)


def fence_language(language: str) -> str:
    """The word after a fence that highlights a language: `C#` is `csharp`."""
    known = {"c#": "csharp", "f#": "fsharp", "c++": "cpp", "shell": "sh", "tsx": "tsx"}
    return known.get(language.lower(), re.sub(r"[^a-z0-9+#.-]", "", language.lower()))


def link(label: str, target: str) -> str:
    """A link to a page, an anchor or a file; the label alone where the target is none of these."""
    if not target.strip("/"):
        return label
    if _SCHEME.match(target):
        if not re.match(r"(?:https?://|mailto:)", target, re.IGNORECASE):
            return label
    elif not target.startswith("#"):
        target = re.sub("[%?#]", lambda m: quote(m[0]), target)
    return f"[{label}]({_RAW_TARGET.sub(lambda m: quote(m[0], safe=''), visible(target))})"


def listing(words: Sequence[str]) -> str:
    """Words as in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
