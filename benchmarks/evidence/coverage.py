"""What a human README states, the code confirms, and the generated README also states."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .commands import stated_keys
from .document import Document
from .legal import agree, licenses, names_in
from .statement import Case, Statement

KINDS = {"install", "command", "script", "target", "option", "env"}
REGISTRY_WORDS = {
    "PyPI": r"pip3? install|pipx install|uv (?:tool install|add|pip)|pypi\.(?:org|python)|shields\.io/pypi|poetry add",
    "npm": r"npm (?:install|i) (?!\s*(?:$|&))|npx |yarn (?:global )?add|pnpm add|bun add|npmjs\.|shields\.io/npm",
    "crates.io": r"cargo (?:install|add) |crates\.io",
    "Go modules": r"go (?:install|get) |pkg\.go\.dev",
    "RubyGems": r"gem install|rubygems\.org|bundle add|^\s*gem ['\"]",
    "Packagist": r"composer .*require|packagist\.org|composer create-project",
    "NuGet": r"dotnet (?:add|tool)|nuget\.org|Install-Package|PackageReference|shields\.io/nuget",
    "pub.dev": r"pub (?:add|global activate)|pub\.dev",
    "Hex": r"hex\.pm|\{:\w+, \"~>",
    "Hackage": r"cabal install|stack install|hackage\.haskell",
    "Clojars": r"clojars\.org|:mvn/version",
    "Maven Central": r"<artifactId>|implementation|mvnrepository|maven-central|search\.maven|central\.sonatype",
    "Swift Package Manager": r"\.package\(|Swift Package Manager",
    "CocoaPods": r"\bpod ['\"]|CocoaPods",
}


@dataclass
class Coverage:
    """Facts of the human README by kind, and those missing from ours."""

    stated: dict[str, int] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)
    misses: list[dict[str, str | int]] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        total = sum(self.stated.values())
        return sum(self.covered.values()) / total if total else None

    def as_dict(self) -> dict[str, object]:
        return {
            "stated": self.stated,
            "covered": self.covered,
            "share": self.share,
            "misses": self.misses,
        }


def facts(statements: list[Statement], case: Case) -> list[Statement]:
    """True statements of the kinds that count, each key once."""
    found: dict[tuple[str, str], Statement] = {}
    for statement in statements:
        if statement.kind == "env" and not case.tree.reads_variable(statement.key):
            continue  # an upper-case name of something else
        if statement.kind in KINDS and statement.verdict == "true":
            found.setdefault((statement.kind, statement.key), statement)
    return list(found.values())


def states(text: str, keys: set[str], fact: Statement) -> bool:
    """The generated README has the same key, or the literal where a literal is the statement."""
    if fact.key in keys:
        return True
    if fact.kind in {"option", "env"}:
        return bool(re.search(rf"(?<![\w-]){re.escape(fact.key)}(?![\w-])", text))
    kind, _, name = fact.key.partition(":")
    if kind in {"script", "make", "just", "task"}:
        runner = rf"(?:npm|yarn|pnpm|bun|composer)(?: run)? {re.escape(name)}(?![\w:-])"
        listed = rf"`(?:{kind} )?{re.escape(name)}`"
        return bool(re.search(f"{listed}|{runner}" if kind == "script" else listed, text))
    if fact.kind == "install":
        return any(key.partition(":")[2] == name for key in keys)
    if kind == "run":
        return _runs(text, name)
    return bool(re.search(rf"`{re.escape(name)}`", text))


def _runs(text: str, name: str) -> bool:
    """`git clone`, `npm install`: package managers stand for each other; files by their path."""
    if re.fullmatch(r"(?:npm|yarn|pnpm|bun) install", name):
        return bool(re.search(r"\b(?:npm|pnpm|bun) (?:install|ci|i)\b|\byarn(?: install)?\b", text))
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text))


def coverage(human: list[Statement], case: Case, document: Document) -> Coverage:
    result = Coverage()
    keys = stated_keys(document, case)
    for fact in facts(human, case):
        result.stated[fact.kind] = result.stated.get(fact.kind, 0) + 1
        if states(document.text, keys, fact):
            result.covered[fact.kind] = result.covered.get(fact.kind, 0) + 1
        else:
            miss: dict[str, str | int] = {"kind": fact.kind, "key": fact.key, "line": fact.line}
            result.misses.append(miss)
    return result


def names_registry(text: str, registry: str) -> bool:
    pattern = REGISTRY_WORDS.get(registry)
    return bool(pattern and re.search(pattern, text, re.MULTILINE))


def install_right(text: str, registry: str, package: str) -> bool:
    """The README has the registry's words and the very package name beside them."""
    name = re.escape(package)
    if registry == "Maven Central":
        group, _, artifact = package.partition(":")
        beside = rf"<groupId>\s*{re.escape(group)}\s*</groupId>\s*<artifactId>\s*{re.escape(artifact)}\s*<"
        sentence = rf"Maven Central\b[^\n]*`{name}`"
        return bool(re.search(rf"{beside}|{name}:|{sentence}", text))
    commands = {
        "PyPI": rf"(?:pip3?|pipx|uv tool|uv pip) install (?:-\S+ )*[\"']?{name}(?![\w-])|(?:uv|poetry) add {name}",
        "npm": rf"(?:npm (?:install|i|add)|npx|yarn (?:global )?add|pnpm add|bun add) (?:-\S+ )*{name}(?![\w/-])",
        "crates.io": rf"cargo (?:install|add) (?:-\S+ )*{name}(?![\w-])|^{name} = ",
        "Go modules": rf"go (?:install|get) (?:-\S+ )*{name}(?=[@/\s])|import \"{name}",
        "RubyGems": rf"(?:gem install|bundle add) {name}(?![\w-])|gem [\"']{name}[\"']",
        "Packagist": rf"composer (?:global )?(?:require|create-project) (?:-\S+ )*{name}(?![\w-])",
        "NuGet": rf"(?:package|tool install|Install-Package) (?:-\S+ )*{name}(?![\w.-])|Include=\"{name}\"",
        "pub.dev": rf"pub (?:add|global activate) {name}(?!\w)|^\s*{name}: ",
        "Hex": rf"\{{:{name}, *\"",
        "Hackage": rf"(?:cabal|stack) install (?:-\S+ )*{name}(?![\w-])|build-depends:.*{name}",
        "Clojars": rf"{name} (?:\{{:mvn/version|\")",
        "Swift Package Manager": rf"\.package\([^)]*{name}",
        "CocoaPods": rf"pod [\"']{name}[\"']",
    }
    pattern = commands.get(registry)
    flags = re.MULTILINE | re.IGNORECASE if registry in {"PyPI", "NuGet"} else re.MULTILINE
    return bool(pattern and re.search(pattern, text, flags))


def license_right(text: str, case: Case) -> bool | None:
    """None where the repository has no license that the oracle knows."""
    known = licenses(case.tree, case.project)
    return agree(names_in(text), known) if known else None
