"""Requirements and installation: from the registry, and from source with the right tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from moxi_core.records import Fact
from moxi_infer.document import Body, Proof, Section
from moxi_infer.markdown import code, codes, link, listing, prose, sentence
from moxi_infer.subject import Subject, short_name

Row = tuple[str, Sequence[Proof]]

_RUNTIME_ORDER = "Python Node.js Rust Go Java .NET Ruby PHP".split()
_MAX_EXTRAS = 25


def requirements(subject: Subject) -> Section | None:
    """Runtimes with the versions that the manifests ask for."""
    body = Body()
    facts = {
        f.value: f for f in reversed(subject.of_main("requirement") + subject.of("requirement", ""))
    }
    rows = [
        (f"{name} {version_words(fact.detail.get('version', ''))}".strip(), [fact])
        for name, fact in sorted(facts.items(), key=lambda item: _order(item[0]))
    ]
    if rows:
        body.bullets(rows)
    return body.section("requirements", "Requirements")


def _order(runtime: str) -> int:
    return _RUNTIME_ORDER.index(runtime) if runtime in _RUNTIME_ORDER else 99


def version_words(version: str) -> str:
    """A version range in words: `>=3.11` is "3.11 or later"; what is more intricate stays as it is."""
    version = version.strip()
    found = re.fullmatch(r"(?:>=|~>|\^|~|v)?\s*v?(\d[\w.]*?)(?:\.x|\.\*)?(\+)?", version)
    if not found:
        pair = re.fullmatch(r">=\s*(\d[\d.]*)\s*,?\s*<\s*(\d[\d.]*)", version)
        if pair:
            return f"{pair[1]} or later, below {pair[2]}"
        return code(version) if version not in {"", "*"} else ""
    if version.startswith((">=",)) or found[2]:
        return f"{found[1]} or later"
    if version.startswith(("^", "~")):
        return code(version)
    return found[1]


def install(subject: Subject) -> Section | None:
    """How to get it: from the registry where it is published, and from source."""
    body = Body()
    published = _published(subject)
    if published:
        for text, language, rows in published:
            if text:
                body.paragraph(text)
            body.code(language, rows)
    _extras(subject, body)
    source = _source_rows(subject)
    if source:
        if published:
            body.paragraph("From source:")
        body.code("sh", source)
    return body.section("install", "Installation")


Block = tuple[str, str, Sequence[Row]]


def _published(subject: Subject) -> list[Block]:
    """(sentence before, fence language, lines) for each way to get the main package."""
    main = subject.main
    if main is None:
        return _of_members(subject)
    registry = main.detail.get("registry", "")
    writer = _REGISTRIES.get(registry)
    blocks = writer(subject, main) if writer else []
    homebrew = main.detail.get("homebrew")
    if homebrew:
        blocks.insert(0, ("With Homebrew:", "sh", [(f"brew install {homebrew}", [main])]))
        if len(blocks) > 1 and not blocks[1][0]:
            blocks[1] = (f"With {_TOOL_NAMES.get(registry, registry)}:", *blocks[1][1:])
    return blocks


_TOOL_NAMES = {"go": "Go", "crates.io": "Cargo", "npm": "npm", "pypi": "pip", "rubygems": "gem"}


def _of_members(subject: Subject) -> list[Block]:
    """For a monorepo: the packages that can be installed, one line each."""
    rows: list[Row] = []
    for package in subject.packages:
        writer = _REGISTRIES.get(package.detail.get("registry", ""))
        if writer is None or package.detail.get("registry") in {"maven-central", "swiftpm"}:
            continue
        block = writer(subject, package)
        if block and len(block[0][2]) == 1:
            rows.append(block[0][2][0])
    if not rows or len(rows) > 8:
        return []
    return [("", "sh", rows)]


def _shell(*lines: str, fact: Fact) -> list[Block]:
    return [("", "sh", [(line, [fact]) for line in lines])]


def _is_program(subject: Subject, package: Fact) -> bool:
    if package.detail.get("role") == "binary":
        return True
    bins = subject.of("bin", package.scope)
    return bool(bins) and package.detail.get("role") != "library"


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


def _maven(subject: Subject, package: Fact) -> list[Block]:
    version = subject.first("version", package.scope)
    if version is None or "SNAPSHOT" in version.value or "$" in version.value:
        return []
    group, _, artifact = package.value.rpartition(":")
    group = group or package.detail.get("group", "")
    if not group:
        return []
    facts = [package, version]
    if package.detail.get("ecosystem") == "gradle":
        dependency = f'implementation("{group}:{artifact}:{version.value}")'
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
    version = subject.first("version")
    since = f', from: "{version.value}"' if version else ', branch: "main"'
    if not version and subject.snapshot.default_branch:
        since = f', branch: "{subject.snapshot.default_branch}"'
    line = f'.package(url: "{subject.host.url}.git"{since})'
    return [("Add it to the dependencies in `Package.swift`:", "swift", [(line, [package])])]


def _pub(subject: Subject, package: Fact) -> list[Block]:
    tool = "flutter" if package.detail.get("manager") == "flutter" else "dart"
    if subject.of("bin", package.scope) and not subject.of("api_symbol", package.scope):
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
    if version is None:
        return []
    line = f'{package.value} {{:mvn/version "{version.value}"}}'
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
    "pub.dev": _pub,
    "hex": _hex,
    "hackage": _hackage,
    "clojars": _clojars,
}


def _extras(subject: Subject, body: Body) -> None:
    """Optional parts: Python extras and Cargo features."""
    extras = subject.of_main("extra")[:_MAX_EXTRAS]
    if not extras or subject.main is None:
        return
    name = subject.main.value
    if subject.ecosystem == "rust":
        body.paragraph("Feature flags:")
        body.table(
            ["Feature", "Default", "Description"],
            [
                (
                    [code(f.value), "yes" if f.detail.get("default") else "", _brings(f)],
                    [f],
                )
                for f in extras
            ],
        )
        return
    if subject.ecosystem != "python" or not subject.has_registry:
        return
    body.paragraph(
        f"Optional dependencies come as extras, such as {code(f'{name}[{extras[0].value}]')}:"
    )
    body.table(["Extra", "Brings"], [([code(f.value), _brings(f)], [f]) for f in extras])


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


def build_steps(subject: Subject) -> list[Row]:
    """The commands that install or build the project inside its folder."""
    main = subject.main or next(iter(subject.of("package", "")), None)
    if main is None:
        return []
    steps = _BUILDERS.get(main.detail.get("ecosystem", ""))
    rows = steps(subject, main) if steps else []
    if rows and main.scope:
        rows = [(f"cd {main.scope}", [main]), *rows]
    return rows


def _at(package: Fact, name: str) -> str:
    return f"{package.scope}/{name}" if package.scope else name


def _python_steps(subject: Subject, main: Fact) -> list[Row]:
    manager = main.detail.get("manager", "pip")
    if manager == "conda":
        return [(f"conda env create -f {short_path(main)}", [main])]
    if manager == "pip" and main.evidence.path.endswith(".txt"):
        return [(f"pip install -r {short_path(main)}", [main])]
    command = {
        "uv": "uv sync",
        "poetry": "poetry install",
        "pdm": "pdm install",
        "pipenv": "pipenv install",
    }.get(manager, "pip install .")
    return [(command, [main])]


def short_path(fact: Fact) -> str:
    """The path of a manifest from its own package folder."""
    return fact.evidence.path.removeprefix(fact.scope + "/" if fact.scope else "")


def _javascript_steps(subject: Subject, main: Fact) -> list[Row]:
    manager = main.detail.get("manager", "npm")
    rows: list[Row] = [("yarn" if manager == "yarn" else f"{manager} install", [main])]
    build = next((f for f in subject.of("script", main.scope) if f.value == "build"), None)
    if build is not None and "run" in build.detail:
        rows.append((build.detail["run"], [build]))
    return rows


def _cargo_steps(subject: Subject, main: Fact) -> list[Row]:
    return [("cargo build --release", [main])]


def _go_steps(subject: Subject, main: Fact) -> list[Row]:
    bins = subject.of("bin", main.scope)
    if len(bins) == 1:
        target = bins[0].detail.get("target", ".")
        return [(f"go build {target}", bins)] if target != "." else [("go build", bins)]
    return [("go build ./...", [main])]


def _maven_steps(subject: Subject, main: Fact) -> list[Row]:
    return [("./mvnw package" if subject.has("mvnw") else "mvn package", [main])]


def _gradle_steps(subject: Subject, main: Fact) -> list[Row]:
    return [("./gradlew build" if subject.has("gradlew") else "gradle build", [main])]


def _cpp_steps(subject: Subject, main: Fact) -> list[Row]:
    manager = main.detail.get("manager", "")
    if manager == "cmake":
        lines = ["cmake -B build", "cmake --build build"]
    elif manager == "meson":
        lines = ["meson setup build", "meson compile -C build"]
    elif manager == "autotools":
        lines = [*_bootstrap(subject, main), "./configure", "make"]
    elif manager == "make":
        lines = ["make"]
    else:
        return []
    return [(line, [main]) for line in lines]


def _bootstrap(subject: Subject, main: Fact) -> list[str]:
    if subject.has(_at(main, "configure")):
        return []
    scripts = ("autogen.sh", "bootstrap.sh", "bootstrap")
    found = next((s for s in scripts if subject.has(_at(main, s))), None)
    return [f"./{found}" if found else "autoreconf -i"]


def _dart_steps(_subject: Subject, main: Fact) -> list[Row]:
    tool = "flutter" if main.detail.get("manager") == "flutter" else "dart"
    return [(f"{tool} pub get", [main])]


def _line(text: str) -> Callable[[Subject, Fact], list[Row]]:
    return lambda _subject, main: [(text, [main])]


def _haskell_steps(_subject: Subject, main: Fact) -> list[Row]:
    return [("stack build" if main.detail.get("manager") == "stack" else "cabal build", [main])]


_BUILDERS: dict[str, Callable[[Subject, Fact], list[Row]]] = {
    "python": _python_steps,
    "conda": _python_steps,
    "javascript": _javascript_steps,
    "rust": _cargo_steps,
    "go": _go_steps,
    "maven": _maven_steps,
    "gradle": _gradle_steps,
    "nuget": _line("dotnet build"),
    "dotnet": _line("dotnet build"),
    "ruby": _line("bundle install"),
    "php": _line("composer install"),
    "c_cpp": _cpp_steps,
    "swift": _line("swift build"),
    "dart": _dart_steps,
    "elixir": _line("mix deps.get"),
    "haskell": _haskell_steps,
}


def docs_link(subject: Subject) -> str:
    """A sentence that points to the documentation site, or ""."""
    found = next((f for f in subject.of("link") if f.detail.get("rel") == "documentation"), None)
    return f"See the {link('documentation', found.value)}." if found else ""


def names_of(facts: Sequence[Fact]) -> str:
    """Values as a sentence of code spans."""
    return listing([code(short_name(f.value)) for f in facts])
