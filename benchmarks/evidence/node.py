"""Judges of npm, yarn, pnpm and bun: scripts of package.json."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .shell import Command
from .statement import Case, Statement, Verdict, made

NPM_WORDS = set(
    "install i ci add remove rm uninstall update upgrade outdated init create exec dlx x link unlink "
    "publish pack audit config cache info view ls list login whoami global set version help dedupe why "
    "import licenses patch root prune rebuild up self-update workspace workspaces plugin node why store "
    "env fund search dist-tag deploy fetch pm build".split()
)
PLACE_FLAGS = {"--filter", "-F", "-C", "--dir", "--prefix", "--cwd", "--workspace", "-w"}
NPM_LIFECYCLE = {"test", "start", "stop", "restart", "t", "tst"}


def _script(case: Case, command: Command, name: str, runner: str) -> Statement:
    scripts = case.project.scripts
    folder = command.folder.removeprefix("./").strip("/")
    verdict: Verdict = "unknown"
    why = "a package elsewhere in the tree"
    anywhere = any(name in names for names in scripts.values())
    if name in scripts.get(folder, set()) or (
        folder not in scripts and name in scripts.get("", ())
    ):
        verdict, why = "true", "in package.json"
    elif folder and folder in scripts and case.strict:
        verdict, why = "false", f"no such script in {folder}"
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


def _elsewhere(words: list[str]) -> tuple[list[str], str]:
    """Words without the flags that name another package, and that package (or its folder)."""
    kept, place, take = [], "", False
    for word in words:
        name, _, value = word.partition("=")
        if take:
            place, take = word, False
        elif name in PLACE_FLAGS:
            place, take = value or place, not value
        else:
            kept.append(word)
    if kept[:1] == ["workspace"] and len(kept) > 2:
        place, kept = kept[1], kept[2:]
    return kept, place.removeprefix("./").strip("/{}.")


def node(case: Case, command: Command, words: list[str]) -> Iterator[Statement]:
    runner = words[0]
    rest, place = _elsewhere(words[1:])
    if place:
        command = replace(command, folder=place)
    names = [w for w in rest if not w.startswith("-")]
    if not names:
        if runner == "yarn" and not rest:
            yield _install_all(case, command, runner)
        return
    name = names[0]
    if name in {"run", "run-script"} and len(names) > 1:
        if re.fullmatch(r"[\w@][\w:.@/-]*", names[1]):  # neither a pattern nor a variable
            yield _script(case, command, names[1], runner)
    elif name in NPM_LIFECYCLE and runner != "bun":
        yield _script(case, command, {"t": "test", "tst": "test"}.get(name, name), runner)
    elif name in {"install", "i", "ci"} and len(names) == 1:
        yield _install_all(case, command, runner, name)
    elif (
        (runner != "npm" or case.strict)
        and name not in NPM_WORDS
        and re.fullmatch(r"[\w:.-]+", name)
    ):
        yield _script(case, command, name, runner)


def _install_all(case: Case, command: Command, runner: str, verb: str = "install") -> Statement:
    ready = bool(case.tree.named("package.json"))
    verdict: Verdict = "true" if ready else "unknown"
    locked = case.tree.named("package-lock.json", "npm-shrinkwrap.json")
    if verb == "ci" and runner == "npm" and ready and not locked:
        verdict = "false"
    return made(command, "command", f"run:{runner} install", verdict, "package.json")
