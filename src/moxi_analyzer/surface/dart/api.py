"""What users of a Dart package import: what `lib/<name>.dart` declares and exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from moxi_analyzer.braces import Code, doc_sentence, tidy
from moxi_analyzer.formats import as_dict, as_str, load_yaml, one_line
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.dart.args import dart_sources
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_SYMBOLS = 100
_MAX_FILES = 120
_EXPORT = lazy_pattern(r"^export\s+['\"](?P<uri>[^'\"]+)['\"](?P<rest>[^;]*);", re.MULTILINE)
_PART = lazy_pattern(r"^part\s+['\"]([^'\"]+)['\"];", re.MULTILINE)
_DECLARATION = lazy_pattern(
    r"^(?P<head>(?:(?:abstract|base|final|sealed|interface|mixin)\s+)*"
    r"(?:class|mixin|enum|extension(?:\s+type)?|typedef)\s+(?P<name>[A-Z]\w*)[^{;=\n]*)|"
    r"^(?P<function>[A-Z]\w*(?:<[^=;{}()\n]*>)?\??\s+(?P<called>[a-z]\w*)\s*(?:<[^=;{}()\n]*>)?\()",
    re.MULTILINE,
)


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return (p for p in dart_sources(repo) if re.fullmatch(r"(?:.*/)?lib/\w+\.dart", p))


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    for path in repo.files:
        if path.rpartition("/")[2] == "pubspec.yaml" and is_own(path):
            try:
                spec = as_dict(load_yaml(repo.text(path) or ""))
            except ManifestError:
                continue  # the manifest's own reader reports it
            name, scope = as_str(spec.get("name")), folder_of(path)
            entry = join(scope, f"lib/{name}.dart")
            if name and repo.has(entry):
                yield from _package(repo, name, scope, entry)


def _package(repo: Repository, name: str, scope: str, entry: str) -> Iterator[Fact]:
    found: list[Fact] = []
    for path, shown, hidden in _exported(repo, name, scope, entry):
        code = Code(repo.text(path) or "", single_quotes=True)
        found.extend(
            symbol
            for symbol in _symbols(code, path)
            if (not shown or symbol.value in shown) and symbol.value not in hidden
        )
    # Documented classes tell a reader most; the order of the library's exports decides the rest.
    weights = {"class": 0, "function": 1, "type": 2}
    found.sort(key=lambda s: (not s.text, weights.get(s.detail["symbol"], 2)))
    for rank, symbol in enumerate(found[:_MAX_SYMBOLS]):
        detail = {
            **symbol.detail,
            "import": f"import 'package:{name}/{name}.dart';",
            "language": "Dart",
            "rank": str(rank),
        }
        yield replace(symbol, scope=scope, detail=detail)


def _exported(
    repo: Repository, name: str, scope: str, entry: str
) -> Iterator[tuple[str, set[str], set[str]]]:
    """(file, names shown, names hidden) of what a library exports, itself first."""
    pending: list[tuple[str, set[str], set[str]]] = [(entry, set(), set())]
    seen = {entry}
    while pending and len(seen) < _MAX_FILES:
        path, shown, hidden = pending.pop(0)
        yield path, shown, hidden
        for part in _PART.findall(repo.text(path) or ""):
            target = join(folder_of(path), part)
            if repo.has(target) and target not in seen:
                seen.add(target)
                yield target, shown, hidden
        for export in _EXPORT.finditer(repo.text(path) or ""):
            uri = export["uri"].removeprefix(f"package:{name}/")
            base = folder_of(path) if uri == export["uri"] else join(scope, "lib")
            target = join(base, uri)
            if ":" not in uri and repo.has(target) and target not in seen:
                seen.add(target)
                pending.append(
                    (
                        target,
                        shown | _names(export["rest"], "show"),
                        hidden | _names(export["rest"], "hide"),
                    )
                )


def _names(clause: str, word: str) -> set[str]:
    found = re.search(rf"\b{word}\s+([\w\s,]+?)(?:\bshow\b|\bhide\b|$)", clause.strip())
    return set(re.findall(r"\w+", found[1])) if found else set()


def _symbols(code: Code, path: str) -> Iterator[Fact]:
    for found in _DECLARATION.finditer(code.mask):
        name = found["name"] or found["called"]
        head = found["head"]
        if head is not None:
            word = "class" if re.search(r"\b(?:class|mixin|enum)\b", head) else "type"
            signature = code.text[found.start() : found.end()]
        else:
            word = "function"
            close = code.close(found.end() - 1)
            signature = code.text[found.start() : close + 1]
        docs = code.docs(found.start())
        if "@internal" in docs or "@visibleForTesting" in docs:
            continue
        yield Fact(
            kind="api_symbol",
            value=name,
            evidence=Evidence(path=path, line=code.line(found.start())),
            text=doc_sentence(docs),
            detail={"signature": one_line(tidy(signature)), "symbol": word},
        )


FRAMEWORKS = (Framework("api_dart", (), re.compile(rb"\S"), _facts, _select),)
