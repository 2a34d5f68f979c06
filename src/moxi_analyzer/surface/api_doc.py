"""Public symbols of a library: collected by readers, ranked and bounded here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from moxi_analyzer.formats import one_line
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

MAX_SYMBOLS = 150
_SENTENCE = lazy_pattern(r"(.{8,}?(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)[.!?])(?:\s|$)", re.DOTALL)


@dataclass(frozen=True)
class Symbol:
    """One public symbol. `order` sorts symbols of equal standing: lower is more central."""

    name: str
    kind: str
    at: Evidence
    signature: str = ""
    doc: str = ""
    parent: str = ""
    bring: str = ""
    order: tuple[int, ...] = ()


def first_sentence(text: str) -> str:
    """The first sentence of a comment, on one line; "" if it holds no words."""
    folded = " ".join(text.split())
    found = _SENTENCE.match(folded[:600])
    sentence = found[1] if found else folded
    return one_line(sentence, 200) if re.search(r"[A-Za-z]{2}", sentence) else ""


def ranked(symbols: Iterable[Symbol], language: str, scope: str) -> Iterator[Fact]:
    """Facts of the most central symbols: central places first, documented before bare ones."""
    kept: dict[str, Symbol] = {}
    for symbol in symbols:
        if symbol.name not in kept or (symbol.doc and not kept[symbol.name].doc):
            kept[symbol.name] = symbol
    best = sorted(kept.values(), key=lambda s: (s.order[:1], not s.doc, s.order[1:]))
    for rank, symbol in enumerate(best[:MAX_SYMBOLS]):
        detail = {
            "signature": one_line(symbol.signature, 240),
            "symbol": symbol.kind,
            "import": symbol.bring,
            "language": language,
            "parent": symbol.parent,
            "rank": str(rank),
        }
        yield Fact(
            kind="api_symbol",
            value=symbol.name,
            text=symbol.doc,
            scope=scope,
            evidence=symbol.at,
            detail={key: value for key, value in detail.items() if value},
        )
