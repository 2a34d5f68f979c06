"""Scripts of package.json: which of them people call, and what they type for it."""

from __future__ import annotations

from collections.abc import Iterator

# Run by the package manager itself, at install, pack, publish or version time.
_LIFECYCLE = frozenset(
    "prepare preinstall install postinstall prepublish prepublishOnly postpublish publish prepack "
    "postpack preversion version postversion preprepare postprepare dependencies preuninstall "
    "uninstall postuninstall pnpm:devPreinstall heroku-prebuild heroku-postbuild vscode:prepublish "
    "vscode:uninstall".split()
)
# Names that the managers' own commands have: a script of that name needs `run`.
OWN_COMMANDS = {
    "yarn": frozenset(
        "add audit bin cache config create dlx exec global help import info init install link list "
        "login logout node npm outdated owner pack patch plugin policies prune publish rebuild "
        "remove search set stage tag team unlink unplug up upgrade version versions why "
        "workspace workspaces constraints dedupe explain".split()
    ),
    "pnpm": frozenset(
        "add approve-builds audit bin cache config create dedupe deploy dlx doctor env exec fetch "
        "help import init install link licenses list login ls outdated pack patch prune publish "
        "rebuild recursive remove root run search server setup store unlink update up why version "
        "view whoami".split()
    ),
}
_NPM_SHORT = {"test": "npm test", "start": "npm start"}
_PURPOSES = {
    "test": ("test", "test:unit", "tests", "unit"),
    "lint": ("lint",),
    "format": ("format", "fmt"),
    "typecheck": ("typecheck", "type-check", "check-types", "types:check", "tsc"),
    "build": ("build",),
    "docs": ("docs:build", "build:docs", "docs", "doc"),
}


def run_line(manager: str, name: str) -> str:
    """What a person types to run the script `name`."""
    if manager == "npm":
        return _NPM_SHORT.get(name, f"npm run {name}")
    if manager == "bun" or name in OWN_COMMANDS.get(manager, ()):
        return f"{manager} run {name}"
    return f"{manager} {name}"


def for_people(scripts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(name, command) of the scripts that people call: no lifecycle scripts, hooks or stand-ins."""
    for name, command in scripts.items():
        if not command or name in _LIFECYCLE or _is_hook(name, scripts) or " " in name:
            continue
        if "no test specified" in command or name.startswith(("//", "#", "_")):
            continue
        yield name, command


def _is_hook(name: str, scripts: dict[str, str]) -> bool:
    return any(
        name.startswith(prefix) and name.removeprefix(prefix) in scripts
        for prefix in ("pre", "post")
    )


def purposes(names: set[str]) -> Iterator[tuple[str, str]]:
    """(purpose, script) for what contributors do: the most usual name of each purpose."""
    for purpose, usual in _PURPOSES.items():
        script = next((name for name in usual if name in names), None)
        if script:
            yield purpose, script
