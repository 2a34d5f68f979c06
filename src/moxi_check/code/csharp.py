"""C# on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.code.typed import Import, Typed
from moxi_check.code.uses import Fragment
from moxi_core.patterns import lazy_pattern


class CSharp(Typed):
    """C#; a `using` names a namespace, the types in it go without saying."""

    fences: ClassVar[frozenset[str]] = frozenset({"cs", "csharp", "c#"})
    grammar: ClassVar[str] = "c_sharp"
    keyword: ClassVar[str] = "using"
    speaks_inline: ClassVar[bool] = True
    grammars: ClassVar[tuple[str, ...]] = ("c_sharp",)
    has_extensions: ClassVar[bool] = True
    fewest_words: ClassVar[int] = 1
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(
        r"(?m)^using (?:static )?[A-Z]\w*(?:\.\w+)*;"
    )

    def imports(self, piece: Fragment) -> Iterator[Import]:
        """`using A.B;`, `using static A.B.C;`; an alias is left alone."""
        for node in descendants(piece.root, "using_directive"):
            path = node.named_children[-1] if node.named_children else None
            if path is None or node.child_by_field_name("name") is not None:
                continue
            if any(child.type == "static" for child in node.children):
                space, _, name = text_of(path).rpartition(".")
                yield Import(path, space, name, is_static=True)
            else:
                yield Import(path, text_of(path), "")

    def is_ours(self, namespace: str) -> bool:
        """A namespace that shares its first word with ours may be meant to be ours."""
        root = namespace.partition(".")[0]
        return any(known.partition(".")[0] == root for known in self.types.namespaces)
