"""Imports, symbols and keyword arguments in the code that a README shows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from moxi_eval.evidence import Place, is_code
from moxi_eval.ground import Candidate, Ground, Word
from moxi_eval.near import near_identifiers, near_packages, near_words
from moxi_eval.page import Span

_PYTHON = frozenset({"python", "py", "python3", "pycon", ""})
_SCRIPT = frozenset({"js", "javascript", "ts", "typescript", "jsx", "tsx", "mjs", ""})
_CALLABLE = r"[A-Za-z_]\w*"


def imports(ground: Ground) -> Iterator[Candidate | None]:
    """Modules of the repository that code imports, in any language that names them by path."""
    readers = (
        _python_import,
        _script_import,
        _go_import,
        _rust_import,
        _ruby_import,
        _named_import,
    )
    for span in ground.page.of("code"):
        for reader in readers:
            yield from reader(ground, span)


def _word(span: Span, match: re.Match[str], group: int = 1) -> Word:
    return Word(match[group], span.line, span.column + match.start(group))


def _python_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    match = re.match(r"(?:>>> |In \[\d+\]: )?(?:from|import) ([A-Za-z_][\w.]*)", span.text)
    if not match or span.language not in _PYTHON:
        return
    path = _python_module(ground, match[1])
    if path:
        base, dot, last = match[1].rpartition(".")
        near = (
            near_words(last)
            if dot
            else (w.replace("-", "_") for w in near_packages(last, dashes=False))
        )
        choices = (
            (f"{base}{dot}{other}", f"no module {base}{dot}{other}; {path} is there")
            for other in near
            if not ground.files.sources_with(other) and other not in ground.dependencies
            and not _python_module(ground, f"{base}{dot}{other}")
        )  # fmt: skip
        yield ground.candidate("import", _word(span, match), match[1], path, choices)


def _python_module(ground: Ground, module: str) -> str:
    """The file of a Python module; "" where the repository has none of that name."""
    path = module.replace(".", "/")
    for root in ("", "src/", "lib/", "python/"):
        for ending in (".py", "/__init__.py", ".pyi"):
            if f"{root}{path}{ending}" in ground.files.paths:
                return f"{root}{path}{ending}"
    return ""


def _script_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    if span.language not in _SCRIPT:
        return
    for match in re.finditer(
        r"(?:\bfrom\s*|\brequire\(|\bimport\s*\(?)[\"']([@\w][\w./@-]*)[\"']", span.text
    ):
        name = "/".join(match[1].split("/")[: 2 if match[1].startswith("@") else 1])
        registry, place = ground.packages.get(name, ("", Place("")))
        if registry == "npm":
            choices = (
                (other, f"{place} declares {name}")
                for other in near_packages(name, dashes=True)
                if other not in ground.packages and other not in ground.dependencies
            )
            yield ground.candidate("import", _word(span, match), name, place, choices)


def _go_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    module = re.search(r"^module\s+(\S+)", ground.files.text("go.mod"), re.MULTILINE)
    match = re.match(r"(?:import\s+)?(?:[\w.]+\s+)?\"([\w.-]+\.\w+/[\w./-]+)\"$", span.text)
    if not module or not match or not match[1].startswith(module[1]):
        return
    folder = match[1].removeprefix(module[1]).strip("/")
    if folder and ground.files.exists(folder):
        parent, slash, last = folder.rpartition("/")
        choices = [
            (f"{module[1]}/{parent}{slash}{other}", f"no folder {parent}{slash}{other}")
            for other in near_words(last)
            if not ground.files.exists(f"{parent}{slash}{other}")
        ]
        yield ground.candidate("import", _word(span, match), match[1], folder, choices)
    elif not folder:
        owner, _, name = module[1].rpartition("/")
        versioned = re.fullmatch(r"v\d+", name)
        other = f"{owner}" if versioned else f"{module[1]}/v2"
        yield ground.candidate(
            "import", _word(span, match), match[1], "go.mod", [(other, f"go.mod says {module[1]}")]
        )


def _rust_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    match = re.match(r"(?:pub )?use (\w+)(?:::|;| as)", span.text)
    if not match or span.language not in {"rust", "rs", ""}:
        return
    for name in (match[1], match[1].replace("_", "-")):
        registry, place = ground.packages.get(name, ("", Place("")))
        if registry == "cargo":
            choices = (
                (other.replace("-", "_"), f"{place} declares {name}")
                for other in near_packages(name, dashes=False)
                if other not in ground.packages and other.replace("-", "_") not in ground.dependencies
                and other not in ground.dependencies
            )  # fmt: skip
            yield ground.candidate("import", _word(span, match), match[1], place, choices)
            return


def _ruby_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    match = re.match(r"require ['\"]([\w/-]+)['\"]", span.text)
    path = f"lib/{match[1]}.rb" if match else ""
    if match and path in ground.files.paths:
        parent, slash, last = match[1].rpartition("/")
        choices = (
            (f"{parent}{slash}{other}", f"no such file: lib/{parent}{slash}{other}.rb")
            for other in [*near_words(last), *near_packages(last, dashes=True)]
            if f"lib/{parent}{slash}{other}.rb" not in ground.files.paths
            and other not in ground.dependencies
        )
        yield ground.candidate("import", _word(span, match), match[1], path, choices)


def _named_import(ground: Ground, span: Span) -> Iterator[Candidate | None]:
    """Java, Kotlin, PHP and C#: the last part of a dotted name is a file that declares it."""
    match = re.match(
        r"(?:import (?:static )?|use |using )([A-Za-z][\w]*(?:[.\\][A-Za-z]\w*){1,8});?\s*$",
        span.text,
    )
    if not match or span.language in _PYTHON - {""}:
        return
    last = re.split(r"[.\\]", match[1])[-1]
    endings = (".java", ".kt", ".php", ".cs")
    place = next(
        (
            p
            for p in ground.files.sources_with(last)
            if p.endswith(endings) and PurePosixPath(p).stem == last
        ),
        "",
    )
    if place:
        choices = (
            (f"{match[1][: -len(last)]}{other}", f"{other} stands in no file")
            for other in near_identifiers(last)
            if not ground.files.mentions(other)
        )
        yield ground.candidate("import", _word(span, match), match[1], place, choices)


_DEFINES = r"\b(?:def|class|function\*?|func|fn|struct|enum|trait|interface|type|const|let|var|object|val|fun|record|namespace|module|defmodule|public|static|export)\b[^\n=({{;]{{0,80}}?\b{name}\b|^\s*{name}\s*[=(:]|^func \([^)\n]{{1,60}}\) {name}\("


def symbols(ground: Ground) -> Iterator[Candidate | None]:
    """Names of the API that a README's code imports or calls, which source defines."""
    modules = _own_modules(ground)
    for span in ground.page.of("code", "inline"):
        for match in _uses(span, modules):
            name = match[1]
            place = _defined(ground, name)
            if len(name) > 3 and place:
                choices = (
                    (other, f"{other} stands in no file; {place} defines {name}")
                    for other in near_identifiers(name)
                    if not ground.files.mentions(other)
                )
                yield ground.candidate("symbol", _word(span, match), name, place, choices)


def _uses(span: Span, modules: frozenset[str]) -> Iterator[re.Match[str]]:
    """Names that a line takes from one of our modules: imported by name, or after its dot."""
    if span.kind == "code":
        head = re.match(r"(?:>>> )?from ([\w.]+) import \(?(.*)", span.text)
        if head and head[1].partition(".")[0] in modules:
            yield from re.finditer(
                r"(?<![\w.])([A-Za-z_]\w+)(?!\w*\s+as\b)", _blank(span.text, head.start(2))
            )
        braces = re.match(
            r"(?:import|export|const|let|var)\s.*\{([^}]*)\}.*[\"']([@\w./-]+)[\"']", span.text
        )
        if braces and braces[2] in modules:
            text = span.text[: braces.end(1)]
            yield from re.finditer(r"(?<![\w.])([A-Za-z_$]\w+)", _blank(text, braces.start(1)))
    for match in re.finditer(
        r"(?<![\w.:$/\\-])([A-Za-z_]\w*)(?:\.|::)([A-Za-z_]\w+)(?=\s*[(<{;:.]|$)", span.text
    ):
        if match[1] in modules:
            found = re.compile(r"([A-Za-z_]\w+)").match(span.text, match.start(2))
            if found:
                yield found


def _blank(text: str, until: int) -> str:
    return " " * until + text[until:]


def _own_modules(ground: Ground) -> frozenset[str]:
    """What our packages are called in code."""
    found = {ground.files.name, *ground.packages}
    for name in list(found):
        base = name.rpartition("/")[2]
        found |= {base, base.replace("-", "_"), base.replace("-", ""), base.removesuffix(".js")}
        found.add("".join(part.capitalize() for part in re.split(r"[-_]", base)))
    return frozenset(found)


def _defined(ground: Ground, name: str) -> Place | None:
    for path in filter(is_code, ground.files.sources_with(name)[:60]):
        line = ground.files.line_of(path, _DEFINES.format(name=re.escape(name)))
        if line:
            return Place(path, line)
    return None


@dataclass
class _Signatures:
    """The parameters of all Python functions of one name; `any_key` where one takes `**kwargs`."""

    parameters: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    any_key: bool = False


def keywords(ground: Ground) -> Iterator[Candidate | None]:
    """Keyword arguments of Python functions and classes of the repository."""
    known = _signatures(ground)
    for span in ground.page.of("code", "inline"):
        if span.language not in _PYTHON:
            continue
        for call in re.finditer(rf"(?<!\w)({_CALLABLE})\(([^()\n]*)", span.text):
            signature = known.get(call[1])
            if signature is None or signature.any_key:
                continue
            for match in re.finditer(r"(?<![\w.])([a-z_]\w{2,})\s*=(?!=)", call[2]):
                if match[1] in signature.parameters:
                    choices = (
                        (other, f"no {call[1]} takes {other}")
                        for other in near_words(match[1])
                        if other.isidentifier() and other not in signature.parameters
                    )
                    word = Word(match[1], span.line, span.column + call.start(2) + match.start(1))
                    yield ground.candidate(
                        "keyword", word, match[1], signature.places[match[1]], choices
                    )


def _signatures(ground: Ground) -> dict[str, _Signatures]:
    found: dict[str, _Signatures] = defaultdict(_Signatures)
    for path in ground.files.source_paths:
        if not path.endswith((".py", ".pyi")):
            continue
        try:
            module = ast.parse(ground.files.text(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _note(found[node.name], node, path)
            elif isinstance(node, ast.ClassDef):
                _note_class(found[node.name], node, path)
    return dict(found)


def _note(signature: _Signatures, node: ast.FunctionDef | ast.AsyncFunctionDef, path: str) -> None:
    arguments = node.args
    signature.any_key = (
        signature.any_key or arguments.kwarg is not None or bool(node.decorator_list)
    )
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        signature.parameters.add(argument.arg)
        signature.places.setdefault(argument.arg, Place(path, argument.lineno))


def _note_class(signature: _Signatures, node: ast.ClassDef, path: str) -> None:
    """A class is called as its `__init__`; one without is left alone, its bases may take anything."""
    starts = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
    signature.any_key = signature.any_key or not starts
    for start in starts:
        _note(signature, start, path)


FINDERS = (imports, symbols, keywords)
