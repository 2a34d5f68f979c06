"""Manifest formats: parsed into plain values, with the lines their keys stand on.

Every loader raises ManifestError for what it cannot parse, and bounds what hostile files expand to.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# tomllib takes quadratic time for keys of many parts.
_LONG_KEY = lazy_pattern(
    r"(?<![\w\"'.-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){60}"
)
_JSON_NOISE = lazy_pattern(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA = lazy_pattern(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])')


def load_toml(text: str) -> dict[str, Any]:
    """A TOML document as nested dictionaries."""
    if _LONG_KEY.search(text):
        raise ManifestError("not read: its keys are nested more deeply than any real file's")
    import tomllib  # late, as all parsers here: a repository has need of one or two

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also an integer of 5,000 digits
        raise ManifestError(f"not valid TOML: {error}") from error


def load_json(text: str) -> Any:
    """A JSON document; comments and trailing commas are allowed, as editors allow them."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    relaxed = _JSON_NOISE.sub(lambda m: m[1] or " ", text)
    relaxed = _TRAILING_COMMA.sub(lambda m: m[1] or "", relaxed)
    try:
        return json.loads(relaxed)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"not valid JSON: {error}") from error


def load_yaml(text: str) -> Any:
    """The first document of a YAML file as plain values."""
    from moxi_analyzer.yaml_loaders import first_document  # late: most repositories hold no YAML

    return first_document(text)


def load_xml(text: str) -> Element:
    """The root element of an XML document, namespaces stripped from its tags."""
    from defusedxml import ElementTree as DefusedTree  # late: few repositories hold XML
    from defusedxml.common import DefusedXmlException

    try:
        root: Element = DefusedTree.fromstring(text.encode("utf-8"))
    except (DefusedXmlException, SyntaxError, ValueError, RecursionError, LookupError) as error:
        raise ManifestError(f"not valid XML: {error}") from error
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def as_dict(value: Any) -> dict[str, Any]:
    """`value` if it is a mapping, its keys as strings; else an empty one."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """`value` if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def as_str(value: Any) -> str:
    """`value` stripped if it is a string, written out if it is a number; else ""."""
    if isinstance(value, bool):
        return ""
    return (
        value.strip()
        if isinstance(value, str)
        else str(value)
        if isinstance(value, int | float)
        else ""
    )


def one_line(text: str, limit: int = 300) -> str:
    """Text folded to a single line; cut at a word, with an ellipsis, beyond `limit` characters."""
    folded = " ".join(text.split())
    if len(folded) <= limit:
        return folded
    return folded[:limit].rsplit(" ", 1)[0].rstrip(",;:") + "…"


class Lines:
    """Line numbers in a manifest's text, by section and pattern."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def find(self, pattern: str, after: int = 1) -> int:
        """The first line from `after` on where the regular expression is found; 0 if none."""
        first = max(after, 1)
        found = map(re.compile(pattern).search, islice(self._lines, first - 1, None))
        return next((number for number, hit in enumerate(found, first) if hit), 0)

    def toml(self, table: str, key: str = "") -> int:
        """The line of `key` inside `[table]`, or of the table's own header."""
        header = self.find(r"^\s*\[\[?\s*" + re.escape(table) + r"\s*\]")
        if not key or not header:
            return header
        for number in range(header + 1, len(self._lines) + 1):
            line = self._lines[number - 1]
            if re.match(r"\s*[\"']?" + re.escape(key) + r"[\"']?\s*[=.]", line):
                return number
            if re.match(r"\s*\[[^\]]*\]\s*(#.*)?$", line):
                break
        return header

    def json(self, *keys: str) -> int:
        """The line on which the last of nested `keys` stands, each after the one before."""
        line = 1
        for key in keys:
            found = self.find(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", line)
            if not found:
                return 0
            line = found
        return line if keys else 0
