"""Literal Elixir terms read as plain values: keyword lists, tuples, strings, module attributes.

Nothing is evaluated: a call or an expression becomes Unknown, and what stands around it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 30
_TOKEN = lazy_pattern(
    r"""(?P<comment>\#[^\n]*)
      |(?P<heredoc>(?:~[A-Za-z])?\"\"\"\n.*?\n[ \t]*\"\"\")
      |(?P<keystring>"(?:[^"\\\n]|\\.)*":(?=\s))
      |(?P<string>"(?:[^"\\]|\\.)*")
      |(?P<sigil>~[a-zA-Z](?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)|\[[^\]\n]*\]|\{[^}\n]*\}|/[^/\n]*/|\|[^|\n]*\|)\w*)
      |(?P<charlist>'(?:[^'\\]|\\.)*')
      |(?P<key>[A-Za-z_]\w*[?!]?:(?=\s))
      |(?P<atom>:(?:"[^"\n]*"|[A-Za-z_]\w*[?!]?))
      |(?P<attribute>@[a-z_]\w*)
      |(?P<number>\d[\d_]*(?:\.\d+)?)
      |(?P<name>[A-Za-z_][\w.]*[?!]?)
      |(?P<open>%?[\w.]*\{|[\[(]|<<)
      |(?P<close>[\])}]|>>)
      |(?P<comma>,)
      |(?P<arrow>=>)
      |(?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)
_SIGIL_WORDS = lazy_pattern(r"~w[\[({|/\"'](.*)[\])}|/\"'](\w*)", re.DOTALL)


class Token(NamedTuple):
    """A token's kind, text and line."""

    kind: str
    text: str
    line: int


class Atom(str):
    """An Elixir atom."""


class Unknown(str):
    """Code that is no literal, as written: a call's or a variable's name."""


@dataclass(frozen=True)
class Pair:
    """A keyword or map entry, and the line of its key."""

    key: str
    value: Term
    line: int


@dataclass(frozen=True)
class Items:
    """A list, tuple or map."""

    values: tuple[Term, ...]
    line: int
    bracket: str = "["

    def get(self, key: str) -> Pair | None:
        """The entry of a keyword list or map."""
        return next((v for v in self.values if isinstance(v, Pair) and v.key == key), None)

    @property
    def pairs(self) -> Iterator[Pair]:
        """All keyword or map entries."""
        return (v for v in self.values if isinstance(v, Pair))


Term = str | Atom | Unknown | Items | Pair


class ElixirFile:
    """An Elixir source text, its module attributes, and what its functions hold."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))

    @cached_property
    def attributes(self) -> dict[str, Term]:
        """Module attributes with literal values, such as `@version "1.0.0"`."""
        found: dict[str, Term] = {}
        for position, token in enumerate(self.tokens[:-1]):
            if token.kind == "attribute":
                following = self.tokens[position + 1]
                if following.kind in {"string", "heredoc", "open", "atom", "sigil", "name"}:
                    value, _ = self._value(position + 1, 0)
                    found.setdefault(token.text[1:], value)
        return found

    def function(self, name: str) -> Term | None:
        """The first literal in the body of `def name do`; None if there is no such function."""
        for position, token in enumerate(self.tokens[:-2]):
            if token.text in {"def", "defp"} and self.tokens[position + 1].text == name:
                return self._body(position + 2)
        return None

    def _body(self, position: int) -> Term | None:
        for at in range(position, min(position + 400, len(self.tokens))):
            token = self.tokens[at]
            if token.text in {"def", "defp", "end"} and token.kind == "name":
                return None
            if token.text in {"do"} or token.text == "do:":
                for inner in range(at + 1, min(at + 400, len(self.tokens))):
                    following = self.tokens[inner]
                    if following.kind in {"string", "heredoc"} or following.text in {"[", "%{"}:
                        return self._value(inner, 0)[0]
                    if following.text == "end":
                        return None
        return None

    def resolve(self, term: Term | None) -> Term | None:
        """What an attribute or a call of a function without arguments stands for."""
        for _ in range(4):
            if not isinstance(term, Unknown):
                return term
            if term.startswith("@"):
                term = self.attributes.get(term[1:])
            else:
                term = self.function(str(term).rpartition(".")[2])
        return None

    def string(self, term: Term | None) -> str:
        """A term's text if it is a string; "" if it is not or cannot be known."""
        term = self.resolve(term)
        if not isinstance(term, str) or isinstance(term, Atom | Unknown):
            return ""
        known = True

        def put(found: re.Match[str]) -> str:
            nonlocal known
            value = self.attributes.get(found[1] or "")
            known = known and isinstance(value, str) and not isinstance(value, Unknown)
            return str(value)

        text = re.sub(r"#\{(?:@(\w+)|[^}]*)\}", put, term)
        return text.strip() if known else ""

    def items(self, term: Term | None) -> Items | None:
        """A term if it is a list, tuple or map, following names."""
        term = self.resolve(term)
        return term if isinstance(term, Items) else None

    def term(self, position: int) -> Term:
        """The term that begins at a token."""
        return self._value(position, 0)[0]

    def keyed(self, *keys: str) -> Iterator[Term]:
        """The values of keyword entries with those keys, wherever they stand."""
        wanted = {f"{key}:" for key in keys}
        for position, token in enumerate(self.tokens):
            if token.kind == "key" and token.text in wanted:
                yield self.term(position + 1)

    # The parser: each method returns a term and the position after it.

    def _value(self, position: int, depth: int) -> tuple[Term, int]:
        if position >= len(self.tokens):
            return Unknown(""), position
        token = self.tokens[position]
        match token.kind:
            case "string":
                return _unescaped(token.text[1:-1]), position + 1
            case "heredoc":
                return _heredoc(token.text), position + 1
            case "charlist":
                return token.text[1:-1], position + 1
            case "atom":
                return Atom(token.text[1:].strip('"')), position + 1
            case "number":
                return token.text.replace("_", ""), position + 1
            case "sigil":
                return _sigil(token), position + 1
            case "open" if depth < _MAX_DEPTH:
                return self._items(position, depth)
        return Unknown(token.text), position + 1

    def _items(self, position: int, depth: int) -> tuple[Term, int]:
        opening = self.tokens[position]
        values: list[Term] = []
        position += 1
        while position < len(self.tokens):
            token = self.tokens[position]
            if token.kind == "close":
                position += 1
                break
            if token.kind == "comma":
                position += 1
                continue
            if token.kind in {"key", "keystring"}:
                key = token.text[:-1].strip('"')
                value, position = self._value(position + 1, depth + 1)
                values.append(Pair(key, value, token.line))
            else:
                first, position = self._value(position, depth + 1)
                arrow = position < len(self.tokens) and self.tokens[position].kind == "arrow"
                if arrow:
                    value, position = self._value(position + 1, depth + 1)
                    values.append(Pair(str(first), value, token.line))
                else:
                    values.append(first)
            position = self._rest(position)
        return Items(tuple(values), opening.line, opening.text[-1]), position

    def _rest(self, position: int) -> int:
        """Skip what else belongs to an entry: `|| x`, `++ more()`, arguments of a call."""
        depth = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            if token.kind == "open" or (token.text in {"do", "fn"} and token.kind == "name"):
                depth += 1
            elif token.kind == "close" or (token.text == "end" and token.kind == "name"):
                if depth == 0:
                    return position
                depth -= 1
            elif token.kind == "comma" and depth == 0:
                return position
            position += 1
        return position


def _tokens(text: str) -> Iterator[Token]:
    line, last = 1, 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        kind = found.lastgroup or "other"
        if kind != "comment":
            yield Token(kind, found[0], line)


def _unescaped(body: str) -> str:
    return re.sub(r"\\([\"\\n])", lambda m: "\n" if m[1] == "n" else m[1], body)


def _heredoc(text: str) -> str:
    lines = text.split("\n")
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    return "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines[1:-1])


def _sigil(token: Token) -> Term:
    words = _SIGIL_WORDS.fullmatch(token.text)
    if words:
        return Items(tuple(words[1].split()), token.line)
    return token.text[3:-1] if token.text[1:2] in "sS" else Unknown(token.text)
