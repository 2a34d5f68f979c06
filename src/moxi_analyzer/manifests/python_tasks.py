"""Task runners of Python projects: tox environments, nox sessions, invoke tasks."""

from __future__ import annotations

import ast
import configparser
import itertools
import re
import warnings
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_toml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_ENVIRONMENTS = 24
_MAX_EXPANDED = 200
_BRACES = lazy_pattern(r"\{([^{}]*)\}")
_PLAIN_NAME = lazy_pattern(r"[\w.][\w.+-]*")
_PYTHON_FACTOR = lazy_pattern(r"(?:py|pypy)\d?[\d.]*t?")


def _task(tool: str, name: str, run: str, text: str, evidence: Evidence) -> Fact:
    return Fact(
        kind="task",
        value=name,
        evidence=evidence,
        scope=folder_of(evidence.path),
        text=one_line(text),
        detail={"tool": tool, "run": run},
    )


def _tox_ini(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    if path.endswith("setup.cfg") and "[tox:tox]" not in text:
        return
    yield from _from_ini(text, path, 1)


def _from_ini(text: str, path: str, first_line: int) -> Iterator[Fact]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError, TypeError) as error:
        raise ManifestError(f"not a valid INI file: {str(error).splitlines()[0]}") from error
    lines = Lines(text)
    main = "tox" if parser.has_section("tox") else "tox:tox"
    listed = ""
    for key in ("envlist", "env_list"):
        listed = listed or (parser.get(main, key, fallback="") or "")
    helps = {}
    for section in parser.sections():
        kind, _, name = section.partition(":")
        if kind == "testenv" and name:
            helps.update(dict.fromkeys(_expand(name), _ini_help(parser, section)))
    for name, line in _environments(listed, helps, lines):
        place = Evidence(path=path, line=line + first_line - 1 if line else 0)
        yield _task("tox", name, f"tox -e {name}", helps.get(name, ""), place)


def _ini_help(parser: configparser.RawConfigParser, section: str) -> str:
    help_ = parser.get(section, "description", fallback="") or ""
    return "" if "{" in help_ else help_


def _environments(listed: str, helps: dict[str, str], lines: Lines) -> Iterator[tuple[str, int]]:
    """(name, line): those with a section of their own first, then the listed ones."""
    named = [n for n in helps if _PLAIN_NAME.fullmatch(n) and not n.startswith((".", "_"))]
    others = [n for n in _expand(listed) if n not in helps and _PLAIN_NAME.fullmatch(n)]
    plain = [n for n in others if not any(map(_PYTHON_FACTOR.fullmatch, n.split("-")))]
    matrix = [n for n in others if n not in plain]
    if len(matrix) > 8:
        matrix = []  # a test matrix: nobody types these one by one
    list_line = lines.find(r"^\s*env_?list\s*=")
    for name in [*named, *plain, *matrix][:_MAX_ENVIRONMENTS]:
        own = lines.find(rf"^\[(?:testenv:|(?:tool\.tox\.)?env\.)[\"']?{re.escape(name)}[\"']?\]")
        own = own or (lines.find(rf"^\[testenv:.*\b{re.escape(name)}\b") if name in helps else 0)
        yield name, own or list_line


def _expand(text: str) -> list[str]:
    """Names of a tox list, with `{a,b}` written out."""
    names: list[str] = []
    for item in re.split(r"[\s,]+(?![^{]*\})", re.sub(r"#.*", "", text)):
        parts = _BRACES.split(item)
        choices = [
            [c.strip() for c in part.split(",")] if i % 2 else [part]
            for i, part in enumerate(parts)
        ]
        for combined in itertools.islice(itertools.product(*choices), _MAX_EXPANDED):
            name = re.sub(r"-{2,}", "-", "".join(combined)).strip("-")
            if name and name not in names and len(names) < _MAX_EXPANDED:
                names.append(name)
    return names


def _tox_toml(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    tox = load_toml(text) if "tox" in text or "env" in text else {}
    if path.endswith("pyproject.toml"):
        tox = as_dict(as_dict(tox.get("tool")).get("tox"))
        legacy = tox.get("legacy_tox_ini")
        if isinstance(legacy, str):
            yield from _from_ini(legacy, path, Lines(text).find("legacy_tox_ini"))
            return
    helps = {
        name: as_str(as_dict(raw).get("description"))
        for name, raw in as_dict(tox.get("env")).items()
    }
    listed = ",".join(as_str(name) for name in as_list(tox.get("env_list")))
    for name, line in _environments(listed, helps, Lines(text)):
        place = Evidence(path=path, line=line)
        yield _task("tox", name, f"tox -e {name}", helps.get(name, ""), place)


def _functions(
    repo: Repository, path: str, gate: str
) -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
    """(function, decorator) of the top-level functions of a Python file."""
    text = repo.text(path) or ""
    if gate not in text:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError) as error:
        raise ManifestError(f"not valid Python: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                yield node, decorator


def _called(decorator: ast.expr) -> tuple[str, dict[str, Any]]:
    """The dotted name of a decorator and its literal keyword arguments."""
    given: dict[str, Any] = {}
    if isinstance(decorator, ast.Call):
        for keyword in decorator.keywords:
            try:
                given[keyword.arg or ""] = ast.literal_eval(keyword.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
        decorator = decorator.func
    return ast.unparse(decorator), given


def _help_of(function: ast.FunctionDef) -> str:
    paragraph = (ast.get_docstring(function) or "").partition("\n\n")[0]
    return re.split(r"(?<=[.!?])\s", " ".join(paragraph.split()), maxsplit=1)[0]


def _nox(repo: Repository, path: str) -> Iterator[Fact]:
    for function, decorator in _functions(repo, path, "nox"):
        called, given = _called(decorator)
        if called not in {"nox.session", "session", "nox_poetry.session"}:
            continue
        name = as_str(given.get("name")) or function.name
        if not name.startswith("_"):
            place = Evidence(path=path, line=function.lineno)
            yield _task("nox", name, f"nox -s {name}", _help_of(function), place)


def _invoke(repo: Repository, path: str) -> Iterator[Fact]:
    for function, decorator in _functions(repo, path, "invoke"):
        called, given = _called(decorator)
        if called not in {"task", "invoke.task"}:
            continue
        name = as_str(given.get("name")) or function.name.strip("_").replace("_", "-")
        if not function.name.startswith("_"):
            help_ = _help_of(function)
            place = Evidence(path=path, line=function.lineno)
            yield _task("invoke", name, f"invoke {name}", help_, place)


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"tox\.ini|setup\.cfg", _tox_ini),
    manifest(r"tox\.toml|pyproject\.toml", _tox_toml),
    manifest(r"noxfile\.py", _nox),
    manifest(r"tasks\.py", _invoke, folder=""),
)
