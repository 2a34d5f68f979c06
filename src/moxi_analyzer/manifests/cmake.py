"""CMake: project, options, programs and dependencies, from the commands as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.roles import is_own
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_MAX_FILES = 300
_PART = lazy_pattern(r'#|"(?:\\.|[^"\\])*"|\[=*\[|[()]|[^\s()#"\[]+|\[|"', re.DOTALL)
_VARIABLE = lazy_pattern(r"\$\{([\w.+/-]+)\}")
_FIRST = lazy_pattern(r"CMAKE_MINIMUM_REQUIRED_VERSION|CMAKE_SOURCE_DIR|PROJECT_NAME|IS_TOP_LEVEL")
_TESTING = lazy_pattern(r"TEST|EXAMPLE|BENCH|FUZZ|DEMO|SAMPLE", re.IGNORECASE)
_NOT_INSTALLED = lazy_pattern(r"test|bench|example|sample|demo|fuzz|hello", re.IGNORECASE)
_TOOLS = frozenset(
    "pkgconfig threads git doxygen ccache clangformat clangtidy cppcheck gtest catch2 python "
    "python3 pythoninterp sphinx ctest benchmark googletest doctest".split()
)
_TRUTH = {"ON": "ON", "TRUE": "ON", "YES": "ON", "1": "ON"} | dict.fromkeys(
    ("OFF", "FALSE", "NO", "0"), "OFF"
)
_PROJECT_KEYS = frozenset("VERSION DESCRIPTION HOMEPAGE_URL LANGUAGES".split())


class Command(NamedTuple):
    """`name(args…)` and the line it stands on."""

    name: str
    args: list[str]
    line: int


def parse_commands(text: str) -> Iterator[Command]:
    """The commands of a CMake file, in order; names in lower case, quotes off."""
    name, depth, args, line = "", 0, list[str](), 1
    counted = 0
    for part, start in _parts(text):
        if depth == 0:
            if part == "(" and name:
                depth, args = 1, []
            elif part not in {"(", ")"}:
                line += text.count("\n", counted, start)
                counted = start
                name = part.lower()
        elif part == "(":
            depth += 1
        elif part == ")":
            depth -= 1
            if depth == 0:
                yield Command(name, args, line)
                name = ""
        else:
            args.append(part)


def _parts(text: str) -> Iterator[tuple[str, int]]:
    position, unclosed = 0, set[str]()
    while found := _PART.search(text, position):
        part, position = found[0], found.end()
        if part == "#":
            opener = re.compile(r"\[=*\[").match(text, position)
            if opener is None:
                end = text.find("\n", position)
                position = len(text) if end < 0 else end
                continue
            part, position = opener[0], opener.end()
            inside, position = _bracket(text, part, position, unclosed)
            continue
        if len(part) > 1 and part[0] == "[":
            inside, position = _bracket(text, part, position, unclosed)
            if inside is not None:
                yield inside, found.start()
        elif len(part) > 1 and part[0] == '"':
            yield part[1:-1].replace('\\"', '"').replace("\\\n", ""), found.start()
        elif part not in {"[", '"'}:
            yield part, found.start()


def _bracket(text: str, part: str, start: int, unclosed: set[str]) -> tuple[str | None, int]:
    closer = part.replace("[", "]")
    end = -1 if closer in unclosed else text.find(closer, start)
    if end < 0:
        unclosed.add(closer)
        return None, start
    return text[start:end], end + len(closer)


@dataclass
class _Executable:
    name: str
    sources: list[str]
    at: Evidence
    testing: bool


@dataclass
class _Project:
    """What the CMake files of one project say, gathered over add_subdirectory."""

    repo: Repository
    scope: str
    variables: dict[str, str] = field(default_factory=dict)
    varying: set[str] = field(default_factory=set)  # set inside a condition: not one value
    name: str = ""
    package: Fact | None = None
    executables: list[_Executable] = field(default_factory=list)
    installed: set[str] = field(default_factory=set)
    libraries: bool = False
    facts: list[Fact] = field(default_factory=list)
    tests: Evidence | None = None
    conditions: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def expand(self, text: str) -> str:
        """`text` with known variables replaced; unknown ones stay as written."""
        for _ in range(5):
            changed = _VARIABLE.sub(lambda m: self.variables.get(m[1], m[0])[:400], text)
            if changed == text or len(changed) > 2000:
                break
            text = changed
        return text

    def plain(self, text: str) -> str:
        """`text` expanded; "" when something in it is computed."""
        if any(name in self.varying for name in _VARIABLE.findall(text)):
            return ""
        value = self.expand(text)
        return "" if "${" in value or "$<" in value or "$ENV" in value else value

    @property
    def testing(self) -> bool:
        """Whether the present block is only for tests, examples and the like."""
        return any(_TESTING.search(condition) for condition in self.conditions)

    def add(self, kind: FactKind, value: str, at: Evidence, text: str = "", **detail: str) -> None:
        kept = {key: item for key, item in detail.items() if item}
        fact = Fact(kind=kind, value=value, scope=self.scope, evidence=at, text=text, detail=kept)
        self.facts.append(fact)

    # One method for each command that says something; `_run` looks them up by name.

    def do_project(self, args: list[str], at: Evidence) -> None:
        if self.package is not None or not args:
            return
        name = self.plain(args[0])
        if not name:
            return
        values = _keyword_values(args[1:], _PROJECT_KEYS)
        self.name = name
        self.variables |= {"PROJECT_NAME": name, "CMAKE_PROJECT_NAME": name}
        description = one_line(self.plain(values.get("DESCRIPTION", "")))
        detail = {"ecosystem": "c_cpp", "manager": "cmake"}
        self.package = Fact(
            kind="package",
            value=name,
            scope=self.scope,
            evidence=at,
            text=description,
            detail=detail,
        )
        if description:
            self.add("description", description, at, **{"from": "manifest"})
        version = self.plain(values.get("VERSION", ""))
        if version:
            self.variables |= {"PROJECT_VERSION": version, f"{name}_VERSION": version}
            if re.fullmatch(r"\d[\w.+-]*", version):
                self.add("version", version, at)
        homepage = self.plain(values.get("HOMEPAGE_URL", ""))
        if homepage.startswith("http"):
            self.add("link", homepage, at, "HOMEPAGE_URL", rel="homepage")

    def do_set(self, args: list[str], at: Evidence) -> None:
        if not args:
            return
        name, values = args[0], args[1:]
        if "CACHE" in values:
            self._cache(name, values, at)
            values = values[: values.index("CACHE")]
        if self.conditions:
            self.varying.add(name)
        if not self.conditions or name not in self.variables:
            self.variables[name] = ";".join(v for v in values if v != "PARENT_SCOPE")[:2000]
        standard = {"CMAKE_CXX_STANDARD": "C++", "CMAKE_C_STANDARD": "C"}.get(name)
        if standard and values and values[0].isdigit() and not self.testing:
            self.add("requirement", standard, at, version=values[0])

    def _cache(self, name: str, values: list[str], at: Evidence) -> None:
        place = values.index("CACHE")
        kind = values[place + 1] if len(values) > place + 1 else ""
        text = values[place + 2] if len(values) > place + 2 else ""
        ours = not re.match(r"(?:CMAKE|CPACK|_)|\w+_(?:INSTALL|CMAKE)\w*DIR$", name)
        ours = ours and "FORCE" not in values
        if kind in {"BOOL", "STRING", "PATH", "FILEPATH"} and text and ours:
            default = self.plain(values[0]) if place == 1 else ""
            self._input(name, text, _TRUTH.get(default.upper(), default), at)

    def _input(self, name: str, text: str, default: str, at: Evidence) -> None:
        if re.fullmatch(r"[A-Za-z]\w*", name):
            self.add("input", name, at, one_line(text), default=default, group="cmake_option")

    def do_option(self, args: list[str], at: Evidence) -> None:
        if len(args) >= 2:
            written = self.plain(args[2]) if len(args) > 2 else "OFF"
            self._input(self.expand(args[0]), args[1], _TRUTH.get(written.upper(), ""), at)

    def do_cmake_dependent_option(self, args: list[str], at: Evidence) -> None:
        self.do_option(args[:3], at)

    def do_cmake_minimum_required(self, args: list[str], at: Evidence) -> None:
        version = _keyword_values(args, frozenset({"VERSION"})).get("VERSION", "")
        minimum = self.plain(version).partition("...")[0]
        is_own = at.path == join(self.scope, "CMakeLists.txt")
        # What is asked for with CUDA only, or without it, is not what is needed.
        in_a_case = self.conditions and not _FIRST.search(self.conditions[-1])
        if minimum and is_own and not in_a_case:
            self.add("requirement", "CMake", at, version=f">={minimum}")

    def do_target_compile_features(self, args: list[str], at: Evidence) -> None:
        for word in args:
            found = re.fullmatch(r"(cxx|c)_std_(\d+)", word)
            if found and not self.testing:
                self.add("requirement", {"cxx": "C++", "c": "C"}[found[1]], at, version=found[2])

    def do_find_package(self, args: list[str], at: Evidence) -> None:
        name = self.plain(args[0]) if args else ""
        if not name or name.lower() in _TOOLS or self.testing:
            return
        version = args[1] if len(args) > 1 and args[1][:1].isdigit() else ""
        group = "runtime" if "REQUIRED" in args and not self.conditions else "optional"
        self.add("dependency", name, at, version=version, group=group, ecosystem="c_cpp")

    def do_pkg_check_modules(self, args: list[str], at: Evidence) -> None:
        flags = {"REQUIRED", "QUIET", "IMPORTED_TARGET", "GLOBAL", "STATIC", "NO_CMAKE_PATH"}
        group = "runtime" if "REQUIRED" in args and not self.conditions else "optional"
        for word in args[1:]:
            module = re.fullmatch(r"([\w.+-]+?)((?:[<>]=?|=)[\d.]+)?", word)
            if module and word not in flags and not self.testing:
                self.add(
                    "dependency",
                    module[1],
                    at,
                    version=module[2] or "",
                    group=group,
                    ecosystem="c_cpp",
                )

    do_pkg_search_module = do_pkg_check_modules

    def do_add_executable(self, args: list[str], at: Evidence) -> None:
        if len(args) < 2 or args[1] in {"IMPORTED", "ALIAS"}:
            return
        name = self.plain(args[0])
        folder = folder_of(at.path)
        words = [w for a in args[1:] for w in self.expand(a).split(";")]
        places = (join(folder, w.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")) for w in words)
        sources = [p for p in places if self.repo.has(p)]
        testing = self.testing or not is_own(at.path) or any(not is_own(s) for s in sources)
        testing = testing or bool(_NOT_INSTALLED.search(name))
        if re.fullmatch(r"[\w.+-]+", name):
            self.executables.append(_Executable(name, sources, at, testing))

    def do_add_library(self, args: list[str], _at: Evidence) -> None:
        if len(args) >= 2 and "IMPORTED" not in args and not self.testing:
            self.libraries = True

    def do_install(self, args: list[str], _at: Evidence) -> None:
        if args[:1] in (["TARGETS"], ["PROGRAMS"]):
            for word in args[1:]:
                if word in {"EXPORT", "RUNTIME", "LIBRARY", "ARCHIVE", "DESTINATION", "COMPONENT"}:
                    break
                self.installed.update(self.expand(word).split(";"))

    def do_set_target_properties(self, args: list[str], _at: Evidence) -> None:
        if "OUTPUT_NAME" in args and args.index("OUTPUT_NAME") + 1 < len(args):
            renamed = self.plain(args[args.index("OUTPUT_NAME") + 1])
            for executable in self.executables:
                if executable.name == self.plain(args[0]) and re.fullmatch(r"[\w.+-]+", renamed):
                    self.installed |= {renamed} if executable.name in self.installed else set()
                    executable.name = renamed

    def do_enable_testing(self, _args: list[str], at: Evidence) -> None:
        self.tests = self.tests or at

    def do_include(self, args: list[str], at: Evidence) -> None:
        if args[:1] == ["CTest"]:
            self.tests = self.tests or at

    def do_add_subdirectory(self, args: list[str], at: Evidence) -> None:
        folder = self.plain(args[0]).replace("${CMAKE_CURRENT_SOURCE_DIR}/", "") if args else ""
        path = join(folder_of(at.path), f"{folder}/CMakeLists.txt") if folder else ""
        if path and is_own(path) and not self.testing:
            self.read(path)

    def read(self, path: str) -> None:
        """Take in one CMakeLists.txt and those it adds."""
        text = self.repo.text(path)
        if text is None or path in self.seen or len(self.seen) >= _MAX_FILES:
            return
        self.seen.add(path)
        depth = len(self.conditions)
        in_function = False
        for command in parse_commands(text):
            if command.name in {"function", "macro"}:
                in_function = True
            elif command.name in {"endfunction", "endmacro"}:
                in_function = False
            elif in_function:
                continue
            elif command.name == "if":
                self.conditions.append(" ".join(command.args))
            elif command.name in {"else", "elseif"} and len(self.conditions) > depth:
                self.conditions[-1] = " ".join(command.args) or "NOT " + "else"
            elif command.name == "endif" and len(self.conditions) > depth:
                self.conditions.pop()
            else:
                self._run(command, Evidence(path=path, line=command.line))
        del self.conditions[depth:]

    def _run(self, command: Command, at: Evidence) -> None:
        action = getattr(self, f"do_{command.name}", None)
        if action is not None:
            action(command.args, at)


def _keyword_values(args: list[str], keys: frozenset[str]) -> dict[str, str]:
    return {a: args[i + 1] for i, a in enumerate(args[:-1]) if a in keys}


def _builds_swift(repo: Repository, folder: str, path: str) -> bool:
    """Whether it only serves toolchains that cannot use the Swift package beside it."""
    beside = repo.has(join(folder, "Package.swift"))
    languages = re.search(r"\bproject\s*\([^)]*\bLANGUAGES\b([^)]*)", repo.text(path) or "")
    return beside and languages is not None and "Swift" in languages[1].split()


def _cmakelists(repo: Repository, path: str) -> Iterator[Fact]:
    folder = folder_of(path)
    parent = folder
    while parent:
        parent = folder_of(parent)
        if repo.has(join(parent, "CMakeLists.txt")):
            return
    project = _Project(repo, folder)
    project.read(path)
    if project.package is None or _builds_swift(repo, folder, path):
        return
    shown = {e.name for e in project.executables if e.name in project.installed}
    shown = shown or {e.name for e in project.executables if not e.testing}
    roles = {(True, True): "both", (True, False): "binary"}
    role = roles.get((bool(shown), project.libraries), "library")
    detail = {**project.package.detail, "role": role}
    yield replace(project.package, detail=detail)
    yield from project.facts
    for executable in project.executables:
        if executable.name in shown and executable.name in project.installed | {e.name for e in project.executables if not e.testing}:  # fmt: skip
            yield _bin(executable, folder)
    if project.tests is not None:
        detail = {"purpose": "test", "from": "convention"}
        yield Fact(
            kind="test_command",
            value="ctest --test-dir build",
            scope=folder,
            evidence=project.tests,
            detail=detail,
        )


def _bin(executable: _Executable, scope: str) -> Fact:
    target = main_source(executable.sources, executable.name) or executable.at.path
    detail = {"target": target, "ecosystem": "c_cpp"}
    return Fact(
        kind="bin", value=executable.name, scope=scope, evidence=executable.at, detail=detail
    )


def main_source(sources: list[str], program: str) -> str:
    """The source file that most likely holds main(), by its name; "" without any."""
    code = [s for s in sources if re.search(r"\.(c|cc|cpp|cxx)$", s)]
    stems = {s.rpartition("/")[2].rpartition(".")[0].lower(): s for s in reversed(code)}
    return stems.get("main") or stems.get(program.lower()) or next(iter(code), "")


MANIFESTS: tuple[Manifest, ...] = (manifest(r"CMakeLists\.txt", _cmakelists),)
