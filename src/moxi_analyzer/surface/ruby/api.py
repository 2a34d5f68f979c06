"""Ruby's public API: modules, classes and methods under lib/, with their YARD or RDoc comments.

Captures of `queries/api_ruby.scm`: `@outer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.ruby_values import arguments, comment_above, string
from moxi_analyzer.surface.api_doc import Symbol, first_sentence, ranked
from moxi_analyzer.surface.bodies import without_bodies
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_GATE = lazy_pattern(rb"^\s*(?:module|class)\s+[A-Z]", re.MULTILINE)
_HIDDEN = lazy_pattern(r":nodoc:|@api\s+private|@private\b")
_NOISE = lazy_pattern(r"rubocop:|frozen_string_literal|TODO|FIXME|^-+$|^=+$|=begin|=end")
_TAG = lazy_pattern(r"^@\w+|^:call-seq:|^=+ |^\s{2,}|^#")
_MAX_FILES = 400
_PROGRAM = lazy_pattern(r"(?:^|::)(?:CLI|Cli|Commands?)(?:::|$)")
# Reopened core classes are not the library's own symbols.
_CORE = frozenset("String Array Hash Object Kernel Integer Float Module Class Symbol Time Date File Dir Enumerable Struct NilClass Proc Range Set IO".split())  # fmt: skip


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    """Ruby files of gems: lib/ beside a gemspec, nearest to lib/ first."""
    homes = {p.rpartition("/")[0] for p in repo.files if p.endswith(".gemspec")}
    for home in sorted(homes):
        prefix = f"{home}/lib/" if home else "lib/"
        files = [
            p
            for p in repo.own_sources("ruby")
            if p.startswith(prefix) and p.endswith(".rb") and "/generators/" not in p
        ]
        yield from sorted(files, key=lambda p: (p.count("/"), p))[:_MAX_FILES]


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    by_home: dict[str, list[Symbol]] = {}
    for source in map(without_bodies, sources):
        home, _, inside = f"/{source.path}".rpartition("/lib/")
        require = inside.split("/")[0].removesuffix(".rb")
        require = require if repo.has(f"{home}/lib/{require}.rb".lstrip("/")) else inside[:-3]
        reader = _Reader(source, inside.count("/"), f'require "{require}"')
        for _, match in source.matches("api_ruby"):
            reader.container(match["outer"][0], "")
        by_home.setdefault(home.strip("/"), []).extend(reader.symbols)
        if inside == f"{require}.rb" and reader.about is not None:
            yield replace(reader.about, scope=home.strip("/"))
    for home, symbols in by_home.items():
        yield from ranked(symbols, "ruby", home)


class _Reader:
    """Walks the modules of one file, keeping track of what is private."""

    def __init__(self, source: Source, depth: int, bring: str) -> None:
        self.source, self.depth, self.bring = source, depth, bring
        self.symbols: list[Symbol] = []
        self.about: Fact | None = None

    def container(self, node: Node, outer: str) -> None:
        name = text_of(node.child_by_field_name("name")).lstrip(":")
        full = f"{outer}::{name}" if outer else name
        comment = comment_above(node)
        if full in _CORE or _PROGRAM.search(full) or text_of(node.child_by_field_name("superclass")).endswith("Thor"):  # fmt: skip
            return
        if _HIDDEN.search(" ".join([*comment, text_of(node).splitlines()[0]])):
            return
        doc = _doc(comment)
        prose = _paragraph(comment)
        if not outer and 40 <= len(prose) <= 700 and re.fullmatch(r"[A-Z][^|]*[.!]", prose):
            detail = {"from": "module"}
            at = self.source.at(node)
            self.about = Fact(kind="about", value=prose, evidence=at, detail=detail)
        superclass = text_of(node.child_by_field_name("superclass"))
        signature = f"{node.type} {full} {superclass}".strip()
        if doc or node.type == "class":
            self._add(full, node.type, node, signature, doc, outer)
        body = node.child_by_field_name("body")
        if body is not None:
            self._body(body, full, ".", module=node.type == "module")

    def _body(self, body: Node, full: str, joint: str, *, module: bool, plain: str = "#") -> None:
        visible, functions = True, False
        for node in body.named_children:
            if node.type in {"module", "class"} and visible:
                self.container(node, full)
            elif node.type == "singleton_class":
                inner = node.child_by_field_name("body")
                if inner is not None:
                    self._body(inner, full, ".", module=False, plain=".")
            elif node.type == "identifier":
                word = text_of(node)
                visible = word in {"public", "module_function"} or (visible and word not in {"private", "protected"})  # fmt: skip
                functions = functions or word == "module_function"
            elif node.type == "call" and text_of(node.child_by_field_name("method")) in {"private", "protected", "private_class_method", "private_constant"}:  # fmt: skip
                self._hide(node, full)
            elif node.type == "method" and visible:
                self._method(node, full, "." if functions else plain)
            elif node.type == "singleton_method":
                self._method(node, full, ".")

    def _hide(self, call: Node, full: str) -> None:
        hidden = {string(argument) for argument in arguments(call)[0]}
        self.symbols = [
            s for s in self.symbols
            if not (s.parent == full and re.split(r"[.#]|::", s.name)[-1] in hidden)
        ]  # fmt: skip

    def _method(self, node: Node, full: str, joint: str) -> None:
        name = text_of(node.child_by_field_name("name"))
        comment = comment_above(node)
        if name.startswith("_") or _HIDDEN.search(" ".join(comment)):
            return
        if not re.fullmatch(r"[a-z]\w*[?!]?", name) or name in {"initialize", "inspect", "to_s", "hash", "respond_to_missing?", "method_missing", "included", "inherited", "extended"}:  # fmt: skip
            return
        parameters = text_of(node.child_by_field_name("parameters"))
        own = "self." if joint == "." else ""
        signature = f"def {own}{name}{parameters if parameters.startswith('(') or not parameters else '(' + parameters + ')'}"  # fmt: skip
        self._add(f"{full}{joint}{name}", "method", node, signature, _doc(comment), full)

    def _add(self, name: str, kind: str, node: Node, signature: str, doc: str, parent: str) -> None:
        level = 0 if self.depth == 0 else 1 if self.depth == 1 else 2
        order = (level, name.count("::"), node.start_point.row)
        at = self.source.at(node)
        self.symbols.append(Symbol(name, kind, at, signature, doc, parent, self.bring, order))


def _doc(comment: list[str]) -> str:
    return first_sentence(_paragraph(comment))


def _paragraph(comment: list[str]) -> str:
    """The first paragraph of a comment in prose, on one line."""
    words: list[str] = []
    for line in comment:
        if _NOISE.search(line):
            continue
        if _TAG.match(line) or (not line.strip() and words):
            break
        if line.strip():
            words.append(line.strip())
    return " ".join(words)


FRAMEWORKS = (Framework("api_ruby", ("ruby",), _GATE, _facts, _select),)
