"""PHP's public API: classes, methods and functions of the autoloaded namespaces.

Captures of `queries/api_php.scm`: `@type`, `@function`, `@namespace`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_list, as_str, load_json
from moxi_analyzer.php_values import docblock, summary
from moxi_analyzer.repository import Repository, join
from moxi_analyzer.surface.api_doc import Symbol, first_sentence, ranked
from moxi_analyzer.surface.bodies import without_bodies
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_GATE = lazy_pattern(rb"\b(?:class|interface|trait|enum|function)\s+\w")
_MINOR = lazy_pattern(r"(?:Exception|Interface|Trait|Error|Test|TestCase|Command|Handler|Helper)$")
# What the console or a framework runs is not called by a user's code.
_NOT_API = lazy_pattern(r"\\Internal\b|Command$|Application$|\\Commands?\\|\\Console\\")
_MAX_FILES = 400
_KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "trait_declaration": "type",
    "enum_declaration": "type",
}


def _roots(repo: Repository) -> dict[str, str]:
    """Autoloaded folders of the root composer.json, each with its package's kind."""
    try:
        data = as_dict(load_json(repo.text("composer.json") or "{}"))
    except ManifestError:
        return {}
    if as_str(data.get("type")) == "project":
        return {}
    autoload = as_dict(data.get("autoload"))
    found: dict[str, str] = {}
    for namespace, folders in as_dict(autoload.get("psr-4")).items():
        for folder in folders if isinstance(folders, list) else [folders]:
            found[join("", as_str(folder)).rstrip("/")] = namespace.rstrip("\\")
    for file in as_list(autoload.get("files")):
        found[join("", as_str(file))] = ""
    return found


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    roots = _roots(repo)
    files = [
        path
        for path in repo.own_sources("php")
        for root in roots
        if path == root or not root or path.startswith(root + "/")
    ]
    yield from sorted(dict.fromkeys(files), key=lambda p: (p.count("/"), p))[:_MAX_FILES]


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    roots = _roots(repo)
    symbols: list[Symbol] = []
    for source in map(without_bodies, sources):
        root = max((r for r in roots if source.path.startswith(r)), key=len, default="")
        depth = source.path.removeprefix(root).strip("/").count("/")
        symbols += _file(source, depth)
    yield from ranked(symbols, "php", "")


def _file(source: Source, depth: int) -> Iterator[Symbol]:
    namespace = ""
    matches = [match for _, match in source.matches("api_php")]
    for match in matches:
        if "namespace" in match:
            namespace = text_of(match["namespace"][0])
    for match in matches:
        if "type" in match:
            yield from _type(source, match["type"][0], namespace, depth)
        elif "function" in match:
            node = match["function"][0]
            name = text_of(node.child_by_field_name("name"))
            lines = docblock(node)
            if not _internal(lines) and not name.startswith("_"):
                full = f"{namespace}\\{name}" if namespace else name
                bring = f"use function {full};" if namespace else ""
                doc = first_sentence(summary(lines))
                yield Symbol(full, "function", source.at(node), _signature(node), doc, "", bring, (1 + depth, 0, node.start_point.row))  # fmt: skip


def _internal(lines: list[str]) -> bool:
    return any(re.match(r"@(?:internal|deprecated)\b", line) for line in lines)


def _type(source: Source, node: Node, namespace: str, depth: int) -> Iterator[Symbol]:
    name = text_of(node.child_by_field_name("name"))
    lines = docblock(node)
    if _internal(lines) or not name or _NOT_API.search(f"{namespace}\\{name}"):
        return
    bring = f"use {namespace}\\{name};" if namespace else ""
    minor = int(bool(_MINOR.search(name)))
    level = min(2 * depth + minor, 6)
    doc = _described(lines, name)
    place = (level, depth, 0, node.start_point.row)
    yield Symbol(
        name,
        _KINDS[node.type],
        source.at(node.child_by_field_name("name") or node),
        _signature(node),
        doc,
        "",
        bring,
        place,
    )
    body = node.child_by_field_name("body")
    for method in body.named_children if body is not None and not minor else []:
        if method.type != "method_declaration":
            continue
        modifiers = {text_of(c) for c in method.named_children if c.type.endswith("modifier")}
        own = text_of(method.child_by_field_name("name"))
        comment = docblock(method)
        if modifiers & {"private", "protected"} or own.startswith("__") or _internal(comment):
            continue
        doc = first_sentence(_described(comment, own))
        place = (level + 1, depth, 1, method.start_point.row)
        yield Symbol(f"{name}::{own}", "method", source.at(method), _signature(method), doc, name, bring, place)  # fmt: skip


def _described(lines: list[str], name: str) -> str:
    text = summary(lines)
    return "" if text.rstrip(".").lower() in {name.lower(), f"class {name}".lower()} else first_sentence(text)  # fmt: skip


def _signature(node: Node) -> str:
    body = node.child_by_field_name("body")
    attributes = node.child_by_field_name("attributes")
    raw = node.text or b""
    start = attributes.end_byte - node.start_byte if attributes is not None else 0
    end = body.start_byte - node.start_byte if body is not None else len(raw)
    text = raw[start:end].decode("utf-8", "replace")
    return " ".join(text.split()).rstrip("{; ").strip()


FRAMEWORKS = (Framework("api_php", ("php",), _GATE, _facts, _select),)
