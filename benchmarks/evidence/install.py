"""Judges of install commands: the right registry and the right name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .project import plain
from .shell import Command
from .statement import Case, Statement, Verdict

INSTALLERS: tuple[tuple[str, str], ...] = (
    (
        "PyPI",
        r"(?:python3?|py) -m pip install|pip3? install|pipx (?:install|run)|"
        r"uv (?:pip install|tool install|add|tool run)|uvx|poetry add|pdm add",
    ),
    (
        "npm",
        r"npm (?:install|i|add|exec)|npx|yarn (?:global )?(?:add|dlx)|pnpm (?:add|install|i|dlx)|"
        r"bun (?:add|install|i)|bunx",
    ),
    ("crates.io", r"cargo (?:install|add|binstall)"),
    ("Go modules", r"go (?:install|get|run)"),
    ("RubyGems", r"gem install|bundle add"),
    ("Packagist", r"composer (?:global )?(?:require|create-project)"),
    (
        "NuGet",
        r"dotnet (?:add(?: \S+)? package|tool install|package add|new install)|Install-Package",
    ),
    ("pub.dev", r"(?:dart|flutter) pub (?:add|global activate)"),
    ("Hackage", r"(?:cabal|stack) install"),
    ("Hex", r"mix (?:archive|escript)\.install hex"),
)
TAKES_VALUE = {
    "-r",
    "--requirement",
    "-c",
    "--path",
    "--features",
    "-F",
    "--git",
    "--branch",
    "--tag",
    "--index-url",
    "-i",
    "--extra-index-url",
    "--root",
    "--bin",
    "--version",
    "-v",
    "-V",
    "--source",
    "--prefix",
    "-p",
    "--package",
    "--python",
    "--registry",
    "--working-dir",
    "--target",
    "-t",
    "--rev",
    "--example",
    "--framework",
    "--tool-path",
}


def arguments(words: list[str]) -> list[str]:
    """Positional words of an install command."""
    found, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in TAKES_VALUE
        else:
            found.append(word)
    return found


def bare_name(registry: str, word: str) -> str:
    """The package without version, extras and quotes."""
    word = word.strip("'\"")
    if registry == "npm":
        return re.sub(r"(?<=.)@[^/]*$", "", word)
    if registry == "PyPI":
        return plain(re.split(r"[\[=<>~!;@ ]", word)[0])
    return re.split(r"[@:=]" if registry != "Go modules" else "@", word)[0]


def installs(case: Case, command: Command) -> Iterator[Statement]:
    """Statements of a command that installs from a registry."""
    text = " ".join(command.words)
    for registry, pattern in INSTALLERS:
        match = re.match(rf"(?:{pattern})(?= |$)", text)
        if not match:
            continue
        rest = list(command.words[len(match[0].split()) :])
        if registry == "Go modules" and match[0] == "go run" and not (rest and "@" in rest[0]):
            return
        yield from _local(case, command, registry, rest)
        if "--git" in rest:
            return
        for word in arguments(rest):
            if word.startswith((".", "/", "~", "$", "git+", "http", "file:", "*")) or "<" in word:
                continue
            statement = _package(case, command, registry, word)
            if statement:
                yield statement
            if match[0] in {"npx", "bunx", "uvx", "npm exec"} or match[0].endswith(("run", "dlx")):
                return


def _package(case: Case, command: Command, registry: str, word: str) -> Statement | None:
    name = bare_name(registry, word)
    own = case.project.packages[registry]
    verdict: Verdict
    if registry == "Go modules":
        verdict_why = _go(case, name)
        if verdict_why is None:
            return None
        verdict, why = verdict_why
    elif name in own:
        verdict, why = "true", "the manifest's name"
    elif registry == "PyPI" and not own and plain(name) in case.own_commands:
        verdict, why = "true", "the manifest's name is no literal; the command has it"
    elif (
        registry == "npm"
        and name in case.own_commands
        and name not in case.project.npm_dependencies
    ):
        verdict, why = "unknown", "a command of the project, not its package"
    elif registry == "npm" and name in {str(d.get("name")) for d in case.project.npm.values()}:
        verdict, why = "false", "the package is private"
    elif plain(name) in case.project.names or plain(name) in case.own_commands:
        verdict, why = "unknown", f"own name, but not as a {registry} manifest has it"
    else:
        if case.strict and not case.tree.anywhere(name.rsplit("/", 1)[-1]):
            return Statement(
                "install", f"{registry}:{name}", command.text, command.line, "false", "in no file"
            )
        return None  # someone else's package
    if registry == "PyPI" and verdict == "true" and (extra := re.search(r"\[([\w,. -]+)\]", word)):
        missing = [e.strip() for e in extra[1].split(",") if not case.tree.in_source(e.strip())]
        if missing:
            verdict, why = "false", f"no extra {missing[0]}"
    return Statement("install", f"{registry}:{name}", command.text, command.line, verdict, why)


def _go(case: Case, name: str) -> tuple[Verdict, str] | None:
    """The path must be a module of the tree and a folder in it."""
    name = name.removesuffix("/...").rstrip("/")
    for folder, module in case.project.go_modules.items():
        if name == module or name.startswith(module + "/"):
            sub = name[len(module) :].strip("/")
            place = f"{folder}/{sub}".strip("/")
            if case.tree.exists(place):
                return "true", "a package of the module"
            return "false", f"no folder {place}"
    stem = re.sub(r"/v\d+$", "", name)
    for module in case.project.go_modules.values():
        base = re.sub(r"/v\d+$", "", module)
        if stem == base and name != module:
            return "false", f"the module is {module}"
        if stem.startswith(base + "/"):
            return ("true" if base == module else "unknown"), "path in the module"
    return None


def _local(case: Case, command: Command, registry: str, rest: list[str]) -> Iterator[Statement]:
    """`pip install -e .[dev]`, `-r file`, `--path crate`, features."""
    for index, word in enumerate(rest):
        following = rest[index + 1] if index + 1 < len(rest) else ""
        if word in {"-r", "--requirement"} and following:
            there = case.tree.exists(f"{command.folder}/{following}") or case.tree.ends_with(
                following
            )
            verdict: Verdict = "true" if there else "false" if not command.folder else "unknown"
            yield Statement(
                "install", f"pip:-r {following}", command.text, command.line, verdict, "file"
            )
        elif word == "--path" and following:
            there = case.tree.exists(following)
            verdict = "true" if there else "unknown"
            yield Statement(
                "install", f"cargo:{following}", command.text, command.line, verdict, "folder"
            )
        elif word in {"--features", "-F"} and following and registry == "crates.io":
            for feature in re.split(r"[, ]", following):
                there = feature in case.project.crate_features
                verdict = "true" if there else "unknown"
                yield Statement(
                    "install", f"feature:{feature}", command.text, command.line, verdict
                )
        elif re.fullmatch(r"\.(?:\[[\w,. -]+\])?", word.strip("'\"")) and registry == "PyPI":
            yield _editable(case, command, word)


def _editable(case: Case, command: Command, word: str) -> Statement:
    ready = case.tree.named("pyproject.toml", "setup.py", "setup.cfg")
    extras = [e.strip() for e in word.strip("'\".[]").split(",") if e.strip()]
    missing = [extra for extra in extras if not case.tree.in_source(extra)]
    verdict: Verdict = "false" if not ready or missing else "true"
    why = f"no extra {missing[0]}" if missing else "the manifest"
    return Statement("install", "pip:.", command.text, command.line, verdict, why)


SNIPPETS: tuple[tuple[str, str], ...] = (
    ("Hex", r"\{:(\w+),\s*\"[~>=<]"),
    ("Maven Central", r"[\"'( ]([\w.-]+:[\w.-]+):[\w.${}-]+"),
    ("Maven Central", r"<groupId>\s*([\w.-]+)\s*</groupId>\s*<artifactId>\s*([\w.-]+)"),
    ("Clojars", r"([\w.-]+(?:/[\w.-]+)?)\s+\{:mvn/version"),
    ("Clojars", r"\[([\w.-]+(?:/[\w.-]+)?)\s+\"(?:\d|RELEASE|LATEST)"),
    ("NuGet", r"<PackageReference\s+Include=\"([\w.-]+)\""),
    ("RubyGems", r"^\s*gem\s+[\"']([\w-]+)[\"']"),
    ("crates.io", r"^([\w-]+)\s*=\s*(?:\"\d|\{\s*version)"),
    ("pub.dev", r"^\s+([\w]+):\s*\^\d"),
    ("Hackage", r"^\s*build-depends:\s*([A-Za-z][\w-]*)"),
    ("Swift Package Manager", r"\.package\([^)]*url:\s*\"[^\"]*/([\w.-]+?)(?:\.git)?\""),
    ("CocoaPods", r"^\s*pod\s+[\"']([\w-]+)[\"']"),
)


def snippets(case: Case) -> Iterator[Statement]:
    """Dependency lines of manifests shown in code blocks."""
    swift = set(re.findall(r"/([\w.-]+)$", case.project.remote))
    pods = {p.rsplit("/", 1)[-1].removesuffix(".podspec") for p in case.tree.suffixed(".podspec")}
    own = case.project.packages | {"Swift Package Manager": swift, "CocoaPods": pods}
    for block in case.document.blocks:
        body = "\n".join(block.lines)
        for registry, pattern in SNIPPETS:
            for match in re.finditer(pattern, body, re.MULTILINE):
                name = ":".join(group for group in match.groups() if group)
                if registry == "Clojars":
                    name = re.sub(r"^(.+)/\1$", r"\1", name)  # a name is its own group
                if name.lower() in {n.lower() for n in own[registry]}:
                    line = block.line + body.count("\n", 0, match.start(1))
                    key = f"{registry}:{name}"
                    yield Statement(
                        "install", key, match[0].strip(), line, "true", "the manifest's name"
                    )


def sentences(case: Case) -> Iterator[Statement]:
    """Coordinates that a sentence gives as those on Maven Central."""
    own = case.project.packages["Maven Central"]
    lines = case.document.text.splitlines()
    for span in case.document.inline:
        if span.text in own and "Maven Central" in lines[span.line - 1]:
            key = f"Maven Central:{span.text}"
            yield Statement("install", key, span.text, span.line, "true", "the manifest's name")
