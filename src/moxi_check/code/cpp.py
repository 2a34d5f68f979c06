"""C and C++ on a page: own headers that are included, names of own namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.syntax import descendants, text_of
from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.cpp_objects import Objects
from moxi_check.code.resolve import Offered, judged, missing, shared
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Span
from moxi_check.ground import nearest
from moxi_check.kinds.told import own_names
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_HEADERS = (".h", ".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp")
_NAMESPACE = lazy_pattern(rb"\bnamespace[ \t]+([A-Za-z_]\w*)")
_ALIAS = lazy_pattern(rb"\busing[ \t]+([A-Za-z_]\w*)[ \t]*=[ \t]*([A-Za-z_]\w*)[ \t]*[<;]")
_WORD = lazy_pattern(rb"\b[A-Za-z_]\w{2,}\b")
_MACRO = lazy_pattern(rb"(?m)^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w{2,})\(")
_FUNCTION = lazy_pattern(rb"[\w>&*][ \t\n][ \t\n&*]*([a-zA-Z_]\w*)[ \t]*\(")
_FOREIGN = frozenset("std boost detail internal impl testing absl google __gnu_cxx chrono".split())


class Cpp(Language):
    """C and C++; what is ours are the namespaces and headers of own sources."""

    fences: ClassVar[frozenset[str]] = frozenset("c cpp c++ cc cxx h hpp".split())
    grammar: ClassVar[str] = "cpp"
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(r"(?m)^[ \t]*#[ \t]*include[ \t]*[<\"]")

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
        return {**self._aliases, **found}

    @cached_property
    def _aliases(self) -> dict[str, str]:
        """Classes of ours under the project's name: `using demo = basic_demo<>;`."""
        found: dict[str, str] = {}
        for path in self._headers:
            for match in _ALIAS.finditer(self.ground.repo.read(path) or b""):
                name, meant = match[1].decode(), match[2]
                is_class = rb"\b(?:class|struct)[ \t]+%s\b" % re.escape(meant)
                if name.lower() in self._own and self._search(is_class):
                    found.setdefault(name, path)
        return found

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """Includes of ours, and each name that is asked of a namespace of ours."""
        if not fragments or not self._headers:
            return
        objects = Objects(frozenset(self._spaces), fragments)
        includes = False
        for piece in fragments:
            for node in descendants(piece.root, "preproc_include"):
                path = node.child_by_field_name("path")
                span = piece.span(path) if path is not None else None
                written = span.text.strip('<>"') if span is not None else ""
                if span is not None and written:
                    includes = includes or self._is_ours(written)
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
            yield from self._shown(piece)
            yield from self._called(piece, includes)
            objects.learn(piece)
            for asked in objects.asked(piece):
                member = f"{asked.held.name}.{text_of(asked.node)}"
                doubt = "" if asked.first else "it may be of another's type"
                yield Use(
                    "api", piece.span(asked.node), asked.held.space, member,
                    on_instance=True, doubt=doubt,
                )  # fmt: skip

    def _shown(self, piece: Fragment) -> Iterator[Use]:
        """Our own declarations as a page shows them, and macros that set something of ours."""
        for node in descendants(piece.root, "namespace_definition"):
            name = node.child_by_field_name("name")
            space = text_of(name)
            if name is None or space not in self._spaces:
                continue
            yield Use("api", piece.span(name), space, space)
            for inner in descendants(node, "function_declarator"):
                declared = inner.child_by_field_name("declarator")
                if declared is not None and declared.type == "identifier" and self._declares(text_of(declared)):  # fmt: skip
                    yield Use("api", piece.span(declared), space, text_of(declared))
        for node in descendants(piece.root, "preproc_def"):
            name = node.child_by_field_name("name")
            if name is not None and self._asks(text_of(name)):
                yield Use("api", piece.span(name), "", text_of(name))

    def _asks(self, macro: str) -> Evidence | None:
        """Where a header asks whether a macro is defined."""
        expression = rb"#[ \t]*(?:el)?if[^\n]*\b%s\b" % re.escape(macro.encode())
        return self._search(expression)

    def _called(self, piece: Fragment, includes: bool) -> Iterator[Use]:
        """Functions and macros that are called by their bare names."""
        made = {
            text_of(node.child_by_field_name("declarator"))
            for node in descendants(piece.root, "function_declarator")
        }
        for node in descendants(piece.root, "call_expression", "function_declarator"):
            is_call = node.type == "call_expression"
            function = node.child_by_field_name("function" if is_call else "declarator")
            called = text_of(function)
            if function is None or function.type != "identifier":
                continue
            # `TEST_CASE("…") { … }` reads as the definition of a function.
            if called in self._macros:
                yield Use("api", piece.span(function), "", called)
            elif is_call and called not in made:
                prefix = self._prefix(called)
                if prefix or (includes and self._declares(called)):
                    yield Use("api", piece.span(function), prefix, called)
                elif called.isupper() and nearest(called, self._macros, cutoff=0.8):
                    yield Use("api", piece.span(function), "", called)

    @cached_property
    def _macros(self) -> dict[str, Evidence]:
        """Macros with parameters that own headers define."""
        found: dict[str, Evidence] = {}
        for path in self._headers:
            content = self.ground.repo.read(path) or b""
            for match in _MACRO.finditer(content):
                name = match[1].decode()
                if name not in found:
                    line = content.count(b"\n", 0, match.start(1)) + 1
                    found[name] = Evidence(path=path, line=line)
        return found

    def _declares(self, name: str) -> Evidence | None:
        """Where a header declares or defines a function of a name."""
        return self._search(rb"[\w>&*][ \t\n][ \t\n&*]*%s[ \t]*\(" % re.escape(name.encode()))

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
        if use.on_instance:
            return self._member(use)
        if use.name in self._macros:
            return true(use.kind, use.span, self._macros[use.name])
        if not use.module:
            place = self._declares(use.name) or self._asks(use.name)
            offered = Offered(dict(self._macros), "own headers do not declare it")
            if place is not None:
                return true(use.kind, use.span, place)
            return judged(self.ground, use, use.name, offered, "a macro of ours", Evidence(path=""))
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
        claim = missing(use, use.name, f"in `{use.module}`", words, evidence)
        if (
            use.module in self._aliases and not claim.suggestion
        ):  # a class may have more from others
            return not_judged(use.kind, use.span, "it may be of a class above it")
        return claim

    def _include(self, use: Use) -> Claim | None:
        if not self._is_ours(use.module):
            return shared(self.ground, use, f"<{use.module}>")
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

    def _member(self, use: Use) -> Claim | None:
        """A member of a class of ours: false where the class has no bases of others."""
        owner, _, word = use.name.rpartition(".")
        place = self._declares(word)
        if place is not None:
            return true(use.kind, use.span, place)
        if not use.module:
            return None
        known = {name: Evidence(path=self._spaces[use.module]) for name in self._functions}
        why = "" if owner and self._is_whole(owner, 0) else "it may be of another's type"
        if self.ground.mention(word, docs=False):
            why = why or f"it stands elsewhere than in headers of `{use.module}`"
            return not_judged(use.kind, use.span, why)
        offered = Offered(known, why)
        evidence = Evidence(path=self._spaces[use.module])
        claim = judged(self.ground, use, word, offered, f"a member of `{owner}`", evidence)
        return claim if claim.verdict != "not_judged" or claim.suggestion else None

    def _is_whole(self, name: str, depth: int) -> bool:
        """Whether a class is defined in own headers, and so are all that it inherits from."""
        pattern = rb"\b(?:class|struct)[ \t]+(?:[A-Z_]+[ \t]+)?%s\b(?:[ \t]*final)?[ \t\n]*(?::([^:{;][^{;]*))?\{" % re.escape(name.encode())  # fmt: skip
        for path in self._headers:
            found = re.search(pattern, self.ground.repo.read(path) or b"")
            if found:
                bases = re.sub(rb"\b(?:public|virtual|protected|private)\b", b"", found[1] or b"")
                words = [base.strip().decode() for base in bases.split(b",") if base.strip()]
                return depth < 5 and all(
                    re.fullmatch(r"\w+", base) and self._is_whole(base, depth + 1) for base in words
                )
        return False

    @cached_property
    def _functions(self) -> list[str]:
        found: dict[str, None] = {}
        for path in self._headers:
            names = _FUNCTION.findall(self.ground.repo.read(path) or b"")
            found.update((name.decode(), None) for name in names)
        return list(found)

    def _find(self, name: str) -> Evidence | None:
        return self._search(rb"\b%s\b" % re.escape(name.encode()))

    def _search(self, expression: bytes) -> Evidence | None:
        pattern = re.compile(expression)
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
