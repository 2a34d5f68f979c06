"""From a clone to something that works: what each ecosystem's own tool is told."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from moxi_core.records import Evidence, Fact
from moxi_infer.document import Proof
from moxi_infer.subject import Subject, first_of, simple

Row = tuple[str, Sequence[Proof]]


def build_steps(subject: Subject) -> list[Row]:
    """The commands that install or build the project inside its folder."""
    main = _built(subject)
    if main is None:
        return _dependency_steps(subject)
    steps = _BUILDERS.get(main.detail.get("ecosystem", ""))
    rows = steps(subject, main) if steps else []
    if rows and main.scope and steps is not _dotnet_steps:
        rows = [(f"cd {shlex.quote(main.scope)}", [main]), *rows]
    return rows


# Files that say what to install where no manifest names a package.
_DEPENDENCY_FILES = (
    ("environment.yml", "conda env create -f environment.yml"),
    ("environment.yaml", "conda env create -f environment.yaml"),
    ("Pipfile", "pipenv install"),
    ("requirements.txt", "pip install -r requirements.txt"),
    ("Gemfile", "bundle install"),
    ("composer.json", "composer install"),
    ("package.json", "npm install"),
)


def _dependency_steps(subject: Subject) -> list[Row]:
    for name, command in _DEPENDENCY_FILES:
        if subject.has(name):
            return [(command, [Evidence(path=name)])]
    return []


def _built(subject: Subject) -> Fact | None:
    """The package to build: a workspace's root builds its members too."""
    roots = subject.of("package", "")
    if subject.main is None or not subject.main.scope:
        return subject.main or _of_language(subject, roots)
    return first_of(roots, ecosystem=subject.ecosystem) or subject.main


def _of_language(subject: Subject, roots: Sequence[Fact]) -> Fact | None:
    """The root package; a C# solution comes before the package.json of its documentation."""
    best = min(subject.packages, key=subject.rank, default=None)
    steps = _BUILDERS.get(best.detail.get("ecosystem", "")) if best else None
    if best and steps is _dotnet_steps and (not roots or subject.rank(roots[0])):
        return best
    return roots[0] if roots else None


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
    }.get(manager, "pip install .")  # a Pipfile holds what a package needs, not the package
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


def _swift_steps(subject: Subject, main: Fact) -> list[Row]:
    """`swift build`; a project of Xcode is opened and built there."""
    if main.detail.get("manager") != "xcode":
        return [("swift build", [main])] if main.detail.get("manager") == "swift" else []
    place = main.evidence.path.rpartition("/")[0]
    if not subject.has(_at(main, "Podfile")):
        return [(f"open {shlex.quote(place.removeprefix(main.scope).lstrip('/'))}", [main])]
    workspace = place.removesuffix(".xcodeproj") + ".xcworkspace"
    opened = shlex.quote(workspace.removeprefix(main.scope).lstrip("/"))
    return [("pod install", [main]), (f"open {opened}", [main])]


def _line(text: str) -> Callable[[Subject, Fact], list[Row]]:
    return lambda _subject, main: [(text, [main])]


def _dotnet_steps(subject: Subject, main: Fact) -> list[Row]:
    """From the root: its solution, else the only one there is, else the project itself."""
    solutions = sorted(p for p in subject.paths if p.endswith((".sln", ".slnx")))
    at_root = [p for p in solutions if "/" not in p]
    target = "" if len(at_root) == 1 else main.detail.get("project", "")
    if not at_root:
        name = simple(subject.repository_name)
        named = [p for p in solutions if simple(p.rpartition("/")[2].rpartition(".")[0]) == name]
        in_src = [p for p in named if p.startswith("src/")]
        for found in (solutions, named, in_src):
            target = found[0] if len(found) == 1 else target
    return [(f"dotnet build {shlex.quote(target)}" if target else "dotnet build", [main])]


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
    "sbt": _line("sbt package"),
    "nuget": _dotnet_steps,
    "dotnet": _dotnet_steps,
    "ruby": _line("bundle install"),
    "php": _line("composer install"),
    "c_cpp": _cpp_steps,
    "swift": _swift_steps,
    "dart": _dart_steps,
    "elixir": _line("mix deps.get"),
    "haskell": _haskell_steps,
}
