"""Requirements and installation: from the registry, and from source with the right tools."""

from __future__ import annotations

import re

from moxi_core.records import Fact
from moxi_infer.builders import Row, build_steps
from moxi_infer.document import Body, Section
from moxi_infer.markdown import code, codes, link, listing, prose, sentence
from moxi_infer.registries import Block, registry_blocks
from moxi_infer.subject import Subject, short_name, simple

_RUNTIME_ORDER = "Python Node.js Rust Go Java .NET Ruby PHP".split()
# Manifests of these state the least version that will do.
_MINIMUM = frozenset("Rust Go CMake Meson Swift Java macOS iOS tvOS watchOS visionOS".split())
# What they make runs without them.
_COMPILERS = frozenset({"Rust", "Go", "GHC"})
_SPELLED = {
    "pypi": "PyPI", "rubygems": "RubyGems", "packagist": "Packagist", "hackage": "Hackage",
    "hex": "Hex", "clojars": "Clojars", "nuget": "NuGet", "maven-central": "Maven Central",
    "cocoapods": "CocoaPods", "swiftpm": "Swift Package Manager", "go": "Go modules",
}  # fmt: skip
_PHP_EXTENSION = "PHP extension "
_MAX_EXTRAS = 25
_MAX_BESIDE = 4
_MAX_PLUGINS = 12
_FOR_CONTRIBUTORS = frozenset(
    "dev devel develop development test tests testing doc docs documentation lint linting typing types "
    "typecheck mypy ci build release benchmark benchmarks coverage format style qa check checks tox nox".split()
)


def requirements(subject: Subject) -> Section | None:
    """Runtimes with the versions that the manifests ask for."""
    body = Body()
    found = subject.of_main("requirement") + subject.of("requirement", "")
    facts = {f.value: f for f in reversed(found) if not _is_pin(subject, f)}
    rows: list[tuple[str, list[Fact]]] = [
        (_requirement(subject, name, fact), [fact])
        for name, fact in sorted(facts.items(), key=lambda item: _order(item[0]))
        if not name.startswith(_PHP_EXTENSION)
    ]
    extensions = [f for name, f in facts.items() if name.startswith(_PHP_EXTENSION)]
    if extensions:
        names = codes(f.value.removeprefix(_PHP_EXTENSION) for f in reversed(extensions))
        rows.append((f"PHP extensions {names}", extensions))
    if rows:
        body.bullets(rows)
    return body.section("requirements", "Requirements")


def _is_pin(subject: Subject, requirement: Fact) -> bool:
    """Whether a version is only what those who work on a published package use."""
    name = requirement.evidence.path.rpartition("/")[2]
    return name.startswith(".") and subject.has_registry


def _requirement(subject: Subject, name: str, fact: Fact) -> str:
    version = fact.detail.get("version", "")
    if fact.detail.get("from") == "tested-with":
        return f"{prose(name)}, tested with {listing([code(v) for v in version.split(', ')])}"
    compiles = name in _COMPILERS and subject.snapshot.project_type.name == "cli"
    words = version_words(version, name)
    return f"{prose(name)} {words}".strip() + (", to build it" if compiles and words else "")


def _order(runtime: str) -> int:
    return _RUNTIME_ORDER.index(runtime) if runtime in _RUNTIME_ORDER else 99


def version_words(version: str, runtime: str = "") -> str:
    """A version range in words: `>=3.11` is "3.11 or later"; what is more intricate stays as it is."""
    version = version.strip()
    found = re.fullmatch(r"(?:>=|~>|\^|~|v)?\s*v?(\d[\w.]*?)(?:\.x|\.\*)?(\+)?", version)
    if re.fullmatch(r"\d[\d.]*(?: or \d[\d.]*)+", version):
        return version
    if not found:
        pair = re.fullmatch(r">=\s*(\d[\d.]*)\s*,?\s*<\s*(\d[\d.]*)", version)
        if pair:
            return f"{pair[1]} or later, below {pair[2]}"
        return code(version) if version not in {"", "*"} else ""
    if version.startswith(">=") or found[2] or runtime in _MINIMUM:
        return f"{found[1]} or later"
    if version.startswith("^") and runtime == "Visual Studio Code":
        return f"{found[1]} or later"
    if version.startswith(("^", "~")):
        return code(version)
    return found[1]


def install(subject: Subject) -> Section | None:
    """How to get it: from the registry where it is published, and from source."""
    if subject.snapshot.project_type.name == "github_action":
        return None  # a workflow names it; there is nothing to install
    body = Body()
    blocks = _published(subject)
    published = bool(blocks)
    if blocks:
        for text, language, rows in blocks:
            proofs = [] if language else [proof for _, found in rows for proof in found]
            if text:
                body.paragraph(text, *proofs)
            if language:
                body.code(language, rows)
    published |= _installer(subject, body)
    _extras(subject, body)
    source = _source_rows(subject)
    if source:
        if published:
            body.paragraph("From source:" if subject.host else "In a clone of the repository:")
        body.code("sh", source)
    return body.section("install", "Installation")


def _installer(subject: Subject, body: Body) -> bool:
    """The line that fetches the repository's own installer, and what the installer takes."""
    found = [f for f in subject.of("test_command") if f.detail.get("from") == "script"]
    for fact in found[:1]:
        path = fact.evidence.path
        body.paragraph(f"With the installer {link(code(path), path)}:")
        body.code("sh", [(fact.value, [fact])])
        options = [f for f in subject.of("option") if f.evidence.path == path and f.text]
        rows = [([code(f.value), prose(f.text, 140)], [f]) for f in options[:12]]
        if rows:
            body.table(["Option of the installer", "Description"], rows)
    return bool(found)


def _published(subject: Subject) -> list[Block]:
    """The main package, then those beside it that bring a program or come from elsewhere."""
    main = subject.main
    if main is None:
        return _of_members(subject)
    blocks = registry_blocks(subject, main)
    # The parts of an application are in it already.
    is_application = main.detail.get("manager") == "xcode"
    name = simple(short_name(main.value))
    named = sorted(subject.packages, key=lambda f: simple(short_name(f.value)) != name)
    beside = [
        package
        for package in named
        if package is not main
        and not is_application
        and package.detail.get("registry")
        and (
            package.detail["registry"] != main.detail.get("registry")
            or package.detail.get("role") in {"binary", "both"}
            or subject.of("bin", package.scope)
        )
    ]
    for package in beside if len(beside) <= _MAX_BESIDE else ():
        for text, language, rows in registry_blocks(subject, package)[:1]:
            registry = package.detail["registry"]
            label = f"The package {code(package.value)}, from {_SPELLED.get(registry, registry)}:"
            blocks.append((text or label, language, rows))
    plugins = [f for f in named if _is_beside(main, f) and f not in beside]
    if subject.is_monorepo and 0 < len(plugins) <= _MAX_PLUGINS:
        lines = [
            row for f in plugins for _, _, rows in registry_blocks(subject, f)[:1] for row in rows
        ]
        blocks.append(("Its other packages are installed alike:", "sh", lines))
    return blocks


def _is_beside(main: Fact, package: Fact) -> bool:
    """Whether a package comes from npm or NuGet beside the main one: a plugin, a preset."""
    registry = package.detail.get("registry")
    same = registry == main.detail.get("registry") and registry in {"npm", "nuget"}
    return same and package is not main


def _of_members(subject: Subject) -> list[Block]:
    """For a monorepo: the packages that can be installed, one line each."""
    rows: list[Row] = []
    for package in subject.packages:
        blocks = registry_blocks(subject, package)
        if blocks and len(blocks[0][2]) == 1 and blocks[0][1] == "sh":
            rows.append(blocks[0][2][0])
    if not rows or len(rows) > 8:
        return []
    return [("", "sh", rows)]


def _extras(subject: Subject, body: Body) -> None:
    """Optional parts: Python extras and Cargo features."""
    found = subject.of_main("extra")
    extras = [f for f in found if f.value.lower() not in _FOR_CONTRIBUTORS][:_MAX_EXTRAS]
    if not extras or subject.main is None:
        return
    name = subject.main.value
    if subject.ecosystem == "rust":
        # An optional dependency is a feature of its own name: that says nothing.
        extras = [f for f in extras if f.detail.get("packages") != f"dep:{f.value}" or f.text]
    if extras and subject.ecosystem == "rust":
        body.table(
            ["Feature", "Default", "Description"],
            [
                (
                    [code(f.value), "yes" if f.detail.get("default") else "", _brings(f)],
                    [f],
                )
                for f in extras
            ],
            head="Feature flags:",
        )
        return
    if subject.ecosystem == "haskell":
        extras = [f for f in extras if f.value.split("-")[0] not in _FOR_CONTRIBUTORS]
    if extras and subject.ecosystem == "haskell":
        rows = [([code(f"-f{f.value}"), _brings(f)], [f]) for f in extras]
        body.table(["Flag", "Description"], rows, head="Flags of Cabal:")
        return
    if subject.ecosystem != "python" or not subject.has_registry:
        return
    such_as = code(f"{name}[{extras[0].value}]")
    body.table(
        ["Extra", "Brings"],
        [([code(f.value), _brings(f)], [f]) for f in extras],
        head=f"Optional dependencies come as extras, such as {such_as}:",
    )


def _brings(fact: Fact) -> str:
    if fact.text:
        return sentence(prose(fact.text, 160))
    packages = [p.strip() for p in fact.detail.get("packages", "").split(",") if p.strip()]
    more = f" and {len(packages) - 6} more" if len(packages) > 7 else ""
    return codes(packages[: 6 if more else 7]) + more


def _source_rows(subject: Subject) -> list[Row]:
    """Commands from a clone to something that works."""
    steps = build_steps(subject)
    if not steps:
        return []
    rows: list[Row] = []
    if subject.host is not None:
        name = subject.host.slug.rpartition("/")[2]
        rows.append((f"git clone {subject.host.url}.git", subject.host_facts))
        rows.append((f"cd {name}", subject.host_facts))
    return rows + steps
