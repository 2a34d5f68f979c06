"""JavaScript and TypeScript on a page: modules, names, members and option keys of our packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from moxi_analyzer.formats import as_str
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.surface.javascript.modules import Module, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, unwrap
from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.javascript_bound import Bound
from moxi_check.code.javascript_packages import Packages, taken_from
from moxi_check.code.javascript_shapes import member_of, value_offers
from moxi_check.code.javascript_things import Typings
from moxi_check.code.javascript_types import callable_of, keys_of
from moxi_check.code.javascript_uses import Walker
from moxi_check.code.javascript_values import CALL, NEW, Values
from moxi_check.code.resolve import Offered, judged, missing
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import CodeBlock, InlineCode, Span
from moxi_check.ground import Ground
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MARKUP = frozenset({"vue", "svelte", "html", "astro", "xml"})
_TYPED = frozenset({"ts", "typescript", "mts", "cts"})
_SCRIPT = lazy_pattern(r"(?i)^\s*<script\b[^>]*>\s*$")
_SCRIPT_END = lazy_pattern(r"(?i)</script>")
_NODE = frozenset(
    "assert buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https "
    "inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder "
    "sys test timers tls tty url util v8 vm wasi worker_threads zlib".split()
)
_MEMBER = lazy_pattern(
    rb"(?m)^[ \t]+(?:readonly |async |static )?([A-Za-z_$]\w{3,39})\??[ \t]*[:(,=]"
)
_CHAIN = lazy_pattern(rb"(?<![\w$])([A-Za-z_$][\w$]*)(?=\??\.([A-Za-z_$][\w$]*))")
_WORD = lazy_pattern(r"[A-Za-z_$][\w$]{2,}")
# Packages of others that declarations take something from.
_TAKES = lazy_pattern(r"\bfrom\s+['\"](?!\.|node:)|\brequire\(['\"](?!\.|node:)")
_NAMED = lazy_pattern(r"^(?:(?:await|new|import|const|var|let) +)?[{*A-Za-z_$]")
_EXPRESSIONS = frozenset(
    "call_expression member_expression new_expression await_expression identifier import_statement "
    "lexical_declaration variable_declaration".split()
)


class JavaScript(Language):
    """JavaScript, TypeScript and their scripts in markup; ours is what a package.json names."""

    fences: ClassVar[frozenset[str]] = (
        _MARKUP
        | _TYPED
        | frozenset(
            "js javascript jsx mjs cjs es6 node tsx typescriptreact javascriptreact".split()
        )
    )
    grammar: ClassVar[str] = "tsx"
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(
        r"(?m)^\s*(?:import .{0,200}\bfrom ['\"]|(?:const|var|let) [^=\n]{1,200}=\s*require\(['\"])"
    )

    def grammar_of(self, word: str) -> str:
        """TypeScript has `<T>value`, which the others read as markup."""
        return "typescript" if word in _TYPED else self.grammar

    def fragments(self, block: CodeBlock) -> Iterator[Fragment]:
        """Of markup, only what stands in `<script>`."""
        if block.language not in _MARKUP:
            yield from super().fragments(block)
            return
        lines: list[Span] = []
        inside = False
        for line in block.lines():
            if not inside:
                inside = bool(_SCRIPT.match(line.text))
            elif _SCRIPT_END.search(line.text):
                inside = False
            else:
                lines.append(line)
        if lines:
            yield self.fragment(block, lines)

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """An import, or a name or call that may be of ours."""
        if self._packages.facts and _NAMED.match(code.text.strip()):
            span = Span(code.text, code.line, code.column)
            piece = Fragment((span,), self.grammar, code.section, code.before, is_inline=True)
            if piece.is_only(_EXPRESSIONS):
                yield piece

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._offered: dict[tuple[str, int, str, bool], Offered] = {}

    @cached_property
    def _packages(self) -> Packages:
        return Packages(self.ground)

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """All fragments in one walk: what one imports and makes, the next ones use."""
        if not self._packages.facts:
            return
        walker = Walker(self._is_ours)
        later = _imported_by(Walker(self._is_ours), fragments)
        for piece in fragments:
            if piece.is_inline:  # a sentence may speak of what is imported further down
                walker.known = {**later, **walker.known}
            for use in walker.uses(piece):
                if not piece.is_inline or use.kind != "api" or self._is_clear(piece, use):
                    yield use
        self.foreign = [span for span in walker.foreign if span.text not in _NODE]

    def _is_ours(self, spec: str) -> bool:
        return bool(self._packages.package_of(spec))

    @property
    def roots(self) -> Mapping[str, Evidence]:
        """Names of the packages that manifests declare."""
        return {name: fact.evidence for name, fact in self._packages.facts.items()}

    def knows(self, package: str) -> bool:
        """Packages stand in quotes; out of them, a word may be any."""
        quoted = (f'"{package}"', f"'{package}'")
        return any(self.ground.mention(text, docs=False) for text in quoted)

    def taken(self, piece: Fragment, package: str) -> tuple[str, ...]:
        """What stands in the braces of an import or a call of `require`."""
        return taken_from("\n".join(line.text for line in piece.lines), package)

    def gives(self, root: str, name: str) -> bool:
        """Whether a source in the package's folder exports it."""
        return self._packages.exports(root, name)

    def _is_clear(self, piece: Fragment, use: Use) -> bool:
        """In a sentence, `demo.json` is more often a file than a member."""
        claim = self.judge(use)
        if claim is None or claim.verdict != "false":
            return True
        return piece.lines[0].text.rstrip().endswith(")")

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """Names are held against what the source of the package's entry point exports."""
        entry = self._packages.entry(use.module)
        if not use.name and not use.argument:
            return self._module(use)
        if entry.at is None:
            return None
        is_followed = CALL in use.name or f".{NEW}." in use.name
        claim: Claim | None = None
        if use.kind == "api" and (is_followed or "." in use.name):
            place = self._declared(use)
            if place is not None:
                return true(use.kind, use.span, place)
        # What a variable holds may be anything: only what is declared tells that it is taken.
        if (
            not (use.argument and use.only_true)
            and not is_followed
            and "." not in use.argument
            and (use.argument or use.position < 0)
        ):
            claim = self._direct(use)
        if claim is not None and claim.verdict == "true":
            return claim
        place = self._declared(use)
        return true(use.kind, use.span, place) if place is not None else claim

    def _direct(self, use: Use) -> Claim | None:
        if use.argument:
            return self._argument(use)
        owner, _, last = use.name.rpartition(".")
        claim = self._member(use, owner, last) if owner else self._exported(use, last)
        if claim is None or claim.verdict != "not_judged" or use.on_instance:
            return claim
        return self._undeclared(use, last) or claim

    def _declared(self, use: Use) -> Evidence | None:
        """Where a declared type or a returned object has what is asked of it."""
        path = use.argument.split(".")
        for module, values in self._declaring(use.module):
            if use.kind == "argument":
                things = values.at(module, use.name + (f".{NEW}" if use.on_instance else ""))
                if not use.argument:
                    place = values.takes(things, use.position)
                elif use.position < 0:
                    place = next(values.nested(things, path), None)
                else:
                    place = next(values.keys(things, use.position, path), None)
            elif use.name.endswith(CALL):
                called = map(values.signatures, values.at(module, use.name))
                place = next((place for places in called for place in places), None)
            else:
                place = values.member_at(module, use.name, is_instance=use.on_instance)
            if place is not None:
                return place.module.source.at(place.node)
        # Plain JavaScript declares nothing; what reads `sourceMap.url` takes it.
        return self._chains.get((path[-2], path[-1])) if len(path) > 1 else None

    @cached_property
    def _chains(self) -> dict[tuple[str, str], Evidence]:
        """Members of members that our own sources read: `options.color` and its like."""
        found: dict[tuple[str, str], Evidence] = {}
        repo = self.ground.repo
        for path in repo.own_sources("javascript", "typescript", "tsx"):
            content = repo.read(path) or b""
            for match in _CHAIN.finditer(content):
                key = (match[1].decode(), match[2].decode())
                if key not in found:
                    line = content.count(b"\n", 0, match.start(1)) + 1
                    found[key] = Evidence(path=path, line=line)
        return found

    def _declaring(self, spec: str) -> Iterator[tuple[Module, Values]]:
        """The modules of a spec, and the types that are written beside them by hand."""
        for module in self._packages.entry(spec).modules:
            yield module, self._values
        types = self._packages.types(spec)
        declared = self._typings.modules.get(types.path) if types is not None else None
        if declared is not None:
            yield declared, self._typings

    @cached_property
    def _values(self) -> Values:
        return Values(self._packages.modules)

    @cached_property
    def _typings(self) -> Values:
        return Values(Typings(self.ground.repo))

    def _undeclared(self, use: Use, word: str) -> Claim | None:
        """What is computed, but declared in types written by hand: false where none has the word."""
        types = self._packages.types(use.module)
        if types is None or self.ground.mention(word) is not None:
            return None
        text = types.source.content.decode("utf-8", "replace")
        at = types.source.at(types.source.root)
        claim = missing(use, word, f"declared in `{types.path}`", _WORD.findall(text), at)
        # What it takes from other packages, these declare.
        is_whole = not _TAKES.search(text) or is_slip(word, claim.suggestion)
        return claim if is_whole else None

    def _module(self, use: Use) -> Claim:
        entry = self._packages.entry(use.module)
        if entry.at is not None:
            return true(use.kind, use.span, entry.at)
        if entry.why:
            return not_judged(use.kind, use.span, entry.why)
        what = f"among the exports of `{self._packages.package_of(use.module)}`"
        return missing(use, use.module, what, entry.known, entry.manifest)

    def _exported(self, use: Use, name: str) -> Claim:
        entry = self._packages.entry(use.module)
        found = Offered(why=entry.why)
        for module in entry.modules:
            found.add(self._members(Place(module, module.source.root)))
        if name == "default" and name not in found.names:
            return self._default(use, found)
        place = entry.modules[0].source.at(entry.modules[0].source.root) if entry.modules else None
        if place is None:
            return not_judged(use.kind, use.span, entry.why)
        if name not in found.names:
            self._add_default(use, found)
        if use.kind == "api" and name not in found.names and found.why:
            return self._mentioned(use, name)
        return judged(self.ground, use, name, found, f"exported by `{use.module}`", place)

    def _add_default(self, use: Use, found: Offered) -> None:
        """Some builds make the default export all that `require` gives: its members count too."""
        for module in self._packages.entry(use.module).modules:
            if "default" not in module.exports:
                continue
            place = self._packages.modules.exported(module, "default")
            made = Offered(why="the default export is computed")
            if place is not None:
                made = self._members(place)
            found.add(made if use.kind == "api" else Offered(made.names))

    def _default(self, use: Use, found: Offered) -> Claim:
        """A default import, where the source has no default export."""
        folder = self._packages.facts[self._packages.package_of(use.module)].scope
        data = package_json(self.ground.repo, folder)
        if (
            found.why
            or as_str(data.get("type")) != "module"
            or "require" in str(data.get("exports"))
        ):
            return not_judged(use.kind, use.span, found.why or "a build may make a default export")
        entry = self._packages.entry(use.module)
        return missing(
            use, use.span.text, f"exported by `{use.module}` as default", found.names, entry.at
        )

    def _place(self, spec: str, name: str) -> Place | None:
        """What a dotted name of a module stands for."""
        modules = self._packages.modules
        for module in self._packages.entry(spec).modules:
            place = modules.exported(module, "*")
            for part in name.split(".") if name else ():
                place = member_of(modules, place, part) if place is not None else None
            if place is not None:
                return place
        return None

    def _members(self, place: Place, *, instance: bool = False) -> Offered:
        """What a place offers, found once; not to be changed."""
        key = (place.module.path, place.node.start_byte, place.node.type, instance)
        if key not in self._offered:
            self._offered[key] = value_offers(self._packages.modules, place, instance=instance)
        return self._offered[key]

    def _member(self, use: Use, owner: str, last: str) -> Claim | None:
        place = self._place(use.module, owner)
        if place is None:
            return self._mentioned(use, last)
        offered = self._members(place, instance=use.on_instance)
        node = unwrap(place.node)
        if node.type == "program":
            offered = Offered(
                dict(offered.names), offered.why or self._packages.entry(use.module).why
            )
        if last not in offered.names and node.type not in CLASSES | {"program", "new_expression"}:
            if offered.why and (self.ground.mention(last, docs=False) or not offered.is_written):
                return self._mentioned(use, last)
            if not offered.why:
                return self._nowhere(use, last, offered, place)
        short = use.module if owner == "default" else owner.rpartition(".")[2]
        return judged(
            self.ground, use, last, offered, f"a member of `{short}`", place.module.source.at(node)
        )

    def _mentioned(self, use: Use, word: str) -> Claim:
        """A member of what is computed: true where our own source has the word."""
        found = self.ground.mention(word, docs=False)
        if found is not None:
            return true(use.kind, use.span, found)
        offered = Offered(self._words, "what it is asked of is computed")
        return judged(self.ground, use, word, offered, "a member of it", Evidence(path="."))

    @cached_property
    def _words(self) -> dict[str, Evidence]:
        """Keys, properties and methods of our own sources, whatever has them."""
        found: dict[str, Evidence] = {}
        repo = self.ground.repo
        for path in repo.own_sources("javascript", "typescript", "tsx"):
            content = repo.read(path) or b""
            for match in _MEMBER.finditer(content):
                word = match[1].decode()
                if word not in found:
                    line = content.count(b"\n", 0, match.start(1)) + 1
                    found[word] = Evidence(path=path, line=line)
        return found

    def _nowhere(self, use: Use, word: str, offered: Offered, place: Place) -> Claim | None:
        """Functions and objects may be given members from anywhere: false only if none has it."""
        found = self.ground.mention(word, docs=False)
        if found is not None:
            return not_judged(use.kind, use.span, f"`{word}` stands elsewhere in the repository")
        short = use.name.rpartition(".")[0].removeprefix("default") or use.module
        node = unwrap(place.node)
        return judged(
            self.ground, use, word, offered, f"a member of `{short}`", place.module.source.at(node)
        )

    def _argument(self, use: Use) -> Claim | None:
        modules = self._packages.modules
        place = self._place(use.module, use.name)
        function = callable_of(modules, place) if place is not None else None
        function = function if use.position >= 0 else None
        offered = keys_of(modules, function, use.position) if function is not None else None
        if offered is None or function is None:
            offered = Offered(why="what is called is not a plain function or class")
        if use.argument in {"children", "key", "ref"}:
            offered.why = offered.why or f"every component takes `{use.argument}`"
        if use.argument not in offered.names and offered.why:
            found = self.ground.mention(use.argument, docs=False)
            if found is not None and len(use.argument) > 2:
                return true(use.kind, use.span, found)
            offered = Offered({**self._words, **offered.names}, offered.why)
        at = (
            function.module.source.at(function.node) if function is not None else Evidence(path=".")
        )
        short = use.name.rpartition(".")[2] or use.module
        short = use.module if short == "default" else short
        what = f"an option of `{short}`"
        return judged(self.ground, use, use.argument, offered, what, at)


def _imported_by(walker: Walker, fragments: Iterable[Fragment]) -> dict[str, Bound | None]:
    """What all blocks of a page import."""
    for piece in fragments:
        if not piece.is_inline:
            for _ in walker.uses(piece):
                pass
    return {name: b for name, b in walker.known.items() if b is not None and b.is_import}
