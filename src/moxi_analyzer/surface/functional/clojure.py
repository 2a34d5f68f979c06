"""Clojure command lines: tools.cli option vectors and babashka.cli specs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests.edn import (
    Edn,
    Form,
    Keyword,
    Symbol,
    as_form,
    as_text,
    read_form,
)
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_VECTOR = lazy_pattern(r"\[\s*(?:nil|\"-[^-\"\s]\")\s+\"--[A-Za-z\[]")
_SPEC = lazy_pattern(r":spec\s*\{|\(def\s+(?:\^\S+\s+)*[\w-]*(?:spec|opts|options)[\w-]*\s+\{")
_LONG = lazy_pattern(r"--(\[no-\])?([\w-]+)(?:[ =](\S.*))?")
_SPEC_KEYS = {"desc", "alias", "coerce", "ref", "default", "default-desc", "require"}
_SUFFIXES = (".clj", ".cljc", ".cljs", ".bb")


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        text = repo.text(source.path) or ""
        options = list(_tools_cli(text, source.path)) or list(_babashka_cli(text, source.path))
        if options:
            yield Fact(
                kind="command",
                value="",
                evidence=Evidence(path=source.path, line=options[0].evidence.line),
                detail={"root": source.path, "framework": options[0].detail["framework"]}
                | _prog(repo, text),
            )
            yield from options


def _prog(repo: Repository, text: str) -> dict[str, str]:
    """How to run a namespace that has a main function, with the tool that the project uses."""
    found = re.search(r"\(ns\s+(?:\^\S+\s+)*([a-z][\w.-]*)", text)
    if not found or not re.search(r"\(defn\s+(?:\^\S+\s+)*-main\b", text):
        return {}
    if repo.has("deps.edn"):
        return {"prog": f"clojure -M -m {found[1]}"}
    return {"prog": f"lein run -m {found[1]}"} if repo.has("project.clj") else {}


def _option(path: str, framework: str, line: int, name: str, text: str, **detail: str) -> Fact:
    return Fact(
        kind="option",
        value=name,
        evidence=Evidence(path=path, line=line),
        text=one_line(text),
        detail={"root": path, "framework": framework}
        | {key: value for key, value in detail.items() if value},
    )


def _tools_cli(text: str, path: str) -> Iterator[Fact]:
    """`["-p" "--port PORT" "Port number" :default 80]`"""
    if "tools.cli" not in text:
        return
    for found in _VECTOR.finditer(text):
        vector = as_form(read_form(text, found.start()), "[")
        if vector is None or len(vector.items) < 2:
            continue
        long = _LONG.fullmatch(as_text(vector.items[1]))
        if not long:
            continue
        short = as_text(vector.items[0])
        help_text = as_text(vector.items[2]) if len(vector.items) > 2 else ""
        start = 3 if help_text else 2
        options = Form("{", vector.items[start:], vector.lines[start:], vector.line)
        forms = [
            f"--{long[2]}",
            *([f"--no-{long[2]}"] if long[1] else []),
            *([short] if short else []),
        ]
        yield _option(
            path, "tools.cli", vector.line, f"--{long[2]}", help_text,
            short=short, forms=", ".join(forms), metavar=long[3] or "",
            takes="value" if long[3] else "flag", default=_default(options),
            repeatable="true" if options.get("multi") == "true" else "",
        )  # fmt: skip


def _default(options: Form) -> str:
    """A default as the help shows it; nothing for what is computed."""
    shown = as_text(options.get("default-desc"))
    value = options.get("default")
    if shown or value is None or isinstance(value, Form):
        return shown
    if isinstance(value, Symbol) and not re.fullmatch(r"-?\d[\d.]*|true|false", value):
        return ""
    return str(value)


def _babashka_cli(text: str, path: str) -> Iterator[Fact]:
    """`{:port {:desc "Port number" :alias :p :default 80}}`"""
    # Where commands are dispatched, a spec is one command's: which, only running it would tell.
    if "babashka.cli" not in text or re.search(r"/dispatch\b", text):
        return
    seen: set[str] = set()
    for found in _SPEC.finditer(text):
        spec = as_form(read_form(text, found.end() - 1), "{")
        if spec is None or not _is_spec(spec):
            continue
        for key, value, line in spec.pairs():
            table = as_form(value, "{")
            if not isinstance(key, Keyword) or table is None or key in seen:
                continue
            seen.add(key)
            alias, coerce = table.get("alias"), table.get("coerce")
            short = f"-{alias}" if isinstance(alias, Keyword) and len(alias) == 1 else ""
            flag = coerce in {"boolean", "bool"} and isinstance(coerce, Keyword)
            default = _default(table)
            metavar, choices = _ref(as_text(table.get("ref")))
            yield _option(
                path, "babashka.cli", line, f"--{key}", as_text(table.get("desc")),
                short=short, forms=", ".join([f"--{key}", *([short] if short else [])]),
                metavar=metavar, choices=", ".join(choices), default=default,
                takes="flag" if flag else "value" if coerce or as_text(table.get("ref")) else "",
                repeatable="true" if isinstance(coerce, Form) else "",
                required="true" if table.get("require") == "true" else "",
            )  # fmt: skip


def _ref(ref: str) -> tuple[str, list[str]]:
    """What stands for a value: its name, or the values themselves in `[ a | b ]`."""
    if not re.fullmatch(r"\[.*\||.*\|.*", ref):
        return ref, []
    choices = [choice.strip() for choice in ref.strip("[] ").split("|")]
    return "", choices if all(re.fullmatch(r"[\w:.+-]+", c) for c in choices) else []


def _is_spec(spec: Form) -> bool:
    """Whether a map's values describe options: each is a map with keys that specs have."""
    values = [as_form(value, "{") for _, value, _ in spec.pairs()]
    return bool(values) and all(value is not None and _describes(value) for value in values)


def _describes(value: Form) -> bool:
    keys: set[Edn] = {key for key, _, _ in value.pairs() if isinstance(key, Keyword)}
    return not keys or bool(keys & _SPEC_KEYS)


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return (p for p, e in repo.files.items() if p.endswith(_SUFFIXES) and e.role == "source")


FRAMEWORKS = (
    Framework("clojure_cli", (), re.compile(rb"tools\.cli|babashka\.cli"), _facts, _select),
)
