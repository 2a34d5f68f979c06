"""C++ option libraries: CLI11, p-ranav/argparse, cxxopts, boost::program_options, gflags, absl.

Parsers are passed between functions: each function is read on its own, then those called with a
parser are laid out below the sub-command that the parser stands for.
Captures of `queries/cpp_options.scm`: `@function` with `@declarator` and `@body`; `@flag`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.c.texts import string
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import default_in
from moxi_analyzer.syntax import Source, descendants, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_GATE = Gate(
    b"CLI::App",
    b"ArgumentParser",
    b"cxxopts",
    patterns={
        b"add_options": rb"add_options\s*\(",
        b"DEFINE_": rb"\bDEFINE_(?:bool|string|u?int|double)",
        b"ABSL_FLAG(": rb"\bABSL_FLAG\(",
    },
)
_MADE = lazy_pattern(r"CLI::App|ArgumentParser|cxxopts::Options|options_description")
_PARAMETER = lazy_pattern(r"(?:CLI::App|ArgumentParser)\s*[*&]*\s*(?:const\s*)?(\w+)")
_PLAIN = lazy_pattern(r"-?\d+(?:\.\d+)?[fFuUlL]*|true|false")
_CLI11 = frozenset({"add_option", "add_option_function", "add_flag", "add_flag_callback", "add_flag_function", "add_option_no_stream"})  # fmt: skip
_MAX_DEPTH = 6
_MAX_FACTS = 4_000


@dataclass
class _Function:
    """What a function does with the parsers it makes or is given, in order."""

    name: str
    makes: Evidence | None = None
    framework: str = ""
    prog: str = ""
    text: str = ""
    options: list[tuple[str, Option, Evidence]] = field(default_factory=list)
    commands: list[tuple[str, str, Evidence]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)


def _facts(_repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    functions: dict[str, _Function] = {}
    flags: list[tuple[Option, Evidence]] = []
    parses_flags: Evidence | None = None
    for source in sources:
        for _, match in source.matches("cpp_options"):
            if "flag" in match:
                flags += _flag(source, match)
            else:
                function = _read(source, match["declarator"][0], match["body"][0])
                # Every program has its own main().
                key = f"{source.path}:{function.name}" if function.makes else function.name
                functions.setdefault(key, function)
        if parses_flags is None and re.search(rb"ParseCommandLine", source.content):
            parses_flags = Evidence(path=source.path)
    roots = [f for f in functions.values() if f.makes and (f.options or f.commands or f.calls)]
    for root in roots:
        facts = list(_emit(functions, root))
        if any(fact.kind == "option" for fact in facts):
            yield from facts[:_MAX_FACTS]
    if flags and parses_flags is not None:
        program = Program(parses_flags.path, "gflags")
        yield program.command("", parses_flags)
        for option, at in flags:
            yield program.option(option, at)


def _emit(functions: dict[str, _Function], root: _Function) -> Iterator[Fact]:
    if root.makes is None:
        return
    program = Program(root.makes.path, root.framework, root.prog)
    yield program.command("", root.makes, root.text)
    yield from _lay_out(program, functions, root, "", 0)


def _lay_out(
    program: Program, functions: dict[str, _Function], function: _Function, path: str, depth: int
) -> Iterator[Fact]:
    for name, text, at in function.commands:
        yield program.command(f"{path} {name}".strip(), at, text)
    for scope, option, at in function.options:
        yield program.option(option, at, f"{path} {scope}".strip())
    for callee, scope in function.calls:
        below = functions.get(callee)
        if below is not None and below.makes is None and depth < _MAX_DEPTH:
            yield from _lay_out(program, functions, below, f"{path} {scope}".strip(), depth + 1)


def _read(source: Source, declarator: Node, body: Node) -> _Function:
    name = re.match(r"[&*\s]*([\w:~]+)\s*\(", text_of(declarator)[:200])
    function = _Function(name[1].rpartition("::")[2] if name else "")
    parsers = {m[1]: "" for m in _PARAMETER.finditer(text_of(declarator))}
    for node in descendants(body, "declaration", "call_expression", "assignment_expression"):
        if node.type == "call_expression":
            _call(source, node, function, parsers)
        else:
            _declaration(source, node, function, parsers)
    return function


def _declaration(source: Source, node: Node, function: _Function, parsers: dict[str, str]) -> None:
    """`CLI::App app{…}` makes a parser; `auto* x = app.add_subcommand("name")` one below it."""
    declarator = node.child_by_field_name("declarator") or node
    value = declarator.child_by_field_name("value") or node.child_by_field_name("right")
    target = declarator.child_by_field_name("declarator") or node.child_by_field_name("left")
    variable = text_of(target).strip("*& ")
    if value is not None and value.type == "call_expression":
        inner = _innermost(value)
        method, owner = _method(inner)
        if method == "add_subcommand" and owner in parsers:
            name = next((s for s in map(string, _given(inner)) if s is not None), "")
            parsers[variable] = f"{parsers[owner]} {name}".strip()
    kind = text_of(node.child_by_field_name("type"))
    if node.type == "declaration" and _MADE.search(kind) and "*" not in text_of(declarator)[:2]:
        given = list(map(string, value.named_children if value is not None else []))
        first, second = ([*given, None, None])[:2]
        if "ArgumentParser" in kind and function.makes is not None and first:
            parsers[variable] = first
            return
        parsers[variable or text_of(declarator)] = ""
        if function.makes is None:
            function.makes = source.at(node)
            function.framework = "cli11" if "CLI" in kind else "argparse" if "Arg" in kind else "cxxopts" if "cxxopts" in kind else "program_options"  # fmt: skip
            prog, text = (second, first) if "CLI" in kind else (first, second)
            prog = prog if function.framework != "program_options" else None
            function.prog = prog if prog and re.fullmatch(r"[\w.+-]+", prog) else ""
            function.text = text if text and function.framework != "argparse" else ""


def _innermost(call: Node) -> Node:
    """Of `a.b(…)->c(…)->d(…)`, the call `a.b(…)`."""
    while True:
        function = call.child_by_field_name("function")
        owner = function.child_by_field_name("argument") if function is not None else None
        if function is not None and function.type == "call_expression":
            call = function
        elif owner is not None and owner.type == "call_expression":
            call = owner
        else:
            return call


def _method(call: Node) -> tuple[str, str]:
    function = call.child_by_field_name("function")
    if function is None or function.type != "field_expression":
        return "", ""
    name = text_of(function.child_by_field_name("field")).partition("<")[0]
    return name, text_of(function.child_by_field_name("argument"))


def _given(call: Node) -> list[Node]:
    listed = call.child_by_field_name("arguments")
    return [c for c in listed.named_children if c.type != "comment"] if listed is not None else []


def _call(source: Source, call: Node, function: _Function, parsers: dict[str, str]) -> None:
    callee = call.child_by_field_name("function")
    if callee is not None and callee.type == "call_expression":
        _link(source, call, function)
        return
    method, owner = _method(call)
    given = _given(call)
    if not method or owner not in parsers:
        passed = next((parsers[t] for a in given if (t := text_of(a).strip("&*")) in parsers), None)
        passed = _made_inline(given, parsers) if passed is None else passed
        if passed is not None:
            name = method or text_of(callee).rpartition("::")[2]
            function.calls.append((name, passed))
        return
    first = string(given[0]) if given else None
    if first is None:
        return
    scope, at = parsers[owner], source.at(call)
    if method == "add_subcommand":
        text = string(given[1]) if len(given) > 1 else None
        function.commands.append((f"{scope} {first}".strip(), text or "", at))
    elif method in _CLI11:
        option = _cli11(method, first, given, call)
        function.options += [(scope, option, at)] if option else []
    elif method == "add_argument":
        option = _argparse(given, call)
        function.options += [(scope, option, at)] if option else []


def _made_inline(given: list[Node], parsers: dict[str, str]) -> str | None:
    """The path of a sub-command that is made where it is passed on."""
    for argument in given:
        if argument.type == "call_expression":
            method, owner = _method(argument)
            names = [string(a) for a in _given(argument)]
            if method == "add_subcommand" and owner in parsers and names and names[0]:
                return f"{parsers[owner]} {names[0]}".strip()
    return None


def _chain(call: Node) -> dict[str, list[Node]]:
    """Methods called on a call's result, with their arguments: `->required()->envname("X")`."""
    found: dict[str, list[Node]] = {}
    node: Node | None = call
    for _ in range(20):
        field_node = node.parent if node is not None else None
        if field_node is None or field_node.type != "field_expression":
            break
        outer = field_node.parent
        if outer is None or outer.type != "call_expression":
            break
        name = text_of(field_node.child_by_field_name("field")).partition("<")[0]
        found[name] = _given(outer)
        node = outer
    return found


def _value(nodes: list[Node] | None) -> str:
    if not nodes:
        return ""
    literal = string(nodes[0])
    plain = text_of(nodes[0])
    return literal if literal is not None else plain if _PLAIN.fullmatch(plain) else ""


def _cli11(method: str, names: str, given: list[Node], call: Node) -> Option | None:
    words = [word.strip() for word in names.split(",")]
    negations = tuple(w.removeprefix("!") for w in words if w.startswith("!"))
    forms = [re.sub(r"[{!].*$", "", w) for w in words if not w.startswith("!")]
    chain = _chain(call)
    if any(string(group) == "" for group in chain.get("group", [])):
        return None  # CLI11 hides options of the group ""
    text = next((t for t in map(string, given[1:]) if t is not None), "")
    detail = {
        "required": "true" if "required" in chain else "",
        "env": _value(chain.get("envname")),
        "default": _value(chain.get("default_val") or chain.get("default_str")) or default_in(text),
        "metavar": _value(chain.get("type_name") or chain.get("option_text")),
        "choices": "",
    }
    kept = {key: value for key, value in detail.items() if value}
    dashed = tuple(form for form in forms if re.fullmatch(r"--?[\w?][\w.-]*", form))
    if not dashed:
        plain = [form for form in forms if re.fullmatch(r"[\w.-]+", form)]
        return Option((plain[0],), text, positional=True, detail=kept) if plain else None
    return Option(dashed, text, "flag" if "flag" in method else "value", negations, detail=kept)


def _argparse(given: list[Node], call: Node) -> Option | None:
    forms = [f for f in map(string, given) if f]
    chain = _chain(call)
    if not forms or "hidden" in chain:
        return None
    text = _value(chain.get("help"))
    default = _value(chain.get("default_value"))
    flag = "implicit_value" in chain or "flag" in chain or _value(chain.get("nargs")) == "0"
    choices = [c for c in map(string, chain.get("choices", [])) if c]
    detail = {
        "required": "true" if "required" in chain else "",
        "default": "" if flag and default == "false" else default,
        "metavar": _value(chain.get("metavar")),
        "choices": ", ".join(choices),
        "repeatable": "true" if "append" in chain or "remaining" in chain else "",
    }
    kept = {key: value for key, value in detail.items() if value}
    if not forms[0].startswith("-"):
        return Option((forms[0],), text, positional=True, detail=kept)
    return Option(tuple(forms), text, "flag" if flag else "value", detail=kept)


def _link(source: Source, call: Node, function: _Function) -> None:
    """One `("d,debug", "text", value)` of a chain that begins with add_options()."""
    if _method(_innermost(call))[0] != "add_options":
        return
    given = _given(call)
    names = string(given[0]) if given else None
    if not names:
        return
    parts = [part.strip() for part in names.split(",")]
    if not all(re.fullmatch(r"[\w?][\w.-]*", part) for part in parts):
        return
    forms = tuple(f"-{p}" if len(p) == 1 else f"--{p}" for p in parts)
    text = next((t for t in map(string, given[1:]) if t is not None), "")
    value = next((text_of(a) for a in given[1:] if "value" in text_of(a) or "switch" in text_of(a)), "")  # fmt: skip
    default = re.search(r"default_value\(\s*(?:\"([^\"]*)\"|([\w.+-]+))\s*\)", value)
    shown = (default[1] or default[2] or "") if default else ""
    shown = shown if default and (default[1] or _PLAIN.fullmatch(shown)) else ""
    flag = not value or "value<bool>" in value or "bool_switch" in value
    detail = {
        "default": "" if flag and shown == "false" else shown,
        "required": "true" if "->required()" in value else "",
        "repeatable": "true" if "vector<" in value else "",
    }
    kept = {key: item for key, item in detail.items() if item}
    function.options.append(("", Option(forms, text, "flag" if flag else "value", detail=kept), source.at(given[0])))  # fmt: skip


def _flag(source: Source, match: dict[str, list[Node]]) -> Iterator[tuple[Option, Evidence]]:
    given = [a for a in match["arguments"][0].named_children if a.type != "comment"]
    macro = text_of(match["macro"][0])
    if macro == "ABSL_FLAG":
        kind, given = text_of(given[0]) if given else "", given[1:]
    else:
        kind = macro.removeprefix("DEFINE_")
    if len(given) < 3:
        return
    name, text = text_of(given[0]), string(given[2])
    if re.fullmatch(r"[a-z]\w*", name) and text is not None:
        default = _value([given[1]])
        flag = kind == "bool"
        detail = {"default": default} if default and not (flag and default == "false") else {}
        yield Option((f"--{name}",), text, "flag" if flag else "value", detail=detail), source.at(match["flag"][0])  # fmt: skip


FRAMEWORKS = (Framework("cpp_options", ("cpp",), _GATE, _facts),)
