"""Public types and their members, ranked: what the readers of Java, Kotlin and C# share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_FILES = 400
_MAX_PACKAGES = 20
_FEWEST = 12
_MAX_BYTES = 2_000_000
_MAX_TYPES = 90
_MAX_SYMBOLS = 150
_WORD = lazy_pattern(rb"\b[A-Z]\w+")
_OF_LANGUAGE = lazy_pattern(r"^(?:java|kotlin|jvm|dotnet)|(?:java|kotlin|jvm|dotnet)$")
_ENTRY = lazy_pattern(
    r".*(?:Client|Builder|Factory|Application|Engine|Parser|Server|Session|Config(?:uration)?)"
)
_DATA = lazy_pattern(r"\b(?:record|data class|enum|struct)\b")
_MINOR = lazy_pattern(r".*(?:Exception|Error|Attribute|Constants|Helper|Utils?|Internal|Impl)")


# What others extend or have, before what people make.
_FRAME = lazy_pattern(r"(?:\w+ )*?(?:abstract (?:partial )?class|interface I(?:Has\w+|\w+able)\b)")
_CONCRETE = lazy_pattern(r"(?:(?:public|sealed|partial|final|open) )*class \w+(?:<[^>]*>)?(?:\([^()]*\))? ?(?::|extends) ?(\w+)")  # fmt: skip


@dataclass(frozen=True)
class Symbol:
    """A public type, function or member as it is declared."""

    name: str
    kind: str
    signature: str
    doc: str
    at: Evidence


@dataclass
class ApiType:
    """A public type (or, with kind "function", a top-level function) with its members."""

    symbol: Symbol
    package: str
    language: str
    members: list[Symbol] = field(default_factory=list)


def shares(repo: Repository, packages: dict[str, list[str]]) -> Iterator[str]:
    """Paths to be parsed: of each package as many as its size deserves, those near its top first."""
    largest = sorted(packages.values(), key=len, reverse=True)[:_MAX_PACKAGES]
    total = sum(map(len, largest)) or 1
    for paths in largest:
        share = max(_MAX_FILES * len(paths) // total, _FEWEST)
        left = _MAX_BYTES * share // _MAX_FILES
        for path in sorted(paths, key=lambda path: (path.count("/"), path))[:share]:
            left -= repo.files[path].size
            if left > 0:
                yield path


def mentions(sources: Iterable[Source]) -> Counter[str]:
    """In how many files each capitalised word stands."""
    found: Counter[str] = Counter()
    for source in sources:
        found.update({word.decode() for word in _WORD.findall(source.content)})
    return found


# The line that brings a name in, filled with namespace and name.
_BRING = {"java": "import {}.{};", "kotlin": "import {}.{}", "csharp": "using {};"}


def _is_made(item: ApiType, names: set[str]) -> bool:
    """Whether a type is one of several kinds of another of the package: a Button, a Table."""
    found = _CONCRETE.match(item.symbol.signature)
    return bool(found and found[1] in names and item.symbol.doc)


def facts(types: list[ApiType], named: Iterable[str], counts: Counter[str]) -> Iterator[Fact]:
    """Facts of the types of one package, the central ones first; `named` is what it is called."""
    depth = min((t.package.count(".") for t in types), default=0)
    own: set[str] = set()
    for called in named:
        plain = re.sub(r"[^a-z0-9]", "", called.lower())
        own |= {plain, _OF_LANGUAGE.sub("", plain), plain.rpartition("lib")[0]}
    names = {item.symbol.name for item in types}

    def weight(item: ApiType) -> float:
        name = item.symbol.name
        score = 2.0 * math.log2(1 + counts[name]) + 2.5 * bool(item.symbol.doc)
        score += 8.0 * (name.lower() in own)
        score -= 1.5 * bool(_DATA.search(item.symbol.signature))
        score -= 2.0 * bool(_FRAME.match(item.symbol.signature))
        score += 2.0 * _is_made(item, names)
        score += 2.5 * bool(_ENTRY.fullmatch(name)) - 4.0 * bool(_MINOR.fullmatch(name))
        return score - 2.5 * (item.package.count(".") - depth)

    ordered = sorted(types, key=weight, reverse=True)[:_MAX_TYPES]
    given = 0
    for place, item in enumerate(ordered):
        members = item.members[: 6 if place < 8 else 2 if place < 20 else 0]
        for symbol, parent in [(item.symbol, ""), *((m, item.symbol.name) for m in members)]:
            if given >= _MAX_SYMBOLS:
                return
            detail = {
                "signature": symbol.signature,
                "symbol": symbol.kind,
                "import": _BRING[item.language].format(item.package, item.symbol.name)
                if item.package
                else "",
                "language": item.language,
                "parent": parent,
                "rank": str(given),
            }
            yield Fact(
                kind="api_symbol",
                value=f"{parent}.{symbol.name}" if parent else symbol.name,
                evidence=symbol.at,
                text=one_line(symbol.doc),
                detail={key: value for key, value in detail.items() if value},
            )
            given += 1
