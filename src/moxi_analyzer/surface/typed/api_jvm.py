"""The public API of Java and Kotlin libraries: public types and methods of their main packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.manifests.gradle_module import LOGIC_FOLDER, Module
from moxi_analyzer.manifests.gradle_project import BUILD_NAMES, build_of
from moxi_analyzer.manifests.jvm import is_product
from moxi_analyzer.manifests.maven_model import load_pom, main_class
from moxi_analyzer.prose import about, first_sentence
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.typed.api import ApiType, Symbol, facts, mentions, shares
from moxi_analyzer.syntax import Source, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_SOURCE = lazy_pattern(r"((?:.*/)?)src/(?:main|(?:common|jvm)(?!\w*Test)\w*)/(?:java|kotlin)/(.*)")
_HIDDEN = lazy_pattern(r"(?:^|/)(?:internal|impl|generated|shaded|_internal|private)(?:/|$)")
_PACKAGE = lazy_pattern(rb"^\s*package\s+([\w.`]+)", re.MULTILINE)
_TYPES = {
    "class_declaration": "class",
    "record_declaration": "class",
    "enum_declaration": "type",
    "interface_declaration": "interface",
    "annotation_type_declaration": "type",
    "object_declaration": "class",
}
_NOT_PUBLIC = lazy_pattern(
    r"\b(?:private|protected|internal|override|actual)\b|@Override|@Deprecated|@Hidden"
)
_TAGS = lazy_pattern(r"</?[a-zA-Z][^<>]*>")
_INLINE = lazy_pattern(r"\{@(?:code|literal|value)\s+([^{}]*)\}")
_LINK = lazy_pattern(r"\{@link(?:plain)?\s+([^{}\s]+)(?:\s+([^{}]*))?\}")
_KDOC_LINK = lazy_pattern(r"\[([^\[\]\n]+)\]\[[\w. ]+\]")
_KDOC = lazy_pattern(r"\[([\w.]+)\](?![(\[])")
_OBJECT = frozenset("equals hashCode toString clone finalize compareTo main".split())

_BEFORE_A_NAME = frozenset({"line_comment", "comment", "annotated_expression"})


def javadoc(node: Node) -> str:
    """The documentation comment before a declaration, its marks and tags taken away."""
    previous = node.prev_named_sibling
    # The grammar takes some annotations of a Kotlin class for an expression before it.
    while previous is not None and previous.type in _BEFORE_A_NAME:
        previous = previous.prev_named_sibling
    if previous is None or not text_of(previous).startswith("/**"):
        return ""
    return plain_doc(text_of(previous))


def plain_doc(comment: str) -> str:
    """The text of a `/** … */` comment up to its first block tag."""
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment[3:].removesuffix("*/").splitlines()]
    kept: list[str] = []
    for line in lines:
        if re.match(r"\s*@\w+", line):
            break
        kept.append(line)
    text = _LINK.sub(lambda m: m[2] or m[1].lstrip("#").replace("#", "."), "\n".join(kept))
    text = _INLINE.sub(r"`\1`", re.sub(r"<p\s*/?>", "\n\n", text))
    text = _KDOC.sub(r"`\1`", _KDOC_LINK.sub(r"\1", text))
    return _TAGS.sub("", text).strip()


def signature(node: Node) -> str:
    """A declaration on one line, without annotations and body."""
    body = node.child_by_field_name("body") or next(
        (
            c
            for c in node.named_children
            if c.type in {"class_body", "function_body", "enum_class_body"}
        ),
        None,
    )
    text = (node.text or b"")[
        : body.start_byte - node.start_byte if body is not None else None
    ].decode("utf-8", "replace")
    modifiers = next((c for c in node.named_children if c.type == "modifiers"), None)
    for note in modifiers.named_children if modifiers is not None else ():
        if "annotation" in note.type:
            text = text.replace(text_of(note), "", 1)
    return " ".join(text.split()).rstrip("{;= ").strip()[:240]


def _is_public(node: Node, source: Source, inside_interface: bool) -> bool:
    modifiers = next((c for c in node.named_children if c.type == "modifiers"), None)
    words = text_of(modifiers)
    if _NOT_PUBLIC.search(words):
        return False
    return (
        source.grammar == "kotlin"
        or inside_interface
        or re.search(r"\bpublic\b", words) is not None
    )


def _symbol(source: Source, node: Node, kind: str) -> Symbol:
    name = text_of(node.child_by_field_name("name"))
    return Symbol(name, kind, signature(node), first_sentence(javadoc(node)), source.at(node))


def _members(source: Source, node: Node) -> Iterator[Symbol]:
    body = node.child_by_field_name("body") or next(
        (c for c in node.named_children if c.type in {"class_body", "enum_class_body"}), None
    )
    inside = node.type == "interface_declaration"
    seen: set[str] = set()
    found: list[Symbol] = []
    for child in body.named_children if body is not None else ():
        members = [child]
        if child.type == "companion_object":
            inner = next((c for c in child.named_children if c.type == "class_body"), None)
            members = inner.named_children if inner is not None else []
        for member in members:
            if member.type in {"method_declaration", "function_declaration"} and _is_public(
                member, source, inside
            ):
                symbol = _symbol(source, member, "method")
                if symbol.name not in seen | _OBJECT and not _is_plain_access(symbol):
                    seen.add(symbol.name)
                    found.append(symbol)
    yield from sorted(found, key=lambda symbol: not symbol.doc)


def _is_plain_access(symbol: Symbol) -> bool:
    """A getter or setter that nothing is said of, or an extension that only its class can call."""
    if re.search(r"\bfun\s+(?:<[^<>]*>\s*)?[\w<>?]+\.", symbol.signature):
        return True
    access = re.search(r"\b(?:get|is|has)[A-Z]\w*\(\)|\bset[A-Z]\w*\([^,()]*\)", symbol.signature)
    return access is not None and not symbol.doc


def _types(source: Source, package: str) -> Iterator[ApiType]:
    for node in source.root.named_children:
        if node.type == "function_declaration" and _is_public(node, source, False):
            yield ApiType(_symbol(source, node, "function"), package, source.grammar)
        kind = _TYPES.get(node.type)
        if kind and _is_public(node, source, False):
            if "interface" in text_of(node).partition("{")[0].split():
                kind = "interface"
            found = ApiType(_symbol(source, node, kind), package, source.grammar)
            if found.symbol.name and not found.symbol.doc.startswith("Internal"):
                found.members = list(_members(source, node))
                yield found


def _is_library(repo: Repository, folder: str) -> bool:
    """Whether the module in `folder` is made to be used by other code."""
    if LOGIC_FOLDER.fullmatch(folder):
        return False
    pom = f"{folder}/pom.xml".lstrip("/")
    if repo.has(pom):
        try:
            model = load_pom(repo, pom)
        except ManifestError:
            return False
        packaging = model.root.findtext("packaging") or "jar"
        return main_class(model) is None and packaging in {"jar", "bundle", "maven-plugin"}
    for name in BUILD_NAMES:
        path = f"{folder}/{name}".lstrip("/")
        if repo.has(path):
            build = build_of(repo, path)
            root = build.root_script
            script = root if root is not None and root.path == path else build.script(path)
            return Module(repo, build, script).kind in {"library", "android_library"}
    return False


def _select(repo: Repository, framework: Framework) -> Iterator[str]:
    """Main sources of library modules, those nearest to the root package first."""
    modules: dict[str, list[str]] = {}
    for path in repo.own_sources(*framework.grammars):
        found = _SOURCE.fullmatch(path)
        if found and is_product(path) and not _HIDDEN.search(found[2]):
            modules.setdefault(found[1].rstrip("/"), []).append(path)
    return shares(repo, {m: paths for m, paths in sorted(modules.items()) if _is_library(repo, m)})


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    found = list(sources)
    counts = mentions(found)
    modules: dict[str, list[Source]] = {}
    for source in found:
        match = _SOURCE.fullmatch(source.path)
        modules.setdefault(match[1].rstrip("/") if match else "", []).append(source)
    for folder, members in modules.items():
        types: list[ApiType] = []
        for source in members:
            package = _PACKAGE.search(source.content)
            name = package[1].decode().replace("`", "") if package else ""
            if source.path.endswith("/package-info.java"):
                continue
            types += _types(source, name)
        named = {folder.rpartition("/")[2], repo.name.rpartition("+")[2]}
        for fact in facts(types, named, counts):
            yield replace(fact, scope=folder)
        yield from _about(folder, members)


def _about(folder: str, sources: list[Source]) -> Iterator[Fact]:
    """What package-info.java of the root package says."""
    infos = [s for s in sources if s.path.endswith("/package-info.java")]
    for source in sorted(infos, key=lambda s: s.path.count("/"))[:1]:
        comment = re.search(r"/\*\*.*?\*/", source.content.decode("utf-8", "replace"), re.DOTALL)
        paragraph = about(plain_doc(comment[0])) if comment else None
        if paragraph is not None and comment is not None:
            line = source.content[: comment.start()].count(b"\n") + 1
            place = Evidence(path=source.path, line=line)
            detail = {"from": "package comment"}
            yield Fact(
                kind="about", value=paragraph.text, evidence=place, scope=folder, detail=detail
            )


FRAMEWORKS = (
    Framework(
        "api_jvm",
        ("java", "kotlin"),
        re.compile(rb"\b(?:package|class|interface|fun)\b"),
        _facts,
        _select,
    ),
)
