"""What code on a page uses of our own package, in a shape that is the same for all languages.

A language is a subclass of `Language`, listed in `moxi_check.code.LANGUAGES`:

- `fences` are the words after ``` that mean it, `grammar` the tree-sitter grammar of its fragments,
  `guess` what a block without a word must have to be taken for it (an import statement);
  `speaks(text)` takes it for what it uses of ours.
- `fragments(block)` takes from a block the code to parse, line by line at its own place. The default
  takes the whole block; override it to leave out prompts, hidden lines or markup around a script.
- `inline(code)` takes the code span of a sentence for code; the default never does.
- `uses(fragments)` yields what the fragments of one page, in their order, use of OUR package and
  nothing else: no imports of others, no names that the example itself defines.
- `foreign` and `roots` are filled where a misspelt package is to be found: by comparing the two;
  `taken` and `gives` where one is also known by what is taken from it.
- `judge(use)` gives the claim by `claim.true`, `claim.false` or `claim.not_judged`, or None for what
  is no claim after all. It may ask `self.ground`; `resolve.py` has what languages share.

One object serves one page. `Fragment.span(node)` is the place of a node in the README.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from tree_sitter import Node

from moxi_analyzer.syntax import Source
from moxi_check.claim import Claim
from moxi_check.document import CodeBlock, InlineCode, Span
from moxi_check.ground import Ground
from moxi_core.records import Evidence

UseKind = Literal["import", "api", "argument"]


@dataclass(frozen=True, slots=True)
class Use:
    """One thing of our own that code uses; `span` is the very word that says so.

    `module` is what it is taken from, as the language writes it (`demo.io`, `demo/plugin`,
    `github.com/o/demo/io`, `Demo\\Io`); `name` the name in it, dotted for a member (`Client.get`),
    "" where the module itself is meant; `argument` the keyword that the named callable is given.
    """

    kind: UseKind
    span: Span
    module: str
    name: str = ""
    argument: str = ""
    on_instance: bool = (
        False  # the last part of `name` is asked of an object of the class before it
    )
    position: int = -1  # of the argument, or of the object where `argument` is a key in it
    doubt: str = ""  # why it may be something else after all: never judged false then
    only_true: bool = False  # said where it holds, else nothing: it may be the example's own


@dataclass(frozen=True)
class Fragment:
    """Code to parse: lines of a README, each at its own place."""

    lines: tuple[Span, ...]
    grammar: str
    section: tuple[str, ...] = ()
    lead: str = ""
    is_inline: bool = False

    @cached_property
    def source(self) -> Source:
        """The lines, parsed."""
        text = "\n".join(line.text for line in self.lines)
        return Source("", self.grammar, text.encode("utf-8", "replace"))

    @property
    def root(self) -> Node:
        """The root of the syntax tree; what does not parse is in ERROR nodes."""
        return self.source.root

    def is_only(self, types: frozenset[str]) -> bool:
        """Whether it is one whole expression of one of these types."""
        if self.root.has_error or len(self.root.named_children) != 1:
            return False
        node = self.root.named_children[0]
        if node.type == "expression_statement" and len(node.named_children) == 1:
            node = node.named_children[0]
        return node.type in types

    def span(self, node: Node) -> Span:
        """The place of a node in the README; of its first line, if it has several."""
        row, column = node.start_point
        line = self.lines[min(row, len(self.lines) - 1)]
        raw = line.text.encode("utf-8", "replace")
        end = node.end_point.column if node.end_point.row == row else len(raw)
        shift = len(raw[:column].decode("utf-8", "replace"))
        return Span(raw[column:end].decode("utf-8", "replace"), line.line, line.column + shift)


def is_on_own_line(value: Node, arguments: Node) -> bool:
    """Whether a value of a call begins on a line on which nothing else tells that it is taken."""
    before = value.prev_named_sibling
    row = value.start_point.row
    starts = before.start_point.row if before is not None else arguments.start_point.row
    return row > arguments.start_point.row and row > starts


class Language(ABC):
    """One programming language: what a page's code uses of ours, and whether that is there."""

    fences: ClassVar[frozenset[str]]
    grammar: ClassVar[str]
    guess: ClassVar[re.Pattern[str] | None] = None

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.foreign: list[
            Span
        ] = []  # roots of imports that are not ours: one may be a slip of ours

    @property
    def roots(self) -> Mapping[str, Evidence]:
        """What imports of our packages begin with, and where a manifest says so."""
        return {}

    def knows(self, package: str) -> bool:
        """Whether the repository uses a package of this name, or speaks of it in its code."""
        return self.ground.mention(package, docs=False) is not None

    def taken(self, piece: Fragment, package: str) -> tuple[str, ...]:
        """The names that a piece imports from a package; none where a language cannot tell."""
        return ()

    def gives(self, root: str, name: str) -> bool:
        """Whether our own package has a name for those who import it."""
        return False

    def grammar_of(self, word: str) -> str:
        """The grammar of a fence word, for languages with several."""
        return self.grammar

    def fragments(self, block: CodeBlock) -> Iterator[Fragment]:
        """The code of this language in a block."""
        if block.language in self.fences:
            yield self.fragment(block, block.lines())
        elif not block.language and self._is_code(block.text):
            found = self.fragment(block, block.lines())
            if not self.grammar or not found.root.has_error:
                yield found

    def _is_code(self, text: str) -> bool:
        """Whether a text without a word may be of this language: it imports, or speaks of ours."""
        return bool(self.guess is not None and self.guess.search(text)) or self.speaks(text)

    def speaks(self, text: str) -> bool:
        """Whether a text uses what is ours as code of this language does; the default never says so."""
        return False

    def fragment(self, block: CodeBlock, lines: Iterable[Span]) -> Fragment:
        """Lines of a block as one piece of code."""
        kept = tuple(lines) or (Span("", block.line, block.column),)
        return Fragment(kept, self.grammar_of(block.language), block.section, block.lead)

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """The code of this language in a code span; nothing unless a language can tell."""
        return iter(())

    @abstractmethod
    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What the code of one page uses of our own packages, in the order it stands there."""

    @abstractmethod
    def judge(self, use: Use) -> Claim | None:
        """The claim that a use makes; None where it turns out to be none."""
