"""XML manifests with the lines that their elements start on, which ElementTree forgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

from moxi_analyzer.formats import load_xml
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MARKUP = lazy_pattern(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<([^\W\d][^\s/>]*)", re.DOTALL)


class XmlDocument:
    """A parsed XML file. Raises ManifestError when the text is not XML."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.root = load_xml(text)
        self.text = text

    @cached_property
    def _lines(self) -> dict[Element, int]:
        """Lines by element: the n-th start tag of the text is the n-th element of the tree."""
        lines: list[int] = []
        line = 1
        end = 0
        for found in _MARKUP.finditer(self.text):
            line += self.text.count("\n", end, found.start())
            end = found.start()
            if found[1]:
                lines.append(line)
        return dict(zip(self.root.iter(), lines, strict=False))

    def at(self, element: Element | None) -> Evidence:
        """The place of an element; the whole file for None."""
        return Evidence(path=self.path, line=0 if element is None else self._lines.get(element, 0))


def text_at(element: Element | None, path: str) -> str:
    """The stripped text of the first descendant at `path` (`a/b`); "" if there is none."""
    found = element.find(path) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def children(element: Element | None, path: str) -> Iterator[Element]:
    """All descendants at `path`; none for None."""
    return iter(element.findall(path)) if element is not None else iter(())
