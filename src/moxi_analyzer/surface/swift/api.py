"""What users of a Swift package import: public types and their members, from its library targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from moxi_analyzer.braces import Code, doc_sentence, tidy
from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests.swift import library_modules
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.swift.argument_parser import swift_sources
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_SYMBOLS = 120
_MAX_FILES = 300
_MAX_OWNERS = 1_000
_PUBLIC = lazy_pattern(
    r"^(?P<indent>[ \t]*)(?P<head>(?:public|open)\s+(?:(?:final|static|class|mutating|nonisolated|override|indirect|"
    r"convenience|required|async)\s+)*(?P<word>class|struct|enum|protocol|actor|func|init|typealias|macro)\b\s*"
    r"(?P<name>[\w`]*)[^{\n]*)",
    re.MULTILINE,
)
_OWNER = lazy_pattern(
    r"\b(?:class|struct|enum|protocol|actor|extension)\s+(?P<name>[A-Z][\w.]*)[^{;}]{0,400}\{"
)
_KINDS = {
    "class": "class",
    "struct": "type",
    "enum": "type",
    "actor": "class",
    "protocol": "interface",
    "typealias": "type",
    "func": "function",
    "init": "method",
    "macro": "macro",
}
_WEIGHTS = {"class": 0, "type": 0, "interface": 1, "macro": 1, "function": 2, "method": 4}


@dataclass(frozen=True)
class _Symbol:
    name: str
    kind: str
    parent: str
    signature: str
    doc: str
    at: Evidence


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return swift_sources(repo)


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    for path in repo.files:
        if path.rpartition("/")[2] == "Package.swift" and is_own(path):
            scope = folder_of(path)
            for module, folder in library_modules(repo, path):
                yield from _module(repo, scope, module, join(scope, folder))


def _module(repo: Repository, scope: str, module: str, folder: str) -> Iterator[Fact]:
    found: list[_Symbol] = []
    files = [p for p in repo.under(folder) if p.endswith(".swift")] if folder else []
    for path in files[:_MAX_FILES]:
        if b"public " in (repo.read(path) or b"") or b"open " in (repo.read(path) or b""):
            found.extend(_symbols(Code(repo.text(path) or "", single_quotes=False), path))
    named = {s.name for s in found if not s.parent}
    found = [s for s in found if not s.parent or s.parent in named]
    found.sort(key=lambda s: (_WEIGHTS[s.kind] + (0 if s.doc else 2), s.name != module, s.at.path))
    once = {(s.parent, s.name): s for s in reversed(found)}  # overloads: the best documented one
    found = [s for s in found if once[s.parent, s.name] is s]
    for rank, symbol in enumerate(found[:_MAX_SYMBOLS]):
        detail = {
            "signature": symbol.signature,
            "symbol": symbol.kind,
            "import": f"import {module}",
            "language": "Swift",
            "rank": str(rank),
        }
        if symbol.parent:
            detail["parent"] = symbol.parent
        yield Fact(
            kind="api_symbol",
            value=f"{symbol.parent}.{symbol.name}" if symbol.parent else symbol.name,
            evidence=symbol.at,
            scope=scope,
            text=doc_sentence(symbol.doc),
            detail=detail,
        )


def _symbols(code: Code, path: str) -> Iterator[_Symbol]:
    owners = [
        (o.start(), code.close(o.end() - 1), o["name"])
        for o in islice(_OWNER.finditer(code.mask), _MAX_OWNERS)
    ]
    for found in _PUBLIC.finditer(code.mask):
        name = found["name"].strip("`") or found["word"]
        at = found.start("head")
        around = [name_ for start, end, name_ in owners if start < at < end and start != at]
        # A type's own declaration begins before its body: only bodies around it own it.
        parent = around[-1] if around else ""
        if len(around) > 1 or name.startswith("_"):
            continue
        kind = _KINDS[found["word"]]
        if parent and kind == "function":
            kind = "method"
        elif parent and found["word"] != "init":
            continue
        signature = one_line(_signature(code, at, found.end()).removeprefix("public "))
        doc = code.docs(found.start())
        evidence = Evidence(path=path, line=code.line(at))
        yield _Symbol(name, kind, parent, signature, doc, evidence)


def _signature(code: Code, start: int, end: int) -> str:
    """A declaration up to its body; parameters and inheritance may go on over lines."""
    opening = code.mask.find("(", start, end)
    if opening >= 0:
        stop = re.compile(r"[{\n]").search(code.mask, code.close(opening))
        end = stop.start() if stop else len(code.mask)
    elif code.mask[start:end].rstrip().endswith((",", ":")):
        brace = code.mask.find("{", end)
        end = brace if brace >= 0 else end
    return tidy(code.text[start:end])


FRAMEWORKS = (Framework("api_swift", (), re.compile(rb"\b(?:public|open)\b"), _facts, _select),)
