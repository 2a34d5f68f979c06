"""Dependency snippets: how code blocks of build files name the packages to be added."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from moxi_check.document import CodeBlock, Span
from moxi_check.kinds.tools import Installed
from moxi_check.shell import SHELLS, Word
from moxi_core.patterns import lazy_pattern

_XML_PAIR = lazy_pattern(
    r"<groupId>\s*(?P<group>[\w.-]+)\s*</groupId>\s{0,40}<artifactId>\s*(?P<artifact>[\w.-]+)\s*</artifactId>"
)
_NUGET = lazy_pattern(
    r"<(?:PackageReference|PackageVersion|DotNetCliToolReference)\s+Include=\"(?P<name>[\w.-]+)\""
)
_GRADLE = lazy_pattern(
    r"(?i)\b(?:implementation|api|compile(?:Only|Classpath)?|runtimeOnly|ksp|kapt|classpath|annotationProcessor|"
    r"(?:test|androidTest|debug|release)\w*(?:Implementation|Only|Compile))[ (]{1,3}(?:platform\()?[\"'](?P<name>[\w.-]+:[\w.-]+)"
)
_SBT = lazy_pattern(r"\"(?P<group>[\w.-]+)\"\s{1,4}%{1,3}\s{1,4}\"(?P<artifact>[\w.-]+)\"\s{1,4}%")
_TOML_HEADER = lazy_pattern(
    r"\s*\[(?:workspace\.)?(?:[\w-]+-)?dependencies(?:\.(?P<name>[\w-]+))?\]\s*$"
)
_TOML_ENTRY = lazy_pattern(
    r"\s*(?P<name>[A-Za-z][\w-]*)\s*=\s*(?:\"[\^~=<>]?\s?[\d.*]+|\{[^}\n]{0,300}\b(?:version|git|path)\b)"
)
_HEX = lazy_pattern(r"\{:(?P<name>[a-z]\w*),\s*(?:\"[~>=<\d]|github:|git:|path:)")
_GEM = lazy_pattern(r"(?:^|\s)gem\s*\(?\s*[\"'](?P<name>[\w.-]+)[\"']")
_POD = lazy_pattern(r"(?:^|\s)pod\s+[\"'](?P<name>[\w+-]+)")
_YAML_HEADER = lazy_pattern(r"(?:dev_)?dependencies:\s*(?:#.*)?$")
_YAML_ENTRY = lazy_pattern(r"\s+(?P<name>[a-z]\w*):(?:\s*\^?[\d.]+\S*|\s*any|\s*)\s*(?:#.*)?$")
_CLOJURE = lazy_pattern(r"\[(?P<name>[\w.-]+(?:/[\w.-]+)?)\s+\"\d[^\"\n]*\"")
# With `:git/url` or `:local/root` a dependency is called what its user likes.
_DEPS_EDN = lazy_pattern(r"(?P<name>[\w.-]+/[\w.-]+)\s+\{:mvn/\w+")
Matcher = Callable[[str], re.Match[str] | None]
_LINE_PATTERNS = (
    ("nuget", _NUGET, ("xml", "csproj", "", "html", "msbuild")),
    ("maven", _GRADLE, ("groovy", "gradle", "kotlin", "kts", "kt", "java", "", "scala")),
    ("elixir", _HEX, ("elixir", "", "exs", "ex")),
    ("ruby", _GEM, ("ruby", "rb", "", "gemfile", *SHELLS)),
    ("cocoapods", _POD, ("ruby", "rb", "", "podfile", "swift")),
    ("clojure", _CLOJURE, ("clojure", "clj", "", "edn", "lisp")),
    ("clojure", _DEPS_EDN, ("clojure", "clj", "", "edn", "lisp")),
)


def snippets(block: CodeBlock) -> Iterator[Installed]:
    """The packages that a block of a build file names."""
    language = block.language
    if language in {"xml", "", "pom", "html", "maven"}:
        yield from _maven(block)
    if language in {"scala", "sbt", ""}:
        for found in _SBT.finditer(block.text):
            yield _pair(block, found)
    for ecosystem, pattern, languages in _LINE_PATTERNS:
        if language in languages:
            for line in block.lines():
                code = line.text.partition("//")[0] if ecosystem == "maven" else line.text
                for found in pattern.finditer(code[:1_000]):
                    yield _at(ecosystem, line, found["name"], found.start("name"))
    if language in {"toml", "", "cargo", "ini"}:
        yield from _sections("rust", block, _TOML_HEADER.match, _TOML_ENTRY.match)
    if language in {"yaml", "yml", "dart", ""}:
        yield from _sections("dart", block, _YAML_HEADER.match, _YAML_ENTRY.match)


def _maven(block: CodeBlock) -> Iterator[Installed]:
    for found in _XML_PAIR.finditer(block.text):
        yield _pair(block, found)


def _pair(block: CodeBlock, found: re.Match[str]) -> Installed:
    """Group and artifact; the claim stands where the artifact does."""
    before = block.text[: found.start("artifact")]
    line = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1) + block.column
    name = f"{found['group']}:{found['artifact']}"
    return Installed("maven", Word(name, block.line + line, column, found["artifact"]), alone=False)


def _sections(
    ecosystem: str, block: CodeBlock, header: Matcher, entry: Matcher
) -> Iterator[Installed]:
    """Entries below a heading of dependencies, up to the next heading or a line without indent."""
    inside = False
    for line in block.lines():
        opened = header(line.text)
        if opened:
            inside = True
            named = opened.groupdict().get("name")
            if named:
                yield _at(ecosystem, line, named, opened.start("name"))
            continue
        if inside and line.text.strip():
            found = entry(line.text)
            if found:
                yield _at(ecosystem, line, found["name"], found.start("name"))
            elif line.text.lstrip()[:1] == "[" or (
                ecosystem == "dart" and not line.text[0].isspace()
            ):
                inside = False


def _at(ecosystem: str, line: Span, name: str, start: int) -> Installed:
    return Installed(ecosystem, Word(name, line.line, line.column + start, name), alone=False)
