"""What users of a Go module import: exported functions, types and methods, most central first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from moxi_analyzer.braces import tidy
from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.comments import doc_comment, first_sentence
from moxi_analyzer.golang.modules import Folder, Module
from moxi_analyzer.golang.packages import Decl, GoPackage, go_code
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_SYMBOLS = 150
_MAX_PACKAGES = 40
_EXPORTED = lazy_pattern(r"[A-Z]\w*")
_WORD = lazy_pattern(r"\b[A-Z]\w*")
_DEPRECATED = lazy_pattern(r"^Deprecated:", re.MULTILINE)
_NOT_OFFERED = lazy_pattern(r"(?:.*/)?(?:cmd|mocks?|testing|\w*test|\w*mock|testhelpers?)")
_WEIGHTS = {"function": 12, "type": 18, "interface": 20, "method": 32, "constant": 60}
_MAKER = lazy_pattern(r"(?:New|Open|Parse|Load|Dial|Connect|Run|Start)(?![a-z])")
_AUXILIARY = lazy_pattern(
    r"(?:Options?|Config|Args|Results?|Error|Func|Params?|Test\w*|Default\w+)$|^Default\w"
)
_MAX_USES = 60


@dataclass
class _Symbol:
    name: str
    kind: str
    signature: str
    doc: str
    decl: Decl
    node: Node
    parent: str = ""

    @property
    def weight(self) -> int:
        """The lower, the earlier a reader wants to meet it."""
        weight = _WEIGHTS[self.kind]
        if self.kind == "function" and _MAKER.match(self.name):
            weight -= 5
        if self.name in {"New", "Default"}:
            weight -= 8
        if _AUXILIARY.search(self.name):
            weight += 8
        return weight if self.doc else weight + 10


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    modules = go_code(repo).modules
    for module in modules.by_folder.values():
        role, first = modules.role(module)
        if role == "binary" or first is None or not module.path:
            continue
        offered = [p for p in modules.libraries(module) if not _NOT_OFFERED.fullmatch(p.path)]
        if role == "both" and first.path != module.folder:
            offered = [first]
        offered.sort(key=lambda p: (p.path != first.path, p.path.count("/"), p.path))
        yield from _module(repo, module, offered[:_MAX_PACKAGES])


def _module(repo: Repository, module: Module, offered: list[Folder]) -> Iterator[Fact]:
    rank = 0
    for folder in offered:
        package = go_code(repo).package(folder.path)
        if package is None or rank >= _MAX_SYMBOLS:
            continue
        path = go_code(repo).modules.import_path(folder.path)
        for symbol in _ranked(package, _uses(repo, folder))[: _MAX_SYMBOLS - rank]:
            yield _fact(symbol, folder, module, path, rank)
            rank += 1


def _fact(symbol: _Symbol, folder: Folder, module: Module, path: str, rank: int) -> Fact:
    detail = {
        "signature": symbol.signature,
        "symbol": symbol.kind,
        "import": f'import "{path}"',
        "language": "Go",
        "rank": str(rank),
    }
    if symbol.parent:
        detail["parent"] = symbol.parent
    owner = symbol.parent or folder.name
    return Fact(
        kind="api_symbol",
        value=f"{owner}.{symbol.name}",
        evidence=symbol.decl.file.source.at(symbol.node),
        scope=module.folder,
        text=first_sentence(symbol.doc),
        detail=detail,
    )


def _uses(repo: Repository, folder: Folder) -> Counter[str]:
    """How often examples and example tests name each member of a package."""
    pattern = re.compile(rb"\b" + folder.name.encode() + rb"\.([A-Z]\w*)")
    tests = [p for p in repo.inside(folder.path) if p.endswith("_test.go")]
    shown = [p for p in tests if b"\nfunc Example" in (repo.read(p) or b"")]
    shown += [p for p, f in repo.files.items() if f.role == "example" and p.endswith(".go")]
    return Counter(
        name.decode()
        for path in shown[:_MAX_USES]
        for name in pattern.findall(repo.read(path) or b"")
    )


def _ranked(package: GoPackage, uses: Counter[str]) -> list[_Symbol]:
    symbols = [s for s in _symbols(package) if not _DEPRECATED.search(s.doc)]
    mentions = Counter(
        word for s in symbols for word in _WORD.findall(s.signature) if word != s.name
    )
    methods = Counter(s.parent for s in symbols if s.parent)

    def order(symbol: _Symbol) -> tuple[int, int]:
        central = min(mentions[symbol.parent or symbol.name] + methods[symbol.name], 12)
        used = 0 if symbol.parent else min(uses[symbol.name], 6) * 2
        return symbol.weight - central - used, symbol.node.start_point.row

    return sorted(symbols, key=order)


def _symbols(package: GoPackage) -> Iterator[_Symbol]:
    for decl in package.functions.values():
        if _EXPORTED.fullmatch(decl.name):
            yield _Symbol(
                decl.name, "function", _header(decl.node), doc_comment(decl.node), decl, decl.node
            )
    for decl in package.types.values():
        if _EXPORTED.fullmatch(decl.name):
            yield from _type(decl)
    for receiver, methods in package.methods.items():
        for decl in methods.values() if _EXPORTED.fullmatch(receiver) else ():
            if _EXPORTED.fullmatch(decl.name):
                doc = doc_comment(decl.node)
                signature = _header(decl.node)
                yield _Symbol(decl.name, "method", signature, doc, decl, decl.node, receiver)
    for decl in package.values.values():
        doc = _declared_doc(decl)
        if _EXPORTED.fullmatch(decl.name) and doc:
            yield _Symbol(decl.name, "constant", one_line(_value(decl)), doc, decl, decl.node)


def _value(decl: Decl) -> str:
    keyword = "const" if decl.node.type == "const_spec" else "var"
    text = text_of(decl.node).partition("\n")[0].rstrip(" {(")
    return f"{keyword} {text}"


def _type(decl: Decl) -> Iterator[_Symbol]:
    of = decl.type
    kind = of.type if of is not None else ""
    text = " ".join(text_of(decl.node).split())
    if kind in {"struct_type", "interface_type"}:
        word = kind.removesuffix("_type")
        text = text[: text.index(word) + len(word)] if word in text else text
    doc = _declared_doc(decl)
    symbol = "interface" if kind == "interface_type" else "type"
    yield _Symbol(decl.name, symbol, one_line(f"type {text}"), doc, decl, decl.node)
    if of is not None and kind == "interface_type":
        for method in of.named_children:
            name = text_of(method.child_by_field_name("name"))
            if method.type in {"method_elem", "method_spec"} and _EXPORTED.fullmatch(name):
                signature = " ".join(text_of(method).split())
                yield _Symbol(
                    name,
                    "method",
                    one_line(signature),
                    doc_comment(method),
                    decl,
                    method,
                    decl.name,
                )


def _declared_doc(decl: Decl) -> str:
    """The comment on a spec; in a declaration of its own, that on the declaration."""
    found = doc_comment(decl.node)
    around = decl.node.parent
    if not found and around is not None and around.type.endswith("_declaration"):
        found = doc_comment(around)
    return found


def _header(node: Node) -> str:
    body = node.child_by_field_name("body")
    text = text_of(node)
    if body is not None:
        text = text.encode()[: body.start_byte - node.start_byte].decode("utf-8", "replace")
    return one_line(tidy(text))


_GATE = lazy_pattern(rb"(?m)^(?:func|type) (?:\([^)\n]*\) )?[A-Z]")

FRAMEWORKS = (Framework("api_go", ("go",), _GATE, _facts),)
