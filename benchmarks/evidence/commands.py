"""Judges of shell commands: scripts, targets, modules, services, files, own commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .document import Document
from .install import installs, sentences, snippets
from .node import node
from .shell import TOOLS, Command, commands
from .statement import Case, Statement, Verdict, made
from .words import OPTION_TEXT, env_statement, option_statement, spellings

Judge = Callable[[Case, Command, list[str]], Iterator[Statement]]
# A manifest that must be there for the tool to have anything to do.
MANIFESTS: dict[str, tuple[str, ...]] = {
    "cargo": ("Cargo.toml",),
    "go": ("go.mod",),
    "bundle": ("Gemfile",),
    "composer": ("composer.json",),
    "mix": ("mix.exs",),
    "mvn": ("pom.xml",),
    "lein": ("project.clj",),
    "tox": ("tox.ini", "pyproject.toml", "setup.cfg"),
    "nox": ("noxfile.py",),
    "stack": ("stack.yaml", "package.yaml"),
    "cmake": ("CMakeLists.txt",),
    "meson": ("meson.build",),
    "flutter": ("pubspec.yaml",),
    "dart": ("pubspec.yaml",),
    "swift": ("Package.swift",),
}
VERBS = set(
    "build test run check install bench fmt clippy doc package compile verify analyze generate vet exec "
    "format get assemble tidy".split()
)
FETCHERS = {"go", "cargo", "composer", "dart", "flutter"}
FETCHING = {"get", "install", "require", "add", "pub"}
AUTOMAKE = {
    "all",
    "check",
    "clean",
    "dist",
    "distcheck",
    "distclean",
    "install",
    "uninstall",
    "dist-zip",
}
RUNNERS = {
    "bundle exec",
    "poetry run",
    "uv run",
    "pipenv run",
    "hatch run",
    "pdm run",
    "npx",
    "bunx",
    "pnpm exec",
    "yarn exec",
    "npm exec",
    "uvx",
    "pipx run",
    "dotnet tool run",
    "composer exec",
    "stack exec",
    "cabal exec",
    "yarn dlx",
    "pnpm dlx",
    "winpty",
    "nice",
    "bun x",
}
INTERPRETERS = {
    "python",
    "python3",
    "py",
    "node",
    "ruby",
    "php",
    "bash",
    "sh",
    "zsh",
    "perl",
    "deno",
    "bun",
    "ts-node",
    "tsx",
    "pwsh",
    "source",
    ".",
    "chmod",
    "streamlit",
    "lua",
}


def make(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    rest, folder, skip = words[1:], command.folder, False
    targets = []
    for index, word in enumerate(rest):
        if skip:
            skip = False
        elif word in {"-C", "-f", "-j", "-l"}:
            folder = rest[index + 1] if word == "-C" and index + 1 < len(rest) else folder
            skip = True
        elif not word.startswith("-") and "=" not in word and not word.isdigit():
            targets.append(word)
    makefiles = case.project.makefiles
    everything = {target for names in makefiles.values() for target in names}
    generated = bool(
        case.tree.named("CMakeLists.txt", "configure.ac", "configure", "Makefile.PL", "Makefile.am")
    )
    for target in targets:
        here = makefiles.get(folder.strip("./"), makefiles.get("", set()))
        verdict: Verdict = "false"
        if target in here or (target in AUTOMAKE and case.tree.named("Makefile.am")):
            verdict = "true"
        elif target in everything:
            verdict = "true" if folder else "unknown"
        elif (
            case.strict
            and folder.strip("./") in makefiles
            and not case.tree.named("CMakeLists.txt")
        ):
            verdict = "false"
        elif (
            generated
            or any("%" in name or "$" in name for name in everything)
            or folder
            or (not makefiles and (target in case.defined_here or command.inline))
        ):
            verdict = "unknown"
        yield made(command, "target", f"make:{target}", verdict, "targets of the Makefile")
    if not targets:
        ready = makefiles or generated or case.tree.exists("configure.ac")
        yield made(command, "command", "run:make", "true" if ready else "unknown", "a Makefile")


def recipes(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """just, task, tox and rake take names that their files define."""
    runner = words[0]
    known = {"just": case.project.just_recipes, "task": case.project.task_names}.get(runner, set())
    names = [w for w in words[1:] if not w.startswith("-") and "=" not in w]
    if not names or (runner in case.own_commands and names[0] not in known):
        return
    if known:
        verdict: Verdict = "true" if names[0] in known else "false"
        yield made(
            command, "target", f"{runner}:{names[0]}", verdict, f"names in the {runner} file"
        )


def compose(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    rest = words[2:] if words[0] == "docker" else words[1:]
    files = case.project.compose_files
    verdict: Verdict = "true" if files else "unknown"
    if not files and not any(w.startswith("-f") or w == "--file" for w in rest):
        shown = any("services:" in "\n".join(b.lines) for b in case.document.blocks)
        verdict = "unknown" if shown or command.folder else "false"
    verbs = [w for w in rest if not w.startswith("-")]
    verb = next(
        (w for w in verbs if re.fullmatch(r"up|build|run|exec|start|down|logs|pull", w)), "up"
    )
    yield made(command, "command", f"run:docker compose {verb}", verdict, "compose file")
    if verb in {"up", "build", "start", "logs"} and verb in verbs and files:
        for name in verbs[verbs.index(verb) + 1 :]:
            known: Verdict = "true" if name in case.project.compose_services else "unknown"
            yield made(command, "command", f"service:{name}", known, "services of the compose file")


def docker(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    if len(words) > 1 and words[1] == "compose":
        yield from compose(case, command, words)
    elif len(words) > 1 and words[1] == "build":
        here = words[-1] in {".", "./"} and not command.folder
        ready = bool(case.project.docker_files)
        verdict: Verdict = "true" if ready else "false" if here else "unknown"
        yield made(command, "command", "run:docker build", verdict, "a Dockerfile")
    elif len(words) > 1 and words[1] == "run":
        for index, word in enumerate(words[:-1]):
            if word in {"-e", "--env"}:
                yield env_statement(
                    case, words[index + 1].split("=")[0], command.line, strict=False
                )


def python_module(case: Case, command: Command, module: str) -> Iterator[Statement]:
    path = module.replace(".", "/")
    top = path.split("/")[0]
    tree = case.tree
    if top in {
        "pip",
        "venv",
        "pytest",
        "unittest",
        "http",
        "build",
        "twine",
        "pre_commit",
        "coverage",
    }:
        return
    found = any(
        tree.exists(f"{base}{path}{end}")
        for base in ("", "src/", "lib/")
        for end in ("/__main__.py", ".py")
    )
    found = found or tree.ends_with(f"{path}/__main__.py") or tree.ends_with(f"{path}.py")
    package = tree.ends_with(f"{path}/__init__.py")
    if found or package or tree.ends_with(f"{top}/__init__.py"):
        verdict: Verdict = "true" if found else "false" if package else "unknown"
        yield made(command, "command", f"run:python -m {module}", verdict, "module in the tree")


def interpreter(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """A file run by its interpreter, or `python -m module`."""
    if len(words) > 2 and words[0].startswith("py") and words[1] == "-m":
        yield from python_module(case, command, words[2])
        return
    names = [w for w in words[1:] if not w.startswith(("-", "+"))]
    names = names[1:] if names[:1] == ["run"] else names
    if names and re.fullmatch(r"[\w./-]+\.\w+|\./[\w./-]+|bin/[\w-]+", names[0]):
        yield file_statement(case, command, names[0])


def file_statement(case: Case, command: Command, path: str) -> Statement:
    clean = path.removeprefix("./")
    folder = command.folder.strip("./")
    verdict: Verdict = "unknown"
    if (
        case.tree.exists(clean)
        or case.tree.exists(f"{folder}/{clean}")
        or case.tree.ends_with(clean)
    ):
        verdict = "true"
    elif clean == "configure" and case.tree.named("configure.ac", "configure.in"):
        verdict = "true"  # autotools make it
    elif "/" in clean and clean.split("/")[0] in case.tree.folders and not folder:
        used = clean in case.defined_here or case.tree.anywhere(clean.rsplit("/", 1)[-1])
        verdict = "unknown" if used or "bin/" in clean or "build" in clean else "false"
    return made(command, "command", f"run:{clean}", verdict, "file of the tree")


def tool(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """`cargo build`, `go test`, `mvn package`: the tool's manifest must be there."""
    runner = words[0]
    verbs = [w for w in words[1:] if not w.startswith("-")]
    if runner in {"mvn", "gradle"}:
        verbs = [w for w in verbs if w != "clean"] or verbs  # `clean test` is for `test`
    if not verbs and runner not in {"tox", "nox"}:
        return
    verb = verbs[0] if verbs else ""
    if runner in FETCHERS and verb in FETCHING and (len(verbs) > 1 or runner == "go"):
        return  # a package, which the judge of installs looks at
    if runner == "cargo" and "--bin" in words[:-1]:
        name = words[words.index("--bin") + 1]
        known: Verdict = "true" if name in case.own_commands else "false"
        yield made(command, "command", f"run:cargo run --bin {name}", known, "binary of Cargo.toml")
    if runner == "composer" and verb in {"run", "run-script"} and len(verbs) > 1:
        verb = verbs[1]
    if runner == "composer" and verb in case.project.composer_scripts:
        yield made(command, "script", f"script:{verb}", "true", "in composer.json")
        return
    if runner in {"cmake", "meson"}:
        verb = ""
    elif verb not in VERBS and runner not in {"tox", "nox", "mix", "lein", "composer"}:
        return
    ready = bool(case.tree.named(*MANIFESTS[runner]))
    if runner == "stack":
        ready = ready or bool(case.tree.suffixed(".cabal"))
    verdict: Verdict = "true" if ready else "unknown"
    yield made(command, "command", f"run:{runner} {verb}".strip(), verdict, MANIFESTS[runner][0])


def wrapper(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """./gradlew and ./mvnw are files of the tree."""
    name = words[0].lstrip("./\\").removesuffix(".bat").removesuffix(".cmd")
    verdict: Verdict = "true" if case.tree.named(name) else "unknown"
    tasks = [w for w in words[1:] if not w.startswith("-")]
    tasks = [w for w in tasks if w != "clean"] or tasks  # `clean test` is for `test`
    yield made(
        command, "command", f"run:./{name} {tasks[0] if tasks else ''}".strip(), verdict, "wrapper"
    )


def change(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """`cd packages/app`: a folder of the tree, or one of the reader's."""
    path = words[1].removeprefix("./").rstrip("/")
    place = f"{command.folder}/{path}".strip("/")
    if re.fullmatch(r"[\w./-]+", path) and not path.startswith(("..", "/")):
        there = case.tree.exists(place)
        verdict: Verdict = "true" if there else "false" if case.strict else "unknown"
        yield made(command, "path", place, verdict, "folder of the tree")


def clone(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    text = " ".join(words)
    match = re.search(r"clone .*?[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?(?= |$)", text)
    if match and match[1].lower() == case.project.remote:
        yield made(command, "command", "run:git clone", "true", "the origin remote")


def own(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    """A command of the project: itself, its subcommand, its options."""
    name = words[0].rsplit("/", 1)[-1]
    yield made(command, "command", f"run:{name}", "true", "a command of the project")
    if len(words) > 1 and re.fullmatch(r"[a-z][a-z0-9]*(?:[-:][a-z0-9]+)*", words[1]):
        there = case.tree.has_subcommand(spellings(words[1]) | {words[1]})
        gone = case.strict and not case.tree.anywhere(words[1])
        yield made(
            command,
            "command",
            f"run:{name} {words[1]}",
            "true" if there else "false" if gone else "unknown",
            "subcommand",
        )
    for word in words[1:]:
        if match := OPTION_TEXT.match(word):
            if re.fullmatch(r"-[A-Za-z]\w+.*", word):
                continue  # -xvf, -Wall, -O2: one option or several, nobody can say
            yield option_statement(case, match[1], command.line, strict=True)


JUDGES: dict[str, Judge] = {
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), node),
    **dict.fromkeys(("make", "gmake"), make),
    **dict.fromkeys(("just", "task"), recipes),
    **dict.fromkeys(INTERPRETERS, interpreter),
    **dict.fromkeys(MANIFESTS, tool),
    **dict.fromkeys(
        ("./gradlew", "gradlew", "./mvnw", "mvnw", "gradlew.bat", ".\\gradlew.bat"), wrapper
    ),
    "docker": docker,
    "docker-compose": compose,
    "podman": docker,
    "git": clone,
    "cd": change,
}


def unwrapped(words: list[str]) -> list[str]:
    """The command behind `npx`, `poetry run`, `cargo run --` and the like."""
    for runner in RUNNERS:
        parts = runner.split()
        if words[: len(parts)] == parts:
            rest = words[len(parts) :]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
            return [re.sub(r"(?<=.)@[^/]*$", "", rest[0]), *rest[1:]] if rest else []
    return words


def judge(case: Case, command: Command) -> Iterator[Statement]:
    for name in command.settings:
        if re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", name) and name not in {"PATH", "HOME", "PS1"}:
            yield env_statement(case, name, command.line, strict=False)
    words = list(command.words)
    if not words:
        return
    found = list(installs(case, command))
    yield from found
    inner = unwrapped(words)
    recipe = list(recipes(case, command, words)) if words[0] in {"just", "task"} else []
    if recipe:
        yield from recipe
    elif inner and _is_own(case, inner):
        yield from own(case, command, inner)
    elif not found and words[0] in JUDGES:
        yield from JUDGES[words[0]](case, command, words)
    elif words[0].startswith("./") and re.fullmatch(r"\./[\w./-]+", words[0]):
        yield file_statement(case, command, words[0])
    elif case.strict and not found and re.fullmatch(r"[A-Za-z][\w.-]*", words[0]):
        known = words[0] in TOOLS or case.tree.anywhere(words[0])
        if not known:
            yield made(command, "command", f"run:{words[0]}", "false", "no file names this program")


def _is_own(case: Case, words: list[str]) -> bool:
    name = words[0].rsplit("/", 1)[-1]
    if words[0].startswith("./") and case.tree.exists(words[0]):
        return name in case.own_commands
    common = {*JUDGES, "test", "build", "pip", "echo", "cat"} - case.project.names
    return name in case.own_commands and name not in common


def shell(case: Case) -> Iterator[Statement]:
    for command in commands(case.document, case.own_commands):
        yield from judge(case, command)
    yield from snippets(case)
    yield from sentences(case)


def stated_keys(document: Document, case: Case) -> set[str]:
    """Keys of every shell statement, whatever its verdict."""
    return {statement.key for statement in shell(Case(case.tree, case.project, document))}
