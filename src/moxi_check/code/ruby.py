"""Ruby on a page: files that are required, constants and methods of our own modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.roles import is_own
from moxi_analyzer.syntax import descendants, literal, text_of
from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.resolve import Offered, judged, missing, shared
from moxi_check.code.ruby_methods import RubyMethods, bare_calls, locals_of, methods_of
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import InlineCode, Span
from moxi_check.ground import nearest
from moxi_check.kinds.names import is_slip, is_variant
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_LIB = lazy_pattern(r"(?:.*/)?lib/(.+)\.rb")
_OUTER = lazy_pattern(rb"(?m)^(?:class|module)[ \t]+(?:::)?([A-Z]\w*)")
_CONSTANT = rb"(?m)\b(?:class|module)[ \t]+(?:::)?(?:\w+::)*%s\b|\b%s[ \t]*=|autoload[ (]+:%s\b|const_set[ (]+:?[\"']?%s\b"
_METHOD = rb"\bdef[ \t]+(?:[\w.]+\.)?%s(?![\w])|[ \t(,:]:%s(?![\w])|\b%s:(?!:)"
_INLINE = lazy_pattern(r"^[A-Z]\w*(?:::[A-Z]\w*)*(?:\.[a-z]\w*[?!]?(?:\([^()\n]{0,80}\))?)?$")
_CAMEL = lazy_pattern(r"[A-Z][a-z0-9]+")
_INHERITS = "inherits more"
# What readers write a class of their own from.
_TO_EXTEND = ("Base", "Stub", "Mixin", "Abstract", "Interface", "Helper", "Methods")
_DYNAMIC = lazy_pattern(
    rb"method_missing|define_method|define_singleton_method|class_eval|module_eval|instance_eval"
    rb"|const_missing|respond_to_missing|def_delegat|\bdelegate\b|Forwardable|SimpleDelegator|instance_exec"
)
_TAKES = lazy_pattern(rb"\b(?:extend|include)[ \t]+(?:\w+::)*([A-Z]\w*)")
# Reopened classes of the language itself are not ours.
_CORE = frozenset(
    "String Array Hash Object Kernel Integer Float Module Class Symbol Time Date DateTime File Dir Enumerable "
    "Struct NilClass Proc Range Set IO Comparable Exception StandardError Rails ActiveRecord ActiveSupport "
    "ActionView ActionController Minitest RSpec Rake Gem Bundler Sequel Sinatra Rack Test URI Net JSON YAML "
    "Regexp Process Thread Numeric BasicObject TrueClass FalseClass Data Logger OpenSSL Psych Sidekiq".split()
)
_COMMON = frozenset(
    "new class name to_s inspect send public_send tap then freeze dup clone instance_methods include extend "
    "prepend const_get allocate hash call to_proc respond_to? is_a? nil? method methods instance_method all "
    "members ancestors exception const_set define_method class_eval instance_eval module_eval class_exec "
    "superclass instance_variable_get instance_variable_set singleton_class constants object_id".split()
)


class Ruby(Language):
    """Ruby; what is ours stands under lib/ of a gem."""

    fences: ClassVar[frozenset[str]] = frozenset({"ruby", "rb", "irb"})
    grammar: ClassVar[str] = "ruby"
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(r"(?m)^require ['\"][\w/-]+['\"]\s*$")

    @cached_property
    def _files(self) -> dict[str, str]:
        """Files by what they are required as."""
        found: dict[str, str] = {}
        for path in self.ground.repo.files:
            match = _LIB.fullmatch(path)
            if match and is_own(path):
                found.setdefault(match[1], path)
        return found

    @cached_property
    def _constants(self) -> dict[str, list[str]]:
        """The outermost constants of library files, each with the files that open it."""
        found: dict[str, list[str]] = {}
        for path in self._files.values():
            for match in _OUTER.finditer(self.ground.repo.read(path) or b""):
                found.setdefault(match[1].decode(), []).append(path)
        # What neither a file nor the gem is called after is another's that is opened again.
        tops = {_squeezed(path) for path in self._tops}
        gems = {posixpath.basename(path).removesuffix(".gemspec") for path in self._gemspecs}
        led = tops | {_squeezed(name) for gem in gems for name in (gem, gem.partition("-")[0])}
        return {
            n: paths for n, paths in found.items() if n.lower() in (tops if n in _CORE else led)
        }

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """A constant of ours, with what is asked of it."""
        text = code.text.strip()
        if _INLINE.match(text) and ("::" in text or "." in text):
            root = re.split(r"::|\.", text, maxsplit=1)[0]
            if self._gemspecs and root in self._constants:
                span = Span(code.text, code.line, code.column)
                yield Fragment((span,), self.grammar, code.section, code.before, is_inline=True)

    @cached_property
    def _gemspecs(self) -> list[str]:
        return [path for path in self.ground.repo.files if path.endswith(".gemspec")]

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """Requires, constants, and methods that constants are asked for."""
        if not fragments or not self._gemspecs:
            return
        methods = {name for piece in fragments for name in methods_of(piece)}
        ours: set[str] = set()
        for piece in fragments:
            opened = {
                text_of(node.child_by_field_name("name")).partition("::")[0]
                for node in descendants(piece.root, "class", "module")
            }
            yield from self._of_constants(piece, opened)
            if not piece.is_inline:
                ours |= set(self._objects(piece, opened))
                yield from self._of_objects(piece, ours)
                yield from self._without_object(piece, methods | locals_of(piece))

    def _of_constants(self, piece: Fragment, opened: set[str]) -> Iterator[Use]:
        for node in descendants(piece.root, "call", "scope_resolution"):
            if node.type == "call" and node.child_by_field_name("receiver") is None:
                yield from self._required(piece, node)
                continue
            place = node.child_by_field_name("method" if node.type == "call" else "name")
            held = node.child_by_field_name("receiver" if node.type == "call" else "scope")
            owner = text_of(held)
            root = owner.partition("::")[0]
            if place is None or held is None or held.type not in {"constant", "scope_resolution"}:
                continue
            if root in self._constants and root not in opened:
                is_method = node.type == "call" and not text_of(place)[:1].isupper()
                name = ("." if is_method else "::") + text_of(place)
                yield Use("api", piece.span(place), owner, name)

    def _objects(self, piece: Fragment, opened: set[str]) -> Iterator[str]:
        """Variables that are set to what a constant of ours gives, or that it hands to a block."""
        for node in descendants(piece.root, "assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and left.type == "identifier" and self._gives(right, opened):
                yield text_of(left)
        for node in descendants(piece.root, "call"):
            block = node.child_by_field_name("block")
            parameters = block.child_by_field_name("parameters") if block is not None else None
            if parameters is not None and self._gives(node, opened):
                first = parameters.named_children[0] if parameters.named_children else None
                if first is not None and first.type == "identifier":
                    yield text_of(first)

    def _gives(self, node: Node | None, opened: set[str]) -> bool:
        """Whether an expression asks something of a constant of ours, once."""
        if node is None or node.type != "call":
            return False
        held = node.child_by_field_name("receiver")
        root = text_of(held).partition("::")[0]
        is_constant = held is not None and held.type in {"constant", "scope_resolution"}
        return is_constant and root in self._constants and root not in opened

    def _of_objects(self, piece: Fragment, ours: set[str]) -> Iterator[Use]:
        for node in descendants(piece.root, "call"):
            held, name = node.child_by_field_name("receiver"), node.child_by_field_name("method")
            if held is None or name is None or held.type != "identifier":
                continue
            if text_of(held) in ours and not self._methods.is_of_all(text_of(name)):
                yield Use("api", piece.span(name), "", text_of(name), on_instance=True)

    def _without_object(self, piece: Fragment, made: set[str]) -> Iterator[Use]:
        """Calls as `get "/"`, where own code runs blocks or files that may say so."""
        for name in bare_calls(piece, made):
            if text_of(name) in self._methods.bare:
                yield Use("api", piece.span(name), "", text_of(name))
            elif name.parent is not None and name.parent.type == "call":
                near = nearest(text_of(name), self._methods.bare, cutoff=0.8)
                if near and not self._methods.is_of_all(text_of(name)):
                    yield Use("api", piece.span(name), "", text_of(name))

    @cached_property
    def _methods(self) -> RubyMethods:
        return RubyMethods(self.ground, list(self._files.values()))

    def _required(self, piece: Fragment, node: Node) -> Iterator[Use]:
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children[:1] if arguments is not None else []
        if text_of(node.child_by_field_name("method")) != "require" or not given:
            return
        path = literal(given[0]) or ""
        span = piece.span(given[0])
        inner = Span(span.text.strip("'\""), span.line, span.column + 1)
        if path and inner.text == path:
            if not (self._is_ours(path) or self._is_told(path)):
                self.foreign += [inner for top in self._tops if is_variant(path, top)][:1]
            yield Use("import", inner, path)

    @property
    def roots(self) -> Mapping[str, Evidence]:
        """The files that stand directly under lib/."""
        return {path: Evidence(path=self._files[path]) for path in self._tops}

    def _is_ours(self, path: str) -> bool:
        first = path.partition("/")[0]
        return first in self._files or any(known.startswith(first + "/") for known in self._files)

    def _means(self, path: str) -> str:
        """What of ours a wrong name most likely means; "" where it may be another's."""
        near = nearest(path, self._tops, cutoff=0.75)
        if not near or self.ground.mention(path) or self._is_told(path):
            return ""
        return near

    @cached_property
    def _tops(self) -> set[str]:
        return {path for path in self._files if "/" not in path}

    def _is_told(self, gem: str) -> bool:
        """Whether a checked page names a gem beside showing it used: `gem "faraday-retry"`."""
        pattern = re.compile(
            rf"gem(?:spec|file)?[ (]+['\"]{re.escape(gem)}['\"]|/{re.escape(gem)}\b"
        )
        pages = (self.ground.repo.text(page) or "" for page in self.ground.documents)
        return any(pattern.search(page) for page in pages)

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """Required files are there or not; names count as false where they stand nowhere at all."""
        if use.kind == "import":
            return self._file(use)
        if not use.module:
            return self._method(use)
        root = use.module.partition("::")[0]
        word = use.name.lstrip(".:")
        is_method = use.name.startswith(".")
        if is_method and word in _COMMON:
            return None
        escaped = re.escape(word.encode())
        template = _METHOD if is_method else _CONSTANT
        found = self._find(template.replace(b"%s", escaped))
        if found is not None:
            return true(use.kind, use.span, found)
        place = Evidence(path=self._constants[root][0])
        if self.ground.mention(word, docs=False):
            return not_judged(use.kind, use.span, f"it is defined elsewhere than in `{use.module}`")
        if not is_method:
            gem = f"{root}-{word}".lower()
            if self._is_told(gem) or self._is_told(gem.replace("-", "_")) or self._is_told(f"{root}/{word}".lower()):  # fmt: skip
                return not_judged(use.kind, use.span, f"`{gem}` may have it")
            claim = missing(use, word, f"in `{use.module}`", self._names, place)
            whole = "" if claim.suggestion else self._begun(word)
            return replace(claim, suggestion=whole, closed=True) if whole else claim
        doubt = self._doubt(use.module)
        known = [name for name in self._methods.all if not name.endswith("=")]
        if doubt:
            best = "" if doubt.endswith(_INHERITS) else nearest(word, known)
            claim = not_judged(use.kind, use.span, doubt)
            is_meant = is_slip(word, best) and _singular(word) != _singular(best)
            return replace(claim, suggestion=best) if is_meant else claim
        return missing(use, word, f"a method of `{use.module}`", known, place)

    def _method(self, use: Use) -> Claim | None:
        """A method of an object that is not told further: another's, if none is called so."""
        known = self._methods.all if use.on_instance else self._methods.bare
        offered = Offered(known, "an object or block of others may have it")
        claim = judged(self.ground, use, use.name, offered, "a method of ours", Evidence(path=""))
        return claim if claim.verdict != "not_judged" or claim.suggestion else None

    def _file(self, use: Use) -> Claim | None:
        path = use.module
        if path in self._files:
            return true(use.kind, use.span, Evidence(path=self._files[path]))
        if not self._is_ours(path):
            near = self._means(path)
            if not near:
                return self._shared(use)
            return missing(use, path, "a file of this repository", [near], Evidence(path=self._files[near]))  # fmt: skip
        gem = path.replace("/", "-")
        if any(self._is_told(name) for name in (gem, gem.replace("-", "_"), path)) or self.ground.mention(gem):  # fmt: skip
            return not_judged(use.kind, use.span, f"`{gem}` may have it")
        last = path.rpartition("/")[2]
        if any(f.startswith("ext/") or "/ext/" in f for f in self.ground.ending_in(f"{last}.c")):
            return not_judged(use.kind, use.span, "it may be compiled")
        place = Evidence(path=next(iter(self._files.values())))
        return missing(use, path, "a file under lib/", self._files, place)

    def _shared(self, use: Use) -> Claim | None:
        """A library of others that own code requires too."""
        quoted = (f"require {quote}{use.module}{quote}" for quote in ("'", '"'))
        return next((claim for text in quoted if (claim := shared(self.ground, use, text))), None)

    def _find(self, pattern: bytes) -> Evidence | None:
        compiled = re.compile(pattern)
        for path in self._files.values():
            content = self.ground.repo.read(path) or b""
            found = compiled.search(content)
            if found:
                return Evidence(path=path, line=content.count(b"\n", 0, found.start()) + 1)
        return None

    def _doubt(self, owner: str) -> str:
        """Why a module or class may answer to more than is defined in it."""
        last = owner.rpartition("::")[2].encode()
        opens = re.compile(rb"\b(?:class|module)[ \t]+(?:\w+::)*%s\b([^\n]*)" % re.escape(last))
        stem = last.decode().lower()
        named = [p for p in self._files.values() if _stem(p) == stem]
        for path in named or self._files.values():
            content = self.ground.repo.read(path) or b""
            found = opens.search(content)
            if found and _DYNAMIC.search(content):
                return f"`{path}` makes methods as it runs"
            if found and b"<" in found[1]:
                return f"`{owner}` {_INHERITS}"
            for other in _TAKES.findall(content) if found else ():
                if not self._find(rb"\bmodule[ \t]+(?:\w+::)*%s\b" % other):
                    return f"`{owner}` takes methods of other modules"
            if not found and b"%s =" % last in content:
                return f"`{owner}` is made as it runs"
        return ""

    def _begun(self, word: str) -> str:
        """The constant of ours of which a name has the first words: `RowReader` of `RowReaderTable`; or ""."""
        if len(_CAMEL.findall(word)) < 2:
            return ""
        longer = (n for n in self._names if n.startswith(word) and n[len(word) :][:1].isupper())
        whole = next(longer, "")
        if not whole or whole.endswith(_TO_EXTEND) or self.ground.mention(word) is not None:
            return ""
        # Where the page has both, or makes the one, they are two.
        others = re.compile(rf"\b(?:{whole}\b|{word}\s*[=<])")
        pages = (self.ground.repo.text(page) or "" for page in self.ground.documents)
        return "" if any(others.search(page) for page in pages) else whole

    @cached_property
    def _names(self) -> list[str]:
        return self._all(rb"(?m)\b(?:class|module)[ \t]+(?:\w+::)*([A-Z]\w*)|^\s*([A-Z]\w*)[ \t]*=")

    def _all(self, pattern: bytes) -> list[str]:
        found: dict[str, None] = {}
        for path in self._files.values():
            for one, other in re.findall(pattern, self.ground.repo.read(path) or b""):
                found[(one or other).decode()] = None
        return list(found)


def _stem(path: str) -> str:
    return _squeezed(path.rpartition("/")[2].removesuffix(".rb"))


def _singular(name: str) -> str:
    return "_".join(word.rstrip("s") for word in name.split("_"))


def _squeezed(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
