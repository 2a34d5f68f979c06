"""How a package is had from its registry: the lines a reader copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from moxi_core.records import Fact
from moxi_infer.document import Proof
from moxi_infer.markdown import code, link
from moxi_infer.subject import Subject, simple

# (sentence before, fence language, lines with their proofs)
Block = tuple[str, str, Sequence[tuple[str, Sequence[Proof]]]]

_TOOLS = {"go": "Go", "crates.io": "Cargo", "npm": "npm", "pypi": "pip", "rubygems": "gem"}


def registry_blocks(subject: Subject, package: Fact) -> list[Block]:
    """The ways to get a package from its registry, the usual one first; [] if it is in none."""
    if package.detail.get("extension") or package.detail.get("manager") == "neovim":
        return _editor(subject, package)
    registry = package.detail.get("registry", "")
    writer = _REGISTRIES.get(registry)
    blocks = writer(subject, package) if writer else []
    homebrew = package.detail.get("homebrew")
    if homebrew:
        if blocks and not blocks[0][0]:
            blocks[0] = (f"With {_TOOLS.get(registry, registry)}:", *blocks[0][1:])
        blocks.insert(0, ("With Homebrew:", "sh", [(f"brew install {homebrew}", [package])]))
    return blocks


def _shell(*lines: str, fact: Fact) -> list[Block]:
    return [("", "sh", [(line, [fact]) for line in lines])]


def _is_program(subject: Subject, package: Fact) -> bool:
    if package.detail.get("role") == "binary":
        return True
    bins = subject.of("bin", package.scope)
    return bool(bins) and package.detail.get("role") != "library"


def _editor(subject: Subject, package: Fact) -> list[Block]:
    """How an editor gets its extension: by the marketplace's name, or by the repository's."""
    extension = package.detail.get("extension")
    if extension:
        line = f"code --install-extension {extension}"
        return [("In Visual Studio Code:", "sh", [(line, [package])])]
    if subject.host is None or subject.host.name != "github.com":
        return []
    spec, module = f'"{subject.host.slug}"', package.detail.get("import", "")
    if package.detail.get("setup") != "true":
        return [("With lazy.nvim:", "lua", [(f"{{ {spec} }}", [package])])]
    is_named = simple(module) == simple(package.value.removesuffix(".nvim").removeprefix("nvim-"))
    main = "" if is_named else f'main = "{module}", '
    said = f'Settings go into `opts`, or into `require("{module}").setup({{}})`.'
    return [
        ("With lazy.nvim:", "lua", [(f"{{ {spec}, {main}opts = {{}} }}", [package])]),
        (said, "", [("", [package])]),
    ]


def _pypi(_subject: Subject, package: Fact) -> list[Block]:
    return _shell(f"pip install {package.value}", fact=package)


def _npm(subject: Subject, package: Fact) -> list[Block]:
    is_program = _is_program(subject, package) and not subject.of("api_symbol", package.scope)
    flag = "-g " if is_program else ""
    return _shell(f"npm install {flag}{package.value}", fact=package)


def _crates(subject: Subject, package: Fact) -> list[Block]:
    blocks = []
    if package.detail.get("role") in {"binary", "both"}:
        blocks += _shell(f"cargo install {package.value}", fact=package)
    if package.detail.get("role") in {"library", "both"}:
        add = _shell(f"cargo add {package.value}", fact=package)
        blocks += [("As a library:", *add[0][1:])] if blocks else add
    return blocks


def _go(subject: Subject, package: Fact) -> list[Block]:
    bins = [f for f in subject.of("bin", package.scope) if f.detail.get("install")]
    blocks: list[Block] = []
    if bins and package.detail.get("installable") != "false" and _is_go_program(subject, package):
        rows = [(f"go install {f.detail['install']}@latest", [f]) for f in bins[:3]]
        blocks.append(("", "sh", rows))
    if package.detail.get("role") in {"library", "both"} and (
        not blocks or subject.snapshot.project_type.name == "library"
    ):
        blocks.append(
            ("As a library:" if blocks else "", "sh", [(f"go get {package.value}", [package])])
        )
    return blocks


def _is_go_program(subject: Subject, package: Fact) -> bool:
    return package.detail.get("role") in {"binary", "both"} or not subject.of("api_symbol")


def maven_coordinates(package: Fact) -> str:
    """`group:artifact`, or "" where the group is not known."""
    group, _, artifact = package.value.rpartition(":")
    group = group or package.detail.get("group", "")
    return f"{group}:{package.detail.get('artifact', artifact)}" if group else ""


def _maven(subject: Subject, package: Fact) -> list[Block]:
    coordinates = maven_coordinates(package)
    if not coordinates:
        return []
    group, _, artifact = coordinates.partition(":")
    version = subject.first("version", package.scope)
    if version is None or not _is_release(version.value):
        page = f"https://central.sonatype.com/artifact/{group}/{artifact}"
        where = link("Maven Central", page)
        return [(f"Its releases are on {where} as {code(coordinates)}.", "", [("", [package])])]
    facts = [package, version]
    if package.detail.get("ecosystem") == "sbt":
        parts = f'"{group}" %% "{package.value}" % "{version.value}"'
        return [("With sbt:", "scala", [(f"libraryDependencies += {parts}", facts)])]
    if package.detail.get("ecosystem") == "gradle":
        dependency = f'implementation("{coordinates}:{version.value}")'
        return [("With Gradle:", "kotlin", [(dependency, facts)])]
    xml = "\n".join(
        ["<dependency>"]
        + [
            f"  <{tag}>{escape(value)}</{tag}>"
            for tag, value in (
                ("groupId", group),
                ("artifactId", artifact),
                ("version", version.value),
            )
        ]
        + ["</dependency>"]
    )
    return [("With Maven:", "xml", [(xml, facts)])]


def _is_release(version: str) -> bool:
    """Whether a manifest's version is one that was or will be released under that very name."""
    return "SNAPSHOT" not in version and "$" not in version and not re.fullmatch(r"[0.]+", version)


def _nuget(_subject: Subject, package: Fact) -> list[Block]:
    if package.detail.get("tool") == "true":
        return _shell(f"dotnet tool install --global {package.value}", fact=package)
    return _shell(f"dotnet add package {package.value}", fact=package)


def _rubygems(_subject: Subject, package: Fact) -> list[Block]:
    return _shell(f"gem install {package.value}", fact=package)


def _packagist(subject: Subject, package: Fact) -> list[Block]:
    if package.detail.get("type") == "project":
        return _shell(f"composer create-project {package.value}", fact=package)
    return _shell(f"composer require {package.value}", fact=package)


def _swift(subject: Subject, package: Fact) -> list[Block]:
    if subject.host is None or package.detail.get("role") == "binary":
        return []
    version = subject.first("version", package.scope)
    # Swift takes whole versions only.
    if version is not None and re.fullmatch(r"\d+\.\d+\.\d+", version.value):
        since = f', from: "{version.value}"'
    else:
        since = f', branch: "{subject.snapshot.default_branch or "main"}"'
    line = f'.package(url: "{subject.host.url}.git"{since})'
    return [("Add it to the dependencies in `Package.swift`:", "swift", [(line, [package])])]


def _cocoapods(_subject: Subject, package: Fact) -> list[Block]:
    return [("With CocoaPods, in your `Podfile`:", "ruby", [(f"pod '{package.value}'", [package])])]


def _pub(subject: Subject, package: Fact) -> list[Block]:
    tool = "flutter" if package.detail.get("manager") == "flutter" else "dart"
    if subject.of("bin", package.scope):
        return _shell(f"dart pub global activate {package.value}", fact=package)
    return _shell(f"{tool} pub add {package.value}", fact=package)


def _hex(subject: Subject, package: Fact) -> list[Block]:
    version = subject.first("version", package.scope)
    wanted = f'"~> {".".join(version.value.split(".")[:2])}"' if version else '">= 0.0.0"'
    line = f"{{:{package.value}, {wanted}}}"
    facts = [package, version] if version else [package]
    return [("Add it to `deps` in `mix.exs`:", "elixir", [(line, facts)])]


def _hackage(subject: Subject, package: Fact) -> list[Block]:
    if _is_program(subject, package):
        return _shell(f"cabal install {package.value}", fact=package)
    return [
        (
            "Add it to `build-depends` in your `.cabal` file:",
            "cabal",
            [(f"build-depends: {package.value}", [package])],
        )
    ]


def _clojars(subject: Subject, package: Fact) -> list[Block]:
    version = subject.first("version", package.scope)
    name = package.value if "/" in package.value else f"{package.value}/{package.value}"
    if version is None or "SNAPSHOT" in version.value:
        said = "Add it to `deps.edn`, where `RELEASE` stands for the newest version:"
        return [(said, "clojure", [(f'{name} {{:mvn/version "RELEASE"}}', [package])])]
    line = f'{name} {{:mvn/version "{version.value}"}}'
    return [("Add it to `deps.edn`:", "clojure", [(line, [package, version])])]


_REGISTRIES: dict[str, Callable[[Subject, Fact], list[Block]]] = {
    "pypi": _pypi,
    "npm": _npm,
    "crates.io": _crates,
    "go": _go,
    "maven-central": _maven,
    "nuget": _nuget,
    "rubygems": _rubygems,
    "packagist": _packagist,
    "swiftpm": _swift,
    "cocoapods": _cocoapods,
    "pub.dev": _pub,
    "hex": _hex,
    "hackage": _hackage,
    "clojars": _clojars,
}
