"""Judges of npm, yarn, pnpm and bun: scripts of package.json."""

from __future__ import annotations

from collections.abc import Iterator

from .shell import Command
from .statement import Case, Statement, Verdict, made

NPM_WORDS = set(
    "install i ci add remove rm uninstall update upgrade outdated init create exec dlx x link unlink "
    "publish pack audit config cache info view ls list login whoami global set version help dedupe why "
    "import licenses patch root prune rebuild up self-update workspace workspaces plugin node why store "
    "env fund search dist-tag deploy fetch pm build".split()
)
NPM_LIFECYCLE = {"test", "start", "stop", "restart", "t", "tst"}


def _script(case: Case, command: Command, name: str, runner: str) -> Statement:
    scripts = case.project.scripts
    folder = command.folder.removeprefix("./").strip("/")
    verdict: Verdict = "unknown"
    why = "a package elsewhere in the tree"
    anywhere = any(name in names for names in scripts.values())
    if name in scripts.get(folder, set()) or name in scripts.get("", set()):
        verdict, why = "true", "in package.json"
    elif anywhere or not scripts:
        verdict = "true" if folder and anywhere else "unknown"
    elif name in case.defined_here or name in case.project.npm_dependencies or runner == "bun":
        why = "the reader's own script, or a dependency's command"
    elif name == "start" and case.tree.exists("server.js"):
        verdict, why = "true", "npm start runs server.js"
    elif command.folder or (
        runner != "npm" and (name in NPM_WORDS or not case.tree.exists("package.json"))
    ):
        why = "another folder's package.json"
    else:
        verdict, why = "false", "no such script"
    return made(command, "script", f"script:{name}", verdict, why)


def node(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    runner, *rest = words
    names = [w for w in rest if not w.startswith("-")]
    if not names:
        if runner == "yarn" and not rest:
            yield _install_all(case, command, runner)
        return
    if names[0] in {"run", "run-script", "rum"} and len(names) > 1:
        yield _script(case, command, names[1], runner)
    elif names[0] in NPM_LIFECYCLE and runner != "bun":
        yield _script(case, command, {"t": "test", "tst": "test"}.get(names[0], names[0]), runner)
    elif names[0] in {"install", "i", "ci"} and len(names) == 1:
        yield _install_all(case, command, runner, names[0])
    elif runner != "npm" and names[0] not in NPM_WORDS:
        yield _script(case, command, names[0], runner)


def _install_all(case: Case, command: Command, runner: str, verb: str = "install") -> Statement:
    ready = bool(case.tree.named("package.json"))
    verdict: Verdict = "true" if ready else "unknown"
    if verb == "ci" and not case.tree.named("package-lock.json", "npm-shrinkwrap.json") and ready:
        verdict = "false"
    return made(command, "command", f"run:{runner} install", verdict, "package.json")
