"""Environment variables that the code reads, with their defaults: one query file per language but Ruby.

Captures of `queries/env_<grammar>.scm`: `@name` (string literal), `@default` (optional), `@read` (the
expression, where a default may stand behind it: `… ?? "default"`). Those defaults are looked for here:
as patterns, they would make most queries twice as slow to compile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.ruby.environment import reads
from moxi_analyzer.surface.rust.syntax import in_tests
from moxi_analyzer.syntax import Match, Source, literal, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = lazy_pattern(r"[A-Z][A-Z0-9_]{1,63}")
_TEXT = lazy_pattern(r"(?P<mark>[\"'])(?P<text>\w+)(?P=mark)(?:\s*#.*)?")
_ITEM = lazy_pattern(rb'"((?!LD_|PATH")[A-Z][A-Z0-9_]{1,63})"')
_PLAIN = lazy_pattern(r"-?\d+(\.\d+)?|true|false|True|False")

_OR_ELSE = frozenset({"??", "||", "?:"})

_JAVASCRIPT_GATE = Gate(
    b"process.env",
    b"process?.env",
    b"Bun.env",
    b"Bun?.env",
    b"Deno.env.get",
    b"meta.env",
    b"meta?.env",
)
# A helper of the project's own that is asked for a variable: `getEnvVar("NAME", …)`, `CommonEnv.getInt("NAME", …)`.
_JVM_GATE = Gate(b"System.getenv", patterns={b"Env": rb"Env\w{0,60}(?:\.get\w{0,60})?\(\s*\"[A-Z]"})
# grammar -> what stands in every file that reads a variable
_GATES = {
    "python": Gate(b"environ", b"getenv"),
    "javascript": _JAVASCRIPT_GATE,
    "typescript": _JAVASCRIPT_GATE,
    "tsx": _JAVASCRIPT_GATE,
    "ruby": Gate(patterns={b"ENV": rb"\bENV\b"}),
    "php": Gate(
        b"getenv",
        b"$_ENV",
        patterns={
            b"$_SERVER": rb"\$_SERVER\b[^;]{0,400}?(?:\?|\|\|)",  # of what a server tells, what has a default
            b"env(": rb"\benv\(",
            b"Env": rb"\bEnv::|\bget[\w\x80-\xff]*Env(?:Var)?\b",
        },
    ),
    "c": Gate(b"getenv"),
    "cpp": Gate(b"getenv", b"qEnvironmentVariable"),
    "java": _JVM_GATE,
    "kotlin": _JVM_GATE,
    "c_sharp": Gate(b"GetEnvironmentVariable"),
    "rust": Gate(
        patterns={b"var(": rb"\bvar\(", b"var_os(": rb"\bvar_os\(", b"env!(": rb"\benv!\("}
    ),
}

# What a file must hold for a query to find something in it: for TypeScript's grammars each is slow to compile.
_JAVASCRIPT_QUERIES = {
    "env_javascript": Gate(b"process.env", b"process?.env", b"Bun.env", b"Bun?.env"),
    "env_javascript_taken": Gate(
        patterns={
            b"process.env": rb"=\s*process\.env(?![\w.?\[])",
            b"Bun.env": rb"=\s*Bun\.env(?![\w.?\[])",
        }
    ),
    "env_deno": Gate(b"Deno.env.get"),
    "env_vite": Gate(b"meta.env", b"meta?.env"),
}


def _facts(_repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        found = list(_read_in(source))
        # Where a variable is read twice, the place with the default tells more.
        yield from sorted(found, key=lambda fact: "default" not in fact.detail)


def _read_in(source: Source) -> Iterator[Fact]:
    for match in _matches(source):
        node = match["name"][0]
        if source.grammar == "c" and node.type == "identifier":
            yield from _table(source, text_of(node))
            continue
        is_constant = source.grammar == "python" and node.type == "identifier"
        name = _constant(source, node) if is_constant else literal(node) or text_of(node)
        if not _NAME.fullmatch(name) or _is_written(node) or _is_tested(source, node):
            continue
        default_node = match.get("default", [None])[0] or _behind(match.get("read", [None])[0])
        if default_node is None and match.get("_map") and text_of(match["_map"][0]) == "$_SERVER":
            continue  # what a web server tells of a request
        default = literal(default_node)
        if default is None and _PLAIN.fullmatch(text_of(default_node)):
            default = text_of(default_node)
        yield Fact(
            kind="env_var",
            value=name,
            evidence=source.at(node),
            detail={"default": default} if default else {},
        )


def _matches(source: Source) -> Iterator[Match]:
    if source.grammar == "ruby":
        return reads(source)
    if source.grammar not in {"javascript", "typescript", "tsx"}:
        return (match for _, match in source.matches(f"env_{source.grammar}"))
    needed = (name for name, gate in _JAVASCRIPT_QUERIES.items() if gate.search(source.content))
    found = [match for name in needed for _, match in source.matches(name)]
    return iter(sorted(found, key=lambda match: match["name"][0].start_byte))


def _table(source: Source, array: str) -> Iterator[Fact]:
    """The names in a C array of strings, of which the code asks for one by its index."""
    pattern = (
        rf"\b{re.escape(array)}\s*\[[^\]\n]{{0,60}}\]\s*=\s*\{{([^{{}}]{{0,8000}})\}}".encode()
    )
    found = re.search(pattern, source.content)
    for item in _ITEM.finditer(found[1]) if found else ():
        line = source.content.count(b"\n", 0, found.start(1) + item.start()) + 1 if found else 0
        at = Evidence(path=source.path, line=line)
        yield Fact(kind="env_var", value=item[1].decode(), evidence=at)


def _constant(source: Source, node: Node) -> str:
    """The text that a Python file gives a name of its own, once and for all; "" if it does not."""
    pattern = rf"^{re.escape(text_of(node))}(?:\s*:[^=\n]+)?\s*=\s*(.*)$".encode()
    given = re.findall(pattern, source.content, re.MULTILINE)
    found = (
        _TEXT.fullmatch(given[0].decode("utf-8", "replace").strip()) if len(given) == 1 else None
    )
    return found["text"] if found else ""


def _is_tested(source: Source, node: Node) -> bool:
    """Whether only a test reads it: Rust keeps its tests in the files that they test."""
    return source.grammar == "rust" and in_tests(node)


def _behind(read: Node | None) -> Node | None:
    """The default behind `??`, `||` or `?:`, the variable being what stands before it."""
    whole = read.parent if read is not None else None
    if read is None or whole is None or whole.named_child(0) != read:
        return None
    if whole.type in {"binary", "binary_expression"}:
        operator = whole.child(1)
        return whole.named_child(1) if operator and operator.type in _OR_ELSE else None
    if whole.type == "conditional_expression" and whole.named_child_count == 2:
        return whole.named_child(1)
    return None


def _is_written(name: Node) -> bool:
    """Whether the variable is only set here: `process.env.NAME = value`."""
    access = name.parent
    target = access.parent if access is not None else None
    if access is None or target is None or "assignment" not in target.type:
        return False
    return target.child_by_field_name("left") == access


def _shipped(repo: Repository, framework: Framework) -> Iterable[str]:
    # Hidden folders hold actions and tools, often bundled, that are no part of the product;
    # declarations of types hold no code.
    own = repo.own_sources(*framework.grammars)
    shown = (path for path in own if not path.startswith(".") and "/." not in path)
    return (path for path in shown if not path.endswith((".d.ts", ".d.mts", ".d.cts")))


FRAMEWORKS = tuple(
    Framework(f"env_{grammar}", (grammar,), gate, _facts, _shipped)
    for grammar, gate in _GATES.items()
)
