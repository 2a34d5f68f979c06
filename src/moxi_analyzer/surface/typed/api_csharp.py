"""The public API of C# libraries: public types and members with their XML documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.manifests.dotnet import is_library
from moxi_analyzer.manifests.msbuild import nearest_project
from moxi_analyzer.prose import first_sentence
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.typed.api import ApiType, Symbol, facts, mentions, shares
from moxi_analyzer.syntax import Source, ancestors, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_TYPES = {
    "class_declaration": "class",
    "record_declaration": "class",
    "struct_declaration": "type",
    "interface_declaration": "interface",
    "enum_declaration": "type",
    "delegate_declaration": "type",
}
_MEMBERS = {"method_declaration": "method", "property_declaration": "property"}
_HIDDEN = lazy_pattern(
    r"(?:^|[/.])(?:internals?|impl|obj|bin|generated|migrations)(?:[/.]|$)", re.IGNORECASE
)
_SUMMARY = lazy_pattern(r"<summary>(.*?)</summary>", re.DOTALL)
_REFERENCE = lazy_pattern(
    r"<(?:see|seealso|paramref|typeparamref)\s+(?:cref|name|langword)=\"(?:\w:)?([^\"]+)\"\s*/>"
)
_CODE = lazy_pattern(r"<c>(.*?)</c>", re.DOTALL)
_COMMENT = lazy_pattern(r"(\"(?:\\.|[^\"\\\n])*\")|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TAGS = lazy_pattern(r"</?[a-zA-Z][^<>]*>")
_OBJECT = frozenset("Equals GetHashCode ToString Dispose Main CompareTo".split())


def _doc(node: Node) -> str:
    """The text of `<summary>` in the `///` lines before a declaration."""
    lines: list[str] = []
    previous = node.prev_named_sibling
    while (
        previous is not None and previous.type == "comment" and text_of(previous).startswith("///")
    ):
        lines.append(text_of(previous)[3:])
        previous = previous.prev_named_sibling
    found = _SUMMARY.search("\n".join(reversed(lines)))
    if not found:
        return ""
    text = _REFERENCE.sub(
        lambda m: m[1].partition("(")[0].rpartition(".")[2].partition("{")[0], found[1]
    )
    return _TAGS.sub("", _CODE.sub(r"`\1`", text)).strip()


def _modifiers(node: Node) -> set[str]:
    return {text_of(child) for child in node.named_children if child.type == "modifier"}


def _signature(node: Node) -> str:
    """A declaration on one line, without attributes and body."""
    body = node.child_by_field_name("body") or node.child_by_field_name("accessors")
    end = body.start_byte if body is not None else node.end_byte
    first = next((c for c in node.children if c.type not in {"attribute_list", "comment"}), node)
    content = (node.text or b"")[first.start_byte - node.start_byte : end - node.start_byte]
    text = _COMMENT.sub(lambda m: m[1] or " ", content.decode("utf-8", "replace"))
    text = text.partition("=>")[0]
    return " ".join(text.split()).rstrip("{; ").strip()[:240]


def _symbol(source: Source, node: Node, kind: str) -> Symbol:
    name = text_of(node.child_by_field_name("name"))
    return Symbol(name, kind, _signature(node), first_sentence(_doc(node)), source.at(node))


def _is_open(node: Node) -> bool:
    """Public, and so are all types around it."""
    around = (a for a in ancestors(node) if a.type in _TYPES)
    return all("public" in _modifiers(n) for n in (node, *around))


def _obsolete(node: Node) -> bool:
    notes = " ".join(text_of(c) for c in node.named_children if c.type == "attribute_list")
    return "Obsolete" in notes or "EditorBrowsable" in notes


def _members(source: Source, node: Node) -> Iterator[Symbol]:
    body = node.child_by_field_name("body")
    seen: set[str] = set()
    found: list[Symbol] = []
    for child in body.named_children if body is not None else ():
        kind = _MEMBERS.get(child.type)
        public = "public" in _modifiers(child) or node.type == "interface_declaration"
        if not kind or not public or "override" in _modifiers(child) or _obsolete(child):
            continue
        symbol = _symbol(source, child, kind)
        if symbol.name in seen | _OBJECT or (kind == "property" and not symbol.doc):
            continue
        seen.add(symbol.name)
        found.append(symbol)
    yield from sorted(found, key=lambda symbol: (symbol.kind != "method", not symbol.doc))


def _types(source: Source) -> Iterator[ApiType]:
    for _, match in source.matches("api_c_sharp"):
        node = match["type"][0]
        is_struct = any(child.type == "struct" for child in node.children)
        kind = "type" if is_struct else _TYPES[node.type]
        if not _is_open(node) or _obsolete(node):
            continue
        namespace = _namespace(source, node)
        if _HIDDEN.search(namespace):
            continue
        found = ApiType(_symbol(source, node, kind), namespace, "csharp")
        found.members = list(_members(source, node))
        yield found


def _namespace(source: Source, node: Node) -> str:
    names = [
        text_of(a.child_by_field_name("name"))
        for a in ancestors(node)
        if a.type == "namespace_declaration"
    ]
    if not names:
        names = [
            text_of(child.child_by_field_name("name"))
            for child in source.root.named_children
            if child.type == "file_scoped_namespace_declaration"
        ]
    return ".".join(reversed(names))


def _select(repo: Repository, framework: Framework) -> Iterator[str]:
    """Sources of library projects, those nearest to the project file first."""
    projects: dict[str, list[str]] = {}
    for path in repo.own_sources(*framework.grammars):
        project = nearest_project(repo, path)
        if project and not _HIDDEN.search(path[len(folder_of(project)) :]):
            projects.setdefault(project, []).append(path)
    return shares(repo, {p: paths for p, paths in sorted(projects.items()) if is_library(repo, p)})


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    found = list(sources)
    counts = mentions(found)
    projects: dict[str, list[ApiType]] = {}
    for source in found:
        projects.setdefault(nearest_project(repo, source.path), []).extend(_types(source))
    for project, types in projects.items():
        named = project.rpartition("/")[2].rpartition(".")[0].rpartition(".")[2]
        for fact in facts(_once(types), {named}, counts):
            yield replace(fact, scope=folder_of(project))


def _once(types: list[ApiType]) -> list[ApiType]:
    """Parts of a partial type as one, the documented part first."""
    merged: dict[tuple[str, str], ApiType] = {}
    for item in sorted(types, key=lambda t: not t.symbol.doc):
        key = (item.package, item.symbol.name)
        known = merged.setdefault(key, item)
        if known is not item:
            names = {member.name for member in known.members}
            known.members += [m for m in item.members if m.name not in names]
    return list(merged.values())


FRAMEWORKS = (Framework("api_csharp", ("c_sharp",), re.compile(rb"\bpublic\b"), _facts, _select),)
