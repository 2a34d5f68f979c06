"""Judges of imports in code blocks: only the project's own modules are judged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .document import Code
from .statement import Case, Statement, Verdict

PYTHON = {"python", "py", "python3", "pycon", "ipython"}
SCRIPT = {"js", "javascript", "jsx", "ts", "typescript", "tsx", "mjs", "cjs", "vue", "html"}
JVM = {"java", "kotlin", "kt", "scala", "groovy"}


def _statement(name: str, text: str, line: int, verdict: Verdict, why: str = "") -> Statement:
    return Statement("import", f"import:{name}", text.strip(), line, verdict, why)


def _python(case: Case, text: str, line: int) -> Iterator[Statement]:
    match = re.match(r"\s*(?:>>> )?from\s+([\w.]+)\s+import\s+\(?([\w, ]*)", text)
    names = [n.split(" as ")[0].strip() for n in match[2].split(",")] if match else []
    plain = re.match(r"\s*(?:>>> )?import\s+([\w.]+)", text)
    module = match[1] if match else plain[1] if plain else ""
    top = module.split(".")[0]
    if not top or not (case.tree.named(f"{top}.py") or _package(case, top)):
        return
    path = module.replace(".", "/")
    there = case.tree.ends_with(f"{path}.py") or case.tree.ends_with(path)
    native = case.tree.suffixed(".pyx", ".so", ".pyi") or case.tree.in_source("__getattr__")
    for name in [n for n in names if n] or [""]:
        ok = there and (
            not name or case.tree.in_source(name) or case.tree.ends_with(f"{path}/{name}.py")
        )
        verdict: Verdict = (
            "true" if ok else "unknown" if native or ("." not in module and not there) else "false"
        )
        yield _statement(f"{module}.{name}".rstrip("."), text, line, verdict)


def _package(case: Case, top: str) -> bool:
    return any(
        p.endswith(f"/{top}/__init__.py") or p == f"{top}/__init__.py"
        for p in case.tree.named("__init__.py")
    )


def _node(case: Case, text: str, line: int) -> Iterator[Statement]:
    for match in re.finditer(
        r"(?:\bfrom\s+|\brequire\(\s*|\bimport\s+|\bimport\(\s*)[\"']([^\"']+)[\"']", text
    ):
        parts = match[1].split("/")
        name = "/".join(parts[:2]) if match[1].startswith("@") else parts[0]
        if name in case.project.packages["npm"]:
            yield _statement(match[1], text, line, "true", "the package's name")


def _jvm(case: Case, text: str, line: int) -> Iterator[Statement]:
    match = re.match(r"\s*import\s+(?:static\s+)?([a-z][\w.]*)\.([A-Z]\w*|\*)", text)
    if match and case.tree.ends_with(match[1].replace(".", "/")):
        ok = match[2] == "*" or case.tree.in_source(match[2])
        yield _statement(f"{match[1]}.{match[2]}", text, line, "true" if ok else "false")


def _go(case: Case, text: str, line: int) -> Iterator[Statement]:
    for match in re.finditer(r"\"([\w.-]+\.[\w.-]+/[\w./-]+)\"", text):
        for folder, module in case.project.go_modules.items():
            if match[1] == module or match[1].startswith(module + "/"):
                place = f"{folder}/{match[1][len(module) :].strip('/')}".strip("/")
                yield _statement(
                    match[1], text, line, "true" if case.tree.exists(place) else "false"
                )


def _rust(case: Case, text: str, line: int) -> Iterator[Statement]:
    match = re.match(r"\s*use\s+(\w+)((?:::\w+)*)", text)
    crates = {name.replace("-", "_") for name in case.project.packages["crates.io"]}
    if match and match[1] in crates:
        parts = [part for part in match[2].split("::") if part]
        ok = all(case.tree.in_source(part) for part in parts)
        yield _statement(match[1] + match[2], text, line, "true" if ok else "false")


def _other(case: Case, text: str, line: int) -> Iterator[Statement]:
    """C, Ruby, Haskell, Dart: the file named by the import is in the tree."""
    include = re.match(r"\s*#\s*include\s+[<\"]([\w./-]+)[>\"]", text)
    ruby = re.match(r"\s*require\s+['\"]([\w/-]+)['\"]\s*$", text)
    haskell = re.match(r"\s*import\s+(?:qualified\s+)?([A-Z]\w*(?:\.[A-Z]\w*)+)", text)
    dart = re.match(r"\s*import\s+['\"]package:(\w+)/([\w/]+\.dart)['\"]", text)
    if include and case.tree.ends_with(include[1]):
        yield _statement(include[1], text, line, "true")
    elif ruby and case.tree.ends_with(f"lib/{ruby[1]}.rb"):
        yield _statement(ruby[1], text, line, "true")
    elif haskell and case.tree.ends_with(haskell[1].replace(".", "/") + ".hs"):
        yield _statement(haskell[1], text, line, "true")
    elif dart and dart[1] in case.project.packages["pub.dev"]:
        there = case.tree.ends_with(f"lib/{dart[2]}")
        yield _statement(f"{dart[1]}/{dart[2]}", text, line, "true" if there else "false")


def imports(case: Case) -> Iterator[Statement]:
    for block in case.document.blocks:
        for line, text in enumerate(block.lines, block.line):
            yield from _line(case, block, text, line)


def _line(case: Case, block: Code, text: str, line: int) -> Iterator[Statement]:
    if block.language in PYTHON:
        yield from _python(case, text, line)
    elif block.language in SCRIPT:
        yield from _node(case, text, line)
    elif block.language in JVM:
        yield from _jvm(case, text, line)
    elif block.language in {"go", "golang"}:
        yield from _go(case, text, line)
    elif block.language in {"rust", "rs"}:
        yield from _rust(case, text, line)
    elif block.language not in {"", "text", "console", "sh", "bash", "shell"}:
        yield from _other(case, text, line)
