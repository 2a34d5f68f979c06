"""Python on a page: modules, names, attributes and keyword arguments of our own packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.python.names import Module, Symbol, names_of
from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.code.python_parameters import parameters, positions
from moxi_check.code.python_shapes import class_offers, module_offers, settled
from moxi_check.code.python_uses import Walker
from moxi_check.code.python_values import Target
from moxi_check.code.resolve import Offered, judged, missing
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import CodeBlock, InlineCode, Span
from moxi_check.ground import Ground
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_PROMPT = lazy_pattern(r"^\s*(?:>>>|\.\.\.)(?: |$)")
# A package to which others add: `__path__ = extend_path(__path__, __name__)`.
_OPEN_PACKAGE = lazy_pattern(rb"\bextend_path\(|\bdeclare_namespace\(")
_ROOTS = ("", "src/", "lib/", "python/")
_IMPORT = lazy_pattern(r"(?m)^\s{0,8}(?:import|from) +([A-Za-z_][\w.]*)")
# `demo.run(…)`, `x = demo.Client(…)`; what is printed of an object begins `demo.Client(…)`, too.
_CALLED = lazy_pattern(
    r"(?m)^\s{0,8}(?:>>> )?(?:\w+ ?= ?(?P<given>[A-Za-z_]\w*)(?:\.\w+)+|(?P<asked>[A-Za-z_]\w*)(?:\.\w+)*\.[a-z_]\w*)\("
)
_BUILT_IN = (str, bytes, list, dict, set, tuple)
_IMPORT_ALONE = lazy_pattern(r"^(?:from +[\w.]+ +import +[\w, ]+|import +[\w., ]+)$")
_NAMED = lazy_pattern(r"^[A-Za-z_]\w*(?:[.(\[]|$)")
_EXPRESSIONS = frozenset({"call", "attribute", "identifier"})
# What ends a name of a file or a host, not of an attribute.
_ENDING = lazy_pattern(
    r"\.(?:ya?ml|toml|json|py|cfg|ini|io|com|org|dev|net|md|rst|txt|sh|log|conf|rc|lock|db)$"
)
_MAKES_MODULES = lazy_pattern(
    rb"sys\.modules|__path__|meta_path|import_module|__import__|lazy|\bsix\b"
)
_DOUBT = "the page never imports it by this name"


class Python(Language):
    """Python; what is ours is what manifests call so, and packages where packages stand."""

    fences: ClassVar[frozenset[str]] = frozenset(
        "python py python3 py3 python2 pycon python-repl python3-repl ipython doctest pyi".split()
    )
    grammar: ClassVar[str] = "python"
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(
        r"(?m)^\s*(?:>>> )?(?:from [\w.]+ import [\w(*]|import [A-Za-z_][\w.]*\s*(?:as \w+\s*)?$)"
    )

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._members: dict[tuple[str, int, bool], Offered] = {}

    def speaks(self, text: str) -> bool:
        """Whether a text calls what a package of ours has."""
        is_script = ";" in text  # of another language in which the package is had, too
        named = {found["given"] or found["asked"] for found in _CALLED.finditer(text)}
        return not is_script and not named.isdisjoint(self.roots)

    def fragment(self, block: CodeBlock, lines: Iterable[Span]) -> Fragment:
        """Of a session at the prompt, only what is typed."""
        lines = list(lines)
        if _is_session(lines):
            lines = [_typed(line) for line in lines]
        return super().fragment(block, lines)

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """An import, or a name or call that may be of ours."""
        text = code.text.strip()
        if not _IMPORT_ALONE.match(text) and not _NAMED.match(text):
            return
        span = Span(code.text, code.line, code.column)
        piece = Fragment((span,), self.grammar, code.section, code.before, is_inline=True)
        if _IMPORT_ALONE.match(text) or piece.is_only(_EXPRESSIONS):
            yield piece

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """All fragments in one walk: what one imports and makes, the next ones use."""
        names = names_of(self.ground.repo)
        imported = {
            found[1].partition(".")[0]
            for piece in fragments
            for line in piece.lines
            for found in [_IMPORT.match(line.text)]
            if found
        }
        own = self._declared | {name for name in imported if self._is_package(name)}
        if not own:
            return
        walker = Walker(names, frozenset(own))
        for root in own:
            module = names.module(root)
            if module is not None and "." not in root:
                doubt = "" if root in imported else _DOUBT
                walker.known[root] = Target(root, "", module, doubt=doubt)
        later = _imported_by(Walker(names, frozenset(own)), fragments)
        for piece in fragments:
            if piece.is_inline:  # a sentence may speak of what is imported further down
                walker.known = {**later, **walker.known}
            for use in walker.uses(piece):
                if not piece.is_inline and use.doubt == _DOUBT and self._is_slip(use):
                    use = replace(use, doubt="")
                # In a sentence, `demo.yaml` is more often a file or a key than an attribute.
                if not piece.is_inline or use.kind != "api" or self._is_clear(piece, use):
                    yield replace(use, doubt="") if self._is_whole_path(use) else use
        known = sys.stdlib_module_names
        self.foreign = [span for span in walker.foreign if span.text not in known]

    def taken(self, piece: Fragment, package: str) -> tuple[str, ...]:
        """What `from package import …` takes; of a module below it, `module.name`."""
        taking = re.compile(
            rf"(?m)^\s*from\s+{re.escape(package)}(?:\.([\w.]+))?\s+import\s+(?:\(([^()]*)\)|([^()#\n]*))"
        )
        text = "\n".join(line.text for line in piece.lines)
        return tuple(
            f"{found[1]}.{word[0]}" if found[1] else word[0]
            for found in taking.finditer(text)
            for item in (found[2] or found[3]).split(",")
            if (word := item.split())
        )

    def gives(self, root: str, name: str) -> bool:
        """Whether the package, or a module of it, has it."""
        names = names_of(self.ground.repo)
        below, _, last = name.rpartition(".")
        module = names.module(f"{root}.{below}" if below else root)
        return module is not None and names.member(module, last) is not None

    def _is_slip(self, use: Use) -> bool:
        """Whether what is asked of a package nearly is one of its names, and stands nowhere."""
        claim = self.judge(use)
        if claim is None or claim.verdict != "false" or use.on_instance:
            return False
        word = use.name.rpartition(".")[2]
        is_of_all = any(hasattr(kind, word) for kind in _BUILT_IN)
        is_meant = is_slip(word, claim.suggestion) and not is_of_all
        return is_meant and self.ground.mention(word) is None

    def _is_whole_path(self, use: Use) -> bool:
        """Whether `demo.io.read(…)` names a module below our package: it is ours, imported or not."""
        is_argument = use.doubt == _DOUBT and use.kind == "argument"
        return is_argument and "." in use.module and bool(self._modules(use.module))

    def _is_clear(self, piece: Fragment, use: Use) -> bool:
        claim = self.judge(use)
        if claim is None or claim.verdict != "false":
            return True
        text = piece.lines[0].text.rstrip()
        is_call = text.endswith(")")
        return not use.doubt and (is_call or bool(claim.suggestion and not _ENDING.search(text)))

    @property
    def roots(self) -> Mapping[str, Evidence]:
        """Top-level names of the packages that manifests declare."""
        facts = [f for f in self.ground.facts("package") if f.detail.get("ecosystem") == "python"]
        return {
            fact.detail["import"].partition(".")[0]: fact.evidence
            for fact in facts
            if fact.detail.get("import")
        }

    @cached_property
    def _declared(self) -> set[str]:
        """Import names of the packages that manifests declare."""
        facts = [f for f in self.ground.facts("package") if f.detail.get("ecosystem") == "python"]
        return {fact.detail["import"] for fact in facts if fact.detail.get("import")}

    def _is_package(self, name: str) -> bool:
        """Whether a package or module of this name stands where installable ones do."""
        if name in sys.stdlib_module_names or self.ground.named("dependency", name):
            return False
        places = [root + name + tail for root in _ROOTS for tail in ("/__init__.py", ".py")]
        if self._is_installed_as_package:  # a file at the root is a script for developers then
            places.remove(f"{name}.py")
        return any(self.ground.has(path) and is_own(path) for path in places)

    @cached_property
    def _is_installed_as_package(self) -> bool:
        """Whether a manifest gives the project a name to import by, and a folder of that name is there."""
        facts = [f for f in self.ground.facts("package") if f.detail.get("ecosystem") == "python"]
        names = [name for fact in facts if (name := fact.detail.get("import", ""))]
        return any(
            self.ground.has(f"{root}{name}/__init__.py") for name in names for root in _ROOTS
        )

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """Names are held against the module, class or function that they are asked of."""
        modules = self._modules(use.module)
        if not use.name:
            return self._module(use, modules)
        if not modules:
            return None if use.kind != "import" else not_judged(
                use.kind, use.span, f"`{use.module}` was not found"
            )  # fmt: skip
        claims = [claim for claim in (self._in_module(use, m) for m in modules) if claim]
        order = ("true", "not_judged", "false")
        return min(claims, key=lambda claim: order.index(claim.verdict)) if claims else None

    def _modules(self, dotted: str) -> list[Module]:
        """All own modules of a name: in a monorepo, several folders may have parts of a package."""
        names = names_of(self.ground.repo)
        path = dotted.replace(".", "/")
        first = names.module(dotted)
        paths = [first.path] if first else []
        for tail in (path + ".py", path + "/__init__.py"):
            paths += [p for p in self.ground.ending_in(tail) if is_own(p)]
        found = (names.at(p) for p in dict.fromkeys(paths))
        return [m for m in found if m is not None and (m is first or m.name == dotted)]

    def _module(self, use: Use, modules: list[Module]) -> Claim:
        if modules:
            return true(use.kind, use.span, Evidence(path=modules[0].path))
        path = use.module.replace(".", "/")
        for folder in self.ground.repo.folders:
            if folder == path or folder.endswith("/" + path):
                return true(use.kind, use.span, Evidence(path=folder))
        parent, _, last = use.module.rpartition(".")
        packages = self._modules(parent) if parent else []
        if not packages:
            above = parent.rpartition(".")[0]
            if above and self._modules(above):
                return not_judged(use.kind, use.span, f"`{parent}` was not found")
            return not_judged(use.kind, use.span, "no folder of this repository has this name")
        known: list[str] = []
        for package in packages:
            offered = module_offers(names_of(self.ground.repo), package)
            folder = package.path.rpartition("/")[0]
            if not package.path.endswith("__init__.py"):
                continue
            beside = [p.rpartition("/")[2] for p in self.ground.repo.inside(folder)]
            compiled = any(name.partition(".")[0] == last for name in beside)
            # Names that are made as it runs are no modules, unless imports themselves are changed.
            makes_modules = bool(offered.why) and _MAKES_MODULES.search(package.source.content)
            if makes_modules or compiled or last in offered.names:
                return not_judged(use.kind, use.span, offered.why or f"`{last}` may be compiled")
            if any(self.ground.ignored(f"{folder}/{last}{tail}") for tail in (".py", "")):
                return not_judged(use.kind, use.span, "an ignore file says that it is made later")
            known += [name.removesuffix(".py") for name in beside if name.endswith(".py")]
            known += [
                f.rpartition("/")[2]
                for f in self.ground.repo.folders
                if f.rpartition("/")[0] == folder
            ]
        folders = {package.path.rpartition("/")[0] + "/" for package in packages}
        if any(link.startswith(tuple(folders)) for link in self.ground.linked):
            return not_judged(use.kind, use.span, "the repository has links that are not followed")
        names = [f"{parent}.{name}" for name in known if name != "__init__"]
        evidence = Evidence(path=packages[0].path)
        return missing(use, use.module, f"a module of `{parent}`", names, evidence)

    def _in_module(self, use: Use, module: Module) -> Claim | None:
        names = names_of(self.ground.repo)
        if use.kind == "argument":
            return self._argument(use, module)
        owner, _, last = use.name.rpartition(".")
        if not owner:
            found = names.member(module, last)
            if isinstance(found, Module):
                return true(use.kind, use.span, Evidence(path=found.path))
            if isinstance(found, Symbol):
                return true(use.kind, use.span, found.module.source.at(found.node))
            beside = self._extension(module, last)
            if beside:
                return true(use.kind, use.span, Evidence(path=beside))
            if _OPEN_PACKAGE.search(self.ground.repo.read(module.path) or b""):
                return not_judged(use.kind, use.span, "other distributions add to this package")
            offered = module_offers(names, module)
            what = f"in `{use.module}`"
            claim = self._offered(use, last, offered, what, Evidence(path=module.path))
            if claim.verdict == "false" and use.kind == "api" and self._is_of_object(module, last):
                return not_judged(use.kind, use.span, "an object may have the module's name")
            return claim
        cls = names.resolve(module, owner)
        if isinstance(cls, Symbol):
            cls, _ = settled(names, cls)
        if not isinstance(cls, Symbol) or cls.node.type != "class_definition":
            return None
        key = (*cls.key, use.on_instance)
        if key not in self._members:
            self._members[key] = class_offers(names, cls, instance=use.on_instance)
        offered = self._members[key]
        what = f"an attribute of `{cls.name}`"
        if offered.why and last not in offered.names:
            # What an object hands on to another of ours is defined there.
            place = self.ground.mention(f"def {last}", docs=False)
            if place is not None:
                return true(use.kind, use.span, place)
        return self._offered(use, last, offered, what, cls.module.source.at(cls.node))

    def _extension(self, module: Module, name: str) -> str:
        """The source of an extension module of this name in a package; "" for none."""
        folder, _, file = module.path.rpartition("/")
        stems = (f"{folder}/{name}{ending}" for ending in (".pyx", ".pyi", ".so", ".pyd", ".c"))
        return next((p for p in stems if file == "__init__.py" and self.ground.has(p)), "")

    def _is_of_object(self, module: Module, name: str) -> bool:
        """Whether objects of a class of a module, or of its package, have a member of a name."""
        names = names_of(self.ground.repo)
        is_package = module.path.endswith("/__init__.py")
        folder = module.path.rpartition("/")[0]
        paths = self.ground.repo.inside(folder) if is_package else [module.path]
        for found in (names.at(path) for path in paths if path.endswith(".py")):
            for written, node in found.definitions.items() if found is not None else ():
                if found is not None and node.type == "class_definition":
                    cls = Symbol(found, written, node)
                    if name in class_offers(names, cls, instance=True).names:
                        return True
        return False

    def _argument(self, use: Use, module: Module) -> Claim | None:
        names = names_of(self.ground.repo)
        callee = self._callable(module, use.name)
        offered = parameters(names, callee) if callee is not None else None
        if callee is None or offered is None:
            return not_judged(use.kind, use.span, "what is called is not a plain function or class")
        short = use.name.rpartition(".")[2]
        if use.position >= 0:
            return self._positional(use, callee, offered)
        what = f"a parameter of `{short}`"
        place = callee.module.source.at(callee.node)
        claim = self._offered(use, use.argument, offered, what, place)
        return replace(claim, whole=claim.verdict == "false" and not offered.why)

    def _positional(self, use: Use, callee: Symbol, offered: Offered) -> Claim:
        """A value at its place among those without a keyword: the call may give only so many."""
        names = names_of(self.ground.repo)
        known = positions(names, callee)
        place = callee.module.source.at(callee.node)
        if known is None or use.position < len(known):
            is_method = use.name.count(".") > 0 and callee.node.type == "function_definition"
            at = (known or [place])[min(use.position + is_method, len(known or [place]) - 1)]
            return true(use.kind, use.span, at)
        short = use.name.rpartition(".")[2]
        if offered.why:
            return not_judged(use.kind, use.span, offered.why)
        reason = f"`{short}` takes {len(known)} values without a keyword, and this is one more"
        return false(use.kind, use.span, reason, evidence=place)

    def _callable(self, module: Module, name: str) -> Symbol | None:
        """A function or class, or a method of what a value of the module is made of."""
        names = names_of(self.ground.repo)
        first, _, rest = name.partition(".")
        found = names.resolve(module, first)
        if isinstance(found, Symbol):
            found, _ = settled(names, found)
        for part in rest.split(".") if rest else ():
            found = names.member(found, part) if found is not None else None
        return found if isinstance(found, Symbol) else None

    def _offered(self, use: Use, word: str, offered: Offered, what: str, place: Evidence) -> Claim:
        if word.startswith("__") and word.endswith("__"):
            if word in offered.names:
                return true(use.kind, use.span, offered.names[word])
            return not_judged(use.kind, use.span, "every module and class has such names")
        known = {n: at for n, at in offered.names.items() if not n.startswith("__") and n != "self"}
        offered = Offered(known, offered.why, offered.is_written)
        return judged(self.ground, use, word, offered, what, place)


def _imported_by(walker: Walker, fragments: Iterable[Fragment]) -> dict[str, Target | None]:
    """What all blocks of a page import."""
    for piece in fragments:
        if not piece.is_inline:
            for _ in walker.uses(piece):
                pass
    return {name: t for name, t in walker.known.items() if t is not None and t.is_import}


def _is_session(lines: list[Span]) -> bool:
    """Whether lines are of a prompt: as far out as any, not within the words on a function."""
    depths = [(_depth(line.text), line.text.lstrip().startswith(">>>")) for line in lines]
    prompts = [depth for depth, is_prompt in depths if is_prompt]
    return bool(prompts) and min(prompts) <= min(d for d, _ in depths)


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip()) if text.strip() else 1_000


def _typed(line: Span) -> Span:
    """What is typed on a line of a session, at its own place; nothing of what is shown."""
    found = _PROMPT.match(line.text)
    if not found:
        return Span("", line.line, line.column)
    return Span(line.text[found.end() :], line.line, line.column + found.end())
