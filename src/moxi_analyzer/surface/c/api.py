"""The public API of C and C++ libraries: what their installed headers declare.

Export and namespace macros hide declarations from a grammar, so they are blanked (or, for
`FOO_BEGIN_NAMESPACE`, replaced by what they stand for) in place: every line keeps its number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.api_doc import Symbol, first_sentence, ranked
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_HEADER = lazy_pattern(r"(?P<base>(?:[\w.-]+/){0,3}?(?:include/|single_include/)|)(?P<name>(?:[\w.-]+/)*[\w.-]+\.(?:h|hpp|hh|hxx))")  # fmt: skip
_INNER = lazy_pattern(r"(?:^|/)(?:internal|detail|details|impl|private|priv|_\w+|bits|test\w*|third\w*|deps)(?:/|$)|(?:_internal|-internal|_impl|-impl|_private|_p|-inl|_detail)\.\w+$|(?:^|/)(?:config|stdafx|pch|version|resource)\.\w+$", re.I)  # fmt: skip
_LIBRARY = lazy_pattern(r"install_headers|include_HEADERS|lib_LTLIBRARIES|add_library|\b(?:shared_|both_)?library\s*\(|install\s*\(\s*(?:FILES|DIRECTORY|TARGETS)")  # fmt: skip
_BUILD_FILES = lazy_pattern(r"(?:[\w.-]+/)?(?:CMakeLists\.txt|meson\.build|Makefile\.am|configure\.ac)")  # fmt: skip
_INSTALLED = lazy_pattern(r"^\s*(?:nobase_)?(?:include|pkginclude)_HEADERS\s*\+?=\s*((?:[^\n]*\\\n)*[^\n]*)", re.M)  # fmt: skip
_CPP = lazy_pattern(rb"^\s*(?:class|namespace|template\s*<|public:|enum class)\b|std::|constexpr", re.M)  # fmt: skip
_ALONE = lazy_pattern(r"^[ \t]*[A-Z][A-Z0-9_]{2,}(?:\([^()\n]*\))?[ \t]*;?[ \t]*$", re.M)
_EXPORT = lazy_pattern(r"(?<![\w#])(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|__declspec\([^()\n]*\)|__attribute__\s*\(\([^\n]*?\)\))(?:\([\w, \"]*\))?(?=[ \t]+[A-Za-z_:~*&])")  # fmt: skip
_TRAILING = lazy_pattern(r"(?<=\))[ \t]+(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:\([^()\n]*\))?(?=\s*;)")
_NAMESPACE = lazy_pattern(r"#\s*define\s+(\w*BEGIN\w*)\s*\\?\s*namespace\s+(\w+)")
_GATE = lazy_pattern(rb"[(;{]")
_MAX_HEADERS = 60
_MAX_COUNTED = 400
_INCLUDED = lazy_pattern(r"^\s*#\s*include\s+[\"<]([^\">\n]+)", re.MULTILINE)
_CONTAINERS = frozenset({"preproc_ifdef", "preproc_if", "preproc_else", "preproc_elif", "linkage_specification", "declaration_list", "translation_unit"})  # fmt: skip


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    """Installed headers of a library: those in include/, those listed, or those at the root."""
    library = any(
        _LIBRARY.search(repo.text(path) or "")
        for path in repo.files
        if _BUILD_FILES.fullmatch(path)
    )
    headers = [
        path
        for path in repo.own_sources("c", "cpp")
        if (found := _HEADER.fullmatch(path)) and not _INNER.search(found["name"])
    ]
    included = [p for p in headers if "include/" in p] if library else []
    listed = [p for p in headers if p in _listed(repo)]
    root = [p for p in headers if "/" not in p]
    program = any(re.fullmatch(r"main\.\w+", p) for p in repo.inside("")) or len(root) > 12
    chosen = included or listed or ([] if program or repo.has("Makefile.am") else root)
    name = repo.name.lower()
    used = Counter(
        word.rpartition("/")[2]
        for path in chosen[:_MAX_COUNTED]
        for word in _INCLUDED.findall(repo.text(path) or "")
    )
    place = {p: (_stem(p) != name, -used[p.rpartition("/")[2]], p.count("/"), p) for p in chosen}
    yield from sorted(chosen, key=lambda path: place[path])[:_MAX_HEADERS]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].lower()


def _listed(repo: Repository) -> frozenset[str]:
    found: set[str] = set()
    for path in ("Makefile.am", "src/Makefile.am", "include/Makefile.am"):
        folder = path.rpartition("/")[0]
        for words in _INSTALLED.findall(repo.text(path) or ""):
            found |= {f"{folder}/{word}".lstrip("/") for word in words.replace("\\", " ").split()}
    return frozenset(found)


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    paths = list(_select(repo, FRAMEWORKS[0]))
    texts = {path: text for path in paths if (text := repo.text(path)) is not None}
    spaces = {m[1]: m[2] for text in texts.values() for m in _NAMESPACE.finditer(text)}
    symbols: list[Symbol] = []
    language = "c"
    for position, (path, text) in enumerate(texts.items()):
        cpp = path.endswith((".hpp", ".hh", ".hxx")) or bool(_CPP.search(text.encode()))
        language = "cpp" if cpp else language
        source = Source(path, "cpp" if cpp else "c", _cleaned(text, spaces).encode())
        found = _HEADER.fullmatch(path)
        included = found["name"] if found and found["base"] else path.rpartition("/")[2]
        reader = _Reader(source, position, f"#include <{included}>")
        reader.walk(source.root, "")
        symbols += reader.symbols
    yield from ranked(symbols, language, "")


def _cleaned(text: str, spaces: dict[str, str]) -> str:
    def alone(match: re.Match[str]) -> str:
        word = match[0].strip()
        if word in spaces:
            return f"namespace {spaces[word]} {{"
        return "}" if "END" in word and word.replace("END", "BEGIN") in spaces else ""

    lines = []
    continued = False
    for line in text.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        if not directive:
            line = _ALONE.sub(alone, line)
            line = _EXPORT.sub(lambda m: " " * len(m[0]), line)
            line = _TRAILING.sub("", line)
        lines.append(line)
    return "\n".join(lines)


class _Reader:
    """Walks the declarations of one header."""

    def __init__(self, source: Source, position: int, bring: str) -> None:
        self.source, self.position, self.bring = source, position, bring
        self.symbols: list[Symbol] = []

    def walk(self, node: Node, scope: str) -> None:
        for child in node.named_children:
            if child.type in _CONTAINERS:
                self.walk(child, scope)
            elif child.type == "namespace_definition":
                self._namespace(child, scope)
            elif child.type == "template_declaration":
                inner = child.named_children[-1]
                self._declared(inner, child, scope)
            else:
                self._declared(child, child, scope)

    def _namespace(self, node: Node, scope: str) -> None:
        name = text_of(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        if body is None or re.search(r"detail|internal|impl|^_|priv", name):
            return
        inline = text_of(node).startswith("inline") or not name
        self.walk(body, scope if inline else f"{scope}{name}::")

    def _declared(self, node: Node, outer: Node, scope: str) -> None:
        if node.type in {"declaration", "function_definition"}:
            self._function(node, outer, scope, "function", "")
        elif node.type == "preproc_function_def":
            self._macro(node)
        elif node.type == "type_definition":
            self._typedef(node, scope)
        if node.type in {"class_specifier", "struct_specifier", "enum_specifier"}:
            self._type(node, outer, scope)
        elif node.type in {"declaration", "type_definition"}:
            kind = node.child_by_field_name("type")
            if kind is not None and kind.type in {"class_specifier", "struct_specifier"} and node.type == "declaration":  # fmt: skip
                self._type(kind, outer, scope)

    def _function(self, node: Node, outer: Node, scope: str, kind: str, parent: str) -> None:
        declarator = node.child_by_field_name("declarator")
        while declarator is not None and declarator.type in {"pointer_declarator", "reference_declarator"}:  # fmt: skip
            declarator = declarator.child_by_field_name("declarator") or (declarator.named_children[-1] if declarator.named_children else None)  # fmt: skip
        if declarator is None or declarator.type != "function_declarator":
            return
        name = text_of(declarator.child_by_field_name("declarator"))
        head = text_of(node)[:200]
        if not re.fullmatch(r"[A-Za-z]\w*", name) or name.isupper() or re.match(r"\s*static\s+(?!inline)\w+.*\{", head):  # fmt: skip
            return
        if name.endswith("_") or "= delete" in text_of(node)[-40:]:
            return
        self._add(f"{scope}{name}", kind, outer, _signature(outer, node), parent)

    def _macro(self, node: Node) -> None:
        name = text_of(node.child_by_field_name("name"))
        parameters = text_of(node.child_by_field_name("parameters"))
        if _doc(node) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and not name.endswith("_H"):
            self._add(name, "macro", node, f"#define {name}{parameters}", "")

    def _typedef(self, node: Node, scope: str) -> None:
        name = text_of(node.child_by_field_name("declarator"))
        kind = node.child_by_field_name("type")
        if re.fullmatch(r"[A-Za-z]\w*", name) and kind is not None and kind.type.endswith("_specifier"):  # fmt: skip
            self._add(
                f"{scope}{name}", "type", node, f"typedef {kind.type.split('_')[0]} {name}", ""
            )

    def _type(self, node: Node, outer: Node, scope: str) -> None:
        name = text_of(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        if body is None or not re.fullmatch(r"[A-Za-z]\w*", name):
            return
        word = node.type.split("_")[0]
        self._add(f"{scope}{name}", "class" if word == "class" else "type", outer, f"{word} {name}", "")  # fmt: skip
        if self.source.grammar != "cpp" or word == "enum":
            return
        public = word == "struct"
        for member in body.named_children:
            if member.type == "access_specifier":
                public = text_of(member).startswith("public")
            elif public and member.type in {"field_declaration", "function_definition", "declaration"}:  # fmt: skip
                self._method(member, f"{scope}{name}")

    def _method(self, node: Node, owner: str) -> None:
        declarator = node.child_by_field_name("declarator")
        while declarator is not None and declarator.type in {"pointer_declarator", "reference_declarator"}:  # fmt: skip
            declarator = declarator.named_children[-1] if declarator.named_children else None
        if declarator is None or declarator.type != "function_declarator":
            return
        name = text_of(declarator.child_by_field_name("declarator"))
        plain = re.fullmatch(r"[a-zA-Z]\w*", name) and name != owner.rpartition("::")[2]
        if plain and not name.endswith("_") and "= delete" not in text_of(node)[-40:]:
            self._add(f"{owner}::{name}", "method", node, _signature(node, node), owner)

    def _add(self, name: str, kind: str, node: Node, signature: str, parent: str) -> None:
        order = (self.position, int(bool(parent) or kind == "macro"), node.start_point.row)
        at = self.source.at(node)
        self.symbols.append(
            Symbol(name, kind, at, signature, _doc(node), parent, self.bring, order)
        )


def _signature(outer: Node, node: Node) -> str:
    body = node.child_by_field_name("body")
    raw = outer.text or b""
    if body is not None:
        raw = raw[: body.start_byte - outer.start_byte]
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", raw.decode("utf-8", "replace"), flags=re.DOTALL)
    return " ".join(text.split()).rstrip("{:; ").strip()


def _doc(node: Node) -> str:
    """The comment above a declaration, or the one at the end of its line."""
    above, row = node.prev_sibling, node.start_point.row
    parts: list[str] = []
    while above is not None and above.type == "comment" and row - above.end_point.row <= 1:
        before = above.prev_sibling
        if before is not None and before.end_point.row == above.start_point.row and before.type != "comment":  # fmt: skip
            break
        parts.append(text_of(above))
        row, above = above.start_point.row, before
    after = node.next_sibling
    if not parts and after is not None and after.type == "comment" and after.start_point.row == node.end_point.row:  # fmt: skip
        parts = [text_of(after)]
    return _words("\n".join(reversed(parts)))


_NO_WORDS = lazy_pattern(r"clang-format (?:on|off)\b|DEPRECATED!?\W*$|NOLINT|TODO\b|FIXME\b")


def _words(comment: str) -> str:
    if re.search(r"copyright|SPDX|license", comment, re.IGNORECASE):
        return ""
    lines: list[str] = []
    for line in comment.splitlines():
        text = re.sub(r"^\s*(?:/\*+[!<]*|///?[!<]*|//[!<]*|\*+(?!/))|\*/\s*$", "", line).strip()
        text = re.sub(r"^[@\\](?:brief|short|details)\s+", "", text)
        if re.match(r"^[@\\]\w+|^[-=*/_]{4,}$", text) or (not text and lines):
            if lines:
                break
            continue
        if text and not _NO_WORDS.match(text):
            lines.append(text)
    return first_sentence(re.sub(r"[@\\][cpa]\s+", "", " ".join(lines)))


FRAMEWORKS = (Framework("api_c", ("c", "cpp"), _GATE, _facts, _select),)
