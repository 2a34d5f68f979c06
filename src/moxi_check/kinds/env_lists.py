"""Lists and tables of variables: where the code knows all but one, that one is not read either."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from moxi_check.document import Document
from moxi_core.patterns import lazy_pattern

_LEAST = 3  # others of a list that are known
_FAR = 4  # lines between two items of one list
_ITEM = lazy_pattern(r"\s*(?:[-*+]|\d+[.)])\s+[*_]{0,2}$")
_TITLED = lazy_pattern(r"(?i)\benv(?:ironment)?\b|\bvariables?\b")


def odd_ones(
    document: Document, name_of: Callable[[str], str], is_known: Callable[[str], bool]
) -> frozenset[str]:
    """The variables that alone of their list are not known; `name_of` gives the name in a code span."""
    found = set[str]()
    for names in (*_lists(document, name_of), *_columns(document, name_of)):
        unknown = [name for name in dict.fromkeys(names) if not is_known(name)]
        if len(unknown) == 1 and len(set(names)) > _LEAST:
            found.add(unknown[0])
    return frozenset(found)


def _lists(document: Document, name_of: Callable[[str], str]) -> Iterator[list[str]]:
    """What the items of a list begin with, where words around it say that these are variables."""
    lines = document.source.split("\n")
    names: list[str] = []
    last, section = 0, tuple[str, ...]()
    for code in sorted(document.codes, key=lambda code: code.line):
        name = name_of(code.text)
        head = lines[code.line - 1][: code.column - 1].rstrip("`")
        if not name or not _ITEM.fullmatch(head):
            continue
        if code.section != section or code.line - last > _FAR:
            yield names
            names = []
            lead = " ".join([*code.section[-1:], *lines[max(0, code.line - 6) : code.line - 1]])
            section = code.section if _TITLED.search(lead) else (*code.section, "")
        if code.section == section:
            names.append(name)
        last = code.line
    yield names


def _columns(document: Document, name_of: Callable[[str], str]) -> Iterator[list[str]]:
    """The names of a column of a table that has nothing else."""
    for table in document.tables:
        columns: dict[int, list[str]] = defaultdict(list)
        for row in table.rows:
            for number, cell in enumerate(row):
                whole = re.sub(r"[`*_\s]", "", cell.text)
                name = name_of(cell.codes[0].text) if len(cell.codes) == 1 else ""
                if name and whole == name.replace("_", ""):
                    columns[number].append(name)
        for names in columns.values():
            if len(names) == len(table.rows):
                yield names
