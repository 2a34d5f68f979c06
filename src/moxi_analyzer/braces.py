"""Languages in braces that no grammar is carried for: Swift and Dart, read by their brackets.

`Code` knows which characters are code, so that a pattern never matches inside a string or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from moxi_core.patterns import lazy_pattern

MAX_BYTES = 400_000
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BRACKET = lazy_pattern(r"[()\[\]{}]")
_SEPARATOR = lazy_pattern(r"[()\[\]{},]")
_TOKEN = lazy_pattern(
    r"//[^\n]*|/\*|#*\"\"\"|r?'''|r?\"\"\"|#+\"|r?'|r?\"",
)
_ESCAPED = lazy_pattern(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_LABEL = lazy_pattern(r"\s*([A-Za-z_]\w*)\s*:(?!:)\s*")


@dataclass(frozen=True)
class Argument:
    """One argument of a call: its label ("" if none) and its text, as written."""

    label: str
    text: str


class Code:
    """A source text with its comments and strings told apart from code."""

    def __init__(self, text: str, *, single_quotes: bool) -> None:
        self.text = text[:MAX_BYTES]
        self._single = single_quotes

    @cached_property
    def mask(self) -> str:
        """The text with the inside of strings and comments blanked, at the same length."""
        out: list[str] = []
        at = 0
        while True:
            found = _TOKEN.search(self.text, at)
            if found is None:
                out.append(self.text[at:])
                return "".join(out)
            out.append(self.text[at : found.start()])
            token = found[0]
            if token.endswith("'") and not self._single:
                out.append(token)
                at = found.end()
                continue
            end = self.end_of(token, found.end())
            inside = self.text[found.start() : end]
            out.append(_blank(inside, is_string=not token.startswith("/")))
            at = end

    def end_of(self, opening: str, start: int) -> int:
        """Where the string or comment ends that begins with `opening`, up to `start`."""
        text = self.text
        if opening.startswith("//"):
            return start
        if opening == "/*":
            end = text.find("*/", start)
            return end + 2 if end >= 0 else len(text)
        raw = opening.startswith(("#", "r"))
        closing = opening.lstrip("#r") + "#" * opening.count("#")
        at = start
        while at < len(text):
            char = text[at]
            if char == "\\" and not raw:
                at += 2
            elif text.startswith(closing, at):
                return at + len(closing)
            elif char == "\n" and len(closing) == 1:
                return at  # an unclosed literal ends with its line
            else:
                at += 1
        return len(text)

    def line(self, at: int) -> int:
        """The line number of a position."""
        return self.text.count("\n", 0, at) + 1

    @cached_property
    def _closings(self) -> dict[int, int]:
        """The place of the closing bracket by that of its opening one, found in one pass."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for bracket in _BRACKET.finditer(self.mask):
            if bracket[0] in _PAIRS:
                opened.append(bracket.start())
            elif opened:
                found[opened.pop()] = bracket.start()
        return found

    def close(self, opening: int) -> int:
        """The position of the bracket that closes the one at `opening`; the end if none does."""
        return self._closings.get(opening, len(self.mask))

    def flat(self, start: int, end: int) -> str:
        """The code between two places with what stands in brackets there blanked, line ends kept."""
        out: list[str] = []
        at = start
        while (found := _BRACKET.search(self.mask, at, end)) is not None:
            out.append(self.mask[at : found.end()])
            close = found.end()
            if found[0] in _PAIRS:
                close = min(self.close(found.start()), end)
            out.append(re.sub(r"[^\n]", " ", self.mask[found.end() : close]))
            at = close
        out.append(self.mask[at:end])
        return "".join(out)

    def split(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The places between top-level commas from `start` to `end`."""
        depth, begin = 0, start
        for found in _SEPARATOR.finditer(self.mask, start, end):
            if found[0] == ",":
                if depth == 0:
                    yield begin, found.start()
                    begin = found.end()
            else:
                depth += 1 if found[0] in _PAIRS else -1
        if self.mask[begin:end].strip():
            yield begin, end

    def arguments(self, opening: int) -> list[Argument]:
        """The arguments of the call or the elements of the list that opens at `opening`."""
        found: list[Argument] = []
        if opening not in self._closings:
            return found
        for begin, end in self.split(opening + 1, self.close(opening)):
            label = _LABEL.match(self.mask, begin, end)
            start = label.end() if label else begin
            found.append(Argument(label[1] if label else "", self._bare(start, end)))
        return found

    def _bare(self, start: int, end: int) -> str:
        """The text of an expression without the comments around it."""
        mask = self.mask[start:end]
        lead = len(mask) - len(mask.lstrip())
        return self.text[start + lead : start + len(mask.rstrip())]

    def docs(self, at: int) -> str:
        """The `///` comment above the declaration at `at`, annotations between them skipped."""
        lines = self.text[:at].split("\n")
        lines.pop()
        said: list[str] = []
        while lines:
            line = lines.pop().strip()
            if line.startswith("///"):
                said.insert(0, line[3:].removeprefix(" "))
            elif not line.startswith("@") or said:
                break
        return "\n".join(said)


def _blank(inside: str, *, is_string: bool) -> str:
    """As many blanks, line ends kept; a string keeps a quote at each end."""
    blank = re.sub(r"[^\n]", " ", inside)
    if not is_string:
        return blank
    last = '"' if len(blank) > 1 and blank[-1] != "\n" else blank[1:][-1:]
    return '"' + blank[1:-1] + last


def string(text: str) -> str | None:
    """The value of a string literal, or of adjacent ones; None when it is computed."""
    code = Code(text, single_quotes=True)
    if code.mask.replace('"', "").replace("+", "").strip():
        return None
    values: list[str] = []
    at = 0
    while True:
        found = _TOKEN.search(text, at)
        if found is None:
            break
        end = code.end_of(found[0], found.end())
        value = _value(text[found.start() : end], found[0])
        if value is None:
            return None
        values.append(value)
        at = end
    return "".join(values) if values else None


def _value(literal: str, token: str) -> str | None:
    if token.startswith("/"):
        return ""
    closing = len(token.lstrip("r"))
    body = literal[len(token) : len(literal) - closing]
    if len(token.strip("#r")) == 3:
        lines = body.strip("\n").split("\n")
        margin = min((len(n) - len(n.lstrip()) for n in lines if n.strip()), default=0)
        body = "\n".join(n[margin:] for n in lines).rstrip()
        body = body.replace("\\\n", "")
    if token.startswith(("#", "r")):
        return body
    if re.search(r"\\\(|(?<!\\)\$[{A-Za-z_]", body):
        return None
    return _ESCAPED.sub(
        lambda m: _ESCAPES.get(m[1], m[1]), re.sub(r"\\u\{(\w{1,6})\}", _unicode, body)
    )


def _unicode(found: re.Match[str]) -> str:
    try:
        return chr(int(found[1], 16))
    except (ValueError, OverflowError):
        return found[0]


def tidy(signature: str) -> str:
    """A declaration that may go over lines, on one, as a formatter would join it."""
    folded = " ".join(signature.split())
    return re.sub(r"([(\[]) ", r"\1", re.sub(r",? ([)\]])", r"\1", folded)).replace(", }", " }")


def kebab(name: str) -> str:
    """`sortKeys` as `sort-keys`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def doc_sentence(comment: str) -> str:
    """The first sentence of a documentation comment on one line, without its markup."""
    paragraph = re.split(r"\n\s*\n", comment.strip())[0]
    plain = re.sub(r"\{@\w+[^}]*\}", "", paragraph)
    plain = re.sub(r"\[([\w.]+)\](?!\()|``([^`\n]+)``", lambda m: m[1] or m[2], plain)
    folded = " ".join(plain.split())
    found = re.match(r".*?[.!?](?=\s+[A-Z`(\"]|$)", folded)
    return (found[0] if found else folded)[:300]
