"""Clojure on a page, of which no grammar is carried: the namespaces of ours that code requires."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import ClassVar

from moxi_check.claim import Claim, true
from moxi_check.code.resolve import meant
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import Span
from moxi_check.ground import Ground, nearest, reordered
from moxi_check.kinds.names import is_slip
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_ENDINGS = (".clj", ".cljc", ".cljs", ".bb")
_NS = lazy_pattern(
    rb"(?m)^\s*\((?:ns|in-ns\s+')\s*(?:#?\^(?:\{[^{}]*\}|[\w:.-]+)\s+)*([a-z][\w*+!?<>=.-]*)"
)
_SHARED = frozenset({"clojure", "cljs", "leiningen", "user", "java"})
_REQUIRES = lazy_pattern(r"\(\s*:?(?:require|require-macros|use|use-macros)(?![\w*+!?/-])")
_NAME = r"[a-z][\w*+!?-]*(?:\.[a-z][\w*+!?-]*)+"
_REQUIRED = lazy_pattern(rf"(?<=[\[\s'(])({_NAME})(?=[\s\])]|$)")
_CALLED = lazy_pattern(rf"(?<=\()({_NAME})(?=/[\w*+!?<>=-])")
_STRING = lazy_pattern(r"\"(?:\\.|[^\"\\])*\"")


class Namespaces:
    """The namespaces of one repository, with the files that they are in."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def own(self) -> dict[str, Evidence]:
        """Those that a source or a test begins with."""
        found: dict[str, Evidence] = {}
        repo = self._ground.repo
        for path, entry in repo.files.items():
            if not path.endswith(_ENDINGS) or entry.role in {"vendored", "template"}:
                continue
            content = repo.read(path) or b""
            for match in _NS.finditer(content):
                line = content.count(b"\n", 0, match.start(1)) + 1
                found.setdefault(
                    match[1].decode("utf-8", "replace"), Evidence(path=path, line=line)
                )
        return found

    @cached_property
    def roots(self) -> frozenset[str]:
        """What namespaces of ours begin with; others may begin with the same."""
        return frozenset(name.partition(".")[0] for name in self.own if "." in name) - _SHARED

    def place(self, name: str) -> Evidence | None:
        """Where a namespace is: a file that begins with it, or that is where its name leads."""
        if name in self.own:
            return self.own[name]
        path = name.replace(".", "/").replace("-", "_")
        found = (p for end in _ENDINGS for p in self._ground.ending_in(path + end))
        return next((Evidence(path=p) for p in found), None)

    def is_missing(self, name: str) -> bool:
        """Whether a namespace below a name of ours is nowhere: no file has it or its last part."""
        root, _, rest = name.partition(".")
        if not rest or root not in self.roots or self.place(name) is not None:
            return False
        path = name.replace(".", "/").replace("-", "_")
        folders = self._ground.repo.folders
        if any(folder == path or folder.endswith(f"/{path}") for folder in folders):
            return False
        words = (name, name.rpartition(".")[2], path)
        return not any(self._ground.mention(word) for word in words)

    def meant(self, name: str) -> str:
        """The namespace of ours that a missing one most likely means: beside it, and like it."""
        above, _, last = name.rpartition(".")
        lead = f"{above}."
        beside = [n[len(lead) :] for n in self.own if n.rpartition(".")[0] == above]
        best = nearest(last, beside) or reordered(last, beside)
        best = best or next((n for n in beside if is_slip(last, n)), "")
        return lead + best if best else ""

    def is_alone(self, root: str) -> bool:
        """Whether all below a root is ours: the project is called so, and nothing that it depends on."""
        facts = self._ground.facts("dependency")
        names = {fact.value.rpartition("/")[2] for fact in self._ground.facts("package")}
        return root in names and not any(root in re.split(r"[./-]", fact.value) for fact in facts)


@lru_cache(maxsize=1)
def namespaces_of(ground: Ground) -> Namespaces:
    """The namespaces of a repository; kept for the one checked last: code and commands share them."""
    return Namespaces(ground)


class Clojure(Language):
    """Clojure: namespaces that are required, or of which a var is called by its whole name."""

    fences: ClassVar[frozenset[str]] = frozenset({"clojure", "clj", "cljs", "cljc", "edn"})
    grammar: ClassVar[str] = ""
    guess: ClassVar[re.Pattern[str] | None] = lazy_pattern(r"(?m)^\((?:ns|require|use)\s")

    @cached_property
    def _namespaces(self) -> Namespaces:
        return namespaces_of(self.ground)

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """The namespaces below names of ours that the code of a page does not make itself."""
        texts = [(piece, _plain(piece)) for piece in fragments]
        made = {name for _, text in texts for name in re.findall(r"\(ns\s+([\w.*+!?-]+)", text)}
        for piece, text in texts:
            spans = [(m[1], m.start(1)) for m in _CALLED.finditer(text)]
            for form in _REQUIRES.finditer(text):
                end = _closing(text, form.start())
                found = _REQUIRED.finditer(text, form.end(), end)
                spans += [(m[1], m.start(1)) for m in found]
            for name, at in sorted(set(spans), key=lambda span: span[1]):
                if name not in made and name.partition(".")[0] in self._namespaces.roots:
                    yield Use("import", _span(piece, text, name, at), name)

    def judge(self, use: Use) -> Claim | None:
        """A namespace of ours; one that is nowhere is false where it is like one beside it."""
        known = self._namespaces
        place = known.place(use.module)
        if place is not None:
            return true(use.kind, use.span, place)
        best = known.meant(use.module)
        if not best or not known.is_missing(use.module):
            return None
        return meant(use, use.module, "a namespace of ours", best, known.own[best])


def _plain(piece: Fragment) -> str:
    """The lines of a fragment without strings and comments, every word at its place."""
    text = "\n".join(line.text for line in piece.lines)
    text = _STRING.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return re.sub(r"(?<!\\);[^\n]*", lambda match: " " * len(match[0]), text)


def _closing(text: str, at: int) -> int:
    """Where the form ends that opens at a place."""
    depth = 0
    for found in re.finditer(r"[()]", text[at:]):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return at + found.end()
    return len(text)


def _span(piece: Fragment, text: str, name: str, at: int) -> Span:
    line = piece.lines[text.count("\n", 0, at)]
    return Span(name, line.line, line.column + at - (text.rfind("\n", 0, at) + 1))
