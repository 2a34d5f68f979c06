"""PHP on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.claim import Claim, undecided
from moxi_check.code.typed import Import, Typed
from moxi_check.code.uses import Fragment, Use
from moxi_check.document import CodeBlock, Span
from moxi_core.patterns import lazy_pattern

_UNENDED = lazy_pattern(r"^use [A-Za-z]\w*(?:\\\w+)+(?=\s*$)")


class Php(Typed):
    """PHP; blocks mostly go without `<?php`."""

    fences: ClassVar[frozenset[str]] = frozenset({"php"})
    grammar: ClassVar[str] = "php"
    keyword: ClassVar[str] = "use"
    grammars: ClassVar[tuple[str, ...]] = ("php",)
    joint: ClassVar[str] = "\\"
    fewest_words: ClassVar[int] = 1
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(r"(?m)^<\?php|^use [A-Z]\w*\\[\w\\]+;")

    def fragment(self, block: CodeBlock, lines: Iterable[Span]) -> Fragment:
        """The grammar takes for markup what stands before `<?php`; an import may lack its end."""
        lines = [Span(_UNENDED.sub(r"\g<0>;", line.text), line.line, line.column) for line in lines]
        if not any("<?" in line.text for line in lines):
            lines = [Span("<?php", block.line, block.column), *lines]
        return super().fragment(block, lines)

    def judge(self, use: Use) -> Claim | None:
        """What an extension written in C registers is not declared in PHP."""
        claim = super().judge(use)
        if claim is not None and claim.verdict == "false" and self._is_extension:
            return undecided(claim, "an extension in C may register it")
        return claim

    @cached_property
    def _is_extension(self) -> bool:
        names = (path.rpartition("/")[2] for path in self.ground.repo.files)
        return any(name in {"config.m4", "config.w32"} for name in names)

    def imports(self, piece: Fragment) -> Iterator[Import]:
        """`use A\\B;`, `use A\\{B, C\\D};`, `use function A\\b;`."""
        for node in descendants(piece.root, "namespace_use_declaration"):
            head = next((c for c in node.named_children if c.type == "namespace_name"), None)
            for clause in descendants(node, "namespace_use_clause"):
                yield from _clause(clause, text_of(head))


def _clause(clause: Node, head: str) -> Iterator[Import]:
    named = next((c for c in clause.named_children if c.type in {"qualified_name", "name"}), None)
    if named is None:
        return
    alias = text_of(clause.child_by_field_name("alias"))
    full = "\\".join(part for part in (head, text_of(named).strip("\\")) if part)
    space, _, name = full.rpartition("\\")
    yield Import(named, space, name, alias)
