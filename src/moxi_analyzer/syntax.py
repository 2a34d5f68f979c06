"""Tree-sitter: grammars loaded on first use, files parsed once, query files run over them."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from weakref import WeakValueDictionary

from tree_sitter import Language, Node, Parser, Query, QueryCursor

from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

MAX_PARSED_BYTES = 400_000
MAX_QUERY_DEPTH = 4_000
MAX_ERROR_CHILDREN = 5_000
MIN_PROBED_BYTES = 20_000
MAX_REPETITION = 20
MAX_PARSE_S = 1.0  # of processor time: what a busy machine does must not decide what is read
_GRAMMARS = {
    # name -> (module, function): the wheels name their entry points unevenly.
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "java": ("tree_sitter_java", "language"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "c_sharp": ("tree_sitter_c_sharp", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
}
GRAMMARS = tuple(_GRAMMARS)

Match = dict[str, list[Node]]


@cache
def _language(grammar: str) -> Language:
    module, function = _GRAMMARS[grammar]
    return Language(getattr(importlib.import_module(module), function)())


@cache
def _parser(grammar: str) -> Parser:
    return Parser(_language(grammar))


@cache
def _query(grammar: str, name: str) -> Query:
    # Not importlib.resources: it imports what unpacks archives and makes temporary files.
    text = pkgutil.get_data("moxi_analyzer.surface", f"queries/{name}.scm") or b""
    return Query(_language(grammar), text.decode("utf-8"))


def _repeats_itself(content: bytes) -> bool:
    """Whether a file is one thing over and over, as files are that keep a parser busy for minutes."""
    if len(content) < MIN_PROBED_BYTES:
        return False
    packer, packed = zlib.compressobj(1), 0
    for place in range(0, len(content), MIN_PROBED_BYTES):
        packed += len(packer.compress(content[place : place + MIN_PROBED_BYTES]))
        if packed * MAX_REPETITION >= len(content):  # true of most files after their first part
            return False
    return (packed + len(packer.flush())) * MAX_REPETITION < len(content)


_in_time: dict[tuple[str, int], bool] = {}  # by grammar and the hash of the content


def _parses_in_time(grammar: str, content: bytes) -> bool:
    """Whether a parse ends within MAX_PARSE_S. Tried apart: such a tree would not hold its text."""
    key = (grammar, hash(content))
    if key not in _in_time:
        end = time.thread_time() + MAX_PARSE_S
        try:
            _parser(grammar).parse(
                lambda place, _: content[place : place + 65_536],
                progress_callback=lambda *_: time.thread_time() > end,
            )
            _in_time[key] = True
        except ValueError:
            _parser(grammar).reset()
            _in_time[key] = False
    return _in_time[key]


@dataclass(frozen=True)
class Source:
    """A parsed source file. `path` is posix from the repository's root."""

    path: str
    grammar: str
    content: bytes

    @cached_property
    def root(self) -> Node:
        """The root node; syntax errors leave ERROR nodes, never an exception."""
        content = self.content
        if len(content) > MAX_PARSED_BYTES:  # never cut within a character
            content = content[:MAX_PARSED_BYTES].decode("utf-8", "ignore").encode("utf-8")
        _parent.cache_clear()  # its nodes would keep the trees of earlier files alive
        if _repeats_itself(content) and not _parses_in_time(self.grammar, content):
            content = b""
        return _parser(self.grammar).parse(content).root_node

    def matches(self, query: str, node: Node | None = None) -> Iterator[tuple[int, Match]]:
        """(pattern index, captures by name) for each match of `queries/<query>.scm`.

        Trees made to be deep or broken cost a query quadratic time: nothing is looked at below
        MAX_QUERY_DEPTH, nor in a file that is one error of more than MAX_ERROR_CHILDREN parts.
        """
        root = node or self.root
        if root.type == "ERROR" and root.child_count > MAX_ERROR_CHILDREN:
            return
        cursor = QueryCursor(_query(self.grammar, query))
        cursor.set_max_start_depth(MAX_QUERY_DEPTH)
        yield from cursor.matches(root)

    def at(self, node: Node) -> Evidence:
        """The place of a node."""
        return Evidence(path=self.path, line=node.start_point.row + 1)


_KEPT_BYTES = 500_000  # of source; its trees take some twenty times as much
_kept: deque[Source] = deque()
_kept_size = 0
_alive: WeakValueDictionary[tuple[str, str], Source] = WeakValueDictionary()


def source_of(path: str, grammar: str, content: bytes) -> Source:
    """The Source of a file; while it is in use, and some time after, it is parsed only once."""
    known = _alive.get((path, grammar))
    if known is not None and known.content == content:
        return known
    global _kept_size
    source = _alive[path, grammar] = Source(path, grammar, content)
    _kept.append(source)
    _kept_size += len(content)
    while len(_kept) > 1 and _kept_size > _KEPT_BYTES:
        _kept_size -= len(_kept.popleft().content)
    return source


def text_of(node: Node | None) -> str:
    """The source text of a node; "" for None."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""


def ancestors(node: Node) -> Iterator[Node]:
    """The parents of a node, nearest first."""
    parent = _parent(node)
    while parent is not None:
        yield parent
        parent = _parent(parent)


def descendants(node: Node, *types: str) -> Iterator[Node]:
    """The named nodes of the given types at and below a node, in the order of the text."""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in types:
            yield current
        pending += current.named_children[::-1]


@lru_cache(maxsize=65_536)
def _parent(node: Node) -> Node | None:
    # tree-sitter looks for a parent from the root down, which deep trees make slow.
    return node.parent


_PREFIXED = lazy_pattern(r"^[A-Za-z$@]{0,3}(#*)(\"\"\"|'''|\"|'|`)")
_SUMS = frozenset({"binary_operator", "binary_expression", "binary"})
_ESCAPE = lazy_pattern(
    r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", re.DOTALL
)
_ESCAPED = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "",
    "a": "",
    "b": "",
    "f": "\f",
    "v": "",
    "\n": "",
}
_INTERPOLATION = lazy_pattern(r"interpolation|substitution|template_substitution")


def literal(node: Node | None) -> str | None:
    """The value of a string literal (or of adjacent ones); None when it is computed.

    Understands the quoting of all carried grammars; symbols (`:name`) count as their name.
    """
    if node is None:
        return None
    if node.type in {"parenthesized_expression", "concatenated_string", "argument"}:
        parts = [literal(child) for child in node.named_children if child.type != "comment"]
        return "".join(p for p in parts if p is not None) if None not in parts else None
    if node.type in {"simple_symbol", "hash_key_symbol"}:
        return text_of(node).lstrip(":").rstrip(":")
    text = text_of(node)
    if node.type in _SUMS and "+" in text:
        parts = [literal(part) for part in _summands(node)]
        return "".join(p for p in parts if p is not None) if None not in parts else None
    if "string" not in node.type and node.type not in {"encapsed_string", "char_literal"}:
        return None
    if any(_INTERPOLATION.search(child.type) for child in node.named_children):
        return None
    return unquote(text)


def _summands(node: Node) -> list[Node | None]:
    """The operands of `a + b + c`, which parses as `(a + b) + c`, without recursion."""
    found: list[Node | None] = []
    left: Node | None = node
    while left is not None and left.type in _SUMS:
        found.append(left.child_by_field_name("right"))
        left = left.child_by_field_name("left")
    return [left, *reversed(found)]


def unquote(text: str) -> str | None:
    """A quoted literal's value, escapes resolved; None if `text` is not one quoted literal."""
    found = _PREFIXED.match(text)
    if not found:
        return None
    hashes, quote = found[1], found[2]
    end = quote + hashes
    body = text[found.end() :]
    if not body.endswith(end):
        return None
    body = body[: len(body) - len(end)]
    raw = bool(hashes) or quote == "`" or "r" in text[: found.start(1)].lower()
    if raw or "\\" not in body:
        return body
    return _ESCAPE.sub(_unescaped, body)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    digits = code[1:].strip("{}")
    if code[0] in "ux" and digits:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    return _ESCAPED.get(code, code)
