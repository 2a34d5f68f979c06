"""Autotools: configure.ac and Makefile.am, read macro by macro without expanding any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.cmake import main_source
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_MACRO = lazy_pattern(r"\b(AC_INIT|AM_INIT_AUTOMAKE|AC_PREREQ|AC_ARG_ENABLE|AC_ARG_WITH|AC_ARG_VAR|"
                    r"PKG_CHECK_MODULES|AX_CXX_COMPILE_STDCXX|AX_CXX_COMPILE_STDCXX_\d+|AC_SUBST|"
                    r"AC_CONFIG_SRCDIR|m4_define)\b(\(?)")  # fmt: skip
_MAX_SPENT = 1_000_000
_MAX_ARGUMENTS = 20_000
_BOOTSTRAPS = ("autogen.sh", "bootstrap.sh", "bootstrap", "buildconf", "autogen")
_HELP = lazy_pattern(r"(?:AS_HELP_STRING|AC_HELP_STRING)\(")
_FORM = lazy_pattern(r"--(enable|disable|with|without)-([\w.+-]+)(?:\[?=([^\s\],]+))?")
_DEFAULT = lazy_pattern(r"\(?\bdefault(?:=|: ?| is )([\w./-]+)\)?$")


class Macro(NamedTuple):
    """A macro call with its unquoted arguments, and its line."""

    name: str
    args: list[str]
    line: int


def parse_macros(text: str) -> Iterator[Macro]:
    """The macro calls in a configure.ac that this reader knows."""
    line, counted, spent = 1, 0, 0
    for found in _MACRO.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        prefix = text[start : min(start + 200, found.start())]
        if prefix.lstrip().startswith(("dnl", "#")):
            continue
        line += text.count("\n", counted, found.start())
        counted = found.start()
        args = split_arguments(text, found.end()) if found[2] else []
        yield Macro(found[1], args, line)
        spent += sum(map(len, args))
        if spent > _MAX_SPENT:  # calls inside calls without end
            return


def split_arguments(text: str, start: int) -> list[str]:
    """Arguments of a call from just behind its `(`: split at commas outside brackets."""
    args, current = list[str](), list[str]()
    square = parens = 0
    for char in text[start : start + _MAX_ARGUMENTS]:
        if char == "[":
            square += 1
        elif char == "]":
            square -= 1
        elif square == 0 and char == "(":
            parens += 1
        elif square == 0 and char == ")":
            if parens == 0:
                break
            parens -= 1
        elif char == "," and square == 0 and parens == 0:
            args.append("".join(current))
            current = []
            continue
        current.append(char)
    args.append("".join(current))
    return [_unquote(arg) for arg in args]


def _unquote(text: str) -> str:
    text = text.strip()
    while len(text) >= 2 and text[0] == "[" and text[-1] == "]":
        text = text[1:-1].strip()
    return text


class _Configure:
    """One configure.ac and the Makefile.am files below its folder."""

    def __init__(self, repo: Repository, path: str) -> None:
        self.repo, self.path, self.scope = repo, path, folder_of(path)
        self.macros = list(parse_macros(repo.text(path) or ""))
        self.defined = {m.args[0]: m.args[1] for m in self.macros if m.name == "m4_define" and len(m.args) > 1}  # fmt: skip

    def fact(self, kind: FactKind, value: str, line: int, text: str = "", **detail: str) -> Fact:
        kept = {key: item for key, item in detail.items() if item}
        at = Evidence(path=self.path, line=line)
        return Fact(kind=kind, value=value, evidence=at, scope=self.scope, text=text, detail=kept)

    def value(self, args: list[str], index: int) -> str:
        """An argument as plain text; "" when it is computed."""
        text = args[index] if index < len(args) else ""
        text = self.defined.get(text, text)
        return "" if re.search(r"[$`()\[\]]|\bm4_|\n", text) else text.strip("\"'")


def _configure(repo: Repository, path: str) -> Iterator[Fact]:
    spec = _Configure(repo, path)
    init = next((m for m in spec.macros if m.name == "AC_INIT"), None)
    if init is None:
        return
    programs = list(_programs(repo, spec.scope))
    yield from _package(spec, init, programs)
    for macro in spec.macros:
        if macro.name in {"AC_ARG_ENABLE", "AC_ARG_WITH"}:
            yield from _argument(spec, macro)
        elif macro.name == "PKG_CHECK_MODULES":
            yield from _modules(spec, macro)
        elif macro.name.startswith("AX_CXX_COMPILE_STDCXX"):
            version = macro.name.rpartition("_")[2]
            version = version if version.isdigit() else spec.value(macro.args, 0)
            if version.isdigit():
                yield spec.fact("requirement", "C++", macro.line, version=version)
    yield from programs
    if any(m.name == "AM_INIT_AUTOMAKE" for m in spec.macros):
        yield from _standard_targets(spec)


def _standard_targets(spec: _Configure) -> Iterator[Fact]:
    """Targets that Automake gives every project."""
    path = join(spec.scope, "Makefile.am")
    for name in ("install", "clean") if spec.repo.has(path) else ():
        yield Fact(
            kind="make_target",
            value=name,
            evidence=Evidence(path=path, line=1),
            scope=spec.scope,
            detail={"run": f"make {name}", "from": "automake"},
        )


def _package(spec: _Configure, init: Macro, programs: list[Fact]) -> Iterator[Fact]:
    automake = next((m for m in spec.macros if m.name == "AM_INIT_AUTOMAKE"), None)
    named = init if len(init.args) > 1 or automake is None else automake
    name = spec.value(named.args, 0)
    if not name or "/" in name:
        return
    detail = {"ecosystem": "c_cpp", "manager": "autotools"}
    library = any(
        re.search(r"^\s*(?:lib_LTLIBRARIES|lib_LIBRARIES|include_HEADERS)", spec.repo.text(p) or "", re.M)
        for p in _makefiles(spec.repo, spec.scope)
    )  # fmt: skip
    detail["role"] = ("both" if library else "binary") if programs else "library"
    if not spec.repo.has(join(spec.scope, "configure")):
        scripts = (s for s in _BOOTSTRAPS if spec.repo.has(join(spec.scope, s)))
        script = next(scripts, "")
        detail["bootstrap"] = f"./{script}" if script else "autoreconf -i"
    yield spec.fact("package", name, named.line, **detail)
    version = spec.value(named.args, 1)
    if re.match(r"\d", version):
        yield spec.fact("version", version, named.line)
    if named is init:
        for index, rel in ((2, "issues"), (4, "homepage")):
            url = spec.value(init.args, index)
            if url.startswith("http"):
                yield spec.fact("link", url, init.line, rel=rel)


def _argument(spec: _Configure, macro: Macro) -> Iterator[Fact]:
    feature = spec.value(macro.args, 0)
    if not re.fullmatch(r"[\w.+-]+", feature):
        return
    help_text = macro.args[1] if len(macro.args) > 1 else ""
    call = _HELP.search(help_text)
    shown, text = ("", help_text)
    if call is not None:
        parts = split_arguments(help_text, call.end())
        shown, text = parts[0], parts[1] if len(parts) > 1 else ""
    kind = "enable" if macro.name == "AC_ARG_ENABLE" else "with"
    form = _FORM.search(shown or text)
    if form is None:
        name, metavar = f"--{kind}-{feature}", ""
        if call is None:
            text = ""
    else:
        name, metavar = f"--{form[1]}-{feature}", form[3] or ""
        text = text[form.end() :] if call is None else text
    text = one_line(re.sub(r"[\[\]]|@<:@|@:>@", "", text))
    stated = _DEFAULT.search(text)
    default = stated[1] if stated else ""
    if stated:
        text = text[: stated.start()].rstrip(" ,;")
    elif name.startswith(("--disable", "--without")):
        default = "enabled" if kind == "enable" else "with"
    detail = {"group": "configure_option", "metavar": metavar, "default": default}
    yield spec.fact("input", name, macro.line, text, **detail)


def _modules(spec: _Configure, macro: Macro) -> Iterator[Fact]:
    group = "optional" if len(macro.args) > 3 and macro.args[3].strip() else "runtime"
    words = (macro.args[1] if len(macro.args) > 1 else "").split()
    for index, word in enumerate(words):
        if not re.fullmatch(r"[A-Za-z][\w.+-]*", word):
            continue
        follows = words[index + 1 : index + 3]
        version = " ".join(follows) if len(follows) == 2 and follows[0][0] in "<>=" else ""
        version = "" if "$" in version else version
        yield spec.fact(
            "dependency", word, macro.line, version=version, group=group, ecosystem="c_cpp"
        )


def _makefiles(repo: Repository, folder: str) -> Iterator[str]:
    for place in (folder, join(folder, "src")):
        path = join(place, "Makefile.am")
        if repo.has(path):
            yield path


def _programs(repo: Repository, scope: str) -> Iterator[Fact]:
    for path in _makefiles(repo, scope):
        text = (repo.text(path) or "").replace("\\\n", "  ")
        variables: dict[str, list[str]] = {}
        for m in re.finditer(r"^[ \t]*(\w+)[ \t]*\+?=(.*)$", text, re.MULTILINE):
            variables.setdefault(m[1], []).extend(m[2].split("#")[0].split())
        folder = folder_of(path)
        for key in ("bin_PROGRAMS", "bin_SCRIPTS", "dist_bin_SCRIPTS", "sbin_PROGRAMS"):
            for name in variables.get(key, []):
                if not re.fullmatch(r"[\w./+-]+", name):
                    continue
                own = re.sub(r"\W", "_", name) + "_SOURCES"
                sources = [join(folder, s) for s in _expand(variables, own)]
                sources = [s for s in sources if s and repo.has(s)]
                stem = name.rpartition("/")[2]
                target = main_source(sources, stem) or join(folder, name)
                at = repo.evidence(path, rf"^\s*{key}\b.*[\s=]{re.escape(name)}\b")
                detail = {"target": target if repo.has(target) else path, "ecosystem": "c_cpp"}
                yield Fact(kind="bin", value=stem, scope=scope, evidence=at, detail=detail)


def _expand(variables: dict[str, list[str]], name: str, depth: int = 0) -> list[str]:
    found: list[str] = []
    for word in variables.get(name, [])[:400]:
        inner = re.fullmatch(r"\$[({](\w+)[)}]", word)
        if inner is None:
            found.append(word)
        elif depth < 3 and len(found) < 2000:
            found += _expand(variables, inner[1], depth + 1)
    return found


MANIFESTS: tuple[Manifest, ...] = (manifest(r"configure\.(?:ac|in)", _configure),)
