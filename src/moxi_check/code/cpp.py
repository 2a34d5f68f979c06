"""C and C++ on a page: own headers that are included, names of own namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.resolve import missing
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Span
from moxi_check.kinds.told import own_names
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_HEADERS = (".h", ".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp")
_NAMESPACE = lazy_pattern(rb"\bnamespace[ \t]+([A-Za-z_]\w*)")
_WORD = lazy_pattern(rb"\b[A-Za-z_]\w{2,}\b")
_FOREIGN = frozenset("std boost detail internal impl testing absl google __gnu_cxx chrono".split())


class Cpp(Language):
    """C and C++; what is ours are the namespaces and headers of own sources."""

    fences: ClassVar[frozenset[str]] = frozenset("c cpp c++ cc cxx h hpp".split())
    grammar: ClassVar[str] = "cpp"

    @cached_property
    def _headers(self) -> list[str]:
        return [p for p in self.ground.repo.own_sources("c", "cpp") if p.endswith(_HEADERS)]

    @cached_property
    def _own(self) -> frozenset[str]:
        """What the project is called, as its repository, packages and outer headers say."""
        packages = {fact.value.lower() for fact in self.ground.facts("package")}
        outer = {
            path.rpartition("/")[2].partition(".")[0].lower()
            for path in self._headers
            if "/" not in path or re.search(r"(?:^|/)include/[^/]+$", path)
        }
        plain = {re.sub(r"[^a-z0-9]", "", name) for name in own_names(self.ground) | packages}
        return frozenset({*plain, *outer} - _FOREIGN)

    @cached_property
    def _spaces(self) -> dict[str, str]:
        """Namespaces that are called as the project is, each with a header that opens it."""
        found: dict[str, str] = {}
        for path in self._headers:
            for match in _NAMESPACE.finditer(self.ground.repo.read(path) or b""):
                name = match[1].decode()
                if name not in _FOREIGN and (name.lower() in self._own or f"/{name}/" in path):
                    found.setdefault(name, path)
        return found

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """Includes of ours, and each name that is asked of a namespace of ours."""
        if not fragments or not self._headers:
            return
        for piece in fragments:
            for node in descendants(piece.root, "preproc_include"):
                path = node.child_by_field_name("path")
                span = piece.span(path) if path is not None else None
                written = span.text.strip('<>"') if span is not None else ""
                if span is not None and written and self._is_ours(written):
                    yield Use("import", Span(written, span.line, span.column + 1), written)
            aliased = {
                text_of(node.child_by_field_name("name"))
                for node in descendants(
                    piece.root, "namespace_alias_definition", "namespace_definition"
                )
            }
            for node in descendants(piece.root, "qualified_identifier"):
                scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
                space = text_of(scope)
                if space in self._spaces and space not in aliased and node.parent is not None and node.parent.type != "qualified_identifier":  # fmt: skip
                    for word in _words(name):
                        yield Use("api", piece.span(word), space, text_of(word))

            made = {
                text_of(node.child_by_field_name("declarator"))
                for node in descendants(piece.root, "function_declarator")
            }
            for node in descendants(piece.root, "call_expression"):
                function = node.child_by_field_name("function")
                called = text_of(function)
                if function is not None and function.type == "identifier" and called not in made:
                    prefix = self._prefix(called)
                    if prefix:
                        yield Use("api", piece.span(function), prefix, called)

    def _prefix(self, name: str) -> str:
        """The name of the project, where a function's begins with it: `edlib` of `edlibAlign`."""
        found = (own for own in self._own if len(own) > 3)
        return next((own for own in found if name.lower().startswith(own)), "")

    def _is_ours(self, path: str) -> bool:
        """Whether a header is there, or in a folder that only our headers are in."""
        if self.ground.ending_in(path):
            return True
        folder = path.partition("/")[0] if "/" in path else ""
        return bool(folder) and any(f"include/{folder}/" in known for known in self._headers)

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """A name is false where it stands in no source at all: macros and templates make the rest."""
        if use.kind == "import":
            return self._include(use)
        place = self._find(use.name)
        if place is not None:
            return true(use.kind, use.span, place)
        if self.ground.mention(use.name, docs=False):
            return not_judged(
                use.kind, use.span, f"it stands elsewhere than in headers of `{use.module}`"
            )
        words: dict[str, None] = {}
        for path in self._headers:
            found = _WORD.findall(self.ground.repo.read(path) or b"")
            words.update((word.decode(), None) for word in found)
        evidence = Evidence(path=self._spaces.get(use.module, self._headers[0]))
        return missing(use, use.name, f"in `{use.module}`", words, evidence)

    def _include(self, use: Use) -> Claim:
        found = self.ground.ending_in(use.module)
        if found:
            return true(use.kind, use.span, Evidence(path=found[0]))
        made = [self.ground.ending_in(use.module + tail) for tail in (".in", ".cmake", ".inc")]
        if any(made) or self.ground.mention(use.module.rpartition("/")[2], docs=False):
            return not_judged(use.kind, use.span, "it may be made by the build")
        folder = use.module.partition("/")[0]
        known = [p[p.index(f"include/{folder}/") + 8 :] for p in self._headers if f"include/{folder}/" in p]  # fmt: skip
        place = Evidence(path=next(p for p in self._headers if f"include/{folder}/" in p))
        return missing(use, use.module, "a header of this repository", known, place)

    def _find(self, name: str) -> Evidence | None:
        pattern = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        for path in self._headers:
            content = self.ground.repo.read(path) or b""
            found = pattern.search(content)
            if found:
                return Evidence(path=path, line=content.count(b"\n", 0, found.start()) + 1)
        return None


def _words(node: Node | None) -> Iterator[Node]:
    """The names of what stands after `space::`, without template arguments and operators."""
    while node is not None:
        if node.type == "qualified_identifier":
            yield from _words(node.child_by_field_name("scope"))
            node = node.child_by_field_name("name")
        elif node.type in {"template_function", "template_type", "dependent_name"}:
            node = node.child_by_field_name("name")
        else:
            if node.type in {"identifier", "type_identifier", "namespace_identifier"}:
                yield node
            return
