"""Meson: project, options, programs and dependencies, from calls with literal arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.cmake import main_source
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_MAX_FILES = 300
_PART = lazy_pattern(
    r"#[^\n]*|'''|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|\d+|[()\[\],:=]|[^\s\w'#()\[\],:=]+|'"
)
_OPENERS = {"(": ")", "[": "]"}


@dataclass
class Call:
    """`name(args, key: value)`: only strings, booleans and lists of strings are kept."""

    name: str
    line: int
    args: list[str] = field(default_factory=list)
    keywords: dict[str, list[str]] = field(default_factory=dict)
    assigned: str = ""

    def get(self, key: str) -> str:
        """The first value of a keyword; "" if it is missing or computed."""
        return next(iter(self.keywords.get(key, [])), "")


def parse_calls(text: str) -> Iterator[Call]:
    """Calls of a Meson file that are not arguments of another, in order."""
    parts = list(_parts(text))
    index, before = 0, ["", ""]
    while index < len(parts):
        part, line, quoted = parts[index]
        follows = parts[index + 1][0] if index + 1 < len(parts) else ""
        if not quoted and follows == "(" and re.match(r"[A-Za-z_]", part):
            call = Call(part, line, assigned=before[0] if before[1] == "=" else "")
            index = _arguments(parts, index + 2, call)
            yield call
        else:
            index += 1
        before = [before[1], part]


def _arguments(parts: list[tuple[str, int, bool]], index: int, call: Call) -> int:
    depth, key, values, simple = 1, "", list[str](), True
    while index < len(parts) and depth:
        part, _, quoted = parts[index]
        if not quoted and part in "([":
            depth += 1
            simple = simple and part == "["
        elif not quoted and part in ")]":
            depth -= 1
        elif depth == 1 and not quoted and part == ",":
            _keep(call, key, values)
            key, values, simple = "", [], True
        elif depth == 1 and not quoted and index + 1 < len(parts) and parts[index + 1][0] == ":":
            key = part
            index += 1
        elif quoted or part in {"true", "false"} or part.isdigit():
            values += [part] if simple else []
        index += 1
    _keep(call, key, values)
    return index


def _keep(call: Call, key: str, values: list[str]) -> None:
    if key:
        call.keywords[key] = values
    else:
        call.args += values


def _parts(text: str) -> Iterator[tuple[str, int, bool]]:
    line, counted, position = 1, 0, 0
    while found := _PART.search(text, position):
        part, position = found[0], found.end()
        line += text.count("\n", counted, found.start())
        counted = found.start()
        if part == "'''":
            end = text.find("'''", position)
            end = len(text) if end < 0 else end
            yield text[position:end], line, True
            position = end + 3
        elif part[0] == "'" and len(part) > 1:
            yield part[1:-1].replace("\\'", "'"), line, True
        elif part[0] not in "#'":
            yield part, line, False


class _Project:
    """A root meson.build and those it adds with subdir()."""

    def __init__(self, repo: Repository, scope: str) -> None:
        self.repo, self.scope = repo, scope
        self.seen: set[str] = set()
        self.libraries = False
        self.bins: list[Fact] = []
        self.facts: list[Fact] = []
        self.package: Fact | None = None
        self.tests: Evidence | None = None
        self.lists: dict[str, list[str]] = {}

    def fact(self, kind: FactKind, value: str, at: Evidence, text: str = "", **detail: str) -> Fact:
        kept = {key: item for key, item in detail.items() if item}
        return Fact(kind=kind, value=value, evidence=at, scope=self.scope, text=text, detail=kept)

    def read(self, path: str) -> None:
        text = self.repo.text(path)
        if text is None or path in self.seen or len(self.seen) >= _MAX_FILES:
            return
        self.seen.add(path)
        for call in parse_calls(text):
            at = Evidence(path=path, line=call.line)
            if call.name == "project" and self.package is None:
                self._project(call, at)
            elif call.name == "files" and call.assigned:
                self.lists[call.assigned] = call.args
            elif call.name == "executable":
                self._executable(call, at)
            elif call.name in {"library", "shared_library", "static_library", "both_libraries"}:
                self.libraries = self.libraries or call.get("install") == "true"
            elif call.name == "dependency" and call.args:
                self._dependency(call, at)
            elif call.name == "test":
                self.tests = self.tests or at
            elif call.name == "subdir" and call.args:
                below = join(folder_of(path), f"{call.args[0]}/meson.build")
                if below and is_own(below):
                    self.read(below)

    def _project(self, call: Call, at: Evidence) -> None:
        if not call.args:
            return
        detail = {"ecosystem": "c_cpp", "manager": "meson"}
        self.package = self.fact("package", call.args[0], at, **detail)
        version = call.get("version")
        if re.match(r"\d", version):
            self.facts.append(self.fact("version", version, self._at(at, "version")))
        if call.get("license"):
            value = stated(" AND ".join(call.keywords["license"]))
            self.facts.append(
                self.fact("license", value, self._at(at, "license"), **{"from": "manifest"})
            )
        wanted = call.get("meson_version")
        if wanted:
            self.facts.append(
                self.fact("requirement", "Meson", self._at(at, "meson_version"), version=wanted)
            )
        for option in call.keywords.get("default_options", []):
            found = re.fullmatch(r"(cpp|c)_std=(?:gnu|c)(?:\+\+)?(\d\w)(?:,.*)?", option)
            if found:
                name = {"cpp": "C++", "c": "C"}[found[1]]
                where = self.repo.evidence(at.path, re.escape(option), at.line)
                self.facts.append(self.fact("requirement", name, where, version=found[2]))

    def _at(self, call: Evidence, key: str) -> Evidence:
        return self.repo.evidence(call.path, rf"\b{key}\s*:", call.line)

    def _executable(self, call: Call, at: Evidence) -> None:
        if not call.args or call.get("install") != "true":
            return
        folder = folder_of(at.path)
        sources = [p for p in (join(folder, a) for a in call.args[1:]) if self.repo.has(p)]
        name = call.args[0]
        named = [f"{name}.c", f"{name}.cpp", "main.c", "main.cpp", "src/main.c", "src/main.cpp"]
        near = [p for p in (join(folder, n) for n in named) if self.repo.has(p)]
        target = main_source(sources, name) or next(iter(near), at.path)
        self.bins.append(self.fact("bin", name, at, target=target, ecosystem="c_cpp"))

    def _dependency(self, call: Call, at: Evidence) -> None:
        group = "runtime" if call.keywords.get("required", ["true"]) == ["true"] else "optional"
        version = ", ".join(call.keywords.get("version", []))
        for name in call.args[:1]:
            if name not in {"", "threads", "dl", "m"}:
                self.facts.append(
                    self.fact(
                        "dependency", name, at, version=version, group=group, ecosystem="c_cpp"
                    )
                )


def _meson_build(repo: Repository, path: str) -> Iterator[Fact]:
    folder = folder_of(path)
    parent = folder
    while parent:
        parent = folder_of(parent)
        if repo.has(join(parent, "meson.build")):
            return
    project = _Project(repo, folder)
    project.read(path)
    if project.package is None:
        return
    roles = {(True, True): "both", (True, False): "binary"}
    role = roles.get((bool(project.bins), project.libraries), "library")
    detail = {**project.package.detail, "role": role}
    yield replace(project.package, detail=detail)
    yield from project.facts
    yield from project.bins
    if project.tests is not None:
        detail = {"purpose": "test", "from": "convention"}
        yield project.fact("test_command", "meson test -C build", project.tests, **detail)


def _options(repo: Repository, path: str) -> Iterator[Fact]:
    for call in parse_calls(repo.text(path) or ""):
        if call.name != "option" or not call.args:
            continue
        detail = {"group": "meson_option", "choices": ", ".join(call.keywords.get("choices", []))}
        if len(call.keywords.get("value", [])) == 1:
            detail["default"] = call.get("value")
        yield Fact(
            kind="input",
            value=call.args[0],
            text=one_line("".join(call.keywords.get("description", [])).replace("\\n", " ")),
            scope=folder_of(path),
            evidence=Evidence(path=path, line=call.line),
            detail={key: value for key, value in detail.items() if value},
        )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"meson\.build", _meson_build),
    manifest(r"meson_options\.txt|meson\.options", _options),
)
