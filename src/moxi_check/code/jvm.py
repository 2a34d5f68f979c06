"""Java and Kotlin on a page; a project in one is used from the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.typed import Import, Typed
from moxi_check.code.uses import Fragment
from moxi_check.document import CodeBlock, Span
from moxi_core.patterns import lazy_pattern

_LEFT_OUT = lazy_pattern(r"= (?:\.\.\.|…)(?=\s*$)")
_IMPORT = r"(?m)^import (?:static )?[a-z]\w*(?:\.\w+){2,}(?:\.\*)?"


class Java(Typed):
    """Java."""

    fences: ClassVar[frozenset[str]] = frozenset({"java", "jshelllanguage"})
    grammar: ClassVar[str] = "java"
    speaks_inline: ClassVar[bool] = True
    grammars: ClassVar[tuple[str, ...]] = ("java", "kotlin")
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(_IMPORT + ";")

    def imports(self, piece: Fragment) -> Iterator[Import]:
        """`import a.b.C;`, `import static a.b.C.d;`, `import a.b.*;`."""
        for node in descendants(piece.root, "import_declaration"):
            path = next((c for c in node.named_children if "identifier" in c.type), None)
            if path is None:
                continue
            if any(child.type == "asterisk" for child in node.children):
                yield Import(path, text_of(path), "")
                continue
            space, _, name = text_of(path).rpartition(".")
            static = any(child.type == "static" for child in node.children)
            yield Import(path, space, name, is_static=static)


class Kotlin(Typed):
    """Kotlin."""

    fences: ClassVar[frozenset[str]] = frozenset({"kotlin", "kt", "kts"})
    grammar: ClassVar[str] = "kotlin"
    grammars: ClassVar[tuple[str, ...]] = ("java", "kotlin")
    has_extensions: ClassVar[bool] = True
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(_IMPORT + r"\s*$")

    def fragment(self, block: CodeBlock, lines: Iterable[Span]) -> Fragment:
        """`= ...` stands for any value, which the grammar does not know."""
        shown = (Span(_LEFT_OUT.sub('= ""', line.text), line.line, line.column) for line in lines)
        return super().fragment(block, shown)

    def imports(self, piece: Fragment) -> Iterator[Import]:
        """`import a.b.C`, `import a.b.C as D`, `import a.b.*`."""
        for node in descendants(piece.root, "import"):
            named = node.named_children
            if not named or named[0].type != "qualified_identifier":
                continue
            if text_of(node).rstrip().endswith("*"):
                yield Import(named[0], text_of(named[0]), "")
                continue
            space, _, name = text_of(named[0]).rpartition(".")
            yield Import(named[0], space, name)
